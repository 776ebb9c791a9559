# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # How were the settings chosen?
#
# A comparison of networks is fair if each had the same chance to be at its best. So the common
# setting was found by the same small grids for all three networks, judged on **validation clips
# alone**, and then fixed for every experiment.
#
# - **What varies:** learning rate by optimizer, batch size, width of the networks, augmentation of
#   the training clips; one at a time, around the common setting.
# - **What is fixed:** everything else, including the split of seed 0.
# - **What would change our mind:** a level that lifts all three networks by more than a seed does.

# %% tags=["parameters", "hide-input"]
profile = "quick"  # of the book; the grids have a profile of their own, tuning
dataset = "dances"  # name of a data set

# %% tags=["hide-input"]
from subgenre.report import tuning

tuning.budget()

# %% [markdown]
# ## Learning rate
#
# Each optimizer has three rates, one octave apart; all fall to zero along a half cosine. The study
# uses one rate per optimizer for all networks. Adadelta also runs at Keras's default of 0.001,
# which is not a candidate here: it is what a user gets who sets nothing.

# %% tags=["hide-input"]
tuning.table("learning_rates")

# %% [markdown]
# ## Batch size
#
# Larger batches are faster on two cores and take fewer steps in an epoch.

# %% tags=["hide-input"]
tuning.table("batch_sizes")

# %% [markdown]
# ## Width
#
# All three networks are scaled together, so that they stay equal in size: width 1.4 has about
# twice, width 0.7 about half as many weights as width 1.

# %% tags=["hide-input"]
tuning.table("widths")

# %% [markdown]
# ## Augmentation
#
# *Time shift* trains on excerpts with a random start, six tenths of a clip long. *Band shift* moves
# the spectrogram up or down by one band. *SpecAugment* hides two stretches of time and two groups of
# bands (Park et al. 2019). Validation and test clips are always whole and unchanged.

# %% tags=["hide-input"]
tuning.table("augmentations")

# %% [markdown]
# ## Summary
#
# - One seed and few epochs separate only large effects; differences of a hundredth say nothing.
# - Validation clips of one seed are test clips of another, as always when a split is drawn anew
#   for each seed. What is chosen here is common to all networks, so no comparison gains by it.
# - No network has a setting of its own. A network may do better with one.
