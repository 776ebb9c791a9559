"""Executing notebooks as a reader would, from the command line, and reading what they show."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import nbformat

from subgenre.plumbing.workers import ONE_THREAD
from subgenre.report.pages import KERNEL_STARTS
from subgenre.study.places import project_dir


def execute(names, folder, profile, dataset):
    """Run notebooks with papermill, two at a time, and leave the executed ones in a folder."""

    def run(name, starts=KERNEL_STARTS):
        source, target = f"notebooks/{name}.ipynb", str(folder / f"{name}.ipynb")
        options = ["-p", "profile", profile, "-p", "dataset", dataset]
        command = [sys.executable, "-m", "papermill", source, target, *options]
        where = {"cwd": project_dir(), "env": {**os.environ, **ONE_THREAD}}
        done = subprocess.run(command, **where, capture_output=True, text=True)
        # It may have taken the ports of another kernel.
        return run(name, starts - 1) if "before replying" in done.stderr and starts > 1 else done

    with ThreadPoolExecutor(2) as threads:
        return dict(zip(names, threads.map(run, names), strict=True))


def cells(path, kind):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def outputs(path):
    return [output for cell in cells(path, "code") for output in cell.outputs]
