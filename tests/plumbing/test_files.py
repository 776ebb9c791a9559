import errno
import os
import subprocess
import sys
from contextlib import ExitStack

import pytest
from closed_folders import close
from listings import put

from subgenre.plumbing.errors import ParameterError, StorageError
from subgenre.plumbing.files import expanded, listed, trouble, usable_dir, written_aside


def test_a_folder_is_made_or_named_with_the_variable_that_moves_it(tmp_path):
    assert listed(usable_dir(tmp_path / "a" / "b", "VARIABLE")) == ([], "")
    (tmp_path / "file").touch()
    barred = tmp_path / "file" / "folder"  # not even root can make it
    with pytest.raises(StorageError, match=f"{barred}.*set VARIABLE"):
        usable_dir(barred, "VARIABLE")
    with pytest.raises(StorageError, match=str(barred)), written_aside(barred / "x") as part:
        part.write_text("never")


def test_a_file_appears_whole_when_the_block_ends_well_and_else_stays(tmp_path):
    path = tmp_path / "new" / "file.txt"
    with written_aside(path) as part:
        part.write_text("whole")
        assert not path.exists()
    for error in (ValueError, KeyboardInterrupt):
        assert path.read_text() == "whole" and [*path.parent.iterdir()] == [path]
        with pytest.raises(error), written_aside(path) as part:
            part.write_text("half")
            raise error
    assert path.read_text() == "whole" and [*path.parent.iterdir()] == [path]


KILLED = """
import os, sys
from pathlib import Path
os.getpid = lambda: 1  # as in a container, where every process has the same number
from subgenre.plumbing.files import written_aside
with written_aside(Path(sys.argv[1])) as part:
    part.mkdir()
    print("begun", flush=True)
    sys.stdin.read() or os._exit(9)
"""


def test_what_the_dead_left_is_cleared_and_what_the_living_write_is_not(tmp_path):
    command = [sys.executable, "-c", KILLED, str(tmp_path / "entry")]
    dead, alive = (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(2)
    )
    assert dead.stdout.readline() == alive.stdout.readline() == b"begun\n"
    dead.communicate()
    assert len(list(tmp_path.glob(".*.part"))) == 2
    usable_dir(tmp_path, "VARIABLE")
    assert len(list(tmp_path.glob(".*.part"))) == 1
    alive.communicate(b"go on")
    assert [path.name for path in tmp_path.iterdir()] == ["entry"]


@pytest.mark.parametrize("n_writers", [1, 2])
def test_a_folder_takes_the_place_of_an_older_one(tmp_path, n_writers):
    put(tmp_path, "entry/old")
    with ExitStack() as writers:
        for number in range(n_writers):
            put(writers.enter_context(written_aside(tmp_path / "entry")), f"new{number}")
    assert [path.name for path in tmp_path.rglob("*")] == ["entry", "new0"]


def test_trouble_with_another_file_is_not_blamed_on_what_is_written(tmp_path):
    with pytest.raises(FileNotFoundError), written_aside(tmp_path / "x"):
        (tmp_path / "other").read_text()
    with pytest.raises(StorageError, match="No space left"), written_aside(tmp_path / "x"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_home_is_understood_and_that_of_nobody_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert expanded("~/music") == tmp_path / "music"
    with pytest.raises(ParameterError, match="~nosuchuser/music begins with the home of a user"):
        expanded("~nosuchuser/music")


@pytest.mark.parametrize("name", ["x" * 300, "zero\0byte", "nowhere/at all", "self", "closed/file"])
def test_what_cannot_be_seen_says_why(tmp_path, name, monkeypatch):
    (tmp_path / "self").symlink_to("self")
    put(tmp_path, "closed/file")
    assert not any(map(trouble, (tmp_path, tmp_path / "closed", tmp_path / "closed" / "file")))
    close(monkeypatch, tmp_path / "closed")
    assert trouble(tmp_path / name) and not os.path.exists(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
@pytest.mark.parametrize("rights", [0o400, 0o100, 0])
def test_a_folder_must_be_listed_and_entered(tmp_path, rights):
    (tmp_path / "closed").mkdir(rights)
    said = trouble(tmp_path / "closed")
    (tmp_path / "closed").chmod(0o700)
    assert said == "Permission denied"


def test_what_is_hidden_is_not_listed(tmp_path):
    put(tmp_path, "b.wav", ".hidden", "a")
    assert listed(tmp_path) == ([tmp_path / "a", tmp_path / "b.wav"], "")
    assert listed(tmp_path / "a") == ([], "Not a directory")
    assert listed(tmp_path / "none") == ([], "No such file or directory")
