import pytest
from matplotlib.patches import FancyBboxPatch

from subgenre.config import RunConfig
from subgenre.models.networks import study_models
from subgenre.report.models import architecture


@pytest.mark.parametrize(("name", "n_lanes"), [("cnn", 1), ("crnn", 1), ("cnn_rnn", 2)])
def test_a_box_per_block_tells_every_weight(name, n_lanes, tmp_path):
    model = study_models(RunConfig(), 10.0, 6)[name]
    figure = architecture(model)
    figure.savefig(tmp_path / "figure.svg")
    (axes,) = figure.axes
    boxes = [patch for patch in axes.patches if isinstance(patch, FancyBboxPatch)]
    corners = {(round(box.get_x(), 6), box.get_y()) for box in boxes}
    said = [text.get_text() for text in axes.texts if text.get_text()]
    assert len(said) == len(corners) and len({x for x, _ in corners}) == n_lanes
    ends = [text.rpartition(", ")[2].split(" weights")[0] for text in said if "weights" in text]
    assert sum(int(end.replace(",", "")) for end in ends) == model.count_params()
