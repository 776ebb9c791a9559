"""How the common setting was found: grids on validation clips, read from their records."""

import numpy as np
import pandas as pd
from IPython.display import Markdown
from pandas.io.formats.style import Styler

from subgenre.report.tables import page_table, stored_rows
from subgenre.study.comparisons import MARGIN
from subgenre.study.experiments import MODEL_TITLES, TUNING, TUNING_PROFILE, cells
from subgenre.study.places import Study
from subgenre.study.records import Store


def table(name: str) -> Styler | Markdown:
    """Return a grid's validation macro F1 by level, with the level that the study uses bold."""
    study = Study.of(TUNING_PROFILE)
    grid = cells(name, study)
    rows = stored_rows(grid, Store.of(study))
    scores = rows.query("metric == 'macro_f1' and split == 'validation'")["mean"]
    if len(scores) < len(grid):
        return Markdown(
            "*There are no records of this grid here. `subgenre study --profile "
            f"{TUNING_PROFILE} --experiment {name} --no-pages` computes them.*"
        )
    by_level = scores.to_numpy().reshape(-1, len(MODEL_TITLES))
    frame = pd.DataFrame(by_level, list(TUNING[name]), list(MODEL_TITLES.values()))
    frame = frame.assign(mean=frame.mean(axis=1))
    used = {one for cell in cells("optimizers", study) for one in cell.configs}
    chosen = frame.index.isin([one.level for one in grid if not used.isdisjoint(one.configs)])
    bold = np.tile(chosen[:, None], frame.shape[1])
    optimizers = [changes.get("optimizer", "") for changes in TUNING[name].values()]
    gain = frame - frame[chosen].reindex(frame.index).groupby(optimizers).transform("max")
    better = ", ".join(frame.index[(gain > 0).iloc[:, :-1].all(axis=1) & (gain["mean"] > MARGIN)])
    caption = (
        f"Validation macro F1 by {grid[0].factor}; bold: used in the study. Better than it for all "
        f"three networks, in the mean by more than {MARGIN:g}: {better or 'none'}."
    )
    return page_table(frame, caption, index=True, formats="{:.3f}", bold=bold)


def budget() -> Markdown:
    """State what was spent: runs per network, epochs, seeds and hours of one core."""
    study = Study.of(TUNING_PROFILE)
    configs = {config for name in TUNING for cell in cells(name, study) for config in cell.configs}
    records = Store.of(study).find(configs)
    hours = sum(record.seconds["all"] for record in records.values()) / 3600
    return Markdown(
        f"Every network had the same budget: {len(configs) // len(MODEL_TITLES)} runs of "
        f"{study.profile.epochs} epochs on {len(study.profile.seeds)} folds. {len(records)} of all "
        f"{len(configs)} runs have records; they took {hours:.1f} hours of one core."
    )
