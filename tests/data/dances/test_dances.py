import gzip
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

from subgenre.config import digest
from subgenre.data import dances as dances_module
from subgenre.data.dances import MAX_PERFORMANCES, Dances, corpus, families
from subgenre.data.dances.score import unroll
from subgenre.data.dances.statistics import rhythm, tune_statistics
from subgenre.data.dances.tunes import LABELS

RATE = 16_000


def load(clips_per_class=10, extra=0):
    return Dances.load(clips_per_class, extra, progress=False)


@pytest.fixture
def tunes_file(dances, cache, monkeypatch):
    """Return the cached tunes, but a few, in a folder of the test's own."""
    tunes = [tune for tune, _ in dances.tunes[:50]]
    monkeypatch.setattr(corpus, "read_tunes", lambda progress: (tunes, {corpus.NO_TYPE: 1}, {}))
    monkeypatch.setattr(families, "resolve", lambda read: (dances.tunes[: len(read)], 3))
    load()
    (path,) = (cache / "dances").iterdir()
    return path


@pytest.mark.parametrize("label", LABELS)
def test_each_class_has_as_many_clips_as_asked_and_its_own_families_take_turns(dances, label):
    named = {family for tune, family in dances.tunes if tune.label == label}
    for music, n_clips in ((dances, 480), (load(), 10)):
        counts = Counter(track.group for track in music.tracks if track.label == label)
        assert counts.total() == n_clips and set(music.tracks) <= set(dances.tracks)
        assert len({track.track_id for track in music.tracks}) == len(music.tracks)
        assert not named & {track.group for track in music.tracks if track.label != label}
        turns = [counts.pop(family, 0) for family in named]
        assert not counts and max(turns) <= min(min(turns) + 1, MAX_PERFORMANCES)
    assert len(named) >= 60


def test_extra_clips_are_other_performances_of_every_tune_of_a_class_in_turn(dances):
    music, most = load(extra=900), load(480, 1)
    assert (music.tracks, most.tracks) == (load().tracks, dances.tracks)
    assert set(most.extra) < set(music.extra)
    names = [one.track_id for one in (*dances.tracks, *music.extra)]
    assert len(set(names)) == len(names)
    family = {tune.tune_id: (tune.label, name) for tune, name in dances.tunes}
    played = Counter(music.tune(one).tune_id for one in music.extra)
    for label in LABELS:
        counts = [played[name] for name in family if family[name][0] == label]
        assert sum(counts) == 900 and max(counts) - min(counts) <= 1
    assert all(family[music.tune(one).tune_id] == (one.label, one.group) for one in music.extra)
    assert not music.part(music.extra).extra  # they are its tracks


def test_audio_is_a_clip_within_bounds_and_the_same_from_a_part(dances):
    for track in dances.tracks[::480]:
        audio, part = dances.audio(track, RATE), dances.part([track])
        assert (audio.shape, audio.dtype) == ((round(dances.clip_seconds * RATE),), np.float32)
        assert 0.1 < np.abs(audio).max() <= 1
        assert len(part.tunes) == len(part.tracks) == 1
        np.testing.assert_array_equal(part.audio(track, RATE), audio)


@pytest.mark.slow
def test_another_process_knows_and_plays_the_same_and_imports_little_until_it_plays(dances):
    code = (
        "import sys; from subgenre.config import DataConfig, digest\n"
        "from subgenre.data import load_music\n"
        "music = load_music(DataConfig('dances', 10), progress=False)\n"
        "print({'music21', 'scipy.fft', 'scipy.sparse', 'scipy.signal'} & set(sys.modules))\n"
        f"print(music.fingerprint, digest(music.audio(music.tracks[0], {RATE}).tolist()))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    music = load()
    audio = digest(music.audio(music.tracks[0], RATE).tolist())
    assert told.stdout.split() == ["set()", music.fingerprint, audio]


def test_the_fingerprint_names_tunes_choice_and_renderer(dances, monkeypatch):
    tune, small = dances.tune(dances.tracks[-1]), load()
    assert small.fingerprint == load().fingerprint
    one, other, *_ = (track for track in dances.tracks if dances.tune(track) is tune)
    assert not np.array_equal(dances.audio(one, RATE), dances.audio(other, RATE))
    parts = map(dances.part, ([one], [other]))
    prints = {music.fingerprint for music in (dances, small, load(extra=1), *parts)}
    monkeypatch.setattr(dances_module, "RENDERER_VERSION", "another")
    assert len(prints | {load().fingerprint}) == 6


def test_cached_tunes_are_the_tunes_that_were_read(tunes_file, dances, monkeypatch):
    monkeypatch.delattr(corpus, "read_tunes")
    music = load()
    assert music.tunes == dances.tunes[:50]
    counts = Counter(f"{tune.collection}: {tune.label}" for tune, _ in music.tunes)
    assert music.report["read"] == counts
    assert music.report["left out"] == {corpus.NO_TYPE: 1, "families with conflicting types": 3}


@pytest.mark.parametrize("harm", ["cut", "byte", "text", "empty", "list"])
def test_damaged_tunes_are_named_and_read_anew(tunes_file, dances, capsys, harm):
    whole = tunes_file.read_bytes()
    half = len(whole) // 2
    harmed = {"cut": whole[:half], "text": b"no archive", "empty": b""}
    harmed["byte"] = whole[:half] + bytes([whole[half] ^ 255]) + whole[half + 1 :]
    harmed["list"] = gzip.compress(b'{"tunes": [[{}, "family"]]}')
    tunes_file.write_bytes(harmed[harm])
    capsys.readouterr()
    for words in (f"The cached tunes in {tunes_file} are damaged: reading the books anew.\n", ""):
        assert load().tunes == dances.tunes[:50]
        assert capsys.readouterr().out == words


def test_statistics_and_metre_of_each_track_are_those_of_its_tune(dances):
    tunes = [dances.tune(track) for track in dances.tracks]
    assert [tune.label for tune in tunes] == [track.label for track in dances.tracks]
    assert dances.metres(dances.tracks) == [tune.metre for tune in tunes]
    numbers = dances.note_statistics(dances.tracks)
    assert [f"{beats:g}/{unit:g}" for beats, unit in numbers[:, :2]] == dances.metres(dances.tracks)
    np.testing.assert_array_equal(numbers[-1], tune_statistics(tunes[-1]))
    assert np.isfinite(numbers).all()


def test_bars_are_those_that_are_played_and_notes_in_one_those_that_are_written(
    dances, monkeypatch
):
    monkeypatch.setattr(dances_module, "perform", lambda tune, choices, *_: choices)
    tracks = dances.tracks[::97]
    assert dances.bars(tracks).shape == (len(tracks), 2)
    for track, (seconds, n_notes) in zip(tracks, dances.bars(tracks), strict=True):
        tune, rate = dances.tune(track), dances.audio(track, RATE).notes_per_second
        assert np.median(np.diff(unroll(tune, 40.0, rate).bars)) == pytest.approx(seconds)
        assert n_notes == rhythm(tune)[0]
