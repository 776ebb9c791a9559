import keras
import numpy as np
import pytest

from subgenre.config import INITIALIZERS, MODELS, ModelConfig, RunConfig
from subgenre.models.networks import build_model, study_models
from subgenre.plumbing.errors import ParameterError

N_FRAMES, N_BANDS, N_CLASSES = 248, 64, 6
every_network = pytest.mark.parametrize("name", MODELS)


def build(name="cnn", n_frames=N_FRAMES, **factors):
    return build_model(ModelConfig(name=name, **factors), n_frames, N_BANDS, N_CLASSES)


def layers_of(model, *kinds):
    return [layer for layer in model.layers if type(layer).__name__ in kinds]


def recurrent_cells(model):
    sides = [(one.forward_layer, one.backward_layer) for one in layers_of(model, "Bidirectional")]
    return [layer.cell for layer in [*layers_of(model, "GRU", "LSTM"), *sum(sides, ())]]


def test_sizes_match_so_that_capacity_is_no_explanation_and_follow_the_width():
    configs = [RunConfig(model=ModelConfig(width=width)) for width in (0.5, 1.0, 2.0)]
    models = [study_models(config, 10.0, N_CLASSES).values() for config in configs]
    narrow, sizes, wide = np.array([[one.count_params() for one in some] for some in models])
    assert len(sizes) == len(MODELS)
    assert min(sizes) >= 60_000 and max(sizes) <= min(100_000, 1.15 * min(sizes)), sizes
    assert np.all((0.2 * sizes < narrow) & (narrow < 0.5 * sizes))
    assert np.all((2.0 * sizes < wide) & (wide < 4.2 * sizes))


@every_network
def test_excerpts_and_whole_clips_get_a_distribution_over_classes(name):
    network = build(name, n_frames=None)
    for n_frames in (16, 152, N_FRAMES):
        x = np.random.default_rng(0).standard_normal((3, n_frames, N_BANDS, 2), np.float32)
        probabilities = network(x, training=False).numpy()
        assert probabilities.shape == (3, N_CLASSES) and np.all(probabilities >= 0)
        np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


@every_network
@pytest.mark.parametrize("first", [False, True])
def test_dropout_and_batch_normalization_are_as_asked_or_not_there(name, first):
    without = build(name, batch_normalization=False, dropout_first=first)
    assert not layers_of(without, "Dropout", "BatchNormalization")
    assert all(layer.use_bias for layer in layers_of(without, "Conv2D", "Conv1D"))
    with_it = build(name, dropout=0.3, dropout_first=first)
    assert {layer.rate for layer in layers_of(with_it, "Dropout")} == {0.3}
    kinds = [type(layer).__name__ for layer in with_it.layers]
    assert (kinds.index("Dropout") < kinds.index("BatchNormalization")) == first


@every_network
@pytest.mark.parametrize(
    ("initializer", "cell"), zip(INITIALIZERS, ["gru", "lstm", "gru", "lstm"], strict=True)
)
def test_cells_and_kernels_are_as_asked_and_recurrent_ones_orthogonal(name, initializer, cell):
    factors = {"kernel_initializer": initializer, "recurrent_cell": cell}
    model, asked = build(name, **factors), type(keras.initializers.get(initializer))
    cells = recurrent_cells(model)
    n_cells = {"cnn": 0, "crnn": 1, "cnn_rnn": 2}[name]
    assert [type(one).__name__ for one in cells] == [f"{cell.upper()}Cell"] * n_cells
    kernels = [*layers_of(model, "Conv2D", "Conv1D", "Dense"), *cells]
    assert {type(one.kernel_initializer) for one in kernels} == {asked}
    for kernel in (np.array(one.recurrent_kernel) for one in cells):
        np.testing.assert_allclose(kernel @ kernel.T, np.eye(len(kernel)), atol=1e-5)
    alike = recurrent_cells(build(name, initialize_recurrent=True, **factors))
    assert [type(one.recurrent_initializer) for one in alike] == [asked] * n_cells


def weights():
    keras.utils.set_random_seed(1)
    return np.concatenate([weight.ravel() for weight in build().get_weights()])


def test_what_a_notebook_has_set_in_keras_reaches_no_network():
    before, given = weights(), {"floatx": "float64", "dtype_policy": "mixed_bfloat16"}
    for setting, value in (given | {"epsilon": 0.1, "image_data_format": "channels_first"}).items():
        usual = getattr(keras.config, setting)()
        getattr(keras.config, f"set_{setting}")(value)
        after = weights()
        assert after.dtype == "float32" and np.array_equal(before, after)
        assert getattr(keras.config, setting)() == usual


def test_another_backend_of_keras_is_one_sentence(monkeypatch):
    monkeypatch.setattr(keras.config, "backend", lambda: "jax")
    with pytest.raises(ParameterError, match="TensorFlow; got 'jax'"):
        build()
