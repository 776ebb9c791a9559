"""The published music: how much of what there is, where it comes from, how a clip looks."""

import numpy as np
import pandas as pd
from IPython.display import HTML
from matplotlib.figure import Figure
from pandas.io.formats.style import Styler

from subgenre.config import DataConfig, FeatureConfig
from subgenre.data.clips import ExampleClip, example_clip
from subgenre.data.dataset import Dataset
from subgenre.data.drawing import PageFigure, draw_log_mel
from subgenre.data.features import DB_PER_UNIT, network_input
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
    """Draw a clip as people read it, without and with noise, and the latter as networks do.

    On the left are log-mel spectrograms, on the right the two channels of the network's input. The
    two of a side share one scale, and both scales are as many decibels long.
    """
    figure = PageFigure(figsize=(11, 6.6), layout="constrained")
    panels = figure.subplot_mosaic([["wave"] * 2, ["clean", "level"], ["noisy", "rise"]])
    seconds = np.arange(len(clip.clean)) / config.sample_rate
    panels["wave"].plot(seconds, clip.clean, linewidth=0.3, rasterized=True)
    panels["wave"].set(title="waveform", ylabel="amplitude", ylim=(-1, 1), xlim=(0, seconds[-1]))
    read = DB_PER_UNIT * network_input(clip.noisy_log_mel[None])[0].astype(np.float32)
    dark = np.percentile(clip.noisy_log_mel, 1) - 10, np.percentile(read, 1) - 10
    images = {"clean": clip.clean_log_mel, "noisy": clip.noisy_log_mel}
    images |= {"level": read[..., 0], "rise": read[..., 1]}
    span = max(clip.noisy_log_mel.max() - dark[0], read.max() - dark[1])
    said = {"clean": titles[0], "noisy": titles[1], "rise": "and how much each band rises"}
    said["level"] = f"as networks read it: level, {config.n_mels} bands"
    for number, side in enumerate((("clean", "noisy"), ("level", "rise"))):
        scale = {"vmin": dark[number], "vmax": dark[number] + span}
        for name in side:
            mesh = draw_log_mel(panels[name], images[name], config, config.hop_length, **scale)
            panels[name].set_title(said[name])
        label = ("level (dB)", "dB above the band's mean")[number]
        figure.colorbar(mesh, ax=[panels[name] for name in side], label=label)
        panels[side[1]].set_xlabel("time (s)")
    return figure


def first_clips(music: Dataset, config: DataConfig, most: int = 12) -> HTML:
    """Return players of the first clip of each class, of at most so many classes."""
    labels = [track.label for track in music.tracks]
    rows = [labels.index(label) for label in list(dict.fromkeys(labels))[:most]]
    some = [example_clip(music, config, row) for row in rows]
    return clip_player(some, [f"{one.track.label}: {one.track.title}" for one in some], config)
