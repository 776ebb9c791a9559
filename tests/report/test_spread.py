import numpy as np
import pytest
import studies

from subgenre.report.spread import chance_gap, printed_repeats, seed_spread


def test_the_spread_is_over_the_seeds_of_each_distinct_setting():
    found = seed_spread(studies.study(lambda config: 4 + config.seed), "accuracy")
    assert len(found) == 33  # 13 levels of 3 networks, the common one in three experiments
    np.testing.assert_allclose(found["deviation"], np.std(np.arange(5), ddof=1) / 12)
    assert set(found["n_seeds"]) == {5}


def test_a_single_seed_has_no_spread():
    assert seed_spread(studies.study(profile="smoke"))["deviation"].isna().all()


def test_most_pairs_of_runs_differ_by_less_than_the_chance_gap():
    runs = np.random.default_rng(0).normal(0.5, 0.03, size=(2, 20_000))
    assert np.mean(abs(runs[0] - runs[1]) < chance_gap(0.03)) == pytest.approx(0.95, abs=0.01)


def test_the_papers_repeats_are_those_a_careful_reader_finds():
    repeats = printed_repeats()
    assert (min(repeats["CNN with Adam"]), max(repeats["CNN with Adam"])) == (0.31, 0.45)
    assert sorted(repeats["best CRNN"]) == [0.54, 0.62, 0.63]
