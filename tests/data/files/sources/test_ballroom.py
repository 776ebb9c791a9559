import pytest
from listings import ballroom, labels, put, reasons

from subgenre.data import list_files
from subgenre.data.files.sources.ballroom import REPLICAS


@pytest.mark.parametrize("below", ["", "BallroomData/"])
def test_styles_are_classes_and_albums_groups(tmp_path, below):
    ballroom(tmp_path / below)
    found = list_files(f"ballroom:{tmp_path}")
    cafe = ("Tango", "Albums-Cafe_Paradiso", "Cafe Paradiso")
    assert [(entry.label, entry.group, entry.collection) for entry in found.entries] == [
        cafe, cafe, ("Tango", "Media-105901", "Media"),
        ("Waltz", "Albums-Ballroom_Magic", "Ballroom Magic"),
    ]  # fmt: skip
    first = found.entries[0]
    assert first.name == f"{below}Tango/Albums-Cafe_Paradiso-05.wav"
    assert first.path == tmp_path / first.name and "Gouyon" in found.citation


def test_the_three_rumbas_are_one_class_and_a_name_in_two_styles_two_excerpts(tmp_path):
    kinds = ("-American", "-International", "-Misc", "")
    music = ballroom(tmp_path, *(f"Rumba{kind}/Media-105901.wav" for kind in kinds))
    assert labels(music) == ["Rumba"] * 4 + ["Tango"] * 3 + ["Waltz"]


def test_of_replicas_the_first_is_kept_and_none_in_two_styles_and_other_files_are_named(tmp_path):
    put(tmp_path, "Waltz/list.txt", "Waltz/.DS_Store", "allBallroomFiles")
    music = ballroom(
        tmp_path,
        "Waltz/Albums-Secret_Garden-01.wav",
        "Waltz/Media-104705.wav",
        "Waltz/Albums-Ballroom_Magic-18.wav",  # its replica is not there, so it stays
        "Cha/Albums-Fire-08.wav",
        "Samba/Albums-Fire-09.wav",
    )
    assert reasons(music) == {
        "Cha/Albums-Fire-08.wav": "replica in another style: Samba/Albums-Fire-09.wav",
        "Samba/Albums-Fire-09.wav": "replica in another style: Cha/Albums-Fire-08.wav",
        "Waltz/Media-104705.wav": "replica: the same recording as "
        "Waltz/Albums-Secret_Garden-01.wav",
        "Waltz/list.txt": "not a .wav file, as the excerpts are",
    }
    assert len(labels(music)) == 6
    assert len({stem for pair in REPLICAS for stem in pair}) == 2 * len(REPLICAS) == 26
