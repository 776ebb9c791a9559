"""The front page: the answer in three sentences, and the paper's claims in one picture."""

import textwrap
from collections.abc import Sequence
from typing import Any, get_args

import altair as alt
import numpy as np
import pandas as pd
from IPython.display import Markdown

from subgenre.data.drawing import INK, OKABE_ITO
from subgenre.plumbing.text import listed
from subgenre.report import charts
from subgenre.report.claims import Judgement
from subgenre.report.tables import NBSP, score_estimate
from subgenre.report.verdict import tally
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
    "cannot be told": "made no difference that can be told",
}
VERDICT_COLOURS = dict(zip(get_args(Answer), (*OKABE_ITO[2:4], OKABE_ITO[0], INK), strict=True))
LETTERS, LINES, ROW = 60, 2, 54  # of a claim in the picture: on a line, most lines, pixels


def sentences(result: Result, judged: Sequence[Judgement]) -> Markdown:
    """Return which network is best, how the claims fare, and what that means for a memory.

    The first three judgements are of the networks in pairs, each with its best optimizer.
    """
    counts = tally(judged)
    if np.isnan(judged[0].p_adjusted):
        return counts
    return Markdown("\n\n".join((_best(result, judged[:3]), counts.data, _memory(judged[:2]))))


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
    said = ", that ".join(over) if len({*leads}) > 1 else f"over both {leads[0]}"
    n_classes = len(next(iter(result.records.values())).data["labels"])
    against = listed([f"{scores[model]:.0%} ({MODEL_TITLES[model]})" for model in others])
    return (
        f"The network that did best {PLACES[best]}: it named the right one of {n_classes} dances "
        f"in {scores[best]:.0%} of the noisy ten-second clips, against {against}, each with the "
        f"optimizer that validated best, and {1 / n_classes:.0%} by guessing; its lead {said}."
    )


def _memory(hybrids: Sequence[Judgement]) -> str:
    """Say whether a network with a memory beats the CNN, and by how much beside the paper."""
    behind, beside = (DOES[one.verdict] for one in hybrids)
    places = f"{behind} behind the convolutions and {beside} beside them"
    does = f"{behind}, behind the convolutions and beside them" if behind == beside else places
    pairs = [(one.claim.printed, one.comparison.estimate.mean) for one in hybrids]
    printed, found = (
        listed([f"{round(100 * number):+d}".replace("-", "−") for number in numbers])
        for numbers in zip(*pairs, strict=True)
    )
    return (
        f"So on this music a memory {does}: the leads over the CNN, {printed} percentage points "
        f"in the paper's Table 2, are {found} here."
    )


def forest(judged: Sequence[Judgement]) -> charts.Chart:
    """Return the claims by verdict: what the paper printed, and what was found, as intervals."""
    rows: list[dict[str, object]] = []
    for verdict in VERDICT_COLOURS:
        some = [one for one in judged if one.verdict == verdict]
        heading = f"{verdict.upper()} ({len(some)})"
        rows += [{"claim": [NBSP] * LINES + [heading], "series": verdict}] * bool(some)
        for one in some:
            found, claim = one.comparison.estimate, textwrap.wrap(one.claim.text, LETTERS)
            about = {"claim": [NBSP, *claim][-LINES:], "series": verdict}
            numbers = {"found": found.mean, "low": found.low, "high": found.high}
            rows.append({**about, "the paper": one.claim.printed, **numbers})
    frame = pd.DataFrame(rows).rename_axis("place").reset_index()
    panel = charts.bare(frame, "", ROW * len(rows)).transform_filter(charts.SHOWN)
    y = alt.Y("place:O", axis=None)
    panel = panel.encode(y=y, color=charts.coloured(VERDICT_COLOURS))
    across: Any = {"title": "difference; to the right, as claimed", "axis": alt.Axis(tickCount=6)}
    middle, low, paper = (alt.X(f"{one}:Q", **across) for one in ("found", "low", "the paper"))
    band = panel.encode(x=alt.datum(-MARGIN), x2=alt.datum(MARGIN), color=alt.value(INK))
    band = band.transform_filter("isValid(datum.found)")
    above: dict[str, Any] = {"align": "left", "baseline": "top", "dy": -14 * LINES - 12}
    layers = [
        band.mark_bar(height=20, opacity=0.15),
        panel.encode(x=low, x2="high:Q").mark_rule(strokeWidth=2),
        panel.encode(x=middle).mark_circle(size=60, opacity=1),
        panel.encode(x=paper).mark_point(shape="diamond", size=90),
        panel.encode(x=alt.value(0), text="claim:N").mark_text(fontSize=12, **above),
    ]
    said = "A line per claim, by verdict: the paper's number as a diamond, ours as an interval."
    return charts.Chart(said, [charts.stacked(layers)], VERDICT_COLOURS)
