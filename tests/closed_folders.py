"""Folders that may not be entered or listed, also for a user who may do all of it."""

import errno
import os
from pathlib import Path

import pytest


def _refuse(monkeypatch, name, is_shut):
    """Let a function of `os` refuse the paths for which `is_shut` is true."""
    function = getattr(os, name)

    def guarded(path=".", *arguments, **options):
        if not isinstance(path, int) and is_shut(Path(os.fsdecode(path)).absolute()):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), os.fsdecode(path))
        return function(path, *arguments, **options)

    monkeypatch.setattr(os, name, guarded)


def close(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let nothing below `folder` be looked at, as without the right to enter it."""
    _refuse(monkeypatch, "stat", lambda path: folder in path.parents)


def hide(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let nobody list `folder`; what lies in it can be entered by its name."""
    for name in ("listdir", "scandir"):
        _refuse(monkeypatch, name, lambda path: path == folder)
