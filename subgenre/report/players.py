"""Audio players for pages: short, compressed, self-contained."""

import base64
import html
import io
from collections.abc import Sequence

import librosa
import numpy as np
import soundfile
from IPython.display import HTML
from matplotlib import pyplot

from subgenre.config import DataConfig, FeatureConfig
from subgenre.data.clips import ExampleClip

TICKS_HZ = {250: "250 Hz", 1000: "1 kHz", 4000: "4 kHz"}
N_SECONDS_TICKS = 6
STYLE = '<link rel="stylesheet" href="../_static/play.css">'


def mp3(audio: np.ndarray, sample_rate: int) -> str:
    """Return mono audio [shape=(n_samples,), within ±1] as the address of an MP3, 6 kB a second."""
    buffer = io.BytesIO()
    soundfile.write(buffer, audio, sample_rate, format="MP3", subtype="MPEG_LAYER_III")
    return _address("audio/mpeg", buffer)


def _address(kind: str, content: io.BytesIO) -> str:
    return f"data:{kind};base64,{base64.b64encode(content.getvalue()).decode()}"


def scripts(*names: str) -> str:
    """Return HTML that loads scripts of ``book/static`` into a page of the book."""
    return "".join(f'<script src="../_static/{name}"></script>' for name in names)


def hertz_ticks(features: FeatureConfig) -> list[tuple[float, str]]:
    """Return heights in a log-mel spectrogram, from 0 to 1, and which frequency is there."""
    low, high = librosa.hz_to_mel([features.fmin, features.fmax])
    heights = {(librosa.hz_to_mel(hz) - low) / (high - low): said for hz, said in TICKS_HZ.items()}
    return [(round(float(height), 4), said) for height, said in heights.items() if 0 <= height <= 1]


def clip_player(
    clips: Sequence[ExampleClip], captions: Sequence[str], config: DataConfig, noisy: bool = False
) -> HTML:
    """Return a player for each clip under its plain caption; clean, or else `noisy`, comes first.

    The other version is on a switch. A line runs over the log-mel spectrogram, drawn on one scale
    for both. Without scripts each version has a player of its own.
    """
    parts = []
    for clip, caption in zip(clips, captions, strict=True):
        versions = [("clean", clip.clean, clip.clean_log_mel)]
        if config.snr_db is not None:
            name = f"in noise, {config.snr_db:g} dB"
            versions.insert(0 if noisy else 1, (name, clip.noisy, clip.noisy_log_mel))
        levels = np.concatenate([image for _, _, image in versions])
        shown = [_version(*one, (levels.min(), levels.max()), config) for one in versions]
        title = f"<figcaption>{html.escape(caption)}</figcaption>"
        parts.append(f'<figure class="clip">{title}{"".join(shown)}</figure>')
    return HTML(f'{STYLE}<div class="players">{"".join(parts)}</div>{scripts("player.js")}')


def _version(
    name: str, audio: np.ndarray, log_mel: np.ndarray, scale: tuple, config: DataConfig
) -> str:
    """Return the picture and the plain player of one version of a clip."""
    image, rate = io.BytesIO(), config.features.sample_rate
    look = {"cmap": "magma", "origin": "lower", "format": "webp"}
    pyplot.imsave(image, log_mel.T, vmin=scale[0], vmax=scale[1], **look)
    seconds, places = len(audio) / rate, np.linspace(0, 1, N_SECONDS_TICKS).tolist()
    ticks = [("y", "bottom", *tick) for tick in hertz_ticks(config.features)]
    ticks += [("x", "left", at, f"{at * seconds:.3g}" + " s" * (at == 0)) for at in places]
    tag = '<i class="{}" style="{}: {:.1%}">{}</i>'
    drawn = "".join(tag.format(*tick) for tick in ticks)
    alt = f"log-mel spectrogram, {name}; across: seconds, upwards: frequency"
    return (
        f'<div class="version" data-name="{name}"><div class="picture">'
        f'<img src="{_address("image/webp", image)}" alt="{alt}">{drawn}</div>'
        f'<audio controls preload="metadata" src="{mp3(audio, rate)}"></audio></div>'
    )
