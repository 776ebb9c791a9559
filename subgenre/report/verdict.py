"""Comparisons and verdicts for the pages: tables, and the tables read aloud."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd
from IPython.display import Markdown
from pandas.io.formats.style import Styler

from subgenre.report.claims import CLAIMS, VERDICTS, Judgement
from subgenre.report.spread import chance_gap, printed_repeats, seed_spread
from subgenre.report.tables import METRIC_TITLES, WORDY, WRAPPED, page_table
from subgenre.study.comparisons import ALPHA, Comparison
from subgenre.study.experiments import MODEL_TITLES
from subgenre.study.runner import Result

NBSP = "\N{NO-BREAK SPACE}"
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
    """Return paired comparisons as a table; those that are significant are bold.

    Parameters
    ----------
    pairs : DataFrame
        From `subgenre.study.comparisons.level_pairs` or `subgenre.study.comparisons.model_pairs`.
    caption : str
        What is compared.
    """
    single = any(one.interval is None for one in pairs["comparison"])
    note = (
        f"{NEEDS_SEEDS}: differences without interval or test."
        if single
        else "Mean difference over seeds, 95 % interval, p adjusted by Holm's method over the "
        f"table; bold where it is below {ALPHA:g}."
    )
    both = zip(pairs["comparison"], pairs["p_adjusted"], strict=True)
    texts = [
        measured(one) if p is None else f"{measured(one).replace(' [', f'{NBSP}[')}\np {_equals(p)}"
        for one, p in both
    ]
    css = ["font-weight: bold" if _significant(p) else "" for p in pairs["p_adjusted"]]
    frame, style = (_pivoted(pairs, values) for values in (texts, css))
    table = page_table(frame, f"{caption} {note}").apply(lambda _: style, axis=None)
    return table.set_table_styles(WRAPPED).format(escape="html")  # for the sign in p < 0.001


def _pivoted(pairs: pd.DataFrame, values: Sequence[str]) -> pd.DataFrame:
    rows, columns = (list(dict.fromkeys(pairs[name])) for name in ("row", "column"))
    frame = pairs.assign(value=values).pivot_table(
        index="row", columns="column", values="value", aggfunc="first"
    )
    return frame.loc[rows, columns].rename_axis(index=None, columns=None)


def _significant(p_value: float | None) -> bool:
    return p_value is not None and p_value < ALPHA


def _equals(p_value: float) -> str:
    text = p_text(p_value)
    return text if text.startswith("<") else f"= {text}"


def pairs(pairs: pd.DataFrame) -> Markdown:
    """Say how many paired differences are more than chance, and which is the largest."""
    if any(one.interval is None for one in pairs["comparison"]):
        return Markdown(
            f"{NEEDS_SEEDS}, so none of these {len(pairs)} differences can be told from chance."
        )
    sure = pairs[[_significant(p) for p in pairs["p_adjusted"]]]
    text = (
        f"Of {len(pairs)} differences, {len(sure)} are significant after Holm's correction "
        f"(adjusted p below {ALPHA:g})."
    )
    some, which = (sure, "largest of these") if len(sure) else (pairs, "largest of all")
    top = some.iloc[int(np.argmax([abs(one.difference) for one in some["comparison"]]))]
    text += f" The {which} is {top['row']}, {top['column']}: {measured(top['comparison'])}."
    n_diverged = sum(bool(one.n_diverged) for one in pairs["comparison"])
    if n_diverged:
        text += f" A run that diverged takes part in {n_diverged} of the comparisons."
    return Markdown(text)


def claims_table(judgements: Sequence[Judgement], caption: str) -> Styler:
    """Return a line per comparison: claim, what was printed and measured, p value, verdict."""
    lines, last = [], ""
    for one in judgements:
        claim, comparison = one.claim, one.comparison
        printed = (
            "–"
            if claim.printed is None
            else f"{signed(claim.printed)}\n({claim.table.replace('Table ', f'Table{NBSP}')})"
        )
        contrast = ": ".join(filter(None, (claim.network, claim.contrast)))
        lines.append(
            (
                claim.text if claim.text != last else "",
                f"{contrast} (best: {' and '.join(comparison.chosen)})"
                if comparison.chosen
                else contrast,
                printed,
                measured(comparison),
                "–" if one.p_adjusted is None else p_text(one.p_adjusted),
                ": ".join(filter(None, (one.verdict, one.reason))),
            )
        )
        last = claim.text
    columns = ["claim", "compared", "paper", "here", "p, adjusted", "verdict"]
    frame = pd.DataFrame(lines, columns=columns)
    if all(one.claim.printed is None for one in judgements):
        frame = frame.drop(columns="paper")
    table = page_table(frame, caption).set_table_styles(WORDY)
    return table.hide(axis="index").format(escape="html")


def claims(judgements: Sequence[Judgement]) -> Markdown:
    """Say how many claims hold, do not hold or cannot be told, and which."""
    if all(one.comparison.interval is None for one in judgements):
        return Markdown(
            f"{NEEDS_SEEDS}, so none of the {len(judgements)} lines can be told. The differences "
            "show what a single run of each setting gives, as in the paper."
        )
    n = Counter(one.verdict for one in judgements)
    smaller = sum(one.verdict == "holds" and "smaller" in one.reason for one in judgements)
    held = f"{n['holds']} hold" + (f" ({smaller} by less than printed)" if smaller else "")
    sentences = [
        f"Of {len(judgements)} lines, {held}, {n['does not hold']} do not hold and "
        f"{n['cannot be told']} cannot be told."
    ]
    for verdict in VERDICTS:
        some = [one for one in judgements if one.verdict == verdict]
        if some:
            sentences.append(f"- **{verdict.capitalize()}:** {_listed(some, judgements)}.")
    return Markdown("\n".join([sentences[0], "", *sentences[1:]]))


def _listed(some: Sequence[Judgement], table: Sequence[Judgement]) -> str:
    """Return claims as clauses, with the networks where a claim has several lines."""
    n_lines = Counter(one.claim.text for one in table)
    networks: dict[str, list[str]] = {}
    for one in some:
        networks.setdefault(one.claim.text, []).append(one.claim.network)
    return "; ".join(
        f"{text} ({', '.join(names)})" if n_lines[text] > 1 else text
        for text, names in networks.items()
    )


def diverged(result: Result) -> Markdown:
    """Count and name the runs that diverged."""
    names = {
        config: f"the {MODEL_TITLES[cell.model]} with *{cell.level}* (seed {config.seed})"
        for cell in result.cells
        for config in cell.configs
        if result.records[config].diverged
    }
    if not names:
        return Markdown(f"None of the {len(result.records)} runs diverged.")
    return Markdown(
        f"Of the {len(result.records)} runs {len(names)} diverged: {', '.join(names.values())}. "
        "Each counts with the score of its best epoch."
    )


def spread_table(result: Result, metric: str = "macro_f1") -> Styler:
    """Return how far seeds move the test score of one setting, per network."""
    found = seed_spread(result, metric)
    groups = [(title, found[found["model"] == model]) for model, title in MODEL_TITLES.items()]
    lines = [
        (
            title,
            len(some),
            int(some["n_seeds"].iloc[0]),
            *(_deviation(some["deviation"].agg(how)) for how in ("median", "min", "max")),
        )
        for title, some in [*groups, ("all", found)]
    ]
    columns = ["network", "settings", "seeds", "median", "smallest", "largest"]
    caption = f"Standard deviation over seeds of the test {METRIC_TITLES[metric]} of one setting."
    return page_table(pd.DataFrame(lines, columns=columns), caption).hide(axis="index")


def _deviation(number: float) -> str:
    return "–" if np.isnan(number) else f"{number:.3f}"


def spread(result: Result, metric: str = "macro_f1") -> Markdown:
    """Weigh the gaps that the paper prints by the spread between seeds, ours and its own."""
    median = float(seed_spread(result, metric)["deviation"].median())
    gaps = [
        claim.printed
        for claim in CLAIMS
        if claim.margin is None and claim.first.kind in ("mean", "best") and claim.printed
    ]
    if np.isnan(median):
        first = "The spread between seeds needs at least two seeds, and there is one here."
    else:
        gap = chance_gap(median)
        n_small = sum(abs(one) < gap for one in gaps)
        first = (
            f"At the median spread of {median:.3f}, two single runs of one and the same setting "
            f"differ by up to {gap:.2f} in 95 % of cases. The paper compares single runs, and "
            f"{n_small} of the {len(gaps)} differences between scores in the table of its claims "
            f"{'is' if n_small == 1 else 'are'} smaller than that."
        )
    repeats = ", ".join(
        f"{name} from {min(scores):.2f} to {max(scores):.2f}"
        for name, scores in printed_repeats().items()
    )
    return Markdown(f"{first} Between the paper's own tables, the same name has: {repeats}.")
