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
    return folder, execute(NOTEBOOKS, folder, profile="smoke", dataset="dances")


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_a_page_and_not_a_program(name):
    for cell in cells(notebooks_dir() / f"{name}.ipynb", "code"):
        assert len(cell.source.splitlines()) <= MAX_CELL_LINES, cell.source
        programming = [n for n in ast.walk(ast.parse(cell.source)) if isinstance(n, PROGRAMMING)]
        assert not programming, cell.source


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_asks_a_question_and_ends_in_a_summary(name):
    texts = [cell.source for cell in cells(notebooks_dir() / f"{name}.ipynb", "markdown")]
    assert texts[0].startswith("# ")
    assert "## Summary\n\n- " in texts[-1]


@pytest.mark.slow
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_in_a_fresh_kernel(executed, name):
    folder, outcomes = executed
    assert outcomes[name].returncode == 0, outcomes[name].stderr[-2000:]
    data = [output.get("data", {}) for output in outputs(folder / f"{name}.ipynb")]
    # The page on tuning only shows records, and a smoke study has none of its own.
    assert name == "tuning" or any(
        "image/svg+xml" in kinds or "<table" in kinds.get("text/html", "") for kinds in data
    )
    assert not [o for o in outputs(folder / f"{name}.ipynb") if o.output_type == "error"]


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_two_executions_give_the_same_page(executed, smoke_pages, name):
    again = tidied(nbformat.read(executed[0] / f"{name}.ipynb", as_version=4))
    page = nbformat.read(smoke_pages[1] / f"{name}.ipynb", as_version=4)
    assert page.metadata.pop("subgenre")["made_from"]
    assert nbformat.writes(again) == nbformat.writes(page)


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_figures_are_shown_once_and_as_svg(smoke_pages, name):
    for cell in cells(smoke_pages[1] / f"{name}.ipynb", "code"):
        shown = [kind for output in cell.outputs for kind in output.get("data", {})]
        assert "image/png" not in shown
        assert shown.count("image/svg+xml") == ("mystnb" in cell.metadata)


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_no_warning_and_names_no_machine(smoke_pages, name):
    page = smoke_pages[1] / f"{name}.ipynb"
    assert not [o.text for o in outputs(page) if o.output_type == "stream" and o.name == "stderr"]
    assert str(project_dir()) not in page.read_text()
