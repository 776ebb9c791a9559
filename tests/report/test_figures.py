"""Figures, and the players beside them."""

import base64
import io
import re
import warnings
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
import soundfile
import toy
from matplotlib.patches import FancyBboxPatch

from subgenre.config import RunConfig
from subgenre.data.clips import ExampleClip, example_clip
from subgenre.models.networks import study_models
from subgenre.report import data, models, players


@pytest.fixture(autouse=True)
def closed():
    with plt.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        yield
    plt.close("all")


def drawn(figure):
    """Lay the figure out, which finds what cannot be, and return its axes."""
    figure.draw_without_rendering()
    return figure.axes


@pytest.mark.parametrize(("name", "n_lanes"), [("cnn", 1), ("crnn", 1), ("cnn_rnn", 2)])
def test_a_box_per_block_tells_every_weight(name, n_lanes):
    model = study_models(RunConfig(), 10.0, 6)[name]
    (axes,) = drawn(models.architecture(model, 0.04))
    boxes = [patch for patch in axes.patches if isinstance(patch, FancyBboxPatch)]
    corners = {(round(box.get_x(), 6), box.get_y()) for box in boxes}
    said = [text.get_text() for text in axes.texts if text.get_text()]
    assert len(said) == len(corners) and len({x for x, _ in corners}) == n_lanes
    weights = re.findall(r"([0-9,]+) weights", "".join(said))
    assert sum(int(one.replace(",", "")) for one in weights) == model.count_params()
    assert all(
        line in "\n".join(said).replace("\n", " ") for line in ("batch norm, ELU", "hears 0.4 s")
    )
    assert axes.figure.get_size_inches()[0] <= 5.5  # of a telephone's width


def test_players_stand_under_their_captions_and_hold_short_audio_of_at_most_so_many_classes():
    music, rate = toy.load("toy", 8), 16_000
    assert data.first_clips(music, toy.DATA, most=2).data.count("<audio") == 2 * 2
    tone = (0.5 * np.sin(2 * np.pi * 440 * np.arange(2 * rate) / rate)).astype(np.float32)
    clip = example_clip(music, toy.DATA, 0)
    clips = [replace(clip, clean=audio, noisy=0.1 * audio) for audio in (tone, -tone)]
    page = players.clip_player(clips, ["one", "<two> & more"], toy.DATA, noisy=True).data
    assert re.findall(r"<figcaption>(.*?)</figcaption>", page) == ["one", "&lt;two&gt; &amp; more"]
    assert re.findall(r'data-name="([^"]+)"', page) == ["in noise, 0 dB", "clean"] * 2
    encoded = re.findall(r'src="data:audio/mpeg;base64,([^"]+)"', page)
    _, one, _, other = map(base64.b64decode, encoded)
    assert len(one) < 6000 * 2 and "http" not in page
    audio, found_rate = soundfile.read(io.BytesIO(one))
    assert (found_rate, len(audio)) == (rate, pytest.approx(len(tone), abs=0.2 * rate))
    middle = audio[rate // 2 : rate // 2 + rate]
    assert np.argmax(np.abs(np.fft.rfft(middle))) == pytest.approx(440, abs=1)
    np.testing.assert_allclose(soundfile.read(io.BytesIO(other))[0], -audio, atol=0.01)


def test_music_that_is_heard_clean_has_one_version():
    config = replace(toy.DATA, snr_db=None)
    clip = example_clip(toy.load("toy", 8), config, 0)
    assert players.clip_player([clip], ["one"], config).data.count("<audio") == 1


def test_a_figure_is_the_same_each_time_whatever_a_user_has_set(tmp_path):
    images, clip = [], example_clip(toy.load("toy", 8), toy.DATA, 0)
    for size in (10, 30):
        plt.rcParams.update({"font.size": size, "text.usetex": size == 30, "figure.dpi": size})
        path = tmp_path / f"{size}.svg"
        data.clip_figure(clip, toy.DATA.features).savefig(path, metadata={"Date": None})
        images.append(path.read_bytes())
    assert images[0] == images[1]


def test_a_clip_is_drawn_in_seconds():
    images = (np.zeros((51, 64)), np.ones((51, 64)))
    clip = ExampleClip(toy.TRACKS[0], np.zeros(32_000), np.zeros(32_000), *images)
    waveform, *images, _, _ = drawn(data.clip_figure(clip, toy.DATA.features))
    assert waveform.lines[0].get_xdata()[-1] == pytest.approx(2, abs=0.01)
    limits = [one.collections[0].get_clim() for one in images]
    assert limits[0] == limits[2] and limits[1] == limits[3]  # the columns
    assert np.ptp(limits[0]) == pytest.approx(np.ptp(limits[1]))
    for image in images:
        assert image.get_xlim()[1] == pytest.approx(2, abs=0.15)
        assert image.get_yticks()[0] == 64
