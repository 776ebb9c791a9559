"""Audio players for pages: short, compressed, self-contained."""

import html
import io
from collections.abc import Sequence

import numpy as np
import soundfile
from IPython.display import HTML, Audio


def mp3(audio: np.ndarray, sample_rate: int) -> bytes:
    """Return mono audio [shape=(n_samples,), within ±1] as an MP3 file, 4 to 5 kB a second."""
    buffer = io.BytesIO()
    soundfile.write(buffer, audio, sample_rate, format="MP3", subtype="MPEG_LAYER_III")
    return buffer.getvalue()


def player_list(audios: Sequence[np.ndarray], captions: Sequence[str], sample_rate: int) -> HTML:
    """Return a player for each audio [shape=(n_samples,), within ±1], under its plain caption."""
    parts = []
    for audio, caption in zip(audios, captions, strict=True):
        player = Audio(data=mp3(audio, sample_rate), rate=sample_rate)
        player.mimetype = "audio/mpeg"  # which `Audio` cannot guess from bytes
        title = f"<figcaption>{html.escape(caption)}</figcaption>"
        parts.append(f"<figure>{title}{player._repr_html_()}</figure>")
    return HTML(f'<div class="players">{"".join(parts)}</div>')
