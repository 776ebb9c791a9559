import csv
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import soundfile
import toy

from subgenre.config import DataConfig
from subgenre.data import load_music
from subgenre.data.dataset import SETS, Track
from subgenre.data.export import export
from subgenre.data.splits import Split, split_of
from subgenre.plumbing.errors import StorageError

CLEAN = replace(toy.DATA, snr_db=None)
MUSIC = replace(toy.load("toy", 10), extra=toy.make_tracks(4, more=" again"))
every = (*MUSIC.tracks, *MUSIC.extra)


@pytest.fixture
def folder(tmp_path):
    """An export of the toy, whose extra clips train."""
    split = split_of(MUSIC.tracks, 0)
    train = [
        row for row, one in enumerate(every) if one.group in {every[i].group for i in split.train}
    ]
    export(MUSIC, CLEAN, replace(split, train=np.array(train)), tmp_path / "toy")
    return tmp_path / "toy"


def test_each_set_has_a_list_that_plain_readers_open_and_all_clips_are_in_one(folder):
    whole = pd.read_csv(folder / "manifest.csv", keep_default_na=False)
    assert len(whole) > len(MUSIC.tracks) and whole["track_id"].is_unique
    listed = []
    for name in SETS:
        part = pd.read_csv(folder / name / "metadata.csv", keep_default_na=False)
        files = {
            one.relative_to(folder / name).as_posix() for one in folder.glob(f"{name}/*/*.wav")
        }
        assert {*part["file_name"]} == files and len(part) == len(files)
        assert {*part["split"]} == {name}
        listed.append(part.assign(path=name + "/" + part.pop("file_name")))
    pd.testing.assert_frame_equal(pd.concat(listed, ignore_index=True)[whole.columns], whole)
    assert whole.groupby("group")["split"].nunique().max() == 1
    by_id = whole.set_index("track_id").to_dict("index")
    for track in MUSIC.tracks:
        said = by_id[track.track_id]
        assert (said["label"], said["group"], said["title"]) == (
            track.label,
            track.group,
            track.title,
        )
        audio, rate = soundfile.read(folder / said["path"], dtype="float32")
        np.testing.assert_allclose(audio, MUSIC.audio(track, rate), atol=1e-4)


def test_an_export_is_a_data_set_with_the_same_sets(folder, cache, monkeypatch):
    data = DataConfig(str(folder / "manifest.csv"), snr_db=None, clip_seconds=2, clip_hop_seconds=2)
    monkeypatch.setattr("subgenre.data.files.inspection.in_parallel", toy.inline)
    music = load_music(data, progress=False)
    with (folder / "manifest.csv").open(newline="") as file:
        wanted = {(one["path"], one["split"], one["group"]) for one in csv.DictReader(file)}
    found = {(one.track_id, music.splits[one.track_id], one.group) for one in music.tracks}
    assert (
        len(found) > 0.9 * len(wanted)
        and {(one[0].split("#")[0], *one[1:]) for one in found} <= wanted
    )


def test_a_clip_has_the_noise_of_its_own_set(tmp_path):
    track = MUSIC.tracks[0]
    sounds = []
    for name in SETS:
        split = Split(**{one: np.array([0] if one == name else [], int) for one in SETS})
        export(MUSIC, toy.DATA, split, tmp_path)
        (path,) = tmp_path.glob(f"{name}/*/*.wav")
        sounds.append(soundfile.read(path)[0])
    assert len({one.tobytes() for one in sounds}) == 3
    assert all(np.std(one - MUSIC.audio(track, 16_000)) > 0.01 for one in sounds)


def test_no_name_writes_over_another_or_out_of_the_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(toy.Toy, "audio", lambda *_: np.full(100, 0.1, np.float32))
    labels = ("jig", "a/b", "a_b", "../../x", "/x", "..", ".", "a/../../..", "", "x" * 300)
    names = ("A", "x/y.wav#0", "x-y.wav#0", "X-y.wav#0", "../../y.wav#0")
    names += tuple(f"{'夜' * 200}.wav#{i}" for i in range(3))
    tracks = tuple(Track(name, label, "group") for label in labels for name in names)
    rows = np.arange(len(tracks))
    split = Split(rows[::2], rows[1::4], rows[3::4])
    export(toy.Toy(tracks=tracks, labels=labels), CLEAN, split, tmp_path / "inner" / "out")
    paths = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.wav")]
    assert len({path.lower() for path in paths}) == len(paths) == len(tracks)
    assert len({path.split("/")[3] for path in paths}) == len(labels)
    assert all(path.startswith("inner/out/") and path.count("/") == 4 for path in paths)
    audio, rate = soundfile.read(tmp_path / "inner" / "out" / "train" / "jig" / "A.wav")
    assert (rate, audio.tolist()) == (16_000, pytest.approx([0.1] * 100, abs=1e-4))


def test_a_full_disk_is_named(tmp_path, capsys):
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (9, limits[1]))
    try:
        with pytest.raises(StorageError, match=f"Expected to write {tmp_path}"):
            export(MUSIC, CLEAN, split_of(MUSIC.tracks, 0), tmp_path / "toy")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(tmp_path.rglob("*.part")) == []
