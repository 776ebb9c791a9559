# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # What are the networks made of, and what is each part worth?

# %% tags=["parameters"]
profile = "quick"  # smoke, quick or paper; the networks are the same in all
dataset = "dances"  # name of a data set

# %%
from subgenre.report import models, verdict
from subgenre.study import places, runner

study = places.Study.of(profile, dataset)
networks = models.study_networks(study)
lost = models.losses(runner.run_experiments("optimizers", study))

# %% tags=["answer"]
verdict.told(lost, "Of the parts of trained networks,", models.MISSED)

# %%
verdict.contrasts_table(lost, "Test macro F1, intact, without a part, and the difference.")

# %% [markdown]
# The paper compares a **baseline CNN**, a **sequential** network in which a recurrent part reads
# the output of the convolutions (CRNN), and a **parallel** one in which both read the music and
# their answers are joined (CNN-RNN). Its Figures 1 to 3 draw them; we could read only the figures'
# titles, so ours are rebuilt from these names and from the works that they come from.
#
# - **What varies:** how convolutions and a recurrent layer are wired, and with it the layers: the
#   recurrent one reads forward behind the convolutions, and both ways, with smaller states, beside
#   them; the parallel network's convolutional branch has one convolution less than the baseline.
# - **What is fixed:** the input, the first three convolutions (the recurrent branch of the parallel
#   network has two others), the classifier, and nearly the number of weights.
# - **What would change our mind:** a part of a network that can be taken away and nothing is lost.
#   Then the network does not earn its name.
#
# ## Baseline CNN
#
# Five convolutions, then an average over what is left of time. The drawings are made from the
# networks that are trained, in the common setting, which has no dropout.

# %% mystnb={"figure": {"caption": "The baseline CNN (the paper's Figure 1).", "name": "fig-cnn"}, "image": {"alt": "A column of boxes: input, five convolution blocks, an average, a softmax."}}
models.architecture(networks["cnn"], models.frame_seconds(study))

# %% [markdown]
# Each box is a block: its layers in their order, the shape that leaves it (frames × filters), its
# number of weights, and how much of the music one of its steps hears. The first block keeps of each
# filter only the maximum over either half of the bands, so that the key matters less, and lays the
# mean level of eight groups of bands beside it, so that high and low are not forgotten. Time shrinks
# slowly: a dance is a rhythm.
#
# ## Sequential CRNN
#
# The last two convolutions of the baseline give way to a recurrent layer that reads the sequence.

# %% mystnb={"figure": {"caption": "The sequential CRNN (the paper's Figure 2).", "name": "fig-crnn"}, "image": {"alt": "A column of boxes: input, three convolution blocks, a recurrent block, an average, a softmax."}}
models.architecture(networks["crnn"], models.frame_seconds(study))

# %% [markdown]
# The recurrent layer sees one vector for each of the frames that pooling leaves; it sees the
# music only through the convolutions. Its states are averaged, so that it does not matter where in
# the tune the clip ends.
#
# ## Parallel CNN-RNN
#
# A convolutional branch beside a recurrent one. The latter has two convolutions of its own before
# it, a narrower front end than the other branch has, so that it hears the music itself.

# %% mystnb={"figure": {"caption": "The parallel CNN-RNN (the paper's Figure 3).", "name": "fig-cnn-rnn"}, "image": {"alt": "Two branches leave the input: four convolution blocks with an average, and beside them two convolution blocks and a recurrent one; they meet in a concatenation before the softmax."}}
models.architecture(networks["cnn_rnn"], models.frame_seconds(study))

# %% [markdown]
# The two branches meet only before the softmax: neither can correct what the other hears.
#
# ## How large they are, and how far they hear

# %%
models.sizes_table(networks, study)

# %% [markdown]
# Weights count those of batch normalization too, its running means and variances included. *Heard by
# one step* is the receptive field: the stretch of music that one step can depend on, before the
# average over time. A memory has no such bound. The CNN's field spans nearly all of a training
# excerpt, on purpose: a baseline that could not hear a few bars would make it too easy for the
# others. The hybrids ask whether a memory does better than further convolutions, at equal size.
#
# ## What each part is worth
#
# The table at the top comes from networks that are trained whole. At test time something is taken
# from them: the steps that the recurrent layer reads come in a random order; its state is reset at
# every step, so that it remembers nothing; or a branch of the parallel network is silenced, its answer
# replaced by its mean over the training clips. The runs are those of the common setting.
#
# A network that lost its memory but was not trained without it may do worse than one that never had
# any. So a loss shows that the part is used, not that it was needed.
#
# ## Did it change our mind?

# %%
verdict.told(lost, "Of the parts of trained networks,", models.MISSED)

# %% [markdown]
# ## Summary
#
# - One input, one kind of convolution block, one classifier; three ways to join them.
# - Matched sizes: a difference in score cannot be explained by the number of weights.
# - What is missed by more than chance, a network uses; of the rest that cannot be said.
# - A branch that is used need not make the network better than one without it: whether a parallel
#   network is, {doc}`the verdict <verdict>` says.
# - Every factor that the experiments vary (dropout, batch normalization and their order, the
#   initializer, GRU or LSTM) is a setting of these builders, in {py:mod}`subgenre.models.networks`.
