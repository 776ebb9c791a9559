import ast

import nbformat
import pytest
from execution import cells, execute, outputs

from subgenre.report.pages import NOTEBOOKS, PAGES, notebooks_dir, tidied
from subgenre.study.places import project_dir

MAX_CELL_LINES = 15
PROGRAMMING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Try, ast.Lambda)


@pytest.fixture(scope="module")
def executed(smoke_study, tmp_path_factory):
    folder = tmp_path_factory.mktemp("executed")
    return folder, execute(NOTEBOOKS, folder, "smoke", "dances")


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
def test_a_notebook_runs_in_a_fresh_kernel(executed, name):
    folder, outcomes = executed
    assert outcomes[name].returncode == 0, outcomes[name].stderr[-2000:]
    shown = str(outputs(folder / f"{name}.ipynb"))
    # The page on tuning only shows records, and a smoke study has none of its own.
    assert name == "tuning" or "image/svg+xml" in shown or "<table" in shown


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_the_same_each_time_without_warnings_and_names_of_a_machine(
    executed, smoke_pages, name
):
    again = tidied(nbformat.read(executed[0] / f"{name}.ipynb", as_version=4))
    path = smoke_pages[1] / f"{name}.ipynb"
    page = nbformat.read(path, as_version=4)
    assert page.metadata.pop("subgenre")["made_from"]
    assert nbformat.writes(again) == nbformat.writes(page)
    assert not [output for output in outputs(path) if output.get("name") == "stderr"]
    assert str(project_dir()) not in path.read_text()
    for cell in cells(path, "code"):  # figures are shown once and as SVG
        shown = [kind for output in cell.outputs for kind in output.get("data", {})]
        assert "image/png" not in shown
        assert shown.count("image/svg+xml") == ("mystnb" in cell.metadata)
