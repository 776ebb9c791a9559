"""How the common setting was found: grids on validation clips, read from their records."""

import pandas as pd
from IPython.display import Markdown
from pandas.io.formats.style import Styler

from subgenre.plumbing.text import listed
from subgenre.report.tables import page_table, stored_rows
from subgenre.study.comparisons import MARGIN
from subgenre.study.experiments import MODEL_TITLES, TUNING, TUNING_PROFILE, cells
from subgenre.study.places import Study
from subgenre.study.records import Store


def grid(name: str) -> pd.DataFrame:
    """Return validation macro F1 by level and network, and whether the study uses the level.

    The frame is empty if a record is missing.
    """
    study = Study.of(TUNING_PROFILE)
    some = cells(name, study)
    rows = stored_rows(some, Store.of(study))
    scores = rows.query("metric == 'macro_f1' and split == 'validation'")["mean"]
    if len(scores) < len(some):
        return pd.DataFrame()
    by_level = scores.to_numpy().reshape(-1, len(MODEL_TITLES))
    frame = pd.DataFrame(by_level, list(TUNING[name]), list(MODEL_TITLES.values()))
    used = {one for cell in cells("optimizers", study) for one in cell.configs}
    in_use = [one.level for one in some if not used.isdisjoint(one.configs)]
    return frame.assign(mean=frame.mean(axis=1), used=frame.index.isin(in_use))


def better(frame: pd.DataFrame) -> list[str]:
    """Return the levels of a `grid` that validated better than all that is in use, by enough."""
    return list(frame.index[frame["mean"] > frame.loc[frame["used"], "mean"].max() + MARGIN])


def in_short() -> Markdown:
    """Say in one sentence whether any level of any grid would have been better."""
    frames = {name: grid(name) for name in TUNING}
    if any(frame.empty for frame in frames.values()):
        return Markdown("Not all grids have records here, so it cannot be told.")
    found = [f"*{one}*" for frame in frames.values() for one in better(frame)]
    return Markdown(
        f"Of {len(TUNING)} grids, {listed(found) if found else 'no level'} validated better than "
        f"what is in use by more than {MARGIN:g}, in the mean of the networks."
    )


def table(name: str) -> Styler | Markdown:
    """Return the table of a `grid`; the best of each column is bold."""
    frame = grid(name)
    if frame.empty:
        return Markdown(
            "*There are no records of this grid here. `subgenre study --profile "
            f"{TUNING_PROFILE} --experiment {name} --no-pages` computes them.*"
        )
    names = [f"{one}, in use" if used else one for one, used in frame["used"].items()]
    scores = frame.drop(columns="used").set_axis(names)
    factor = cells(name, Study.of(TUNING_PROFILE))[0].factor
    caption = f"Validation macro F1 by {factor}; bold: best of its network."
    best = (scores == scores.max()).to_numpy()
    return page_table(scores, caption, index=True, formats="{:.3f}", bold=best)
