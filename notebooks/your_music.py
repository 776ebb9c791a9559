# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # From a folder to a verdict

# %% tags=["parameters"]
profile = "quick"  # how much work: smoke, quick or paper
dataset = "dances"  # a folder, a manifest .csv, source:path, or dances

# %%
from subgenre.data import clips, load_music
from subgenre.report import baselines as baseline_report
from subgenre.report import charts, files, players, run, tables
from subgenre.study import places, runner

study = places.Study.of(profile, dataset)
networks = runner.run_experiments("networks", study)
simple = runner.baseline_results(study)
scores = baseline_report.scores(simple, networks)

# %% tags=["answer"]
baseline_report.in_short(simple, networks)

# %% tags=["full-width"]
baseline_report.scores_table(scores)

# %% [markdown]
# This notebook is the short way through the study: name your music, look at it, train the three
# networks in the common setting, and see whether they beat a simple method. Change `dataset` to a
# folder with one sub-folder per class, or to a manifest, and run it from the top.
#
# - **What varies:** the network.
# - **What is fixed:** everything else, as in all experiments.
# - **What would change our mind:** a network that is surely above all methods that hear. Without one,
#   take the simplest of them.
#
# ## The music
#
# Every file is opened once, and runs that have a record are not trained again. What cannot be used is
# skipped and listed; what is odd and used all the same is listed below it.

# %%
music = load_music(study.data, progress=False)
files.counts_table(music)

# %%
files.counts(music)

# %%
files.remarks_table(music.skipped, "What was skipped, and why.")

# %%
files.remarks_table(music.notes, "What is odd, and was used.")

# %% [markdown]
# ## Clips and tracks
#
# Where tracks were cut into clips, a track's answer is the mean over its clips, which is usually
# better than that of a single clip.

# %%
tables.clips_and_tracks(networks)

# %% [markdown]
# ## What is confused with what
#
# The sequential network, one run. Listen to a clip of each pair, as the network heard it: would you
# have known?

# %% mystnb={"figure": {"caption": "Of the test clips of each true class (row), the share that got each answer (column).", "name": "fig-your-confusion"}, "image": {"alt": "A matrix of shares, classes by answers; the diagonal holds the right answers."}}
single = runner.single_run("crnn", study, seed=0)
charts.confusion({"": [single.tested()]}, single.record.data["labels"])

# %%
run.confusions(single)

# %%
pairs = run.confused_clips(single, n=4)
players.clip_player(
    [clips.example_clip(music, study.data, row) for row in pairs["clip"]],
    [f"{pair.title}: {pair.label}, taken for {pair.answer}" for pair in pairs.itertuples()],
    study.data,
    noisy=True,
)

# %% [markdown]
# ## Did it change our mind?
#
# It would, if a network were surely above all methods that hear.

# %%
baseline_report.reading(simple, networks)

# %% [markdown]
# ## Summary
#
# - The ladder at the top is the verdict: the sentences above say which rungs each network is surely
#   above. One run has no interval, and is sure of nothing.
# - `make study DATASET=...` runs the full set of experiments and builds a book of them.
# - `subgenre train` writes a model file, and `subgenre predict` labels new songs with it.
