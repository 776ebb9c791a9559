import pytest
from listings import ballroom, labels, put, reasons

from subgenre.data import list_files
from subgenre.data.files.sources.ballroom import REPLICAS


@pytest.mark.parametrize("below", ["", "BallroomData/"])
def test_styles_are_classes_and_albums_groups(tmp_path, below):
    ballroom(tmp_path / below)
    found = list_files(f"ballroom:{tmp_path}")
    assert [(entry.label, entry.group) for entry in found.entries] == [
        ("Tango", "Albums-Cafe_Paradiso"),
        ("Tango", "Albums-Cafe_Paradiso"),
        ("Tango", "Media-105901"),
        ("Waltz", "Albums-Ballroom_Magic"),
    ]
    first = found.entries[0]
    assert first.name == f"{below}Tango/Albums-Cafe_Paradiso-05.wav"
    assert (first.path, first.collection) == (tmp_path / first.name, "Cafe Paradiso")
    assert "Gouyon" in found.citation


def test_the_three_rumbas_are_one_class(tmp_path):
    kinds = ("-American", "-International", "-Misc", "")
    music = ballroom(tmp_path, *(f"Rumba{kind}/Media-{i}.wav" for i, kind in enumerate(kinds)))
    assert set(labels(music)) == {"Rumba", "Tango", "Waltz"} and labels(music).count("Rumba") == 4


def test_of_replicas_the_first_is_kept_and_none_in_two_styles(tmp_path):
    music = ballroom(
        tmp_path,
        "Waltz/Albums-Secret_Garden-01.wav",
        "Waltz/Media-104705.wav",
        "Waltz/Albums-Ballroom_Magic-18.wav",  # its replica is not there, so it stays
        "Cha/Albums-Fire-08.wav",
        "Samba/Albums-Fire-09.wav",
    )
    same = "replica: the same recording as Waltz/Albums-Secret_Garden-01.wav"
    assert reasons(music) == {
        "Cha/Albums-Fire-08.wav": "replica in another style: Samba/Albums-Fire-09.wav",
        "Samba/Albums-Fire-09.wav": "replica in another style: Cha/Albums-Fire-08.wav",
        "Waltz/Media-104705.wav": same,
    }
    assert len(labels(music)) == 6


def test_a_name_that_two_styles_share_is_two_excerpts(tmp_path):
    assert labels(ballroom(tmp_path, "Jive/Media-105901.wav")) == ["Jive", *["Tango"] * 3, "Waltz"]


def test_no_excerpt_stands_in_two_pairs():
    assert len({stem for pair in REPLICAS for stem in pair}) == 2 * len(REPLICAS) == 26


def test_other_files_are_named(tmp_path):
    put(tmp_path, "Waltz/list.txt", "Waltz/.DS_Store", "allBallroomFiles")
    assert list(reasons(ballroom(tmp_path))) == ["Waltz/list.txt"]
