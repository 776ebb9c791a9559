# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Would more music help?

# %% tags=["parameters"]
profile = "quick"  # how much work: smoke, quick or paper
dataset = "dances"  # name of a data set

# %%
from subgenre.report import charts, tables, verdict
from subgenre.study import comparisons, places, runner

study = places.Study.of(profile, dataset)
result = runner.run_experiments("train_sizes", study)
levels = comparisons.level_contrasts(result)

# %% tags=["answer"]
verdict.told(levels, "Against all of the music that trains, macro F1 is")

# %% mystnb={"figure": {"caption": "Test macro F1 against the share of the families that train, a colour per network, with 95 % intervals. The share's axis is logarithmic.", "name": "fig-train-sizes"}}
charts.size_curve(result)

# %% [markdown]
# A curve that still rises at its right end asks for more music; one that is flat there asks for
# another network, or has reached what the music tells.
#
# - **What varies:** the share of each class's training families that a network hears: a tenth, three
#   tenths, or all. A family is what is never divided: the tunes of one melody, or, of other music,
#   the tracks of one artist or album.
# - **What is fixed:** the clips that validate and test, the common setting, and the number of
#   training steps, so that a network with less music hears each clip more often. What differs is how
#   varied the music is, not how long a network learns.
# - **What would change our mind:** we expect that more families help. A share below all that, in the
#   mean of the three networks, is not lower by more than chance would show the opposite.

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Settings that all runs share", "code_prompt_hide": "Settings that all runs share"}
tables.settings(result)

# %% [markdown]
# ## Scores by share

# %% tags=["full-width"]
caption = "Macro F1 by share of the families that train; the best test score of a network is bold."
tables.comparison(result, caption, parts=("train", "test"))

# %%
tables.certainty(result)

# %% [markdown]
# From *train* to *test* is what a network has learned by heart: it should shrink as the music grows.
#
# ## Class by class

# %% tags=["full-width"]
tables.per_class(result, "Test F1 of each class by share of the families, mean over runs.")

# %% [markdown]
# ## Level by level
#
# Runs are paired: the same seed is the same split, and a smaller share is a part of a larger one.
# {ref}`How that is done <comparing>` is on the method page.

# %%
caption = "Difference in test macro F1 from all families."
verdict.contrasts_table(levels[["all three"]], caption)

# %% tags=["hide-output"] mystnb={"code_prompt_show": "The same for each network", "code_prompt_hide": "The same for each network"}
verdict.contrasts_table(levels, caption)

# %% [markdown]
# ## Did it change our mind?
#
# It would, if a share were not lower:

# %%
verdict.told(levels, "Against all of the music that trains, macro F1 is")

# %% [markdown]
# ## Summary
#
# - The figure is the answer to whether collecting more is worth it, for these networks and this music.
# - It says nothing of music of another kind: more of the same is not more variety.
