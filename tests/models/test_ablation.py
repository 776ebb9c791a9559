import keras
import numpy as np
import pytest

from subgenre.config import ModelConfig
from subgenre.models.ablation import ablated
from subgenre.models.networks import build_model

RNG = np.random.default_rng(0)
X, X_TRAIN = (RNG.standard_normal((n, 64, 32, 2), np.float32) for n in (40, 50))
MEMORY = ["steps shuffled", "state reset"]
BRANCHES = ["RNN branch silenced", "CNN branch silenced"]


def built(name, **factors):
    keras.utils.set_random_seed(0)
    network = build_model(ModelConfig(name, **factors), None, 32, 12)
    last = network.get_layer("class")
    mean = keras.Model(network.input, last.input).predict(X, verbose=0).mean(axis=0)
    last.bias.assign(-mean @ last.kernel.numpy())  # else all clips get the same answer
    return network


def answers(network):
    return network.predict(X, verbose=0).argmax(axis=1)


def without(network, batch_size=7):
    return dict(ablated(network, X, X_TRAIN, batch_size))


TAKEN = {"cnn": [], "crnn": MEMORY, "cnn_rnn": [*MEMORY, *BRANCHES]}


@pytest.mark.parametrize(("name", "taken"), TAKEN.items(), ids=TAKEN)
@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_what_is_taken_changes_answers_and_the_network_stays_as_it_was(name, taken, cell):
    network = built(name, dropout=0.2, recurrent_cell=cell)
    before, found, at_once = answers(network), without(network), without(network, 64)
    assert [*found] == taken
    for name, one in found.items():
        assert one.shape == before.shape and np.any(one != before)
        assert np.array_equal(one, at_once[name])
    assert np.array_equal(answers(network), before)


@pytest.mark.parametrize("name", ["crnn", "cnn_rnn"])
def test_a_network_whose_memory_does_nothing_loses_nothing(name):
    network = built(name)
    rnn = network.get_layer("rnn")
    for layer in [rnn.forward_layer, rnn.backward_layer] if name == "cnn_rnn" else [rnn]:
        kernel, recurrent, bias = layer.get_weights()
        of_update_gate = slice(layer.units)  # closed, so that no old state is kept
        kernel[:, of_update_gate], bias[:, of_update_gate] = 0, -50
        layer.set_weights([kernel, 0 * recurrent, bias])
    found = without(network)
    for one in MEMORY:
        assert np.array_equal(found[one], answers(network))


def test_a_silenced_branch_says_its_mean_over_training_clips():
    network = built("cnn_rnn")
    last = network.get_layer("class")
    joined = keras.Model(network.input, network.get_layer("join").output)
    said, mean = joined.predict(X, verbose=0), joined.predict(X_TRAIN, verbose=0).mean(axis=0)
    n_cnn = network.get_layer("average").output.shape[1]
    found = without(network)
    for name, silent in zip(BRANCHES, (slice(n_cnn, None), slice(n_cnn)), strict=True):
        replaced = said.copy()
        replaced[:, silent] = mean[silent]
        expected = (replaced @ last.kernel.numpy() + last.bias.numpy()).argmax(axis=1)
        assert np.mean(found[name] == expected) > 0.99  # or a tie was broken
