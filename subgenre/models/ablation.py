"""What a trained network loses when a part of it is silenced, or its memory taken away."""

from collections.abc import Iterator

import keras
import numpy as np

from subgenre.models.networks import AT_ONCE, answers

RECURRENT = {"crnn": "average", "cnn_rnn": "rnn_average"}  #: networks that have a memory: its end


def ablated(
    network: keras.Model, x: np.ndarray, x_train: np.ndarray, batch_size: int = AT_ONCE
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield what is taken from a network, and the classes that it answers to clips without it.

    Its steps come in a random order, the same for all clips; its state is reset at every step; or
    what a branch of the parallel network says is replaced by its mean over training clips. Clips
    are network input [shape=(n_clips, n_frames, n_bands, n_channels)].
    """
    if network.name not in RECURRENT:
        return
    memory, last = network.get_layer("rnn"), network.get_layer("class")
    embedded = keras.Model(network.input, last.input)
    heard = keras.Model(memory.input, network.get_layer(RECURRENT[network.name]).output)
    (steps,) = answers(keras.Model(network.input, memory.input), x, batch_size=batch_size)
    shuffled = np.random.default_rng(0).permutation(steps.shape[1])  # of (n, n_steps, n_features)
    single = steps.reshape(-1, 1, steps.shape[2])
    (alone,) = answers(heard, single, batch_size=batch_size * steps.shape[1])
    (anyhow,) = answers(heard, steps[:, shuffled], batch_size=batch_size)
    kept, trained = answers(embedded, x, x_train, batch_size=batch_size)
    n_beside = kept.shape[1] - alone.shape[1]  # numbers of the branch without a memory
    beside, mean = kept[:, :n_beside], trained.mean(axis=0)
    alone = alone.reshape(*steps.shape[:2], -1).mean(axis=1)
    for name, of_memory in {"steps shuffled": anyhow, "state reset": alone}.items():
        yield name, last(np.concatenate([beside, of_memory], axis=1)).numpy().argmax(axis=1)
    if n_beside:
        is_beside = np.arange(len(mean)) < n_beside
        yield "RNN branch silenced", last(np.where(is_beside, kept, mean)).numpy().argmax(axis=1)
        yield "CNN branch silenced", last(np.where(is_beside, mean, kept)).numpy().argmax(axis=1)
