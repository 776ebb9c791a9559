# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # What do the three networks look like?
#
# The paper compares a **baseline CNN**, a **sequential** network in which a recurrent part reads
# the output of the convolutions (CRNN), and a **parallel** one in which both read the music and
# their answers are joined (CNN-RNN). It draws them in Figures 1 to 3 without layer sizes.
#
# Ours have the same architecture and about the same number of weights, so that what differs
# between them is how they are wired. The drawings are made from the networks that are trained.

# %% tags=["parameters", "hide-input"]
profile = "quick"  # smoke, quick or paper; the networks are the same in all
dataset = "dances"  # name of a data set

# %% tags=["hide-input"]
from subgenre.report import figures, models
from subgenre.study import places

figures.use_style()
study = places.Study.of(profile, dataset)
networks = models.study_networks(study)

# %% [markdown]
# ## Baseline CNN
#
# Five convolutions, then an average over what is left of time.

# %% tags=["hide-input"] mystnb={"figure": {"caption": "The baseline CNN (the paper's Figure 1).", "name": "fig-cnn"}, "image": {"alt": "A column of boxes: input, five convolution blocks, an average, a softmax."}}
models.architecture(networks["cnn"])

# %% [markdown]
# Each box is a block: its layers, then the shape that leaves it (frames × filters) and its number
# of weights. Frequency is nearly gone after the first block and time shrinks slowly: a dance is
# a rhythm.
#
# ## Sequential CRNN
#
# The last two convolutions of the baseline give way to a recurrent layer that reads the sequence.

# %% tags=["hide-input"] mystnb={"figure": {"caption": "The sequential CRNN (the paper's Figure 2).", "name": "fig-crnn"}, "image": {"alt": "A column of boxes: input, three convolution blocks, a recurrent block, an average, a softmax."}}
models.architecture(networks["crnn"])

# %% [markdown]
# The recurrent layer sees one vector for each of the frames that pooling leaves; it sees the
# music only through the convolutions.
#
# ## Parallel CNN-RNN
#
# A convolutional branch beside a recurrent branch that reads the pooled spectrogram itself.

# %% tags=["hide-input"] mystnb={"figure": {"caption": "The parallel CNN-RNN (the paper's Figure 3).", "name": "fig-cnn-rnn"}, "image": {"alt": "Two branches leave the input: four convolution blocks with an average, and beside them one recurrent block; they meet in a concatenation before the softmax."}}
models.architecture(networks["cnn_rnn"])

# %% [markdown]
# The two branches meet only before the softmax: neither can correct what the other hears.
#
# ## How large they are

# %% tags=["hide-input"]
models.sizes_table(networks)

# %% [markdown]
# ## Summary
#
# - One input, one kind of convolution block, one classifier; three ways to join them.
# - Matched sizes: a difference in score cannot be explained by the number of weights.
# - Every factor that the experiments vary (dropout, batch normalization and their order, the
#   initializer, GRU or LSTM) is a setting of these builders, in {py:mod}`subgenre.models.networks`.
