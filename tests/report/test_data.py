import numpy as np
import pytest
import toy

from subgenre.config import FeatureConfig
from subgenre.data.clips import ExampleClip
from subgenre.report import data


def test_players_are_of_the_first_clip_of_at_most_so_many_classes():
    page = data.first_clips(toy.load("toy", 8), 16_000, most=2).data
    assert page.count("<audio") == 2 and "reel: The reel 0" in page


def test_a_clip_is_drawn_in_seconds(tmp_path):
    images = (np.zeros((51, 64)), np.ones((51, 64)))
    clip = ExampleClip(toy.TRACKS[0], np.zeros(32_000), np.zeros(32_000), *images)
    figure = data.clip_figure(clip, FeatureConfig())
    figure.savefig(tmp_path / "figure.svg")
    assert figure.axes[0].lines[0].get_xdata()[-1] == pytest.approx(2, abs=0.01)
    assert figure.axes[1].get_xlim()[1] == pytest.approx(2, abs=0.1)
