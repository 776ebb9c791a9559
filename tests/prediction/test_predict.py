import csv
import io
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import matplotlib.image
import numpy as np
import pandas as pd
import pytest
import soundfile
import toy
from click.testing import CliRunner
from closed_folders import close, hide
from music_files import cut, write_tune

from subgenre.cli import main
from subgenre.cli.model import _doubt
from subgenre.config import DataConfig, ModelConfig, RunConfig
from subgenre.models.networks import build_model
from subgenre.plumbing.errors import DataError
from subgenre.prediction import classifier as module
from subgenre.prediction import predict as prediction
from subgenre.prediction.classifier import Description
from subgenre.prediction.predict import Prediction, find_audio, predict, rows
from subgenre.prediction.timeline import timeline
from subgenre.prediction.train import classifier_of

RATE = 16_000
LABELS = ["jig", "reel $x$", "<b>_waltz"]


def described(hop=2.0, labels=LABELS, rates=(RATE, 44_100), seconds=(2.0, 30.0)):
    """Return a classifier with fresh weights, of clips of 2 s."""
    data = DataConfig("toy", snr_db=None, clip_seconds=2.0, clip_hop_seconds=hop)
    config = RunConfig(data=data, model=ModelConfig(width=0.1))
    about = Description(
        *(labels, config, {"what": "toys"}, "fingerprint", {"train": 9}, [*rates], [*seconds]),
        *({"validation": {"macro_f1": 0.5}}, {}, 1.5, {}, {"keras": "0"}),
    )
    return classifier_of(build_model(config.model, None, 64, len(labels)), about)


@pytest.fixture(scope="module")
def classifier():
    return described()


@pytest.fixture(scope="module")
def model(classifier, tmp_path_factory):
    classifier.save(path := tmp_path_factory.mktemp("model") / "model.keras")
    return path


def write(path, seconds=5.0, rate=RATE, level=0.3, channels=1):
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(0).uniform(-level, level, (round(seconds * rate), channels))
    soundfile.write(path, noise, rate)
    return path


@pytest.fixture
def folder(tmp_path):
    """Music of unequal quality, in three folders."""
    top = tmp_path / "music"
    write(top / "a.wav")
    write(top / "b <b>bold & 'é' 音楽.flac", rate=44_100, channels=2)
    write(top / "deep" / "er" / "c.mp3", rate=44_100, seconds=7)
    write(top / "deep" / "#recycle" / "deleted.wav")
    write(top / "low.ogg", rate=8_000)
    write(top / "short.wav", seconds=1.5)
    write(top / "too short.wav", seconds=0.4)
    write(top / "silent.wav", level=0)
    (top / "empty.mp3").touch()
    for name in ("text.wav", "cover.jpg", ".hidden.wav"):
        (top / name).write_text("not audio")
    (top / "deep" / "loop").symlink_to(top, target_is_directory=True)
    (top / "self.wav").symlink_to("self.wav")
    os.mkfifo(top / "pipe.wav")
    return top


GOOD = {"a.wav", "b <b>bold & 'é' 音楽.flac", "c.mp3", "low.ogg", "short.wav"}
BAD = {"too short.wav", "silent.wav", "empty.mp3", "text.wav", "self.wav", "pipe.wav"}


def call(*arguments):
    return CliRunner().invoke(main, [*map(str, arguments)])


def test_json_holds_every_track_and_the_exit_code_tells_of_bad_ones(model, folder):
    paths = (folder / "none.mp3", folder / "low.ogg", folder, folder)
    outcome = call("predict", "--model", model, *paths, "--format", "json")
    objects = json.loads(outcome.stdout)
    found = {Path(row["path"]).name: row for row in objects}
    assert outcome.exit_code == 1 and [*found][:2] == ["none.mp3", "low.ogg"]
    assert set(found) == GOOD | BAD | {"none.mp3"} and len(found) == len(objects)
    for row in (found[name] for name in GOOD):
        assert row["probability"] >= row["runner_up_probability"] > 0 and row["error"] is None
        assert {row["label"], row["runner_up"]} < set(LABELS) == set(row["probabilities"])
        assert sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-3)
    assert "Could not be used: 7 (" in outcome.stderr and "1 more)" in outcome.stderr
    for name in BAD | {"none.mp3"}:
        assert not found[name]["label"] and f"{name}: {found[name]['error']}\n" in outcome.stderr
    assert (found["a.wav"]["n_clips"], found["a.wav"]["warnings"]) == (2, [])
    assert found["too short.wav"]["error"] == "shorter than a clip: 0.4 s, a clip has 2 s"
    assert "shorter than a clip" in " ".join(found["short.wav"]["warnings"])
    assert f"{folder / 'deep' / '#recycle'}, 1 .jpg" in outcome.stderr


TRACK = SimpleNamespace(starts=[0, 2], duration=4.123)
SHARES = {"jig": 0.37451, "<b>, reel": 0.62549}
PREDICTIONS = [
    Prediction(Path("odd \udce9,\n.wav"), SHARES, ("a", "b, c"), track=TRACK),
    Prediction(Path("bad.wav"), error="too short: 0.4 s"),
]
ROWS = {
    "table": r"""
track              label      prob.  runner-up  prob.  clips  warnings
odd \udce9,\n.wav  <b>, reel   0.63  jig         0.37      2  a; b, c""",
    "csv": r"""
path,label,probability,runner_up,runner_up_probability,n_clips,seconds,warnings,error
"odd \udce9,
.wav","<b>, reel",0.6255,jig,0.3745,2,4.12,"a; b, c",
bad.wav,,,,,,,,too short: 0.4 s""",
    "json": r"""
[
{"path": "odd \\udce9,\n.wav", "label": "<b>, reel", "probability": 0.6255, "runner_up": "jig", \
"runner_up_probability": 0.3745, "n_clips": 2, "seconds": 4.12, "warnings": ["a", "b, c"], \
"error": null, "probabilities": {"<b>, reel": 0.6255, "jig": 0.3745}}
,{"path": "bad.wav", "label": null, "probability": null, "runner_up": null, \
"runner_up_probability": null, "n_clips": null, "seconds": null, "warnings": [], \
"error": "too short: 0.4 s", "probabilities": null}
]""".replace("\\\n", ""),
}


@pytest.mark.parametrize("mark", ["\n", "\r", "\r\n", '"', ",", ";", "\t", "'", "\x85", "\u2028"])
def test_every_row_can_be_read_back(mark):
    path, label = f"{mark}a{mark}{mark}b.wav", f"la{mark}bel"
    ones = [Prediction(Path(path), {label: 0.75, "b": 0.25}, track=TRACK)]
    ones.append(Prediction(Path(path), error=f"no{mark}"))
    text = "\n".join([*rows("csv", ones, [], []), ""])
    first, second = csv.DictReader(io.StringIO(text, newline=""))
    assert (first["path"], first["label"], second["error"]) == (path, label, f"no{mark}")
    table = pd.read_csv(io.StringIO(text, newline=""), keep_default_na=False)
    assert table.to_dict("records")[0].items() >= {"path": path, "label": label}.items()
    objects = json.loads("\n".join(rows("json", ones, [], [])))
    assert [one["path"] for one in objects] == [path, path]
    assert all(len(row.splitlines()) == 1 for row in rows("table", ones, [], [label]))


@pytest.mark.parametrize("form", ROWS)
def test_rows_byte_by_byte(form):
    lines = rows(form, PREDICTIONS, [one.path for one in PREDICTIONS], SHARES)
    assert "\n".join(lines) == ROWS[form][1:]


@pytest.mark.parametrize(("bound", "label"), [(0.6254, "<b>, reel"), (0.63, "declined")])
def test_a_track_is_declined_below_a_probability_which_stays(bound, label):
    table, csv_, json_ = (
        [*rows(form, PREDICTIONS, [], SHARES, bound)] for form in ("table", "csv", "json")
    )
    assert f"  {label}" in table[1]
    first, bad = csv.DictReader(io.StringIO("\n".join(csv_), newline=""))
    assert (first["label"], first["probability"]) == (label, "0.6255") and not bad["label"]
    first, bad = json.loads("\n".join(json_))
    assert (first["label"], bad["label"]) == (label, None)
    assert first["probabilities"] == {"<b>, reel": 0.6255, "jig": 0.3745}


def test_declining_is_no_error_and_a_bound_beyond_1_is(model, tmp_path):
    track = write(tmp_path / "a.wav")
    outcome = call("predict", "--model", model, track, "--decline-below", 1, "--format", "csv")
    assert outcome.exit_code == 0 and ",declined," in outcome.stdout
    outcome = call("predict", "--model", model, track, "--decline-below", 1.5)
    assert outcome.exit_code == 2 and "1.5 is not in the range 0<=x<=1" in outcome.stderr


def test_another_process_says_the_same_and_loads_nothing_else_that_takes_long(model, tmp_path):
    asked = ["predict", "--model", str(model), str(write(tmp_path / "a.wav")), "--format", "json"]
    code = (
        f"import sys; from subgenre.cli import main; main({asked!r}, standalone_mode=False)\n"
        "heavy = {'tensorflow', 'keras', 'librosa', 'scipy.signal', 'matplotlib', 'sklearn'}\n"
        "heavy |= {'numba', 'pandas', 'statsmodels', 'IPython'}\n"
        "print(heavy & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr == "set()\n"
    (one,), (same,) = json.loads(done.stdout), json.loads(call(*asked).stdout)
    assert one["probabilities"] == pytest.approx(same["probabilities"], abs=2e-4)


def test_without_a_model_the_best_published_one_answers_and_says_what_it_is(
    model, tmp_path, monkeypatch
):
    song = write(tmp_path / "a.wav")
    monkeypatch.setattr(module, "PUBLISHED", tmp_path)
    assert "Expected the published models" in call("predict", song).stderr
    monkeypatch.setattr(module, "PUBLISHED", model.parent)
    outcome = call("predict", song)
    said = "Model: cnn, the published one that validated best (macro F1 0.50)"
    assert outcome.stderr == f"{said}; it was trained on toys.\n"
    assert outcome.stdout == call("predict", "--model", model, song).stdout


def test_few_tracks_wait_for_the_network_and_an_unforeseen_error_ends_nothing(
    classifier, tmp_path, monkeypatch
):
    drawn = []
    monkeypatch.setattr(prediction, "in_parallel", lambda f, calls, n: [f(*one) for one in calls])
    monkeypatch.setattr(prediction, "track_clips", lambda path, _: drawn.append(path) or {}[path])
    ones = predict(classifier, [tmp_path] * 100, 2)
    assert "KeyError" in next(ones).error and len(drawn) == 32
    assert len(list(ones)) == 99 and len(drawn) == 100


def test_a_track_is_the_mean_of_its_clips_and_what_is_odd_in_it_a_doubt(classifier, tmp_path):
    (one,) = predict(classifier, [cut(write_tune(tmp_path / "a.wav", 1, 11), 0.94)])
    assert one.by_clip.shape == (5, 3) and list(one.probabilities) == LABELS
    assert ["end is missing" in doubt for doubt in one.warnings] == [True]
    np.testing.assert_array_equal(one.by_clip, classifier.probabilities(one.track.log_mels))
    np.testing.assert_allclose([*one.probabilities.values()], one.by_clip.mean(axis=0))


@pytest.mark.parametrize(
    ("seconds", "rate", "rates", "doubt"),
    [
        (20, 48_000, (22_050, 44_100), ""),  # nothing of it is new below 8 kHz
        (20, 16_000, (8_000, 8_000), "at most 8000 Hz: what is above 4000 Hz is new"),
        (20, 8_000, (22_050, 44_100), "at least 22050 Hz: nothing above 4000 Hz is heard"),
        (20, 16_000, (22_050, 44_100), "at least 22050 Hz: enough to hear all"),
        (4, 44_100, (22_050, 44_100), "4.0 s long, in training at least 10.0 s"),
        (70, 44_100, (22_050, 44_100), "70.0 s long, in training at most 30.0 s"),
    ],
)
def test_what_differs_from_training_is_a_doubt(tmp_path, seconds, rate, rates, doubt):
    one = described(rates=rates, seconds=(10.0, 30.0))
    (answer,) = predict(one, [write(tmp_path / "a.wav", seconds, rate)])
    assert len(answer.warnings) == bool(doubt) and doubt in " ".join(answer.warnings)


def test_what_cannot_be_looked_at_is_taken_and_then_reported(classifier, tmp_path, monkeypatch):
    with pytest.raises(DataError, match=f"found none in {tmp_path}"):
        find_audio([tmp_path])
    asked = [write(tmp_path / "closed" / "a.wav"), tmp_path / f"{'x' * 300}.wav"]
    close(monkeypatch, tmp_path / "closed")
    assert find_audio(asked) == (asked, [])
    assert ["File name too long" in one.error for one in predict(classifier, asked[1:])] == [True]


def test_a_folder_that_cannot_be_searched_is_told_like_a_file(classifier, tmp_path, monkeypatch):
    write(tmp_path / "a.wav")
    (tmp_path / "shut").mkdir()
    hide(monkeypatch, tmp_path / "shut")
    files, _ = find_audio([tmp_path])
    song, shut = predict(classifier, files, 1)
    assert (song.error, shut.path) == ("", tmp_path / "shut")
    assert shut.error == "cannot be searched (Permission denied)"


def test_a_picture_for_each_track_that_could_be_used(model, folder, tmp_path):
    write(folder / "deep" / "A.wav")
    assert "--plot" in call("predict", "--model", model, folder, "--plot", model / "folder").stderr
    outcome = call("predict", "--model", model, folder, "--plot", tmp_path / "pictures")
    files = [*(tmp_path / "pictures").iterdir()]
    assert outcome.exit_code == 1 and len(files) == len(GOOD) + 1
    assert all(re.fullmatch(r"[\w.-]+\.png", path.name) for path in files)
    assert all(matplotlib.image.imread(path).shape[0] > 300 for path in files)


@pytest.mark.parametrize("hop", [0.5, 4.0])
def test_many_classes_and_overlapping_or_distant_clips_have_a_picture(tmp_path, hop):
    labels = [f"_{i}" for i in range(9)]
    one = described(hop, labels)
    (answer,) = predict(one, [write(tmp_path / "a $ <b>.wav", seconds=9)])
    figure = timeline(answer, labels, one.about.config.data.features)
    above, below = figure.axes[:2]
    axes = above.get_title(), above.get_ylabel(), below.get_xlabel(), below.get_ylabel()
    assert axes == ("a $ <b>.wav", "frequency (Hz)", "time (s)", "probability")
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert len(texts) == 6 and texts[-1] == "all others" and set(texts[:-1]) < set(labels)
    edges = below.collections[-1].get_paths()[0].vertices  # of the uppermost band
    assert edges[:, 1].max() == pytest.approx(1)
    empty = edges[edges[:, 1] == 0, 0]  # to half a frame of 40 ms
    assert len(empty) == 0 if hop < 2 else (empty.min(), empty.max()) == (2.02, 3.98)
    figure.canvas.draw()


def test_train_then_predict(cache, tmp_path, monkeypatch):
    monkeypatch.setattr("subgenre.data.load_music", toy.load_music)
    monkeypatch.setattr("subgenre.data.clips.in_parallel", toy.inline)
    assert "to be left out" in call("train", "--clip-seconds", 5).stderr
    model, picture = tmp_path / "out" / "toy.keras", tmp_path / "calibration.png"
    outcome = call(
        *("train", "--dataset", "dances", "--clean", "--profile", "smoke", "--model", "cnn"),
        *("--epochs", 2, "-o", model, "--calibration-plot", picture),
    )
    assert outcome.exit_code == 0, outcome.output
    text = model.with_suffix(".md").read_text()
    assert outcome.stdout.partition("\ncalibration: ")[0] in text
    assert outcome.stdout.startswith("# cnn: which of 3 kinds") and "jig" in outcome.stdout
    assert model.is_file() and picture.is_file()
    answer = call("predict", "--model", model, write(tmp_path / "a.wav"), "--format", "json")
    assert answer.exit_code == 0 and answer.stderr == ""
    assert json.loads(answer.stdout)[0]["label"] in toy.LABELS


def test_a_model_that_learnt_too_little_is_doubted_with_a_cure():
    for never, accuracy, n_dub, n_tech, *said in (
        ([], 0.95, 54, 6),
        ([], 0.9, 54, 6, "than the majority (dub)", "--clips-per-class 6"),
        (["tech"], 0.95, 54, 6, "answered tech to", "tech has 6 clips"),
        (["tech"], 0.9, 9, 9, "answered tech to", "--epochs"),
        ([f"c{i}" for i in range(99)], 0.95, 1, 1, "c4, 94 more to"),
    ):
        scores = {"test": {"accuracy": accuracy}, "majority (dub)": {"accuracy": 0.9}}
        one = SimpleNamespace(about=SimpleNamespace(scores=scores, never_answered=never))
        doubt = _doubt(one, Counter(dub=n_dub, tech=n_tech))
        assert bool(doubt) == bool(said) and all(words in doubt for words in said)


def test_many_files_of_one_trouble_are_counted_and_a_few_are_named(model, tmp_path):
    names = (tmp_path / f"{i}\x1b[2J.wav" for i in range(1_234))
    outcome = call("predict", "--model", model, *names, "--workers", 1)
    *named, counted = outcome.stderr.splitlines()
    assert (outcome.exit_code, len(named)) == (1, 5) and r"0\x1b[2J.wav: " in named[0]
    assert f"1,234 (1,234 as {named[0]})" in counted and "--format csv" in counted


def test_worker_processes_say_the_same_in_the_same_order(classifier, folder, monkeypatch):
    files = find_audio([folder])[0]
    alone = list(predict(classifier, files, 1))
    monkeypatch.setattr(prediction, "FILES_AT_ONCE", 2)
    for file, one, other in zip(files, alone, predict(classifier, files, 2), strict=True):
        assert (one.path, one.error) == (other.path, other.error) == (file, one.error)
        assert one.probabilities == pytest.approx(other.probabilities, abs=1e-6)
