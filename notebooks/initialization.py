# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Does it matter how the weights begin?

# %% tags=["parameters"]
profile = "quick"  # how much work: smoke, quick or paper
dataset = "dances"  # name of a data set

# %%
from subgenre.report import charts, tables, verdict
from subgenre.study import comparisons, places, runner

study = places.Study.of(profile, dataset)
result = runner.run_experiments("initialization", study)
levels = comparisons.level_contrasts(result)

# %% tags=["answer"]
verdict.told(levels)

# %% tags=["full-width"] mystnb={"figure": {"caption": "Test macro F1 of each run (points; a thin line links those of one seed), the mean (bar) and what the paper printed (hollow): a panel per network. What lies off the scale of settings that train is written at its edge.", "name": "fig-initialization-seeds"}}
charts.seed_scores(result)

# %% [markdown]
# The paper's Table 4 finds that the recurrent networks prefer Glorot's initialization to plain
# random weights, and that the CNN does not care.
#
# - **What varies:** the distribution that the kernels are drawn from. Glorot's scale follows the
#   size of the layer; Keras's plain normal and uniform have one scale, 0.05, for every layer.
# - **What is fixed:** everything else, including batch normalization, which rescales what each
#   convolution gives, and the recurrent kernels, which stay orthogonal; the paper does not say which
#   weights it changed.
# - **What would change our mind:** we expect no difference at the end of training. Another
#   initialization higher or lower than Glorot uniform, in the mean of the three networks and by more
#   than chance, would show the opposite.

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Settings that all runs share", "code_prompt_hide": "Settings that all runs share"}
tables.settings(result)

# %% [markdown]
# ## Table 4: macro F1

# %% tags=["full-width"]
tables.comparison(result, "Test macro F1 by initialization; the best of each network here is bold.")

# %%
tables.certainty(result)

# %% [markdown]
# ## Class by class
#
# Macro F1 is the mean over the classes. Here each test score of Table 4 is taken apart.

# %% tags=["full-width"]
tables.per_class(result, "Test F1 of each class by initialization, mean over runs.")

# %% [markdown]
# A row that is low throughout is a class that is hard in every setting.
#
# ## Level by level
#
# Runs are paired: the same seed is the same split everywhere, so two rows are compared run by run.
# {ref}`How that is done <comparing>` is on the method page. Only planned contrasts are tested:
# each level against the common setting. {doc}`The verdict <verdict>` compares the networks.

# %%
caption = "Difference in test macro F1 from Glorot uniform."
verdict.contrasts_table(levels[["all three"]], caption)

# %% tags=["hide-output"] mystnb={"code_prompt_show": "The same for each network", "code_prompt_hide": "The same for each network"}
verdict.contrasts_table(levels, caption)

# %% [markdown]
# ## How they learn
#
# If only the start differs, the curves part early and meet late.

# %% tags=["full-width"] mystnb={"figure": {"caption": "Validation accuracy by epoch, a panel per network, a colour per initialization: the mean over the runs, and a band from the lowest to the highest.", "name": "fig-initialization"}}
charts.learning_curves(result, "accuracy")

# %% [markdown]
# ## Did it change our mind?
#
# It would, if one were called higher or lower:

# %%
verdict.told(levels)

# %% [markdown]
# ## Summary
#
# - The sentence above holds for networks with batch normalization.
# - Without it the scale of the first weights may matter more; that is not tried here. It is one
#   argument of {py:class}`subgenre.config.ModelConfig`.
