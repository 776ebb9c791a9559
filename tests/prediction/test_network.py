import zipfile

import drawn
import numpy as np
import pytest

from subgenre.config import MODELS, RECURRENT_CELLS
from subgenre.prediction.network import answers, read_network
from subgenre.prediction.train import classifier_of

VARIANTS = {
    "plain": {},
    "with a bias": {"batch_normalization": False, "width": 0.3},
    "with dropout": {"dropout": 0.3, "width": 1.5},
    "with dropout first": {"dropout": 0.3, "dropout_first": True, "width": 0.5},
}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("cell", RECURRENT_CELLS)
@pytest.mark.parametrize("name", MODELS)
def test_every_network_answers_as_keras_does_for_clips_of_any_length(name, cell, variant):
    network = drawn.network(name, cell, **VARIANTS[variant])
    one = classifier_of(network, about=None)
    layers = read_network(one.architecture, one.weights)
    for n_clips, n_frames in ((1, 248), (10, 248), (3, 24), (2, 56)):
        draw = np.random.default_rng(n_frames).normal(0, 1.5, (n_clips, n_frames, 64, 2))
        x = draw.astype(np.float16)
        mine = answers(layers, x)
        assert mine.dtype == np.float32 and np.ptp(mine, axis=1).min() > 0.01
        np.testing.assert_allclose(mine, network.predict_on_batch(x), atol=1e-5)


def test_a_plain_file_of_keras_holds_the_same(tmp_path):
    network = drawn.network("cnn_rnn", dropout=0.3)
    network.save(tmp_path / "plain.keras")
    with zipfile.ZipFile(tmp_path / "plain.keras") as archive:
        members = archive.read("config.json").decode(), archive.read("model.weights.h5")
    layers = read_network(*members)
    names = {layer.name for layer in network.layers if "dropout" not in layer.name}
    assert {layer.name for layer in layers} == names
    # Of the four numbers of each normalized channel two are left.
    of_norms = sum(one.size for layer in layers if "norm" in layer.name for one in layer.weights)
    every = sum(one.size for layer in layers for one in layer.weights)
    assert every + of_norms == network.count_params()
