# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # From a folder to a verdict
#
# This notebook is the short way through the study: name your music, look at it, train the three
# networks in the common setting, and see whether they beat a simple method. Change `dataset` to a
# folder with one sub-folder per class, or to a manifest, and run it from the top.
#
# - **What varies:** the network.
# - **What is fixed:** everything else, as in all experiments.
# - **What would change our mind:** a network whose interval lies above that of the simple methods.

# %% tags=["parameters", "hide-input"]
profile = "quick"  # how much work: smoke, quick or paper
dataset = "dances"  # a folder, a manifest .csv, source:path, or dances

# %%
from subgenre.data import load_music
from subgenre.report import baselines as baseline_report
from subgenre.report import figures, tables, words
from subgenre.report import files as file_report
from subgenre.report import run as run_report
from subgenre.report.players import players
from subgenre.study.places import Study
from subgenre.study.runner import baseline_results, run_experiments, single_run

figures.use_style()
study = Study.of(profile, dataset)
config = study.data

# %% [markdown]
# ## The music
#
# Every file is opened once. What cannot be used is skipped and listed; what is odd and used all the
# same is listed below it.

# %%
music = load_music(config, progress=False)
file_report.counts_table(music)

# %%
file_report.counts(music)

# %%
file_report.skipped_table(music.skipped, "What was skipped, and why.")

# %%
file_report.skipped_table(music.notes, "What is odd, and was used.")

# %% [markdown]
# ## The networks
#
# Runs that have a record are not trained again.

# %%
networks = run_experiments("networks", study)
baselines = baseline_results(study)

# %%
baseline_report.table(baselines, networks)

# %%
baseline_report.hearing(baselines, networks)

# %% [markdown]
# Where tracks were cut into clips, a track's answer is the mean over its clips, which is usually
# better than that of a single clip.

# %%
tables.clips_and_tracks(networks)

# %% [markdown]
# ## What is confused with what
#
# The sequential network, one seed. Listen to a clip of each pair: would you have known?

# %% tags=["hide-input"] mystnb={"figure": {"caption": "Of the test clips of each true class (row), the share that got each answer (column).", "name": "fig-your-confusion"}, "image": {"alt": "A matrix of shares, classes by answers; the diagonal holds the right answers."}}
run = single_run("crnn", study, seed=0)
figures.confusion_figure([run.tested()], run.record.data["labels"])

# %%
words.confusions(run)

# %% tags=["hide-input"]
pairs = run_report.confused_clips(run, n=4)
players(
    [music.audio(music.tracks[row], config.features.sample_rate) for row in pairs["clip"]],
    [f"{pair.title}: {pair.label}, taken for {pair.answer}" for pair in pairs.itertuples()],
    config.features.sample_rate,
)

# %% [markdown]
# ## Summary
#
# - The table above is the verdict: is a network clearly above the methods that hear the same clips?
# - `make study DATASET=...` runs the full set of experiments and builds a book of them.
# - `subgenre train` writes a model file, and `subgenre predict` labels new songs with it.
