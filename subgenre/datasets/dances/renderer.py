"""The performer: plays a tune without knowing what dance it is.

All that a player chooses (tempo, key, swing, instrument, accompaniment, room ...) is drawn by
`draw_performance`, which is given neither tune nor label, so nothing it draws can tell the class.
`perform` then lets the tune speak: its melody, its bars and the accents of its metre.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np

from subgenre.datasets.dances import synth
from subgenre.datasets.dances.tunes import Tune
from subgenre.errors import DataError, ParameterError

RENDERER_VERSION = 1  # raise it with any change that can be heard: caches depend on it
NOTES_PER_SECOND = (4.8, 6.2)
ACCOMPANIMENTS = {"none": 0.20, "drone": 0.15, "pad": 0.15, "vamp": 0.25, "stride": 0.25}
DRUMS = {"none": 0.5, "frame": 0.3, "brush": 0.2}
DOUBLINGS = {"none": 0.65, "unison": 0.2, "octave": 0.15}
ACCOMPANYING = {"plucked": 0.5, "squeezebox": 0.3, "pipes": 0.1, "fiddle": 0.1}
LOWEST_MIDI, HIGHEST_MIDI = 50, 93  # D3 to A6, what the melody instruments can reach
LOWEST_BASS_MIDI, LOWEST_DRONE_MIDI, LOWEST_CHORD_MIDI = (
    40,
    48,
    55,
)  # E2, C3, G3: each plays within the octave above
DRONE_SECONDS = 600.0  # longer than any clip
CUT_SECONDS = 0.045  # length of a grace note
TOLERANCE = 1e-6  # quarter notes; onsets closer than this are the same


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
        The room; see `synth.body_and_room`.
    eq_db : tuple of float
        The instrument's body, gains at `synth.EQ_CENTRES_HZ`.
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
        eq_db=tuple(rng.uniform(-6.0, 6.0, len(synth.EQ_CENTRES_HZ)).tolist()),
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
    score = _unroll(tune, performance, seconds)
    mix = np.zeros(n_samples, np.float32)
    for level, sound in _players(tune, score, performance, n_samples, sample_rate, rng):
        power = float(np.mean(sound**2))
        if power > 0:
            mix += np.float32(level / np.sqrt(power)) * sound
    clip = synth.body_and_room(
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


@dataclass(frozen=True)
class Grid:
    """Where the metre puts weight within a bar, in quarter notes.

    Attributes
    ----------
    strong, weak : np.ndarray
        Beats (the first is the downbeat), and the lighter pulses that answer them.
    pulse, subdivision : float
        Length of what swings, and of its smallest part.
    """

    strong: np.ndarray
    weak: np.ndarray
    pulse: float
    subdivision: float


def grid_of(tune: Tune) -> Grid:
    """Read a tune's metre.

    Metres of two or four beats all count four pulses in a bar, strong and weak by turns: whether
    the same music is printed in 2/4, 4/4 or 2/2 must not be heard. Compound metres count dotted
    beats, answered by their last third.

    Parameters
    ----------
    tune : Tune
        Only its metre is used.

    Returns
    -------
    Grid
        Positions within a bar.
    """
    n_beats, unit = (int(part) for part in tune.metre.split("/"))
    if n_beats % 3 == 0 and n_beats > 3:
        third = 4.0 / unit
        strong = 3 * third * np.arange(n_beats // 3)
        return Grid(strong, strong + 2 * third, pulse=3 * third, subdivision=third)
    pulse = 4.0 / unit if n_beats % 2 else tune.bar_length / 4
    pulses = pulse * np.arange(round(tune.bar_length / pulse))
    n_strong_every = len(pulses) if n_beats % 2 else 2
    is_strong = np.arange(len(pulses)) % n_strong_every == 0
    return Grid(pulses[is_strong], pulses[~is_strong], pulse=pulse, subdivision=pulse / 2)


@dataclass(frozen=True)
class _Score:
    """What sounds in the clip, in seconds from its start.

    Attributes
    ----------
    onsets, durations, midi, weights : np.ndarray [shape=(n_notes,)]
        The melody, swung, with the metrical weight (0 to 1) of each note.
    bars, bar_ends : np.ndarray [shape=(n_bars,)]
        Bars of the clip; an incomplete one ends early.
    bar_numbers : np.ndarray [shape=(n_bars,)]
        Their numbers in the tune.
    quarter_s : float
        Length of a quarter note.
    """

    onsets: np.ndarray
    durations: np.ndarray
    midi: np.ndarray
    weights: np.ndarray
    bars: np.ndarray
    bar_ends: np.ndarray
    bar_numbers: np.ndarray
    quarter_s: float


def _unroll(tune: Tune, performance: Performance, seconds: float) -> _Score:
    """Lay the tune out in time from its starting bar, as many times round as the clip takes."""
    notes = np.array([(note.onset, note.duration, note.midi) for note in tune.notes])
    quarter_s = 1.0 / (performance.notes_per_second * notes[:, 1].mean())
    bars, repeat_from = np.array(tune.bars), _repeat_from(tune)
    origin = bars[min(int(performance.start * len(bars)), len(bars) - 1)]
    end = origin + seconds / quarter_s
    period = tune.length - repeat_from
    laps = period * np.arange(int((end - repeat_from) / period) + 2)[:, None]
    notes = notes[notes[:, 0] > repeat_from - TOLERANCE]
    onsets, durations, midi = (np.tile(column, len(laps)) for column in notes.T)
    onsets += np.repeat(laps, len(notes))
    all_bars = (bars + laps).ravel()
    heard = (onsets > origin - TOLERANCE) & (onsets < end - TOLERANCE)
    onsets, durations, midi = onsets[heard], durations[heard], midi[heard]
    grid = grid_of(tune)
    starts = _swing(onsets, all_bars, grid, performance.swing)
    ends = _swing(onsets + durations, all_bars, grid, performance.swing)
    played = np.flatnonzero((all_bars > origin - TOLERANCE) & (all_bars < end))
    return _Score(
        onsets=(starts - origin) * quarter_s,
        durations=np.maximum(ends - starts, TOLERANCE) * quarter_s,
        midi=midi,
        weights=_weights(onsets, all_bars, grid),
        bars=(all_bars[played] - origin) * quarter_s,
        bar_ends=(np.append(all_bars, np.inf)[played + 1] - origin) * quarter_s,
        bar_numbers=played % len(bars),
        quarter_s=quarter_s,
    )


def _repeat_from(tune: Tune) -> float:
    """Return where a repeat starts: at the pickup if the last bar leaves room for it."""
    pickup = tune.bars[0]
    has_room = tune.length - tune.bars[-1] + pickup <= tune.bar_length + TOLERANCE
    return 0.0 if has_room else pickup


def _in_bar(times: np.ndarray, bars: np.ndarray) -> np.ndarray:
    """Return the distance from the last bar line, in quarter notes [shape=(n_times,)]."""
    return times - bars[np.maximum(np.searchsorted(bars, times + TOLERANCE, side="right") - 1, 0)]


def _weights(onsets: np.ndarray, bars: np.ndarray, grid: Grid) -> np.ndarray:
    """Weigh notes: 1 on the downbeat, less on other beats, 0 between [shape=(n_notes,)]."""
    place = _in_bar(onsets, bars)[:, None]
    weights = np.zeros(len(onsets))
    weights[(np.abs(place - grid.weak) < TOLERANCE).any(axis=1)] = 0.25
    weights[(np.abs(place - grid.strong) < TOLERANCE).any(axis=1)] = 0.65
    weights[np.abs(place[:, 0]) < TOLERANCE] = 1.0
    return weights


def _swing(times: np.ndarray, bars: np.ndarray, grid: Grid, swing: float) -> np.ndarray:
    """Lengthen the first part of every pulse at the cost of the next [shape=(n_times,)]."""
    place = _in_bar(times, bars)
    pulse_start = np.floor(place / grid.pulse + TOLERANCE) * grid.pulse
    straight = np.arange(0.0, grid.pulse + TOLERANCE, grid.subdivision)
    swung = straight.copy()
    swung[1] *= 1.0 + swing
    return times + np.interp(place - pulse_start, straight, swung) - (place - pulse_start)


def _players(
    tune: Tune,
    score: _Score,
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
        chords = _accompany(tune, score, performance)
        parts.append((performance.accompaniment_level, performance.accompaniment_family, chords))
    for number, (level, family, part) in enumerate(parts):
        seed = performance.spectrum_seed + number
        voice = synth.build_voice(family, seed, performance.brightness, sample_rate)
        voice = voice if number < 2 else replace(voice, octave=0)  # chords stay below the melody
        yield level, synth.play(part, voice, n_samples, sample_rate, rng)
    if performance.drums != "none":
        for kind, onsets, levels in _drum_strokes(tune, score, performance):
            hit = synth.drum_hit(kind, performance.spectrum_seed, sample_rate)
            yield (
                performance.drums_level * (1.0 if kind == "thud" else 0.4),
                synth.strike(hit, onsets, levels, n_samples, sample_rate),
            )


def _melody(score: _Score, performance: Performance, rng: np.random.Generator) -> synth.Part:
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


def harmonise(tune: Tune) -> np.ndarray:
    """Choose a triad for each bar: the one that holds most of the bar's notes.

    Parameters
    ----------
    tune : Tune
        Notes, bars and tonic are used. Only triads made of pitch classes of the tune compete;
        the tonic triad wins ties.

    Returns
    -------
    np.ndarray [shape=(n_bars, 3), int]
        Pitch classes of each bar's triad, root first.
    """
    onsets = np.array([note.onset for note in tune.notes])
    midi = np.array([note.midi for note in tune.notes])
    bars = np.searchsorted(np.array(tune.bars), onsets + TOLERANCE, side="right") - 1
    inside = bars >= 0
    durations = np.array([note.duration for note in tune.notes])
    content = np.zeros((len(tune.bars), 12))
    np.add.at(content, (bars[inside], midi[inside] % 12), durations[inside])
    roots = (tune.tonic + np.arange(12))[:, None, None]  # tonic first, so that it wins ties
    triads = ((roots + np.array([[0, 4, 7], [0, 3, 7]])) % 12).reshape(-1, 3)
    share = content / np.maximum(content.sum(axis=1, keepdims=True), TOLERANCE)
    fit = share[:, triads].sum(axis=-1)
    fit += 0.12 * (triads[:, 0] == tune.tonic) + 0.05 * (triads[:, 0] == (tune.tonic + 7) % 12)
    fit -= 9.0 * (content.sum(axis=0)[triads] == 0).any(axis=-1) * (content.sum() > 0)
    return np.asarray(triads[fit.argmax(axis=1)])


def _beats(score: _Score, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the times of places in every bar, and their bars [shape=(n_beats,) each]."""
    times = score.bars[:, None] + score.quarter_s * places
    bar, place = np.nonzero(times < score.bar_ends[:, None] - TOLERANCE)
    return times[bar, place], bar


def _accompany(tune: Tune, score: _Score, performance: Performance) -> synth.Part:
    """Play bass and chords of one of the `ACCOMPANIMENTS`."""
    grid, style, quarter_s = grid_of(tune), performance.accompaniment, score.quarter_s
    bar_s = tune.bar_length * quarter_s
    if style == "drone":
        fifth = np.array([[tune.tonic, tune.tonic + 7]]) + performance.transposition
        # A plucked drone fades, so it is struck in every bar; the others sound on.
        plucked = performance.accompaniment_family == "plucked"
        times, length_s = (score.bars, bar_s) if plucked else (np.zeros(1), DRONE_SECONDS)
        return _chords(
            times, np.repeat(fifth, len(times), axis=0), length_s, 0.5, LOWEST_DRONE_MIDI
        )
    triads = harmonise(tune)[score.bar_numbers] + performance.transposition
    downbeat = grid.strong[:1]
    bass_at = grid.strong if style == "stride" else downbeat
    chord_at = {"pad": downbeat, "vamp": grid.strong, "stride": grid.weak}[style]
    chord_s = {"pad": bar_s, "vamp": 0.7 * grid.pulse * quarter_s}.get(
        style, 0.9 * grid.subdivision * quarter_s
    )
    times, bar = _beats(score, bass_at)
    bass = _chords(times, triads[bar, :1], 0.9 * bar_s / len(bass_at), 1.0, LOWEST_BASS_MIDI)
    times, bar = _beats(score, chord_at)
    chords = _chords(times, triads[bar], chord_s, 0.5, LOWEST_CHORD_MIDI)
    return synth.Part(
        onsets=np.concatenate([bass.onsets, chords.onsets]),
        durations=np.concatenate([bass.durations, chords.durations]),
        pitches=np.concatenate([bass.pitches, chords.pitches]),
        levels=np.concatenate([bass.levels, chords.levels]),
    )


def _chords(
    times: np.ndarray, pitch_classes: np.ndarray, seconds: float, level: float, lowest: int
) -> synth.Part:
    """Play chords [shape=(n_times, n_voices)] in the octave above the lowest MIDI number."""
    n_voices = pitch_classes.shape[1]
    pitches = lowest + (pitch_classes - lowest) % 12
    n_notes = pitches.size
    return synth.Part(
        onsets=np.repeat(times, n_voices),
        durations=np.full(n_notes, seconds),
        pitches=pitches.ravel().astype(float),
        levels=np.full(n_notes, level),
    )


def _drum_strokes(
    tune: Tune, score: _Score, performance: Performance
) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Yield strokes of one of the `DRUMS`: kind, times in seconds, and levels."""
    grid = grid_of(tune)
    if performance.drums == "frame":
        weak, _ = _beats(score, grid.weak)
        yield "tick", weak, np.ones(len(weak))
        strong_at = grid.strong
    else:
        ticks_at = np.arange(0.0, tune.bar_length - TOLERANCE, grid.subdivision)
        ticks, _ = _beats(score, ticks_at)
        on_beat = np.isin(ticks, _beats(score, grid.strong)[0])
        yield "tick", ticks, np.where(on_beat, 1.0, 0.4)
        strong_at = grid.strong[:1]
    strong, _ = _beats(score, strong_at)
    yield "thud", strong, np.where(np.isin(strong, score.bars), 1.0, 0.65)
