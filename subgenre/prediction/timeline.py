"""A picture of one track: what the network reads, and what it makes of it, second by second."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from subgenre.config import FeatureConfig
from subgenre.data.drawing import INK, OKABE_ITO, PageFigure, draw_log_mel, use_style
from subgenre.plumbing.text import printable
from subgenre.prediction.predict import Prediction

MAX_COLUMNS = 2000  # of frames, about as many as the picture has pixels; more are averaged


def timeline(prediction: Prediction, labels: Sequence[str], features: FeatureConfig) -> Figure:
    """Draw a track's log-mel spectrogram and, under it, the class probabilities over time.

    The prediction is one without an error; of its `labels`, in the classifier's order, the most
    probable have a band each, and the rest share the last one. Where clips overlap, the later one
    is drawn; between clips that are apart both pictures are empty.
    """
    track, by_clip = prediction.track, prediction.by_clip
    assert track is not None and by_clip is not None
    use_style()
    figure = PageFigure(figsize=(11, 5.6), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    rate = features.sample_rate / features.hop_length  # frames per second
    first = np.round(track.starts * rate).astype(int)
    _, n_frames, n_mels = track.log_mels.shape
    image = np.full((first[-1] + n_frames, n_mels), np.nan, np.float32)
    shares = np.zeros((len(image), len(labels)))
    for place, clip, answer in zip(first, track.log_mels, by_clip, strict=True):
        image[place : place + n_frames] = clip
        shares[place : place + n_frames] = answer
    step = -(-len(image) // MAX_COLUMNS)
    image = image[: len(image) // step * step].reshape(-1, step, n_mels).mean(axis=1)
    mesh = draw_log_mel(above, image, features, features.hop_length * step)
    figure.colorbar(mesh, ax=above, label="level (dB)")
    above.set_title(printable(prediction.path.name))
    order = np.argsort(-by_clip.mean(axis=0), kind="stable")
    n_shown = len(order) if len(order) <= len(OKABE_ITO) else len(OKABE_ITO) - 1
    bands, names = shares[::step].T[order], [labels[number] for number in order[:n_shown]]
    if n_shown < len(order):
        bands = np.vstack([bands[:n_shown], bands[n_shown:].sum(axis=0)])
        names.append("all others")
    times = np.arange(0, len(shares), step) / rate
    drawn = below.stackplot(times, bands, colors=[*OKABE_ITO[:n_shown], INK], step="mid")
    below.set(xlabel="time (s)", ylabel="probability", ylim=(0, 1))
    legend = figure.legend(drawn, ["?"] * len(names), loc="outside lower center", ncols=6)
    for text, name in zip(legend.get_texts(), names, strict=True):
        text.set_text(name)  # only now, for a legend may leave out what begins with "_"
    return figure
