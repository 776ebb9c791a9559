import matplotlib.pyplot as plt
import pytest
from matplotlib.patches import FancyBboxPatch

from subgenre.config import RunConfig
from subgenre.models.networks import study_models
from subgenre.report.models import architecture


@pytest.fixture(scope="module")
def models():
    return study_models(RunConfig(), 10.0, 6)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def boxes(figure):
    return [p for p in figure.axes[0].patches if isinstance(p, FancyBboxPatch)]


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts if text.get_text()]


@pytest.mark.parametrize("name", ["cnn", "crnn", "cnn_rnn"])
def test_a_box_per_block_tells_every_weight(models, name, tmp_path):
    figure = architecture(models[name])
    figure.savefig(tmp_path / "figure.svg")
    said = texts(figure)
    assert len(said) == len(boxes(figure)) > 3
    lines = [line for text in said for line in text.split("\n")]
    weights = [line.split(", ")[1] for line in lines if line.endswith(" weights")]
    numbers = [int(text.removesuffix(" weights").replace(",", "")) for text in weights]
    assert sum(numbers) == models[name].count_params()
    convolutions = [la for la in models[name].layers if type(la).__name__.startswith("Conv")]
    assert sum("conv " in text for text in said) == len(convolutions)
    assert sum("softmax" in text for text in said) == 1


@pytest.mark.parametrize(("name", "n_lanes"), [("cnn", 1), ("crnn", 1), ("cnn_rnn", 2)])
def test_only_the_parallel_network_has_branches(models, name, n_lanes):
    figure = architecture(models[name])
    assert len({round(box.get_x(), 6) for box in boxes(figure)}) == n_lanes
    joined = [text for text in texts(figure) if "concatenate" in text]
    assert len(joined) == n_lanes - 1


@pytest.mark.parametrize("name", ["cnn", "crnn", "cnn_rnn"])
def test_no_box_lies_on_another(models, name):
    corners = [(box.get_x(), box.get_y()) for box in boxes(architecture(models[name]))]
    assert len(set(corners)) == len(corners)
