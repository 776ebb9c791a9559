# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Which labels look wrong?
#
# A label on which nearly all networks agree that it is another one is worth a second look. Each
# network is asked only about tracks that it was not trained on, nor on any other of their group.

# %% tags=["parameters"]
profile = "quick"  # how much work: smoke, quick or paper
dataset = "dances"  # name of a data set

# %%
from subgenre.data import clips, load_music
from subgenre.report import labels, players
from subgenre.study import experiments, places, runner

study = places.Study.of(profile, dataset)
result = runner.run_experiments(list(experiments.EXPERIMENTS), study)
votes = labels.votes(result)

# %% tags=["answer"]
labels.found(votes, result)

# %% tags=["full-width"]
labels.suspects_table(votes)

# %% [markdown]
# *Its label's* is the mean probability that the networks give to the label, *votes* how many of them
# answer the class under *heard as*. A line here is a question and not an error: networks that learnt from
# the same music can all be wrong in the same way, and some tunes are two things. *The Girl I Left
# Behind Me* is filed as a reel in one of the books of the published data set, and is a well-known
# march.
#
# ## Listen
#
# The first of them. Would you have filed them so? A switch adds the noise.

# %%
music, suspects = load_music(study.data, progress=False), labels.suspects(votes)
first = suspects.drop_duplicates("title").head(8)
players.clip_player(
    [clips.example_clip(music, study.data, row) for row in first.index],
    [f"{one.title}: filed as {one.label}, heard as {one.heard}" for one in first.itertuples()],
    study.data,
)

# %% [markdown]
# ## Who votes
#
# All three networks vote, in every setting of the experiments that trains on all of the training
# music: in the common setting alone a track has a few votes, too few to tell *nearly all* from
# *most*. Runs of Adadelta at 0.001, which hardly train, and on a part of the music are left out. The
# votes are not independent: networks of one fold heard the same music. So a count is no probability,
# and the list is ordered by how little the label is believed.
#
# ## Summary
#
# - Nothing is changed by this page: labels stay as they are, in training and in every score.
# - Listen before you relabel. Where a label is wrong, the score of every network is too low.
# - In your own music, correct the folder or the manifest and study it again.
