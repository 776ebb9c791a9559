# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Does the optimizer decide?
#
# The paper finds that the sequential network needs RMSprop, that the parallel one does best with
# Adam, and that Adadelta is weak throughout (its Tables 1 and 2).
#
# - **What varies:** the optimizer, for each of the three networks. Adadelta runs twice: at
#   Keras's default rate of 0.001, most likely the paper's, and at the rate of 1 that the method's
#   own paper means.
# - **What is fixed:** data, splits, epochs, dropout and batch normalization, and the policy for
#   the learning rate: it starts at 0.005 for Adam and RMSprop and at the stated rates for
#   Adadelta, and falls to zero along a half cosine.
# - **What would change our mind:** a gap between optimizers that is larger than the spread
#   between seeds, in the direction that the paper reports.

# %% tags=["parameters", "hide-input"]
profile = "quick"  # how much work: smoke, quick or paper
dataset = "dances"  # name of a data set

# %%
from subgenre.report import figures, tables, verdict, words
from subgenre.study import comparisons, places, runner

figures.use_style()
study = places.Study.of(profile, dataset)
result = runner.run_experiments("optimizers", study)

# %% tags=["hide-input"]
tables.settings(result)

# %% [markdown]
# ## Table 1: macro F1
#
# Each cell is the score on test clips that neither training nor any choice has seen, beside the
# number that the paper printed on its own, private data. Compare the columns by their pattern,
# not by their height: the music is different.

# %% tags=["hide-input"]
tables.comparison(result, "Test macro F1 by optimizer.")

# %% tags=["hide-input"]
words.scores(result)

# %% [markdown]
# ## Table 2: each network with its best optimizer
#
# The best optimizer is chosen by validation accuracy; the test set has no say in it.

# %% tags=["hide-input"]
tables.best_optimizers(result)

# %% [markdown]
# Where the two columns of optimizers differ, the paper's choice does not carry over to this music.
#
# ## Seed by seed
#
# Each point is one seed: one split, one set of first weights, one order of the clips. The line is
# their mean, which the tables print.

# %% tags=["hide-input"] mystnb={"figure": {"caption": "Test macro F1 of each seed (points) and their mean (line), a panel per network, a row per optimizer.", "name": "fig-optimizers-seeds"}, "image": {"alt": "Three panels of points along a score axis, one row of points per optimizer."}}
figures.seed_scores(result)

# %% [markdown]
# Seeds are paired: the same seed is the same split everywhere, so two rows are compared seed by
# seed. {ref}`How that is done <comparing>` is on the method page.

# %%
scores = comparisons.scores_of(result, "macro_f1")
levels, networks = comparisons.level_pairs(scores), comparisons.model_pairs(scores)

# %% tags=["hide-input"]
verdict.pairs_table(levels, "Difference in test macro F1 between optimizers, for each network.")

# %% tags=["hide-input"]
verdict.significant(levels)

# %% tags=["hide-input"]
verdict.pairs_table(networks, "Difference in test macro F1 between networks, for each optimizer.")

# %% tags=["hide-input"]
verdict.significant(networks)

# %% [markdown]
# ## Figure 5: learning with RMSprop
#
# The paper plots the RMSprop learning process on two axes without naming them. We take loss and
# accuracy: loss on the left axis, accuracy on the right, training dashed, validation solid.

# %% tags=["hide-input"] mystnb={"figure": {"caption": "Learning with RMSprop: loss (left axis) and accuracy (right axis) by epoch.", "name": "fig-rmsprop"}, "image": {"alt": "Three panels, one per network; loss falls and accuracy rises over the epochs, in training and in validation."}}
figures.learning_process(result, "RMSprop")

# %% tags=["hide-input"]
words.learning(result, "RMSprop")

# %% [markdown]
# Training accuracy is counted while dropout is on and the weights still change, so it can lie
# below the validation accuracy of the same epoch.
#
# ## Figure 6: accuracy across epochs

# %% tags=["hide-input"] mystnb={"figure": {"caption": "Validation accuracy by epoch, a panel per network, a colour per optimizer.", "name": "fig-accuracy"}, "image": {"alt": "Three panels of rising curves, one colour per optimizer; Adadelta at the default rate stays lowest."}}
figures.learning_curves(result, "accuracy")

# %% tags=["hide-input"]
words.curves(result, "accuracy")

# %% [markdown]
# ## Summary
#
# - Read Table 1 for the scores, Figure 6 for how soon they are reached: with few epochs, an
#   optimizer that learns slowly looks like one that does not learn.
# - Adadelta's learning rate is a factor of its own; a table that has only one row for Adadelta
#   judges the default, not the method.
# - The paper gives no seeds and no intervals, so its gaps cannot be weighed; ours can, as soon
#   as the profile has more than one seed. {doc}`The verdict <verdict>` does so for its claims.
