import pytest
from closed_folders import hide

from subgenre.data.files.sources.ballroom import REPLICAS, listing
from subgenre.plumbing.errors import DataError


def write(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"")


NAMES = (
    "Tango/Albums-Cafe_Paradiso-05.wav",
    "Tango/Albums-Cafe_Paradiso-06.wav",
    "Tango/Media-105901.wav",
    "Waltz/Albums-Ballroom_Magic-01.wav",
)


def reasons(music):
    return {skipped.name: skipped.reason for skipped in music.skipped}


@pytest.mark.parametrize("below", ["", "BallroomData"])
def test_styles_are_classes_and_albums_groups(tmp_path, below):
    write(tmp_path / below, *NAMES)
    music = listing(str(tmp_path))
    assert [entry.label for entry in music.entries] == ["Tango"] * 3 + ["Waltz"]
    assert [entry.group for entry in music.entries] == [
        "Albums-Cafe_Paradiso", "Albums-Cafe_Paradiso", "Media-105901", "Albums-Ballroom_Magic"
    ]  # fmt: skip
    first = music.entries[0]
    assert first.name == "/".join(filter(None, (below, NAMES[0])))
    assert (first.path, first.collection) == (tmp_path / first.name, "Cafe Paradiso")
    assert "Gouyon" in music.citation and music.skipped == ()


def test_the_three_rumbas_are_one_class(tmp_path):
    write(tmp_path, *NAMES, "Rumba-American/Media-1.wav", "Rumba-International/Media-2.wav",
          "Rumba-Misc/Media-3.wav", "Rumba/Media-4.wav")  # fmt: skip
    labels = [entry.label for entry in listing(str(tmp_path)).entries]
    assert sorted(set(labels)) == ["Rumba", "Tango", "Waltz"] and labels.count("Rumba") == 4


def test_of_replicas_the_first_is_kept(tmp_path):
    write(tmp_path, *NAMES, "Waltz/Albums-Secret_Garden-01.wav", "Waltz/Media-104705.wav",
          "Waltz/Albums-Ballroom_Magic-18.wav")  # fmt: skip
    music = listing(str(tmp_path))
    assert reasons(music) == {
        "Waltz/Media-104705.wav": "replica: the same recording as Waltz/Albums-Secret_Garden-01.wav"
    }
    # the replica of this one is not there, so it stays
    assert "Waltz/Albums-Ballroom_Magic-18.wav" in {entry.name for entry in music.entries}


def test_a_recording_in_two_styles_is_kept_in_neither(tmp_path):
    write(tmp_path, *NAMES, "ChaChaCha/Albums-Fire-08.wav", "Samba/Albums-Fire-09.wav")
    assert reasons(listing(str(tmp_path))) == {
        "ChaChaCha/Albums-Fire-08.wav": "replica in another style: Samba/Albums-Fire-09.wav",
        "Samba/Albums-Fire-09.wav": "replica in another style: ChaChaCha/Albums-Fire-08.wav",
    }


def test_no_excerpt_stands_in_two_pairs():
    stems = [stem for pair in REPLICAS for stem in pair]
    assert len(stems) == len(set(stems)) == 26


def test_other_files_are_named(tmp_path):
    write(tmp_path, *NAMES, "Waltz/list.txt", "Waltz/.DS_Store", "allBallroomFiles")
    assert list(reasons(listing(str(tmp_path)))) == ["Waltz/list.txt"]


def test_fewer_than_two_styles_are_refused(tmp_path):
    write(tmp_path, *NAMES[:3])
    with pytest.raises(DataError, match=r"for each dance style .* got \['Tango'\]"):
        listing(str(tmp_path))


def test_a_style_that_may_not_be_listed_is_named(tmp_path, monkeypatch):
    write(tmp_path, *NAMES, "Jive/Media-1.wav")
    hide(monkeypatch, tmp_path / "Jive")
    music = listing(str(tmp_path))
    assert len(music.entries) == 4 and reasons(music) == {"Jive": "unreadable: Permission denied"}
    hide(monkeypatch, tmp_path)
    with pytest.raises(DataError, match=r"can be listed; .* cannot .Permission denied"):
        listing(str(tmp_path))
