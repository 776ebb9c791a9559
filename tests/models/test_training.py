import math
from dataclasses import replace

import numpy as np
import pytest
import toy

from subgenre.config import ModelConfig, RunConfig, TrainingConfig
from subgenre.data.clips import Clips
from subgenre.models import training
from subgenre.models.scores import macro_f1
from subgenre.models.training import fit, labelled_sets
from subgenre.plumbing.errors import DataError
from subgenre.study.records import Record
from subgenre.study.run import train_run

N_FRAMES, N_MELS = 64, 64


def synthetic(folder, clips_per_class=10, test_noise=0.0):
    """Write spectrograms with steps at a rate of their class's own; return them as clips."""
    rng = np.random.default_rng(0)
    tracks = toy.make_tracks(clips_per_class)
    period = np.repeat([4, 8, 16], clips_per_class)
    steps = (np.arange(N_FRAMES) // (period[:, None] // 2)) % 2
    images = 20.0 * steps[:, :, None] + rng.normal(0, 2, (len(tracks), N_FRAMES, N_MELS))
    np.save(folder / "train.npy", images.astype(np.float32))
    np.save(folder / "test.npy", (images + test_noise).astype(np.float32))
    return Clips(folder, tracks, toy.LABELS, "synthetic")


@pytest.fixture
def clips(tmp_path):
    return synthetic(tmp_path)


def config(epochs=2, seed=0, model="cnn", **changes):
    return RunConfig(
        model=ModelConfig(name=model),
        training=replace(TrainingConfig(epochs=epochs, batch_size=8), **changes),
        seed=seed,
    )


def run(config, clips):
    return Record.from_bytes(train_run(config, clips))


def test_a_record_tells_all_of_its_run(clips):
    record = run(config(), clips)
    assert record.key == config().key("synthetic")
    assert record.config == config().as_dict()
    assert record.data["labels"] == list(toy.LABELS)
    assert sum(record.data["n_clips"].values()) == len(clips.tracks)
    assert {len(values) for values in record.history.values()} == {2}
    assert {"loss", "accuracy", "macro_f1"} <= set(record.history)
    assert {f"val_{name}" for name in ("loss", "accuracy", "macro_f1")} <= set(record.history)
    assert set(record.scores) == {"train", "validation", "test"}
    assert np.shape(record.test_probabilities) == (record.data["n_clips"]["test"], 3)
    np.testing.assert_allclose(np.sum(record.test_probabilities, axis=1), 1000, atol=2)
    assert not record.diverged
    assert record.seconds["all"] >= record.seconds["training"] > 0
    assert {"keras", "tensorflow", "numpy"} <= set(record.versions)


def test_the_test_score_is_that_of_the_kept_answers(clips):
    record = run(config(), clips)
    true = [toy.LABELS.index(clips.tracks[row].label) for row in record.test_clips]
    assert record.scores["test"]["macro_f1"] == macro_f1(true, record.predictions(), 3)


@pytest.mark.slow
@pytest.mark.parametrize("model", ["cnn", "crnn", "cnn_rnn"])
def test_a_repeated_run_gives_the_same_bits(clips, model):
    first, again = (run(config(epochs=1, model=model), clips) for _ in range(2))
    assert first.results() == again.results()


def test_another_seed_gives_another_split_and_other_weights(clips):
    sets = [labelled_sets(clips, seed) for seed in (0, 1)]
    assert sets[0]["test"].rows.tolist() != sets[1]["test"].rows.tolist()
    weights = [
        training.compiled_model(config(seed=seed), sets[0]["train"].x, 3).get_weights()[0]
        for seed in (0, 1)
    ]
    assert not np.array_equal(*weights)


def test_no_group_is_on_two_sides(clips):
    sets = labelled_sets(clips, 0)
    groups = [{clips.tracks[row].group for row in part.rows} for part in sets.values()]
    assert sum(map(len, groups)) == len(set.union(*groups))


def test_test_noise_is_heard_by_the_test_set_alone(tmp_path):
    # Gain is removed, so the mark is a slope over time.
    slope = np.linspace(0, 100, N_FRAMES)[:, None]
    sets = labelled_sets(synthetic(tmp_path, test_noise=slope), 0)
    rise = {
        name: float(np.mean(part.x[:, -8:, :, 0]) - np.mean(part.x[:, :8, :, 0]))
        for name, part in sets.items()
    }
    assert rise["test"] > 6 > 3 > max(abs(rise["train"]), abs(rise["validation"]))


def test_labels_follow_their_clips(clips):
    for part in labelled_sets(clips, 0).values():
        labels = [toy.LABELS.index(clips.tracks[row].label) for row in part.rows]
        np.testing.assert_array_equal(part.y, labels)


def test_the_weights_of_the_best_validated_epoch_give_the_scores(clips, monkeypatch):
    kept = {}

    def watched(model, *arguments):
        history = fit(model, *arguments)
        sets = arguments[1]
        probabilities = model.predict(sets["validation"].x, verbose=0)
        kept["score"] = macro_f1(sets["validation"].y, probabilities.argmax(axis=1), 3)
        return history

    monkeypatch.setattr(training, "fit", watched)
    # A rate this high makes the score jump up and down.
    record = run(config(epochs=4, learning_rate=0.03), clips)
    validated = record.history["val_macro_f1"]
    assert record.best_epoch == np.argmax(validated) + 1
    assert record.scores["validation"]["macro_f1"] == kept["score"]
    assert kept["score"] == pytest.approx(max(validated), abs=1e-6)


def test_a_diverging_run_is_recorded_as_such(clips):
    images = np.load(clips.folder / "train.npy")
    np.save(clips.folder / "train.npy", np.full_like(images, np.nan))
    record = run(config(), clips)
    assert record.diverged
    assert not math.isfinite(record.history["loss"][-1])
    assert all(0 <= score <= 1 for part in record.scores.values() for score in part.values())
    assert Record.from_bytes(record.to_bytes()).diverged


def test_a_learning_rate_far_too_high_is_no_exception(clips):
    record = run(config(optimizer="rmsprop", learning_rate=100), clips)
    assert np.all(np.isfinite(list(record.scores["test"].values())))


@pytest.mark.slow
def test_what_can_be_learned_is_learned(tmp_path):
    clips = synthetic(tmp_path, clips_per_class=20)
    for model in ("cnn", "crnn", "cnn_rnn"):
        record = run(config(epochs=8, model=model, learning_rate=3e-3), clips)
        assert record.scores["test"]["macro_f1"] > 0.6, model  # chance is 1/3
        assert record.history["loss"][-1] < record.history["loss"][0]


def test_too_little_music_is_refused_by_class(tmp_path):
    with pytest.raises(DataError, match=r"at least 3 groups.*'jig'"):
        train_run(config(), synthetic(tmp_path, clips_per_class=4))


def test_the_rate_falls_to_zero_over_the_training():
    optimizer = training.optimizer(config(epochs=3, learning_rate=0.01), n_clips=17)
    rates = [float(optimizer._learning_rate(step)) for step in range(10)]  # three steps an epoch
    assert rates[0] == pytest.approx(0.01)
    assert rates[-1] == pytest.approx(0, abs=1e-9)
    assert np.all(np.diff(rates) < 0)
