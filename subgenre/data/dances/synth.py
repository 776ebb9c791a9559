"""A small synthesizer: wavetable voices of six families of instruments.

Every voice is two wavetables, one dull and one bright, cross-faded along each note; six families
of instruments draw their spectra, envelopes and vibrato at random from a seed. Written for speed
(some hundred times real time on one core) and repeatability: the same numbers in give the same
samples out. What is played is decided elsewhere; nothing here knows a tune or a label.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import scipy.fft

TABLE_BITS = 12
PHASE_BITS = 32
LOWEST_HZ = 55.0  # A1; the first table serves all fundamentals up to half an octave above it
TABLES_PER_OCTAVE = 2
N_TABLES = 14  # seven octaves up, to 7 kHz
MAX_HARMONICS = 48
FADE_SECONDS = 0.12  # time constant from the bright table to the dull one


@dataclass(frozen=True)
class Family:
    """The ranges from which an instrument of one family is drawn.

    Attributes
    ----------
    rolloff_db : (float, float)
        Fall of the spectrum, in dB per octave.
    even : (float, float)
        Level of the even harmonics against the odd ones (a closed pipe has weak ones).
    attack_s : (float, float)
        Time to full level, in seconds.
    decay_s : (float, float) or None
        Time constant of the decay of a plucked string, in seconds; None for a sustained tone.
    vibrato_cents, breath, detune_cents : float
        Largest vibrato depth, level of breath or bow noise, and distance of two reeds.
    octave : int
        Octaves between the written and the sounding pitch.
    """

    rolloff_db: tuple[float, float]
    even: tuple[float, float]
    attack_s: tuple[float, float]
    decay_s: tuple[float, float] | None = None
    vibrato_cents: float = 0.0
    breath: float = 0.0
    detune_cents: float = 0.0
    octave: int = 0


FAMILIES: dict[str, Family] = {
    "fiddle": Family((5, 9), (0.7, 1.0), (0.015, 0.040), vibrato_cents=16, breath=0.03),
    "flute": Family((10, 15), (0.4, 1.0), (0.020, 0.045), vibrato_cents=10, breath=0.10),
    "whistle": Family((14, 20), (0.3, 0.8), (0.008, 0.025), vibrato_cents=8, breath=0.08, octave=1),
    "pipes": Family((3, 6), (0.2, 0.9), (0.005, 0.015), breath=0.01),
    "plucked": Family((5, 11), (0.5, 1.0), (0.001, 0.004), decay_s=(0.10, 0.45)),
    "squeezebox": Family((4, 8), (0.6, 1.0), (0.010, 0.035), breath=0.01, detune_cents=14),
}
"""Fiddle; flute; tin whistle; bagpipe or reed; banjo or harp; accordion or concertina."""


@dataclass(frozen=True)
class Part:
    """The notes of one player.

    Attributes
    ----------
    onsets, durations : np.ndarray [shape=(n_notes,)]
        In seconds.
    pitches : np.ndarray [shape=(n_notes,)]
        MIDI numbers, A4 = 69 = 440 Hz; fractions are allowed.
    levels : np.ndarray [shape=(n_notes,)]
        Linear gain of each note.
    """

    onsets: np.ndarray
    durations: np.ndarray
    pitches: np.ndarray
    levels: np.ndarray


@dataclass(frozen=True)
class Voice:
    """One instrument, ready to play.

    Attributes
    ----------
    tables : np.ndarray [shape=(N_TABLES, 2, 2**TABLE_BITS)]
        Per half octave the dull wave and what the bright wave adds to it, band-limited.
    attack_s, release_s : float
        In seconds.
    decay_s : float or None
        Time constant of a plucked string, in seconds.
    vibrato_cents, vibrato_hz, breath, detune_cents : float
        Drawn below the maxima of the family.
    octave : int
        Octaves between the written and the sounding pitch.
    """

    tables: np.ndarray
    attack_s: float
    release_s: float
    decay_s: float | None
    vibrato_cents: float
    vibrato_hz: float
    breath: float
    detune_cents: float
    octave: int


def build_voice(family: str, spectrum_seed: int, brightness: float, sample_rate: int) -> Voice:
    """Draw one instrument of a family.

    Parameters
    ----------
    family : str
        A key of `FAMILIES`.
    spectrum_seed : int
        The same seed gives the same instrument.
    brightness : float [0 <= brightness <= 1]
        Shifts the whole spectrum between dull and bright.
    sample_rate : int
        In Hz; partials above 0.45 of it are left out.

    Returns
    -------
    Voice
        The instrument.
    """
    rng = np.random.default_rng(spectrum_seed)
    kind = FAMILIES[family]
    harmonics = np.arange(1, MAX_HARMONICS + 1)
    slope_db = rng.uniform(*kind.rolloff_db) + 3.0 * (0.5 - brightness)
    character_db = rng.normal(0.0, 3.5, MAX_HARMONICS)  # what tells two fiddles apart
    character_db[0] = max(character_db[0], 0.0)
    even = np.where(harmonics % 2 == 0, rng.uniform(*kind.even), 1.0)
    bright = even * 10 ** ((character_db - slope_db * np.log2(harmonics)) / 20)
    dull = bright * harmonics**-0.7  # about 4 dB per octave steeper
    phases = rng.uniform(0, 2 * np.pi, MAX_HARMONICS)
    return Voice(
        tables=_tables(dull, bright, phases, sample_rate),
        attack_s=rng.uniform(*kind.attack_s),
        release_s=rng.uniform(0.015, 0.035),
        decay_s=rng.uniform(*kind.decay_s) if kind.decay_s else None,
        vibrato_cents=rng.uniform(0, kind.vibrato_cents),
        vibrato_hz=rng.uniform(4.5, 6.5),
        breath=rng.uniform(0, kind.breath),
        detune_cents=rng.uniform(0.3, 1.0) * kind.detune_cents,
        octave=kind.octave,
    )


def _tables(
    dull: np.ndarray, bright: np.ndarray, phases: np.ndarray, sample_rate: int
) -> np.ndarray:
    """Turn two spectra into unit-RMS waves, one pair per half octave, free of aliases."""
    size = 2**TABLE_BITS
    tops = LOWEST_HZ * 2 ** (np.arange(1, N_TABLES + 1) / TABLES_PER_OCTAVE)
    kept = np.arange(1, MAX_HARMONICS + 1) <= np.maximum(1, 0.45 * sample_rate / tops)[:, None]
    spectra = np.zeros((N_TABLES, 2, size // 2 + 1), np.complex64)
    used = np.stack([dull, bright]) * kept[:, None, :]
    used /= np.sqrt(0.5 * (used**2).sum(axis=-1, keepdims=True))
    spectra[..., 1 : MAX_HARMONICS + 1] = 0.5 * size * used * np.exp(1j * phases)
    tables = scipy.fft.irfft(spectra, n=size, axis=-1)
    tables[:, 1] -= tables[:, 0]
    return np.asarray(tables, np.float32)


@dataclass(frozen=True)
class _Curves:
    """What all notes of one part share, as long as the longest note [shape=(n_longest,)]."""

    count: np.ndarray  # 0, 1, 2 ... as int64
    fade: np.ndarray  # from the bright table to the dull one
    decay: np.ndarray | None  # of a plucked string
    sway: np.ndarray | None  # vibrato, in seconds of phase per hertz


def play(
    part: Part, voice: Voice, n_samples: int, sample_rate: int, rng: np.random.Generator
) -> np.ndarray:
    """Play a part with a voice.

    Parameters
    ----------
    part : Part
        The notes, none of them before 0 s; what lies beyond `n_samples` is cut.
    voice : Voice
        The instrument.
    n_samples : int
        Length of the result.
    sample_rate : int
        In Hz.
    rng : np.random.Generator
        Draws the phases and the breath.

    Returns
    -------
    np.ndarray [shape=(n_samples,), float32]
        The part, dry.
    """
    out = np.zeros(n_samples, np.float32)
    ring_s = voice.release_s + 0.8 * (
        voice.decay_s or 0.0
    )  # a plucked string is not damped at once
    starts = np.round(part.onsets * sample_rate).astype(int)
    lengths = np.round((part.durations + ring_s) * sample_rate).astype(int)
    lengths = np.minimum(lengths, n_samples - starts)
    curves = _shared_curves(voice, int(lengths.max(initial=2)), sample_rate)
    breath = rng.standard_normal(n_samples, np.float32) * np.float32(voice.breath)
    hertz = 440.0 * 2 ** ((part.pitches + 12 * voice.octave - 69) / 12)
    phases = rng.integers(0, 2**PHASE_BITS, len(starts))
    for start, length, pitch_hz, level, phase in zip(
        starts.tolist(), lengths.tolist(), hertz.tolist(), part.levels, phases, strict=True
    ):
        if length < 2:
            continue
        tone = _tone(voice, pitch_hz, phase, curves, length, sample_rate)
        if voice.breath:
            tone += breath[start : start + length]
        tone *= np.float32(level)
        _shape(tone, voice, curves, sample_rate)
        out[start : start + length] += tone
    return out


def _shared_curves(voice: Voice, n_longest: int, sample_rate: int) -> _Curves:
    """Compute once what every note of a part needs."""
    seconds = np.arange(n_longest, dtype=np.float32) / np.float32(sample_rate)
    sway = None
    if voice.vibrato_cents:
        depth = (2 ** (voice.vibrato_cents / 1200) - 1) / (2 * np.pi * voice.vibrato_hz)
        blooms = np.minimum(seconds / 0.25, 1.0)  # vibrato grows; short notes have hardly any
        sway = depth * blooms * np.sin(2 * np.pi * voice.vibrato_hz * seconds)
    return _Curves(
        count=np.arange(n_longest),
        fade=np.exp(-seconds / np.float32(FADE_SECONDS)),
        decay=np.exp(-seconds / np.float32(voice.decay_s)) if voice.decay_s else None,
        sway=sway,
    )


def _tone(
    voice: Voice, pitch_hz: float, phase: int, curves: _Curves, length: int, sample_rate: int
) -> np.ndarray:
    """Read the two wavetables at one pitch and cross-fade them; two reeds read twice."""
    band = int(np.clip(TABLES_PER_OCTAVE * np.log2(pitch_hz / LOWEST_HZ), 0, N_TABLES - 1))
    dull, brightening = voice.tables[band]
    apart = 2 ** (voice.detune_cents / 2400)
    reeds = (pitch_hz * apart, pitch_hz / apart) if voice.detune_cents else (pitch_hz,)
    tone = np.zeros(length, np.float32)
    for reed_hz in reeds:
        # Whole-number phase wraps exactly and never drifts: a cycle is 2**PHASE_BITS steps.
        steps = curves.count[:length] * round(reed_hz / sample_rate * 2**PHASE_BITS) + phase
        if curves.sway is not None:
            steps += (curves.sway[:length] * (reed_hz * 2**PHASE_BITS)).astype(np.int64)
        index = (steps >> (PHASE_BITS - TABLE_BITS)) & (2**TABLE_BITS - 1)
        tone += dull[index]
        tone += brightening[index] * curves.fade[:length]
    return tone


def _shape(tone: np.ndarray, voice: Voice, curves: _Curves, sample_rate: int) -> None:
    """Give a tone its attack, decay and release, in place."""
    if curves.decay is not None:
        tone *= curves.decay[: len(tone)]
    attack = min(max(2, round(voice.attack_s * sample_rate)), len(tone) // 2)
    release = min(max(2, round(voice.release_s * sample_rate)), len(tone) // 2)
    tone[:attack] *= _ramp(attack)
    tone[-release:] *= _ramp(release)[::-1]


@cache
def _ramp(length: int) -> np.ndarray:
    """Return half a Hann window, rising [shape=(length,)]."""
    ramp = 0.5 - 0.5 * np.cos(np.pi * np.arange(length, dtype=np.float32) / length)
    ramp.setflags(write=False)
    return ramp
