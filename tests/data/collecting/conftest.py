"""The stand-in for spotdl, in the place of the program."""

import pytest
from stand_in import Spotdl


@pytest.fixture
def spotdl(tmp_path, monkeypatch):
    program = Spotdl(tmp_path / "stand-in")
    monkeypatch.setenv("PATH", program.path)
    return program
