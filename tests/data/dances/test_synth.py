import numpy as np
import pytest

from subgenre.data.dances import synth

RATE = 16_000


def _play(pitches, family="fiddle", seconds=1.0, seed=0):
    onsets = 0.5 * np.arange(len(pitches))
    part = synth.Part(onsets, 0.45 + 0 * onsets, np.array(pitches, float), 1 + 0 * onsets)
    voice = synth.build_voice(family, seed, 0.5, RATE)
    return synth.play(part, voice, round(seconds * RATE), RATE, np.random.default_rng(seed))


@pytest.mark.parametrize("family", synth.FAMILIES)
@pytest.mark.parametrize("seed", range(3))
def test_a4_sounds_at_440_hz_and_its_harmonics(family, seed):
    sound = _play([69], family, seed=seed)[:8000]
    power = np.abs(np.fft.rfft(sound * np.hanning(8000), 2**16)) ** 2
    fundamental_hz = 440 * 2 ** synth.FAMILIES[family].octave
    harmonic = np.argmax(power) * RATE / 2**16 / fundamental_hz
    assert round(harmonic) >= 1
    assert harmonic == pytest.approx(round(harmonic), abs=0.012)


def test_no_partial_lies_above_the_nyquist_frequency():
    sample = np.sort(np.abs(np.fft.rfft(_play([100.5], "pipes", seed=3)[1000:6120])))
    assert np.sum(sample[-10:] ** 2) > 0.95 * np.sum(sample**2)  # few partials, no aliases


@pytest.mark.parametrize(("family", "low", "high"), [("plucked", 5, 60), ("pipes", -3, 3)])
def test_plucked_notes_fade_and_sustained_notes_do_not(family, low, high):
    power = _play([62], family).astype(float) ** 2
    assert low < 10 * np.log10(power[800:2400].mean() / power[5600:7200].mean()) < high


def test_notes_sound_when_they_should_and_are_cut_at_the_end():
    sound = _play([69, 69], "flute")
    assert sound[:7200].any() and not sound[7760:8000].any() and sound[8000:8100].any()
    assert _play([69, 70, 71, 72], seconds=0.7).shape == (11200,)
    assert not _play([]).any()


def test_a_body_lifts_its_band_and_a_room_rings_on():
    def room(sound, eq_db, wet):
        return synth.body_and_room(sound, eq_db, 1.0, wet, RATE, np.random.default_rng(0))

    click = np.eye(1, RATE, dtype=np.float32)[0]
    dry = room(np.roll(click, 8000), (0, 0, 6, 0, 0), 0.0)
    gain_db = 20 * np.log10(np.abs(np.fft.rfft(dry)))[[120, 1000, 5999]]  # bins are 1 Hz wide
    np.testing.assert_allclose(gain_db, [0, 6, 0], atol=0.3)
    echo = room(click, (0,) * 5, 0.4)
    early, late = np.mean(echo[100:1700] ** 2), np.mean(echo[8100:9700] ** 2)
    assert 10 * np.log10(early / late) == pytest.approx(30, abs=3)  # 60 dB in 1 s
