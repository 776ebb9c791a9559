"""What a data set of audio files holds: counts, formats, and what was skipped."""

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd
from IPython.display import Markdown
from pandas.io.formats.style import Styler

from subgenre.data.dataset import Dataset, FileInfo, Remark, source_of
from subgenre.data.files.skipped import SKIPPED_FILE, cap_in_words
from subgenre.plumbing.text import plain, printable
from subgenre.report.tables import WORDY, WRAPPED, page_table

MOST_LINES = 40  # of a table of files; what is beyond is counted
MOST_KINDS = 10  # of reasons in a sentence


def class_counts(music: Dataset) -> pd.DataFrame:
    """Return the ``clips``, ``tracks`` and ``groups`` of each class."""
    rows = [(one.label, source_of(one.track_id), one.group) for one in music.tracks]
    by_class = pd.DataFrame(rows, columns=["label", "tracks", "groups"]).groupby("label")
    counts = by_class.nunique()
    counts.insert(0, "clips", by_class.size())
    return counts.rename_axis(index=None)


def counts_table(music: Dataset) -> Styler:
    """Return the table of `class_counts`."""
    caption = "Clips of each class, the tracks they were cut from, their groups."
    return page_table(class_counts(music).rename(printable), caption, index=True, formats="{:,}")


def counts(music: Dataset) -> Markdown:
    """Read the counts aloud, and what the profile's number of clips per class leaves out."""
    frame = class_counts(music)
    clips = frame["clips"]
    per_class = " to ".join(dict.fromkeys(f"{n:,}" for n in (clips.min(), clips.max())))
    text = (
        f"There are {clips.sum():,} clips of {music.clip_seconds:g} s from "
        f"{frame['tracks'].sum():,} tracks in {len(frame)} classes, {per_class} clips in each."
    )
    left_out = cap_in_words(music)
    return Markdown(f"{text} Left out are {left_out}." if left_out else text)


def formats(info: Mapping[str, FileInfo]) -> Styler | Markdown:
    """Return a table of the files that are used, by format, sample rate and channels."""
    if not info:
        return Markdown("*This music is not kept in files.*")
    names = ["format", "sample rate (Hz)", "channels"]
    files = [(one.format, one.sample_rate, one.channels, one.duration) for one in info.values()]
    seconds = pd.DataFrame(files, columns=[*names, "seconds"]).groupby(names)["seconds"]
    table = seconds.agg(["size", "min", "median", "max"]).reset_index()
    lengths = ["shortest (s)", "median (s)", "longest (s)"]
    table.columns = [*names, "files", *lengths]
    written = {"sample rate (Hz)": "{:,}", **dict.fromkeys(lengths, "{:,.1f}")}
    return page_table(table, "The files that are used.", css=WRAPPED, formats=written)


def remarks_table(remarks: Sequence[Remark], caption: str) -> Styler | Markdown:
    """Return names and reasons, at most `MOST_LINES`; the rest is in a file."""
    if not remarks:
        return Markdown(f"*{caption.removesuffix('.')}: nothing.*")
    lines = [(printable(one.name), printable(one.reason)) for one in remarks[:MOST_LINES]]
    if len(remarks) > MOST_LINES:
        caption += (
            f" Another {len(remarks) - MOST_LINES:,} are not shown here: the whole list is "
            f"{SKIPPED_FILE}, beside the records of the study."
        )
    return page_table(lines, caption, ("what", "why"), css=WORDY)


def reasons(remarks: Sequence[Remark]) -> Markdown:
    """Count what was skipped by kind of reason, the commonest ones by name."""
    kinds = Counter(plain(one.reason.partition(":")[0]) for one in remarks)
    counts = dict(kinds.most_common(MOST_KINDS))
    if others := len(remarks) - sum(counts.values()):
        counts["other reasons"] = others
    listed = "; ".join(f"{kind}: {n:,}" for kind, n in counts.items()) or "nothing"
    return Markdown(f"{len(remarks):,} files, rows or classes were skipped. By reason: {listed}.")
