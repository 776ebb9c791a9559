import os
from pathlib import Path

import pytest
from closed_folders import close

from subgenre.plumbing.errors import ParameterError
from subgenre.plumbing.paths import exists, expanded, is_dir, is_file, listed, trouble

IMPOSSIBLE = ("x" * 300, "zero\0byte", "nowhere/at all", "self")


def test_home_is_understood_and_that_of_nobody_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert expanded("~/music") == tmp_path / "music"
    with pytest.raises(ParameterError, match="~nosuchuser/music begins with the home of a user"):
        expanded("~nosuchuser/music")


def test_folders_and_files_are_told_apart(tmp_path):
    file = tmp_path / "a.wav"
    file.touch()
    (tmp_path / "link").symlink_to(file)
    for path in (file, tmp_path / "link"):
        assert exists(path) and is_file(path) and not is_dir(path) and not trouble(path)
    assert exists(tmp_path) and is_dir(tmp_path) and not is_file(tmp_path) and not trouble(tmp_path)


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_cannot_be_there_is_not_there(tmp_path, name):
    (tmp_path / "self").symlink_to("self")
    path = tmp_path / name
    assert not exists(path) and not is_dir(path) and not is_file(path)
    assert trouble(path)


def test_what_lies_in_a_closed_folder_cannot_be_seen(tmp_path, monkeypatch):
    (tmp_path / "closed" / "music").mkdir(parents=True)
    close(monkeypatch, tmp_path / "closed")
    path = tmp_path / "closed" / "music"
    assert not exists(path) and not is_dir(path)
    assert trouble(path) == "Permission denied"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
@pytest.mark.parametrize("rights", [0o400, 0o100, 0])
def test_a_folder_must_be_listed_and_entered(tmp_path, rights):
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(rights)
    try:
        assert is_dir(folder) and trouble(Path(folder)) == "Permission denied"
    finally:
        folder.chmod(0o700)


def test_what_is_hidden_is_not_listed(tmp_path):
    for name in ("b.wav", ".hidden", "a"):
        (tmp_path / name).touch()
    assert listed(tmp_path) == ([tmp_path / "a", tmp_path / "b.wav"], "")
    assert listed(tmp_path / "a") == ([], "Not a directory")
    assert listed(tmp_path / "none") == ([], "No such file or directory")
