"""Comparisons and verdicts for the pages: tables, and the tables read aloud."""

from collections.abc import Sequence
from typing import get_args

import numpy as np
import pandas as pd
from IPython.display import Markdown
from pandas.io.formats.style import Styler
from scipy.stats import norm

from subgenre.report.claims import CLAIMS, Judgement, Verdict
from subgenre.report.tables import NBSP, PAPER, WORDY, WRAPPED, page_table
from subgenre.study.comparisons import ALPHA, Comparison
from subgenre.study.experiments import MODEL_TITLES
from subgenre.study.intervals import LEVEL
from subgenre.study.runner import Result

NEEDS_SEEDS = "A paired comparison needs at least two seeds, and there is one here"


def signed(number: float) -> str:
    """Return a difference as ``+0.12``, ``−0.12`` or ``0.00``."""
    text = f"{number:+.2f}"
    return "0.00" if float(text) == 0 else text.replace("-", "−")


def p_text(p_value: float) -> str:
    """Return a p value as ``0.43``, ``0.012`` or ``< 0.001``."""
    if p_value < 0.001:
        return "< 0.001"
    return f"{p_value:.2f}" if p_value >= 0.1 else f"{p_value:.3f}"


def measured(comparison: Comparison) -> str:
    """Return a difference as ``+0.12 [+0.08, +0.15]``, without brackets for a single seed."""
    text = signed(comparison.difference)
    if comparison.interval is not None:
        text += f" [{f',{NBSP}'.join(map(signed, comparison.interval))}]"
    return f"{text} ({comparison.n_diverged} diverged)" if comparison.n_diverged else text


def pairs_table(pairs: pd.DataFrame, caption: str) -> Styler:
    """Return `level_pairs` or `model_pairs` as a table; those that are significant are bold."""
    note = (
        f"{NEEDS_SEEDS}: differences without interval or test."
        if pairs["comparison"].iloc[0].interval is None
        else "Mean difference over seeds, 95 % interval, p adjusted by Holm's method over the "
        f"table; bold where it is below {ALPHA:g}."
    )
    texts = [measured(one) for one in pairs["comparison"]]
    for i, p_value in enumerate(pairs["p_adjusted"]):
        if p_value is not None:
            words = f"p = {p_text(p_value)}".replace("= <", "<")
            texts[i] = f"{texts[i].replace(' [', f'{NBSP}[')}\n{words}"
    rows, columns = pairs["row"].unique(), pairs["column"].unique()
    shape = (len(rows), len(columns))
    frame = pd.DataFrame(np.reshape(texts, shape), rows, columns)
    bold = np.reshape(_significant(pairs), shape)
    return page_table(frame, f"{caption} {note}", index=True, css=WRAPPED, bold=bold)


def _significant(pairs: pd.DataFrame) -> list[bool]:
    return [p_value is not None and p_value < ALPHA for p_value in pairs["p_adjusted"]]


def significant(pairs: pd.DataFrame) -> Markdown:
    """Say how many paired differences are more than chance."""
    if pairs["comparison"].iloc[0].interval is None:
        return Markdown(f"{NEEDS_SEEDS}, so none of these {len(pairs)} can be told from chance.")
    n_sure = sum(_significant(pairs))
    return Markdown(f"{n_sure} of {len(pairs)} differences have an adjusted p below {ALPHA:g}.")


def claims_table(judgements: Sequence[Judgement], caption: str) -> Styler:
    """Return a line per comparison: claim, what was printed and measured, p value, verdict."""
    lines = []
    for one in judgements:
        claim, comparison = one.claim, one.comparison
        compared = ": ".join(filter(None, (claim.network, claim.contrast)))
        if comparison.chosen:
            compared += f" (best: {' and '.join(comparison.chosen)})"
        paper = "" if claim.printed is None else signed(claim.printed)
        lines.append(
            {
                "claim": claim.text,
                "compared": compared,
                "paper": paper and f"{paper}\n({claim.table.replace('Table ', f'Table{NBSP}')})",
                "here": measured(comparison),
                "p, adjusted": "–" if one.p_adjusted is None else p_text(one.p_adjusted),
                "verdict": ": ".join(filter(None, (one.verdict, one.reason))),
            }
        )
    frame = pd.DataFrame(lines)
    frame["claim"] = frame["claim"].where(frame["claim"] != frame["claim"].shift(), "")
    if not any(frame["paper"]):
        frame = frame.drop(columns="paper")
    return page_table(frame, caption, css=WORDY)


def verdicts(judgements: Sequence[Judgement]) -> Markdown:
    """Say how many claims hold, do not hold or cannot be told, and which."""
    if all(one.comparison.interval is None for one in judgements):
        return Markdown(f"{NEEDS_SEEDS}, so none of the {len(judgements)} lines can be told.")
    parts = []
    for verdict in get_args(Verdict):
        networks: dict[str, list[str]] = {}
        some = [one for one in judgements if one.verdict == verdict]
        for one in some:
            networks.setdefault(one.claim.text, []).extend(filter(None, [one.claim.network]))
        named = [f"{text} ({', '.join(of)})" if of else text for text, of in networks.items()]
        count = f"{len(some)} of {len(judgements)}"
        if smaller := sum(one.reason == "smaller than printed" for one in some):
            count += f", {smaller} by less than printed"
        parts.append(f"- **{verdict.capitalize()}** ({count}): {'; '.join(named) or 'none'}.")
    return Markdown("\n".join(parts))


def seed_spread(result: Result) -> pd.DataFrame:
    """Return ``model``, ``n_seeds`` and the ``deviation`` of test macro F1 of each setting."""
    rows = {}
    for cell in result.cells:
        scores = pd.Series([one.scores["test"]["macro_f1"] for one in result.of(cell)])
        rows[cell.configs] = (cell.model, scores.std(), len(scores))
    return pd.DataFrame(rows.values(), columns=["model", "deviation", "n_seeds"])


def spread_table(result: Result) -> Styler:
    """Return how far seeds move the test score of one setting, per network."""
    found = seed_spread(result)
    groups = {title: found[found["model"] == model] for model, title in MODEL_TITLES.items()}
    lines = []
    for title, some in {**groups, "all": found}.items():
        ends = some["deviation"].agg(["median", "min", "max"])
        texts = ["–" if np.isnan(number) else f"{number:.3f}" for number in ends]
        lines.append((title, len(some), some["n_seeds"].iloc[0], *texts))
    columns = ("network", "settings", "seeds", "median", "smallest", "largest")
    caption = "Standard deviation over seeds of the test macro F1 of one setting."
    return page_table(lines, caption, columns)


def spread(result: Result) -> Markdown:
    """Weigh the gaps that the paper prints by the spread between seeds, ours and its own."""
    printed = PAPER["macro_f1"].xs("test", level="set")
    with_adam = printed.xs("cnn", level="model").drop(["Adadelta", "RMSprop"], level="level")
    best = printed.groupby(["model", "experiment"]).max()
    repeats = {"CNN with Adam": with_adam}
    repeats |= {f"best {MODEL_TITLES[model]}": best[model] for model in ("crnn", "cnn_rnn")}
    ranges = [f"{name} from {min(some):.2f} to {max(some):.2f}" for name, some in repeats.items()]
    text = f"Between the paper's own tables, the same name has: {', '.join(ranges)}."
    median = float(seed_spread(result)["deviation"].median())
    if np.isnan(median):
        return Markdown(f"The spread between seeds needs at least two seeds. {text}")
    gap = norm.ppf((1 + LEVEL) / 2) * np.sqrt(2) * median  # a difference varies twice
    claims = [one for one in CLAIMS if one.margin is None and one.first.kind in ("mean", "best")]
    n_small = sum(abs(one.printed or 0) < gap for one in claims)
    return Markdown(
        f"At the median spread of {median:.3f}, two single runs of one setting differ by up to "
        f"{gap:.2f} in 95 % of cases. Smaller than that: {n_small} of the {len(claims)} "
        f"differences between single runs in the table of the paper's claims. {text}"
    )
