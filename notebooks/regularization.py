# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Do dropout and batch normalization help, and do they mix?

# %% tags=["parameters"]
profile = "quick"  # how much work: smoke, quick or paper
dataset = "dances"  # name of a data set

# %%
from subgenre.report import charts, tables, verdict
from subgenre.study import comparisons, places, runner

study = places.Study.of(profile, dataset)
result = runner.run_experiments("regularization", study)
levels = comparisons.level_contrasts(result)

# %% tags=["answer"]
verdict.told(levels)

# %% tags=["full-width"] mystnb={"figure": {"caption": "Test macro F1 of each run (points; a thin line links those of one seed), the mean (bar) and what the paper printed (hollow): a panel per network. What lies off the scale of settings that train is written at its edge.", "name": "fig-regularization-seeds"}}
charts.seed_scores(result)

# %% [markdown]
# In the paper's Table 3 batch normalization reaches a perfect score in training and loses much of
# it in validation and test, dropout keeps the three together, and both at once hurt the
# sequential network.
#
# - **What varies:** no regularization, dropout, batch normalization (the common setting), or both.
#   "Both" is run in either order, because dropout before batch normalization shifts the variances
#   that the latter has learned (Li et al. 2019).
# - **What is fixed:** data, splits, epochs, Adam with cosine decay at a rate that was tuned with batch
#   normalization, and the share of activations that dropout drops, 0.2; in the paper it is unknown,
#   and here {doc}`no share validated as well as none <tuning>`.
# - **What would change our mind:** we expect that batch normalization helps, and that dropout beside
#   it does not hurt. In the mean of the three networks, by more than chance, *none* not lower, or
#   *both* lower, would show the opposite.

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Settings that all runs share", "code_prompt_hide": "Settings that all runs share"}
tables.settings(result)

# %% [markdown]
# ## Table 3: macro F1 in training, validation and test
#
# All three sets are scored with the weights after the last epoch and with dropout switched off.
# The paper's validation rows are the same for both of its networks, most likely a slip, and it
# has no rows for the CNN, for no regularization or for the other order.

# %% tags=["full-width"]
caption = "Macro F1 by regularization and set; the best test score of each network here is bold."
tables.comparison(result, caption, parts=("train", "validation", "test"))

# %%
tables.certainty(result)

# %% [markdown]
# From a row *train* to its row *test* is the overfitting, which {doc}`the verdict <verdict>` tests.
# Where dropout closes it, see whether the test row rises, or the train row falls: that is a network
# that learns too little. The test row alone is what counts.
#
# ## Class by class
#
# Macro F1 is the mean over the classes. Here each test score of Table 3 is taken apart.

# %% tags=["full-width"]
tables.per_class(result, "Test F1 of each class by regularization, mean over runs.")

# %% [markdown]
# A row that is low throughout is a class that is hard in every setting.
#
# ## Level by level
#
# Runs are paired: the same seed is the same split everywhere, so two rows are compared run by run.
# {ref}`How that is done <comparing>` is on the method page. Only planned contrasts are tested:
# each level against the common setting. {doc}`The verdict <verdict>` compares the networks.

# %%
caption = "Difference in test macro F1 from batch normalization alone."
verdict.contrasts_table(levels[["all three"]], caption)

# %% tags=["hide-output"] mystnb={"code_prompt_show": "The same for each network", "code_prompt_hide": "The same for each network"}
verdict.contrasts_table(levels, caption)

# %% [markdown]
# ## How they learn

# %% tags=["full-width"] mystnb={"figure": {"caption": "Validation loss by epoch, a panel per network, a colour per kind of regularization: the mean over the runs, and a band from the lowest to the highest.", "name": "fig-regularization-loss"}}
charts.learning_curves(result, "loss")

# %% tags=["full-width"] mystnb={"figure": {"caption": "Validation accuracy by epoch, a panel per network, a colour per kind of regularization: the mean over the runs, and a band from the lowest to the highest.", "name": "fig-regularization-accuracy"}}
charts.learning_curves(result, "accuracy")

# %% [markdown]
# ## Did it change our mind?
#
# It would, if *none* were not lower than batch normalization, or *both* were:

# %%
verdict.told(levels)

# %% [markdown]
# ## Summary
#
# - *Higher* and *lower* mean by more than chance. What cannot be told is no support for either side.
# - The order of dropout and batch normalization is a choice that a paper should state.
# - A validation loss that rises while validation accuracy holds is a network growing too sure.
