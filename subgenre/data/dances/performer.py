"""The performer: plays a tune without knowing what dance it is.

All that a player chooses (tempo, key, swing, instrument, accompaniment, room ...) is drawn by
`draw_performance`, which is given neither tune nor label, so nothing it draws can tell the class.
`perform` then lets the tune speak: its melody, its bars and the accents of its metre.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np

from subgenre.data.dances import synth
from subgenre.data.dances.accompaniment import accompany, drum_strokes
from subgenre.data.dances.percussion import drum_hit, strike
from subgenre.data.dances.room import EQ_CENTRES_HZ, body_and_room
from subgenre.data.dances.score import Score, unroll
from subgenre.data.dances.tunes import Tune
from subgenre.plumbing.errors import DataError, ParameterError

RENDERER_VERSION = 1  # raise it with any change that can be heard: caches depend on it
NOTES_PER_SECOND = (4.8, 6.2)
ACCOMPANIMENTS = {"none": 0.20, "drone": 0.15, "pad": 0.15, "vamp": 0.25, "stride": 0.25}
DRUMS = {"none": 0.5, "frame": 0.3, "brush": 0.2}
DOUBLINGS = {"none": 0.65, "unison": 0.2, "octave": 0.15}
ACCOMPANYING = {"plucked": 0.5, "squeezebox": 0.3, "pipes": 0.1, "fiddle": 0.1}
LOWEST_MIDI, HIGHEST_MIDI = 50, 93  # D3 to A6, what the melody instruments can reach
CUT_SECONDS = 0.045  # length of a grace note


@dataclass(frozen=True)
class Performance:
    """Everything a performer chooses; see `draw_performance` for the ranges.

    Attributes
    ----------
    notes_per_second : float
        Tempo, as the rate of notes of mean length.
    transposition : int
        In semitones.
    start : float
        Bar to start from, as a fraction of the tune's bars.
    swing : float
        How much longer the first half (or third) of each beat is, as a fraction of it.
    ornament_rate : float
        Share of notes that get a grace note.
    articulation : float
        Sounding share of each note's duration.
    accent_db : float
        How much louder than an unaccented note the first note of a bar is.
    timing_jitter_ms, dynamics_jitter_db : float
        Standard deviations of human imprecision.
    family, spectrum_seed, brightness : str, int, float
        The melody instrument; see `synth.build_voice`.
    doubling, doubling_family, doubling_level : str, str, float
        A second melody player, or none.
    accompaniment, accompaniment_family, accompaniment_level : str, str, float
        One of `ACCOMPANIMENTS`, its instrument, its level against the melody.
    drums, drums_level : str, float
        One of `DRUMS`, and the level against the melody.
    reverb_seconds, wet : float
        The room; see `room.body_and_room`.
    eq_db : tuple of float
        The instrument's body, gains at `room.EQ_CENTRES_HZ`.
    gain : float
        Peak of the finished clip.
    """

    notes_per_second: float
    transposition: int
    start: float
    swing: float
    ornament_rate: float
    articulation: float
    accent_db: float
    timing_jitter_ms: float
    dynamics_jitter_db: float
    family: str
    spectrum_seed: int
    brightness: float
    doubling: str
    doubling_family: str
    doubling_level: float
    accompaniment: str
    accompaniment_family: str
    accompaniment_level: float
    drums: str
    drums_level: float
    reverb_seconds: float
    wet: float
    eq_db: tuple[float, ...]
    gain: float

    def as_vector(self) -> np.ndarray:
        """Return all choices as numbers, names as indicators [shape=(n_numbers,)]."""
        numbers: list[float] = []
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, str):
                numbers += [float(value == name) for name in _NAMES[field.name]]
            else:
                numbers += np.atleast_1d(value).astype(float).tolist()
        return np.array(numbers)


_NAMES = {
    "family": tuple(synth.FAMILIES),
    "doubling": tuple(DOUBLINGS),
    "doubling_family": tuple(synth.FAMILIES),
    "accompaniment": tuple(ACCOMPANIMENTS),
    "accompaniment_family": tuple(ACCOMPANYING),
    "drums": tuple(DRUMS),
}


def draw_performance(rng: np.random.Generator) -> Performance:
    """Draw a performer's choices, from one distribution for all tunes.

    Parameters
    ----------
    rng : np.random.Generator
        The only source of what is drawn.

    Returns
    -------
    Performance
        Independent of any tune and label by construction.
    """
    return Performance(
        notes_per_second=rng.uniform(*NOTES_PER_SECOND),
        transposition=int(rng.integers(-5, 6)),
        start=rng.uniform(),
        swing=rng.uniform(0.0, 0.25),
        ornament_rate=rng.uniform(0.0, 0.2),
        articulation=rng.uniform(0.55, 1.0),
        accent_db=rng.uniform(3.0, 10.0),
        timing_jitter_ms=rng.uniform(1.0, 9.0),
        dynamics_jitter_db=rng.uniform(0.3, 2.0),
        family=_pick(rng, dict.fromkeys(synth.FAMILIES, 1.0)),
        spectrum_seed=int(rng.integers(2**32)),
        brightness=rng.uniform(),
        doubling=_pick(rng, DOUBLINGS),
        doubling_family=_pick(rng, dict.fromkeys(synth.FAMILIES, 1.0)),
        doubling_level=rng.uniform(0.3, 0.8),
        accompaniment=_pick(rng, ACCOMPANIMENTS),
        accompaniment_family=_pick(rng, ACCOMPANYING),
        accompaniment_level=rng.uniform(0.35, 0.9),
        drums=_pick(rng, DRUMS),
        drums_level=rng.uniform(0.3, 0.8),
        reverb_seconds=rng.uniform(0.2, 1.2),
        wet=rng.uniform(0.05, 0.4),
        eq_db=tuple(rng.uniform(-6.0, 6.0, len(EQ_CENTRES_HZ)).tolist()),
        gain=10 ** (rng.uniform(-15.0, -0.5) / 20),
    )


def _pick(rng: np.random.Generator, weights: dict[str, float]) -> str:
    """Draw one name by its weight."""
    shares = np.array(list(weights.values()))
    return str(rng.choice(list(weights), p=shares / shares.sum()))


def perform(
    tune: Tune,
    performance: Performance,
    seconds: float,
    sample_rate: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Play a tune.

    The tempo follows from the mean length of the tune's notes, so that every tune has the drawn
    rate of notes; the tune is repeated as often as needed.

    Parameters
    ----------
    tune : Tune
        Its notes, bars and metre are played; its label is not looked at.
    performance : Performance
        From `draw_performance`.
    seconds : float
        Length of the clip.
    sample_rate : int
        In Hz.
    rng : np.random.Generator
        Draws imprecision, ornaments, phases and the room.

    Returns
    -------
    np.ndarray [shape=(round(seconds * sample_rate),), float32]
        The clip, its peak at `performance.gain`.

    Raises
    ------
    DataError
        If the tune has no notes or no bars.
    ParameterError
        If the length or the sample rate is not positive.
    """
    _check(tune, seconds, sample_rate)
    n_samples = round(seconds * sample_rate)
    score = unroll(
        tune, seconds, performance.notes_per_second, performance.start, performance.swing
    )
    mix = np.zeros(n_samples, np.float32)
    for level, sound in _players(tune, score, performance, n_samples, sample_rate, rng):
        power = float(np.mean(sound**2))
        if power > 0:
            mix += np.float32(level / np.sqrt(power)) * sound
    clip = body_and_room(
        mix, performance.eq_db, performance.reverb_seconds, performance.wet, sample_rate, rng
    )
    return np.asarray(
        clip * np.float32(performance.gain / max(float(np.abs(clip).max()), 1e-9)), np.float32
    )


def _check(tune: Tune, seconds: float, sample_rate: int) -> None:
    """Refuse what cannot be played."""
    if not tune.notes or not tune.bars:
        raise DataError(
            f"Expected a tune with notes and bars, but {tune.tune_id} ({tune.title}) has "
            f"{len(tune.notes)} notes and {len(tune.bars)} bars: leave it out."
        )
    if not (seconds > 0 and sample_rate > 0):
        raise ParameterError(
            f"Expected a positive length and sample rate, got {seconds!r} s and {sample_rate!r} "
            "Hz: give 10 and 16000, for example."
        )


def _players(
    tune: Tune,
    score: Score,
    performance: Performance,
    n_samples: int,
    sample_rate: int,
    rng: np.random.Generator,
) -> Iterator[tuple[float, np.ndarray]]:
    """Let each player play; yield the level against the melody, and the sound."""
    parts = [(1.0, performance.family, _melody(score, performance, rng))]
    if performance.doubling != "none":
        second = _melody(score, performance, rng)
        lower = 12 * (performance.doubling == "octave")
        second = replace(second, pitches=_reachable(second.pitches - lower))
        parts.append((performance.doubling_level, performance.doubling_family, second))
    if performance.accompaniment != "none":
        plucked = performance.accompaniment_family == "plucked"
        style, transposition = performance.accompaniment, performance.transposition
        chords = accompany(tune, score, style, transposition, fades=plucked)
        parts.append((performance.accompaniment_level, performance.accompaniment_family, chords))
    for number, (level, family, part) in enumerate(parts):
        seed = performance.spectrum_seed + number
        voice = synth.build_voice(family, seed, performance.brightness, sample_rate)
        voice = voice if number < 2 else replace(voice, octave=0)  # chords stay below the melody
        yield level, synth.play(part, voice, n_samples, sample_rate, rng)
    if performance.drums != "none":
        for kind, onsets, levels in drum_strokes(tune, score, performance.drums):
            hit = drum_hit(kind, performance.spectrum_seed, sample_rate)
            yield (
                performance.drums_level * (1.0 if kind == "thud" else 0.4),
                strike(hit, onsets, levels, n_samples, sample_rate),
            )


def _melody(score: Score, performance: Performance, rng: np.random.Generator) -> synth.Part:
    """Turn the score into one player's notes: accents, ornaments, a human's imprecision."""
    n_notes = len(score.onsets)
    late_s = 1e-3 * performance.timing_jitter_ms * rng.standard_normal(n_notes)
    loud_db = performance.accent_db * (score.weights - 1)
    loud_db += performance.dynamics_jitter_db * rng.standard_normal(n_notes)
    onsets, levels = np.maximum(score.onsets + late_s, 0.0), 10 ** (loud_db / 20)
    durations = performance.articulation * score.durations
    pitches = _reachable(score.midi + performance.transposition)
    long_enough = durations > 2 * CUT_SECONDS
    cut = (rng.random(n_notes) < performance.ornament_rate) & long_enough
    shift = CUT_SECONDS * cut  # the grace note takes the beat, the note follows
    return synth.Part(
        onsets=np.concatenate([onsets + shift, onsets[cut]]),
        durations=np.concatenate([durations - shift, np.full(cut.sum(), 0.7 * CUT_SECONDS)]),
        pitches=np.concatenate([pitches, pitches[cut] + 2]),
        levels=np.concatenate([levels, levels[cut]]),
    )


def _reachable(midi: np.ndarray) -> np.ndarray:
    """Fold pitches by octaves into the range of the instruments [shape=(n_notes,)]."""
    up = np.ceil(np.maximum(LOWEST_MIDI - midi, 0) / 12)
    down = np.ceil(np.maximum(midi - HIGHEST_MIDI, 0) / 12)
    return midi + 12.0 * (up - down)
