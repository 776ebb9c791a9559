"""The baselines beside the networks: their table, and the table read aloud."""

from dataclasses import replace

import pandas as pd
from IPython.display import Markdown
from pandas.io.formats.style import Styler

from subgenre.data.dataset import SETS
from subgenre.models.baselines import METHODS
from subgenre.report.tables import METRIC_TITLES, WRAPPED, page_table, score_text, tidy
from subgenre.report.words import certainty
from subgenre.study.experiments import MODEL_TITLES
from subgenre.study.runner import Result

#: The level of the optimizers at which networks are compared: the setting all experiments share.
LEVEL = "Adam"


def scores(baselines: Result, networks: Result) -> pd.DataFrame:
    """Return tidy rows of methods, and of networks at `LEVEL`, indexed by name: a ladder.

    They are in the order of their mean test macro F1, the lowest first.
    """
    cells = tuple(cell for cell in networks.cells if cell.level == LEVEL)
    rows = pd.concat([tidy(baselines), tidy(replace(networks, cells=cells))])
    rows = rows.set_index(rows["model"].map(MODEL_TITLES).fillna(rows["level"]))
    return rows.loc[_tests(rows).sort_values("mean", kind="stable").index]


def _tests(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.query("metric == 'macro_f1' and split == 'test'")


def scores_table(rows: pd.DataFrame) -> Styler:
    """Return a row per method and network, in the order of the ladder."""
    shown = [*(("macro_f1", part) for part in reversed(SETS)), ("accuracy", "test")]
    found = dict(rows.set_index(["metric", "split"], append=True).iterrows())
    known = {name: f"{one.knows}; chosen: {one.chooses}" for name, one in METHODS.items()}
    lines = []
    for name in rows.index.unique():
        numbers = (score_text(found[name, *one]) for one in shown)
        what = known.get(name, "the spectrogram").removesuffix("; chosen: nothing")
        lines.append([f"{name}\n{what}", *numbers])
    titles = [f"{METRIC_TITLES[metric]}, {part}" for metric, part in shown]
    caption = f"Simple methods and reference lines beside the networks, trained with {LEVEL}."
    return page_table(lines, caption, ["method, and what it knows of a clip", *titles], css=WRAPPED)


def in_short(rows: pd.DataFrame) -> Markdown:
    """Say in one sentence where the best network stands on the ladder."""
    return Markdown(f"One of the three networks is best: the {_standing(rows)[-1]}")


def reading(rows: pd.DataFrame) -> Markdown:
    """Say which rung of the ladder each network stands on, and whether its interval is above it."""
    sentences = " ".join(f"The {sentence}" for sentence in _standing(rows))
    return Markdown(f"{sentences} {certainty(rows['n_seeds'].iloc[0])}")


def _standing(rows: pd.DataFrame) -> list[str]:
    """Return what is said of each network, the best one last, as on the ladder."""
    tests = _tests(rows)
    deep = tests[tests.index.isin(MODEL_TITLES.values())]
    rungs = tests.drop(deep.index)
    named = [f"*{name}* ({mean:.2f})" for name, mean in rungs["mean"].items()]
    sentences = []
    for title, one in deep.iterrows():
        n_below = int(rungs["mean"].searchsorted(one["mean"]))
        sides = [f"on {rung}" for rung in named[:n_below][-1:]]
        sides += [f"not above {rung}" for rung in named[n_below:][:1]]
        text = f"{title} ({one['mean']:.2f}) stands {' and '.join(sides)}"
        if clear := list(rungs.index[rungs["ci_high"] < one["ci_low"]]):
            text += f"; its interval lies wholly above that of *{clear[-1]}*"
        sentences.append(f"{text}.")
    return sentences
