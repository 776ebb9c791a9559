"""A picture of one track: what the network reads, and what it makes of it, second by second."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from subgenre.config import FeatureConfig
from subgenre.data.drawing import INK, OKABE_ITO, PageFigure, draw_log_mel, use_style
from subgenre.data.files.track import TrackClips
from subgenre.plumbing.files import written_aside
from subgenre.plumbing.text import printable
from subgenre.prediction.predict import Prediction

MAX_COLUMNS = 2000  # of frames, about as many as the picture has pixels; more are averaged


def write_timeline(
    path: Path, prediction: Prediction, labels: Sequence[str], features: FeatureConfig
) -> None:
    """Write the picture as PNG, aside first."""
    with warnings.catch_warnings(), written_aside(path) as part:
        warnings.filterwarnings("ignore", "Glyph .* missing")  # a box stands for it
        timeline(prediction, labels, features).savefig(part, format="png", dpi=120)


def timeline(prediction: Prediction, labels: Sequence[str], features: FeatureConfig) -> Figure:
    """Draw a track's log-mel spectrogram and, under it, the class probabilities over time.

    The prediction is one without an error; of its `labels`, in the classifier's order, the most
    probable have a band each, and the rest share the last one.
    """
    track, by_clip = prediction.track, prediction.by_clip
    assert track is not None and by_clip is not None
    use_style()
    figure = PageFigure(figsize=(11, 5.6), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    rate = features.sample_rate / features.hop_length  # frames per second
    first = np.round(track.starts * rate).astype(int)
    _, n_frames, n_mels = track.log_mels.shape
    image = np.full((first[-1] + n_frames, n_mels), np.nan, np.float32)  # gaps stay empty
    for place, clip in zip(first, track.log_mels, strict=True):
        image[place : place + n_frames] = clip
    step = -(-len(image) // MAX_COLUMNS)
    image = image[: len(image) // step * step].reshape(-1, step, n_mels).mean(axis=1)
    draw_log_mel(above, image, features, features.hop_length * step)
    above.set_title(printable(prediction.path.name))
    order = np.argsort(-by_clip.mean(axis=0), kind="stable")
    n_shown = len(order) if len(order) <= len(OKABE_ITO) else len(OKABE_ITO) - 1
    bands, names = by_clip.T[order[:n_shown]], [labels[number] for number in order[:n_shown]]
    if n_shown < len(order):
        bands = np.vstack([bands, by_clip.T[order[n_shown:]].sum(axis=0)])
        names.append("all others")
    drawn = below.stackplot(*_corners(track, bands), colors=[*OKABE_ITO[:n_shown], INK])
    below.set(xlabel="time (s)", ylabel="probability", ylim=(0, 1))
    legend = figure.legend(drawn, ["?"] * len(names), loc="outside lower center", ncols=6)
    for text, name in zip(legend.get_texts(), names, strict=True):
        text.set_text(name)  # only now, for a legend may leave out what begins with "_"
    return figure


def _corners(track: TrackClips, bands: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return times in seconds, and the bands [shape=(n_bands, n_corners)] at each.

    Those of a clip [shape=(n_bands, n_clips)] hold until the next one starts; gaps are empty.
    """
    until = np.minimum(track.starts + track.clip_seconds, np.append(track.starts[1:], np.inf))
    times = np.column_stack([track.starts, until]).ravel()
    gaps = np.flatnonzero(times[2::2] > times[1:-1:2]) * 2 + 1  # from this corner to the next
    both = np.column_stack([gaps, gaps + 1]).ravel()
    at = np.repeat(gaps + 1, 2)
    return np.insert(times, at, times[both]), np.insert(np.repeat(bands, 2, axis=1), at, 0, axis=1)
