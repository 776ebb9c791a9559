"""A small synthesizer: wavetable voices of six families of instruments, and the room they are in.

Every voice is two wavetables, one dull and one bright, cross-faded along each note. It is written
for speed, some hundred times real time on one core; nothing here knows a tune or a label.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import scipy  # its parts are imported when they are used
from numpy.random import Generator

TABLE_BITS = 12
PHASE_BITS = 32
LOWEST_HZ = 55.0  # A1; the first table serves all fundamentals up to half an octave above it
TABLES_PER_OCTAVE = 2
N_TABLES = 14  # seven octaves up, to 7 kHz
MAX_HARMONICS = 48
EQ_CENTRES_HZ = (120.0, 350.0, 1000.0, 2500.0, 6000.0)
FADE_SECONDS = 0.12  # time constant from the bright table to the dull one


class Family(NamedTuple):
    """The ranges from which an instrument of one family is drawn."""

    rolloff_db: tuple[float, float]  # fall of the spectrum, in dB per octave
    even: tuple[float, float]  # even harmonics against odd ones; a closed pipe has weak ones
    attack_s: tuple[float, float]  # time to full level
    decay_s: tuple[float, float] | None = None  # time constant of a plucked string; or sustained
    vibrato_cents: float = 0.0  # largest depth
    breath: float = 0.0  # largest level of breath or bow noise
    detune_cents: float = 0.0  # largest distance of two reeds
    octave: int = 0  # octaves between the written and the sounding pitch


# Fiddle; flute; tin whistle; bagpipe or reed; banjo or harp; accordion or concertina.
FAMILIES = {
    "fiddle": Family((5, 9), (0.7, 1.0), (0.015, 0.040), vibrato_cents=16, breath=0.03),
    "flute": Family((10, 15), (0.4, 1.0), (0.020, 0.045), vibrato_cents=10, breath=0.10),
    "whistle": Family((14, 20), (0.3, 0.8), (0.008, 0.025), vibrato_cents=8, breath=0.08, octave=1),
    "pipes": Family((3, 6), (0.2, 0.9), (0.005, 0.015), breath=0.01),
    "plucked": Family((5, 11), (0.5, 1.0), (0.001, 0.004), decay_s=(0.10, 0.45)),
    "squeezebox": Family((4, 8), (0.6, 1.0), (0.010, 0.035), breath=0.01, detune_cents=14),
}


class Part(NamedTuple):
    """The notes of one player, each [shape=(n_notes,)]."""

    onsets: np.ndarray  # in seconds from the start of the clip, none before 0
    durations: np.ndarray  # in seconds
    pitches: np.ndarray  # MIDI numbers, A4 = 69 = 440 Hz; fractions are allowed
    levels: np.ndarray  # linear gain


class Voice(NamedTuple):
    """One instrument, ready to play, drawn from a `Family`."""

    tables: np.ndarray  # per half octave the dull wave, what the bright one adds; band-limited
    attack_s: float
    release_s: float
    decay_s: float | None
    vibrato_cents: float
    vibrato_hz: float
    breath: float
    detune_cents: float
    octave: int


def build_voice(family: str, spectrum_seed: int, brightness: float, sample_rate: int) -> Voice:
    """Draw one instrument of a family, the same for the same seed.

    Its `brightness` shifts the whole spectrum between dull, 0, and bright, 1.
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
        tables=_tables(np.stack([dull, bright]), phases, sample_rate),
        attack_s=rng.uniform(*kind.attack_s),
        release_s=rng.uniform(0.015, 0.035),
        decay_s=rng.uniform(*kind.decay_s) if kind.decay_s else None,
        vibrato_cents=rng.uniform(0, kind.vibrato_cents),
        vibrato_hz=rng.uniform(4.5, 6.5),
        breath=rng.uniform(0, kind.breath),
        detune_cents=rng.uniform(0.3, 1.0) * kind.detune_cents,
        octave=kind.octave,
    )


def _tables(spectra: np.ndarray, phases: np.ndarray, sample_rate: int) -> np.ndarray:
    """Turn two spectra into unit-RMS waves, one pair per half octave, below 0.45 of the rate."""
    size = 2**TABLE_BITS
    tops = LOWEST_HZ * 2 ** (np.arange(1, N_TABLES + 1) / TABLES_PER_OCTAVE)
    kept = np.arange(1, MAX_HARMONICS + 1) <= np.maximum(1, 0.45 * sample_rate / tops)[:, None]
    bins = np.zeros((N_TABLES, 2, size // 2 + 1), np.complex64)
    used = spectra * kept[:, None, :]
    used /= np.sqrt(0.5 * (used**2).sum(axis=-1, keepdims=True))
    bins[..., 1 : MAX_HARMONICS + 1] = 0.5 * size * used * np.exp(1j * phases)
    tables = scipy.fft.irfft(bins, n=size, axis=-1)
    tables[:, 1] -= tables[:, 0]
    return np.asarray(tables, np.float32)


def play(part: Part, voice: Voice, n_samples: int, rate: int, rng: Generator) -> np.ndarray:
    """Play a part, dry, cut at the end [shape=(n_samples,), float32]; draw phases and breath."""
    out = np.zeros(n_samples, np.float32)
    ring_s = voice.release_s + 0.8 * (voice.decay_s or 0.0)  # a plucked string rings on
    starts = np.round(part.onsets * rate).astype(int)
    lengths = np.round((part.durations + ring_s) * rate).astype(int)
    lengths = np.minimum(lengths, n_samples - starts)
    edges = [max(2, round(edge_s * rate)) for edge_s in (voice.attack_s, voice.release_s)]
    fade, decay, sway = _curves(voice, int(lengths.max(initial=2)), rate)
    breath = rng.standard_normal(n_samples, np.float32) * np.float32(voice.breath)
    hertz = 440.0 * 2 ** ((part.pitches + 12 * voice.octave - 69) / 12)
    phases = rng.integers(0, 2**PHASE_BITS, len(starts))
    notes = zip(starts.tolist(), lengths.tolist(), hertz.tolist(), part.levels, phases, strict=True)
    for start, length, pitch_hz, level, phase in notes:
        if length < 2:
            continue
        tone = _tone(voice, pitch_hz, phase, fade[:length], sway, rate)
        tone += breath[start : start + length]
        tone *= np.float32(level)
        tone *= decay[:length]
        attack, release = (min(edge, length // 2) for edge in edges)
        tone[:attack] *= _ramp(attack)
        tone[-release:] *= _ramp(release)[::-1]
        out[start : start + length] += tone
    return out


def _curves(voice: Voice, n_longest: int, sample_rate: int) -> tuple[np.ndarray, ...]:
    """Return fade to the dull table, decay (1 if sustained), vibrato in s of phase per hertz."""
    seconds = np.arange(n_longest, dtype=np.float32) / np.float32(sample_rate)
    depth = (2 ** (voice.vibrato_cents / 1200) - 1) / (2 * np.pi * voice.vibrato_hz)
    blooms = np.minimum(seconds / 0.25, 1.0)  # vibrato grows; short notes have hardly any
    sway = depth * blooms * np.sin(2 * np.pi * voice.vibrato_hz * seconds)
    fade = np.exp(-seconds / np.float32(FADE_SECONDS))
    return fade, np.exp(-seconds / np.float32(voice.decay_s or np.inf)), sway


def _tone(
    voice: Voice, pitch_hz: float, phase: int, fade: np.ndarray, sway: np.ndarray, rate: int
) -> np.ndarray:
    """Read the two wavetables at one pitch and cross-fade them; two reeds read twice."""
    band = int(np.clip(TABLES_PER_OCTAVE * np.log2(pitch_hz / LOWEST_HZ), 0, N_TABLES - 1))
    dull, brightening = voice.tables[band]
    apart = 2 ** (voice.detune_cents / 2400)
    reeds = (pitch_hz * apart, pitch_hz / apart) if voice.detune_cents else (pitch_hz,)
    tone = np.zeros(len(fade), np.float32)
    for reed_hz in reeds:
        # Whole-number phase wraps exactly and never drifts: a cycle is 2**PHASE_BITS steps.
        steps = np.arange(len(fade)) * round(reed_hz / rate * 2**PHASE_BITS) + phase
        steps += (sway[: len(fade)] * (reed_hz * 2**PHASE_BITS)).astype(np.int64)
        index = (steps >> (PHASE_BITS - TABLE_BITS)) & (2**TABLE_BITS - 1)
        tone += dull[index]
        tone += brightening[index] * fade
    return tone


@cache
def _ramp(length: int) -> np.ndarray:
    """Return half a Hann window, rising [shape=(length,)]."""
    return 0.5 - 0.5 * np.cos(np.pi * np.arange(length, dtype=np.float32) / length)


def body_and_room(
    dry: np.ndarray, eq_db: tuple[float, ...], decay_s: float, wet: float, rate: int, rng: Generator
) -> np.ndarray:
    """Put music [shape=(n_samples,), float32] through an instrument's body and a room.

    The body has the gains `eq_db` at `EQ_CENTRES_HZ`, interpolated over the logarithm of frequency.
    The room's reverberation, noise of the share `wet`, falls by 60 dB in `decay_s`.
    """
    n_room = round(decay_s * rate)
    fall = np.exp(np.linspace(0.0, -np.log(1000.0), n_room, dtype=np.float32))
    room = rng.standard_normal(n_room, np.float32) * fall
    room *= np.float32(wet / np.sqrt((room**2).sum()))
    room[0] = 1.0 - wet  # the direct sound
    n_fft = scipy.fft.next_fast_len(len(dry) + n_room, real=True)
    spectrum = scipy.fft.rfft(dry.astype(np.float32, copy=False), n_fft)
    spectrum *= scipy.fft.rfft(room, n_fft)
    grid_hz = np.geomspace(20.0, rate / 2, 400)  # smooth: a few points are enough
    gain = 10 ** (np.interp(np.log(grid_hz), np.log(EQ_CENTRES_HZ), eq_db) / 20)
    bins_hz = np.arange(n_fft // 2 + 1) * (rate / n_fft)
    spectrum *= np.interp(bins_hz, grid_hz, gain).astype(np.float32)
    return np.asarray(scipy.fft.irfft(spectrum, n_fft)[: len(dry)], np.float32)
