# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # What is in these files?
#
# Before any score means anything: what was read, what was left out and why, and what it sounds
# and looks like. A clip is a stretch of a track; a **group** (an artist, an album, a track) is
# never divided between training and test.

# %% tags=["parameters", "hide-input"]
profile = "quick"  # how much work: smoke, quick or paper
dataset = "dances"  # name of a data set
example = 0  # row of the clip that is shown closely

# %% tags=["hide-input"]
from subgenre.data import load_music
from subgenre.data.clips import example_clip
from subgenre.report import figures, tables
from subgenre.report import files as file_report
from subgenre.report.players import players
from subgenre.study.places import Study

figures.use_style()
study = Study.of(profile, dataset)
config = study.data
music = load_music(config, progress=False)

# %% [markdown]
# ## How much of what

# %% tags=["hide-input"]
file_report.counts_table(music)

# %% tags=["hide-input"]
file_report.counts(music)

# %% tags=["hide-input"]
file_report.formats(music.info)

# %% [markdown]
# Files of several formats, rates or lengths are no harm by themselves. They are if they go with
# the class: then a network can learn the format instead of the music.
#
# ## What was skipped
#
# Nothing is dropped silently. These files, rows or classes could not be used; the sentence under
# the counts says if there are clips that could be used, but are more than the profile takes.

# %% tags=["hide-input"]
file_report.skipped_table(music.skipped, "What was skipped, and why.")

# %% tags=["hide-input"]
file_report.skipped(music.skipped)

# %% [markdown]
# These were used although something is odd about them.

# %% tags=["hide-input"]
file_report.skipped_table(music.notes, "What is odd, and was used.")

# %% [markdown]
# ## One clip, closely
#
# As the networks hear it: with noise, if this study adds any.

# %% tags=["hide-input"] mystnb={"figure": {"caption": "One clip: waveform, log-mel spectrogram as it is, and as the networks get it.", "name": "fig-file-clip"}, "image": {"alt": "Three panels over the seconds of a clip: a waveform and two log-mel spectrograms."}}
clip = example_clip(music, config, example)
figures.clip_figure(
    clip.clean,
    {"as it is": clip.clean_log_mel, "as heard": clip.noisy_log_mel},
    config.features,
)

# %% [markdown]
# ## One clip of each class

# %% tags=["hide-input"]
rows = tables.first_of_each_class(music, most=12)
players(
    [music.audio(music.tracks[row], config.features.sample_rate) for row in rows],
    [f"{music.tracks[row].label}: {music.tracks[row].title}" for row in rows],
    config.features.sample_rate,
)

# %% [markdown]
# ## Where it comes from

# %% tags=["hide-input"]
tables.source(music)

# %% [markdown]
# ## Summary
#
# - Look at the counts first: a class with few groups has few independent examples, however many
#   clips were cut from them.
# - Look at what was skipped: if one class lost more than the others, the files tell why.
# - Listen: can you hear the class?
