import shutil
from dataclasses import replace

import numpy as np
import pytest
import toy

from subgenre.config import DataConfig, FeatureConfig
from subgenre.data import clips as preparation
from subgenre.data.clips import Clips, example_clip, noisy_audio, prepare
from subgenre.data.dataset import SETS
from subgenre.data.features import log_mel
from subgenre.plumbing.errors import ParameterError, StorageError, SubgenreError
from subgenre.plumbing.workers import in_parallel

CONFIG, CLEAN = (DataConfig(dataset="toy", snr_db=snr_db) for snr_db in (0.0, None))
MUSIC = toy.load("toy", 6)  # two tasks


@pytest.fixture(autouse=True)
def inline(cache, monkeypatch):
    """Compute in this process, into a cache of the test's own."""
    monkeypatch.setattr(preparation, "in_parallel", toy.inline)


def prepared(config=CONFIG, music=MUSIC):
    return prepare(music, config, progress=False)


def test_each_track_has_its_row_under_each_sets_noise_and_is_an_example_of_the_test_set():
    clips, example = prepared(), example_clip(MUSIC, CONFIG, 17)
    assert clips.tracks == MUSIC.tracks and example.track == MUSIC.tracks[17]
    np.testing.assert_array_equal(example.clean, MUSIC.audio(example.track, 16_000))
    np.testing.assert_array_equal(example.noisy_log_mel, clips.log_mels("test")[17])
    for name in SETS:
        noisy = noisy_audio(example.clean, example.track, 16_000, CONFIG.snr_db, name)
        expected = log_mel(noisy, CONFIG.features)
        assert clips.log_mels(name).shape == (len(MUSIC.tracks), *expected.shape)
        np.testing.assert_array_equal(clips.log_mels(name)[17], expected)
        assert isinstance(clips.log_mels(name), np.memmap)  # read from disk as needed
    for row in (-1, 18):
        with pytest.raises(ParameterError, match=f"between 0 and 17; got {row}"):
            example_clip(MUSIC, CONFIG, row)


@pytest.mark.parametrize(("config", "names"), [(CONFIG, SETS), (CLEAN, SETS[:1])])
def test_extra_clips_come_last_under_training_noise_alone_and_clean_clips_are_kept_once(
    config, names
):
    music = replace(MUSIC, extra=toy.make_tracks(1, more=" again"))
    clips, listed, last = prepared(config, music), prepared(config), music.extra[-1]
    assert clips.extra == music.extra and clips.folder != listed.folder
    assert {path.stem for path in clips.folder.glob("*.npy")} == {*names}
    for name in SETS:
        kept, plain = clips.log_mels(name), listed.log_mels(name)
        np.testing.assert_array_equal(kept[: len(plain)], plain)
        assert len(kept) == len(plain) + 3 * (name in ("train", *SETS[len(names) :]))
    noisy = noisy_audio(music.audio(last, 16_000), last, 16_000, config.snr_db, "train")
    np.testing.assert_array_equal(clips.log_mels("train")[-1], log_mel(noisy, config.features))
    assert clips.class_numbers()[-3:].tolist() == [0, 1, 2]


@pytest.mark.parametrize("given", [False, True], ids=["drawn", "given"])
def test_extra_clips_train_if_their_group_is_in_no_other_set(tmp_path, given):
    tracks, extra = toy.make_tracks(12), toy.make_tracks(14, more=" again")
    sets = {one.track_id: SETS[int(one.group[-1]) % 3] for one in tracks if given}
    clips = Clips(tmp_path, tracks, toy.LABELS, "", sets, extra)
    split, plain = clips.split(3), replace(clips, extra=()).split(3)
    for name in SETS:
        rows = getattr(plain, name)
        np.testing.assert_array_equal(getattr(split, name)[: len(rows)], rows)
    held = {tracks[row].group for row in (*split.validation, *split.test)}
    more = [(*tracks, *extra)[row] for row in split.train[len(plain.train) :]]
    assert more == [one for one in extra if one.group not in held]
    assert {one.group for one in more} > {tracks[row].group for row in plain.train}  # of none, too


def test_a_smaller_part_of_the_training_groups_is_in_a_larger_one_and_lacks_no_class(tmp_path):
    tracks, extra = toy.make_tracks(40), toy.make_tracks(50, more=" again")
    clips, every = Clips(tmp_path, tracks, toy.LABELS, "", extra=extra), (*tracks, *extra)
    splits = {share: clips.split(3, share) for share in (0.01, 0.1, 0.3, 1.0)}
    rows = [set(split.train.tolist()) for split in splits.values()]
    assert rows[0] < rows[1] < rows[2] < rows[3] == set(clips.split(3).train.tolist())
    for share, split in splits.items():
        assert [split.test.tolist(), split.validation.tolist()] == [
            clips.split(3).test.tolist(),
            clips.split(3).validation.tolist(),
        ]
        groups = [
            {(every[row].label, every[row].group) for row in of} for of in (rows[3], split.train)
        ]
        for label in toy.LABELS:
            of_class, kept = (
                len({group for name, group in some if name == label}) for some in groups
            )
            assert kept == max(1, round(share * of_class))
    other = Clips(tmp_path, tracks, toy.LABELS, "", extra=extra).split(8, 0.1)
    assert set(other.train.tolist()) != rows[1]


@pytest.mark.parametrize(
    "changes", [{"snr_db": 6.0}, {"snr_db": None}, {"features": FeatureConfig(n_mels=40)}, {}]
)
def test_only_other_settings_and_other_music_are_computed_again(changes, monkeypatch):
    first, music = prepared(), MUSIC if changes else toy.load("toy", 5)
    assert prepared(replace(CONFIG, **changes), music).folder != first.folder
    monkeypatch.delattr(preparation, "_compute")
    assert prepared() == first


@pytest.mark.parametrize("name", ["train.npy", "validation.npy", "checksums.json"])
@pytest.mark.parametrize("harm", ["cut", "changed", "gone"])
def test_a_damaged_entry_is_named_and_made_anew(capsys, name, harm):
    clips = prepared()
    path = clips.folder / name
    whole = path.read_bytes()
    path.unlink()
    if harm != "gone":
        path.write_bytes(whole[: len(whole) // 2] if harm == "cut" else whole[:-2] + b"\x07}")
    capsys.readouterr()
    again = prepared()
    assert f"{clips.folder} are damaged" in capsys.readouterr().out
    assert (again.folder / name).read_bytes() == whole


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, OSError])
def test_work_that_stops_leaves_nothing_and_does_not_blame_the_cache(monkeypatch, cache, error):
    def broken(function, calls, *_, **__):
        yield function(*next(calls))
        raise error(28, "No room")

    monkeypatch.setattr(preparation, "in_parallel", broken)
    with pytest.raises(SubgenreError if error is OSError else error, match="No room") as caught:
        prepared()
    assert "features" not in str(caught.value)
    assert list((cache / "features").iterdir()) == []


def test_files_that_cannot_grow_are_named(cache, capsys):
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (9, limits[1]))
    try:
        with pytest.raises(StorageError, match=f"Expected to write {cache / 'features'}"):
            prepared()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(cache.rglob("*.part")) == []


def test_a_cache_folder_that_cannot_be_used_is_named(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SUBGENRE_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(StorageError, match=r"file/cache.*set SUBGENRE_CACHE"):
        prepared()


@pytest.mark.slow
def test_the_number_of_workers_changes_no_bit(monkeypatch):
    whole = (prepared().folder / "checksums.json").read_text()
    shutil.rmtree(prepared().folder)
    monkeypatch.setattr(preparation, "in_parallel", in_parallel)
    clips = prepare(MUSIC, CONFIG, 2, progress=False)
    assert (clips.folder / "checksums.json").read_text() == whole


def test_every_track_has_its_own_excerpt_of_each_sets_noise():
    hum, (one, other, *_) = np.full(16_000, 1e-3, np.float32), MUSIC.tracks
    calls = [(other, "train"), *((one, name) for name in SETS)]
    sounds = [noisy_audio(hum, track, 16_000, 0.0, name) for track, name in calls]
    assert len({sound.tobytes() for sound in sounds}) == 4
