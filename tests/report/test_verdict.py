import numpy as np
import studies

from subgenre.report import verdict


def test_differences_carry_their_sign_and_small_p_values_are_not_zero():
    assert [verdict.signed(x) for x in (0.123, -0.123, -0.001)] == ["+0.12", "−0.12", "0.00"]
    assert [verdict.p_text(p) for p in (1.0, 0.0123, 1e-4)] == ["1.00", "0.012", "< 0.001"]


def test_the_spread_is_over_the_seeds_of_each_distinct_setting():
    result = studies.study(lambda config: 4 + config.seed)
    found = verdict.seed_spread(result)
    assert len(found) == 33  # 13 levels of 3 networks, the common one in three experiments
    scores = [one.scores["test"]["macro_f1"] for one in result.of(result.cells[0])]
    np.testing.assert_allclose(found["deviation"], np.std(scores, ddof=1))
