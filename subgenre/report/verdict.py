"""Comparisons and verdicts for the pages: tables, and the tables read aloud."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from IPython.display import Markdown
from pandas.io.formats.style import Styler

from subgenre.plumbing.text import listed
from subgenre.report.claims import Judgement
from subgenre.report.tables import NBSP, WRAPPED, page_table
from subgenre.study.comparisons import Answer, Comparison, answer, holm
from subgenre.study.intervals import Estimate

NEEDS_SEEDS = "A paired comparison needs at least two seeds, and there is one here"
NOTE = "Brackets: 95 % interval; p adjusted by Holm's method over the lines of the column."


def signed(number: float) -> str:
    """Return a difference as ``+0.12``, ``−0.12`` or ``0.00``."""
    text = f"{number:+.2f}"
    return "0.00" if float(text) == 0 else text.replace("-", "−")


def p_text(p_value: float) -> str:
    """Return a line with a p value, ``p = 0.43``, ``p = 0.012`` or ``p < 0.001``, none of NaN."""
    if np.isnan(p_value):
        return ""
    digits = 2 if p_value >= 0.1 else 3
    return "\np < 0.001" if p_value < 0.001 else f"\np = {p_value:.{digits}f}"


def measured(one: Estimate) -> str:
    """Return a difference as ``+0.12 [+0.08, +0.15]``, without brackets for a single run."""
    text = signed(one.mean)
    if np.isfinite(one.low):
        text += f" [{signed(one.low)},{NBSP}{signed(one.high)}]"
    return text


def contrasts_table(contrasts: pd.DataFrame, caption: str) -> Styler:
    """Return `level_contrasts` as a table, its last column with adjusted p values; see `NOTE`.

    What is no contrast, but a text, stays as it is.
    """
    texts = contrasts.map(
        lambda one: measured(one.estimate) if isinstance(one, Comparison) else one
    )
    adjusted = holm([one.estimate.p_value for one in contrasts.iloc[:, -1]])
    texts[texts.columns[-1]] += list(map(p_text, adjusted))
    return page_table(texts, f"{caption} {NOTE}", index=True, css=WRAPPED)


#: What macro F1 is, by the answer to a contrast.
BESIDE: Mapping[Answer, str] = {
    "holds": "higher with",
    "reversed": "lower with",
    "practically equal": "practically the same with",
    "cannot be told": "higher or lower, which cannot be told, with",
}


def told(
    contrasts: pd.DataFrame | Mapping[str, Comparison],
    lead: str = "",
    words: Mapping[Answer, str] = BESIDE,
) -> Markdown:
    """Say in one sentence what came out of contrasts, of a frame what of its last column.

    What all are compared with is named once, unless there is a lead.
    """
    last = contrasts.iloc[:, -1] if isinstance(contrasts, pd.DataFrame) else pd.Series(contrasts)
    adjusted = holm([one.estimate.p_value for one in last])
    if np.isnan(adjusted).any():
        return Markdown(f"{NEEDS_SEEDS}, so none of these can be told.")
    common, *others = {name.rpartition(" − ")[2] for name in last.index}
    found: dict[str, list[str]] = {one: [] for one in words.values()}
    for name, one, p in zip(last.index, last, adjusted, strict=True):
        about = name.replace(" − ", "* against *") if others else name.partition(" − ")[0]
        found[words[answer(one.estimate, p)]].append(f"*{about}* ({signed(one.estimate.mean)})")
    against = "" if others else f"Against *{common}*, "
    mean = "in the mean of the three networks, " * isinstance(contrasts, pd.DataFrame)
    lead = lead or f"{against}{mean}macro F1 is"
    clauses = (f"{one} {listed(some)}" for one, some in found.items() if some)
    return Markdown(f"{lead[0].upper()}{lead[1:]} {'; '.join(clauses)}.")


#: What is said of one claim, or of several, by the verdict.
FARED: Mapping[Answer, tuple[str, str]] = {
    "holds": ("holds", "hold"),
    "reversed": ("is reversed", "are reversed"),
    "practically equal": ("is of a gap too small to matter", "are of gaps too small to matter"),
    "cannot be told": ("cannot be told", "cannot be told"),
}


def tally(judgements: Sequence[Judgement], of: str = "claims of the paper") -> Markdown:
    """Return how many claims got which answer, and how often the paper's number is far from ours.

    They are one sentence.
    """
    found = [one.verdict for one in judgements]
    if np.isnan(judgements[0].p_adjusted):
        return Markdown(f"{NEEDS_SEEDS}, so none of the {len(found)} claims can be told.")
    parts = [f"{n} {words[n > 1]}" for one, words in FARED.items() if (n := found.count(one))]
    far = sum(one.is_far for one in judgements)
    outside = f"; of {far}, what the paper printed lies outside our 95 % interval"
    return Markdown(f"Of {len(found)} {of}, {listed(parts)}{outside * bool(far)}.")


def claims_table(judgements: Sequence[Judgement], caption: str) -> Styler:
    """Return a line per claim: verdict, what was printed and measured, p value, power."""
    lines = []
    for one in judgements:
        claim, found = one.claim, one.comparison
        compared = ": ".join(filter(None, (claim.network, claim.contrast)))
        if found.chosen:
            compared += f" (best: {' and '.join(dict.fromkeys(found.chosen))})"
        paper = "" if np.isnan(claim.printed) else signed(claim.printed)
        known = np.isfinite(one.p_adjusted)
        lines.append(
            {
                "claim, and what is compared": f"{claim.text}\n{compared}",
                "verdict": one.verdict,
                "paper": paper and f"{paper}\n({claim.table.replace('Table ', f'Table{NBSP}')})",
                "here, p adjusted": measured(found.estimate) + p_text(one.p_adjusted),
                "found from": f"{found.estimate.smallest(one.limit):.2f}" if known else "–",
                "one pair": f"±{found.estimate.single:.2f}" if known else "–",
                # How far the mean would have to move for another verdict, and which.
                "turns": "{:+.3f}\n{}".format(*one.turn).replace("-", "−") if one.turn else "–",
            }
        )
    frame = pd.DataFrame(lines)
    if printed := [one for one in judgements if np.isfinite(one.claim.printed)]:
        n = sum(one.is_single_pair for one in printed)
        caption += f" One pair of runs could well have shown {n} of the {len(printed)} printed."
    else:
        frame = frame.drop(columns=["paper", "one pair"])
    return page_table(frame, caption, css=WRAPPED)
