"""Three published networks, as pure builders from their papers' layer tables.

Each comes with its own optimizer, learning rate and batch size. Padding, activations and the
order of the layers are the authors'; so is every pool on an input of the published size. Our
clips are shorter and have fewer mel bands: there the pools are as large as leaves the recurrent
or dense layers what they got in the paper (15 steps of 128 numbers, 256 numbers). Shapes are
``(batch, frames, mels, channels)``, written for our clips.
"""

from collections.abc import Callable
from dataclasses import dataclass

import click
import keras
import numpy as np
import timing
from keras import layers

Pools = tuple[tuple[int, int], ...]
"""Pooling of each convolution block: factors along time and frequency."""


@dataclass(frozen=True)
class Published:
    """A network as printed: its input, its number of classes, its pools and its size."""

    n_frames: int
    n_mels: int
    n_classes: int
    pools: Pools
    n_parameters: int


@dataclass(frozen=True)
class Peer:
    """A published network and how its authors train it.

    Attributes
    ----------
    build : function
        From frames, mels, classes and pools to a `keras.Model`.
    optimizer : function
        Returns a fresh optimizer with the authors' learning rate.
    batch_size : int
        In clips.
    pools : tuple
        For our clips of 251 frames by 64 mels.
    published : Published
    """

    build: Callable[[int, int, int, Pools], keras.Model]
    optimizer: Callable[[], keras.optimizers.Optimizer]
    batch_size: int
    pools: Pools
    published: Published

    def compiled(self, n_frames: int, n_mels: int, n_classes: int, seed: int) -> keras.Model:
        """Seed everything and return the network, ready to fit clips of that size."""
        keras.utils.set_random_seed(seed)
        model = self.build(n_frames, n_mels, n_classes, self.pools)
        f1 = keras.metrics.F1Score(average="macro", name="macro_f1")
        model.compile(self.optimizer(), "categorical_crossentropy", metrics=["accuracy", f1])
        return model


def parallel(n_frames: int, n_mels: int, n_classes: int, pools: Pools) -> keras.Model:
    """Parallel CNN-RNN (priya-dwivedi, Music_Genre_Classification): convolutions along time only.

    The last pool is (1, 2) instead of (4, 4) here, which leaves the published 256 numbers.
    """
    inputs = keras.Input((n_frames, n_mels, 1))
    x = inputs
    for filters, pool in zip((16, 32, 64, 64, 64), pools, strict=True):
        x = layers.Conv2D(filters, (3, 1), activation="relu")(x)
        x = layers.MaxPooling2D(pool)(x)
    x = layers.Flatten()(x)  # (b, 256)
    y = layers.MaxPooling2D((4, 2))(inputs)  # (b, 62, 32, 1)
    y = layers.Reshape((y.shape[1], -1))(y)
    y = layers.Bidirectional(layers.GRU(64))(y)  # (b, 128)
    joined = layers.Concatenate()([x, y])  # (b, 384)
    return keras.Model(inputs, layers.Dense(n_classes, activation="softmax")(joined))


def choi(n_frames: int, n_mels: int, n_classes: int, pools: Pools) -> keras.Model:
    """CRNN of Choi et al. 2017 for music tagging; here with a softmax, for one class per clip."""

    def block(x: keras.KerasTensor, filters: int, pool: tuple[int, int]) -> keras.KerasTensor:
        x = layers.Conv2D(filters, 3, padding="same")(x)
        x = layers.ELU()(layers.BatchNormalization()(x))
        return layers.Dropout(0.1)(layers.MaxPooling2D(pool)(x))

    return _four_blocks(block, n_frames, n_mels, n_classes, pools)


def nasrullah(n_frames: int, n_mels: int, n_classes: int, pools: Pools) -> keras.Model:
    """CRNN of Nasrullah and Zhao 2019: as Choi's, but activated before it is normalized."""

    def block(x: keras.KerasTensor, filters: int, pool: tuple[int, int]) -> keras.KerasTensor:
        x = layers.Conv2D(filters, 3, padding="same", activation="elu")(x)
        x = layers.BatchNormalization()(x)
        return layers.Dropout(0.1)(layers.MaxPooling2D(pool)(x))

    return _four_blocks(block, n_frames, n_mels, n_classes, pools)


def _four_blocks(
    block: Callable[[keras.KerasTensor, int, tuple[int, int]], keras.KerasTensor],
    n_frames: int,
    n_mels: int,
    n_classes: int,
    pools: Pools,
) -> keras.Model:
    inputs = keras.Input((n_frames, n_mels, 1))
    x = layers.BatchNormalization(axis=2)(inputs)  # each mel band
    for filters, pool in zip((64, 128, 128, 128), pools, strict=True):
        x = block(x, filters, pool)
    x = layers.Reshape((x.shape[1], -1))(x)  # (b, 15, 128)
    # The GRU of the time, with one bias per gate.
    x = layers.GRU(32, return_sequences=True, reset_after=False)(x)
    x = layers.GRU(32, reset_after=False)(x)  # (b, 32)
    x = layers.Dropout(0.3)(x)
    return keras.Model(inputs, layers.Dense(n_classes, activation="softmax")(x))


PEERS = {
    "parallel": Peer(
        build=parallel,
        optimizer=lambda: keras.optimizers.RMSprop(5e-4),
        batch_size=64,
        pools=((2, 2), (2, 2), (2, 2), (4, 4), (1, 2)),
        published=Published(640, 128, 8, ((2, 2), (2, 2), (2, 2), (4, 4), (4, 4)), 85_000),
    ),
    "choi": Peer(
        build=choi,
        # The paper names Adam alone: its rate is Keras's default, and the batch a common one.
        optimizer=lambda: keras.optimizers.Adam(1e-3),
        batch_size=32,
        pools=((2, 2), (2, 2), (2, 4), (2, 4)),
        # 1,366 frames, which the authors pad to 1,440.
        published=Published(1440, 96, 50, ((2, 2), (3, 3), (4, 4), (4, 4)), 395_000),
    ),
    "nasrullah": Peer(
        build=nasrullah,
        optimizer=lambda: keras.optimizers.Adam(1e-3),
        batch_size=16,
        pools=((2, 2), (2, 2), (2, 4), (2, 4)),
        published=Published(911, 128, 20, ((2, 2), (2, 4), (2, 4), (2, 4)), 394_000),
    ),
}


def level(log_mels: np.ndarray) -> np.ndarray:
    """Return the peers' input: log-mel spectrograms without each band's mean, one channel.

    As in our own input the mean over the clip is taken off each band; the scale is such that all
    numbers together have a standard deviation of 1.

    Parameters
    ----------
    log_mels : np.ndarray [shape=(n_clips, n_frames, n_mels)]
        In dB.

    Returns
    -------
    np.ndarray [shape=(n_clips, n_frames, n_mels, 1), dtype=float32]
    """
    levels = log_mels - log_mels.mean(axis=1, keepdims=True)
    return (levels / levels.std())[..., None]


@click.command()
def main() -> None:
    """Print the size of the three published networks, as published and for our clips."""
    rows = []
    for name, peer in PEERS.items():
        as_printed = peer.published
        printed = peer.build(
            as_printed.n_frames, as_printed.n_mels, as_printed.n_classes, as_printed.pools
        )
        here = peer.build(251, 64, 6, peer.pools)
        rows.append((name, f"{printed.count_params():,}", f"{here.count_params():,}"))
    click.echo(timing.table(("parameters", "as published", "for our clips"), rows))


if __name__ == "__main__":
    main()
