import gzip
import json
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

from subgenre.config import digest
from subgenre.data import dances as dances_module
from subgenre.data.dances import MAX_PERFORMANCES, Dances, corpus
from subgenre.data.dances.tunes import LABELS
from subgenre.plumbing.errors import DataError, ParameterError, StorageError

SAMPLE_RATE = 16_000


@pytest.fixture
def tunes_file(dances, cache, monkeypatch):
    """Return the cached tunes, but a few, in a folder of the test's own."""
    report = corpus.ReadingReport({("Book", "reel"): 50}, {corpus.NO_TYPE: 1}, 800, 0)
    monkeypatch.setattr(dances_module, "read_tunes", lambda progress: ([], report))
    monkeypatch.setattr(dances_module, "resolve", lambda raw: (dances.tunes[:50], 0))
    Dances.load(10, progress=False)
    (path,) = (cache / "dances").iterdir()
    return path


def test_every_class_has_as_many_clips_as_asked(dances):
    assert Counter(track.label for track in dances.tracks) == dict.fromkeys(LABELS, 480)
    small = Dances.load(10, progress=False)
    assert Counter(track.label for track in small.tracks) == dict.fromkeys(LABELS, 10)


def test_a_small_choice_is_part_of_a_large_one(dances):
    assert set(Dances.load(10, progress=False).tracks) < set(dances.tracks)


def test_a_family_has_one_type_and_no_more_than_a_few_performances(dances):
    types = {}
    for track in dances.tracks:
        assert types.setdefault(track.group, track.label) == track.label
    assert max(Counter(track.group for track in dances.tracks).values()) <= MAX_PERFORMANCES


def test_every_family_is_heard_once_before_any_is_heard_twice(dances):
    for label in LABELS:
        families = {family for tune, family in dances.tunes if tune.label == label}
        counts = Counter(track.group for track in dances.tracks if track.label == label)
        heard = [counts[family] for family in families]
        assert max(heard) - min(heard) <= 1


def test_every_class_draws_on_enough_families(dances):
    families = {label: set() for label in LABELS}
    for track in dances.tracks:
        families[track.label].add(track.group)
    assert min(map(len, families.values())) >= 60


def test_tracks_are_named_once_and_know_their_tune(dances):
    assert len({track.track_id for track in dances.tracks}) == len(dances.tracks)
    for track in dances.tracks[::97]:
        tune = dances.tune(track)
        assert (tune.label, tune.title) == (track.label, track.title)


def test_audio_is_a_clip_within_bounds(dances):
    audio = dances.audio(dances.tracks[0], SAMPLE_RATE)
    assert audio.shape == (round(dances.clip_seconds * SAMPLE_RATE),)
    assert audio.dtype == np.float32
    assert 0.1 < np.abs(audio).max() <= 1


def test_a_part_plays_the_same_bits(dances):
    for track in dances.tracks[::480]:
        part = dances.part([track])
        assert len(part.tunes) == len(part.tracks) == 1
        np.testing.assert_array_equal(
            part.audio(track, SAMPLE_RATE), dances.audio(track, SAMPLE_RATE)
        )


def test_two_performances_of_one_tune_differ(dances):
    by_tune = {}
    for track in dances.tracks:
        by_tune.setdefault(dances.tune(track).tune_id, []).append(track)
    one, other = next(tracks for tracks in by_tune.values() if len(tracks) > 1)[:2]
    assert not np.array_equal(dances.audio(one, SAMPLE_RATE), dances.audio(other, SAMPLE_RATE))


@pytest.mark.slow
def test_another_process_has_the_same_fingerprint_and_plays_the_same_bits(dances):
    music = Dances.load(10, progress=False)
    code = (
        "from subgenre.config import DataConfig, digest; from subgenre.data import load_music\n"
        "music = load_music(DataConfig('dances', 10), progress=False)\n"
        f"print(music.fingerprint, digest(music.audio(music.tracks[0], {SAMPLE_RATE}).tolist()))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    audio = music.audio(music.tracks[0], SAMPLE_RATE)
    assert told.stdout.split() == [music.fingerprint, digest(audio.tolist())]


def test_the_fingerprint_names_tunes_and_choice(dances):
    small = Dances.load(10, progress=False)
    assert small.fingerprint == Dances.load(10, progress=False).fingerprint
    assert small.fingerprint != dances.fingerprint
    assert small.fingerprint != small.part(small.tracks[1:]).fingerprint


def test_the_fingerprint_changes_with_the_renderer(dances, monkeypatch):
    before = Dances.load(10, progress=False).fingerprint
    monkeypatch.setattr(dances_module, "RENDERER_VERSION", "another")
    assert Dances.load(10, progress=False).fingerprint != before


def test_cached_tunes_are_the_tunes_that_were_read(tunes_file, dances, monkeypatch):
    monkeypatch.delattr(dances_module, "read_tunes")
    music = Dances.load(10, progress=False)
    assert music.tunes == dances.tunes[:50]
    assert music.report["read"] == {"Book: reel": 50}


@pytest.mark.parametrize("harm", ["cut", "byte", "text", "empty", "list"])
def test_damaged_tunes_are_named_and_read_anew(tunes_file, dances, capsys, harm):
    whole = tunes_file.read_bytes()
    half = len(whole) // 2
    harmed = {
        "cut": whole[:half],
        "byte": whole[:half] + bytes([whole[half] ^ 255]) + whole[half + 1 :],
        "text": b"no archive",
        "empty": b"",
        "list": gzip.compress(json.dumps({"tunes": [[{}, "family"]]}).encode()),
    }
    tunes_file.write_bytes(harmed[harm])
    capsys.readouterr()
    assert Dances.load(10, progress=False).tunes == dances.tunes[:50]
    assert f"{tunes_file} are damaged" in capsys.readouterr().out
    assert Dances.load(10, progress=False).tunes == dances.tunes[:50]
    assert capsys.readouterr().out == ""


def test_what_was_left_out_is_counted(dances):
    kept = len(dances.tunes)
    assert 0 < kept <= sum(dances.report["read"].values())
    assert dances.report["left out"][corpus.NO_TYPE] > 0
    assert dances.report["left out"]["families with conflicting types"] > 0


def test_music21_without_its_corpus_leaves_no_cache(cache, monkeypatch, tmp_path):
    monkeypatch.setattr(corpus.common, "getCorpusFilePath", lambda: tmp_path)
    with pytest.raises(DataError, match="without its corpus"):
        Dances.load(10, progress=False)
    assert list((cache / "dances").iterdir()) == []


def test_a_cache_that_cannot_be_used_is_named(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SUBGENRE_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(StorageError, match="set SUBGENRE_CACHE"):
        Dances.load(10, progress=False)


@pytest.mark.parametrize("clips_per_class", [0, -1, 2.5, "all"])
def test_an_impossible_number_of_clips_is_refused(clips_per_class):
    with pytest.raises(ParameterError, match="clips_per_class"):
        Dances.load(clips_per_class, progress=False)


def test_it_says_whom_to_cite_and_what_may_be_done(dances):
    assert "O'Neill" in dances.citation
    assert "public domain" in dances.licence
