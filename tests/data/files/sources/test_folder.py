import os

import music_files
import pytest
from closed_folders import close
from music_files import write_classes, write_tune

from subgenre.data.files.sources.folder import listing
from subgenre.plumbing.errors import DataError


@pytest.fixture
def root(tmp_path):
    for name in ("dub/a.wav", "dub/b.mp3", "house/c.flac"):
        path = tmp_path / "music" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"not opened by a listing")
    return tmp_path / "music"


def put(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"not opened by a listing")


def skipped(root):
    return {one.name: one.reason for one in listing(str(root)).skipped}


def test_a_sub_folder_is_a_class_and_a_file_a_group(root):
    found = listing(str(root))
    assert found.name == str(root) and found.citation and found.licence and not found.skipped
    assert [(e.name, e.label, e.group, e.title) for e in found.entries] == [
        ("dub/a.wav", "dub", "dub/a.wav", "a"),
        ("dub/b.mp3", "dub", "dub/b.mp3", "b"),
        ("house/c.flac", "house", "house/c.flac", "c"),
    ]


def test_nested_folders_are_artists_and_albums(root):
    put(root / "dub" / "King" / "First Album" / "CD 1" / "d.ogg")
    put(root / "house" / "King" / "e.ogg")
    entries = {entry.title: entry for entry in listing(str(root)).entries}
    assert entries["d"].group == entries["e"].group == "King"
    assert entries["d"].collection == "First Album"
    assert entries["d"].name == "dub/King/First Album/CD 1/d.ogg"


def test_artwork_texts_and_hidden_files_are_passed_over(root):
    for name in ("cover.jpg", "notes.txt", "album.cue", "desktop.ini", ".DS_Store", "._a.wav"):
        put(root / "dub" / name)
    put(root / ".cache" / "z.wav")
    found = listing(str(root))
    assert len(found.entries) == 3 and not found.skipped


def test_what_could_have_been_meant_as_music_is_reported(root):
    put(root / "dub" / "tune.mid")
    put(root / "dub" / "tune")
    put(root / "stray.wav")
    (root / "dub" / "gone.wav").symlink_to(root / "nowhere.wav")
    (root / "empty class").mkdir()
    assert skipped(root) == {
        "dub/tune.mid": "not an audio file: its extension is .mid",
        "dub/tune": "not an audio file: its extension is missing",
        "stray.wav": "outside the class folders",
        "dub/gone.wav": "a broken link",
        "empty class": "a class folder without audio",
    }


def test_links_in_circles_end(root):
    (root / "dub" / "again").symlink_to(root)
    (root / "house" / "again").symlink_to(root / "dub", target_is_directory=True)
    (root / "house" / "self").symlink_to(root / "house" / "self")
    found = listing(str(root))
    assert len(found.entries) == 3
    assert {one.name for one in found.skipped} >= {"dub/again", "house/again"}


def test_music_linked_from_elsewhere_is_listed(root, tmp_path):
    put(tmp_path / "library" / "Artist" / "x.wav")
    (root / "house" / "Artist").symlink_to(tmp_path / "library" / "Artist")
    (root / "dub" / "y.wav").symlink_to(tmp_path / "library" / "Artist" / "x.wav")
    names = [entry.name for entry in listing(str(root)).entries]
    assert "house/Artist/x.wav" in names and "dub/y.wav" in names


@pytest.mark.parametrize("name", music_files.NAMES)
def test_names_of_all_kinds_survive(name, root):
    put(root / name / f"{name}.wav")
    (entry,) = (entry for entry in listing(str(root)).entries if entry.path.parent.name == name)
    assert entry.path.is_file()
    assert entry.name.isprintable() and entry.label.isprintable()
    assert "\n" in name or entry.label == name


def test_names_that_are_no_text_survive(root):
    place = os.fsencode(root / "dub") + b"/\xff\xfe.wav"
    try:
        with open(place, "wb") as file:  # noqa: PTH123 - a Path would decode it
            file.write(b"not opened by a listing")
    except OSError:
        pytest.skip("this file system wants text")
    names = [entry.name for entry in listing(str(root)).entries]
    assert any("udcff" in name for name in names)
    assert all(name.encode() for name in names)


def test_the_order_is_that_of_the_names(root):
    names = [entry.name for entry in listing(str(root)).entries]
    assert names == sorted(names)


def test_sixty_classes(tmp_path):
    for label in range(60):
        put(tmp_path / f"class {label}" / "a.wav")
    assert len({entry.label for entry in listing(str(tmp_path)).entries}) == 60


def test_what_is_no_music_folder_is_refused(tmp_path):
    write_tune(tmp_path / "file.wav", 1, 1)
    (tmp_path / "one").mkdir()
    write_classes(tmp_path / "one", ("only",), 1, 1)
    (tmp_path / "flat").mkdir()
    write_tune(tmp_path / "flat" / "a.wav", 1, 1)
    for name, message in (
        ("none", "is no folder"),
        ("file.wav", "is no folder"),
        ("flat", "has 0 sub-folders"),
        ("one", "has 1 sub-folders, 1 with audio"),
    ):
        with pytest.raises(DataError, match=message):
            listing(str(tmp_path / name))


def test_what_may_not_be_read_is_skipped_and_the_rest_listed(root, monkeypatch):
    for name in ("x.wav", "cover.jpg", "Album/y.wav"):
        put(root / "dub" / "closed" / name)
    (root / "house" / "into.wav").symlink_to(root / "dub" / "closed" / "x.wav")
    close(monkeypatch, root / "dub" / "closed")
    found = listing(str(root))
    assert len(found.entries) == 4  # the link's own path can be looked at here
    assert {one.name: one.reason for one in found.skipped} == {
        "dub/closed/x.wav": "unreadable: Permission denied",
        "dub/closed/Album": "unreadable: Permission denied",
    }


def test_closed_class_folders_are_named_where_too_few_are_left(root, monkeypatch):
    close(monkeypatch, root / "dub")
    with pytest.raises(
        DataError, match=r"2 sub-folders, 1 with audio \(dub/a.wav is unreadable: P"
    ):
        listing(str(root))


def test_a_closed_or_impossible_folder_is_refused(root, monkeypatch):
    close(monkeypatch, root.parent)
    with pytest.raises(DataError, match=r"no folder that can be read .Permission denied.: correct"):
        listing(str(root))
    with pytest.raises(DataError, match="File name too long"):
        listing("x" * 300)
