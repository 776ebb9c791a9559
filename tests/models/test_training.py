from dataclasses import replace

import numpy as np
import pytest
import toy

from subgenre.config import ModelConfig, RunConfig, TrainingConfig
from subgenre.models.scores import macro_f1
from subgenre.models.training import compiled_model, labelled_sets, train


@pytest.fixture
def clips(tmp_path):
    return toy.spectrograms(tmp_path)


def config(epochs=2, seed=0, model="cnn", **changes):
    training = replace(TrainingConfig(epochs=epochs, batch_size=8), **changes)
    return RunConfig(model=ModelConfig(name=model), training=training, seed=seed)


@pytest.mark.parametrize("model", ["cnn", "crnn", "cnn_rnn"])
def test_the_seed_decides_the_split_and_the_weights(clips, model):
    first, again, other = (labelled_sets(clips, seed)["test"].rows.tolist() for seed in (0, 0, 1))
    assert first == again != other
    x = np.zeros((17, 32, 32, 2))
    models = [compiled_model(config(seed=seed, model=model), x, 3) for seed in (0, 0, 1)]
    first, again, other = (one.get_weights()[0].tolist() for one in models)
    assert first == again != other


def test_labels_follow_their_clips_and_no_group_is_on_two_sides(clips):
    sets = labelled_sets(clips, 0).values()
    for part in sets:
        assert [toy.LABELS[y] for y in part.y] == [clips.tracks[row].label for row in part.rows]
    groups = [{clips.tracks[row].group for row in part.rows} for part in sets]
    assert sum(map(len, groups)) == len(set.union(*groups))


def test_the_test_set_alone_is_under_test_noise(tmp_path):
    # Gain is removed, so the mark is a slope over time.
    slope = np.linspace(0, 100, toy.N_FRAMES)[:, None]
    sets = labelled_sets(toy.spectrograms(tmp_path, test_noise=slope), 0)
    levels = {name: np.array(part.x)[..., 0] for name, part in sets.items()}
    rise = {name: np.mean(of[:, -8:] - of[:, :8]) for name, of in levels.items()}
    assert rise["test"] > 6 > 3 > max(abs(rise["train"]), abs(rise["validation"]))


def test_the_weights_of_the_best_validated_epoch_give_the_answers(clips):
    # A rate this high leaves it at chance: the first epoch is as good as the others.
    trained = train(config(seed=1, learning_rate=0.1), clips)
    best = trained.best_epoch - 1
    assert best == np.argmax(trained.history["val_macro_f1"])
    answers, part = trained.probabilities["validation"], trained.sets["validation"]
    score = macro_f1(part.y, answers.argmax(axis=1), 3)
    assert score == pytest.approx(trained.history["val_macro_f1"][best], abs=1e-6)
    loss, *_ = trained.network.evaluate(part.x, np.eye(3)[part.y], verbose=0)
    assert loss == pytest.approx(trained.history["val_loss"][best], rel=1e-4)
    np.testing.assert_allclose(trained.network.predict(part.x, verbose=0), answers, atol=1e-6)


def test_a_learning_rate_far_too_high_is_no_exception(clips):
    assert train(config(optimizer="rmsprop", learning_rate=100), clips).best_epoch in (1, 2)


@pytest.mark.slow
@pytest.mark.parametrize("model", ["cnn", "crnn", "cnn_rnn"])
def test_what_can_be_learned_is_learned(tmp_path, model):
    clips = toy.spectrograms(tmp_path, clips_per_class=20)
    trained = train(config(epochs=8, model=model, learning_rate=3e-3), clips)
    answers = trained.probabilities["test"].argmax(axis=1)
    assert macro_f1(trained.sets["test"].y, answers, 3) > 0.6  # chance is 1/3
    assert trained.history["loss"][-1] < trained.history["loss"][0]


def test_the_rate_falls_to_zero_over_the_training():
    setting = config(epochs=3, learning_rate=0.01)
    optimizer = compiled_model(setting, np.zeros((17, 32, 32, 2)), 3).optimizer
    rates = [float(optimizer._learning_rate(step)) for step in range(10)]  # three steps an epoch
    assert [rates[0], rates[-1]] == pytest.approx([0.01, 0], abs=1e-9)
    assert np.all(np.diff(rates) < 0)
