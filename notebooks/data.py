# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # What does the music look and sound like?
#
# The study needs music that anyone can have, with subgenres that are not a matter of taste. It
# takes the dance types of traditional tunes: a printed tune book says of each tune whether it is
# a reel or a hornpipe, and dancers would notice if it were wrong.
#
# A *track* here is one performance, ten seconds long, of one tune. The performer is a program
# that never sees the dance type. It draws tempo, key, instrument, accompaniment and room from
# the same distributions for every tune, so a network can only succeed by hearing the tune.

# %% tags=["parameters", "hide-input"]
profile = "quick"  # how much music: smoke, quick or paper
dataset = "dances"  # name of a data set
example = 0  # which clip to look at closely, by its row in the list of clips

# %% tags=["hide-input"]
from subgenre.data import clips, load_music
from subgenre.report import data, figures, players
from subgenre.study import places

figures.use_style()
config = places.Study.of(profile, dataset).data
music = load_music(config, progress=False)

# %% [markdown]
# ## How much of what
#
# Tunes that are the same melody under two titles, or in two books, form one **family**. A family
# is never divided between training and test. Rare types have fewer families, so their tunes are
# performed more often, until every class has the same number of clips.

# %% tags=["hide-input"]
data.counts_table(music)

# %% tags=["hide-input"]
data.counts(music)

# %% tags=["hide-input"] mystnb={"figure": {"caption": "Clips per class, coloured by the tune book that the tune stands in.", "name": "fig-classes"}, "image": {"alt": "Horizontal bars, one per dance type, of equal length, divided by tune book."}}
data.class_bars(music)

# %% [markdown]
# The bars have one length because the classes are balanced. Their colours show a weakness of this
# data set: the books do not hold the same mixture of dances, so a type is partly a book. The
# renderer treats all books alike, which leaves only what is in the melodies themselves.
#
# ## What was left out
#
# Nothing is dropped silently. These are the tunes that were read and not used, and why.

# %% tags=["hide-input"]
data.left_out_table(music)

# %% [markdown]
# The first line is by far the longest: most tunes of the three books are airs, waltzes, songs and
# other pieces outside the six dance types.
#
# ## One clip, closely
#
# This is the paper's Figure 4 for our data: one clip as a waveform and as a log-mel spectrogram,
# first clean, then with noise at the study's signal-to-noise ratio.

# %% tags=["hide-input"]
clip = clips.example_clip(music, config, example)
players.player_list(
    [clip.clean, clip.noisy],
    [f"{clip.track.title} ({clip.track.label}), clean", f"the same at {config.snr_db:g} dB"],
    config.features.sample_rate,
)

# %% tags=["hide-input"] mystnb={"figure": {"caption": "One clip: waveform, log-mel spectrogram without noise, and with noise.", "name": "fig-clip"}, "image": {"alt": "Three panels over ten seconds: a waveform; a clean log-mel spectrogram with clear harmonics of a melody; the same under noise, with most quiet detail gone."}}
data.clip_figure(clip, config.features)

# %% [markdown]
# Read the middle panel from left to right: each step of the bright lines is a note of the melody,
# the stacked lines above it are its overtones. In the lower panel the noise, pink noise and the
# babble of a crowd, fills the valleys between the lines; at 0 dB it carries as much power as the
# music. The rhythm can still be heard, and it is the rhythm that tells the dance.
#
# ## One clip of each class

# %% tags=["hide-input"]
data.first_clips(music, config.features.sample_rate)

# %% [markdown]
# Listen for the beat: jigs go in threes, slip jigs in three threes, the others in twos and
# fours. Reels run in even notes, hornpipes and strathspeys tend to dotted ones, marches step.
#
# ## Where it comes from

# %% tags=["hide-input"]
data.source(music)

# %% [markdown]
# ## Summary
#
# - Six dance types of traditional music, balanced in clips, unequal in families.
# - A renderer that cannot know the label; noise at an exact signal-to-noise ratio.
# - The audio is synthetic. Skill on it says how the networks compare, not how well they would
#   label recordings.
