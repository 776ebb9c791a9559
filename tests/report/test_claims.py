from types import SimpleNamespace

import pytest

from subgenre.report.claims import BEYOND, CLAIMS, MARGIN, verdict
from subgenre.study.comparisons import Comparison


def test_every_claim_is_printed_in_its_direction_and_nothing_beyond_is():
    for claim in CLAIMS:
        assert claim.table
        assert claim.printed > 0 if claim.margin is None else abs(claim.printed) < claim.margin
    assert all(claim.printed is None and not claim.table for claim in BEYOND)
    assert min(one.printed for one in CLAIMS if "Glorot beats" in one.text) > MARGIN


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
