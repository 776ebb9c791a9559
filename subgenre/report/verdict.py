"""Comparisons and verdicts for the pages: tables, and the tables read aloud."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from IPython.display import Markdown
from pandas.io.formats.style import Styler

from subgenre.report.claims import Judgement
from subgenre.report.tables import NBSP, WRAPPED, page_table
from subgenre.report.words import listed
from subgenre.study.comparisons import Answer, Comparison, answer, holm

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


def measured(one: Comparison) -> str:
    """Return a difference as ``+0.12 [+0.08, +0.15]``, without brackets for a single run."""
    text = signed(one.estimate.mean)
    if np.isfinite(one.estimate.low):
        text += f" [{signed(one.estimate.low)},{NBSP}{signed(one.estimate.high)}]"
    return f"{text} ({one.n_diverged} diverged)" if one.n_diverged else text


def contrasts_table(contrasts: pd.DataFrame, caption: str) -> Styler:
    """Return `level_contrasts` as a table, its last column with adjusted p values; see `NOTE`.

    What is no contrast, but a text, stays as it is.
    """
    texts = contrasts.map(lambda one: measured(one) if isinstance(one, Comparison) else one)
    adjusted = holm([one.estimate.p_value for one in contrasts.iloc[:, -1]])
    texts[texts.columns[-1]] += list(map(p_text, adjusted))
    return page_table(texts, f"{caption} {NOTE}", index=True, css=WRAPPED)


def networks_table(contrasts: Mapping[str, Comparison], caption: str) -> Styler:
    """Return `network_contrasts` as a table; see `NOTE`."""
    return contrasts_table(pd.DataFrame({"mean over the levels": contrasts}), caption)


#: What macro F1 is, by the answer to a contrast.
BESIDE: Mapping[Answer, str] = {
    "holds": "higher with",
    "reversed": "lower with",
    "practically equal": "practically the same with",
    "cannot be told": "perhaps different with",
}


def told(
    contrasts: pd.DataFrame | Mapping[str, Comparison],
    lead: str = "",
    words: Mapping[Answer, str] = BESIDE,
) -> Markdown:
    """Say in one sentence what came out of contrasts, of a frame what of its last column.

    Names of two parts are joined; what all are compared with is named once, unless there is a lead.
    """
    last = contrasts.iloc[:, -1] if isinstance(contrasts, pd.DataFrame) else pd.Series(contrasts)
    adjusted = holm([one.estimate.p_value for one in last])
    if np.isnan(adjusted).any():
        return Markdown(f"{NEEDS_SEEDS}, so none of these can be told from chance.")
    names = [name if isinstance(name, str) else ": ".join(name) for name in last.index]
    common, *others = {name.rpartition(" − ")[2] for name in names}
    found: dict[str, list[str]] = {one: [] for one in words.values()}
    for name, one, p in zip(names, last, adjusted, strict=True):
        about = name.replace(" − ", "* against *") if others else name.partition(" − ")[0]
        said = f"*{about}* ({signed(one.estimate.mean)})"
        found[words[answer(one.estimate, p)]].append(said)
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
    "cannot be told": ("cannot be told from chance", "cannot be told from chance"),
}


def tally(judgements: Sequence[Judgement], of: str = "of the paper's") -> Markdown:
    """Return how many claims of some kind got which answer, as one sentence."""
    found = [one.verdict for one in judgements]
    if np.isnan(judgements[0].p_adjusted):
        return Markdown(f"{NEEDS_SEEDS}, so none of the {len(found)} claims can be told.")
    parts = [f"{n} {words[n > 1]}" for one, words in FARED.items() if (n := found.count(one))]
    return Markdown(f"{of[0].upper()}{of[1:]} {len(found)} claims, {listed(parts)}.")


def claims_table(judgements: Sequence[Judgement], caption: str) -> Styler:
    """Return a line per claim: verdict, what was printed and measured, p value, power."""
    lines = []
    for one in judgements:
        claim, found = one.claim, one.comparison
        compared = ": ".join(filter(None, (claim.network, claim.contrast)))
        if found.chosen:
            compared += f" (best: {' and '.join(found.chosen)})"
        paper = "" if claim.printed is None else signed(claim.printed)
        known = np.isfinite(one.p_adjusted)
        lines.append(
            {
                "claim, and what is compared": f"{claim.text}\n{compared}",
                "verdict": one.verdict,
                "paper": paper and f"{paper}\n({claim.table.replace('Table ', f'Table{NBSP}')})",
                "here, p adjusted": measured(found) + p_text(one.p_adjusted),
                "found from": f"{found.estimate.smallest:.2f}" if known else "–",
                "one pair": f"±{found.estimate.single:.2f}" if known else "–",
                "turns": _turn_text(one),
            }
        )
    frame = pd.DataFrame(lines)
    if printed := [one for one in judgements if one.claim.printed is not None]:
        n_single = sum(one.is_single_pair for one in printed)
        shown = f"{n_single} of the {len(printed)} printed differences"
        caption += f" One pair of runs could well have shown {shown}."
    else:
        frame = frame.drop(columns=["paper", "one pair"])
    return page_table(frame, caption, css=WRAPPED)


def _turn_text(one: Judgement) -> str:
    """Return how far the mean would have to move for another verdict, and which."""
    if one.turn is None:
        return "–"
    return "{:+.3f}\n{}".format(*one.turn).replace("-", "−")
