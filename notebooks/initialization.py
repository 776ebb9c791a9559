# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Does it matter how the weights begin?
#
# The paper's Table 4 finds that the recurrent networks prefer Glorot's initialization to plain
# random weights, and that the CNN does not care.
#
# - **What varies:** the distribution that the kernels are drawn from. Glorot's scale follows the
#   size of the layer; Keras's plain normal and uniform have one scale, 0.05, for every layer.
# - **What is fixed:** everything else, including the recurrent kernels, which stay orthogonal;
#   the paper does not say which weights it changed.
# - **What would change our mind:** a network that scores clearly lower with plain random weights
#   at the end of training, not only at its beginning.

# %% tags=["parameters", "hide-input"]
profile = "quick"  # how much work: smoke, quick or paper
dataset = "dances"  # name of a data set

# %%
from subgenre.report import figures, tables, verdict, words
from subgenre.study import comparisons, places, runner

figures.use_style()
study = places.Study.of(profile, dataset)
result = runner.run_experiments("initialization", study)

# %% tags=["hide-input"]
tables.settings(result)

# %% [markdown]
# ## Table 4: macro F1

# %% tags=["hide-input"]
tables.comparison(result, "Test macro F1 by initialization.")

# %% tags=["hide-input"]
words.scores(result)

# %% [markdown]
# ## Seed by seed
#
# Each point is one seed: one split, one set of first weights, one order of the clips. The line is
# their mean, which the tables print.

# %% tags=["hide-input"] mystnb={"figure": {"caption": "Test macro F1 of each seed (points) and their mean (line), a panel per network, a row per initialization.", "name": "fig-initialization-seeds"}, "image": {"alt": "Three panels of points along a score axis, one row of points per initialization."}}
figures.seed_scores(result)

# %% [markdown]
# Seeds are paired: the same seed is the same split everywhere, so two rows are compared seed by
# seed. {ref}`How that is done <comparing>` is on the method page.

# %%
scores = comparisons.scores_of(result, "macro_f1")
levels, networks = comparisons.level_pairs(scores), comparisons.model_pairs(scores)

# %% tags=["hide-input"]
verdict.pairs_table(
    levels, "Difference in test macro F1 between initializations, for each network."
)

# %% tags=["hide-input"]
verdict.significant(levels)

# %% tags=["hide-input"]
verdict.pairs_table(
    networks, "Difference in test macro F1 between networks, for each initialization."
)

# %% tags=["hide-input"]
verdict.significant(networks)

# %% [markdown]
# ## How they learn
#
# If only the start differs, the curves should part early and meet late.

# %% tags=["hide-input"] mystnb={"figure": {"caption": "Validation accuracy by epoch, a panel per network, a colour per initialization.", "name": "fig-initialization"}, "image": {"alt": "Three panels of validation accuracy by epoch, one colour per initialization."}}
figures.learning_curves(result, "accuracy")

# %% tags=["hide-input"]
words.curves(result, "accuracy")

# %% [markdown]
# ## Summary
#
# - Batch normalization rescales what each convolution gives, so the scale of its first weights
#   matters little here; the networks of this experiment have it, as the common setting says.
# - The question is most interesting without it; the setting is one argument of
#   {py:class}`subgenre.config.ModelConfig`.
