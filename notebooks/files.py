# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # What is in these files?

# %% tags=["parameters"]
profile = "quick"  # how much work: smoke, quick or paper
dataset = "dances"  # name of a data set
example = 0  # row of the clip that is shown closely

# %%
from IPython.display import Markdown

from subgenre.data import clips, load_music
from subgenre.report import data, files
from subgenre.study import places

config = places.Study.of(profile, dataset).data
music = load_music(config, progress=False)

# %% tags=["answer"]
files.counts(music)

# %%
files.counts_table(music)

# %% [markdown]
# Before any score means anything: what was read, what was left out and why, and what it sounds
# and looks like. A clip is a stretch of a track; a **group** (an artist, an album, a track) is
# never divided between training and test.
#
# ## Which files

# %%
files.formats(music.info)

# %% [markdown]
# Files of several formats, rates or lengths are no harm by themselves. They are if they go with
# the class: then a network can learn the format instead of the music.
#
# ## What was skipped
#
# These files, rows or classes could not be used; the sentence under the counts says if there are
# clips that could be used, but are more than the profile takes.

# %%
files.remarks_table(music.skipped, "What was skipped, and why.")

# %%
files.reasons(music.skipped)

# %% [markdown]
# These were used although something is odd about them.

# %%
files.remarks_table(music.notes, "What is odd, and was used.")

# %% [markdown]
# ## One clip, closely
#
# As the networks hear it: with noise, if this study adds any.

# %% tags=["full-width"] mystnb={"figure": {"caption": "One clip: its waveform, its log-mel spectrogram as it is and as heard, and beside them the two channels that networks read.", "name": "fig-file-clip"}, "image": {"alt": "A waveform over the seconds of a clip, two log-mel spectrograms, and the two channels that networks read."}}
clip = clips.example_clip(music, config, example)
data.clip_figure(clip, config.features, titles=("as it is", "as heard"))

# %% [markdown]
# ## One clip of each class

# %%
data.first_clips(music, config)

# %% [markdown]
# ## Where it comes from

# %%
Markdown(
    f"**Cite:** {music.citation}\n\n**Licence:** {music.licence}\n\n"
    f"**Fingerprint:** `{music.fingerprint}`"
)

# %% [markdown]
# ## Summary
#
# - Look at the counts first: a class with few groups has few independent examples, however many
#   clips were cut from them.
# - Look at what was skipped: if one class lost more than the others, the files tell why.
# - Listen: can you hear the class?
