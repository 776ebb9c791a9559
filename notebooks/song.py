# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # What do the networks hear in your song?
#
# Drop a song on this page and the three published networks say which dance they hear in it, moment
# by moment. Everything happens in your browser: nothing is uploaded, and it works without a network
# connection. Whatever you play, they know six dances and nothing else. They were trained on dance
# tunes that a program performs, under the noise of a crowd, so on a recording, and on any other
# music, the answer is a guess.

# %% tags=["parameters"]
profile = "quick"  # how much music: smoke, quick or paper
dataset = "dances"  # name of a data set

# %%
from subgenre.data import load_music
from subgenre.report import play
from subgenre.study import places

config = places.Study.of(profile, dataset).data
play.song(load_music(config, progress=False), config)

# %% [markdown]
# ## How to read it
#
# The picture on top is the log-mel spectrogram of all that is heard; networks get it without each
# band's mean. Under each network's answer stand its shares, the mean over whole stretches of ten
# seconds. The first strip shows what it answers over time: at each moment it hears the ten seconds
# around that moment, as far as there are any. Click on the spectrogram to listen from there.
#
# The slider adds babble and pink noise of a crowd that no network trained with. Its unit is the
# signal-to-noise ratio: the power of the music over that of the noise, both over the whole song. At
# 0 dB, where the networks were trained and tested, they are equal. The second strip goes through all
# positions of the slider, in a long song at four places of it, and says where the answer tips.
#
# ## Summary
#
# - Nothing leaves the browser; of a long file the first three minutes are heard.
# - The clips of the book are test clips, clean as the performer plays them.
# - A confident answer to other music says only that a network has to name one of six dances.
