"""The three networks, as pure builders from a configuration to a `keras.Model`.

They share the input, the convolution block and the classifier, and have about the same number of
parameters, so that a difference between them is one of architecture and not of capacity.

Sources: Feng and Feng 2021 (the three architectures, layer sizes not given); Choi et al. 2017
(convolutions that feed a recurrent network); Feng et al., arXiv 1712.08370 (the parallel network).
Shapes are ``(batch, frames, mels, channels)``.
"""

from collections.abc import Callable
from dataclasses import replace

import keras
from keras import layers

from subgenre.config import ModelConfig, RunConfig

N_CHANNELS = 2  # level and onset flux, see `subgenre.features.network_input`
BN_MOMENTUM = 0.9
"""An epoch is some fifty steps; at Keras's default of 0.99 the statistics lag epochs behind."""


def build_model(config: ModelConfig, n_frames: int, n_mels: int, n_classes: int) -> keras.Model:
    """Return the network that `config` names, with fresh weights and not compiled.

    Parameters
    ----------
    config : ModelConfig
        Architecture and factors.
    n_frames, n_mels : int
        Size of the log-mel spectrogram.
    n_classes : int
        Size of the softmax.

    Returns
    -------
    keras.Model
        From ``(batch, n_frames, n_mels, 2)`` to class probabilities ``(batch, n_classes)``.
    """
    inputs = keras.Input((n_frames, n_mels, N_CHANNELS), name="log_mel")
    embedding = BUILDERS[config.name](inputs, config)
    outputs = layers.Dense(
        n_classes, activation="softmax", kernel_initializer=config.kernel_initializer, name="class"
    )(embedding)
    return keras.Model(inputs, outputs, name=config.name)


def study_models(config: RunConfig, clip_seconds: float, n_classes: int) -> dict[str, keras.Model]:
    """Return all three networks with the settings of `config`, by name.

    Parameters
    ----------
    config : RunConfig
        Its model's name is not used.
    clip_seconds : float
        Length of the clips, in seconds.
    n_classes : int
        Size of the softmax.
    """
    features = config.data.features
    frames = features.n_frames(clip_seconds)
    return {
        name: build_model(replace(config.model, name=name), frames, features.n_mels, n_classes)
        for name in BUILDERS
    }


def cnn(inputs: keras.KerasTensor, config: ModelConfig) -> keras.KerasTensor:
    """Baseline CNN (Figure 1): convolutions only, averaged over time."""
    x = convolution(inputs, config, 16, pool=(2, 4), name="conv1")  # (b, 125, 16, 16)
    x = convolution(x, config, 32, pool=(2, 2), name="conv2")  # (b, 62, 8, 32)
    x = convolution(x, config, 48, pool=(2, 2), name="conv3")  # (b, 31, 4, 48)
    x = convolution(x, config, 64, pool=(1, 4), name="conv4")  # (b, 31, 1, 64)
    x = convolution(x, config, 64, pool=(2, 1), kernel=(5, 1), name="conv5")  # (b, 15, 1, 64)
    return layers.GlobalAveragePooling2D(name="average")(x)  # (b, 64)


def crnn(inputs: keras.KerasTensor, config: ModelConfig) -> keras.KerasTensor:
    """Sequential CRNN (Figure 2): a recurrent network reads what the convolutions heard."""
    x = convolution(inputs, config, 16, pool=(2, 4), name="conv1")  # (b, 125, 16, 16)
    x = convolution(x, config, 32, pool=(2, 2), name="conv2")  # (b, 62, 8, 32)
    x = convolution(x, config, 48, pool=(2, 2), name="conv3")  # (b, 31, 4, 48)
    x = convolution(x, config, 64, pool=(1, 4), name="conv4")  # (b, 31, 1, 64)
    x = layers.Reshape((-1, x.shape[-1]), name="sequence")(x)  # (b, 31, 64)
    x = recurrence(config, 48, name="rnn")(x)  # (b, 31, 48)
    x = layers.GlobalAveragePooling1D(name="average")(x)  # (b, 48)
    return layers.Dropout(config.dropout, name="average_dropout")(x)


def cnn_rnn(inputs: keras.KerasTensor, config: ModelConfig) -> keras.KerasTensor:
    """Parallel CNN-RNN (Figure 3): both listen to the music, their answers are joined."""
    x = convolution(inputs, config, 16, pool=(2, 4), name="conv1")  # (b, 125, 16, 16)
    x = convolution(x, config, 32, pool=(2, 2), name="conv2")  # (b, 62, 8, 32)
    x = convolution(x, config, 48, pool=(2, 2), name="conv3")  # (b, 31, 4, 48)
    x = convolution(x, config, 32, pool=(2, 4), name="conv4")  # (b, 15, 1, 32)
    heard = layers.GlobalAveragePooling2D(name="average")(x)  # (b, 32)

    y = layers.AveragePooling2D((4, 2), name="rnn_pool")(inputs)  # (b, 62, 32, 2)
    y = layers.Reshape((y.shape[1], -1), name="sequence")(y)  # (b, 62, 64)
    y = layers.Bidirectional(recurrence(config, 32, name="rnn"), name="rnn")(y)  # (b, 62, 64)
    y = layers.GlobalAveragePooling1D(name="rnn_average")(y)  # (b, 64)
    remembered = layers.Dropout(config.dropout, name="rnn_dropout")(y)
    return layers.Concatenate(name="join")([heard, remembered])  # (b, 96)


BUILDERS: dict[str, Callable[[keras.KerasTensor, ModelConfig], keras.KerasTensor]] = {
    "cnn": cnn,
    "crnn": crnn,
    "cnn_rnn": cnn_rnn,
}


def convolution(
    x: keras.KerasTensor,
    config: ModelConfig,
    filters: int,
    pool: tuple[int, int],
    name: str,
    kernel: tuple[int, int] = (3, 3),
) -> keras.KerasTensor:
    """Convolve, pool over (frames, mels), regularize as `config` says, and rectify.

    Pooling comes first because all that follows is then done on a fraction of the cells: a
    training step takes 40 % of the time that it takes with pooling last.
    """
    x = layers.Conv2D(
        filters,
        kernel,
        padding="same",
        use_bias=not config.batch_normalization,  # batch normalization has its own offset
        kernel_initializer=config.kernel_initializer,
        name=name,
    )(x)
    x = layers.MaxPooling2D(pool, name=f"{name}_pool")(x)
    for layer in regularization(config, name):
        x = layer(x)
    return x


def regularization(config: ModelConfig, name: str) -> list[layers.Layer]:
    """Return rectification with the batch normalization and dropout that `config` asks for."""
    relu = layers.ReLU(name=f"{name}_relu")
    norm = (
        [layers.BatchNormalization(momentum=BN_MOMENTUM, name=f"{name}_norm")]
        if config.batch_normalization
        else []
    )
    drop = [layers.Dropout(config.dropout, name=f"{name}_dropout")] if config.dropout else []
    return [*drop, *norm, relu] if config.dropout_first else [*norm, relu, *drop]


def recurrence(config: ModelConfig, units: int, name: str) -> layers.Layer:
    """Return a GRU or LSTM that gives its state at every step.

    The states are then averaged over time: the last state alone depends on where the clip happens
    to end, and networks that used it learned their training clips by heart.
    """
    cell = {"gru": layers.GRU, "lstm": layers.LSTM}[config.recurrent_cell]
    initializers = {"kernel_initializer": config.kernel_initializer}
    if config.initialize_recurrent:
        initializers["recurrent_initializer"] = config.kernel_initializer
    return cell(units, return_sequences=True, name=name, **initializers)
