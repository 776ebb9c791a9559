"""Executing notebooks as a reader would, from the command line, and reading what they show."""

import os
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat

from subgenre.plumbing.workers import ONE_THREAD
from subgenre.report.pages import KERNEL_STARTS
from subgenre.study.places import project_dir


def execute(
    names: Iterable[str], folder: Path, **parameters: str
) -> dict[str, subprocess.CompletedProcess]:
    """Run notebooks with papermill, two at a time, and leave the executed ones in a folder."""
    options = [word for name, value in parameters.items() for word in ("-p", name, value)]

    def run(name: str, starts: int = KERNEL_STARTS) -> subprocess.CompletedProcess:
        source, target = f"notebooks/{name}.ipynb", str(folder / f"{name}.ipynb")
        command = [sys.executable, "-m", "papermill", source, target, *options]
        where = {"cwd": project_dir(), "env": {**os.environ, **ONE_THREAD}}
        done = subprocess.run(command, **where, capture_output=True, text=True)
        # It may have taken the ports of another kernel.
        return run(name, starts - 1) if "before replying" in done.stderr and starts > 1 else done

    names = tuple(names)
    with ThreadPoolExecutor(2) as threads:
        return dict(zip(names, threads.map(run, names), strict=True))


def cells(path: Path, kind: str) -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def outputs(path: Path) -> list[nbformat.NotebookNode]:
    return [output for cell in cells(path, "code") for output in cell.outputs]
