# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # How much may it decline?
#
# A network that may say *I do not know* is right more often in what it does answer. Clips are
# answered in the order of the probability of the best class, the surest first.

# %% tags=["parameters"]
profile = "quick"  # how much work: smoke, quick or paper
dataset = "dances"  # name of a data set

# %%
from subgenre.report import charts, decline
from subgenre.study import places, runner

study = places.Study.of(profile, dataset)
accuracies = decline.accuracies(runner.run_experiments("networks", study))

# %% tags=["answer"]
decline.reading(accuracies)

# %% mystnb={"figure": {"caption": "Test accuracy of the clips that are answered, against their share: the mean over runs, and a band from the lowest run to the highest. Each network in the common setting.", "name": "fig-decline"}}
charts.curves([accuracies], "Accuracy against the share of clips answered, a line a network.")

# %% [markdown]
# The right end of each line is the score of a network that answers everything. A line that falls
# from left to right belongs to a network that knows when it is guessing; a flat one would be sure of
# the wrong answers, too.
#
# ## With a model of your own
#
# `subgenre predict --decline-below 0.6` answers `declined` where the best class has a probability
# below 0.6. There the probabilities are calibrated on validation clips: on music like those, of the
# answers with about 0.6, six in ten are right. Here they are the networks' own.
#
# ## Summary
#
# - Declining buys accuracy with silence; the picture is the price list.
# - Order and share are chosen on test clips here, which shows what is possible. For a promise, choose
#   the bound on other music.
