"""The baselines beside the networks: their table, and the table read aloud."""

from dataclasses import replace

import numpy as np
import pandas as pd
from IPython.display import Markdown
from pandas.io.formats.style import Styler

from subgenre.data.dataset import SETS
from subgenre.models.baselines import METHODS
from subgenre.plumbing.text import listed
from subgenre.report.tables import METRIC_TITLES, WRAPPED, page_table, score_text, tidy
from subgenre.report.verdict import measured
from subgenre.study.experiments import MODEL_TITLES
from subgenre.study.intervals import estimate
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
    tests = rows.query("metric == 'macro_f1' and split == 'test'")
    return rows.loc[tests.sort_values("mean", kind="stable").index]


def scores_table(rows: pd.DataFrame) -> Styler:
    """Return a row per method and network, in the order of the ladder."""
    shown = [*(("macro_f1", part) for part in reversed(SETS)), ("accuracy", "test")]
    found = dict(rows.set_index(["metric", "split"], append=True).iterrows())
    known = {name: f"{one.knows}; chosen: {one.chooses}" for name, one in METHODS.items()}
    lines = []
    for name in rows.index.unique():
        what = known.get(name, "the spectrogram").removesuffix("; chosen: nothing")
        lines.append([f"{name}\n{what}", *(score_text(found[name, *one]) for one in shown)])
    titles = [f"{METRIC_TITLES[metric]}, {part}" for metric, part in shown]
    caption = f"Simple methods and reference lines beside the networks, trained with {LEVEL}."
    return page_table(lines, caption, ["method, and what it knows of a clip", *titles], css=WRAPPED)


def in_short(baselines: Result, networks: Result) -> Markdown:
    """Say in one sentence where the best network stands on the ladder."""
    return Markdown(f"One of the three networks is best: the {_standing(baselines, networks)[-1]}")


def reading(baselines: Result, networks: Result) -> Markdown:
    """Say of each network which rungs of the ladder it is above and below, fold by fold."""
    said = " ".join(f"The {one}" for one in _standing(baselines, networks))
    return Markdown(said + " Brackets hold 95 % intervals of differences." * ("[" in said))


def _standing(baselines: Result, networks: Result) -> list[str]:
    """Return what is said of each network, the best one last, as on the ladder.

    Of the rungs that are surely below a network the highest is named, of those above the lowest.
    """
    rungs = sorted((baselines.scores(one).mean(), one.level, one) for one in baselines.cells)
    sentences = []
    deep = [(networks.scores(one), one) for one in networks.cells if one.level == LEVEL]
    for own, cell in sorted(deep, key=lambda one: one[0].mean()):
        sides: dict[str, list[str]] = {"above": [], "like": [], "below": []}
        for _, name, rung in rungs:
            one = estimate(own - baselines.scores(rung), networks.test_to_train)
            low, high = np.nan_to_num([one.low, one.high], nan=one.mean)
            side = "above" if low > 0 else "below" if high < 0 else "like"
            sides[side].append(f"*{name}* ({measured(one)})")
        said = [f"scores above {one}" for one in sides["above"][-1:]]
        said += [f"cannot be told from {listed(sides['like'])}"] * bool(sides["like"])
        said += [f"scores below {one}" for one in sides["below"][:1]]
        sentences.append(f"{MODEL_TITLES[cell.model]} ({own.mean():.2f}) {listed(said)}.")
    return sentences
