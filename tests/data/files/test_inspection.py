import os
import tracemalloc
from unittest.mock import Mock

import music_files
import numpy as np
import pytest
from music_files import RATE, tune, with_rate, write, write_parts, write_tune

from subgenre.data.files import inspection
from subgenre.data.files.inspection import inspect_file, inspect_files


def test_the_same_samples_have_one_hash_in_every_lossless_container(tmp_path):
    audio = np.round(2**15 * tune(1)) / 2**15
    infos = [inspect_file(write(tmp_path / f"a{s}", audio)) for s in (".wav", ".flac", ".au")]
    assert len({one.samples_hash for one in infos}) == 1 < len({one.bytes_hash for one in infos})


@pytest.mark.parametrize("block_frames", [2**18, 5000, 16_000])
def test_silences_are_found_across_blocks(block_frames, tmp_path, monkeypatch):
    path = write_parts(tmp_path / "gaps.wav", tune(1, 2), 3, tune(2, 1), 1, tune(3, 0.5))
    monkeypatch.setattr("subgenre.data.files.reading.BLOCK_FRAMES", block_frames)
    info = inspect_file(path)
    assert info.silences == ((2, 5), (6, 7))
    assert info.silent_share(1, 4) == pytest.approx(2 / 3)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".au", ".aiff", ".ogg"])
@pytest.mark.parametrize("offsets", [[0.01], [0.3, -0.02]])
def test_a_constant_offset_is_silence(suffix, offsets, tmp_path):
    if suffix == ".ogg" and len(offsets) > 1:
        pytest.skip("it codes the difference of the channels with noise of its own")
    music = tune(1, 6, 44_100)[:, np.newaxis].repeat(len(offsets), axis=1)
    both = np.r_[0.5 * music, 0 * music] + offsets
    info = inspect_file(write(tmp_path / f"a{suffix}", both, 44_100))
    assert info.problem is None and info.silent_share(7, 11) == 1 and info.silences[0][0] >= 6


def test_only_what_is_new_replaced_or_forgotten_is_decoded_again(tmp_path, cache, monkeypatch):
    paths = [write_tune(tmp_path / f"{seed}.wav", seed, 1) for seed in range(5)]
    first, dates = inspect_files(paths[:4], progress=False), [path.stat() for path in paths]
    assert list(first) == paths[:4]
    write_tune(tmp_path / "other.wav", 8, 1).replace(paths[1])
    paths[2].write_bytes(write_tune(tmp_path / "other.wav", 9, 1).read_bytes())
    for path, date in zip(paths[1:3], dates[1:3], strict=True):
        os.utime(path, ns=(date.st_atime_ns, date.st_mtime_ns))
        assert path.stat().st_size == date.st_size
    for remembered in (cache / "inspection").iterdir():
        content = remembered.read_text()
        remembered.write_text("{" if first[paths[3]].bytes_hash in content else content)
    decoded = []
    monkeypatch.setattr(
        inspection, "inspect_file", lambda path: decoded.append(path) or inspect_file(path)
    )
    again = inspect_files(paths, progress=False)
    assert decoded == paths[1:] and list(again) == paths
    assert [again[path] == first[path] for path in paths[:4]] == [True, False, False, True]


def test_a_file_that_could_not_be_opened_gets_another_chance(tmp_path, cache, monkeypatch):
    broken = Mock(side_effect=IndexError("deep in\na library"))
    (tmp_path / "a.m4a").write_text("no music")
    paths = [tmp_path / "a.m4a", write_tune(tmp_path / "b.wav", 1, 1)]
    with monkeypatch.context() as patch:
        patch.setattr(inspection.Inspection, "_judged", broken)
        found = inspect_files(paths, progress=False)
    assert [found[path].problem for path in paths] == [
        "not audio that can be decoded here",
        r"cannot be decoded: IndexError: deep in\na library",
    ]
    assert not list((cache / "inspection").iterdir())


@pytest.mark.parametrize("rate", [RATE, 2_000_000_000])
def test_no_file_takes_much_memory(rate, tmp_path):
    path = with_rate(write(tmp_path / "long.wav", np.tile(tune(1, 60), 5)), rate)
    tracemalloc.start()
    assert (rate == RATE) == (inspect_file(path).problem is None)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 12e6  # the samples alone would be 19 MB


def test_workers_find_the_same(tmp_path, cache, monkeypatch):
    for name, (_, write_it) in music_files.BAD.items():
        write_it(tmp_path / name)
    paths = sorted(tmp_path.iterdir())
    expected = {path: inspect_file(path) for path in paths}
    monkeypatch.setattr(inspection, "FILES_WITHOUT_WORKERS", 0)
    assert inspect_files(paths, n_workers=2, progress=False) == expected
