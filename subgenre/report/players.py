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


def players(audios: Sequence[np.ndarray], captions: Sequence[str], sample_rate: int) -> HTML:
    """Return a list of players, each under its caption (plain text; it is escaped).

    Parameters
    ----------
    audios : sequence of np.ndarray [shape=(n_samples,)]
        Within ±1.
    captions : sequence of str
        One per player.
    sample_rate : int
        In Hz.
    """
    parts = []
    for audio, caption in zip(audios, captions, strict=True):
        # The first argument of `Audio` is only needed by players it does not make itself.
        player = Audio(data=mp3(audio, sample_rate), rate=sample_rate)
        player.mimetype = "audio/mpeg"  # which `Audio` cannot guess from bytes
        parts.append(
            f"<figure><figcaption>{html.escape(caption)}</figcaption>"
            f"{player._repr_html_()}</figure>"
        )
    return HTML(f'<div class="players">{"".join(parts)}</div>')
