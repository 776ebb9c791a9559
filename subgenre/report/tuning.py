"""How the common setting was found: grids on validation clips, read from their records."""

import pandas as pd
from IPython.display import Markdown
from pandas.io.formats.style import Styler

from subgenre.config import one_of
from subgenre.report.tables import page_table
from subgenre.study.experiments import EXPERIMENTS, MODEL_TITLES, TUNING, TUNING_PROFILE, cells
from subgenre.study.places import Study
from subgenre.study.records import Store


def validation_scores(name: str) -> pd.DataFrame | None:
    """Return the validation macro F1 of a grid by level and network; None if records are missing.

    There is the ``mean`` of the networks, and ``chosen``: whether the study runs at that level.
    """
    one_of("grid", name, TUNING)
    study = Study.of(TUNING_PROFILE)
    grid = cells(name, study)
    records = Store.of(study).find(config for cell in grid for config in cell.configs)
    used = {one for other in EXPERIMENTS for cell in cells(other, study) for one in cell.configs}
    frame = pd.DataFrame(index=list(dict.fromkeys(cell.level for cell in grid)))
    for cell in grid:
        if not all(config in records for config in cell.configs):
            return None
        scores = [records[one].scores["validation"]["macro_f1"] for one in cell.configs]
        frame.loc[cell.level, MODEL_TITLES[cell.model]] = sum(scores) / len(scores)
    chosen = {cell.level for cell in grid if not used.isdisjoint(cell.configs)}
    return frame.assign(mean=frame.mean(axis=1), chosen=frame.index.isin(chosen))


def table(name: str) -> Styler | Markdown:
    """Return a grid's validation macro F1 by level, with the level that the study uses bold."""
    scores = validation_scores(name)
    if scores is None:
        return Markdown(
            "*There are no records of this grid here. `subgenre study --profile "
            f"{TUNING_PROFILE} --experiment {name} --no-pages` computes them.*"
        )
    bold = scores.pop("chosen").to_numpy()[:, None].repeat(scores.shape[1], axis=1)
    caption = f"Validation macro F1 by {TUNING[name].factor}; bold: used in the study."
    return page_table(scores, caption, index=True, formats="{:.3f}", bold=bold)


def sentence(name: str) -> Markdown:
    """Say which level of a grid is best on average, and whether the study uses it."""
    scores = validation_scores(name)
    if scores is None:
        return Markdown("")
    # Learning rates are chosen per optimizer, so each optimizer is a grid of its own.
    kind = scores.index.str.split(",").str[0] if name == "learning_rates" else [""] * len(scores)
    return Markdown(" ".join(_best_of(some) for _, some in scores.groupby(kind, sort=False)))


def _best_of(scores: pd.DataFrame) -> str:
    mean = scores["mean"]
    text = (
        f"Averaged over the three networks, *{mean.idxmax()}* validates best ({mean.max():.3f}); "
        f"the levels lie {mean.max() - mean.min():.3f} apart."
    )
    chosen = mean[scores["chosen"]]
    if mean.idxmax() in chosen:
        return text
    gap = mean.max() - chosen.max()
    return f"{text} The study uses *{' and '.join(chosen.index)}*, {gap:.3f} below it."


def budget() -> Markdown:
    """State what was spent: runs per network, epochs, seeds and hours of one core."""
    study = Study.of(TUNING_PROFILE)
    configs = {config for name in TUNING for cell in cells(name, study) for config in cell.configs}
    records = Store.of(study).find(configs)
    hours = sum(record.seconds["all"] for record in records.values()) / 3600
    return Markdown(
        f"Every network had the same budget: {len(configs) // len(MODEL_TITLES)} runs of "
        f"{study.profile.epochs} epochs with seed {study.profile.seeds[0]}. {len(records)} of all "
        f"{len(configs)} runs have records; they took {hours:.1f} hours of one core."
    )
