"""The front page: the answer in three sentences, and the paper's claims in one picture."""

import textwrap
from collections.abc import Sequence
from typing import Any, get_args

import numpy as np
from IPython.display import Markdown
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from subgenre.data.drawing import INK, OKABE_ITO, PageFigure
from subgenre.report.claims import Judgement
from subgenre.report.tables import score_estimate
from subgenre.report.verdict import tally
from subgenre.report.words import listed
from subgenre.study.comparisons import MARGIN, Answer
from subgenre.study.experiments import MODEL_TITLES
from subgenre.study.runner import Result

PLACES = {
    "cnn": "has no memory (CNN)",
    "crnn": "has its memory behind the convolutions (CRNN)",
    "cnn_rnn": "has its memory beside the convolutions (CNN-RNN)",
}
#: What is said of the best network's lead over another one, by the verdict on the two.
LEADS: dict[Answer, str] = {
    **dict.fromkeys(get_args(Answer)[:2], "is more than chance"),
    **{"practically equal": "is too small to matter", "cannot be told": "may be chance"},
}
#: What a memory does, by the verdict on its network's lead over the CNN.
DOES: dict[Answer, str] = {
    "holds": "helped",
    "reversed": "did harm",
    "practically equal": "made no difference that matters",
    "cannot be told": "made a difference that may be chance",
}
VERDICT_COLOURS = dict(zip(get_args(Answer), (*OKABE_ITO[2:4], OKABE_ITO[0], INK), strict=True))
LETTERS = 54  # of a claim on one line of the picture


def sentences(result: Result, judged: Sequence[Judgement]) -> Markdown:
    """Return which network is best, how the claims fare, and what that means for a memory.

    The first three judgements are of the networks in pairs, each with its best optimizer.
    """
    counts = tally(judged)
    if np.isnan(judged[0].p_adjusted):
        return counts
    said = _best(result, judged[:3]), counts.data, _memory(judged[:2])
    return Markdown("\n\n".join(said))


def _best(result: Result, pairs: Sequence[Judgement]) -> str:
    """Say which network is right most often, and which of its leads are more than chance."""
    scores, verdicts = {}, {}
    for one in pairs:
        models = one.claim.first.models[0], one.claim.second.models[0]
        verdicts[frozenset(models)] = one.verdict
        for model, level in zip(models, one.comparison.chosen, strict=True):
            name = ("optimizers", level, model)
            cells = (c for c in result.cells if (c.experiment, c.level, c.model) == name)
            scores[model] = score_estimate(result, next(cells), "accuracy").mean
    best, *others = sorted(scores, key=lambda model: -scores[model])
    leads = [LEADS[verdicts[frozenset((best, model))]] for model in others]
    over = [f"over the {MODEL_TITLES[one]} {it}" for one, it in zip(others, leads, strict=True)]
    said = listed(over) if len({*leads}) > 1 else f"over both {leads[0]}"
    n_classes = len(next(iter(result.records.values())).data["labels"])
    against = listed([f"{scores[model]:.0%} ({MODEL_TITLES[model]})" for model in others])
    return (
        f"The network that did best {PLACES[best]}: it named the right one of {n_classes} dances "
        f"in {scores[best]:.0%} of the noisy ten-second clips, against {against}, and "
        f"{1 / n_classes:.0%} by guessing; its lead {said}."
    )


def _memory(hybrids: Sequence[Judgement]) -> str:
    """Say whether a network with a memory beats the CNN, and by how much beside the paper."""
    behind, beside = (DOES[one.verdict] for one in hybrids)
    places = f"{behind} behind the convolutions and {beside} beside them"
    does = f"{behind}, behind the convolutions and beside them" if behind == beside else places
    pairs = [(one.claim.printed or 0.0, one.comparison.estimate.mean) for one in hybrids]
    printed, found = (
        listed([f"{round(100 * number):+d}".replace("-", "−") for number in numbers])
        for numbers in zip(*pairs, strict=True)
    )
    return (
        f"So on this music a memory {does}: the leads over the CNN, {printed} percentage points "
        f"in the paper, are {found} here."
    )


def forest(judged: Sequence[Judgement]) -> Figure:
    """Draw the claims by verdict: what the paper printed, and what was found with its interval."""
    groups = {
        verdict: some
        for verdict in get_args(Answer)
        if (some := [one for one in judged if one.verdict == verdict])
    }
    figure = PageFigure(figsize=(5.4, 1), layout="constrained")
    axes = figure.subplots()
    height = 0.0
    for verdict, some in groups.items():
        height += 1.6
        title = f"{verdict} ({len(some)})".capitalize()
        style = {"fontsize": 13, "fontweight": "bold", "color": VERDICT_COLOURS[verdict]}
        _write(axes, height, title, **style)
        for one in some:
            for line in textwrap.wrap(one.claim.text, LETTERS):
                height += 1
                _write(axes, height, line, fontsize=11)
            height += 0.9
            _draw_claim(axes, height, one)
            height += 0.3
    figure.set_figheight(0.22 * height + 1.2)
    axes.set(ylim=(height + 0.8, 0.4), yticks=[], xlabel="difference; to the right, as claimed")
    axes.spines["left"].set_visible(False)
    named = dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
    figure.legend(named.values(), named, loc="outside upper left", ncols=2, fontsize=11)
    return figure


def _write(axes: Axes, height: float, text: str, **style: Any) -> None:
    axes.text(0, height, text, transform=axes.get_yaxis_transform(), va="center", **style)


def _draw_claim(axes: Axes, height: float, one: Judgement) -> None:
    found, colour = one.comparison.estimate, VERDICT_COLOURS[one.verdict]
    band: dict[str, Any] = {"color": INK, "alpha": 0.15, "linewidth": 0}
    ends = [height - 0.6, height + 0.6]
    axes.fill_betweenx(ends, -MARGIN, MARGIN, label="too small to matter", **band)
    axes.plot([0, 0], ends, color=INK, linewidth=1)
    if one.claim.printed is not None:
        hollow: dict[str, Any] = {"mfc": "none", "ms": 8, "mew": 1.5, "linestyle": ""}
        axes.plot(one.claim.printed, height, "D", color=INK, label="the paper printed", **hollow)
    reach = None if np.isnan(found.low) else found.high - found.mean
    style: dict[str, Any] = {"color": colour, "fmt": "o", "capsize": 3, "linewidth": 2}
    axes.errorbar(found.mean, height, xerr=reach, label="found here, 95 % interval", **style)
