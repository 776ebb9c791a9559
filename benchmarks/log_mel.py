"""Our log-mel spectrogram against librosa's, clip by clip on one core, measured in turn."""

import statistics
import time

import librosa
import numpy as np
import scipy.fft
from threadpoolctl import threadpool_limits

from subgenre.config import FeatureConfig
from subgenre.features import TOP_DB, log_mel

N_CLIPS, REPEATS, SECONDS = 20, 7, 10
CONFIG = FeatureConfig()


def with_librosa(audio: np.ndarray) -> np.ndarray:
    """Compute what a user of librosa would, for one clip."""
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
    """Compute only the FFTs and the mel product, the least that has to be done."""
    frames = np.zeros((CONFIG.n_frames(SECONDS), CONFIG.n_fft), dtype=np.float32)
    return np.abs(scipy.fft.rfft(frames)) @ FILTERS


FILTERS = np.ones((1 + CONFIG.n_fft // 2, CONFIG.n_mels), dtype=np.float32)


def main() -> None:
    """Print seconds per clip and ratios, medians over interleaved repeats."""
    rng = np.random.default_rng(0)
    clips = rng.normal(0, 0.1, (N_CLIPS, SECONDS * CONFIG.sample_rate)).astype(np.float32)
    largest = max(np.abs(log_mel(clip, CONFIG) - with_librosa(clip)).max() for clip in clips)
    ways = {"subgenre": lambda clip: log_mel(clip, CONFIG), "librosa": with_librosa, "bare": bare}
    times: dict[str, list[float]] = {name: [] for name in ways}
    with threadpool_limits(1):
        for _ in range(REPEATS):
            for name, way in ways.items():
                started = time.perf_counter()
                for clip in clips:
                    way(clip)
                times[name].append((time.perf_counter() - started) / N_CLIPS)
    ours = times["subgenre"]
    print(f"log-mel of {SECONDS} s clips, one core; largest difference {largest:.1e} dB")
    for name, of in times.items():
        ratio = statistics.median(a / b for a, b in zip(of, ours, strict=True))
        print(f"{name:9s} {1000 * statistics.median(of):6.2f} ms a clip   {ratio:5.2f} x ours")


if __name__ == "__main__":
    main()
