"""Folders that may not be entered, also for a user who may enter all of them."""

import errno
import os
from pathlib import Path

import pytest


def close(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let nothing below `folder` be looked at, as without the right to enter it."""
    stat = os.stat

    def guarded(path, **options):
        if not isinstance(path, int) and folder in Path(os.fsdecode(path)).absolute().parents:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return stat(path, **options)

    monkeypatch.setattr(os, "stat", guarded)


def hide(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let nobody list `folder`; what lies in it can be entered by its name."""
    listed = Path.iterdir

    def guarded(path):
        if path == folder:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", guarded)
