import keras
import numpy as np
import pytest

from subgenre.config import INITIALIZERS, MODELS, ModelConfig, RunConfig
from subgenre.models.networks import build_model, study_models

N_FRAMES, N_BANDS, N_CLASSES = 248, 32, 6


def build(name="cnn", **factors):
    return build_model(ModelConfig(name=name, **factors), N_FRAMES, N_BANDS, N_CLASSES)


def layers_of(model, *kinds):
    return [layer for layer in model.layers if type(layer).__name__ in kinds]


def dropouts(model):
    return [la for la in layers_of(model, "Dropout", "SpatialDropout2D") if la.rate > 0]


def recurrent_cells(model):
    recurrent = [
        one
        for layer in layers_of(model, "Bidirectional", "GRU", "LSTM")
        for one in (
            (layer.forward_layer, layer.backward_layer)
            if isinstance(layer, keras.layers.Bidirectional)
            else (layer,)
        )
    ]
    return [layer.cell for layer in recurrent]


def order(model):
    """Return the names of the layer kinds, first to last."""
    return [type(layer).__name__ for layer in model.layers]


def test_sizes_match_so_that_capacity_is_no_explanation():
    sizes = {
        name: model.count_params() for name, model in study_models(RunConfig(), 10.0, 6).items()
    }
    assert set(sizes) == set(MODELS)
    assert all(60_000 <= size <= 100_000 for size in sizes.values()), sizes
    assert max(sizes.values()) <= 1.15 * min(sizes.values()), sizes


@pytest.mark.parametrize("name", MODELS)
def test_output_is_a_distribution_over_classes(name):
    x = np.random.default_rng(0).standard_normal((3, N_FRAMES, N_BANDS, 2)).astype(np.float32)
    probabilities = build(name).predict(x, verbose=0)
    assert probabilities.shape == (3, N_CLASSES)
    assert np.all(probabilities >= 0)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("name", MODELS)
def test_a_network_hears_excerpts_and_whole_clips(name):
    network = build_model(ModelConfig(name=name), None, N_BANDS, N_CLASSES)
    for n_frames in (16, 152, N_FRAMES):
        answer = network(np.zeros((2, n_frames, N_BANDS, 2), np.float32), training=False)
        assert answer.shape == (2, N_CLASSES)


@pytest.mark.parametrize("name", MODELS)
def test_width_scales_every_layer(name):
    sizes = [build(name, width=width).count_params() for width in (0.5, 1.0, 2.0)]
    assert 0.2 < sizes[0] / sizes[1] < 0.5
    assert 2.0 < sizes[2] / sizes[1] < 4.2


@pytest.mark.parametrize("name", MODELS)
def test_batch_normalization_can_be_switched_off(name):
    assert layers_of(build(name), "BatchNormalization")
    without = build(name, batch_normalization=False)
    assert not layers_of(without, "BatchNormalization")
    assert all(layer.use_bias for layer in layers_of(without, "Conv2D"))


@pytest.mark.parametrize("name", MODELS)
def test_dropout_has_the_asked_rate_or_is_not_there(name):
    assert {layer.rate for layer in dropouts(build(name, dropout=0.3))} == {0.3}
    assert not dropouts(build(name, dropout=0.0))


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("dropout_first", [False, True])
def test_dropout_comes_before_or_after_batch_normalization_as_asked(name, dropout_first):
    kinds = order(build(name, dropout_first=dropout_first))
    drop = next(i for i, kind in enumerate(kinds) if "Dropout" in kind)
    assert (drop < kinds.index("BatchNormalization")) == dropout_first


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("initializer", INITIALIZERS)
def test_every_kernel_is_drawn_as_asked_and_recurrent_ones_are_orthogonal(name, initializer):
    model = build(name, kernel_initializer=initializer)
    kind = type(keras.initializers.get(initializer))
    kernels = [*layers_of(model, "Conv2D", "Dense"), *recurrent_cells(model)]
    assert {type(one.kernel_initializer) for one in kernels} == {kind}
    for cell in recurrent_cells(model):
        kernel = keras.ops.convert_to_numpy(cell.recurrent_kernel)
        np.testing.assert_allclose(kernel @ kernel.T, np.eye(len(kernel)), atol=1e-5)


@pytest.mark.parametrize("name", ["crnn", "cnn_rnn"])
def test_recurrent_kernels_are_drawn_as_kernels_only_if_asked(name):
    model = build(name, kernel_initializer="random_normal", initialize_recurrent=True)
    for cell in recurrent_cells(model):
        kernel = keras.ops.convert_to_numpy(cell.recurrent_kernel)
        assert np.std(kernel) == pytest.approx(0.05, rel=0.1)  # Keras's own scale


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_the_recurrent_cell_is_the_asked_one(cell):
    for name in ("crnn", "cnn_rnn"):
        kinds = {type(one).__name__ for one in recurrent_cells(build(name, recurrent_cell=cell))}
        assert kinds == {f"{cell.upper()}Cell"}
    assert not recurrent_cells(build("cnn", recurrent_cell=cell))


@pytest.mark.parametrize("name", MODELS)
def test_the_seed_decides_the_weights(name):
    def weights(seed):
        keras.utils.set_random_seed(seed)
        return np.concatenate([weight.ravel() for weight in build(name).get_weights()])

    np.testing.assert_array_equal(weights(1), weights(1))
    assert not np.array_equal(weights(1), weights(2))


@pytest.mark.parametrize("name", MODELS)
def test_switching_dropout_changes_no_weights(name):
    shapes = [
        [weight.shape for weight in build(name, dropout=rate).get_weights()] for rate in (0.0, 0.5)
    ]
    assert shapes[0] == shapes[1]
