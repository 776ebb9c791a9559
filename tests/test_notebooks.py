"""Notebooks, executed as a reader would from the command line, and what they show."""

import ast
import itertools
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import music_files
import nbformat
import pytest
from click.testing import CliRunner

from subgenre.cli import main
from subgenre.plumbing.workers import ONE_THREAD
from subgenre.report.pages import KERNEL_STARTS, NOTEBOOKS, PAGES, PLAYED, notebooks_dir, tidied
from subgenre.study.places import Study, project_dir
from subgenre.study.records import Store

MAX_CELL_LINES = 15
PROGRAMMING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Try, ast.Lambda)


def execute(names, folder, profile, dataset):
    """Run notebooks with papermill, two at a time, and leave the executed ones in a folder."""

    def run(name, starts=KERNEL_STARTS):
        options = ["-p", "profile", profile, "-p", "dataset", dataset]
        paths = [f"notebooks/{name}.ipynb", str(folder / f"{name}.ipynb")]
        command = [sys.executable, "-m", "papermill", *paths, *options]
        where = {"cwd": project_dir(), "env": {**os.environ, **ONE_THREAD}}
        done = subprocess.run(command, **where, capture_output=True, text=True)
        if "before replying" in done.stderr and starts > 1:
            return run(name, starts - 1)  # it may have taken the ports of another kernel
        assert done.returncode == 0, f"{name}: {done.stderr[-2000:]}"

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(run, names))
    return folder


def cells(path, kind):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def outputs(path):
    return [output for cell in cells(path, "code") for output in cell.outputs]


@pytest.fixture(scope="module")
def executed(smoke_study, tmp_path_factory):
    return execute(NOTEBOOKS, tmp_path_factory.mktemp("executed"), "smoke", "dances")


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_no_program_but_a_page_from_a_question_to_a_summary(name):
    path = notebooks_dir() / f"{name}.ipynb"
    for cell in cells(path, "code"):
        assert len(cell.source.splitlines()) <= MAX_CELL_LINES, cell.source
        assert not [n for n in ast.walk(ast.parse(cell.source)) if isinstance(n, PROGRAMMING)]
    first, *_, last = (cell.source for cell in cells(path, "markdown"))
    assert first.startswith("# ") and "## Summary\n\n- " in last


@pytest.mark.slow
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_in_a_fresh_kernel_and_shows_something(executed, name):
    shown = str(outputs(executed / f"{name}.ipynb"))
    # The page on tuning only shows records, and a smoke study has none of its own.
    kinds = ("image/svg+xml", "<table", "application/json")
    assert name == "tuning" or any(kind in shown for kind in kinds)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*PAGES, *PLAYED])
def test_a_page_is_the_same_each_time_without_warnings_and_names_of_a_machine(
    executed, smoke_pages, name
):
    again = tidied(nbformat.read(executed / f"{name}.ipynb", as_version=4))
    path = smoke_pages[1] / f"{name}.ipynb"
    page = nbformat.read(path, as_version=4)
    assert page.metadata.pop("subgenre")["made_from"]
    assert nbformat.writes(again) == nbformat.writes(page)
    assert not [output for output in outputs(path) if output.get("name") == "stderr"]
    assert str(project_dir()) not in path.read_text()
    for cell in cells(path, "code"):  # figures are shown once and as SVG, alone or in a chart
        shown = [one for output in cell.outputs for one in output.get("data", {}).items()]
        kinds = [
            kind for kind, text in shown if kind != "text/html" or '<div class="chart">' in text
        ]
        assert "image/png" not in kinds
        figures = kinds.count("image/svg+xml") + kinds.count("text/html")
        assert figures == ("figure" in cell.metadata.get("mystnb", {}))


@pytest.mark.slow
def test_music_of_ones_own_sound_and_unsound_ends_in_a_verdict(tmp_path):
    labels = ("Dub & Bass", "<i>house")
    root = music_files.write_classes(tmp_path / "music", labels, len(music_files.FORMATS), 6)
    for label, (name, (_, write_it)) in zip(itertools.cycle(labels), music_files.BAD.items()):
        write_it(root / label / name)
    dataset = f"{root}?clip_seconds=2.5"
    folder = execute(("your_music", "files"), tmp_path, "smoke", dataset)
    for name in ("your_music", "files"):
        shown = outputs(folder / f"{name}.ipynb")
        html = "".join(one.get("data", {}).get("text/html", "") for one in shown)
        for file, (reason, _) in music_files.BAD.items():
            assert file in unescape(html) and reason in unescape(html)
        assert "&lt;i&gt;house" in html and "<i>house" not in str(shown)
    verdict = str(outputs(folder / "your_music.ipynb"))
    words = ("majority", "<audio", "image/svg", "CNN", "CRNN", "CNN-RNN")
    assert all(word in verdict for word in words)
    own = Store.of(Study.of("smoke", dataset)).folder
    assert len(list(own.glob("*.json"))) >= 3
    assert not own.is_relative_to(Study.of("paper").records.parent)
    named = ["--profile", "smoke", "--dataset", dataset, "--format", "csv"]
    assert "track_macro_f1" in CliRunner().invoke(main, ["results", *named]).output
