# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # What does the music look and sound like?

# %% tags=["parameters"]
profile = "quick"  # how much music: smoke, quick or paper
dataset = "dances"  # name of a data set
example = 0  # which clip to look at closely, by its row in the list of clips

# %%
from IPython.display import Markdown

from subgenre.data import clips, load_music
from subgenre.report import data, files, players
from subgenre.study import places

config = places.Study.of(profile, dataset).data
music = load_music(config, progress=False)
clip = clips.example_clip(music, config, example)

# %% tags=["answer"]
n_clips, _, n_families = files.class_counts(music).sum()
Markdown(
    f"{n_clips:,} clips of {music.clip_seconds:g} s, of {len(music.labels)} dance types: "
    f"{n_families:,} families of traditional tunes, played by a program that never sees the type."
)

# %% tags=["full-width"] mystnb={"figure": {"caption": "One clip: its waveform, then on the left the log-mel spectrogram that people read, without noise and with it, and on the right what networks read of the noisy one. All four have as many decibels to a colour.", "name": "fig-clip"}, "image": {"alt": "A waveform over ten seconds; a clean log-mel spectrogram with clear harmonics of a melody; the same under noise, with most quiet detail gone; beside them the two channels of the networks, in which only what changes is left."}}
data.clip_figure(clip, config.features)

# %% [markdown]
# The study needs music that anyone can have, with subgenres that somebody else has named. It takes
# the dance types of traditional tunes: a printed tune book says of each tune whether it is a reel or
# a hornpipe. Books are not always of one mind; where they are not, a tune is left out, and counted.
#
# A *track* here is one performance, ten seconds long, of one tune. The performer is a program that
# never sees the dance type. It draws tempo, key, instrument, accompaniment and room from the same
# distributions for every tune. What differs between the classes is what is written: metre, rhythm
# and melody. Dances differ in how many notes fill a bar, so the length of a bar differs between the
# classes, too: {doc}`the ladder of baselines <baselines>` says how much it tells.
#
# ## How much of what
#
# Tunes that are the same melody under two titles, or in two books, form one **family**. A family
# is never divided between training and test. Rare types have fewer families, so their tunes are
# performed more often, until every class has the same number of clips. A type may have more families
# than clips, too; what is left over is heard only in the extra performances, which train.

# %%
data.counts_table(music)

# %%
n = {name: sum(some.values()) for name, some in music.report.items()}
heard = {one.track_id.split("/")[0] for one in (*music.tracks, *music.extra)}
Markdown(
    f"Beside these, {len(music.extra):,} extra clips only train. {n['read']:,} tunes were read "
    f"as one of the types; {n['read'] - n['tunes']:,} of them, in families of conflicting types, "
    f"are dropped. {n['tunes']:,} in {n['families']:,} families are kept, of which "
    f"{n['tunes'] - len(heard):,} tunes are heard in no clip of this profile."
)

# %% [markdown]
# The columns *all families* and *all tunes* count what is kept of the books, whatever a profile takes
# of it. Extra clips are further performances of all kept tunes in turn, the same number of each class.
# One trains only where its family neither validates nor tests.
#
# ## Is a class a book?
#
# The books do not hold the same mixture of dances, so a type is partly a book. The renderer treats
# all books alike, which leaves what is in the melodies themselves: an editor's taste.

# %%
data.by_book(music, music.metres(music.tracks))

# %% [markdown]
# A row in which one class has nearly all clips is one where book and metre give the class away. No
# clip says its book, but a network that learned to hear an editor's habits could use it: its mistakes
# would then go from a class to others of the same book, and {doc}`the verdict <verdict>` shows, book by
# book, where they go. The caption has what book and metre would name at most, of these clips; the
# metre alone is a rung of {doc}`the ladder <baselines>`.
#
# ## What was left out
#
# These are the tunes that were read and not used, and why, and the families that were dropped whole.

# %%
data.left_out_table(music)

# %% [markdown]
# Tunes without a type are airs, waltzes, songs and other pieces outside the six dance types. One line
# counts families and not tunes: one melody that is a hornpipe in one place and a reel in another.
#
# ## Tempo and noise
#
# The tempo is drawn log-uniformly from 3.5 to 8.5 notes a second. The noise is pink noise and the
# babble of a crowd, mixed anew for each clip. What is heard often is learned by heart, so there are
# many crowds, a minute of each: 24 for training, 6 others for validation, and 6 others for test. A
# network never meets a crowd in the test that it trained with. A clip keeps its own stretch of noise
# in every epoch.
#
# ## One clip, closely
#
# The picture at the top is the paper's Figure 4 for our data. The noise is that of a test crowd, at
# the study's signal-to-noise ratio.

# %%
players.clip_player([clip], [f"{clip.track.title} ({clip.track.label})"], config)

# %% [markdown]
# Read the clean picture at the top of the page from left to right: each step of the bright lines is a
# note of the melody, the stacked lines above it are its overtones. Below it, on the same scale, the
# noise fills the valleys between the lines; at 0 dB it carries as much power as the music. Networks
# read that without each band's mean, and beside it how much each band rises from frame to frame.
#
# ## One clip of each class

# %%
data.first_clips(music, config)

# %% [markdown]
# The switch goes from a clean clip to the noise that the networks hear it in. Listen for the beat:
# jigs go in threes, slip jigs in three threes, the others in twos and fours. Reels are mostly written
# in even notes, hornpipes and strathspeys tend to dotted ones. The performer lengthens the first note
# of a beat a little, by an amount that is drawn alike for all.
#
# ## Where it comes from

# %%
Markdown(
    f"**Cite:** {music.citation}\n\n**Licence:** {music.licence}\n\n"
    f"**Fingerprint:** `{music.fingerprint}`"
)

# %% [markdown]
# ## Summary
#
# - Six dance types of traditional music, balanced in clips, unequal in families.
# - A renderer that cannot know the label; noise at an exact signal-to-noise ratio, from crowds that
#   no two sets share.
# - The audio is synthetic. Skill on it says how the networks compare, not how well they would
#   label recordings.
