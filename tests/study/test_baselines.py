from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
import toy
from click.testing import CliRunner

from subgenre.cli import main
from subgenre.config import DataConfig, FeatureConfig
from subgenre.data.clips import Clips
from subgenre.data.features import log_mel
from subgenre.data.splits import split_by_group
from subgenre.models import baselines as baseline_methods
from subgenre.models.baselines import METHODS, SCORE_READERS, Source, read
from subgenre.models.scores import accuracy, macro_f1
from subgenre.plumbing.errors import ParameterError
from subgenre.report import tables
from subgenre.study import baselines
from subgenre.study.baselines import (
    EXPERIMENT,
    BaselineConfig,
    baseline_cells,
    baseline_record,
    baseline_results,
    majority_scores,
)
from subgenre.study.places import Study
from subgenre.study.records import Record, Store

SVMS = [name for name in METHODS if "SVM" in name]
DATA = DataConfig(dataset="toy", clips_per_class=10)
METRE = {"jig": "6/8", "reel": "4/4", "waltz": "3/4"}

TOY = Study.of("smoke", "toy")
PAPER = Study.of("paper", "toy")


@dataclass(frozen=True)
class ScoredToy(toy.Toy):
    """The toy with a score: metres that tell two of three classes, a number that tells all."""

    def metres(self, tracks) -> list[str]:
        return ["4/4" if track.label == "reel" else "6/8" for track in tracks]

    def note_statistics(self, tracks) -> np.ndarray:
        return np.array([[toy.LABELS.index(track.label), 1.0] for track in tracks])


@pytest.fixture(scope="module")
def music() -> ScoredToy:
    return ScoredToy(tracks=toy.make_tracks(10))


@pytest.fixture(scope="module")
def clips(music, tmp_path_factory) -> Clips:
    """Return spectrograms of the toy, the same under both noises but for the level."""
    folder = tmp_path_factory.mktemp("features")
    features = FeatureConfig()
    log_mels = np.stack(
        [log_mel(music.audio(track, features.sample_rate), features) for track in music.tracks]
    )
    np.save(folder / "train.npy", log_mels)
    np.save(folder / "test.npy", log_mels + 1)
    return Clips(folder, music.tracks, music.labels, music.fingerprint)


@pytest.fixture
def prepared(monkeypatch, clips, music, results):
    """Make the toy the only data set; return the list of times that clips were prepared."""
    calls: list[str] = []

    def prepare(*arguments: object, **options: object) -> Clips:
        calls.append("prepared")
        return clips

    monkeypatch.setattr(baselines, "load_music", lambda *_, **__: music)
    monkeypatch.setattr(baselines, "prepare", prepare)
    return calls


def record(name, clips, music, seed=0) -> Record:
    return baseline_record(BaselineConfig(DATA, name, seed), clips, music)


@pytest.mark.parametrize("name", METHODS)
def test_a_record_holds_scores_and_answers_of_the_networks_split(name, clips, music):
    one = record(name, clips, music, seed=1)
    labels = [track.label for track in clips.tracks]
    split = split_by_group(labels, [track.group for track in clips.tracks], seed=1)
    assert one.test_clips == split.test.tolist()
    y = np.array([clips.labels.index(labels[row]) for row in split.test])
    answers = one.predictions()
    assert one.scores["test"] == {
        "accuracy": accuracy(y, answers),
        "macro_f1": macro_f1(y, answers, 3),
    }
    assert one.data["n_clips"] == {
        "train": len(split.train), "validation": len(split.validation), "test": len(split.test)
    }  # fmt: skip
    assert Record.from_bytes(one.to_bytes()) == one
    assert {sum(row) for row in one.test_probabilities} <= {999, 1000, 1001}


@pytest.mark.parametrize("name", METHODS)
def test_the_same_seed_gives_the_same_numbers(name, clips, music):
    assert record(name, clips, music).results() == record(name, clips, music).results()


def test_rhythm_tells_the_toys_apart(clips, music):
    assert record(SVMS[1], clips, music).scores["test"]["accuracy"] > 0.9


def test_the_metre_oracle_answers_the_commonest_class_of_the_metre(clips, music):
    one = record("metre oracle", clips, music)
    answers = np.array(one.data["labels"])[one.predictions()]
    metres = music.metres([clips.tracks[row] for row in one.test_clips])
    by_metre = pd.Series(answers).groupby(metres).unique()
    assert by_metre["4/4"].tolist() == ["reel"]
    assert len(by_metre["6/8"]) == 1 and by_metre["6/8"][0] in ("jig", "waltz")


def test_duple_metres_sound_alike_and_are_printed_differently(clips, music, monkeypatch):
    metres = ["2/4", "4/4", "6/8"]
    monkeypatch.setattr(
        type(music), "metres", lambda self, tracks: [metres[i % 3] for i, _ in enumerate(tracks)]
    )
    source = Source(clips, music, DATA.features)
    heard, printed = (read(name, source)["test"] for name in SCORE_READERS[:2])
    assert heard[:3, 0].tolist() == ["duple", "duple", "6/8"]
    assert printed[:3, 0].tolist() == metres


def test_a_metre_that_training_lacks_gets_the_commonest_class():
    (oracle,) = METHODS["metre oracle"].candidates(0)
    oracle.fit(np.array([["6/8"], ["6/8"], ["4/4"]]), [1, 1, 0])
    assert oracle.predict(np.array([["4/4"], ["5/4"]])).tolist() == [0, 1]


def test_the_symbolic_ceiling_reads_the_notes(clips, music):
    assert record("symbolic ceiling", clips, music).scores["test"]["accuracy"] == 1


def test_the_test_set_is_heard_under_test_noise_and_chooses_nothing(clips, music, monkeypatch):
    noises, fitted = [], []
    timbre = METHODS[SVMS[0]]

    def features(source, noise) -> np.ndarray:
        noises.append(noise)
        return np.full((len(clips.tracks), 1), noise == "test", float)

    class Spy:
        def __init__(self, inner) -> None:
            self.inner, self.classes_ = inner, None

        def fit(self, x, y) -> "Spy":
            fitted.append(x)
            self.inner.fit(x, y)
            return self

        def predict(self, x) -> np.ndarray:
            fitted.append(x)
            return self.inner.predict(x)

    candidates = [Spy(one) for one in timbre.candidates(0)[:2]]
    changed = replace(timbre, features=features, candidates=lambda seed: candidates)
    monkeypatch.setattr(baseline_methods, "METHODS", {SVMS[0]: changed})
    monkeypatch.setattr(baselines, "METHODS", {SVMS[0]: changed})
    record(SVMS[0], clips, music)
    assert noises == ["train", "test"]
    *before, last = fitted
    assert all(np.all(x == 0) for x in before)
    assert np.all(last == 1)


def test_gain_does_not_matter_to_rhythm(clips):
    log_mels = clips.log_mels("train")[:3]
    config = FeatureConfig()
    rhythm = baseline_methods.onset_autocorrelation(log_mels, config)
    louder = baseline_methods.onset_autocorrelation(log_mels + 20, config)
    np.testing.assert_allclose(rhythm, louder, atol=1e-4)
    assert np.abs(rhythm).max() <= 1 + 1e-6


def test_silence_has_no_rhythm():
    silence = np.full((2, 60, 64), -80.0)
    rhythm = baseline_methods.onset_autocorrelation(silence, FeatureConfig())
    assert not rhythm.any()


def test_the_autocorrelation_peaks_at_the_period(clips):
    beat = round(16_000 / toy.BEATS_PER_SECOND["reel"] / FeatureConfig().hop_length)
    reel = next(row for row, track in enumerate(clips.tracks) if track.label == "reel")
    rhythm = baseline_methods.onset_autocorrelation(
        clips.log_mels("train")[reel : reel + 1], FeatureConfig()
    )[0]
    assert 1 + np.argmax(rhythm) == beat


def test_mfcc_statistics_are_four_per_coefficient(clips):
    numbers = baseline_methods.mfcc_statistics(clips.log_mels("train")[:2])
    assert numbers.shape == (2, 4 * baseline_methods.N_MFCC)


def test_results_are_computed_once(prepared):
    first = baseline_results(TOY, progress=False)
    folder = Store.of(TOY).folder
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert len(before) == len(METHODS) + 1  # and the list of clips
    again = baseline_results(TOY, progress=False)
    assert again.records == first.records
    assert prepared == ["prepared"]
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_only_what_is_missing_is_computed(prepared, monkeypatch):
    first = baseline_results(TOY, progress=False)
    lost = first.of(first.cells[0])[0]
    Store.of(TOY).path(lost.key).unlink()
    monkeypatch.setattr(
        baselines, "read", lambda name, source: pytest.fail(name) if name != "majority" else
        baseline_methods.read(name, source)
    )  # fmt: skip
    assert baseline_results(TOY, progress=False).of(first.cells[0])[0].scores == lost.scores


def test_music_without_a_score_leaves_two_out(prepared, monkeypatch, clips):
    plain = toy.load("toy", 10)
    monkeypatch.setattr(baselines, "load_music", lambda *_, **__: plain)
    result = baseline_results(TOY, progress=False)
    assert [cell.level for cell in result.cells] == [n for n in METHODS if n not in SCORE_READERS]
    for name in SCORE_READERS:
        with pytest.raises(ParameterError, match=r"Expected .* written notes; got 'toy'"):
            record(name, clips, plain)


def test_tidy_rows_have_no_epochs(prepared):
    rows = tables.tidy(baseline_results(TOY, progress=False))
    assert len(rows) == len(METHODS) * 3 * 2
    assert set(rows["epochs"]) == {0}
    assert set(rows["experiment"]) == {EXPERIMENT}
    assert rows["level"].unique().tolist() == list(METHODS)


def test_the_command_line_prints_stored_baselines(prepared):
    baseline_results(TOY, progress=False)
    asked = ["results", "--profile", "smoke", "--dataset", "toy", "--format", "csv"]
    for more in ([], ["--experiment", EXPERIMENT]):
        outcome = CliRunner().invoke(main, [*asked, *more])
        assert outcome.exit_code == 0, outcome.output
        assert outcome.stdout.count("\nbaselines,baseline,baseline,") == len(METHODS) * 3 * 2


def test_every_profile_seed_has_a_configuration():
    for cell in baseline_cells(PAPER):
        assert [config.seed for config in cell.configs] == [0, 1, 2, 3, 4]
    keys = {config.key("x") for cell in baseline_cells(PAPER) for config in cell.configs}
    assert len(keys) == len(METHODS) * 5


def test_a_configuration_validates_itself():
    with pytest.raises(ParameterError, match="did you mean 'majority'"):
        BaselineConfig(DATA, "majorty", 0)
    with pytest.raises(ParameterError, match="seed"):
        BaselineConfig(DATA, "majority", -1)


def test_majority_scores_are_those_of_one_answer():
    labels = np.array(["a", "a", "a", "b", "a", "b"])
    scores = majority_scores(labels, [3, 4], ("a", "b"))
    assert scores == {"accuracy": 0.5, "macro_f1": pytest.approx(1 / 3)}
