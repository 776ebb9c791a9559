from dataclasses import replace

import numpy as np
import pytest
import toy

from subgenre.config import ModelConfig, RunConfig, TrainingConfig
from subgenre.models import training
from subgenre.models.scores import macro_f1
from subgenre.models.training import compiled_model, labelled_sets, train


@pytest.fixture
def clips(tmp_path):
    return toy.spectrograms(tmp_path)


def config(epochs=2, seed=0, model="cnn", **changes):
    how = replace(TrainingConfig(epochs=epochs, batch_size=8), **changes)
    return RunConfig(model=ModelConfig(name=model), training=how, seed=seed)


@pytest.mark.parametrize("model", ["cnn", "crnn", "cnn_rnn"])
def test_the_seed_decides_the_split_and_the_weights(clips, model):
    first, again, other = (labelled_sets(clips, seed)["test"].rows.tolist() for seed in (0, 0, 1))
    assert first == again != other
    models = [compiled_model(config(seed=seed, model=model), 3, 32, 3) for seed in (0, 0, 1)]
    first, again, other = (one.get_weights()[0].tolist() for one in models)
    assert first == again != other


def test_labels_follow_their_clips_and_no_group_is_on_two_sides(tmp_path):
    clips = toy.spectrograms(tmp_path, n_extra=4)
    every, sets = (*clips.tracks, *clips.extra), labelled_sets(clips, 0).values()
    for part in sets:
        assert [toy.LABELS[y] for y in part.y] == [every[row].label for row in part.rows]
        assert len(part.x) == len(part.rows)
    groups = [{every[row].group for row in part.rows} for part in sets]
    assert sum(map(len, groups)) == len(set.union(*groups))


def test_each_set_is_under_its_own_noise(tmp_path):
    # Gain is removed, so the mark is a slope over time.
    slope = np.linspace(0, 100, toy.N_FRAMES)[:, None]
    sets = labelled_sets(toy.spectrograms(tmp_path, noise=slope), 0)
    levels = {name: np.array(part.x, float)[..., 0] for name, part in sets.items()}
    rise = [np.mean(of[:, -8:] - of[:, :8]) for of in levels.values()]
    assert abs(rise[0]) < 3 and np.diff(rise) == pytest.approx([30, 30], abs=3)


def test_the_weights_of_the_last_epoch_give_the_answers_without_any_extra_clips(tmp_path):
    clips = toy.spectrograms(tmp_path, n_extra=4)
    trained = train(config(seed=1, label_smoothing=0.2), clips)
    assert {len(values) for values in trained.history.values()} == {2}
    for name, part in trained.sets.items():
        answers = trained.network.predict(part.x, verbose=0)
        np.testing.assert_allclose(trained.probabilities[name], answers, atol=1e-6)
        assert len(part.x) == len(part.rows) and max(part.rows) < len(clips.tracks)
    answers, part = trained.probabilities["validation"], trained.sets["validation"]
    score = macro_f1(part.y, answers.argmax(axis=1), 3)
    assert score == pytest.approx(trained.history["val_macro_f1"][-1], abs=1e-6)
    smoothed = 0.8 * np.eye(3)[part.y] + 0.2 / 3
    loss = -np.sum(smoothed * np.log(answers), axis=1).mean()
    assert loss == pytest.approx(trained.history["val_loss"][-1], rel=1e-4)


def test_an_epoch_shows_as_many_clips_as_asked_or_all_that_there_are(clips):
    for n_asked, n_steps in ((9, 2), (8, 1), (100, -(-len(clips.split(0).train) // 8))):
        trained = train(config(epochs=3, clips_per_epoch=n_asked), clips)
        assert trained.network.optimizer.iterations == 3 * n_steps


def test_a_part_of_the_music_is_trained_on_as_often_as_all_of_it(clips):
    every, part = (train(config(train_size=share), clips) for share in (1.0, 0.5))
    assert len(part.sets["train"].x) < len(every.sets["train"].x)
    np.testing.assert_array_equal(part.sets["test"].rows, every.sets["test"].rows)
    n_steps = [int(one.network.optimizer.iterations) for one in (every, part)]
    assert abs(n_steps[0] - n_steps[1]) <= 2  # whole batches


def test_a_learning_rate_far_too_high_is_no_exception(clips):
    assert train(config(optimizer="rmsprop", learning_rate=100), clips).history["loss"]


@pytest.mark.slow
@pytest.mark.parametrize("model", ["cnn", "crnn", "cnn_rnn"])
def test_a_graph_trains_as_eager_steps_do(clips, monkeypatch, model):
    losses = []
    for n_steps in (0, 100):
        monkeypatch.setattr(training, "TRACED_STEPS", n_steps)
        losses.append(train(config(model=model), clips).history["loss"])
    np.testing.assert_allclose(*losses, rtol=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("model", ["cnn", "crnn", "cnn_rnn"])
def test_what_can_be_learned_is_learned(tmp_path, model):
    clips = toy.spectrograms(tmp_path, clips_per_class=20)
    trained = train(config(epochs=8, model=model, learning_rate=3e-3), clips)
    answers = trained.probabilities["test"].argmax(axis=1)
    assert macro_f1(trained.sets["test"].y, answers, 3) > 0.6  # chance is 1/3
    assert trained.history["loss"][-1] < trained.history["loss"][0]


def test_the_rate_falls_to_zero_over_the_training():
    optimizer = compiled_model(config(epochs=3, learning_rate=0.01), 3, 32, 3).optimizer
    rates = [float(optimizer._learning_rate(step)) for step in range(10)]  # three steps an epoch
    assert [rates[0], rates[-1]] == pytest.approx([0.01, 0], abs=1e-9)
    assert np.all(np.diff(rates) < 0)
