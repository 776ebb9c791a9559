"""The baselines beside the networks: their table, and the table read aloud."""

from dataclasses import replace

import numpy as np
import pandas as pd
from IPython.display import Markdown
from pandas.io.formats.style import Styler

from subgenre.models.baselines import METHODS, SCORE_READERS
from subgenre.report.tables import WORDY, WRAPPED, page_table, score_text, tidy
from subgenre.study.experiments import MODEL_TITLES
from subgenre.study.runner import Result

LEVEL = "Adam"
"""The level of the optimizers at which networks are compared: the setting all experiments share."""


def methods(baselines: Result) -> Styler:
    """Return a table of what each baseline knows of a clip and what validation chooses for it."""
    lines = [(name, METHODS[name].knows, METHODS[name].chooses) for name in _names(baselines)]
    columns = ["method", "knows of a clip", "chosen on the validation set"]
    caption = "What the simple methods know, and what is left to choose."
    table = page_table(pd.DataFrame(lines, columns=columns), caption).hide(axis="index")
    return table.set_table_styles(WORDY)


def table(baselines: Result, networks: Result) -> Styler:
    """Return a table with a row per method: those that hear, the networks, those that read.

    Parameters
    ----------
    baselines : Result
        Of `subgenre.study.runner.baseline_results`.
    networks : Result
        Of the experiment ``optimizers``, same profile and data set.

    Returns
    -------
    Styler
        Macro F1 on all three sets and accuracy on the test set, with intervals for the latter set.
    """
    rows = pd.concat([scores(baselines), scores(_at_level(networks))])
    heard = [name for name in _names(baselines) if name not in SCORE_READERS]
    read = [name for name in _names(baselines) if name in SCORE_READERS]
    lines = [_line(name, rows) for name in [*heard, *MODEL_TITLES.values(), *read]]
    caption = f"Simple methods and reference lines beside the networks, trained with {LEVEL}."
    table = page_table(pd.DataFrame(lines), caption).hide(axis="index")
    return table.set_table_styles(WRAPPED)


def _line(name: str, rows: pd.DataFrame) -> dict[str, str]:
    own = rows[rows["name"] == name]

    def score(metric: str, part: str) -> str:
        return score_text(own[(own["metric"] == metric) & (own["split"] == part)].iloc[0])

    return {
        "method": name,
        "knows of a clip": METHODS[name].knows if name in METHODS else "the spectrogram",
        "macro F1, train": score("macro_f1", "train"),
        "macro F1, validation": score("macro_f1", "validation"),
        "macro F1, test": score("macro_f1", "test"),
        "accuracy, test": score("accuracy", "test"),
    }


def scores(result: Result) -> pd.DataFrame:
    """Return the tidy rows of a result with a column ``name``: the baseline's or the network's."""
    rows = tidy(result)
    return rows.assign(name=rows["model"].map(MODEL_TITLES).fillna(rows["level"]))


def _at_level(networks: Result) -> Result:
    return replace(networks, cells=tuple(c for c in networks.cells if c.level == LEVEL))


def _names(baselines: Result) -> list[str]:
    return [cell.level for cell in baselines.cells]


def _tests(result: Result) -> pd.DataFrame:
    """Return the rows of the test macro F1, by name."""
    rows = scores(result)
    return rows[(rows["metric"] == "macro_f1") & (rows["split"] == "test")].set_index("name")


def hearing(baselines: Result, networks: Result) -> Markdown:
    """Say how far the networks are above the methods that hear the same clips."""
    simple, deep = _tests(baselines), _tests(_at_level(networks))
    heard = [name for name in _names(baselines) if METHODS[name].hears]
    best = str(simple.loc[heard, "mean"].idxmax())
    floor = simple.loc[best]
    gains = (deep["mean"] - floor["mean"]).sort_values(ascending=False)
    constant = simple["mean"]["majority"]
    first, last = str(gains.index[0]), str(gains.index[-1])
    above = f"{sum(gains > 0)} of the {len(gains)} networks score higher"
    if np.isfinite(floor["ci_high"]):
        n_clear = sum(deep["ci_low"] > floor["ci_high"])
        above += f", {n_clear} of them with an interval that lies wholly above its interval"
    return Markdown(
        f"Always giving the commonest answer scores {constant:.2f}. Of the simple methods that "
        f"hear the clips, *{best}* scores highest: macro F1 {floor['mean']:.2f}. "
        f"{above}. The {first} is {_apart(gains[first])} it, the {last} {_apart(gains[last])} it. "
        f"{_certainty(simple)}"
    )


def reading(baselines: Result, networks: Result) -> Markdown:
    """Say where the best network stands among the reference lines that read the score."""
    simple, deep = _tests(baselines)["mean"], _tests(_at_level(networks))["mean"]
    if not set(SCORE_READERS) <= set(simple.index):
        return Markdown(
            "This data set does not come with its written notes, so the reference lines that read "
            "them are left out."
        )
    heard, printed, notes = (simple[name] for name in SCORE_READERS)
    best = str(deep.idxmax())
    return Markdown(
        f"Knowing the metre that can be heard, and nothing else, gives a macro F1 of {heard:.2f}; "
        f"the printed metre gives {printed:.2f} and the written notes {notes:.2f}. The highest "
        f"network, the {best}, scores {deep[best]:.2f}: {_apart(deep[best] - heard)} the first "
        f"line, {_apart(deep[best] - printed)} the second and {_apart(deep[best] - notes)} the "
        "third."
    )


def _apart(gap: float) -> str:
    return f"{abs(gap):.2f} {'above' if gap > 0 else 'below'}"


def _certainty(rows: pd.DataFrame) -> str:
    n_seeds = int(rows["n_seeds"].iloc[0])
    if n_seeds == 1:
        return "This is a single seed, so there is no interval."
    return f"Brackets hold 95 % bootstrap intervals over {n_seeds} seeds."
