# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Does the optimizer decide?

# %% tags=["parameters"]
profile = "quick"  # how much work: smoke, quick or paper
dataset = "dances"  # name of a data set

# %%
from subgenre.report import charts, tables, verdict
from subgenre.study import comparisons, places, runner

study = places.Study.of(profile, dataset)
result = runner.run_experiments("optimizers", study)
levels = comparisons.level_contrasts(result)

# %% tags=["answer"]
verdict.told(levels)

# %% tags=["full-width"] mystnb={"figure": {"caption": "Test macro F1 of each run (points; a thin line links those of one seed), the mean (bar) and what the paper printed (hollow): a panel per network. What lies off the scale of settings that train is written at its edge.", "name": "fig-optimizers-seeds"}}
charts.seed_scores(result)

# %% [markdown]
# The paper finds that the sequential network needs RMSprop, that the parallel one does best with
# Adam, and that Adadelta is weak throughout (its Tables 1 and 2).
#
# - **What varies:** the optimizer, for each of the three networks, at a rate that
#   {doc}`validated well <tuning>`. Adadelta runs a second time at 0.001, Keras's default rate. The
#   paper does not state its rates.
# - **What is fixed:** data, splits, epochs, batch normalization, and the policy for the learning
#   rate: it starts at one rate per optimizer, the same for all networks, and falls to zero along a
#   half cosine.
# - **What would change our mind:** we expect that an optimizer at a rate that suits it decides
#   nothing. RMSprop or Adadelta higher or lower than Adam, in the mean of the three networks and by
#   more than chance, would show the opposite.

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Settings that all runs share", "code_prompt_hide": "Settings that all runs share"}
tables.settings(result)

# %% [markdown]
# ## Table 1: macro F1
#
# Each cell is the score on test clips that neither training nor any choice has seen, beside the
# number that the paper printed on its own, private data. Compare the columns by their pattern,
# not by their height: the music is different.

# %% tags=["full-width"]
tables.comparison(result, "Test macro F1 by optimizer; the best of each network here is bold.")

# %%
tables.certainty(result)

# %% [markdown]
# A row whose scores lie near that of one and the same answer is a network that was not trained, and
# says nothing of an optimizer. The paper's Adadelta scores 0.30 to 0.35: where ours at 0.001 is far
# below that, the paper's rate was hardly the same, so its numbers stand beside the rate that suits.
#
# ## Table 2: each network with its best optimizer
#
# The best optimizer is chosen by the mean accuracy in validation. Over all folds, the clips that
# validate are those that test in other runs, so the choice is not wholly blind. The publisher's page
# prints the networks of Table 2 in a header row, above optimizers and accuracies.

# %%
tables.best_optimizers(result)

# %% [markdown]
# Where the two columns of optimizers differ, the paper's choice is not the one that validates best
# here. Whether the optimizers differ in the test by more than chance, the contrasts below say.
#
# ## Class by class
#
# Macro F1 is the mean over the classes. Here each test score of Table 1 is taken apart.

# %% tags=["full-width"]
tables.per_class(result, "Test F1 of each class by optimizer, mean over runs.")

# %% [markdown]
# A row that is low throughout is a class that is hard in every setting.
#
# ## Level by level
#
# Runs are paired: the same seed is the same split everywhere, so two rows are compared run by run.
# {ref}`How that is done <comparing>` is on the method page. Only planned contrasts are tested:
# each level against the common setting. {doc}`The verdict <verdict>` compares the networks.

# %%
caption = "Difference in test macro F1 from Adam."
verdict.contrasts_table(levels[["all three"]], caption)

# %% tags=["hide-output"] mystnb={"code_prompt_show": "The same for each network", "code_prompt_hide": "The same for each network"}
verdict.contrasts_table(levels, caption)

# %% [markdown]
# ## Figure 5: learning with RMSprop
#
# The paper plots the RMSprop learning process on two axes without naming them. We take loss and
# accuracy.

# %% tags=["full-width"] mystnb={"figure": {"caption": "Learning with RMSprop: loss (above) and accuracy (below) by epoch, in training and in validation; bands go from the lowest to the highest run.", "name": "fig-rmsprop"}}
charts.learning_process(result, "RMSprop")

# %% [markdown]
# Training accuracy is counted on excerpts and while the weights still change, validation accuracy on
# whole clips after the epoch, so the former can lie below the latter. The loss is that of smoothed
# targets and does not fall to zero.
#
# ## Figure 6: accuracy across epochs

# %% tags=["full-width"] mystnb={"figure": {"caption": "Validation accuracy by epoch, a panel per network, a colour per optimizer: the mean over the runs, and a band from the lowest to the highest.", "name": "fig-accuracy"}}
charts.learning_curves(result, "accuracy")

# %% [markdown]
# ## Did it change our mind?
#
# It would, if RMSprop, or Adadelta at the rate that suits it, were called higher or lower:

# %%
verdict.told(levels)

# %% [markdown]
# ## Summary
#
# - Only what the sentence above calls higher or lower is, by more than chance, an effect of the
#   optimizer here.
# - Adadelta's learning rate is a factor of its own; a table that has only one row for Adadelta
#   judges a rate, not the method.
# - The paper gives no seeds and no intervals, so its gaps cannot be weighed. {doc}`The verdict
#   <verdict>` weighs them by the spread between our runs.
