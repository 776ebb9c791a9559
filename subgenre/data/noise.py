"""Noise at an exact signal-to-noise ratio: pink noise and the babble of a crowd.

Both are synthetic. Training, validation and test have crowds of their own: a network cannot know
the noise it is tested in.
"""

from functools import lru_cache

import numpy as np
import scipy  # its parts are imported when they are used
from numpy.random import Generator

from subgenre.config import CROWD_SECONDS
from subgenre.data.dataset import SetName
from subgenre.plumbing.errors import DataError
from subgenre.plumbing.files import CACHE_VARIABLE, cache_dir, usable_dir, written_aside

NOISE_VERSION = 2  # raise it with any change that can be heard: caches depend on it
#: So many crowds in so many places: what a network hears often it would learn by heart.
N_CROWDS: dict[SetName, int] = {"train": 24, "validation": 6, "test": 6}
N_TALKERS = 10
TALK_SECONDS = (14.0, 24.0)  # what each has to say
LOWEST_HZ = 20.0  # below it nobody hears noise, yet 1/f would put half of its power there
CEILING = 0.999  # largest sample after mixing

# First three formants of five vowels in Hz (a, e, i, o, u), typical adult values after
# G. E. Peterson and H. L. Barney, J. Acoust. Soc. Am. 24, 1952.
_VOWELS_HZ = np.array(
    [[730, 1090, 2440], [530, 1840, 2480], [270, 2290, 3010], [570, 840, 2410], [300, 870, 2240]]
)
_WIDTHS_AND_GAINS = ((90.0, 1.0), (120.0, 0.5), (170.0, 0.25))  # of the formants, widths in Hz
_HIGHER_FORMANTS_GAIN = 0.03  # all others in sum, so that the crowd has highs without pauses


@lru_cache(maxsize=sum(N_CROWDS.values()))
def crowd(of: SetName, number: int, sample_rate: int) -> np.ndarray:
    """Return pink noise and babble of one of the `N_CROWDS` of a set; the sets share none.

    Each is a row of mean square 1, and the same on every call: made once, kept in the cache and
    memory-mapped [shape=(2, CROWD_SECONDS * sample_rate), float32, read-only].
    """
    path = cache_dir() / "noise" / f"{of}-{number}-{sample_rate}-{NOISE_VERSION}.npy"
    if not path.is_file():
        usable_dir(path.parent, CACHE_VARIABLE)
        rng = np.random.default_rng([*of.encode(), number])
        kinds = [make(CROWD_SECONDS * sample_rate, sample_rate, rng) for make in (pink, babble)]
        with written_aside(path) as part, part.open("wb") as file:
            np.save(file, np.stack(kinds))
    noise: np.ndarray = np.load(path, mmap_mode="r")
    return noise


def pink(n_samples: int, sample_rate: int, rng: Generator) -> np.ndarray:
    """Make noise of mean square 1, its power 1/f from 20 Hz on [shape=(n_samples,), float32]."""
    hertz = scipy.fft.rfftfreq(n_samples, 1 / sample_rate)
    amplitude = np.where(hertz >= LOWEST_HZ, 1 / np.sqrt(np.maximum(hertz, LOWEST_HZ)), 0.0)
    phases = rng.uniform(0, 2 * np.pi, len(hertz))
    return _unit_power(scipy.fft.irfft(amplitude * np.exp(1j * phases), n_samples))


def babble(n_samples: int, sample_rate: int, rng: Generator) -> np.ndarray:
    """Make the babble of synthetic talkers at different distances, as `pink` makes its noise.

    Each says the same again and again; their ten periods do not meet within hours.
    """
    crowd = np.zeros(n_samples, np.float32)
    for _ in range(N_TALKERS):
        speech = _talker(round(rng.uniform(*TALK_SECONDS) * sample_rate), sample_rate, rng)
        crowd += np.resize(speech, n_samples) * np.float32(rng.uniform(0.4, 1.0))
    return _unit_power(crowd)


def _talker(n_samples: int, sample_rate: int, rng: Generator) -> np.ndarray:
    """Speak syllables: a glottal source and hiss, filtered by formants that move frame by frame."""
    hop = round(0.016 * sample_rate)
    overlap = {"nperseg": 2 * hop, "noverlap": hop}
    speech = scipy.signal.stft(_glottis(n_samples, sample_rate, rng), **overlap)[2]
    formants_hz, is_hiss, loudness = _syllables(speech.shape[1], hop / sample_rate, rng)
    hertz = np.linspace(0, sample_rate / 2, hop + 1, dtype=np.float32)[:, None]
    formants_hz *= rng.uniform(0.88, 1.15)  # tall and small talkers
    tract = np.full(speech.shape, _HIGHER_FORMANTS_GAIN, np.float32)
    for centre_hz, (width_hz, gain) in zip(formants_hz, _WIDTHS_AND_GAINS, strict=True):
        tract += gain / (1 + ((hertz - centre_hz) / width_hz) ** 2)
    phases = rng.uniform(0, 2 * np.pi, (len(hertz), is_hiss.sum()))
    hiss = 0.1 * np.minimum(hertz / 3000, 1.0) * np.abs(speech).mean() * np.exp(1j * phases)
    speech *= tract
    speech[:, is_hiss] = hiss
    return _unit_power(scipy.signal.istft(speech * loudness, **overlap)[1][:n_samples])


def _glottis(n_samples: int, sample_rate: int, rng: Generator) -> np.ndarray:
    """Draw a sawtooth, near to the flow through vocal folds, with a wandering pitch."""
    seconds = np.arange(n_samples) / sample_rate
    turns = np.arange(0, seconds[-1] + 0.5, 0.4)  # intonation turns every 0.4 s
    pitch_hz = rng.uniform(90, 230) * 2 ** rng.normal(0, 0.2, len(turns))
    cycles = np.cumsum(np.interp(seconds, turns, pitch_hz)) / sample_rate
    return (1 - 2 * (cycles % 1)).astype(np.float32)


def _syllables(n_frames: int, frame_s: float, rng: Generator) -> tuple[np.ndarray, ...]:
    """Return formants in Hz [shape=(3, n_frames)], hiss, and loudness [shape=(n_frames,)]."""
    times = np.arange(n_frames) * frame_s
    most = round(6 * times[-1]) + 2  # 3 to 6 syllables per second
    starts = np.concatenate([[0], np.cumsum(rng.uniform(1 / 6, 1 / 3, most))])
    now = np.searchsorted(starts, times, side="right") - 1
    within = (times - starts[now]) / np.diff(starts)[now]
    vowels = _VOWELS_HZ[rng.integers(len(_VOWELS_HZ), size=most)]
    centres = starts[:-1] + 0.5 * np.diff(starts)
    formants_hz = np.stack([np.interp(times, centres, vowels[:, i]) for i in range(3)])
    consonant = rng.random(most) < 0.5  # every other syllable starts with a hiss
    is_hiss = consonant[now] & (within < 0.25)
    phrase = np.repeat(rng.random(most // 4 + 1) < 0.75, 4)[:most]  # a quarter are pauses
    loudness = np.sin(np.pi * within) * (phrase * rng.uniform(0.5, 1.0, most))[now]
    return formants_hz.astype(np.float32), is_hiss, loudness.astype(np.float32)


def _power(signal: np.ndarray) -> float:
    return float(np.mean(np.square(signal, dtype=np.float64)))


def _unit_power(signal: np.ndarray) -> np.ndarray:
    return np.asarray(signal / np.sqrt(_power(signal)), np.float32)


def add_noise(audio: np.ndarray, snr_db: float, noises: np.ndarray, rng: Generator) -> np.ndarray:
    """Mix a random excerpt of a `crowd` into audio [shape=(n_samples,), float32, within ±1].

    The signal-to-noise ratio, in dB, is that of the mean squares over the whole clip, exactly. The
    kinds of noise share the power at random. If the mixture would clip, music and noise are turned
    down together. Audio that is silent or longer than the bank is a `DataError`.
    """
    signal = np.asarray(audio, np.float64)
    signal_power = _power(signal) if signal.size else 0.0
    if not 0 < signal_power < np.inf or signal.size > noises.shape[1]:
        raise DataError(
            f"Expected audio with sound in it, and no more of it than of noise ({noises.shape[1]} "
            f"samples); got {signal.size} samples of mean square {signal_power:g}: leave this "
            "track out, or make the clips shorter."
        )
    starts = rng.integers(0, noises.shape[1] - signal.size + 1, len(noises))
    shares = rng.dirichlet(np.ones(len(noises)))
    excerpts = [row[start : start + signal.size] for row, start in zip(noises, starts, strict=True)]
    # An excerpt of speech can be louder or softer than its crowd: level each before sharing.
    gains = np.sqrt(shares / np.maximum([_power(excerpt) for excerpt in excerpts], 1e-12))
    noise = gains @ np.stack(excerpts).astype(np.float64)
    noise *= np.sqrt(signal_power / _power(noise)) * 10 ** (-snr_db / 20)
    mixture = signal + noise
    mixture *= min(1.0, CEILING / float(np.abs(mixture).max()))
    return mixture.astype(np.float32)
