from types import SimpleNamespace

import pytest
import studies

from subgenre.report.claims import BEYOND, CLAIMS, MARGIN, judge, verdict
from subgenre.study.comparisons import Comparison, holm


def as_the_paper_says(config):
    """Answer right as often as the paper's order of settings has it, with a little noise."""
    recurrent = config.model.name != "cnn"
    n_right = 8 - 6 * (config.training.optimizer == "adadelta")
    if config.model.name == "crnn":
        n_right += 3 * (config.training.optimizer == "rmsprop") - 1
    n_right -= 5 * (recurrent and config.model.kernel_initializer.startswith("random"))
    return n_right + (config.seed == 3)


def test_every_claim_is_printed_in_its_direction_and_nothing_beyond_is():
    for claim in CLAIMS:
        assert claim.table
        assert claim.printed > 0 if claim.margin is None else abs(claim.printed) < claim.margin
    assert all(claim.printed is None and not claim.table for claim in BEYOND)
    assert min(one.printed for one in CLAIMS if "Glorot beats" in one.text) > MARGIN


def test_a_study_that_behaves_as_claimed_bears_the_claims_out():
    judgements = judge(studies.study(as_the_paper_says))
    for text in ("needs RMSprop", "Adadelta is weak", "Glorot beats", "does not care", "in acc"):
        first = next(one for one in judgements if text in one.claim.text)
        assert first.verdict == "holds" or first.comparison.chosen == ("Adam", "RMSprop"), text
    # The table is one family, without the claim of equality.
    tested = [one for one in judgements if one.claim.margin is None]
    assert [one.p_adjusted for one in tested] == holm([one.comparison.p_value for one in tested])


@pytest.mark.parametrize(
    "low, high, p_adjusted, margin, expected",
    [
        (0.10, 0.30, 0.01, None, "holds: "),
        (0.05, 0.15, 0.01, None, "holds: smaller than printed"),
        (-0.30, -0.10, 0.01, None, "does not hold: the reverse is significant"),
        (-0.05, 0.15, 0.40, None, "does not hold: smaller than printed, and not significant"),
        (-0.09, -0.02, 0.40, None, "does not hold: the other way round, but not significant"),
        (-0.05, 0.30, 0.40, None, "cannot be told: not significant"),
        (0.01, 0.30, 0.06, None, "cannot be told: in its direction, but not significant"),
        (-0.04, 0.04, None, 0.05, "holds: the interval is within ±0.05"),
        (0.01, 0.04, None, 0.05, "holds: the interval is within ±0.05"),
        (-0.04, 0.06, None, 0.05, "cannot be told: the interval reaches beyond ±0.05"),
        (0.06, 0.10, None, 0.05, "does not hold: the interval is beyond ±0.05"),
        (-0.10, -0.06, None, 0.05, "does not hold: the interval is beyond ±0.05"),
    ],
)
def test_verdicts_weigh_test_and_printed_difference_and_equality_by_the_interval(
    low, high, p_adjusted, margin, expected
):
    measured = Comparison((low + high) / 2, (low, high), 0.01, n_diverged=0)
    claim = SimpleNamespace(printed=0.2, margin=margin)
    assert ": ".join(verdict(claim, measured, p_adjusted)) == expected
