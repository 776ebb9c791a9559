# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Every run
#
# Each line is one trained network: what it was, what it scored, and the record that every page of
# this book is made from. Press a heading to sort, type to filter.

# %% tags=["parameters"]
profile = "quick"  # how much work: smoke, quick or paper
dataset = "dances"  # name of a data set

# %% tags=["full-width"]
from subgenre.report import runs
from subgenre.study import experiments, places, runner

study = places.Study.of(profile, dataset)
result = runner.run_experiments(list(experiments.EXPERIMENTS), study)
runs.table(result, study)

# %% [markdown]
# *Serves* names the experiment and level that a run belongs to; the common setting is a level of
# every experiment. *Rate* is the learning rate at first, *train size* the share of the training music, *seconds*
# the time of training on one thread.
#
# ## Summary
#
# - A record holds the settings, the history by epoch, the answers to all test clips, the versions of
#   the packages, and a checksum. `subgenre run --record FILE` trains it again and compares.
# - Scores of runs with the same seed are of the same clips, and can be compared line by line.
