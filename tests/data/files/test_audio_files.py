import pickle
import shutil
from collections import Counter
from dataclasses import replace

import listings
import music_files
import numpy as np
import pytest
from music_files import RATE, cut, tune, write, write_classes, write_parts, write_tune

from subgenre.config import DataConfig
from subgenre.data import list_files, load_music, source_of
from subgenre.data.dataset import Remark
from subgenre.data.files.audio_files import AudioFiles
from subgenre.data.splits import split_of
from subgenre.plumbing.errors import DataError, ParameterError


@pytest.fixture
def root(tmp_path):
    """Return a folder of two classes of three sound files of 2.5 s each."""
    return write_classes(tmp_path / "music")


def config(name, **changes):
    settings = {"clips_per_class": 100, "clip_seconds": 1.0, "clip_hop_seconds": 1.0}
    return DataConfig(dataset=str(name), snr_db=None, **(settings | changes))


def load(name, strict=False, **changes):
    return load_music(config(name, **changes), strict=strict, progress=False)


def reasons(remarks):
    return {one.name: one.reason for one in remarks}


def ids(music, title):
    return [track.track_id for track in music.tracks if track.title == title]


def audio(music, track_id, rate=RATE):
    return music.audio(next(one for one in music.tracks if one.track_id == track_id), rate)


@pytest.mark.parametrize("rate", [8000, RATE, 22_050])
def test_a_folder_is_a_data_set_of_whole_clips_within_full_scale(root, rate):
    write_tune(root / "dub" / "nearly.wav", 50, 1.95)  # a nominal length is enough
    write(root / "dub" / "loud.wav", 4 * tune(15), subtype="FLOAT")
    music = load(root, clip_hop_seconds=0.5)
    assert (music.name, music.labels, music.clip_seconds) == (str(root), ("dub", "house"), 1.0)
    assert music.citation and music.licence and not music.skipped and not music.splits
    clips = Counter(track.label for track in music.tracks)
    assert music.report == {"read": {"dub": 5, "house": 3}, "clips": clips, "left out": {}}
    assert set(music.info) == {source_of(track.track_id) for track in music.tracks}
    assert music.info["dub/tune 0.wav"].sample_rate == RATE
    assert ids(music, "tune 0")[:4] == [f"dub/tune 0.wav#{i}" for i in range(4)]
    assert len(ids(music, "nearly")) == 3
    assert not audio(music, "dub/nearly.wav#2", rate)[-int(0.04 * rate) :].any()
    for track in music.tracks:
        clip = music.audio(track, rate)
        assert clip.dtype == np.float32 and clip.shape == (rate,) and 0.1 < np.abs(clip).max() <= 1
    if rate == RATE:
        third = audio(music, "dub/tune 0.wav#2")
        np.testing.assert_allclose(third, tune(0, 2.5)[RATE : 2 * RATE], atol=1e-4)


def test_what_cannot_be_used_is_skipped_counted_and_listed_or_stops_a_strict_study(root):
    for name, (_, write_it) in music_files.BAD.items():
        write_it(root / "dub" / name)
    music = load(root)
    assert set(reasons(music.skipped)) == {f"dub/{name}" for name in music_files.BAD}
    assert len(music.info) == 6 and sum(music.report["left out"].values()) == len(music_files.BAD)
    assert music.report["left out"]["truncated"] == 5
    with pytest.raises(DataError, match=r"strict\); dub/cut.au cannot"):
        load(root, strict=True)


def test_the_first_of_several_copies_is_kept_and_none_under_several_labels(root):
    original = write_tune(root / "house" / "x original.wav", 80)
    shutil.copy(original, root / "house" / "y same bytes.wav")
    (root / "house" / "y link.wav").symlink_to(original)
    write_tune(root / "house" / "y same samples.flac", 80)
    write(root / "house" / "y same music.mp3", 0.5 * tune(80))
    copies = load(root)
    assert ids(copies, "x original") and len(copies.skipped) == 4
    assert set(reasons(copies.skipped).values()) == {"copy: same recording as house/x original.wav"}
    assert copies.report["left out"] == {"copy": 4}
    write_tune(root / "dub" / "x.ogg", 80)
    told = reasons(load(root).skipped)
    reason = "same recording under several labels: dub/x.ogg and house/x original.wav (dub, house)"
    assert len(told) == 6 and set(told.values()) == {reason}


def test_small_classes_are_left_out_and_one_class_is_not_enough(root):
    write_classes(root, ("techno",), 2, seed=300)
    for seed in range(4):
        write_tune(root / "jungle" / "One Artist" / f"{seed}.wav", 200 + seed, 1)
    music = load(root)
    assert music.labels == ("dub", "house")
    few = "a class with too few groups: {} of the 3 that are needed"
    assert reasons(music.skipped) == {"jungle": few.format(1), "techno": few.format(2)}
    with pytest.raises(DataError, match="jungle cannot"):
        load(root, strict=True)
    for path in (root / "dub").iterdir():
        cut(path, 0)
    (root / "dub" / "tune.mid").touch()
    with pytest.raises(DataError, match=r"two classes .* got 1 \(left out: 3 × empty") as caught:
        load(root)
    assert {"dub/tune.mid", "jungle", "techno"} < {one.name for one in caught.value.skipped}


def test_a_choice_takes_every_group_before_a_group_twice(tmp_path):
    for seed, group in enumerate("aaaaaabccd"):
        write_tune(tmp_path / "dub" / group / f"{seed}.wav", seed, 2.5)
    write_classes(tmp_path, ("house",), seed=300)

    chosen = {n: load(tmp_path, clips_per_class=n) for n in (4, 8, 13, 100)}
    dub = {n: [one for one in music.tracks if one.label == "dub"] for n, music in chosen.items()}
    assert Counter(track.group for track in dub[4]) == dict.fromkeys("abcd", 1)
    assert Counter(track.group for track in dub[8]) == dict.fromkeys("abcd", 2)
    of_a = [source_of(track.track_id) for track in dub[13] if track.group == "a"]
    assert len(of_a) == len(set(of_a)) == 5  # one clip of each track
    assert len(dub[100]) == 20
    assert chosen[4].report["left out"] == {"clips beyond the 4 of each class": 18}


def manifest(root, lines):
    return listings.manifest(root, "\n".join(lines), "path,label,group,start,end,split")


def test_stretches_of_a_manifest_are_cut_where_it_says(tmp_path):
    write_tune(tmp_path / "mix.wav", 1, 12)
    lines = [f"mix.wav,{label},{i},{2 * i},{2 * i + 2}," for i, label in enumerate("ababa")]
    rows = ["b,5,10,999", "b,5,13,", "b,5,11.9,", "b,5,11,12", "a,5,11,12"]
    listed = list_files(manifest(tmp_path, [*lines, *(f"mix.wav,{row}," for row in rows)]))
    listed = replace(listed, entries=(*listed.entries, listed.entries[0]))
    music = AudioFiles.load(listed, config(listed.name), progress=False)
    assert len(music.tracks) == 12 and music.labels == ("a", "b")
    expected = tune(1, 12)[5 * RATE : 6 * RATE]
    np.testing.assert_allclose(audio(music, "mix.wav@4-6#1"), expected, atol=1e-4)
    assert [(one.name, one.reason) for one in music.skipped] == [
        *[("mix.wav@11-12", "several labels: a, b")] * 2,
        ("mix.wav@0-2", "listed twice"),
        ("mix.wav@13-", "starts after its end: 13 s, the file has 12.0 s"),
        ("mix.wav@11.9-", "shorter than a clip: 0.1 s, a clip has 1 s"),
    ]
    assert reasons(music.notes) == {
        "mix.wav@10-999": "ends after the file: 999 s, the file has 12.0 s"
    }


def test_given_splits_are_obeyed_even_by_the_smallest_choice_or_refused(tmp_path):
    root = write_classes(tmp_path, n_files=9, seconds=1)
    sides = ("train", "validation", "test")
    paths = [path.relative_to(root) for path in sorted(root.rglob("*.*"))]
    rows = [f"{path},{path.parent},,,,{sides[max(0, i % 9 - 6)]}" for i, path in enumerate(paths)]
    music = load(manifest(root, rows), clips_per_class=3)
    split = split_of(music.tracks, 0, music.splits)
    for side in sides:
        names = {music.tracks[row].track_id for row in getattr(split, side)}
        assert names == {name for name, given in music.splits.items() if given == side}
    with pytest.raises(DataError, match="without music for validation and test"):
        load(manifest(root, [f"{path},{path.parent},,,,train" for path in paths]), strict=True)


def test_the_fingerprint_follows_the_music_and_not_its_place(root, tmp_path):
    first, moved = load(root).fingerprint, tmp_path / "elsewhere"
    shutil.copytree(root, moved, copy_function=shutil.copyfile)
    assert load(moved).fingerprint == first != load(moved, clip_hop_seconds=0.5).fingerprint
    write_tune(moved / "dub" / "tune 0.wav", 99, 2.5)
    assert load(moved).fingerprint != first


def test_a_part_is_small_sounds_the_same_and_notices_that_a_file_has_changed(root):
    music = load(root)
    part = pickle.loads(pickle.dumps(music.part(music.tracks[:2])))
    assert part.tracks == music.tracks[:2]
    assert set(part.clips) == {track.track_id for track in part.tracks}
    for track in part.tracks:
        np.testing.assert_array_equal(part.audio(track, RATE), music.audio(track, RATE))
    write_tune(root / "dub" / "tune 0.wav", 1, 1.5)
    with pytest.raises(DataError, match="has changed since"):
        part.audio(part.tracks[1], RATE)


def test_no_name_is_no_music():
    with pytest.raises(ParameterError, match=r"or one of fma:PATH.* got '', which is none"):
        list_files("")


def test_a_source_is_found_by_its_name_and_what_it_lacks_does_not_stop_a_strict_study(tmp_path):
    for i in range(6):
        genre = "blues" if i < 3 else "rock"
        write_tune(tmp_path / genre / f"{genre}.0000{i}.wav", i, 1)
    write_parts(tmp_path / "rock" / "rock.00009.wav", tune(9, 1), 2)
    listed = list_files(f"gtzan:{tmp_path}")
    known = Remark("x", "known fault")
    music = AudioFiles.load(replace(listed, skipped=(known,)), config(listed.name), strict=True)
    assert music.name == f"gtzan:{tmp_path}" and music.skipped == (known,)
    assert "unfiltered" in music.notes[0].reason and "silent" in music.notes[1].reason
