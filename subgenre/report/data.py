"""The published music: how much of what there is, where it comes from, how a clip looks."""

import numpy as np
import pandas as pd
from IPython.display import HTML, Markdown
from matplotlib.figure import Figure
from pandas.io.formats.style import Styler

from subgenre.config import DataConfig, FeatureConfig
from subgenre.data.clips import ExampleClip, example_clip
from subgenre.data.dataset import Dataset
from subgenre.data.drawing import PageFigure, draw_log_mel
from subgenre.models.baselines import AUDIBLE
from subgenre.report.files import class_counts
from subgenre.report.players import clip_player
from subgenre.report.tables import WRAPPED, page_table


def counts_table(music: Dataset) -> Styler:
    """Return the clips of each class, their families, and what there is in all."""
    kept = pd.DataFrame({f"all {name}": music.report[name] for name in ("families", "tunes")})
    table = class_counts(music)[["clips", "groups"]].join(kept)
    table["extra clips"] = [sum(one.label == name for one in music.extra) for name in table.index]
    caption = "Clips of each class, their families (groups), and what there is in all."
    return page_table(table, caption, index=True, css=WRAPPED, formats="{:,}")


def counts(music: Dataset) -> Markdown:
    """Read the size of the data set aloud, and what of the tunes is not in it."""
    clips, _, families = class_counts(music).sum()
    n = {name: sum(some.values()) for name, some in music.report.items()}
    heard = {one.track_id.split("/")[0] for one in (*music.tracks, *music.extra)}
    return Markdown(
        f"There are {clips:,} clips of {families:,} families in {len(music.labels)} classes, and "
        f"{len(music.extra):,} extra clips, which only train. {n['read']:,} tunes were read as one "
        f"of the six types. {n['read'] - n['tunes']:,} of them stand in families of conflicting "
        f"types and are dropped; {n['tunes']:,} in {n['families']:,} families are kept, of which "
        f"{n['tunes'] - len(heard):,} tunes are heard in no clip of this profile."
    )


def by_book(music: Dataset, metres: list[str]) -> Styler:
    """Return the clips of each class by tune book and audible metre; `metres` are as printed."""
    tracks = pd.DataFrame(music.tracks).assign(metre=[AUDIBLE.get(one, one) for one in metres])
    counts = pd.crosstab([tracks["collection"], tracks["metre"]], tracks["label"])
    share = counts.max(axis=1).sum() / len(tracks)
    caption = f"Clips by book and metre; the commonest class of its row is right for {share:.0%}."
    return page_table(counts, caption, index=True, css=WRAPPED, formats="{:,}")


def left_out_table(music: Dataset) -> Styler:
    """Return how many tunes, and families of tunes, were not used, by reason."""
    counts = pd.Series(music.report["left out"], name="count").sort_values(ascending=False)
    caption = "Tunes, and families of tunes, that were read but not used, by reason."
    return page_table(counts.to_frame(), caption, index=True, formats="{:,}")


def clip_figure(
    clip: ExampleClip, config: FeatureConfig, titles: tuple[str, str] = ("clean", "noisy")
) -> Figure:
    """Draw a clip: its waveform, then its log-mel spectrograms without and with noise."""
    figure = PageFigure(figsize=(9, 3 * 2.1), layout="constrained")
    waveform, clean, noisy = figure.subplots(3, 1, sharex=True)
    seconds = np.arange(len(clip.clean)) / config.sample_rate
    waveform.plot(seconds, clip.clean, linewidth=0.3, rasterized=True)
    waveform.set(title="waveform", ylabel="amplitude", ylim=(-1, 1))
    images = clip.clean_log_mel, clip.noisy_log_mel
    for axes, image in zip((clean, noisy), images, strict=True):
        draw_log_mel(axes, image, config, config.hop_length)
        axes.collections[0].set_clim(np.min(images), np.max(images))  # one scale for both
    clean.set_title(titles[0])
    noisy.set(title=titles[1], xlabel="time (s)")
    return figure


def first_clips(music: Dataset, config: DataConfig, most: int = 12) -> HTML:
    """Return players of the first clip of each class, of at most so many classes."""
    labels = [track.label for track in music.tracks]
    rows = [labels.index(label) for label in list(dict.fromkeys(labels))[:most]]
    some = [example_clip(music, config, row) for row in rows]
    return clip_player(some, [f"{one.track.label}: {one.track.title}" for one in some], config)


def source(music: Dataset) -> Markdown:
    """Return a data set's citation, licence note and fingerprint."""
    return Markdown(
        f"**Cite:** {music.citation}\n\n**Licence:** {music.licence}\n\n"
        f"**Fingerprint:** `{music.fingerprint}`"
    )
