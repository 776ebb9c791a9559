"""Log-mel spectrograms: ours against librosa's, and against the least that has to be computed."""

import statistics
import time
from collections.abc import Callable
from functools import partial

import click
import librosa
import numpy as np
import scipy.fft
import timing
from threadpoolctl import threadpool_limits

from subgenre.config import FeatureConfig
from subgenre.data.features import TOP_DB, log_mel

SECONDS = 10
CONFIG = FeatureConfig()
FILTERS = np.ones((1 + CONFIG.n_fft // 2, CONFIG.n_mels), dtype=np.float32)


def ours(audio: np.ndarray) -> np.ndarray:
    """Compute what the study does."""
    return log_mel(audio, CONFIG)


def with_librosa(audio: np.ndarray) -> np.ndarray:
    """Compute what a user of librosa would."""
    mel = librosa.feature.melspectrogram(
        y=audio,
        sr=CONFIG.sample_rate,
        n_fft=CONFIG.n_fft,
        hop_length=CONFIG.hop_length,
        n_mels=CONFIG.n_mels,
        fmin=CONFIG.fmin,
        fmax=CONFIG.fmax,
    )
    return librosa.power_to_db(mel, top_db=TOP_DB).T


def bare(audio: np.ndarray) -> np.ndarray:
    """Compute as many FFTs, and a mel product as large, on numbers that are already in place."""
    frames = np.zeros((CONFIG.n_frames(SECONDS), CONFIG.n_fft), dtype=np.float32)
    return scipy.fft.rfft(frames).real @ FILTERS


def milliseconds(way: Callable[[np.ndarray], np.ndarray], clips: np.ndarray) -> float:
    """Return the processor time per clip, which other programs disturb less than wall time."""
    started = time.process_time()
    for clip in clips:
        way(clip)
    return 1000 * (time.process_time() - started) / len(clips)


@click.command()
@click.option("--quick", is_flag=True, help="Check in a second that the benchmark works.")
def main(quick: bool) -> None:
    """Compare the time per clip on one core, in turn. Takes a few seconds."""
    n_clips, repeats = (2, 2) if quick else (20, 25)
    rng = np.random.default_rng(0)
    clips = rng.normal(0, 0.1, (n_clips, SECONDS * CONFIG.sample_rate)).astype(np.float32)
    largest = max(np.abs(ours(clip) - with_librosa(clip)).max() for clip in clips)
    ways = {"subgenre": ours, "librosa": with_librosa, "FFTs and mel product alone": bare}
    with threadpool_limits(1):
        times = timing.in_turn(
            {name: partial(milliseconds, way, clips) for name, way in ways.items()}, repeats
        )
    click.echo(f"Log-mel of {SECONDS} s clips, one core; largest difference {largest:.0e} dB.")
    rows = [
        (name, f"{statistics.median(of):.2f}", f"{timing.ratio(of, times['subgenre']):.2f} x")
        for name, of in times.items()
    ]
    click.echo(timing.table(("", "ms a clip", "time of ours"), rows))


if __name__ == "__main__":
    main()
