"""The paper's claims as data, and whether a study's records bear them out.

Each claim is written as a difference that is positive if the paper is right. What the paper printed
is computed from its tables, and what we measured from records, by the same formula.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from subgenre.models.scores import METRICS
from subgenre.report.paper import BEST_ACCURACY, PRINTED_F1
from subgenre.study.comparisons import ALPHA, Comparison, Kind, Quantity, compare, holm, scores_of
from subgenre.study.experiments import EXPERIMENTS, MODEL_TITLES
from subgenre.study.runner import Result

MARGIN = 0.05
"""Scores this close count as equal: the least gap that the paper's Table 4 calls one is 0.06."""

Verdict = Literal["holds", "does not hold", "cannot be told"]
VERDICTS: tuple[Verdict, ...] = ("holds", "does not hold", "cannot be told")


@dataclass(frozen=True)
class Claim:
    """One comparison that the paper, or a reader of it, makes a claim about.

    Attributes
    ----------
    text : str
        The claim, as a clause.
    table : str
        Where the paper prints it; empty for what the paper does not claim.
    network : str
        Whom it is about, where a claim has a line per network; empty otherwise.
    contrast : str
        The difference in words.
    first, second : Quantity
        The claim says that the first is larger than the second.
    metric : {'macro_f1', 'accuracy'}
    margin : float, optional
        The claim says instead that the two differ by less than this.
    """

    text: str
    table: str
    network: str
    contrast: str
    first: Quantity
    second: Quantity
    metric: str = "macro_f1"
    margin: float | None = None

    @property
    def printed(self) -> float | None:
        """The difference that the paper printed, or None if a number of it is missing."""
        first, second = (_printed(one, self.metric) for one in (self.first, self.second))
        return None if first is None or second is None else first - second


@dataclass(frozen=True)
class Judgement:
    """A claim, what was measured, the p value adjusted over the table, and the verdict."""

    claim: Claim
    comparison: Comparison
    p_adjusted: float | None
    verdict: Verdict
    reason: str


def _quantity(experiment: str, model: str, *levels: str, kind: Kind = "mean") -> Quantity:
    return Quantity(model, tuple((experiment, level) for level in levels), kind)


def _printed(quantity: Quantity, metric: str) -> float | None:
    """Return a quantity of the paper's own numbers; its best level is the one printed best."""
    scores: dict[str, list[float | None]] = {}
    for part in ("train", "test"):
        scores[part] = [
            (PRINTED_F1[experiment] if metric == "macro_f1" else BEST_ACCURACY).get(
                (level, quantity.model, part)
            )
            for experiment, level in quantity.levels
        ]
    test = [score for score in scores["test"] if score is not None]
    if quantity.kind == "best":
        return max(test, default=None)
    train = [score for score in scores["train"] if score is not None]
    if len(test) < len(quantity.levels) or (quantity.kind == "gap" and len(train) < len(test)):
        return None
    return float(quantity.of(np.array(train or np.nan), np.array(test)))


def _adadelta(text: str, table: str, level: str) -> tuple[Claim, ...]:
    return tuple(
        Claim(
            text,
            table,
            title,
            f"best other − {level}",
            _quantity("optimizers", model, "Adam", "RMSprop", kind="best"),
            _quantity("optimizers", model, level),
        )
        for model, title in MODEL_TITLES.items()
    )


def _optimizer(text: str, model: str, first: str, second: str) -> Claim:
    return Claim(
        text,
        "Table 1",
        MODEL_TITLES[model],
        f"{first} − {second}",
        _quantity("optimizers", model, first),
        _quantity("optimizers", model, second),
    )


def _overfits(model: str) -> Claim:
    return Claim(
        "batch normalization overfits",
        "Table 3",
        MODEL_TITLES[model],
        "training − test, with batch normalization − with dropout",
        _quantity("regularization", model, "batch normalization", kind="gap"),
        _quantity("regularization", model, "dropout", kind="gap"),
    )


def _both_hurts(alone: str) -> Claim:
    return Claim(
        f"dropout with batch normalization hurts the sequential network, against {alone} alone",
        "Table 3",
        MODEL_TITLES["crnn"],
        f"{alone} − both",
        _quantity("regularization", "crnn", alone),
        _quantity("regularization", "crnn", "both"),
    )


def _glorot(text: str, model: str, margin: float | None = None) -> Claim:
    return Claim(
        text,
        "Table 4",
        MODEL_TITLES[model],
        "Glorot − random, each the mean of normal and uniform",
        _quantity("initialization", model, "Glorot normal", "Glorot uniform"),
        _quantity("initialization", model, "random normal", "random uniform"),
        margin=margin,
    )


def _best(model: str) -> Quantity:
    return _quantity("optimizers", model, *EXPERIMENTS["optimizers"].levels, kind="best")


def _spread(model: str) -> Quantity:
    levels = tuple(
        (experiment, level)
        for experiment in ("optimizers", "initialization")
        for level, of, _ in PRINTED_F1[experiment]
        if of == model
    )
    return Quantity(model, levels, "spread")


CLAIMS = (
    _optimizer("the sequential network needs RMSprop", "crnn", "RMSprop", "Adam"),
    _optimizer("Adam is best for the parallel network", "cnn_rnn", "Adam", "RMSprop"),
    *_adadelta("Adadelta is weak, at the Keras default of 0.001", "Table 1", "Adadelta"),
    Claim(
        "the parallel network beats the sequential one in accuracy",
        "Table 2",
        "",
        "CNN-RNN − CRNN, accuracy, each with its best optimizer",
        _best("cnn_rnn"),
        _best("crnn"),
        metric="accuracy",
    ),
    Claim(
        "the parallel network beats the sequential one in stability",
        "Tables 1 and 4",
        "",
        "CRNN − CNN-RNN, standard deviation over the settings of both tables",
        _spread("crnn"),
        _spread("cnn_rnn"),
    ),
    _overfits("crnn"),
    _overfits("cnn_rnn"),
    _both_hurts("batch normalization"),
    _both_hurts("dropout"),
    _glorot("Glorot beats plain random initialization", "crnn"),
    _glorot("Glorot beats plain random initialization", "cnn_rnn"),
    _glorot("the CNN does not care about initialization", "cnn", MARGIN),
)
"""What the paper claims, in the order of its tables; a line per network where it names several."""

BEYOND = (
    *_adadelta("Adadelta is weak, at its authors' rate of 1", "", "Adadelta, rate 1"),
    *(
        Claim(
            "Adadelta learns more at its authors' rate of 1 than at 0.001",
            "",
            title,
            "rate 1 − rate 0.001",
            _quantity("optimizers", model, "Adadelta, rate 1"),
            _quantity("optimizers", model, "Adadelta"),
        )
        for model, title in MODEL_TITLES.items()
    ),
    *(
        Claim(
            "dropout is better after batch normalization than before it",
            "",
            title,
            "after − before",
            _quantity("regularization", model, "both"),
            _quantity("regularization", model, "both, dropout first"),
        )
        for model, title in MODEL_TITLES.items()
    ),
)
"""What the paper could not say, because it ran one Adadelta and one order of the layers."""


def judge(result: Result, claims: Sequence[Claim] = CLAIMS) -> list[Judgement]:
    """Compare what each claim compares, and give the verdicts.

    Parameters
    ----------
    result : Result
        Records of all the experiments that the claims name.
    claims : sequence of Claim
        One family: Holm's correction runs over all of them but claims of equality, which are
        judged by their interval.

    Returns
    -------
    list of Judgement
        In the order of the claims.
    """
    scores = {metric: scores_of(result, metric) for metric in METRICS}
    compared = [compare(scores[claim.metric], claim.first, claim.second) for claim in claims]
    tested = [
        one.p_value if claim.margin is None else None
        for claim, one in zip(claims, compared, strict=True)
    ]
    return [
        Judgement(claim, one, p_value, *verdict(one, p_value, claim.printed, claim.margin))
        for claim, one, p_value in zip(claims, compared, holm(tested), strict=True)
    ]


def verdict(
    comparison: Comparison,
    p_adjusted: float | None,
    printed: float | None = None,
    margin: float | None = None,
) -> tuple[Verdict, str]:
    """Return a verdict and the reason for it.

    Parameters
    ----------
    comparison : Comparison
        Its difference is positive if the claim is right.
    p_adjusted : float or None
        None for a single seed and for a claim of equality.
    printed : float, optional
        The difference that the paper printed.
    margin : float, optional
        For a claim of equality: the largest difference that counts as none.

    Returns
    -------
    verdict, reason : str
    """
    if comparison.interval is None:
        return "cannot be told", "one seed"
    low, high = comparison.interval
    if margin is not None:
        return _equality(low, high, margin)
    significant = p_adjusted is not None and p_adjusted < ALPHA
    smaller = printed is not None and high < printed
    if significant and comparison.difference > 0:
        return "holds", "smaller than printed" if smaller else ""
    if significant:
        return "does not hold", "the reverse is significant"
    if low > 0:  # the interval sides with the claim, the stricter test does not
        return "cannot be told", "in its direction, but not significant"
    if smaller and high < 0:
        return "does not hold", "the other way round, but not significant"
    if smaller:
        return "does not hold", "smaller than printed, and not significant"
    return "cannot be told", "not significant"


def _equality(low: float, high: float, margin: float) -> tuple[Verdict, str]:
    if -margin < low and high < margin:
        return "holds", f"the interval is within ±{margin:g}"
    if low > margin or high < -margin:
        return "does not hold", f"the interval is beyond ±{margin:g}"
    return "cannot be told", f"the interval reaches beyond ±{margin:g}"
