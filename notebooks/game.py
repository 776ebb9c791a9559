# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Can you beat the networks?
#
# You get what the networks got: ten seconds of a tune in as much noise, and six dances to choose
# from. There are four clips of each dance, in random order. {doc}`The data <data>` has an example of
# each to listen to first: the networks had thousands. Stop whenever you like; nothing is sent
# anywhere or kept.

# %% tags=["parameters"]
profile = "quick"  # how much work: smoke, quick or paper
dataset = "dances"  # name of a data set

# %%
from subgenre.data import load_music
from subgenre.report import play
from subgenre.study import places, runner

study = places.Study.of(profile, dataset)
music = load_music(study.data, progress=False)
networks, baselines = runner.run_experiments("networks", study), runner.baseline_results(study)

# %%
play.game(music, study.data, networks, baselines)

# %% [markdown]
# ## How to read it
#
# Afterwards you see your confusion matrix beside the networks' on the clips that you answered: rows
# are what a clip was, columns what was answered. Every network counts that was trained without the
# clip, so a clip may have several answers. The ladder below has your macro F1 among theirs and among
# simple methods', all on those same clips. Methods that know metre or notes read the score, which
# neither you nor a network had; {doc}`their own page <baselines>` explains them, on all clips.
#
# ## Summary
#
# - The clips are a random draw from one test set, balanced by dance; who is right on them played no
#   part in it.
# - Twenty-four clips are few: chance alone moves a score on them by up to a fifth either way.
