import os
import unicodedata

import music_files
import pytest
from closed_folders import close
from listings import folder, labels, reasons

from subgenre.data import list_files
from subgenre.plumbing.errors import DataError


def test_a_sub_folder_is_a_class_an_artist_or_an_album_and_what_is_no_music_is_told(tmp_path):
    others = ("cover.jpg", "notes.txt", "album.CUE", "desktop.ini", ".DS_Store", "._a.wav")
    names = ["dub/King/First Album/CD 1/d.ogg", "dub/a.wav", "dub/b.mp3", "house/King/e.ogg"]
    more = ("dub/tune.mid", "dub/tune", "stray.wav", ".cache/z.wav")
    music = folder(tmp_path, *names, *more, *(f"dub/{one}" for one in others))
    (tmp_path / "dub" / "gone.wav").symlink_to(tmp_path / "nowhere.wav")
    (tmp_path / "house" / "again").symlink_to(tmp_path / "dub")
    (tmp_path / "empty class").mkdir()
    found = list_files(music)
    assert [one.name for one in found.entries] == [*names, "house/c.flac"]
    assert [(e.label, e.group, e.collection, e.title) for e in found.entries] == [
        ("dub", "King", "First Album", "d"),
        ("dub", "dub/a.wav", "dub", "a"),
        ("dub", "dub/b.mp3", "dub", "b"),
        ("house", "King", "house", "e"),
        ("house", "house/c.flac", "house", "c"),
    ]
    assert list(reasons(found.name).items()) == [
        ("dub/gone.wav", "a broken link"),
        ("dub/tune", "not an audio file: its extension is missing"),
        ("dub/tune.mid", "not an audio file: its extension is .mid"),
        ("empty class", "a class folder without audio"),
        ("house/again", "a link to a folder that is listed elsewhere"),
        ("stray.wav", "outside the class folders"),
    ]


def test_bins_and_side_folders_of_systems_are_passed_over_and_said(tmp_path):
    sides = ["#recycle", "@Recycle", "@eaDir", "$RECYCLE.BIN", "RECYCLER", "lost+found"]
    sides += ["~snapshot", "System Volume Information", "__MACOSX", "FOUND.000"]
    sides += [f"dub/{name}" for name in sides]
    found = list_files(folder(tmp_path, *(f"{side}/dub/a.wav" for side in sides)))
    assert len(found.entries) == 3 and not found.skipped
    said = "passed over: a bin or side folder of a system"
    assert {one.name: one.reason for one in found.notes} == dict.fromkeys(sides, said)


def test_words_of_music_are_no_bins(tmp_path):
    words = ["Recycler", "Lost + Found", "Trash", "#techno", "@home", "$ave"]
    assert set(words) < set(labels(folder(tmp_path, *(f"{name}/a.wav" for name in words))))


def test_classes_and_artists_in_two_unicode_forms_are_one_and_other_twins_are_noted(tmp_path):
    forms = [unicodedata.normalize(form, "Öl") for form in ("NFC", "NFD")]
    names = [f"{one}/{one}/{i}.wav" for i, one in enumerate(forms)]
    found = list_files(folder(tmp_path, *names, "Dub/Ann/a.wav", "Dub/ann/b.wav"))
    assert len({(e.label, e.group) for e in found.entries if e.name in names}) == 1
    assert {one.name: one.reason for one in found.notes} == {
        "dub": "another class that looks the same: Dub",
        "ann": "another group that looks the same: Ann",
    }


@pytest.mark.parametrize("name", [*music_files.NAMES, "\udcff\udcfe"])  # the last is no text
def test_names_of_all_kinds_survive(name, tmp_path):
    try:
        music = folder(tmp_path, f"{name}/{name}.wav")
    except OSError:
        pytest.skip("this file system wants text")
    (entry,) = (e for e in list_files(music).entries if e.path.parent.name == name)
    assert os.path.isfile(entry.path)
    assert entry.name.isprintable() and entry.label.isprintable()
    assert entry.label == name or not name.isprintable()


def test_what_may_not_be_read_is_named_and_the_rest_listed(tmp_path, monkeypatch):
    music = folder(tmp_path, "dub/closed/x.wav", "dub/closed/cover.jpg", "dub/closed/Album/y.wav")
    close(monkeypatch, tmp_path / "dub" / "closed")
    found = list_files(music)
    assert len(found.entries) == 3
    names = ("dub/closed/Album", "dub/closed/x.wav")
    assert reasons(found.name) == dict.fromkeys(names, "unreadable: Permission denied")
    close(monkeypatch, tmp_path / "dub")
    with pytest.raises(DataError, match=r"3 × unr.*dub/a.wav: unreadable: Permission.*rights"):
        list_files(music)
