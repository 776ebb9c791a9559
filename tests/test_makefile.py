"""The commands of the README, without running for long what they run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import jupytext
import pytest

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")


def make(*words, **environment):
    command = ["make", "--no-print-directory", "-C", str(ROOT), *words]
    return subprocess.check_output(command, env={**os.environ, **environment}, text=True)


def test_the_users_settings_of_pip_and_python_reach_no_command():
    given = {"PIP_USER": "yes", "PIP_TARGET": "/x", "PYTHONPATH": "/x", "PYTHONHOME": "/x"}
    shown = make("-s", "--eval", "show:\n\t@env", "show", **given)
    names = {line.partition("=")[0] for line in shown.splitlines()}
    assert "PATH" in names and not names & given.keys()


def test_the_book_is_the_published_one_unless_another_is_named():
    profiles = {"paper": [], "quick": ["DATASET=/my music"], "smoke": ["PROFILE=smoke"]}
    for profile, given in profiles.items():
        shown = make("-n", "-o", "setup", "book", *given)
        assert shown.rstrip().endswith(f"--profile {profile}")


def test_sync_goes_from_the_scripts_to_the_notebooks(tmp_path):
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    shutil.copy(ROOT / "jupytext.toml", tmp_path)
    script, twin = (tmp_path / "notebooks" / f"run.{ending}" for ending in ("py", "ipynb"))
    script.write_text(script.read_text() + "\n# %%\nan_edit = 1\n")
    os.utime(twin, (script.stat().st_mtime + 99,) * 2)  # touched later, as by a checkout
    commands = make("-n", "-o", "setup", f"BIN={BIN}", "sync")
    subprocess.run(["bash", "-ec", commands], cwd=tmp_path, check=True)
    assert "an_edit = 1" in script.read_text()
    assert jupytext.read(twin).cells[-1].source == "an_edit = 1"
