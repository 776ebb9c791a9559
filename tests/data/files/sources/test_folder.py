import os

import music_files
import pytest
from closed_folders import close
from listings import folder, put, reasons

from subgenre.data import list_files
from subgenre.plumbing.errors import DataError


def test_a_sub_folder_is_a_class_and_a_file_a_group(tmp_path):
    found = list_files(folder(tmp_path))
    assert [(e.name, e.label, e.group, e.title) for e in found.entries] == [
        ("dub/a.wav", "dub", "dub/a.wav", "a"),
        ("dub/b.mp3", "dub", "dub/b.mp3", "b"),
        ("house/c.flac", "house", "house/c.flac", "c"),
    ]


def test_nested_folders_are_artists_and_albums(tmp_path):
    music = folder(tmp_path, "dub/King/First Album/CD 1/d.ogg", "house/King/e.ogg")
    entries = {entry.title: entry for entry in list_files(music).entries}
    assert [*entries] == ["d", "a", "b", "e", "c"]  # in order of the whole names
    assert entries["d"].group == entries["e"].group == "King"
    assert (entries["d"].collection, entries["e"].collection) == ("First Album", "house")
    assert entries["d"].name == "dub/King/First Album/CD 1/d.ogg"


def test_artwork_texts_and_hidden_files_are_passed_over(tmp_path):
    names = ("cover.jpg", "notes.txt", "album.CUE", "desktop.ini", ".DS_Store", "._a.wav")
    found = list_files(folder(tmp_path, ".cache/z.wav", *(f"dub/{name}" for name in names)))
    assert len(found.entries) == 3 and not found.skipped


def test_what_could_have_been_meant_as_music_is_reported(tmp_path):
    music = folder(tmp_path, "dub/tune.mid", "dub/tune", "stray.wav")
    (tmp_path / "dub" / "gone.wav").symlink_to(tmp_path / "nowhere.wav")
    (tmp_path / "house" / "again").symlink_to(tmp_path / "dub")
    (tmp_path / "empty class").mkdir()
    found = reasons(music)
    assert list(found) == sorted(found)
    assert found == {
        "dub/tune.mid": "not an audio file: its extension is .mid",
        "dub/tune": "not an audio file: its extension is missing",
        "stray.wav": "outside the class folders",
        "dub/gone.wav": "a broken link",
        "house/again": "a link to a folder that is listed elsewhere",
        "empty class": "a class folder without audio",
    }


@pytest.mark.parametrize("name", music_files.NAMES)
def test_names_of_all_kinds_survive(name, tmp_path):
    music = folder(tmp_path, f"{name}/{name}.wav")
    (entry,) = (e for e in list_files(music).entries if e.path.parent.name == name)
    assert entry.path.is_file()
    assert entry.name.isprintable() and entry.label.isprintable()
    assert "\n" in name or entry.label == name


def test_names_that_are_no_text_survive(tmp_path):
    music = folder(tmp_path)
    place = os.fsencode(tmp_path / "dub") + b"/\xff\xfe.wav"
    try:
        with open(place, "wb") as file:  # noqa: PTH123 - a Path would decode it
            file.write(b"not opened by a listing")
    except OSError:
        pytest.skip("this file system wants text")
    names = [entry.name for entry in list_files(music).entries]
    assert any("udcff" in name for name in names) and all(name.encode() for name in names)


def test_what_may_not_be_read_is_named_and_the_rest_listed(tmp_path, monkeypatch):
    music = folder(tmp_path, "dub/closed/x.wav", "dub/closed/cover.jpg", "dub/closed/Album/y.wav")
    close(monkeypatch, tmp_path / "dub" / "closed")
    found = list_files(music)
    assert len(found.entries) == 3
    names = ("dub/closed/Album", "dub/closed/x.wav")
    assert reasons(found) == dict.fromkeys(names, "unreadable: Permission denied")
    close(monkeypatch, tmp_path / "dub")
    with pytest.raises(DataError, match=r"3 × unr.*dub/a.wav: unreadable: Permission.*rights"):
        list_files(music)


@pytest.mark.parametrize("name", ["flat.wav", "only/one.wav"])
def test_music_without_two_sub_folders_is_refused(tmp_path, name):
    put(tmp_path, name)
    with pytest.raises(DataError, match=r"sub-folders .* got \[('only')?\].*: sort the files"):
        list_files(str(tmp_path))
