import csv
import errno
import io
import math
import subprocess
import sys
from dataclasses import replace
from unittest.mock import Mock

import music_files
import numpy as np
import pytest
from click.testing import CliRunner

from subgenre.cli import main
from subgenre.cli.options import FIELDS, FLAGS, run_config
from subgenre.config import PROFILES, RunConfig
from subgenre.data.dances import corpus
from subgenre.models.baselines import METHODS
from subgenre.plumbing.errors import SubgenreError
from subgenre.prediction import train
from subgenre.report import book as report
from subgenre.report.pages import pages_of
from subgenre.report.tables import COLUMNS
from subgenre.study import runner
from subgenre.study.experiments import common_config
from subgenre.study.places import Study


def call(*arguments, charset="utf-8"):
    return CliRunner(charset=charset).invoke(main, [*map(str, arguments)])


def done(*arguments, **options):
    outcome = call(*arguments, **options)
    assert outcome.exit_code == 0, outcome.output
    return outcome.stdout


def sentence(outcome):
    """Return the one sentence of a command that ended as a user's mistake should."""
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    *usage, line = outcome.stderr.splitlines()
    assert line.startswith("Error: ") and "Traceback" not in usage and "Error: " not in usage
    return line


@pytest.mark.parametrize("verb", [(), *((name,) for name in main.commands)])
def test_help(verb):
    assert done(*verb, "--help") == done(*verb, "-h")


def test_help_loads_nothing_that_takes_long():
    code = "import sys; from subgenre.cli import main; main(['-h'], standalone_mode=False); "
    heavy = "print({'numpy', 'pandas', 'yaml', 'tqdm', 'keras', 'joblib'} & set(sys.modules))"
    command = [sys.executable, "-c", code + heavy]
    assert subprocess.run(command, capture_output=True, text=True).stdout.endswith("set()\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["study", "--profile", "long"], "smoke, quick, paper"),
        (["study", "--experiment", "tempo"], "optimizers, regularization, initialization"),
        (["run", "--model", "rnn"], "'cnn', 'crnn', 'cnn_rnn'"),
        (["run", "--snr-db", "loud"], "'loud' is not a valid float"),
        (["run", "--snr-db", "nan"], "snr_db"),
        (["run", "--dropout", "-1"], "0<=x<=0.9"),
        (["run", "--record", __file__], "to be a run's record"),
        (["data", "--dataset", "polkas"], "fma:PATH"),
        (["data", "--export", "/dev/null/a"], "--export"),
        (["data", "--export", "/"], "--export to be an empty folder"),
        (["results", "--profile", "smoke"], "run 'subgenre study --profile smoke'"),
        (["results", "--experiment", "tempo"], "optimizers, regularization, initialization"),
        (["predict", "--model", "none.keras", "."], "No such file"),
        (["train", "-o", "/dev/null/model.keras"], "/dev/null"),
        (["train", "--calibration-plot", "/dev/null/a.png"], "--calibration-plot"),
        (["train", "--calibration-plot", "a.pdf"], ".png, .svg"),
        (["tempo"], "No such command 'tempo'"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_2(results, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    assert said in sentence(call(*arguments))
    assert not results.exists() and not list(tmp_path.iterdir())


def test_a_data_set_that_cannot_be_had_is_one_sentence(cache, monkeypatch, tmp_path):
    monkeypatch.setattr(corpus.common, "getCorpusFilePath", lambda: tmp_path / "nothing")
    assert "install its corpus" in sentence(call("data", "--profile", "smoke"))
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SUBGENRE_CACHE", str(tmp_path / "file" / "cache"))
    assert "set SUBGENRE_CACHE" in sentence(call("data", "--profile", "smoke"))
    full = OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr("subgenre.data.load_music", Mock(side_effect=full))
    assert "Expected room" in sentence(call("data"))


TEXTS = ("1990", "yes", "null", "2020-01-01", "1e3", "", "[1]")


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        *(("dataset", text, text) for text in TEXTS),
        *(("example", text, None) for text in ("1.5", "-1", "007", *TEXTS[1:])),
        *(("example", "0", 0), ("example", "12", 12)),
        *(("dataset", "odd \udcff", None), ("datasets", "dances", None)),
    ],
)
def test_a_parameter_has_its_defaults_type(monkeypatch, tmp_path, name, value, meant):
    ran = Mock(side_effect=RuntimeError("stop"))
    monkeypatch.setattr("papermill.execute_notebook", ran)
    line = sentence(call("page", "data", tmp_path / "a.ipynb", "-p", name, value))
    assert name in line or "stop" in line
    assert [one.args[2] for one in ran.call_args_list] == [{name: meant}] * (meant is not None)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("profile", ["quick", "paper"])
def test_a_book_says_where_it_is_and_where_the_published_one_is(monkeypatch, profile):
    monkeypatch.setattr(report, "build", lambda study: study.book / "index.html")
    first, *rest = done("book", "--profile", profile).splitlines()
    assert first == f"The book: {Study.of(profile).book / 'index.html'}"
    assert [line.split(": ")[0] for line in rest] == ["The published report"] * (profile == "quick")


def asked(*arguments, command="run"):
    """Return the configuration that a command line means."""
    given = main.commands[command].make_context(command, [*map(str, arguments)]).params
    return run_config(Study.of(given.pop("profile"), given.pop("dataset")), given)


@pytest.mark.parametrize("profile", PROFILES)
def test_without_options_a_run_is_the_studys_own(profile):
    common = common_config(Study.of(profile))
    for command, model in {"run": "cnn", "train": "crnn"}.items():
        expected = replace(common, model=replace(common.model, name=model))
        assert asked("--profile", profile, command=command) == expected


def test_an_option_changes_its_setting_alone():
    common = common_config(Study.of("quick"), seed=3)
    data, model = replace(common.data, clips_per_class=7), replace(common.model, width=0.5)
    said = ["--seed", 3, "--epochs", 2, "--width", 0.5, "--clips-per-class", 7]
    assert asked(*said) == RunConfig(data, model, replace(common.training, epochs=2), seed=3)
    noise = [asked(*words).data.snr_db for words in ([], ["--snr-db", 6], ["--clean"])]
    assert noise == [0, 6, None]


def test_every_setting_is_an_option_that_says_what_its_field_says():
    options = {one.name: one for name in ("run", "train") for one in main.commands[name].params}
    for name, field in FIELDS.items():
        one, said = options[name], field.metadata
        assert one.opts[0] == f"--{FLAGS.get(name, name.replace('_', '-'))}"
        assert one.help == said["help"]
        assert tuple(getattr(one.type, "choices", ())) == said["choices"]
        assert getattr(one.type, "min", None) == (said["low"] if said["low"] > -math.inf else None)


def test_what_is_left_out_is_said_and_listed(results, monkeypatch, tmp_path):
    lines = (
        "skipped: Dub/nan.wav: NaN or infinite",
        "note: Dub/gap.wav: 2 of 3 clips are left out: mostly silent",
        "left out: 5 of 25 usable clips, because the profile takes at most 10 of each class",
    )
    root, labels = tmp_path / "music", ("Dub", "夜の歌")
    music_files.write_classes(root, labels, n_files=12, seconds=1, suffixes=(".wav",))
    music_files.BAD["nan.wav"][1](root / "Dub" / "nan.wav")
    gap = np.r_[music_files.tune(70, 1), np.zeros(2 * music_files.RATE)]
    music_files.write(root / "Dub" / "gap.wav", gap)
    music = ("--profile", "smoke", "--dataset", f"{root}?clip_seconds=1")
    path = Study.of(*music[1::2]).records
    said = done("data", *music)
    head, dub, *_ = map(str.split, said.partition("the whole list: ")[2].splitlines()[1:])
    assert (head, dub) == (["clips", "tracks", "groups"], ["Dub", "10", "10", "10"])
    assert all(line in said for line in (*lines, f"the whole list: {path / 'skipped.csv'}"))
    rows = [line.split(",") for line in (path / "skipped.csv").read_text().splitlines()[1:]]
    assert [row[::2] for row in rows] == [["Dub/nan.wav", "skipped"], ["Dub/gap.wav", "noted"]]
    assert r"\u591c\u306e\u6b4c" in done("data", *music, charset="latin-1")
    stop = SubgenreError("trained")
    monkeypatch.setattr(train, "train_classifier", Mock(side_effect=stop))
    outcome = call("train", *music, "-o", tmp_path / "a.keras")
    assert outcome.stderr.endswith("Error: trained\n")
    assert all(line in outcome.stderr for line in lines)
    (path / "skipped.csv").unlink()
    monkeypatch.setattr(runner, "run_experiments", Mock(return_value=Mock(records={})))
    monkeypatch.setattr(runner, "baseline_results", Mock())
    said = done("study", *music, "--no-pages")
    assert all(line in said for line in (*lines, f"the whole list: {path / 'skipped.csv'}"))
    assert (path / "skipped.csv").is_file() and not results.exists()


@pytest.mark.slow
def test_a_smoke_study_leaves_a_record_of_every_run_and_results_are_their_rows(smoke_study):
    assert "39 runs have records" in smoke_study.stdout
    rows = list(csv.DictReader(io.StringIO(done("results", "--profile", "smoke", "--format=csv"))))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == (12 + 15 + 12 + 9 + len(METHODS)) * 3 * 2
    assert all(0 <= float(row["mean"]) <= 1 for row in rows)
    assert {row["ci_low"] for row in rows} == {""}
    some = done("results", "--profile", "smoke", "--experiment", "initialization")
    assert len(some.splitlines()) == 1 + 12 * 3 * 2


@pytest.mark.slow
def test_a_second_study_trains_nothing_and_writes_the_pages(smoke_pages):
    outcome, folder, records = smoke_pages
    assert outcome.exit_code == 0, outcome.output
    pages = {f"{name}.ipynb" for name in pages_of(Study.of("smoke"))}
    assert f"{len(pages)} notebooks were executed" in outcome.stdout
    assert {path.name for path in folder.iterdir()} == pages
    now = {path: path.stat().st_mtime_ns for path in Study.of("smoke").records.iterdir()}
    assert records == now


@pytest.mark.slow
def test_a_run_shares_the_studys_record_and_is_repeated_to_the_same_numbers(smoke_study):
    said = done("run", "--profile", "smoke", "--model", "cnn")
    assert "macro_f1" in said
    assert "the same numbers" in done("run", "--record", said.split("record: ")[1].strip())
    assert len(list(Study.of("smoke").records.glob("*.json"))) == 39 + len(METHODS)
