"""The paper's claims, differences that are positive if it is right, and whether records agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from subgenre.config import MODELS
from subgenre.models.scores import METRICS
from subgenre.report.tables import PAPER
from subgenre.study.comparisons import ALPHA, Comparison, Kind, Quantity, compare, holm, scores_of
from subgenre.study.experiments import EXPERIMENTS, MODEL_TITLES
from subgenre.study.runner import Result

MARGIN = 0.05  # counts as equal: the least gap that the paper's Table 4 calls one is 0.06
Verdict = Literal["holds", "does not hold", "cannot be told"]


@dataclass(frozen=True)
class Claim:
    """The first quantity is larger than the second or, with a margin, about as large.

    `contrast` is the difference in words; `table` is where the paper prints it, or empty.
    """

    text: str
    table: str
    first: Quantity
    second: Quantity
    contrast: str
    metric: str = "macro_f1"
    margin: float | None = None

    @property
    def network(self) -> str:
        """Whom it is about; empty if it sets one network against another."""
        return MODEL_TITLES[self.first.model] if self.first.model == self.second.model else ""

    @property
    def printed(self) -> float | None:
        """The difference that the paper printed, or None if a number of it is missing."""
        difference = _printed(self.first, self.metric) - _printed(self.second, self.metric)
        return None if np.isnan(difference) else difference


@dataclass(frozen=True)
class Judgement:
    """A claim, what was measured, the p value adjusted over the table, and the verdict."""

    claim: Claim
    comparison: Comparison
    p_adjusted: float | None
    verdict: Verdict
    reason: str


def _printed(quantity: Quantity, metric: str) -> float:
    """Return a quantity of the paper's numbers; NaN if it lacks one that is needed."""
    levels = [(metric, *level, quantity.model) for level in quantity.levels]
    train, test = (
        np.array([PAPER.get((*level, part), np.nan) for level in levels])
        for part in ("train", "test")
    )
    return float(np.fmax.reduce(test) if quantity.kind == "best" else quantity.of(train, test))


_EXPERIMENT = {level: name for name, one in EXPERIMENTS.items() for level in one}


class _Side(NamedTuple):
    """One side of a difference: its words, and what is made of the scores at which levels."""

    words: str
    kind: Kind
    levels: tuple[str, ...]

    def of(self, model: str) -> Quantity:
        return Quantity(model, tuple((_EXPERIMENT[one], one) for one in self.levels), self.kind)


def _claims(
    text: str,
    table: str,
    models: Sequence[str],
    sides: tuple[_Side | str, _Side | str],
    margin: float | None = None,
) -> list[Claim]:
    """Return a claim for each network; a side that is a level's name is the score there."""
    first, second = (one if isinstance(one, _Side) else _Side(one, "mean", (one,)) for one in sides)
    words = f"{first.words} − {second.words}"
    return [Claim(text, table, first.of(m), second.of(m), words, margin=margin) for m in models]


RECURRENT = ("crnn", "cnn_rnn")
WEAK = "Adadelta is weak, at"
BN = "batch normalization"
HURTS = f"dropout with {BN} hurts the sequential network, against"
BEST = _Side("best", "best", tuple(EXPERIMENTS["optimizers"]))
BEST_OTHER = _Side("best other", "best", ("Adam", "RMSprop"))
IN_BOTH_TABLES = ("Adam", "Adadelta", "RMSprop", *EXPERIMENTS["initialization"])
STABILITY = _Side("stability", "spread", IN_BOTH_TABLES)
OVERFITTING = (
    _Side(f"training − test, with {BN}", "gap", (BN,)),
    _Side("with dropout", "gap", ("dropout",)),
)
RANDOM = ("random normal", "random uniform")
GLOROT = (
    _Side("Glorot", "mean", ("Glorot normal", "Glorot uniform")),
    _Side("random, each the mean of normal and uniform", "mean", RANDOM),
)
RATES = _Side("rate 1", "mean", ("Adadelta, rate 1",)), _Side("rate 0.001", "mean", ("Adadelta",))
ORDERS = _Side("after", "mean", ("both",)), _Side("before", "mean", ("both, dropout first",))

#: What the paper claims, in the order of its tables; a line per network where it names several.
CLAIMS = (
    *_claims("the sequential network needs RMSprop", "Table 1", ["crnn"], ("RMSprop", "Adam")),
    *_claims("Adam is best for the parallel network", "Table 1", ["cnn_rnn"], ("Adam", "RMSprop")),
    *_claims(f"{WEAK} the Keras default of 0.001", "Table 1", MODELS, (BEST_OTHER, "Adadelta")),
    Claim(
        "the parallel network beats the sequential one in accuracy",
        "Table 2",
        BEST.of("cnn_rnn"),
        BEST.of("crnn"),
        "CNN-RNN − CRNN, accuracy, each with its best optimizer",
        metric="accuracy",
    ),
    Claim(
        "the parallel network beats the sequential one in stability",
        "Tables 1 and 4",
        STABILITY.of("crnn"),
        STABILITY.of("cnn_rnn"),
        "CRNN − CNN-RNN, standard deviation over the settings of both tables",
    ),
    *_claims(f"{BN} overfits", "Table 3", RECURRENT, OVERFITTING),
    *_claims(f"{HURTS} {BN} alone", "Table 3", ["crnn"], (BN, "both")),
    *_claims(f"{HURTS} dropout alone", "Table 3", ["crnn"], ("dropout", "both")),
    *_claims("Glorot beats plain random initialization", "Table 4", RECURRENT, GLOROT),
    *_claims("the CNN does not care about initialization", "Table 4", ["cnn"], GLOROT, MARGIN),
)
#: What the paper could not say: it ran one Adadelta and one order of the layers.
BEYOND = (
    *_claims(f"{WEAK} its authors' rate of 1", "", MODELS, (BEST_OTHER, "Adadelta, rate 1")),
    *_claims("Adadelta learns more at its authors' rate of 1 than at 0.001", "", MODELS, RATES),
    *_claims("dropout is better after batch normalization than before it", "", MODELS, ORDERS),
)


def judge(result: Result, claims: Sequence[Claim] = CLAIMS) -> list[Judgement]:
    """Give the verdicts on claims, in order; Holm's correction leaves out claims of equality."""
    scores = {metric: scores_of(result, metric) for metric in METRICS}
    found = [(one, compare(scores[one.metric], one.first, one.second)) for one in claims]
    adjusted = holm([one.p_value if claim.margin is None else None for claim, one in found])
    return [
        Judgement(claim, one, p_value, *verdict(claim, one, p_value))
        for (claim, one), p_value in zip(found, adjusted, strict=True)
    ]


def verdict(claim: Claim, one: Comparison, p_adjusted: float | None) -> tuple[Verdict, str]:
    """Return a verdict and the reason for it; `p_adjusted` is None for one seed or a margin."""
    if one.interval is None:
        return "cannot be told", "one seed"
    (low, high), margin = one.interval, claim.margin
    if margin is not None:
        if -margin < low and high < margin:
            return "holds", f"the interval is within ±{margin:g}"
        if low > margin or high < -margin:
            return "does not hold", f"the interval is beyond ±{margin:g}"
        return "cannot be told", f"the interval reaches beyond ±{margin:g}"
    smaller = claim.printed is not None and high < claim.printed
    if p_adjusted is not None and p_adjusted < ALPHA:
        if one.difference < 0:
            return "does not hold", "the reverse is significant"
        return "holds", "smaller than printed" if smaller else ""
    if low > 0:  # the interval sides with the claim, the stricter test does not
        return "cannot be told", "in its direction, but not significant"
    if smaller:
        other = "the other way round, but" if high < 0 else "smaller than printed, and"
        return "does not hold", f"{other} not significant"
    return "cannot be told", "not significant"
