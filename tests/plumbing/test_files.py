from pathlib import Path

import pytest

from subgenre.plumbing.errors import StorageError
from subgenre.plumbing.files import (
    CACHE_VARIABLE,
    usable_dir,
    written_aside,
)


@pytest.fixture
def barred(tmp_path) -> Path:
    """Return a path where nobody, not even root, can make a folder."""
    (tmp_path / "file").write_text("")
    return tmp_path / "file" / "folder"


def test_a_usable_folder_is_made_and_left_empty(tmp_path):
    folder = usable_dir(tmp_path / "a" / "b", CACHE_VARIABLE)
    assert list(folder.iterdir()) == []


def test_an_unusable_folder_is_named_with_the_variable_that_moves_it(barred):
    with pytest.raises(StorageError, match=f"{barred}.*set {CACHE_VARIABLE}"):
        usable_dir(barred, CACHE_VARIABLE)


def test_a_file_appears_whole_when_the_block_ends(tmp_path):
    path = tmp_path / "new" / "file.txt"
    with written_aside(path) as part:
        part.write_text("whole")
        assert not path.exists()
    assert path.read_text() == "whole"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_block_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "file.txt"
    path.write_text("old")
    with pytest.raises(error), written_aside(path) as part:
        part.write_text("half")
        raise error
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_written_is_named(barred):
    with pytest.raises(StorageError, match=str(barred)), written_aside(barred / "x") as part:
        part.write_text("never")
