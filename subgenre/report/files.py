"""What a data set of audio files holds, for pages: counts, formats, and what was skipped."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd
from IPython.display import Markdown
from pandas.io.formats.style import Styler

from subgenre.data.dataset import Dataset, Remark, source_of
from subgenre.data.files.skipped import SKIPPED_FILE, cap_in_words
from subgenre.plumbing.text import printable
from subgenre.report.tables import WORDY, WRAPPED, page_table

if TYPE_CHECKING:
    from subgenre.data.dataset import FileInfo

MOST_LINES = 40
"""Lines of a table of files; what is beyond is counted."""


def class_counts(music: Dataset) -> pd.DataFrame:
    """Return clips, tracks and groups of each class.

    Parameters
    ----------
    music : Dataset
    """
    frame = pd.DataFrame(
        {
            "label": [track.label for track in music.tracks],
            "track": [source_of(track.track_id) for track in music.tracks],
            "group": [track.group for track in music.tracks],
        }
    )
    by_label = frame.groupby("label")
    return pd.DataFrame(
        {
            "clips": by_label.size(),
            "tracks": by_label["track"].nunique(),
            "groups": by_label["group"].nunique(),
        }
    ).rename_axis(index=None)


def counts_table(music: Dataset) -> Styler:
    """Return the table of `class_counts`."""
    frame = class_counts(music)
    frame.index = frame.index.map(printable)
    table = page_table(frame, "Clips of each class, the tracks they were cut from, their groups.")
    return table.format("{:,}").format_index(escape="html")


def counts(music: Dataset) -> Markdown:
    """Read the counts aloud, and what the profile's number of clips per class leaves out."""
    frame = class_counts(music)
    n_clips = {str(label): int(n) for label, n in frame["clips"].items()}
    small, large = min(n_clips, key=n_clips.__getitem__), max(n_clips, key=n_clips.__getitem__)
    text = (
        f"There are {frame['clips'].sum():,} clips of {music.clip_seconds:g} s in {len(frame)} "
        f"classes, from {frame['tracks'].sum():,} tracks."
    )
    if n_clips[small] < n_clips[large]:
        text += (
            f" The largest class, {_code(large)}, has {n_clips[large]:,} of them, the smallest, "
            f"{_code(small)}, {n_clips[small]:,}."
        )
    else:
        text += " All classes have the same number."
    if cap_in_words(music):
        text += f" Left out are {cap_in_words(music)}."
    return Markdown(text)


def formats(info: Mapping[str, "FileInfo"]) -> Styler | Markdown:
    """Return a table of the files that are used, by format, sample rate and channels."""
    if not info:
        return Markdown("*This music is not kept in files.*")
    frame = pd.DataFrame(
        [(one.format, one.sample_rate, one.channels, one.duration) for one in info.values()],
        columns=["format", "sample rate (Hz)", "channels", "seconds"],
    )
    grouped = frame.groupby(["format", "sample rate (Hz)", "channels"])["seconds"]
    table = grouped.agg(["size", "min", "median", "max"]).reset_index()
    table.columns = [*table.columns[:3], "files", "shortest (s)", "median (s)", "longest (s)"]
    style = page_table(table, "The files that are used.").hide(axis="index")
    style = style.format("{:,.1f}", subset=list(table.columns[4:]))
    return style.format("{:,}", subset=["sample rate (Hz)"]).set_table_styles(WRAPPED)


def skipped_table(skipped: Sequence[Remark], caption: str) -> Styler | Markdown:
    """Return what was skipped and why, at most `MOST_LINES` lines; the rest is in a file.

    Parameters
    ----------
    skipped : sequence of Remark
    caption : str
    """
    if not skipped:
        return Markdown("*Nothing.*")
    lines = [(printable(one.name), printable(one.reason)) for one in skipped[:MOST_LINES]]
    more = len(skipped) - len(lines)
    frame = pd.DataFrame(lines, columns=["what", "why"])
    if more:
        caption += (
            f" Another {more:,} are not shown here: the whole list is {SKIPPED_FILE}, beside the "
            "records of the study."
        )
    table = page_table(frame, caption)
    return table.hide(axis="index").set_table_styles(WORDY).format(escape="html")


def skipped(skipped: Sequence[Remark]) -> Markdown:
    """Count what was skipped by kind of reason."""
    if not skipped:
        return Markdown("Every file could be used.")
    kinds = Counter(one.reason.partition(":")[0] for one in skipped)
    listed = "; ".join(f"{printable(kind)}: {n:,}" for kind, n in kinds.most_common())
    return Markdown(f"{len(skipped):,} files, rows or classes were skipped. By reason: {listed}.")


def _code(name: str) -> str:
    """Return a class's name as code, in which Markdown and HTML mean nothing."""
    text = printable(name).replace("`", "'")
    return f"`{text}`"
