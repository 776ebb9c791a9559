"""The baselines beside the networks: their table, and the table read aloud."""

from dataclasses import replace

import numpy as np
import pandas as pd
from IPython.display import Markdown
from pandas.io.formats.style import Styler

from subgenre.data.dataset import SETS
from subgenre.models.baselines import METHODS, SCORE_READERS
from subgenre.report.tables import METRIC_TITLES, WORDY, WRAPPED, page_table, score_text, tidy
from subgenre.report.words import certainty
from subgenre.study.experiments import MODEL_TITLES
from subgenre.study.runner import Result

#: The level of the optimizers at which networks are compared: the setting all experiments share.
LEVEL = "Adam"


def scores(baselines: Result, networks: Result) -> pd.DataFrame:
    """Return tidy rows, indexed by the names of methods and networks.

    First come the methods that do not read the score, then networks at `LEVEL`, then the readers.
    """
    cells = tuple(cell for cell in networks.cells if cell.level == LEVEL)
    simple, deep = tidy(baselines), tidy(replace(networks, cells=cells))
    reads = simple["level"].isin(SCORE_READERS)
    rows = pd.concat([simple[~reads], deep, simple[reads]])
    return rows.set_index(rows["model"].map(MODEL_TITLES).fillna(rows["level"]))


def methods_table(rows: pd.DataFrame) -> Styler:
    """Return a table of what each baseline knows of a clip and what validation chooses for it."""
    names = [name for name in METHODS if name in rows.index]
    lines = [(name, METHODS[name].knows, METHODS[name].chooses) for name in names]
    columns = ("method", "knows of a clip", "chosen on the validation set")
    caption = "What the simple methods know, and what is left to choose."
    return page_table(lines, caption, columns, css=WORDY)


def scores_table(rows: pd.DataFrame) -> Styler:
    """Return a row per method: those without the score, the networks, those that read the score."""
    shown = [*(("macro_f1", part) for part in SETS), ("accuracy", "test")]
    found = dict(rows.set_index(["metric", "split"], append=True).iterrows())
    lines = []
    for name in rows.index.unique():
        known = METHODS[name].knows if name in METHODS else "the spectrogram"
        lines.append([name, known, *(score_text(found[name, *one]) for one in shown)])
    titles = [f"{METRIC_TITLES[metric]}, {part}" for metric, part in shown]
    caption = f"Simple methods and reference lines beside the networks, trained with {LEVEL}."
    return page_table(lines, caption, ["method", "knows of a clip", *titles], css=WRAPPED)


def reading(rows: pd.DataFrame) -> Markdown:
    """Say how many networks are above the best of the methods that know the same clips."""
    tests = rows.query("metric == 'macro_f1' and split == 'test'")
    deep = tests.loc[list(MODEL_TITLES.values())]
    same, *simple = tests.index[: tests.index.get_loc(deep.index[0])]
    best = tests.loc[simple].sort_values("mean").iloc[-1]
    text = f"{sum(deep['mean'] > best['mean'])} of the {len(deep)} networks score higher"
    if np.isfinite(best["ci_high"]):
        n_clear = sum(deep["ci_low"] > best["ci_high"])
        text += f", {n_clear} of them with an interval that lies wholly above its interval"
    return Markdown(
        f"Always giving the commonest answer scores {tests['mean'][same]:.2f}. Of the simple "
        f"methods that know the clips, *{best.name}* scores highest: macro F1 {best['mean']:.2f}. "
        f"{text}. {certainty(best['n_seeds'])}"
    )
