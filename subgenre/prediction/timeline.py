"""A picture of one track: what the network hears, and what it makes of it, second by second."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from subgenre.config import FeatureConfig
from subgenre.data.files.track import TrackClips
from subgenre.plumbing.files import written_aside
from subgenre.plumbing.text import printable, safe_name
from subgenre.prediction.predict import Prediction
from subgenre.report.figures import INK, OKABE_ITO, PageFigure, draw_log_mel, use_style

MAX_COLUMNS = 2000
"""A picture shows no more columns than it has pixels; frames beyond that are averaged."""
OTHERS = "all others"


def timeline(
    prediction: Prediction, labels: Sequence[str], features: FeatureConfig, title: str
) -> Figure:
    """Draw a track's log-mel spectrogram and, under it, the class probabilities over time.

    Parameters
    ----------
    prediction : Prediction
        Without an error.
    labels : sequence of str
        The classes, in the classifier's order.
    features : FeatureConfig
        Gives the axes their seconds and Hz.
    title : str
        Plain text.

    Returns
    -------
    Figure
        The most probable classes have a band each; the rest share the last one.
    """
    heard, by_clip = prediction.heard, prediction.by_clip
    if heard is None or by_clip is None:
        raise ValueError("a track that was not heard has no picture")
    use_style()
    figure = PageFigure(figsize=(11, 5.6), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    _draw_spectrogram(above, heard, features)
    above.set_title(title)
    _draw_bands(figure, below, heard, by_clip, labels)
    return figure


def write_timeline(
    folder: Path, name: str, prediction: Prediction, labels: Sequence[str], features: FeatureConfig
) -> Path:
    """Write the picture as ``folder/name.png``, aside first, and return its path.

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    path = folder / f"{name}.png"
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # a box stands for it
        figure = timeline(prediction, labels, features, printable(prediction.path.name))
        with written_aside(path) as part:
            figure.savefig(part, format="png", dpi=120)
    return path


def picture_name(path: Path, taken: set[str]) -> str:
    """Return a file name for the picture of `path` that no system objects to, and take it.

    Parameters
    ----------
    path : Path
        The track.
    taken : set of str
        Names in use, in lower case; the new one is added.
    """
    return safe_name(path.stem, taken)


def _draw_spectrogram(axes: Axes, heard: TrackClips, features: FeatureConfig) -> None:
    """Draw the clips where they lie in the track; gaps between them stay empty."""
    rate = features.sample_rate / features.hop_length  # frames per second
    first = np.round(heard.starts * rate).astype(int)
    n_frames = heard.log_mels.shape[1]
    image = np.full((first[-1] + n_frames, heard.log_mels.shape[2]), np.nan, np.float32)
    for place, clip in zip(first, heard.log_mels, strict=True):
        image[place : place + n_frames] = clip
    step = -(-len(image) // MAX_COLUMNS)
    image = image[: len(image) // step * step].reshape(-1, step, image.shape[1]).mean(axis=1)
    draw_log_mel(axes, image, features, features.hop_length * step)


def _draw_bands(
    figure: Figure, axes: Axes, heard: TrackClips, by_clip: np.ndarray, labels: Sequence[str]
) -> None:
    """Stack the probabilities of each clip, from its start to the start of the next."""
    order = np.argsort(-by_clip.mean(axis=0), kind="stable")
    n_shown = len(order) if len(order) <= len(OKABE_ITO) else len(OKABE_ITO) - 1
    bands = [by_clip[:, number] for number in order[:n_shown]]
    names = [labels[number] for number in order[:n_shown]]
    if n_shown < len(order):
        bands.append(by_clip[:, order[n_shown:]].sum(axis=1))
        names.append(OTHERS)
    times, columns = _steps(heard, np.array(bands))
    colors = [*OKABE_ITO[:n_shown], INK][: len(bands)]
    drawn = axes.stackplot(times, columns, colors=colors)
    axes.set(xlabel="time (s)", ylabel="probability", ylim=(0, 1))
    legend = figure.legend(
        drawn, [str(number) for number in range(len(names))], loc="outside lower center", ncols=6
    )
    for text, name in zip(legend.get_texts(), names, strict=True):
        text.set_text(name)  # only now, for a legend leaves out what is called "_"


def _steps(heard: TrackClips, bands: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return corners of the bands: each clip holds from its start to the next, a gap is empty.

    Parameters
    ----------
    heard : TrackClips
    bands : np.ndarray [shape=(n_bands, n_clips)]

    Returns
    -------
    times : np.ndarray [shape=(n_corners,)]
        In seconds.
    values : np.ndarray [shape=(n_bands, n_corners)]
    """
    ends = heard.starts + heard.clip_seconds
    until = np.minimum(ends, np.append(heard.starts[1:], np.inf))
    times, values = [], []
    for number, (start, end) in enumerate(zip(heard.starts, until, strict=True)):
        if number and start > until[number - 1]:
            times += [until[number - 1], start]
            values += [np.zeros(len(bands))] * 2
        times += [start, end]
        values += [bands[:, number]] * 2
    return np.array(times), np.array(values).T
