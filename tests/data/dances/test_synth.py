import numpy as np
import pytest

from subgenre.data.dances import synth

SAMPLE_RATE = 16000


def _play(pitches, family="fiddle", seconds=1.0, seed=0):
    n_notes = len(pitches)
    part = synth.Part(
        onsets=np.arange(n_notes) * 0.5,
        durations=np.full(n_notes, 0.45),
        pitches=np.array(pitches, float),
        levels=np.ones(n_notes),
    )
    voice = synth.build_voice(family, seed, 0.5, SAMPLE_RATE)
    n_samples = round(seconds * SAMPLE_RATE)
    return synth.play(part, voice, n_samples, SAMPLE_RATE, np.random.default_rng(seed))


@pytest.mark.parametrize("family", synth.FAMILIES)
@pytest.mark.parametrize("seed", range(3))
def test_a4_sounds_at_440_hz_and_its_harmonics(family, seed):
    sound = _play([69], family, seed=seed)[:8000]
    power = np.abs(np.fft.rfft(sound * np.hanning(8000), 2**16)) ** 2
    fundamental_hz = 440 * 2 ** synth.FAMILIES[family].octave
    harmonic = np.argmax(power) * SAMPLE_RATE / 2**16 / fundamental_hz
    assert round(harmonic) >= 1
    assert harmonic == pytest.approx(round(harmonic), abs=0.012)


@pytest.mark.parametrize("family", synth.FAMILIES)
def test_a_voice_is_the_same_for_the_same_seed_only(family):
    first = _play([60, 64], family, seed=1)
    assert first.dtype == np.float32
    np.testing.assert_array_equal(first, _play([60, 64], family, seed=1))
    assert not np.array_equal(first, _play([60, 64], family, seed=2))


def test_no_partial_lies_above_the_nyquist_frequency():
    sample = np.sort(np.abs(np.fft.rfft(_play([100.5], "pipes", seed=3)[1000:6120])))
    assert np.sum(sample[-10:] ** 2) > 0.95 * np.sum(sample**2)  # few partials, no aliases


def test_plucked_notes_fade_and_sustained_notes_do_not():
    def fall_db(family):
        sound = _play([62], family).astype(float)
        early, late = sound[800:2400], sound[5600:7200]
        return 10 * np.log10(np.mean(early**2) / np.mean(late**2))

    assert fall_db("plucked") > 5
    assert abs(fall_db("pipes")) < 3


def test_silence_before_and_after_a_note():
    part = synth.Part(np.array([0.5]), np.array([0.2]), np.array([69.0]), np.ones(1))
    voice = synth.build_voice("flute", 0, 0.5, SAMPLE_RATE)
    sound = synth.play(part, voice, SAMPLE_RATE, SAMPLE_RATE, np.random.default_rng(0))
    assert not sound[:8000].any()
    assert sound[8000:11000].any()
    assert not sound[13000:].any()


def test_notes_beyond_the_end_are_cut():
    assert _play([69, 70, 71, 72], seconds=0.7).shape == (11200,)


def test_a_part_without_notes_is_silent():
    assert not _play([]).any()
