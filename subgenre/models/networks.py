"""The three networks, as pure builders from a configuration to a `keras.Model`.

They share the input, the convolution block and the classifier, and have about the same number of
parameters, so that a difference between them is one of architecture and not of capacity.

Sources: Feng and Feng 2021 (the three architectures, layer sizes not given); Choi et al. 2017
(convolutions that feed a recurrent network); Feng et al., arXiv 1712.08370 (the parallel network).
Shapes are ``(batch, frames, bands, channels)``, written for the whole clips of 10 s that are
validated and tested; training hears shorter excerpts, so networks take any number of steps.
"""

from dataclasses import replace
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from subgenre.config import ModelConfig, RunConfig, unfit
from subgenre.data.features import network_frames

N_CHANNELS = 2  # level and onset flux, see `subgenre.data.features.network_input`
#: An epoch is some sixty steps; at Keras's default of 0.99 the statistics lag epochs behind.
BN_MOMENTUM = 0.9
AT_ONCE = 128  # clips that are answered in one batch
N_GROUPS = 8  # of bands, whose mean levels stand beside the first convolution


def build_model(
    config: ModelConfig, n_frames: int | None, n_bands: int, n_classes: int
) -> keras.Model:
    """Return the network that `config` names, with fresh weights and not compiled.

    It goes from ``(batch, n_frames, n_bands, 2)``, see `subgenre.data.features.network_input`, to
    class probabilities ``(batch, n_classes)``. None lets it read any number of frames that is a
    multiple of `subgenre.data.features.FRAMES_PER_STEP`.
    """
    if keras.config.backend() != "tensorflow":
        wanted = "to be imported after subgenre, so that it computes with TensorFlow"
        raise unfit("Keras", wanted, keras.config.backend())
    # Take back what a notebook has set in Keras, for no record would tell of it.
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    keras.config.set_epsilon(1e-7)
    keras.config.set_image_data_format("channels_last")
    inputs = keras.Input((n_frames, n_bands, N_CHANNELS), name="log_mel")
    embedding = BUILDERS[config.name](inputs, config)
    outputs = layers.Dense(
        n_classes, activation="softmax", kernel_initializer=config.kernel_initializer, name="class"
    )(embedding)
    return keras.Model(inputs, outputs, name=config.name)


def answers(network: keras.Model, *inputs: Any, batch_size: int = AT_ONCE) -> list[np.ndarray]:
    """Return what a network answers to each input [shape=(n, ...)], all in batches of one graph."""
    batch = tf.TensorSpec((None, *inputs[0].shape[1:]), inputs[0].dtype)
    answer = tf.function(lambda x: network(x, training=False), [batch])
    return [
        np.concatenate([answer(x[i : i + batch_size]) for i in range(0, len(x), batch_size)])
        for x in inputs
    ]


def study_models(config: RunConfig, clip_seconds: float, n_classes: int) -> dict[str, keras.Model]:
    """Return all three networks for clips of that length, by name; `config` has all but that."""
    features = config.data.features
    frames, bands = network_frames(features.n_frames(clip_seconds)), features.n_mels
    configs = [replace(config.model, name=name) for name in BUILDERS]
    return {one.name: build_model(one, frames, bands, n_classes) for one in configs}


def cnn(inputs: keras.KerasTensor, config: ModelConfig) -> keras.KerasTensor:
    """Baseline CNN (Figure 1): convolutions only, averaged over time."""
    x = short_events(inputs, config)  # (b, 31, 64)
    x = convolution(x, config, 72, name="conv4")  # (b, 15, 72)
    x = convolution(x, config, 72, name="conv5", pool=1)  # (b, 15, 72)
    return averaged(x, config, "average")  # (b, 72)


def crnn(inputs: keras.KerasTensor, config: ModelConfig) -> keras.KerasTensor:
    """Sequential CRNN (Figure 2): a recurrent network reads what the convolutions found."""
    x = short_events(inputs, config)  # (b, 31, 64)
    x = recurrence(config, 96, name="rnn")(x)  # (b, 31, 96)
    return averaged(x, config, "average")  # (b, 96)


def cnn_rnn(inputs: keras.KerasTensor, config: ModelConfig) -> keras.KerasTensor:
    """Parallel CNN-RNN (Figure 3): both read the music, and what they found is joined.

    The recurrent branch has convolutions of its own: one that reads averaged bands learns nothing
    that the other branch does not know.
    """
    x = short_events(inputs, config)  # (b, 31, 64)
    x = convolution(x, config, 56, name="conv4")  # (b, 15, 56)
    x = averaged(x, config, "average")  # (b, 56)
    y = two_halves(inputs, config, 8, name="rnnconv1")  # (b, 124, 16)
    y = regularized(y, config, "rnnconv1")
    y = convolution(y, config, 48, name="rnnconv2", pool=4)  # (b, 31, 48)
    y = layers.Bidirectional(recurrence(config, 44, name="rnn"), name="rnn")(y)  # (b, 31, 88)
    y = averaged(y, config, "rnn_average")  # (b, 88)
    return layers.Concatenate(name="join")([x, y])  # (b, 144)


BUILDERS = {"cnn": cnn, "crnn": crnn, "cnn_rnn": cnn_rnn}


def short_events(inputs: keras.KerasTensor, config: ModelConfig) -> keras.KerasTensor:
    """Find short events: at any pitch, and where the sound is as a whole; then two convolutions."""
    x = two_halves(inputs, config, 16, name="conv1")  # (b, 124, 32)
    y = layers.AveragePooling2D((2, inputs.shape[2] // N_GROUPS), name="conv1_groups")(inputs)
    y = layers.Reshape((-1, N_GROUPS * N_CHANNELS), name="conv1_levels")(y)  # (b, 124, 16)
    x = layers.Concatenate(name="conv1_beside")([x, y])  # (b, 124, 48)
    x = regularized(x, config, "conv1")
    x = convolution(x, config, 48, name="conv2")  # (b, 62, 48)
    return convolution(x, config, 64, name="conv3")  # (b, 31, 64)


def two_halves(
    inputs: keras.KerasTensor, config: ModelConfig, filters: int, name: str
) -> keras.KerasTensor:
    """Convolve over 0.4 s and some semitones, and take the maximum over each half of the bands.

    It makes the answer independent of the key; the halves are roughly accompaniment and melody.
    """
    filters = sized(filters, config)
    x = layers.Conv2D(filters, (9, 3), strides=(2, 2), name=name, **kernel(config))(inputs)
    # (b, 124, 32, filters)
    x = layers.MaxPooling2D((1, x.shape[2] // 2), name=f"{name}_pool")(x)
    return layers.Reshape((-1, 2 * filters), name=f"{name}_sequence")(x)  # (b, 124, 2 * filters)


def convolution(
    x: keras.KerasTensor, config: ModelConfig, filters: int, name: str, pool: int = 2
) -> keras.KerasTensor:
    """Convolve over five frames, pool, then do the rest on half of the numbers."""
    x = layers.Conv1D(sized(filters, config), 5, name=name, **kernel(config))(x)
    if pool > 1:
        x = layers.MaxPooling1D(pool, name=f"{name}_pool")(x)
    return regularized(x, config, name)


def sized(n: int, config: ModelConfig) -> int:
    """Return a number of filters or units, scaled by the network's width."""
    return max(1, round(config.width * n))


def kernel(config: ModelConfig) -> dict[str, object]:
    """Return what all convolutions share."""
    return {
        "padding": "same",
        "kernel_initializer": config.kernel_initializer,
        "use_bias": not config.batch_normalization,  # batch normalization has its own offset
    }


def regularized(x: keras.KerasTensor, config: ModelConfig, name: str) -> keras.KerasTensor:
    """Activate, with the batch normalization and dropout that `config` asks for, in its order.

    By ELU, as in Choi et al. 2017: ReLU units can die at the common learning rate.
    """
    if config.dropout_first:
        x = dropped(x, config, name)
    if config.batch_normalization:
        x = layers.BatchNormalization(momentum=BN_MOMENTUM, name=f"{name}_norm")(x)
    x = layers.ELU(name=f"{name}_elu")(x)
    return x if config.dropout_first else dropped(x, config, name)


def dropped(x: keras.KerasTensor, config: ModelConfig, name: str) -> keras.KerasTensor:
    """Drop a share of the activations, unless it is 0."""
    return layers.Dropout(config.dropout, name=f"{name}_dropout")(x) if config.dropout else x


def averaged(x: keras.KerasTensor, config: ModelConfig, name: str) -> keras.KerasTensor:
    """Average over time, so that it does not matter where in the clip something is heard."""
    return dropped(layers.GlobalAveragePooling1D(name=name)(x), config, name)


def recurrence(config: ModelConfig, units: int, name: str) -> layers.Layer:
    """Return a GRU or LSTM that gives its state at every step, to be averaged.

    The last one depends on where the clip happens to end, and is easily learned by heart.
    """
    cell = {"gru": layers.GRU, "lstm": layers.LSTM}[config.recurrent_cell]
    initializers = {"kernel_initializer": config.kernel_initializer}
    if config.initialize_recurrent:
        initializers["recurrent_initializer"] = config.kernel_initializer
    return cell(sized(units, config), return_sequences=True, name=name, **initializers)
