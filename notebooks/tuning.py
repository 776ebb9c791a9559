# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # How were the settings chosen?

# %% tags=["parameters"]
profile = "quick"  # of the book; the grids have a profile of their own, tuning
dataset = "dances"  # name of a data set

# %%
from IPython.display import Markdown

from subgenre.report import tuning
from subgenre.study import experiments, places, records

# %% tags=["answer"]
tuning.in_short()

# %%
tuning.table("learning_rates")

# %% [markdown]
# A comparison of networks is fair if each had the same chance to be at its best. So the common
# setting was found by the same small grids for all three networks, judged on **validation clips
# alone**, and then fixed for every experiment.
#
# - **What varies:** learning rate by optimizer, batch size, width of the networks, dropout, label
#   smoothing, augmentation of the training clips; one at a time, around the common setting.
# - **What is fixed:** everything else. Each level runs on two folds.
# - **What would change our mind:** a level that is better than the one in use by more than 0.03, in
#   the mean of the three networks. The sentence at the top says whether there is one.
#
# ## Learning rate
#
# In the table at the top each optimizer has four rates, each twice the one before; all fall to zero
# along a half cosine. The study uses one rate per optimizer for all networks. Where the best rate is
# the first or the last, the true best may lie beyond. Adadelta also runs at Keras's default of 0.001,
# which is not a candidate here: it is what a user gets who sets nothing.
#
# ## Batch size
#
# Larger batches are faster on two cores and take fewer steps in an epoch.

# %%
tuning.table("batch_sizes")

# %% [markdown]
# ## Width
#
# All three networks are scaled together, so that they stay equal in size: width 1.4 has about
# twice, width 0.7 about half as many weights as width 1.

# %%
tuning.table("widths")

# %% [markdown]
# ## Dropout
#
# A share of the activations is dropped beside batch normalization. The common setting has none;
# {doc}`the page on regularization <regularization>` tests it.

# %%
tuning.table("dropouts")

# %% [markdown]
# ## Label smoothing
#
# A smoothed target gives a share of each answer to all classes, so that the network need not be
# certain (Szegedy et al. 2016).

# %%
tuning.table("targets")

# %% [markdown]
# ## Augmentation
#
# *Time shift* trains on excerpts with a random start, six tenths of a clip long. *Band shift* moves
# the spectrogram up or down by one band. *SpecAugment* hides two stretches of time and two groups of
# bands (Park et al. 2019). Validation and test clips are always whole and unchanged.

# %%
tuning.table("augmentations")

# %% [markdown]
# ## Did it change our mind?

# %%
tuning.in_short()

# %%
study = places.Study.of(experiments.TUNING_PROFILE)
grids = [cell for name in experiments.TUNING for cell in experiments.cells(name, study)]
configs = {config for cell in grids for config in cell.configs}
found = records.Store.of(study).find(configs).values()
Markdown(
    f"Every network had the same budget: {len(configs) // 3} runs of {study.profile.epochs} epochs "
    f"on {len(study.profile.seeds)} folds. {len(found)} of all {len(configs)} runs have records; "
    f"they took {sum(one.seconds['all'] for one in found) / 3600:.1f} hours of one core."
)

# %% [markdown]
# ## Summary
#
# - Two runs of few epochs separate only large effects; differences of a hundredth say nothing, so
#   among levels that lie so close the choice is arbitrary. Few epochs favour small networks and no
#   dropout.
# - The clips that validate here test in other runs of the study, since every clip tests in one of
#   five folds.
# - No network has a setting of its own, and a common one may suit one network more than another: where
#   the best level of a table differs by network, their comparison depends on the choice.
