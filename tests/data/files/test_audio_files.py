import pickle
import re
import shutil
from collections import Counter
from dataclasses import replace

import music_files
import numpy as np
import pytest
from closed_folders import close
from music_files import RATE, cut, tune, write, write_classes, write_tune

from subgenre.config import DataConfig
from subgenre.data import list_files, load_music, source_of
from subgenre.data.clips import prepare
from subgenre.data.dataset import Remark
from subgenre.data.files.audio_files import AudioFiles
from subgenre.data.names import DatasetName
from subgenre.data.splits import split_of
from subgenre.plumbing.errors import DataError, ParameterError


@pytest.fixture
def root(tmp_path):
    """Return a folder of two classes of three sound files of 2.5 s each."""
    return write_classes(tmp_path / "music")


def load(root, strict=False, **changes):
    settings = {"clips_per_class": 100, "clip_seconds": 1.0, "clip_hop_seconds": 1.0}
    data = DataConfig(dataset=str(root), snr_db=None, **(settings | changes))
    return load_music(data, strict=strict, progress=False)


def reasons(music):
    return {one.name: one.reason for one in music.skipped}


def files(music):
    return sorted({source_of(track.track_id) for track in music.tracks})


def test_a_folder_is_a_data_set(root):
    music = load(root)
    assert music.name == str(root)
    assert music.labels == ("dub", "house")
    assert music.clip_seconds == 1.0 and music.citation and music.licence
    assert not music.skipped and not music.notes and not music.splits
    assert music.report == {
        "read": {"dub": 3, "house": 3}, "clips": {"dub": 6, "house": 6}, "left out": {}
    }  # fmt: skip
    assert set(music.info) == set(files(music))
    assert music.info["dub/tune 0.wav"].sample_rate == RATE


def test_clips_follow_each_other_and_the_incomplete_one_is_dropped(root):
    music = load(root, clip_hop_seconds=0.5)
    ids = [track.track_id for track in music.tracks if track.title == "tune 0"]
    assert ids[:4] == [f"dub/tune 0.wav#{i}" for i in range(4)]
    third = next(track for track in music.tracks if track.track_id == "dub/tune 0.wav#2")
    audio = music.audio(third, RATE)
    assert audio.dtype == np.float32 and audio.shape == (RATE,)
    np.testing.assert_allclose(audio, tune(0, 2.5)[RATE : 2 * RATE], atol=1e-4)


@pytest.mark.parametrize("rate", [8000, 22_050])
def test_every_clip_has_its_length_at_every_rate(root, rate):
    music = load(root)
    for track in music.tracks:
        audio = music.audio(track, rate)
        assert audio.shape == (rate,) and 0.1 < np.abs(audio).max() <= 1


def test_a_nominal_length_is_enough(root):
    write_tune(root / "dub" / "nearly.wav", 50, 1.95)
    music = load(root)
    clips = [track for track in music.tracks if track.title == "nearly"]
    assert len(clips) == 2
    assert not music.audio(clips[1], RATE)[-int(0.04 * RATE) :].any()


def test_every_kind_of_dirt_is_skipped_counted_and_listed(root):
    for name, (_, write_it) in music_files.BAD.items():
        write_it(root / "dub" / name)
    music = load(root)
    assert len(files(music)) == 6
    told = reasons(music)
    for name, (reason, _) in music_files.BAD.items():
        assert told.pop(f"dub/{name}").startswith(reason)
    assert not told
    assert sum(music.report["left out"].values()) == len(music_files.BAD)
    assert music.report["left out"]["truncated"] == 4


@pytest.mark.parametrize("name", music_files.BAD)
def test_strict_stops_at_what_is_bad(root, name):
    music_files.BAD[name][1](root / "dub" / name)
    with pytest.raises(DataError, match=re.escape(f"strict); dub/{name} cannot")):
        load(root, strict=True)


def test_odd_files_are_used(root):
    for name, write_it in music_files.FINE.items():
        write_it(root / "house" / name)
    music = load(root, strict=True)
    assert {f"house/{name}" for name in music_files.FINE} < set(files(music))
    assert {note.name for note in music.notes} == {"house/mislabelled.mp3", "house/float.wav"}
    loud = next(track for track in music.tracks if track.title == "float")
    assert np.abs(music.audio(loud, RATE)).max() == pytest.approx(1)


@pytest.mark.parametrize("name", music_files.NAMES)
def test_names_of_all_kinds_go_through(root, name):
    write_tune(root / "dub" / name / f"{name}.wav", 60, 1)
    music = load(root)
    (track,) = (track for track in music.tracks if not track.title.startswith("tune"))
    assert source_of(track.track_id) in music.info
    assert len(music.audio(track, RATE)) == RATE


def test_a_track_shorter_than_a_clip_is_skipped(root):
    write_tune(root / "dub" / "short.wav", 60, 0.5)
    assert reasons(load(root)) == {"dub/short.wav": "shorter than a clip: 0.5 s, a clip has 1 s"}


def test_silent_stretches_are_left_out(root):
    write(root / "dub" / "gap.wav", np.r_[tune(70, 2), np.zeros(2 * RATE), tune(71, 1)])
    music = load(root)
    ids = [track.track_id for track in music.tracks if track.title == "gap"]
    assert ids == [f"dub/gap.wav#{i}" for i in (0, 1, 4)]
    assert [(note.name, note.reason) for note in music.notes] == [
        ("dub/gap.wav", "2 of 5 clips are left out: mostly silent")
    ]


def test_the_first_of_several_copies_is_kept(root):
    original = write_tune(root / "house" / "x original.wav", 80)
    shutil.copy(original, root / "house" / "y same bytes.wav")
    write(root / "house" / "y same samples.flac", tune(80))
    write(root / "house" / "y same music.mp3", 0.5 * tune(80))
    (root / "house" / "y link.wav").symlink_to(original)
    music = load(root)
    assert "house/x original.wav" in files(music)
    assert set(reasons(music).values()) == {"copy: same recording as house/x original.wav"}
    assert music.report["left out"] == {"copy": 4}


def test_copies_under_several_labels_are_all_left_out(root):
    write(root / "house" / "x.wav", tune(80))
    write(root / "dub" / "x.ogg", tune(80))
    music = load(root)
    reason = "same recording under several labels: dub/x.ogg and house/x.wav (dub, house)"
    assert reasons(music) == {"dub/x.ogg": reason, "house/x.wav": reason}


def test_small_classes_are_left_out(root):
    write_classes(root, ("techno",), 2, seed=300)
    for seed in range(4):
        write_tune(root / "jungle" / "One Artist" / f"{seed}.wav", 200 + seed, 1)
    music = load(root)
    assert music.labels == ("dub", "house")
    assert reasons(music) == {
        "jungle": "a class with too few groups: 1 of the 3 that are needed",
        "techno": "a class with too few groups: 2 of the 3 that are needed",
    }
    with pytest.raises(DataError, match="jungle cannot"):
        load(root, strict=True)


def test_one_class_is_not_enough(root):
    for path in (root / "dub").iterdir():
        cut(path, 0)
    with pytest.raises(DataError, match=r"at least two classes .* got 1 \(left out: 3 × empty"):
        load(root)


def test_a_choice_takes_every_group_before_a_group_twice(tmp_path):
    for seed, name in enumerate(
        ["a/0", "a/1", "a/2", "a/3", "a/4", "a/5", "b/0", "c/0", "c/1", "d/0"]
    ):
        write_tune(tmp_path / "dub" / f"{name}.wav", seed, 2.5)
    write_classes(tmp_path, ("house",), seed=300)

    def chosen(n):
        music = load(tmp_path, clips_per_class=n)
        return [track for track in music.tracks if track.label == "dub"]

    assert len({track.group for track in chosen(4)}) == 4
    assert Counter(track.group for track in chosen(8)) == {"a": 2, "b": 2, "c": 2, "d": 2}
    of_a = [source_of(track.track_id) for track in chosen(13) if track.group == "a"]
    assert len(of_a) == len(set(of_a)) == 5  # one clip of each track
    assert len(chosen(100)) == 20
    report = load(tmp_path, clips_per_class=4).report["left out"]
    assert report == {"clips beyond the 4 of each class": 18}


def test_a_hundred_to_one_can_be_split(tmp_path):
    write_classes(tmp_path, ("common",), 15, seconds=20)
    write_classes(tmp_path, ("rare",), 3, seconds=1, seed=300)
    music = load(tmp_path, clips_per_class=1000)
    assert music.report["clips"] == {"common": 300, "rare": 3}
    split = split_of(music.tracks, seed=0)
    for rows in (split.train, split.validation, split.test):
        assert {music.tracks[row].label for row in rows} == {"rare", "common"}


def manifest(root, lines, header="path,label,group,start,end,split"):
    path = root / "music.csv"
    path.write_text("\n".join([header, *lines]), encoding="utf-8")
    return path


def test_stretches_of_a_manifest_are_cut_where_it_says(tmp_path):
    write_tune(tmp_path / "mix.wav", 1, 12)
    lines = [f"mix.wav,{label},{i},{2 * i},{2 * i + 2}," for i, label in enumerate("ababab")]
    path = manifest(tmp_path, [*lines, "mix.wav,b,5,13,,", "mix.wav,b,5,11.9,,"])
    music = load(path)
    assert len(music.tracks) == 12 and music.labels == ("a", "b")
    track = next(one for one in music.tracks if one.track_id == "mix.wav@4-6#1")
    np.testing.assert_allclose(
        music.audio(track, RATE), tune(1, 12)[5 * RATE : 6 * RATE], atol=1e-4
    )
    assert reasons(music) == {
        "mix.wav@11.9-": "shorter than a clip: 0.1 s, a clip has 1 s",
        "mix.wav@13-": "starts after its end: 13 s, the file has 12.0 s",
    }
    assert not music.notes


def test_a_stretch_that_ends_after_the_file_is_used_and_noted(tmp_path):
    write_tune(tmp_path / "mix.wav", 1, 12)
    lines = [f"mix.wav,{label},{i},{2 * i},{2 * i + 2}," for i, label in enumerate("ababa")]
    music = load(manifest(tmp_path, [*lines, "mix.wav,b,5,10,999,"]))
    assert len(music.tracks) == 12 and not music.skipped
    assert [(one.name, one.reason) for one in music.notes] == [
        ("mix.wav@10-999", "ends after the file: 999 s, the file has 12.0 s")
    ]


def test_sixty_classes_can_be_split(tmp_path):
    write_tune(tmp_path / "mix.wav", 1, 180)
    lines = [f"mix.wav,class {i % 60},{i},{i},{i + 1}," for i in range(180)]
    music = load(manifest(tmp_path, lines))
    assert len(music.labels) == 60
    assert len(split_of(music.tracks, 0).test) == 60


def test_given_splits_are_obeyed_by_every_seed(root):
    sides = ("train", "validation", "test")
    lines = [
        f"{path.relative_to(root)},{path.parent.name},,,,{sides[i % 3]}"
        for i, path in enumerate(sorted(root.rglob("*.*")))
    ]
    music = load(manifest(root, lines), clips_per_class=3)
    for seed in range(3):
        split = split_of(music.tracks, seed, music.splits)
        for side in sides:
            names = {music.tracks[row].track_id for row in getattr(split, side)}
            assert names == {name for name, given in music.splits.items() if given == side}


def test_given_splits_that_break_the_rules_are_refused(root):
    paths = [path.relative_to(root) for path in sorted(root.rglob("*.*"))]
    rows = [f"{path},{path.parent},,,,train" for path in paths]
    with pytest.raises(DataError, match="without music for validation and test"):
        load(manifest(root, rows), strict=True)
    rows[1] = f"{paths[1]},{paths[1].parent},,,,"
    rows[2] = f"{paths[2]},{paths[2].parent},,,,test"
    with pytest.raises(DataError, match="at least two classes"):
        load(manifest(root, rows))


def test_the_fingerprint_follows_the_music_and_not_its_place(root, tmp_path):
    first = load(root).fingerprint
    (tmp_path / "elsewhere").mkdir()
    moved = tmp_path / "elsewhere" / "renamed"
    shutil.copytree(root, moved, copy_function=shutil.copyfile)
    assert load(moved).fingerprint == first
    assert load(moved, clip_hop_seconds=0.5).fingerprint != first
    write_tune(moved / "dub" / "tune 0.wav", 99, 2.5)
    assert load(moved).fingerprint != first


def test_a_part_is_small_and_sounds_the_same(root):
    music = load(root)
    part = pickle.loads(pickle.dumps(music.part(music.tracks[3:5])))
    assert part.tracks == music.tracks[3:5] and set(part.places) == {
        t.track_id for t in part.tracks
    }
    for track in part.tracks:
        np.testing.assert_array_equal(part.audio(track, RATE), music.audio(track, RATE))


def test_a_file_that_changed_meanwhile_is_noticed(root):
    music = load(root)
    write_tune(root / "dub" / "tune 0.wav", 1, 1.5)
    track = next(track for track in music.tracks if track.track_id == "dub/tune 0.wav#1")
    with pytest.raises(DataError, match="has changed since"):
        music.audio(track, RATE)


def test_the_clips_become_spectrograms(root, cache):
    music = load(root, clip_seconds=2.0)
    config = DataConfig(str(root), 100, None, clip_seconds=2.0)
    clips = prepare(music, config, n_workers=1, progress=False)
    assert clips.log_mels("train").shape == (6, config.features.n_frames(2.0), 64)


def test_unknown_names_are_answered_with_all_forms(tmp_path):
    for name in ("polkas", str(tmp_path / "none"), "napster:songs"):
        with pytest.raises(ParameterError, match=r"dances, a folder .*\.csv, or one of fma:PATH"):
            load_music(DataConfig(name))


def test_impossible_names_are_answered_with_the_reason(tmp_path, monkeypatch):
    (tmp_path / "closed").mkdir()
    close(monkeypatch, tmp_path)
    for name, reason in (
        (str(tmp_path / "closed"), "Permission denied"),
        ("x" * 300, "File name too long"),
        ("~nosuchuser/music", "home of a user who is not known"),
        ("", "got '', which is none"),
    ):
        with pytest.raises(ParameterError, match=reason):
            list_files(name)


def test_a_manifest_that_is_a_link_finds_the_music_beside_it(root, tmp_path):
    paths = sorted(root.rglob("*.*"))
    path = manifest(root, [f"{one.relative_to(root)},{one.parent.name},,,," for one in paths])
    (tmp_path / "store").mkdir()
    path.rename(tmp_path / "store" / "abc123")
    path.symlink_to(tmp_path / "store" / "abc123")
    listed = list_files(DatasetName.parse(str(path)).source)
    assert len(listed.entries) == 6 and not listed.skipped


def test_a_source_is_found_by_its_name(tmp_path):
    for style in ("Jive", "Tango"):
        write_tune(tmp_path / "BallroomData" / style / "Media-1.wav", 1, 1)
    found = list_files(f"ballroom:{tmp_path}")
    assert found.name == f"ballroom:{tmp_path}"
    assert {entry.label for entry in found.entries} == {"Jive", "Tango"}


def test_what_a_source_notes_comes_before_what_its_files_are(tmp_path, recwarn):
    for i in range(6):
        genre = "blues" if i < 3 else "rock"
        write_tune(tmp_path / genre / f"{genre}.0000{i}.wav", i, 1)
    write(tmp_path / "rock" / "rock.00009.wav", np.r_[tune(9, 1), np.zeros(2 * RATE)])
    music = load(f"gtzan:{tmp_path}")
    assert "unfiltered" in music.notes[0].reason and "silent" in music.notes[1].reason
    assert not [one for one in recwarn if one.category is UserWarning]


def test_strict_allows_what_a_published_set_leaves_out(tmp_path):
    for i in range(6):
        write_tune(tmp_path / ("Jive" if i < 3 else "Tango") / f"Media-{i}.wav", i, 1)
    listed = replace(list_files(f"ballroom:{tmp_path}"), skipped=(Remark("x", "known fault"),))
    data = DataConfig("x", clip_seconds=1.0)
    music = AudioFiles.load(listed, data, strict=True, progress=False)
    assert len(music.tracks) == 6 and reasons(music) == {"x": "known fault"}
