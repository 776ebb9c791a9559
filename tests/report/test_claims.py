import math
from dataclasses import replace

import toy

from subgenre.config import MODELS
from subgenre.report.claims import BEYOND, CLAIMS, judge
from subgenre.study.comparisons import MARGIN, answer, holm


def test_every_claim_is_printed_in_its_direction_and_nothing_beyond_is():
    for claim in CLAIMS:
        assert claim.table
        assert abs(claim.printed) < MARGIN if claim.of_equality else claim.printed > 0
    assert all(math.isnan(claim.printed) for claim in BEYOND)


def n_right(config):
    """Let the sequential network win clearly, and nothing else matter but chance."""
    number = MODELS.index(config.model.name)
    return 4 + 5 * (number == 1) + (config.seed == number)


def test_claims_are_judged_by_one_rule_with_p_adjusted_over_all_and_one_run_tells_nothing():
    judged = judge(toy.study(n_right))
    assert [one.claim for one in judged] == [*CLAIMS]
    estimates = [one.comparison.estimate for one in judged]
    adjusted = holm([one.p_value for one in estimates])
    assert [one.p_adjusted for one in judged] == adjusted
    for one, p in zip(judged, adjusted, strict=True):
        assert one.verdict == answer(
            one.comparison.estimate, p, one.claim.of_equality, one.claim.margin
        )
    said = {one.claim.text: one.verdict for one in judged}
    assert said["the sequential network is far above the baseline CNN"] == "holds"
    assert said["the parallel network beats the sequential one in accuracy"] == "reversed"
    assert said["the sequential network needs RMSprop"] == "practically equal"
    assert said["the CNN does not care about initialization"] == "holds"
    for place, (one, p) in enumerate(zip(judged, adjusted, strict=True)):
        by, other = one.turn
        if abs(by) < 1e-5:  # every run says the same, and it is where verdicts meet
            continue
        claim, others = one.claim, [each.p_value for each in estimates]
        for share, expected in ((0.99, one.verdict), (1.01, other)):  # just before, and after
            moved = estimates[place].moved(share * by)
            p = holm([*others[:place], moved.p_value, *others[place + 1 :]])[place]
            assert answer(moved, p, claim.of_equality, claim.margin) == expected, claim.text
    single = judge(toy.study(n_right, profile="smoke"), BEYOND)
    assert {(one.verdict, one.turn) for one in single} == {("cannot be told", None)}


def test_plain_intervals_are_narrower_and_nothing_else_is_other():
    result = toy.study(n_right)
    pairs = zip(judge(result), judge(replace(result, plain=True)), strict=True)
    for corrected, plain in (tuple(one.comparison.estimate for one in pair) for pair in pairs):
        assert plain.mean == corrected.mean
        assert plain.high - plain.low <= corrected.high - corrected.low
        if corrected.error:
            assert plain.error < corrected.error
