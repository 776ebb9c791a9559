# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Do dropout and batch normalization help, and do they mix?
#
# In the paper's Table 3 batch normalization reaches a perfect score in training and loses much of
# it in validation and test, dropout keeps the three together, and both at once hurt the
# sequential network.
#
# - **What varies:** no regularization, dropout, batch normalization, or both. "Both" is run in
#   either order, because dropout before batch normalization shifts the variances that the latter
#   has learned (Li et al. 2019).
# - **What is fixed:** data, splits, epochs, Adam from 0.005 with cosine decay, and the share of
#   dropped activations wherever there is dropout.
# - **What would change our mind:** a test score that falls when regularization is added, by more
#   than the spread between seeds.

# %% tags=["parameters", "hide-input"]
profile = "quick"  # how much work: smoke, quick or paper
dataset = "dances"  # name of a data set

# %%
from subgenre.report import figures, tables, verdict, words
from subgenre.study import comparisons, places, runner

figures.use_style()
study = places.Study.of(profile, dataset)
result = runner.run_experiments("regularization", study)

# %% tags=["hide-input"]
tables.settings(result)

# %% [markdown]
# ## Table 3: macro F1 in training, validation and test
#
# All three sets are scored with the weights that validated best and with dropout switched off.
# The paper's validation rows are the same for both of its networks, most likely a slip, and it
# has no rows for the CNN, for no regularization or for the other order.

# %% tags=["hide-input"]
caption = "Macro F1 by regularization, in training, validation and test."
tables.comparison(result, caption, parts=("train", "validation", "test"))

# %% tags=["hide-input"]
words.scores(result)

# %% tags=["hide-input"]
words.gaps(result)

# %% [markdown]
# ## Seed by seed
#
# Each point is one seed: one split, one set of first weights, one order of the clips. The line is
# their mean, which the tables print.

# %% tags=["hide-input"] mystnb={"figure": {"caption": "Test macro F1 of each seed (points) and their mean (line), a panel per network, a row per kind of regularization.", "name": "fig-regularization-seeds"}, "image": {"alt": "Three panels of points along a score axis, one row of points per kind of regularization."}}
figures.seed_scores(result)

# %% [markdown]
# Seeds are paired: the same seed is the same split everywhere, so two rows are compared seed by
# seed. {ref}`How that is done <comparing>` is on the method page.

# %%
scores = comparisons.scores_of(result, "macro_f1")
levels, networks = comparisons.level_pairs(scores), comparisons.model_pairs(scores)

# %% tags=["hide-input"]
verdict.pairs_table(
    levels, "Difference in test macro F1 between kinds of regularization, for each network."
)

# %% tags=["hide-input"]
verdict.significant(levels)

# %% tags=["hide-input"]
verdict.pairs_table(
    networks, "Difference in test macro F1 between networks, for each kind of regularization."
)

# %% tags=["hide-input"]
verdict.significant(networks)

# %% [markdown]
# ## How they learn

# %% tags=["hide-input"] mystnb={"figure": {"caption": "Validation loss by epoch, a panel per network, a colour per kind of regularization.", "name": "fig-regularization-loss"}, "image": {"alt": "Three panels of validation loss by epoch, one colour per kind of regularization."}}
figures.learning_curves(result, "loss")

# %% tags=["hide-input"]
words.curves(result, "loss")

# %% tags=["hide-input"] mystnb={"figure": {"caption": "Validation accuracy by epoch, a panel per network, a colour per kind of regularization.", "name": "fig-regularization-accuracy"}, "image": {"alt": "Three panels of validation accuracy by epoch, one colour per kind of regularization."}}
figures.learning_curves(result, "accuracy")

# %% tags=["hide-input"]
words.curves(result, "accuracy")

# %% [markdown]
# ## Summary
#
# - The distance between the training and the test row is the overfitting; the test row alone is
#   what counts.
# - The order of dropout and batch normalization is a choice that a paper should state.
# - A validation loss that rises while validation accuracy holds is a network growing too sure.
