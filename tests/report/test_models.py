import pytest
from matplotlib.patches import FancyBboxPatch

from subgenre.config import RunConfig
from subgenre.models.networks import study_models
from subgenre.report.models import architecture


@pytest.fixture(scope="module")
def models():
    return study_models(RunConfig(), 10.0, 6)


@pytest.mark.parametrize(("name", "n_lanes"), [("cnn", 1), ("crnn", 1), ("cnn_rnn", 2)])
def test_a_box_per_block_tells_every_weight(models, name, n_lanes, tmp_path):
    figure = architecture(models[name])
    figure.savefig(tmp_path / "figure.svg")
    (axes,) = figure.axes
    boxes = [p for p in axes.patches if isinstance(p, FancyBboxPatch)]
    said = [text.get_text() for text in axes.texts if text.get_text()]
    assert len(said) == len(boxes) == len({(box.get_x(), box.get_y()) for box in boxes}) > 3
    assert len({round(box.get_x(), 6) for box in boxes}) == n_lanes
    assert sum("concatenate" in text for text in said) == n_lanes - 1
    ends = [text.rpartition(", ")[2].split(" weights")[0] for text in said if "weights" in text]
    assert sum(int(end.replace(",", "")) for end in ends) == models[name].count_params()
    convolutions = [la for la in models[name].layers if type(la).__name__.startswith("Conv")]
    assert sum("conv " in text for text in said) == len(convolutions)
    assert sum("softmax" in text for text in said) == 1
