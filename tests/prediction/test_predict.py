import csv
import io
import json
import os
import re

import matplotlib.image
import numpy as np
import pytest
import soundfile
import toy
from answers import said
from click.testing import CliRunner
from closed_folders import close
from music_files import FORMATS, cut, write_tune

from subgenre.cli import OneSentence
from subgenre.cli import model as cli
from subgenre.config import DataConfig, ModelConfig, RunConfig
from subgenre.data.files.inspection import inspect_file
from subgenre.data.files.track import clip_starts, track_clips
from subgenre.models.networks import build_model
from subgenre.plumbing.errors import DataError
from subgenre.prediction import predict as prediction
from subgenre.prediction.calibration import reliability
from subgenre.prediction.classifier import Classifier
from subgenre.prediction.description import Description, TrainingMusic
from subgenre.prediction.predict import doubts_about, find_audio, predict
from subgenre.prediction.timeline import picture_name

RATE = 16_000
LABELS = ("jig", "reel $x$", "<b>_waltz")
COMMANDS = OneSentence(commands={"predict": cli.predict_command, "train": cli.train_command})


def description(clip_seconds=2.0, hop=2.0, labels=LABELS, **changes):
    content = {
        "labels": labels,
        "config": RunConfig(
            data=DataConfig("toy", snr_db=None, clip_seconds=clip_seconds, clip_hop_seconds=hop),
            model=ModelConfig(width=0.1),
        ),
        "music": TrainingMusic("toy", "f", {"train": 9}, (RATE, 44_100), (2.0, 30.0)),
        "best_epoch": 1,
        "scores": {"test": {"accuracy": 0.5}},
        "temperature": 1.5,
        "reliabilities": {"test": reliability(*said(50, 1, np.random.default_rng(0)))},
        "versions": {"subgenre": "0"},
    }
    return Description(**{**content, **changes})


@pytest.fixture(scope="module")
def classifier():
    return Classifier(build_model(ModelConfig(width=0.1), None, 32, len(LABELS)), description())


@pytest.fixture(scope="module")
def model(classifier, tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "model.keras"
    classifier.save(path)
    return path


def write(path, seconds=5.0, rate=RATE, level=0.3, channels=1, **how):
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    soundfile.write(
        path, level * rng.uniform(-1, 1, (round(seconds * rate), channels)), rate, **how
    )
    return path


@pytest.fixture
def folder(tmp_path):
    """Music of unequal quality, in three folders."""
    top = tmp_path / "music"
    write(top / "a.wav")
    write(top / "b <b>bold & 'é' 音楽.flac", rate=44_100, channels=2)
    write(top / "deep" / "er" / "c.mp3", rate=44_100, seconds=7)
    write(top / "low.ogg", rate=8_000)
    write(top / "short.wav", seconds=1.5)
    write(top / "too short.wav", seconds=0.4)
    write(top / "silent.wav", level=0)
    (top / "empty.mp3").touch()
    (top / "text.wav").write_text("not audio")
    (top / "cover.jpg").write_bytes(b"JPEG")
    (top / ".hidden.wav").write_text("not audio")
    (top / "deep" / "loop").symlink_to(top, target_is_directory=True)
    return top


GOOD = {"a.wav", "b <b>bold & 'é' 音楽.flac", "c.mp3", "low.ogg", "short.wav"}
BAD = {"too short.wav", "silent.wav", "empty.mp3", "text.wav"}


def call(*arguments):
    return CliRunner().invoke(COMMANDS, [*map(str, arguments)])


def name_of(path):
    return path.rpartition("/")[2]


def test_json_holds_every_track_and_the_exit_code_tells_of_bad_ones(model, folder):
    outcome = call("predict", model, folder, "--format", "json")
    assert outcome.exit_code == 1
    rows = {name_of(row["path"]): row for row in json.loads(outcome.stdout)}
    assert set(rows) == GOOD | BAD
    for name in GOOD:
        row = rows[name]
        assert row["error"] is None
        assert row["probability"] >= row["runner_up_probability"] > 0
        assert {row["label"], row["runner_up"]} < set(LABELS) == set(row["probabilities"])
        assert sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-3)
    for name in BAD:
        assert rows[name]["label"] is None and rows[name]["error"]
        assert f"{name}: {rows[name]['error']}" in outcome.stderr
    assert rows["a.wav"]["n_clips"] == 2 and rows["c.mp3"]["n_clips"] == 3
    assert rows["too short.wav"]["error"] == "shorter than a clip: 0.4 s, a clip has 2 s"
    assert "silent" in rows["silent.wav"]["error"]
    assert "8000 Hz" in " ".join(rows["low.ogg"]["warnings"])
    assert "shorter than a clip" in " ".join(rows["short.wav"]["warnings"])
    assert rows["a.wav"]["warnings"] == []
    assert "1 .jpg" in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_csv_parses_and_agrees_with_json(model, folder):
    outcome = call("predict", model, folder, "--format", "csv")
    assert outcome.exit_code == 1
    rows = list(csv.DictReader(io.StringIO(outcome.stdout)))
    objects = json.loads(call("predict", model, folder, "--format", "json").stdout)
    assert [row["path"] for row in rows] == [one["path"] for one in objects]
    for row, one in zip(rows, objects, strict=True):
        assert row["label"] == (one["label"] or "")
        assert row["error"] == (one["error"] or "")


def test_the_table_is_for_people(model, folder):
    outcome = call("predict", model, folder)
    assert outcome.exit_code == 1
    head, *lines = outcome.stdout.splitlines()
    assert head.split()[:2] == ["track", "label"]
    assert len(lines) == len(GOOD)
    assert all(any(name in line for line in lines) for name in GOOD)


def test_all_well_is_exit_code_0(model, folder):
    outcome = call("predict", model, folder / "a.wav", folder / "deep" / "er")
    assert outcome.exit_code == 0
    assert len(outcome.stdout.splitlines()) == 3
    assert outcome.stderr == ""


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_the_users_mistakes_are_one_sentence_and_exit_code_2(model, folder, tmp_path, form):
    (tmp_path / "nothing").mkdir()
    for arguments, sentence in (
        (("none.keras", folder), "there is no such file"),
        ((folder / "a.wav", folder), "no model file"),
        ((model, tmp_path / "nothing"), "found none in"),
        ((model,), "Missing argument"),
    ):
        outcome = call("predict", *arguments, "--format", form)
        assert outcome.exit_code == 2
        assert outcome.stdout == ""
        assert sentence in outcome.stderr and "Traceback" not in outcome.stderr


def test_a_file_that_is_not_there_is_a_row_like_any_bad_one(model, folder):
    outcome = call("predict", model, folder / "none.mp3", folder / "a.wav", "--format", "json")
    assert outcome.exit_code == 1
    missing, there = json.loads(outcome.stdout)
    assert missing["error"] and missing["label"] is None
    assert there["label"] in LABELS


def test_worker_processes_say_the_same_in_the_same_order(classifier, folder):
    files = find_audio([folder]).files
    alone, together = (list(predict(classifier, files, n)) for n in (1, 2))
    assert [one.path for one in alone] == [one.path for one in together] == list(files)
    for one, other in zip(alone, together, strict=True):
        assert one.probabilities == pytest.approx(other.probabilities, abs=1e-6)
    assert [one.error for one in alone] == [one.error for one in together]


def test_a_track_is_the_mean_of_its_clips(classifier, folder):
    (one,) = predict(classifier, [folder / "deep" / "er" / "c.mp3"])
    heard = track_clips(one.path, classifier.about.config.data)
    by_clip = classifier.probabilities(heard.log_mels)
    np.testing.assert_allclose(list(one.probabilities.values()), by_clip.mean(axis=0))
    assert list(one.probabilities) == list(LABELS)
    assert one.ranked()[0][1] == max(one.probabilities.values())


def test_an_unforeseen_error_of_a_library_ends_nothing(classifier, folder, monkeypatch):
    def broken(path, config):
        raise KeyError(f"deep in a library: {path.name}")

    monkeypatch.setattr(prediction, "track_clips", broken)
    ones = list(predict(classifier, [folder / "a.wav", folder / "low.ogg"]))
    assert ["KeyError" in one.error for one in ones] == [True, True]


# Clips are cut as in training.


@pytest.mark.parametrize(
    ("duration", "hop", "starts"),
    [(2, 2, [0]), (5, 2, [0, 2]), (5, 1, [0, 1, 2, 3]), (5.95, 2, [0, 2, 4]), (9, 5, [0, 5])],
)
def test_clips_start_a_hop_apart_and_are_whole(duration, hop, starts):
    np.testing.assert_allclose(clip_starts(duration, 2, hop), starts)


def test_clips_hear_what_the_file_holds_there(tmp_path, monkeypatch):
    path = write(tmp_path / "a.wav", seconds=9)
    config = description(hop=1.5).config.data
    at_once = track_clips(path, config)
    monkeypatch.setattr("subgenre.data.files.reading.BLOCK_FRAMES", 5000)
    piece_by_piece = track_clips(path, config)
    np.testing.assert_allclose(at_once.log_mels, piece_by_piece.log_mels, atol=1e-3)
    audio, _ = soundfile.read(path)
    soundfile.write(tmp_path / "third.wav", audio[3 * RATE : 5 * RATE], RATE)
    alone = track_clips(tmp_path / "third.wav", config)
    np.testing.assert_allclose(at_once.log_mels[2], alone.log_mels[0], atol=1e-3)


def test_silent_clips_are_left_out_and_told(tmp_path):
    sound = np.random.default_rng(0).uniform(-0.3, 0.3, 2 * RATE)
    soundfile.write(tmp_path / "a.wav", np.concatenate([sound, 0 * sound, sound]), RATE)
    heard = track_clips(tmp_path / "a.wav", description().config.data)
    assert heard.starts.tolist() == [0, 4]
    assert "1 of 3 clips are left out: mostly silent" in heard.notes


def test_a_cut_file_is_an_error(tmp_path):
    path = write(tmp_path / "a.wav", seconds=20)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    with pytest.raises(DataError, match="truncated"):
        track_clips(path, description().config.data)


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_lost_end_is_told_as_in_a_study(suffix, tmp_path):
    path = write_tune(tmp_path / f"a{suffix}", 1, 11)
    config = description().config.data
    assert track_clips(path, config).notes == ()
    cut(path, 0.94)
    notes = track_clips(path, config).notes
    assert ["end is missing" in note for note in notes] == [True]
    if suffix != ".flac":  # what can be decoded before the damage depends on the blocks
        assert notes[0] in inspect_file(path).notes


def test_a_lost_end_is_a_doubt_about_the_answer(classifier, tmp_path):
    path = cut(write_tune(tmp_path / "a.ogg", 1, 12), 0.5)
    (one,) = predict(classifier, [path])
    assert not one.error and "end is missing" in " ".join(one.warnings)


def test_what_differs_from_training_is_a_doubt(tmp_path):
    about = description(music=TrainingMusic("toy", "f", {}, (22_050, 44_100), (10.0, 30.0)))

    def doubts(**how):
        heard = track_clips(write(tmp_path / "a.wav", **how), about.config.data)
        return " ".join(doubts_about(heard, about.music, about.config.data))

    assert doubts(seconds=20, rate=44_100) == ""
    assert doubts(seconds=20, rate=48_000) == ""  # nothing of it is new below 8 kHz
    assert "nothing above 4000 Hz is heard" in doubts(seconds=20, rate=8_000)
    assert "in training at least 22050 Hz" in doubts(seconds=20, rate=16_000)
    assert "in training at least 10.0 s" in doubts(seconds=4, rate=44_100)
    assert "in training at most 30.0 s" in doubts(seconds=70, rate=44_100)


# Folders.


def test_each_file_once_and_in_order(folder):
    found = find_audio([folder / "low.ogg", folder, folder])
    assert found.files[0] == folder / "low.ogg"
    assert {path.name for path in found.files} == GOOD | BAD
    assert len(found.files) == len(GOOD | BAD)
    assert found.aside == {".jpg": 1}


def test_a_link_to_itself_and_a_pipe_do_not_hang(classifier, tmp_path):
    (tmp_path / "self.wav").symlink_to("self.wav")
    os.mkfifo(tmp_path / "pipe.wav")
    write(tmp_path / "a.wav")
    ones = {one.path.name: one for one in predict(classifier, find_audio([tmp_path]).files)}
    assert set(ones) == {"self.wav", "pipe.wav", "a.wav"}
    assert ones["self.wav"].error and ones["pipe.wav"].error and not ones["a.wav"].error


def test_a_file_that_cannot_be_looked_at_is_taken_and_then_reported(
    classifier, tmp_path, monkeypatch
):
    write(tmp_path / "closed" / "a.wav")
    close(monkeypatch, tmp_path / "closed")
    asked = [tmp_path / "closed" / "a.wav", tmp_path / f"{'x' * 300}.wav"]
    found = find_audio(asked)
    assert found.files == tuple(asked) and not found.unreadable
    assert ["File name too long" in one.error for one in predict(classifier, asked[1:])] == [True]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_an_output_of_few_letters_stops_nothing(model, tmp_path, encoding, form):
    first, last = write(tmp_path / "é 夜の歌 🎵.wav"), write(tmp_path / "last.wav")
    arguments = ["predict", str(model), str(first), str(last), "--format", form]
    outcome = CliRunner(charset=encoding).invoke(COMMANDS, arguments)
    assert outcome.exit_code == 0, outcome.output
    assert "last.wav" in outcome.stdout and r"\u591c" in outcome.stdout
    if form == "json":
        assert [row["path"] for row in json.loads(outcome.stdout)] == [str(first), str(last)]


def test_names_do_not_command_the_terminal(model, tmp_path):
    path = write(tmp_path / "evil\x1b[31m\nname.wav")
    bad = tmp_path / "bad\x1b[2J.wav"
    bad.touch()
    outcome = call("predict", model, path, bad)
    assert "\x1b" not in outcome.output and len(outcome.stdout.splitlines()) == 2
    (row, _) = json.loads(call("predict", model, path, bad, "--format", "json").stdout)
    assert row["path"] == str(path)


# Pictures.


def test_a_picture_for_each_track_that_was_heard(model, folder, tmp_path):
    pictures = tmp_path / "pictures"
    write(folder / "deep" / "A.wav")
    outcome = call("predict", model, folder, "--plot", pictures)
    assert outcome.exit_code == 1
    files = sorted(pictures.iterdir())
    assert len(files) == len(GOOD) + 1
    assert all(re.fullmatch(r"[\w.-]+\.png", path.name) for path in files)
    assert all(matplotlib.image.imread(path).shape[0] > 300 for path in files)


def test_picture_names_are_safe_and_unique(tmp_path):
    taken: set[str] = set()
    paths = ["a.wav", "A.mp3", "../a.wav", "...wav", "<b>$(rm).wav", "x" * 300 + ".wav", "音楽.wav"]
    names = [picture_name(tmp_path / path, taken) for path in paths]
    assert len({name.lower() for name in names}) == len(names)
    assert all(re.fullmatch(r"\w[\w.-]{0,90}", name) for name in names)
    assert names[0] == "a" and names[-1] == "音楽"


def test_many_classes_and_overlapping_or_distant_clips_have_a_picture(tmp_path):
    from subgenre.prediction.timeline import timeline

    labels = tuple(f"class {i}" for i in range(9))
    path = write(tmp_path / "a.wav", seconds=9)
    for hop in (0.5, 4.0):
        about = description(hop=hop, labels=labels)
        one = Classifier(build_model(ModelConfig(width=0.1), None, 32, 9), about)
        (prediction_,) = predict(one, [path])
        figure = timeline(prediction_, labels, about.config.data.features, "a $ <b>")
        above, below = figure.axes[:2]
        assert above.get_title() == "a $ <b>" and above.get_ylabel() == "frequency (Hz)"
        assert below.get_xlabel() == "time (s)" and below.get_ylabel() == "probability"
        texts = [text.get_text() for text in figure.legends[0].get_texts()]
        assert len(texts) == 6 and texts[-1] == "all others"
        figure.canvas.draw()


# Training.


@pytest.fixture
def toy_files(monkeypatch, cache):
    from subgenre import data as datasets
    from subgenre.data import clips as preparation

    def load(data, strict=False, progress=True):
        return toy.load(data.dataset, data.clips_per_class)

    monkeypatch.setattr(datasets, "load_music", load)
    monkeypatch.setattr(preparation, "in_parallel", toy.inline)


def test_train_then_predict(toy_files, tmp_path):
    model, picture = tmp_path / "out" / "toy.keras", tmp_path / "calibration.png"
    outcome = call(
        *("train", "--dataset", "dances", "--clean", "--profile", "smoke", "--model", "cnn"),
        *("--epochs", 2, "-o", model, "--calibration-plot", picture),
    )
    assert outcome.exit_code == 0, outcome.output
    for said_ in ("train", "validation", "test", "macro_f1", "temperature", "calibration error"):
        assert said_ in outcome.stdout
    assert model.is_file() and picture.is_file()
    track = toy.make_tracks(1)[0]
    soundfile.write(tmp_path / "jig.wav", toy.Toy(tracks=()).audio(track, RATE), RATE)
    answer = call("predict", model, tmp_path / "jig.wav", "--format", "json")
    assert answer.exit_code == 0
    assert json.loads(answer.stdout)[0]["label"] in toy.LABELS


@pytest.mark.parametrize(
    ("arguments", "said_"),
    [
        (["-o", "model.h5"], "end in .keras"),
        (["--clip-seconds", "5"], "leave it out"),
        (["--clip-seconds", "0"], "--clip-seconds"),
        (["--profile", "long"], "smoke, quick, paper"),
        (["-o", "/dev/null/model.keras"], "set --output to another folder"),
    ],
)
def test_what_cannot_be_trained_is_said_before_the_work(
    toy_files, tmp_path, monkeypatch, arguments, said_
):
    monkeypatch.chdir(tmp_path)
    outcome = call("train", "--profile", "smoke", *arguments)
    assert outcome.exit_code == 2
    assert said_ in outcome.stderr and "Traceback" not in outcome.stderr
    assert not (tmp_path / "model.keras").exists()
