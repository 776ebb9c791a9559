"""The front page says every outcome in plain words, and draws every claim."""

import itertools
import re
from dataclasses import replace
from typing import get_args

import pytest
import toy

from subgenre.report import answer, claims, verdict
from subgenre.study.comparisons import Answer, level_contrasts

VERDICTS = get_args(Answer)


@pytest.fixture(scope="module")
def result():
    return toy.study(lambda config: 4 + len(config.model.name) % 3 + config.seed % 2)


@pytest.fixture(scope="module")
def judged(result):
    return claims.judge(result)


@pytest.mark.parametrize("outcome", itertools.product(VERDICTS, repeat=3))
def test_the_answer_is_three_sentences_whatever_comes_out(result, judged, outcome):
    first = [replace(one, verdict=it) for one, it in zip(judged[:3], outcome, strict=True)]
    some = first + judged[3:]
    said = answer.sentences(result, some).data
    assert len(re.findall(r"\.(?=\n\n[A-Z]|$)", said)) == 3
    assert "nan" not in said and "  " not in said
    assert all(title in said for title in ("(CNN)", "(CRNN)", "(CNN-RNN)"))
    counts = {one: [it.verdict for it in some].count(one) for one in VERDICTS}
    far = sum(
        not it.comparison.estimate.low <= it.claim.printed <= it.comparison.estimate.high
        for it in judged
    )
    assert f"; of {far}, what the paper printed lies outside" in said
    number = f"{counts['cannot be told']} cannot be told"
    assert (number in said) == (counts["cannot be told"] > 0)
    assert ("helped" in said, "did harm" in said) == tuple(
        one in outcome[:2] for one in ("holds", "reversed")
    )


def test_one_run_answers_nothing():
    single = toy.study(lambda config: 6, profile="smoke")
    judged, levels = claims.judge(single), level_contrasts(only(single, "train_sizes"))
    for said in (
        answer.sentences(single, judged),
        verdict.tally(judged),
        verdict.told(levels),
    ):
        assert said.data.startswith(verdict.NEEDS_SEEDS)
    assert answer.forest(judged).stills()


def only(result, experiment):
    return replace(result, cells=tuple(one for one in result.cells if one.experiment == experiment))


def test_the_picture_shows_each_claim_under_its_verdict_with_the_papers_number(judged):
    chart = answer.forest(judged)
    (still,) = chart.stills()
    (panel,) = chart.panels
    (rows,) = panel.to_dict()["datasets"].values()
    claims_of = {one: [] for one in VERDICTS}
    for row in rows:
        claims_of[row["series"]].append(" ".join(row["claim"]).strip())
    for one in VERDICTS:
        some = [it.claim.text for it in judged if it.verdict == one]
        assert claims_of[one] == [f"{one.upper()} ({len(some)})"] * bool(some) + some
    printed = sorted(one.claim.printed for one in judged)
    found = sorted(row["the paper"] for row in rows if row["the paper"] is not None)
    assert found == pytest.approx(printed, abs=1e-3)
    assert all(one.upper() in still for one, some in claims_of.items() if some)


@pytest.mark.parametrize(
    ("by_share", "said"),
    [
        ((2, 6, 10), "is lower with *10%*"),
        ((10, 6, 2), "is higher with *10%*"),
        ((6, 6, 6), "is practically the same with *10%*"),
    ],
)
def test_levels_are_told_by_their_answers_against_the_common_one(by_share, said):
    sizes = dict(zip((0.1, 0.3, 1.0), by_share, strict=True))
    result = toy.study(lambda config: sizes[config.training.train_size], names=("train_sizes",))
    levels = level_contrasts(result)
    sentence = verdict.told(levels).data
    assert said in sentence and sentence.startswith("Against *100%*")
    assert [sentence.count(f"*{one}*") for one in ("10%", "30%", "100%")] == [1, 1, 1]
