# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # What would a simple method score?
#
# A score means little on its own. This page gives the networks' scores two neighbours: below,
# methods that were common before deep networks and hear the same noisy clips; above, methods that
# never hear a clip but read the score that it was played from.
#
# - **What varies:** what a method knows of a clip: nothing, its timbre, its timbre and rhythm, the
#   metre of the tune, or all its written notes.
# - **What is fixed:** clips, noise, splits and seeds are those of the networks. Every choice is
#   made on the validation set, for each seed anew; the test set is read once.
# - **What would change our mind about the networks:** a network that scores no higher than the
#   support vector machine (SVM) on timbre and rhythm has learned little for its cost; one that
#   scores higher than the written notes must hear something that is not music, and we would look
#   for a leak.

# %% tags=["parameters", "hide-input"]
profile = "quick"  # how much work: smoke, quick or paper
dataset = "dances"  # name of a data set

# %%
from subgenre.report import baselines as report
from subgenre.study import places, runner

study = places.Study.of(profile, dataset)
networks = runner.run_experiments("optimizers", study)
scores = report.scores(runner.baseline_results(study), networks)

# %% [markdown]
# ## The methods
#
# Timbre is summed up by the means and standard deviations of mel-frequency cepstral coefficients
# (MFCCs) and of their differences over time. Rhythm is summed up by the autocorrelation of the
# onset strength: how much the clip repeats itself after each lag up to four seconds. Both are
# computed from the log-mel spectrograms that the networks get.
#
# The last three methods are reference lines and no competitors, for they read what no listener
# has. The two *metre oracles* answer the class that is commonest among the training clips of the
# same metre. One knows only what can be heard: it takes 2/2, 2/4 and 4/4 for one metre, because
# which of them a tune is written in is the habit of a book that no clip plays. The other knows
# the metre as printed. The *symbolic ceiling* counts where in the bar notes begin, how long they
# are and which intervals follow one another. It is the ceiling of this classifier, not of any
# possible one.

# %% tags=["hide-input"]
report.methods_table(scores)

# %% [markdown]
# ## The scores
#
# The networks stand between those that hear and those that read. They are trained with Adam, in
# the setting that all experiments share.

# %% tags=["hide-input"]
report.scores_table(scores)

# %% tags=["hide-input"]
report.reading(scores)

# %% [markdown]
# ## Summary
#
# - The distance between a network and the SVM on timbre and rhythm is what learning features from
#   the spectrogram buys, on these clips and under this noise.
# - The distance between a network and the written notes is what is lost on the way through
#   performance and noise, or not learned from so few tunes.
# - Compare training and test scores within a row: a method that knows its training clips by heart
#   has room for less capacity or more music.
