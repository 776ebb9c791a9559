import csv
import io
from types import SimpleNamespace

import music_files
import numpy as np
import pytest
from click.testing import CliRunner

from subgenre.cli import main
from subgenre.data.dances import corpus
from subgenre.models.baselines import METHODS
from subgenre.plumbing.errors import SubgenreError
from subgenre.prediction import classifier
from subgenre.report.pages import PAGES
from subgenre.report.tables import COLUMNS
from subgenre.study import runner
from subgenre.study.places import Study
from subgenre.study.records import Store


def call(*arguments):
    return CliRunner().invoke(main, arguments)


def sentence(outcome):
    """Return the one sentence of a command that ended as a user's mistake should."""
    assert outcome.exit_code == 2
    assert outcome.stdout == ""
    assert "Traceback" not in outcome.stderr
    (line,) = [line for line in outcome.stderr.splitlines() if line.startswith("Error: ")]
    assert outcome.stderr.rstrip().endswith(line)
    return line


@pytest.mark.parametrize("verb", [(), *((name,) for name in main.commands)])
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help(verb, flag):
    outcome = call(*verb, flag)
    assert outcome.exit_code == 0
    assert "Usage: " in outcome.stdout
    assert all(name in outcome.stdout for name in main.commands if not verb)


def test_there_is_a_verb_for_each_step():
    assert {"study", "run", "data", "results"} <= set(main.commands)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["study", "--profile", "long"], "smoke, quick, paper"),
        (["study", "--experiment", "tempo"], "optimizers, regularization, initialization"),
        (["study", "--profile", "smoke", "--dataset", "polkas"], "dances"),
        (["run", "--model", "rnn"], "'cnn', 'crnn', 'cnn_rnn'"),
        (["run", "--profile", "long"], "smoke, quick, paper"),
        (["run", "--profile", "smoke", "--dataset", "polkas"], "dances"),
        (["run", "--snr-db", "loud"], "'loud' is not a valid float"),
        (["run", "--snr-db", "nan"], "snr_db to be a number; got nan"),
        (["run", "--dropout", "-1"], "dropout between 0 and 0.9; got -1"),
        (["run", "--optimizer", "sgd"], "'adam', 'adadelta', 'rmsprop'"),
        (["run", "--learning-rate", "0"], "learning_rate between"),
        (["data", "--dataset", "polkas"], "dances"),
        (["run", "--width", "0"], "width between 0.1 and 10; got 0"),
        (["run", "--record", __file__], "to be a run's record"),
        (["results", "--profile", "long"], "smoke, quick, paper"),
        (["results", "--experiment", "tempo"], "optimizers, regularization, initialization"),
        (["tempo"], "No such command 'tempo'"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_2(results, arguments, said):
    assert said in sentence(call(*arguments))
    assert not results.exists()


def test_results_without_records_say_how_to_get_them(results):
    assert "run 'subgenre study --profile smoke'" in sentence(call("results", "--profile", "smoke"))


def test_music21_without_its_corpus_is_one_sentence(cache, monkeypatch, tmp_path):
    monkeypatch.setattr(corpus.common, "getCorpusFilePath", lambda: tmp_path / "nothing")
    assert "without its corpus" in sentence(call("data", "--profile", "smoke"))


def test_a_cache_that_cannot_be_used_is_one_sentence(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SUBGENRE_CACHE", str(tmp_path / "file" / "cache"))
    assert "set SUBGENRE_CACHE" in sentence(call("data", "--profile", "smoke"))


# Music of one's own.


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return music of 24 albums in two classes, with a bad file, an odd one and clips to spare."""
    root = tmp_path_factory.mktemp("music")
    for i in range(24):
        label = ("Dub", "夜の歌")[i % 2]
        music_files.write_tune(root / label / f"An artist with a long name {i}" / "song.wav", i, 1)
    music_files.BAD["nan.wav"][1](root / "Dub" / "nan.wav")
    gap = np.r_[music_files.tune(70, 1), np.zeros(2 * music_files.RATE)]
    music_files.write(root / "Dub" / "gap.wav", gap)
    return f"{root}?clip_seconds=1"


SAID = (
    "skipped: Dub/nan.wav: NaN or infinite",
    "note: Dub/gap.wav: 2 of 3 clips are left out: mostly silent",
    "left out: 5 of 25 usable clips, because the profile takes at most 10 of each class",
)


def test_data_says_what_is_there_and_what_is_not_in_lines_that_can_be_read(folder, results):
    outcome = call("data", "--profile", "smoke", "--dataset", folder)
    assert outcome.exit_code == 0, outcome.output
    head, dub, night, *_ = outcome.stdout.splitlines()
    assert head.split() == ["clips", "tracks", "groups"]
    assert dub.split() == ["Dub", "10", "10", "10"] and night.split()[0] == "夜の歌"
    assert all(said in outcome.stdout for said in SAID)
    path = Study.of("smoke", folder).records / "skipped.csv"
    assert f"the whole list: {path}" in outcome.stdout
    with path.open(encoding="utf-8") as file:
        rows = [(row["what"], row["kind"]) for row in csv.DictReader(file)]
    assert rows == [("Dub/nan.wav", "skipped"), ("Dub/gap.wav", "noted")]


def test_data_survives_a_terminal_of_few_letters(folder, results):
    arguments = ["data", "--profile", "smoke", "--dataset", folder]
    outcome = CliRunner(charset="latin-1").invoke(main, arguments)
    assert outcome.exit_code == 0, outcome.output
    assert r"\u591c\u306e\u6b4c" in outcome.stdout


def test_training_says_what_is_left_out(folder, tmp_path, monkeypatch):
    def stop(*arguments):
        raise SubgenreError("trained")

    monkeypatch.setattr(classifier, "train_classifier", stop)
    outcome = call(
        *("train", "--profile", "smoke", "--dataset", folder, "-o", str(tmp_path / "a.keras"))
    )
    assert outcome.stderr.endswith("Error: trained\n")
    assert all(said in outcome.stderr for said in SAID)


def test_a_study_counts_what_is_left_out_and_leaves_the_list(folder, results, monkeypatch):
    monkeypatch.setattr(runner, "run_experiments", lambda *_, **__: SimpleNamespace(records={}))
    monkeypatch.setattr(runner, "baseline_results", lambda *_, **__: None)
    outcome = call("study", "--profile", "smoke", "--dataset", folder, "--no-pages")
    assert outcome.exit_code == 0, outcome.output
    path = Study.of("smoke", folder).records / "skipped.csv"
    assert f"skipped: 1   noted: 1   listed in {path}\n{SAID[-1]}" in outcome.stdout
    assert path.is_file() and not results.exists()


@pytest.mark.slow
def test_a_smoke_study_leaves_a_record_of_every_run(smoke_study):
    assert smoke_study.exit_code == 0, smoke_study.output
    assert "33 runs have records" in smoke_study.stdout
    assert len(list(Store.of(Study.of("smoke")).folder.glob("*.json"))) == 33 + len(METHODS)


@pytest.mark.slow
def test_results_are_rows_of_records(smoke_study):
    outcome = call("results", "--profile", "smoke", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(outcome.stdout)))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == (12 + 15 + 12 + len(METHODS)) * 3 * 2
    assert all(0 <= float(row["mean"]) <= 1 for row in rows)
    assert {row["ci_low"] for row in rows} == {""}
    some = call("results", "--profile", "smoke", "--experiment", "initialization")
    assert len(some.stdout.splitlines()) == 1 + 12 * 3 * 2


@pytest.mark.slow
def test_a_second_study_trains_nothing_and_writes_the_pages(smoke_pages):
    outcome, folder, records = smoke_pages
    assert outcome.exit_code == 0, outcome.output
    assert f"{len(PAGES)} notebooks were executed" in outcome.stdout
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"{n}.ipynb" for n in PAGES)
    after = {path: path.stat().st_mtime_ns for path in Store.of(Study.of("smoke")).folder.iterdir()}
    assert after == records


@pytest.mark.slow
def test_the_run_of_a_record_is_repeated_to_the_same_numbers(smoke_study):
    store = Store.of(Study.of("smoke"))
    records = [store.get(path.stem) for path in sorted(store.folder.glob("*.json"))]
    record = next(one for one in records if one.config.get("training"))
    outcome = call("run", "--record", str(store.path(record.key)))
    assert outcome.exit_code == 0, outcome.output
    assert "the same numbers" in outcome.stdout


@pytest.mark.slow
def test_a_single_run_shares_the_studys_record(smoke_study):
    outcome = call("run", "--profile", "smoke", "--model", "cnn")
    assert outcome.exit_code == 0, outcome.output
    assert "macro_f1" in outcome.stdout
    assert len(list(Store.of(Study.of("smoke")).folder.glob("*.json"))) == 33 + len(METHODS)
