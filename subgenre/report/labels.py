"""Labels that nearly all networks disagree with which never trained on the track, nor its group.

Northcutt et al. 2021 (Confident learning) find wrong labels from such answers. Here many networks
were asked, so their agreement stands in for the thresholds that one network's answers need there.
"""

import numpy as np
import pandas as pd
from IPython.display import Markdown
from pandas.io.formats.style import Styler

from subgenre.models.scores import by_track
from subgenre.plumbing.text import plain
from subgenre.report.tables import WRAPPED, page_table
from subgenre.study.records import PER_UNIT, Record
from subgenre.study.runner import Result

NEARLY_ALL = 0.9  #: share of the runs that tested a track which has to agree
MOST_LINES = 25  # of the table
NAMES = {"title": "track", "collection": "from", "heard": "heard as", "probability": "its label's"}


def votes(result: Result) -> pd.DataFrame:
    """Return a line per tested track, those first whose label the runs find least probable.

    Its columns are the ``title``, ``collection`` and ``label``, the class ``heard``, how many runs
    ``agree`` on that ``of`` how many, and the mean ``probability`` of the label; it is indexed by
    the row of the track's first clip. Left out are levels that do not train, runs on a part of the
    music, and runs that diverged.
    """
    runs = {one.key: one for cell in result.trained for one in result.of(cell)}.values()
    whole = [one for one in runs if one.config["training"]["train_size"] == 1 and not one.diverged]
    answers = pd.concat(_answers(one, result.clips) for one in whole)
    labels, of_track = whole[0].data["labels"], answers.groupby(level=0)
    means, most = of_track.mean(), answers.idxmax(axis=1)
    heard = means.idxmax(axis=1)
    table = result.clips.loc[means.index, ["title", "collection", "label"]]
    own = means.to_numpy()[np.arange(len(table)), table["label"].map(labels.index)]
    agree = most.eq(heard.reindex(most.index)).groupby(level=0).sum()
    table = table.assign(heard=heard.map(labels.__getitem__), agree=agree, of=of_track.size())
    return table.assign(probability=own).sort_values("probability", kind="stable")


def _answers(record: Record, clips: pd.DataFrame) -> pd.DataFrame:
    """Return the probabilities of each class [shape=(n_tracks, n_classes)], indexed as `votes`."""
    rows = np.array(record.test_clips)
    probabilities = np.array(record.test_probabilities) / PER_UNIT
    first, means = by_track(clips["track_id"].to_numpy()[rows], probabilities)
    return pd.DataFrame(means, index=rows[first])


def suspects(table: pd.DataFrame) -> pd.DataFrame:
    """Return those of the `votes` in which nearly all agree against the label."""
    return table[(table["agree"] >= NEARLY_ALL * table["of"]) & (table["heard"] != table["label"])]


def found(table: pd.DataFrame, result: Result) -> Markdown:
    """Say how many labels look wrong, what is commonest among them, and how many votes count."""
    some, most = suspects(table), ""
    if len(some):
        pairs = some.groupby(["label", "heard"]).size().sort_values(kind="stable")
        label, heard = map(plain, pairs.index[-1])
        most = f", most often a *{label}* as a *{heard}* ({pairs.iloc[-1]})"
    test_sets = {one.config["seed"]: one.test_clips for one in result.records.values()}
    n_folds = np.unique(np.concatenate([*test_sets.values()]), return_counts=True)[1].min()
    return Markdown(
        f"**{len(some):,} of {len(table):,} tested tracks** ({len(some) / len(table):.1%}) are "
        f"heard as another class by at least {NEARLY_ALL:.0%} of the networks that tested "
        f"them{most}. Votes on a track: {table['of'].min()} or more, of {n_folds} or more folds "
        "(networks of one fold can share a mistake)."
    )


def suspects_table(table: pd.DataFrame) -> Styler:
    """Return the first of the `suspects` as a table, of several with one title the first."""
    some = suspects(table).drop_duplicates(["title", "heard"]).head(MOST_LINES)
    votes = some["agree"].astype(str) + " of " + some["of"].astype(str)
    lines = some.drop(columns=["agree", "of"]).assign(votes=votes).rename(columns=NAMES)
    caption = "Labels that nearly all held-out networks disagree with, the least probable first."
    return page_table(lines, caption, css=WRAPPED, formats={NAMES["probability"]: "{:.2f}"})
