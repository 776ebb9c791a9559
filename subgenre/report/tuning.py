"""How the common setting was found: grids on validation clips, read from their records."""

import pandas as pd
from IPython.display import Markdown
from pandas.io.formats.style import Styler

from subgenre.plumbing.errors import SubgenreError
from subgenre.report.tables import page_table
from subgenre.study.experiments import EXPERIMENTS, MODEL_TITLES, TUNING, TUNING_PROFILE, cells
from subgenre.study.places import Study
from subgenre.study.records import Store
from subgenre.study.runner import Result


def stored_grid(name: str) -> Result | None:
    """Return one of the grids from its records; None if some are missing. Nothing is trained.

    Parameters
    ----------
    name : str
        One of `subgenre.study.experiments.TUNING`.
    """
    grid = tuple(cells(name, Study.of(TUNING_PROFILE)))
    store = Store.of(Study.of(TUNING_PROFILE))
    records = store.find(config for cell in grid for config in cell.configs)
    if any(config not in records for cell in grid for config in cell.configs):
        return None
    fingerprint = next(iter(records.values())).data["fingerprint"]
    return Result(grid, records, store.clips(fingerprint))


def validation_scores(result: Result) -> pd.DataFrame:
    """Return the validation macro F1 of a grid, a row per level.

    Returns
    -------
    DataFrame
        Columns: a title per network, ``mean`` of the three, and ``chosen``, whether the study's
        experiments run at that level.
    """
    used = {
        config
        for name in EXPERIMENTS
        for cell in cells(name, Study.of(TUNING_PROFILE))
        for config in cell.configs
    }
    rows: dict[str, dict[str, object]] = {}
    for cell in result.cells:
        row = rows.setdefault(cell.level, {"chosen": False})
        scores = [record.scores["validation"]["macro_f1"] for record in result.of(cell)]
        row[MODEL_TITLES[cell.model]] = sum(scores) / len(scores)
        row["chosen"] = row["chosen"] or any(config in used for config in cell.configs)
    frame = pd.DataFrame.from_dict(rows, orient="index")
    titles = list(MODEL_TITLES.values())
    frame["mean"] = frame[titles].mean(axis=1)
    return frame[[*titles, "mean", "chosen"]]


def table(name: str) -> Styler | Markdown:
    """Return a grid as a table: validation macro F1 by level, the level that the study uses bold.

    Raises
    ------
    SubgenreError
        If there is no such grid.
    """
    result = _known(name)
    if result is None:
        return Markdown(_absent(name))
    scores = validation_scores(result)
    chosen = scores.pop("chosen").to_numpy(dtype=bool)
    css = pd.DataFrame("", index=scores.index, columns=scores.columns)
    css[chosen] = "font-weight: bold"
    caption = f"Validation macro F1 by {result.cells[0].factor}; bold: used in the study."
    style = page_table(scores, caption).format("{:.3f}").apply(lambda _: css, axis=None)
    return style


def sentence(name: str) -> Markdown:
    """Say which level of a grid is best on average, and whether the study uses it."""
    result = _known(name)
    if result is None:
        return Markdown("")
    scores = validation_scores(result)
    # Learning rates are chosen per optimizer, so each optimizer is a grid of its own.
    kind = scores.index.str.split(",").str[0] if name == "learning_rates" else [""] * len(scores)
    return Markdown(" ".join(_best_of(some) for _, some in scores.groupby(kind, sort=False)))


def _best_of(scores: pd.DataFrame) -> str:
    best = scores.index.tolist()[int(scores["mean"].argmax())]
    spread = scores["mean"].max() - scores["mean"].min()
    text = (
        f"Averaged over the three networks, *{best}* validates best "
        f"({scores.loc[best, 'mean']:.3f}); the levels lie {spread:.3f} apart."
    )
    chosen = scores.index[scores["chosen"].to_numpy(dtype=bool)].tolist()
    if best not in chosen:
        gap = scores["mean"].max() - scores.loc[chosen, "mean"].max()
        text += f" The study uses *{' and '.join(chosen)}*, {gap:.3f} below it."
    return text


def budget() -> Markdown:
    """State what was spent: runs per network, epochs, seeds and hours of one core."""
    study = Study.of(TUNING_PROFILE)
    how_much = study.profile
    configs = {config for name in TUNING for cell in cells(name, study) for config in cell.configs}
    records = Store.of(study).find(configs)
    seconds = sum(record.seconds["all"] for record in records.values())
    return Markdown(
        f"Every network had the same budget: {len(configs) // len(MODEL_TITLES)} runs of "
        f"{how_much.epochs} epochs with seed {how_much.seeds[0]}. {len(records)} of all "
        f"{len(configs)} runs have records; they took {seconds / 3600:.1f} hours of one core."
    )


def _known(name: str) -> Result | None:
    if name not in TUNING:
        raise SubgenreError(
            f"Expected one of the grids {', '.join(TUNING)}; got {name!r}: choose one of these."
        )
    return stored_grid(name)


def _absent(name: str) -> str:
    return (
        f"*There are no records of this grid here. `subgenre study --profile {TUNING_PROFILE} "
        f"--experiment {name} --no-pages` computes them.*"
    )
