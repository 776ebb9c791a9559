# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # What would a simple method score?

# %% tags=["parameters"]
profile = "quick"  # how much work: smoke, quick or paper
dataset = "dances"  # name of a data set

# %%
from subgenre.report import baselines as report
from subgenre.study import places, runner

study = places.Study.of(profile, dataset)
networks = runner.run_experiments("optimizers", study)
simple = runner.baseline_results(study)
scores = report.scores(simple, networks)

# %% tags=["answer"]
report.in_short(simple, networks)

# %% tags=["full-width"]
report.scores_table(scores)

# %% [markdown]
# A score means little on its own. This page sets the networks on a ladder. Some of its rungs are
# methods that were common before deep networks and hear the same noisy clips. The others never hear
# a clip, but read one thing more and more of the score that it was played from.
#
# - **What varies:** what a method knows of a clip: nothing; its timbre; its timbre and rhythm; the
#   metre of the tune; also how long a bar lasts, or how many notes it has; all written notes.
# - **What is fixed:** clips, noise, splits and seeds are those of the networks. Every choice is
#   made on the validation set, for each seed anew; the test set is read once.
# - **What would change our mind about the networks:** a network that is not above the support vector
#   machine (SVM) on timbre and rhythm has learned little for its cost; one that stands on *all notes*
#   must hear something that is not music, and we would look for a leak.
#
# ## The methods
#
# Timbre is summed up by the means and standard deviations of mel-frequency cepstral coefficients
# (MFCCs) and of their differences over time. Rhythm is summed up by the autocorrelation of the
# onset strength: how much the clip repeats itself after each lag up to four seconds. Both are
# computed from the log-mel spectrograms that the networks get.
#
# The methods that read are reference lines and no competitors, for they know what no listener is
# told:
#
# - *metre* answers the class that is commonest among the training clips of the same metre, as it can
#   be heard: 2/2, 2/4 and 4/4 are one, because which of them a tune is written in is the habit of a
#   book that no clip plays. *Metre, as printed* keeps them apart.
# - *metre + seconds of a bar* adds the one thing that the performer's tempo could give away.
# - *metre + notes per bar* adds how dense the music is, which is a mark of the dance.
# - *all notes* counts where in the bar notes begin, how long they are and which intervals follow one
#   another. It is the best of this classifier, not of any possible one.
#
# ## Why the tempo is drawn so widely
#
# Every tune is played at a rate between 3.5 and 8.5 notes a second, drawn log-uniformly and alike for
# all classes. Dances differ in how many notes fill a bar, so under a narrow range of rates the length
# of a bar alone would tell the dance, and a network could score by a stopwatch. The wider the range,
# the more the classes' bars overlap. It ends where dancers would protest: 3.5 is a slow march, 8.5 a
# reel in a hurry. What the length of a bar still tells is the step from *metre* to *metre + seconds
# of a bar*.
#
# ## How to read the ladder
#
# The rows of the table at the top are in the order of their test macro F1. The networks are trained
# with Adam, in the setting that all experiments share. Brackets of different rows may overlap although
# the rows differ, since all share their test clips: so below, a network is compared with each rung
# fold by fold.
#
# ## Did it change our mind?
#
# It would, if a network were not above the SVM on timbre and rhythm, or not below *all notes*. Of the
# rungs that are surely below a network the highest is named, of those surely above it the lowest.

# %%
report.reading(simple, networks)

# %% [markdown]
# ## Summary
#
# - The distance between a network and the SVM on timbre and rhythm is what learning features from
#   the spectrogram buys, on these clips and under this noise.
# - The distance between a network and all written notes is what is lost on the way through
#   performance and noise, or not learned from so few tunes.
# - A network surely above *metre + notes per bar* would have to use more of a tune than these two
#   numbers say. One that cannot be told from it may use other things, or no more than that.
# - Compare training and test scores within a row: a method that knows its training clips by heart
#   has room for less capacity or more music.
