"""How far a network's probabilities can be believed: reliability, and temperature scaling."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import softmax

if TYPE_CHECKING:  # who only asks for labels needs no picture
    from matplotlib.figure import Figure

N_BINS = 15  # equally wide, as in Guo et al. 2017
TEMPERATURES = (0.05, 20.0)  # at both ends the probabilities would be next to useless
SMALLEST = 1e-7  # a probability of 0 has no logarithm: none is taken of less than this


@dataclass(frozen=True)
class Reliability:
    """What the probabilities of some clips promise, beside what they keep."""

    n_clips: int
    accuracy: float  # the share of right answers
    confidence: float  # the mean of the highest probabilities
    expected_calibration_error: float  # mean distance of the two over the bins, by their clips
    brier_score: float  # mean squared distance of all probabilities from the truth, from 0 to 2
    bins: list[list[float]]  # n_clips, confidence, accuracy of clips of like confidence, ascending


def reliability(y: np.ndarray, probabilities: np.ndarray) -> Reliability:
    """Compare the highest probability of each clip with how often it is right.

    From true class numbers [shape=(n_clips,)] and probabilities [shape=(n_clips, n_classes)].

    References
    ----------
    Expected calibration error of the top label: Guo et al. 2017, On Calibration of Modern Neural
    Networks; 0 is perfect, and a small set scores above 0 by chance alone. Its curve differs from
    ``sklearn.calibration.calibration_curve``, which takes one class against the rest. Brier score
    of several classes: Brier 1950.
    """
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == y
    number = np.minimum((confidence * N_BINS).astype(int), N_BINS - 1)
    inside = (number == one for one in np.unique(number))
    bins = [[int(at.sum()), float(confidence[at].mean()), float(right[at].mean())] for at in inside]
    error = sum(n * abs(promised - kept) for n, promised, kept in bins) / len(y)
    brier = float(np.square(probabilities - np.eye(probabilities.shape[1])[y]).sum(axis=1).mean())
    return Reliability(len(y), float(right.mean()), float(confidence.mean()), error, brier, bins)


def at_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Return probabilities [shape=(n_clips, n_classes), dtype=float64] with divided logits.

    Above 1 a temperature makes them more modest, below 1 bolder; the best class stays best.
    """
    logits = np.log(np.maximum(probabilities.astype(np.float64), SMALLEST))
    return softmax(logits / temperature, axis=1)


def fitted_temperature(y: np.ndarray, probabilities: np.ndarray) -> float:
    """Return the temperature at which these clips, none of them trained on, are the most likely.

    From true class numbers [shape=(n_clips,)] and probabilities [shape=(n_clips, n_classes)].

    References
    ----------
    Temperature scaling: Guo et al. 2017. The truth is taken as a little less than certain, as in
    Platt 1999, so that a small set without a single error does not ask for boundless confidence.
    """
    from scipy.optimize import minimize_scalar

    n_clips, n_classes = probabilities.shape
    truth = (np.eye(n_classes)[y] * n_clips + 1) / (n_clips + n_classes)

    def cross_entropy(log_temperature: float) -> float:
        answers = at_temperature(probabilities, np.exp(log_temperature))
        return -(truth * np.log(answers)).sum(axis=1).mean()

    found = minimize_scalar(cross_entropy, bounds=np.log(TEMPERATURES), method="bounded")
    return float(np.exp(found.x))


def reliability_diagram(curves: Mapping[str, Reliability]) -> "Figure":
    """Draw the share of right answers against the probability given; the diagonal is perfect.

    Each titled reliability has a panel. The number over a point says how many clips are behind it.
    """
    from subgenre.data.drawing import INK, OKABE_ITO, PageFigure, use_style

    use_style()
    figure = PageFigure(figsize=(4.6 * len(curves), 4.2), layout="constrained")
    panels = figure.subplots(1, len(curves), sharey=True, squeeze=False)[0]
    for axes, (title, one) in zip(panels, curves.items(), strict=True):
        _, confidence, accuracy = zip(*one.bins, strict=True)
        axes.plot([0, 1], [0, 1], linestyle=":", color=INK)
        axes.vlines(confidence, accuracy, confidence, color=OKABE_ITO[3], linewidth=1)
        axes.plot(confidence, accuracy, marker="o", color=OKABE_ITO[0])
        for n, x, y in one.bins:
            place = (0, 6 if y >= x else -14)  # off the red line
            axes.annotate(n, (x, y), place, textcoords="offset points", ha="center", fontsize=8)
        axes.set(title=title, xlabel="probability of the answer", aspect="equal")
        axes.axis((0, 1.02, 0, 1.08))
    panels[0].set_ylabel("share of right answers")
    return figure
