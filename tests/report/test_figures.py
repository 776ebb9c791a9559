"""Figures, and the players beside them."""

import base64
import io
import itertools
import re
import warnings
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
import soundfile
import toy
from matplotlib.colors import to_rgb
from matplotlib.patches import FancyBboxPatch

from subgenre.config import RunConfig
from subgenre.data.clips import ExampleClip, example_clip
from subgenre.models.networks import study_models
from subgenre.report import data, figures, models, players
from subgenre.study import intervals


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


def test_learning_curves_have_a_curve_per_level_even_where_runs_diverged():
    result = toy.result("optimizers", "paper")
    toy.diverge(result, result.cells[3].configs)  # the second level of the first network
    panels = drawn(figures.learning_curves(result, "loss"))
    assert [len(axes.lines) for axes in panels] == [4, 4, 4]
    first, diverged = panels[0].lines[:2]
    expected = toy.record(toy.run_config()).history["val_loss"]
    np.testing.assert_allclose(first.get_xydata().T, [[1, 2, 3], expected])
    assert len(diverged.get_xdata()) == 1


def test_seed_scores_are_a_point_per_seed_around_their_mean_and_a_cross_if_diverged():
    result = toy.result("optimizers", "paper", lambda config: 0.3 + 0.1 * (config.seed % 5))
    toy.diverge(result, result.cells[1].configs[:1])
    panels = drawn(figures.seed_scores(result))
    assert [text.get_text() for text in panels[0].get_yticklabels()][::3] == ["Adam", "RMSprop"]
    *links, points, crosses, mean, paper = panels[1].lines[:14]
    np.testing.assert_allclose(links[3].get_xdata(), [0.6] * 4)  # seed 3 in all four levels
    assert len(links) == 10 and len(points.get_xdata()) == 39
    assert (crosses.get_marker(), crosses.get_xdata()) == ("x", pytest.approx([0.3]))
    np.testing.assert_allclose(mean.get_xdata(), [0.5, 0.5])
    assert (paper.get_marker(), paper.get_xdata()) == ("D", pytest.approx([0.32]))
    single = drawn(figures.seed_scores(toy.result("optimizers")))
    assert len(single[0].lines) == 5  # points, crosses and three of the paper's, but no mean


def test_what_lies_off_the_scale_of_the_seed_plot_is_written_at_its_edge():
    untrained = {"adadelta": 0.05}
    result = toy.result(
        "optimizers", "paper", lambda one: untrained.get(one.training.optimizer, 0.6)
    )
    for cell in result.cells[6:9]:  # Adadelta at a rate that suits it
        for config in cell.configs:
            result.records[config].scores["test"]["macro_f1"] = 0.6
    cnn, *_ = drawn(figures.seed_scores(result))
    assert cnn.get_xlim()[0] > 0.5
    assert [text.get_text() for text in cnn.texts] == ["◂ 0.45", "◂ 0.05", "◂ 0.30", "◂ 0.41"]


def test_a_network_has_a_point_at_each_share_of_the_music_beside_those_of_the_others():
    (axes,) = drawn(figures.size_curve(toy.result("train_sizes", "paper")))
    assert axes.get_xscale() == "log"
    assert [text.get_text() for text in axes.get_xticklabels()] == ["10", "30", "100"]
    assert len({tuple(one.lines[0].get_xdata()) for one in axes.containers}) == 3


def test_each_network_has_a_confusion_matrix_with_numbers_that_can_be_read():
    result = toy.result("optimizers", "paper")
    panels = drawn(figures.confusion_by_network(result))
    assert [axes.get_title() for axes in panels] == ["CNN", "CRNN", "CNN-RNN"]
    for axes in panels:
        image = axes.images[0]
        for text in axes.texts:
            column, row = text.get_position()
            cell = image.cmap(image.norm(image.get_array()[row, column]))
            bright = [
                np.dot([0.2126, 0.7152, 0.0722], np.power(one[:3], 2.2))
                for one in (to_rgb(text.get_color()), cell)
            ]
            assert (max(bright) + 0.05) / (min(bright) + 0.05) > 3.5


@pytest.mark.parametrize("n_classes", [12, 20, 60])
def test_a_confusion_matrix_of_many_classes_can_be_read_and_names_are_no_formulas(n_classes):
    figures.use_style()
    y = np.repeat(np.arange(n_classes), 4)
    answers = np.where(np.arange(len(y)) % 4 == 0, np.roll(y, 4), y)
    answers[:4] = (1, 1, 2, 3)  # nothing of the first class is right
    labels = [f"$_$ progressive {number}{'!' * 300}" for number in range(n_classes)]
    tested = intervals.Tested(y, answers)
    axes = drawn(figures.confusion_figure([tested], labels))[0]
    names = [text.get_text() for text in axes.get_yticklabels()]
    assert names[0] == f"{labels[0][: figures.LONGEST_LABEL - 1]}…"
    assert len(names) == min(n_classes, figures.MOST_CLASSES)
    assert ("60 classes" in axes.get_title()) == (n_classes == 60)
    shares = [text.get_text() for text in axes.texts]  # of a true class
    assert shares[:4] == (["0.00", "0.50", "0.25", "0.25"] if n_classes == 12 else [])
    boxes = [text.get_window_extent() for text in axes.get_yticklabels()]
    assert all(above.y0 >= below.y1 for above, below in itertools.pairwise(boxes))


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
    images = []
    for size in (10, 30):
        plt.rcParams.update({"font.size": size, "text.usetex": size == 30, "figure.dpi": size})
        figures.use_style()
        path = tmp_path / f"{size}.svg"
        figures.learning_curves(toy.result("optimizers")).savefig(path, metadata={"Date": None})
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
