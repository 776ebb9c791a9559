"""How far a network's probabilities can be believed: reliability, and temperature scaling."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.optimize import minimize_scalar

N_BINS = 15
"""As in Guo et al. 2017; the bins are equally wide."""
TEMPERATURES = (0.05, 20.0)
"""Bounds of the search; at both ends the probabilities would be next to useless anyway."""
SMALLEST = 1e-7
"""A probability of 0 has no logarithm: none is taken of less than this."""


@dataclass(frozen=True)
class ReliabilityBin:
    """The clips whose highest probability lies in one stretch.

    Attributes
    ----------
    n_clips : int
    confidence : float
        Mean of their highest probabilities.
    accuracy : float
        Share of them that the most probable class is right for.
    """

    n_clips: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Reliability:
    """What the probabilities promise, beside what they keep.

    Attributes
    ----------
    n_clips : int
    accuracy, confidence : float
        Over all clips: the share of right answers, and the mean of the highest probabilities.
    expected_calibration_error : float
        Mean distance between confidence and accuracy over the bins, weighted by their clips;
        0 is perfect. A small set scores above 0 by chance alone.
    brier_score : float
        Mean squared distance of all class probabilities from the truth, from 0 to 2.
    bins : tuple of ReliabilityBin
        The ones that hold clips, from low to high confidence.
    """

    n_clips: int
    accuracy: float
    confidence: float
    expected_calibration_error: float
    brier_score: float
    bins: tuple[ReliabilityBin, ...]


def reliability(y: np.ndarray, probabilities: np.ndarray, n_bins: int = N_BINS) -> Reliability:
    """Compare the highest probability of each clip with how often it is right.

    Parameters
    ----------
    y : np.ndarray [shape=(n_clips,)]
        True class numbers.
    probabilities : np.ndarray [shape=(n_clips, n_classes)]
    n_bins : int
        Equally wide bins from 0 to 1.

    Returns
    -------
    Reliability

    References
    ----------
    Expected calibration error of the top label: Guo et al. 2017, On Calibration of Modern Neural
    Networks. Its curve differs from ``sklearn.calibration.calibration_curve``, which takes one
    class against the rest. Brier score of several classes: Brier 1950.
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == y
    number = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    bins = tuple(
        ReliabilityBin(int(some.sum()), float(confidence[some].mean()), float(right[some].mean()))
        for some in (number == one for one in np.unique(number))
    )
    gaps = sum(one.n_clips * abs(one.confidence - one.accuracy) for one in bins)
    truth = np.eye(probabilities.shape[1])[y]
    return Reliability(
        n_clips=len(y),
        accuracy=float(right.mean()),
        confidence=float(confidence.mean()),
        expected_calibration_error=float(gaps / len(y)),
        brier_score=float(np.square(probabilities - truth).sum(axis=1).mean()),
        bins=bins,
    )


def scaled(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Return probabilities whose logits are divided by `temperature`; the best class stays best.

    Parameters
    ----------
    probabilities : np.ndarray [shape=(n_clips, n_classes)]
    temperature : float
        Above 1 makes them more modest, below 1 bolder.

    Returns
    -------
    np.ndarray [shape=(n_clips, n_classes), dtype=float64]
    """
    logits = np.log(np.maximum(probabilities.astype(np.float64), SMALLEST)) / temperature
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def fitted_temperature(y: np.ndarray, probabilities: np.ndarray) -> float:
    """Return the temperature at which these clips are the most likely.

    Parameters
    ----------
    y : np.ndarray [shape=(n_clips,)]
        True class numbers of clips that the network was not trained on.
    probabilities : np.ndarray [shape=(n_clips, n_classes)]

    References
    ----------
    Temperature scaling: Guo et al. 2017. The truth is taken as a little less than certain, as in
    Platt 1999, so that a small set without a single error does not ask for boundless confidence.
    """
    n_clips, n_classes = probabilities.shape
    truth = (np.eye(n_classes)[y] * n_clips + 1) / (n_clips + n_classes)

    def cross_entropy(log_temperature: float) -> float:
        answers = scaled(probabilities, float(np.exp(log_temperature)))
        return float(-(truth * np.log(np.maximum(answers, SMALLEST))).sum(axis=1).mean())

    found = minimize_scalar(cross_entropy, bounds=np.log(TEMPERATURES), method="bounded")
    return float(np.exp(found.x))


def reliability_diagram(curves: Mapping[str, Reliability]) -> Figure:
    """Draw the share of right answers against the probability given; the diagonal is perfect.

    Parameters
    ----------
    curves : mapping from title to Reliability
        For example before and after temperature scaling, a panel each. The number over a point
        says how many clips are behind it.
    """
    from subgenre.report.figures import PageFigure, use_style

    use_style()
    figure = PageFigure(figsize=(4.6 * len(curves), 4.2), layout="constrained")
    panels: Sequence[Axes] = figure.subplots(1, len(curves), sharey=True, squeeze=False)[0]
    for axes, (title, one) in zip(panels, curves.items(), strict=True):
        _draw_reliability(axes, one)
        axes.set(title=title, xlabel="probability of the answer")
    panels[0].set_ylabel("share of right answers")
    return figure


def _draw_reliability(axes: Axes, one: Reliability) -> None:
    from subgenre.report.figures import INK, OKABE_ITO

    confidence = [bin_.confidence for bin_ in one.bins]
    accuracy = [bin_.accuracy for bin_ in one.bins]
    axes.plot([0, 1], [0, 1], linestyle=":", color=INK)
    axes.vlines(confidence, accuracy, confidence, color=OKABE_ITO[3], linewidth=1)
    axes.plot(confidence, accuracy, marker="o", color=OKABE_ITO[0])
    for bin_ in one.bins:
        axes.annotate(
            str(bin_.n_clips),
            (bin_.confidence, bin_.accuracy),
            xytext=(0, 6 if bin_.accuracy >= bin_.confidence else -14),  # off the red line
            textcoords="offset points",
            ha="center",
            fontsize=8,
        )
    axes.set(xlim=(0, 1.02), ylim=(0, 1.08), aspect="equal")


def in_words(one: Reliability) -> str:
    """Return a sentence that reads the reliability aloud."""
    gap = one.confidence - one.accuracy
    if abs(gap) < 0.02:
        verdict = "about as sure as it is right"
    else:
        verdict = "surer than it is right" if gap > 0 else "less sure than it could be"
    return (
        f"On {one.n_clips} clips the network gives its answer a probability of "
        f"{one.confidence:.2f} on average and is right in {one.accuracy:.2f} of them: it is "
        f"{verdict} (expected calibration error {one.expected_calibration_error:.3f}, "
        f"Brier score {one.brier_score:.3f})."
    )
