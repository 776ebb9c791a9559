"""The Ballroom, GiantSteps and GTZAN sets: what is music of which class, and what is not."""

import numpy as np
import pytest
import soundfile
from closed_folders import hide
from listings import ballroom, giantsteps, gtzan, gtzan_lists, labels, put, reasons

from subgenre.data import list_files
from subgenre.plumbing.errors import SubgenreError


@pytest.mark.parametrize("below", ["", "BallroomData/"])
def test_ballroom_has_styles_for_classes_albums_for_groups_and_one_of_replicas(tmp_path, below):
    garden = "Waltz/Albums-Secret_Garden-01.wav"
    ballroom(
        tmp_path / below,
        *(f"Rumba{kind}/Media-1.wav" for kind in ("-American", "-International", "-Misc", "")),
        *(garden, "Waltz/Media-104705.wav"),
        "Waltz/Albums-Ballroom_Magic-18.wav",  # its replica is not there, so it stays
        *("Cha/Albums-Fire-08.wav", "Samba/Albums-Fire-09.wav"),
        *("Waltz/list.txt", "Waltz/.DS_Store", "allBallroomFiles"),
    )
    found = list_files(f"ballroom:{tmp_path}")
    assert [(entry.label, entry.group, entry.collection) for entry in found.entries] == [
        *[("Rumba", "Media-1", "Media")] * 4,
        *[("Tango", "Albums-Cafe_Paradiso", "Cafe Paradiso")] * 2,
        ("Tango", "Media-105901", "Media"),
        *[("Waltz", "Albums-Ballroom_Magic", "Ballroom Magic")] * 2,
        ("Waltz", "Albums-Secret_Garden", "Secret Garden"),
    ]
    one, other = (f"{below}{name}.wav" for name in ("Cha/Albums-Fire-08", "Samba/Albums-Fire-09"))
    assert reasons(found.name) == {
        one: f"replica in another style: {other}",
        other: f"replica in another style: {one}",
        f"{below}Waltz/Media-104705.wav": f"replica: the same recording as {below}{garden}",
        f"{below}Waltz/list.txt": "not a .wav file, as the excerpts are",
    }


@pytest.mark.parametrize("suffix", [".mp3", ".wav"])
def test_giantsteps_genres_come_from_the_files_beside_the_audio(tmp_path, suffix):
    music = giantsteps(tmp_path, "5.LOFI.mp3", "7.LOFI.mp3")
    for path in (tmp_path / "audio").iterdir():
        path.rename(path.with_suffix(suffix))
    for number, content in ((5, b" \n"), (6, b"trance"), (8, b"\xff\xfe\x00")):
        (tmp_path / "annotations" / "genre" / f"{number}.LOFI.genre").write_bytes(content)
    found = list_files(music)
    assert labels(found.name) == ["techno", "drum-and-bass", "techno"]
    first = found.entries[0]
    assert (first.name, first.title) == (f"audio/1030011.LOFI{suffix}", "1030011")
    assert reasons(found.name) == {
        "annotations/genre/5.LOFI.genre": "says no genre",
        "annotations/genre/6.LOFI.genre": "no audio: there is no audio/6.LOFI.mp3",
        "annotations/genre/8.LOFI.genre": "cannot be read as text",
        f"audio/7.LOFI{suffix}": "no file in annotations/genre says its genre",
    }


@pytest.mark.parametrize("place", ["audio", "annotations/genre"])
def test_giantsteps_without_the_rights_to_read_it_is_refused(tmp_path, monkeypatch, place):
    music = giantsteps(tmp_path)
    hide(monkeypatch, tmp_path / place)
    with pytest.raises(SubgenreError, match=f"{place} cannot .Permission denied"):
        list_files(music)


@pytest.mark.parametrize("below", ["", "genres/", "genres_original/"])
@pytest.mark.parametrize("suffix", [".au", ".wav"])
def test_gtzans_spellings_and_formats_are_found_with_a_caution(tmp_path, below, suffix):
    gtzan(tmp_path / below, suffix=suffix)
    found = list_files(f"gtzan:{tmp_path}")
    assert labels(found.name) == ["blues"] * 3 + ["rock"] * 3
    first = found.entries[0]
    assert (first.name, first.split) == (f"{below}blues/blues.00000{suffix}", None)
    (note,) = found.notes
    assert "repeats recordings and artists" in note.reason and note.reason in found.licence


NAMES = (["blues/blues.00000.wav", "rock.00000"], ["blues.00001", "rock.00001"], ["blues.00002"])
NUMBERS = (["    1", "  901"], ["2", "902"], ["3"])  # from 1, in alphabetical order


@pytest.mark.parametrize(
    ("lists", "place", "given"),
    [(NAMES, "", ""), (NUMBERS, "lists", "&lists=lists"), (NUMBERS, "lists", "&lists={}/lists")],
)
def test_gtzans_filtered_split_is_obeyed_and_the_rest_named(tmp_path, lists, place, given):
    gtzan(tmp_path / "genres")
    gtzan_lists(tmp_path / place, *lists[:2], [*lists[2], "rock.00050"])
    found = list_files(f"gtzan:{tmp_path}?split=filtered{given.format(tmp_path)}")
    assert [(entry.group, entry.split) for entry in found.entries] == [
        *(("blues.00000", "train"), ("blues.00001", "validation"), ("blues.00002", "test")),
        *(("rock.00000", "train"), ("rock.00001", "validation")),
    ]
    assert reasons(found.name) == {
        "genres/rock/rock.00099.au": "left out of the fault-filtered split",
        "rock.00050": "not there: the fault-filtered split puts it in test",
    }
    (note,) = found.notes
    assert "not the published ones" in note.reason and "Caution" not in found.licence


@pytest.mark.parametrize(
    ("lists", "said"),
    [
        ((["blues.00000"], ["blues.00000"], ["rock.00000"]), "each excerpt once .* blues.00000"),
        *((([one], [], []), f"got '{one}'") for one in ("polka.00000", "1001", "0")),
        (([], ["\udcff"], []), "valid_filtered.txt"),
        ("", "No such file.*https://github.com/coreyker/dnn-mgr"),
        ("&lists=closed", "closed/train_filtered.txt .*No such file"),
        (f"&lists={'x' * 300}", "too long"),
        ("&lists=~nosuchuser/lists", "who is not known"),
        ("fault", "none, filtered"),
    ],
)
def test_a_split_of_gtzan_or_lists_that_cannot_be_used_are_refused(tmp_path, lists, said):
    music = f"{gtzan(tmp_path)}?split=filtered"
    if isinstance(lists, str):
        music += lists
    else:
        gtzan_lists(tmp_path, *lists)
    with pytest.raises(SubgenreError, match=said):
        list_files(music)


def test_of_gtzan_other_files_second_formats_and_a_broken_jazz_54_are_named(tmp_path):
    put(tmp_path / "rock", "rock.00000.wav", "readme.txt", "blues.00005.au", "._rock.00000.au")
    put(tmp_path / "jazz", "jazz.00053.wav", "jazz.00054.wav")
    music = gtzan(tmp_path)
    names = ("rock/readme.txt", "rock/blues.00005.au")
    found = dict.fromkeys(names, "not named as GTZAN's excerpts are")
    found["rock/rock.00000.wav"] = "second format: the same excerpt as rock/rock.00000.au"
    broken = {"jazz/jazz.00054.wav": "cannot be read: nor can it in the common copy of GTZAN"}
    assert reasons(music) == found | broken and len(labels(music)) == 7
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, 8000)
    soundfile.write(tmp_path / "jazz" / "jazz.00054.wav", noise, 8000)
    assert reasons(music) == found and len(labels(music)) == 8
