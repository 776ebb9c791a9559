"""The paper's claims, differences that are positive if it is right, and whether records agree."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy import stats

from subgenre.config import MODELS
from subgenre.report.tables import PAPER
from subgenre.study.comparisons import (
    ALPHA,
    MARGIN,
    Answer,
    Comparison,
    Kind,
    Quantity,
    answer,
    compare,
    holm,
)
from subgenre.study.experiments import COMMON, EXPERIMENTS, MODEL_TITLES
from subgenre.study.runner import Result


@dataclass(frozen=True)
class Claim:
    """The first quantity is larger than the second or, if it is of equality, about as large.

    `contrast` is the difference in words; `table` is where the paper prints it, or empty.
    """

    text: str
    table: str
    first: Quantity
    second: Quantity
    contrast: str
    metric: str = "macro_f1"
    of_equality: bool = False

    @property
    def network(self) -> str:
        """Whom it is about; empty if it sets networks against one another or is about all."""
        (name, *others) = {*self.first.models, *self.second.models}
        return "" if others else MODEL_TITLES[name]

    @property
    def margin(self) -> float:
        """Differences within it count as none; spreads are too small for any to be told."""
        return 0.0 if self.first.kind == "spread" else MARGIN

    @property
    def printed(self) -> float:
        """The difference that the paper printed, NaN if a number of it is missing."""
        return _printed(self.first, self.metric) - _printed(self.second, self.metric)


@dataclass(frozen=True)
class Judgement:
    """A claim, what was measured, the p value adjusted over the table, and the verdict.

    `limit` is what the p value must be below, all other lines as they are. `turn` is the least
    move of the measured mean that gives another verdict, and that verdict; None if there is none,
    or no test.
    """

    claim: Claim
    comparison: Comparison
    p_adjusted: float
    verdict: Answer
    limit: float
    turn: tuple[float, Answer] | None = None

    @property
    def is_single_pair(self) -> bool:
        """Whether one pair of runs of ours could well have shown what the paper printed."""
        one = self.comparison.estimate
        return abs(self.claim.printed - one.mean) < one.single

    @property
    def is_far(self) -> bool:
        """Whether what the paper printed lies outside our interval."""
        one, printed = self.comparison.estimate, self.claim.printed
        return printed < one.low or printed > one.high


def _printed(quantity: Quantity, metric: str) -> float:
    """Return a quantity of the paper's numbers; NaN if it lacks one that is needed."""
    found = []
    for model in quantity.models:
        keys = [(metric, *level, model) for level in quantity.levels]
        train, test = (
            np.array([PAPER.get((*key, part), np.nan) for key in keys])
            for part in ("train", "test")
        )
        found.append(np.fmax.reduce(test) if quantity.kind == "best" else quantity.of(train, test))
    return float(np.mean(found))


_EXPERIMENT = {level: name for name, levels in EXPERIMENTS.items() for level in levels}


class _Side(NamedTuple):
    """One side of a difference: its words, and what is made of the scores at which levels."""

    words: str
    kind: Kind
    levels: tuple[str, ...]

    def of(self, *models: str) -> Quantity:
        return Quantity(models, tuple((_EXPERIMENT[one], one) for one in self.levels), self.kind)


def _claim(
    text: str, table: str, models: Sequence[str], *sides: _Side | str, of_equality: bool = False
) -> Claim:
    """Return a claim on the mean of networks; a side that is a level's name is the score there."""
    first, second = (one if isinstance(one, _Side) else _Side(one, "mean", (one,)) for one in sides)
    words = f"{first.words} − {second.words}"
    return Claim(text, table, first.of(*models), second.of(*models), words, of_equality=of_equality)


def _between(text: str, one: str, other: str, side: _Side) -> Claim:
    """Return a claim on the same of two networks, the first of which is said to have more of it."""
    words = f"{MODEL_TITLES[one]} − {MODEL_TITLES[other]}, {side.words}"
    where = ("Table 2", "accuracy") if side.kind == "best" else ("Tables 1 and 4", "macro_f1")
    return Claim(text, where[0], side.of(one), side.of(other), words, where[1])


BN = "batch normalization"
HURTS = f"dropout with {BN} hurts the sequential network, against"
BEST = _Side("accuracy, each with its best optimizer", "best", tuple(EXPERIMENTS["optimizers"]))
BEST_OTHER = _Side("best other", "best", ("Adam", "RMSprop"))
#: Glorot uniform is Adam's setting, and its runs the same.
PRINTED = ("Adam", "RMSprop", *(one for one in EXPERIMENTS["initialization"] if one not in COMMON))
MORE_STABLE = "the parallel network is more stable"
SPREAD = "standard deviation over"
STABILITY = _Side(f"{SPREAD} the settings of both tables that train", "spread", PRINTED)
OVERFITTING = (
    _Side(f"training − test, with {BN}", "gap", (BN,)),
    _Side("with dropout", "gap", ("dropout",)),
)
WITHOUT = _Side("with none", "gap", ("none",))
GLOROT = (
    _Side("Glorot", "mean", ("Glorot normal", "Glorot uniform")),
    _Side("random", "mean", ("random normal", "random uniform")),
)


def _with(adadelta: str) -> _Side:
    return _Side(f"{SPREAD} all settings of both tables", "spread", (adadelta, *PRINTED))


HYBRIDS = ("crnn", "cnn_rnn")

#: What the paper claims, the largest gap that it prints first.
CLAIMS = (
    _between("the sequential network is far above the baseline CNN", "crnn", "cnn", BEST),
    _between("the parallel network is far above the baseline CNN", "cnn_rnn", "cnn", BEST),
    _between("the parallel network beats the sequential one in accuracy", "cnn_rnn", "crnn", BEST),
    _between(f"{MORE_STABLE} than the sequential one", "crnn", "cnn_rnn", STABILITY),
    _between(f"{MORE_STABLE}, with Adadelta", "crnn", "cnn_rnn", _with("Adadelta")),
    _claim("the sequential network needs RMSprop", "Table 1", ["crnn"], "RMSprop", "Adam"),
    _claim("Adam is best for the parallel network", "Table 1", ["cnn_rnn"], "Adam", "RMSprop"),
    _claim("Adadelta is weak", "Table 1", MODELS, BEST_OTHER, "Adadelta"),
    _claim(f"{BN} overfits more than dropout", "Table 3", HYBRIDS, *OVERFITTING),
    _claim(f"{HURTS} {BN} alone", "Table 3", ["crnn"], BN, "both"),
    _claim(f"{HURTS} dropout alone", "Table 3", ["crnn"], "dropout", "both"),
    _claim("Glorot beats plain random initialization in hybrids", "Table 4", HYBRIDS, *GLOROT),
    _claim(
        "the CNN does not care about initialization", "Table 4", ["cnn"], *GLOROT, of_equality=True
    ),
)
#: What the paper could not say: it ran one Adadelta and one order of the layers.
BEYOND = (
    _claim("Adadelta is weak at a rate of 0.001", "", MODELS, BEST_OTHER, "Adadelta, 0.001"),
    _between(f"{MORE_STABLE}, with that rate", "crnn", "cnn_rnn", _with("Adadelta, 0.001")),
    _claim(f"{BN} overfits more than none", "", HYBRIDS, OVERFITTING[0], WITHOUT),
    _claim("dropout is better after normalization", "", MODELS, "both", "both, dropout first"),
)


def judge(result: Result, claims: Sequence[Claim] = CLAIMS) -> list[Judgement]:
    """Give the verdicts on claims, in order, by Holm's correction over all of them."""
    found = [(one, compare(result, one.first, one.second, one.metric)) for one in claims]
    p_values = [one.estimate.p_value for _, one in found]
    judged = [
        Judgement(
            *(claim, one, p, answer(one.estimate, p, claim.of_equality, claim.margin)),
            _limit([*p_values[:place], *p_values[place + 1 :]]),
        )
        for place, ((claim, one), p) in enumerate(zip(found, holm(p_values), strict=True))
    ]
    if np.isnan(p_values).any():
        return judged
    return [replace(one, turn=_turn(one)) for one in judged]


def _limit(others: Sequence[float]) -> float:
    """Return Holm's limit for a line that comes after those of the others that are significant."""
    left = len(others) + 1
    for p_value in sorted(others):
        if p_value >= ALPHA / left:
            break
        left -= 1
    return ALPHA / left


def _turn(judged: Judgement) -> tuple[float, Answer] | None:
    """Try the means at which the test or the interval turns, the nearest first."""
    one, claim, limit = judged.comparison.estimate, judged.claim, judged.limit
    found = one.error * stats.t(one.freedom).isf(limit / 2), claim.margin - (one.high - one.mean)
    moves = [sign * mean - one.mean for mean in found for sign in (1, -1)]
    for by in sorted((by + np.copysign(1e-6, by) for by in moves), key=abs):
        moved = one.moved(by)
        other = answer(moved, float(moved.p_value >= limit), claim.of_equality, claim.margin)
        if other != judged.verdict:
            return float(by), other
    return None
