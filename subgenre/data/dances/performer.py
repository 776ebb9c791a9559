"""The performer: plays a tune without knowing what dance it is.

All that a player chooses (tempo, key, swing, instrument, accompaniment, room ...) is drawn by
`draw_performance`; `perform` then lets the tune speak: its melody, its bars, its metre's accents.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from subgenre.data.dances import synth
from subgenre.data.dances.players import accompany, drum_hit, drum_strokes, strike
from subgenre.data.dances.score import Score, unroll
from subgenre.data.dances.tunes import Tune

RENDERER_VERSION = 2  # raise it with any change that can be heard: caches depend on it
FAMILIES = dict.fromkeys(synth.FAMILIES, 1.0)
ACCOMPANIMENTS = {"none": 0.20, "drone": 0.15, "pad": 0.15, "vamp": 0.25, "stride": 0.25}
DRUMS = {"none": 0.5, "frame": 0.3, "brush": 0.2}
DOUBLINGS = {"none": 0.65, "unison": 0.2, "octave": 0.15}
ACCOMPANYING = {"plucked": 0.5, "squeezebox": 0.3, "pipes": 0.1, "fiddle": 0.1}
LOWEST_MIDI, HIGHEST_MIDI = 50, 93  # D3 to A6, what the melody instruments can reach
CUT_SECONDS = 0.045  # length of a grace note


def _drawn(draw: Callable[[np.random.Generator], Any]) -> Any:
    return field(metadata={"draw": draw})


def _within(low: float, high: float) -> Any:
    return _drawn(lambda rng: rng.uniform(low, high))


def _log_within(low: float, high: float) -> Any:
    return _drawn(lambda rng: float(np.exp(rng.uniform(np.log(low), np.log(high)))))


def _whole(low: int, high: int) -> Any:
    return _drawn(lambda rng: int(rng.integers(low, high)))


def _one_of(weights: Mapping[str, float]) -> Any:
    shares = np.array(list(weights.values())) / sum(weights.values())
    return _drawn(lambda rng: str(rng.choice(list(weights), p=shares)))


@dataclass(frozen=True)
class Performance:
    """Everything a performer chooses, in the order in which it is drawn, and what from."""

    # A tempo, by notes of mean length: so wide that the length of a bar says little of the dance,
    # and still what dancers play to, a slow march to a reel in a hurry.
    notes_per_second: float = _log_within(3.5, 8.5)
    transposition: int = _whole(-5, 6)  # in semitones
    start: float = _within(0.0, 1.0)  # bar to start from, as a fraction of the tune's bars
    swing: float = _within(0.0, 0.25)  # by how much the first half or third of a beat is longer
    ornament_rate: float = _within(0.0, 0.2)  # share of notes that get a grace note
    articulation: float = _within(0.55, 1.0)  # sounding share of each note's duration
    accent_db: float = _within(3.0, 10.0)  # first note of a bar against an unaccented one
    timing_jitter_ms: float = _within(1.0, 9.0)  # standard deviations of human imprecision
    dynamics_jitter_db: float = _within(0.3, 2.0)
    family: str = _one_of(FAMILIES)  # the melody instrument, see `synth.build_voice`
    spectrum_seed: int = _whole(0, 2**32)
    brightness: float = _within(0.0, 1.0)
    doubling: str = _one_of(DOUBLINGS)  # a second melody player
    doubling_family: str = _one_of(FAMILIES)
    doubling_level: float = _within(0.3, 0.8)  # levels are against the melody
    accompaniment: str = _one_of(ACCOMPANIMENTS)
    accompaniment_family: str = _one_of(ACCOMPANYING)
    accompaniment_level: float = _within(0.35, 0.9)
    drums: str = _one_of(DRUMS)
    drums_level: float = _within(0.3, 0.8)
    reverb_seconds: float = _within(0.2, 1.2)  # the room, see `synth.body_and_room`
    wet: float = _within(0.05, 0.4)
    eq_db: tuple[float, ...] = _drawn(
        lambda rng: tuple(rng.uniform(-6.0, 6.0, len(synth.EQ_CENTRES_HZ)).tolist())
    )  # the instrument's body
    gain: float = _drawn(lambda rng: 10 ** (rng.uniform(-15.0, -0.5) / 20))  # peak of the clip


def draw_performance(rng: np.random.Generator) -> Performance:
    """Draw a performer's choices; given neither tune nor label, they are independent of both."""
    return Performance(**{one.name: one.metadata["draw"](rng) for one in fields(Performance)})


def perform(
    tune: Tune, choices: Performance, seconds: float, sample_rate: int, rng: np.random.Generator
) -> np.ndarray:
    """Play a tune as often as a clip needs it [shape=(n_samples,), float32, peak as drawn].

    Every tune has the drawn rate of notes, whatever the mean length of its own. Imprecision,
    ornaments, phases and the room are drawn from `rng`.
    """
    score = unroll(tune, seconds, choices.notes_per_second, choices.start, choices.swing)
    mix = np.zeros(round(seconds * sample_rate), np.float32)
    for level, sound in _players(tune, score, choices, len(mix), sample_rate, rng):
        power = float(np.mean(sound**2))
        mix += np.float32(level / np.sqrt(power or 1.0)) * sound
    place = choices.eq_db, choices.reverb_seconds, choices.wet
    clip = synth.body_and_room(mix, *place, sample_rate, rng)
    return clip * np.float32(choices.gain / max(float(np.abs(clip).max()), 1e-9))


def _players(
    tune: Tune, score: Score, choices: Performance, length: int, rate: int, rng: np.random.Generator
) -> Iterator[tuple[float, np.ndarray]]:
    """Let each player play; yield the level against the melody, and the sound."""
    parts = [(1.0, choices.family, _melody(score, choices, rng))]
    if choices.doubling != "none":
        second = _melody(score, choices, rng)
        lower = 12 * (choices.doubling == "octave")
        second = second._replace(pitches=_reachable(second.pitches - lower))
        parts.append((choices.doubling_level, choices.doubling_family, second))
    if choices.accompaniment != "none":
        plucked = choices.accompaniment_family == "plucked"
        chords = accompany(tune, score, choices.accompaniment, choices.transposition, fades=plucked)
        parts.append((choices.accompaniment_level, choices.accompaniment_family, chords))
    for number, (level, family, part) in enumerate(parts):
        voice = synth.build_voice(family, choices.spectrum_seed + number, choices.brightness, rate)
        voice = voice if number < 2 else voice._replace(octave=0)  # chords stay below the melody
        yield level, synth.play(part, voice, length, rate, rng)
    if choices.drums != "none":
        for kind, onsets, levels in drum_strokes(tune, score, choices.drums):
            hit = drum_hit(kind, choices.spectrum_seed, rate)
            level = choices.drums_level * (1.0 if kind == "thud" else 0.4)
            yield level, strike(hit, onsets, levels, length, rate)


def _melody(score: Score, choices: Performance, rng: np.random.Generator) -> synth.Part:
    """Turn the score into one player's notes: accents, ornaments, a human's imprecision."""
    n_notes = len(score.onsets)
    late_s = 1e-3 * choices.timing_jitter_ms * rng.standard_normal(n_notes)
    loud_db = choices.accent_db * (score.weights - 1)
    loud_db += choices.dynamics_jitter_db * rng.standard_normal(n_notes)
    onsets, levels = np.maximum(score.onsets + late_s, 0.0), 10 ** (loud_db / 20)
    durations = choices.articulation * score.durations
    pitches = _reachable(score.midi + choices.transposition)
    cut = (rng.random(n_notes) < choices.ornament_rate) & (durations > 2 * CUT_SECONDS)
    shift = CUT_SECONDS * cut  # the grace note takes the beat, the note follows
    notes = onsets + shift, durations - shift, pitches, levels
    graces = onsets[cut], np.full(cut.sum(), 0.7 * CUT_SECONDS), pitches[cut] + 2, levels[cut]
    return synth.Part(*map(np.concatenate, zip(notes, graces, strict=True)))


def _reachable(midi: np.ndarray) -> np.ndarray:
    """Fold pitches by octaves into the range of the instruments [shape=(n_notes,)]."""
    up = np.ceil(np.maximum(LOWEST_MIDI - midi, 0) / 12)
    down = np.ceil(np.maximum(midi - HIGHEST_MIDI, 0) / 12)
    return midi + 12.0 * (up - down)
