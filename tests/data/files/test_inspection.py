import os
import tracemalloc

import music_files
import numpy as np
import pytest
from music_files import RATE, cut, tune, write, write_tune

from subgenre.data.files import inspection
from subgenre.data.files.duplicates import SAME_SHARE, similarity
from subgenre.data.files.inspection import inspect_file, inspect_files


@pytest.mark.parametrize("name", music_files.BAD)
def test_every_kind_of_dirt_is_found(name, tmp_path, capfd):
    reason, write_it = music_files.BAD[name]
    write_it(tmp_path / name)
    assert inspect_file(tmp_path / name).problem.startswith(reason)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("name", music_files.FINE)
def test_what_is_only_odd_can_be_used(name, tmp_path):
    music_files.FINE[name](tmp_path / name)
    info = inspect_file(tmp_path / name)
    assert info.problem is None
    assert info.duration == pytest.approx(6)


@pytest.mark.parametrize("suffix", music_files.FORMATS)
def test_every_format_is_described(suffix, tmp_path):
    path = write(tmp_path / f"tune{suffix}", np.stack([tune(1), tune(2)], 1))
    info = inspect_file(path)
    assert info.problem is None and info.notes == ()
    assert (info.duration, info.sample_rate, info.channels) == (6, RATE, 2)
    assert info.format == suffix.lstrip(".").upper()


def test_a_wrong_extension_and_loud_samples_are_noted(tmp_path):
    for name, note in (("mislabelled.mp3", "does not fit"), ("float.wav", "beyond full scale")):
        music_files.FINE[name](tmp_path / name)
        assert note in inspect_file(tmp_path / name).notes[0]


def test_a_lost_end_is_noted_where_the_rest_can_be_used(tmp_path):
    assert "end is missing" in inspect_file(cut(write_tune(tmp_path / "a.wav", 1), 0.95)).notes[0]
    assert "end is missing" in inspect_file(cut(write_tune(tmp_path / "a.ogg", 1), 0.6)).notes[0]


def test_a_wav_from_a_pipe_is_not_called_truncated(tmp_path):
    path = write_tune(tmp_path / "piped.wav", 1)
    content = bytearray(path.read_bytes())
    size = content.index(b"data") + 4
    content[size : size + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    assert inspect_file(path).problem is None


def test_what_is_no_file_is_unreadable(tmp_path):
    (tmp_path / "loop.wav").symlink_to(tmp_path / "loop.wav")
    (tmp_path / "folder.wav").mkdir()
    os.mkfifo(tmp_path / "pipe.wav")
    problems = {
        path.name: inspect_file(path).problem
        for path in (*tmp_path.iterdir(), tmp_path / "none.wav")
    }
    assert problems["loop.wav"].startswith("unreadable: Too many levels")
    assert problems["none.wav"] == "unreadable: No such file or directory"
    assert problems["folder.wav"] == problems["pipe.wav"] == "not a file"


def test_no_permission_is_a_reason(tmp_path):
    path = write_tune(tmp_path / "secret.wav", 1)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    assert inspect_file(path).problem == "unreadable: Permission denied"


def test_the_same_samples_have_one_hash_in_every_lossless_container(tmp_path):
    audio = np.round(2**15 * tune(1)) / 2**15
    infos = [inspect_file(write(tmp_path / f"a{s}", audio)) for s in (".wav", ".flac", ".au")]
    assert len({info.samples_hash for info in infos}) == 1
    assert len({info.bytes_hash for info in infos}) == 3


@pytest.mark.parametrize("suffix", [".mp3", ".ogg"])
def test_the_same_recording_is_alike_in_lossy_formats(suffix, tmp_path):
    one = inspect_file(write_tune(tmp_path / "a.wav", 1))
    other = inspect_file(write(tmp_path / f"a{suffix}", tune(1)))
    assert similarity(one.fingerprint, other.fingerprint) > SAME_SHARE
    assert one.samples_hash != other.samples_hash


def test_silences_are_found_across_blocks(tmp_path, monkeypatch):
    parts = [tune(1, 2), np.zeros(3 * RATE), tune(2, 1), np.zeros(RATE), tune(3, 0.5)]
    path = write(tmp_path / "gaps.wav", np.concatenate(parts))
    for block_frames in (2**18, 5000, 16_000):
        monkeypatch.setattr("subgenre.data.files.reader.BLOCK_FRAMES", block_frames)
        info = inspect_file(path)
        assert info.silences == ((2, 5), (6, 7))
    assert info.silent_share(1, 4) == pytest.approx(2 / 3)


def test_what_is_known_is_not_decoded_again(tmp_path, cache, monkeypatch):
    paths = [write_tune(tmp_path / f"{seed}.wav", seed, 1) for seed in range(3)]
    first = inspect_files(paths, progress=False)
    assert list(first) == paths
    changed = write_tune(paths[1], 9, 2)
    decoded = []
    monkeypatch.setattr(
        inspection, "inspect_file", lambda path: decoded.append(path) or first[path]
    )
    again = inspect_files(paths, progress=False)
    assert decoded == [changed] and again == first


def test_a_damaged_memory_is_renewed(tmp_path, cache):
    paths = [write_tune(tmp_path / "a.wav", 1, 1)]
    first = inspect_files(paths, progress=False)
    for remembered in (cache / "inspection").iterdir():
        remembered.write_text("{")
    assert inspect_files(paths, progress=False) == first


def test_a_file_that_could_not_be_opened_gets_another_chance(tmp_path, cache):
    path = tmp_path / "a.m4a"
    path.write_text("no music")
    assert inspect_files([path], progress=False)[path].problem.startswith("not audio")
    assert not list((cache / "inspection").iterdir())


def test_an_unforeseen_error_of_a_library_is_a_problem_of_its_file(tmp_path, cache, monkeypatch):
    def broken(listener, reader):
        raise IndexError("deep in\na library")

    paths = [write_tune(tmp_path / f"{seed}.wav", seed, 1) for seed in range(2)]
    with monkeypatch.context() as patch:
        patch.setattr(inspection.Listener, "listen", broken)
        found = inspect_files(paths, progress=False)
    assert [info.problem for info in found.values()] == [
        r"cannot be decoded: IndexError: deep in\na library"
    ] * 2
    again = inspect_files(paths, progress=False)  # another version may know better
    assert [info.problem for info in again.values()] == [None, None]


def test_an_impossible_sample_rate_takes_no_memory(tmp_path):
    path = music_files.with_rate(write_tune(tmp_path / "a.wav", 1), 2_000_000_000)
    tracemalloc.start()
    assert "2000000000" in inspect_file(path).problem
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1e6


def test_workers_find_the_same(tmp_path, cache, monkeypatch):
    for name, (_, write_it) in music_files.BAD.items():
        write_it(tmp_path / name)
    paths = sorted(tmp_path.iterdir())
    expected = {path: inspect_file(path) for path in paths}
    monkeypatch.setattr(inspection, "FILES_WITHOUT_WORKERS", 0)
    assert inspect_files(paths, n_workers=2, progress=False) == expected


def test_a_long_file_needs_little_memory(tmp_path):
    path = write(tmp_path / "long.wav", np.tile(tune(1, 60), 5))
    tracemalloc.start()
    inspect_file(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 12e6  # the samples alone would be 19 MB
