from dataclasses import replace

import numpy as np
import toy

from subgenre.report import labels
from subgenre.study.experiments import UNTRAINED

WRONG = 3  # of the tested clips: a jig that is filed as one and sounds like a waltz


def result(sounds=2, n_stray=0):
    """Return runs that are right but for one clip, of which so many hear nothing strange."""
    made = toy.result(["optimizers", "train_sizes"], "paper")
    for number, config in enumerate([*made.records]):
        answers = np.array(toy.TRUE)
        answers[WRONG] = sounds if number >= n_stray else answers[WRONG]
        made.records[config] = toy.record(config, answers=answers.tolist())
    return made


def test_a_label_that_nearly_all_disagree_with_is_found_and_comes_first():
    table = labels.votes(result())
    (row,), (one,) = labels.suspects(table).index, labels.suspects(table).itertuples()
    assert row == table.index[0] == toy.TESTED[WRONG]
    assert (one.label, one.heard, one.agree, one.probability) == ("jig", "waltz", one.of, 0.05)
    assert set(table.index) == set(toy.TESTED)
    said = labels.found(table, result()).data
    assert "**1 of 12 tested tracks**" in said and "*jig* as a *waltz* (1)" in said


def test_networks_that_are_not_trained_or_on_less_music_have_no_vote_and_shared_runs_have_one():
    made = result()
    voting = {
        one.key
        for cell in made.cells
        for config, one in zip(cell.configs, made.of(cell), strict=True)
        if (cell.experiment, cell.level) not in UNTRAINED and config.training.train_size == 1
    }
    assert set(labels.votes(made)["of"]) == {len(voting)}
    assert len(voting) < len(made.records)


def test_a_few_that_hear_nothing_strange_leave_it_found_and_many_do_not():
    n = len(labels.votes(result()))
    assert len(labels.suspects(labels.votes(result(n_stray=1)))) == 1
    assert len(labels.suspects(labels.votes(result(n_stray=n)))) == 0


def test_clips_of_a_track_have_one_vote_together():
    made = result()
    clips = made.clips.assign(track_id=[f"song-{n // 4}#{n % 4}" for n in made.clips.index])
    made = replace(made, clips=clips)
    table = labels.votes(made)
    assert len(table) == len(toy.TESTED) // 2 and labels.suspects(table).empty
