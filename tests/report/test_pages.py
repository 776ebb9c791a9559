import json
from contextlib import nullcontext

import nbformat
import papermill
import pytest
import toy
from nbformat.v4 import new_code_cell, new_notebook, new_output

from subgenre.plumbing.errors import ParameterError, SubgenreError
from subgenre.report import pages
from subgenre.report.pages import NOTEBOOKS, PAGES, execute, execute_all, tidied
from subgenre.study.places import Study


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Return a function that writes a notebook named `data` with the given second cell."""
    monkeypatch.setattr(pages, "notebooks_dir", lambda: tmp_path / "notebooks")
    (tmp_path / "notebooks").mkdir()

    def written(code, *more):
        first = new_code_cell(
            "\n".join(['profile = "quick"', *more]), metadata={"tags": ["parameters"]}
        )
        notebook = new_notebook(cells=[first, new_code_cell(code)])
        notebook.metadata.kernelspec = {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        }
        nbformat.write(notebook, tmp_path / "notebooks" / "data.ipynb")

    return written


@pytest.fixture
def output(tmp_path):
    path = tmp_path / "book" / "data.ipynb"
    path.parent.mkdir()
    path.write_text("the old page")
    return path


def test_a_page_holds_the_outputs_under_its_parameters(write, output):
    write("print(profile)")
    execute("data", {"profile": "smoke"}, output)
    cells = nbformat.read(output, as_version=4).cells
    assert cells[-1].outputs[0].text == "smoke\n"
    assert {"injected-parameters", "hide-input"} <= set(cells[1].metadata.tags)
    assert [path.name for path in output.parent.iterdir()] == [output.name]


def test_two_executions_write_the_same_bytes(write, output):
    write("print(profile)\n[1, 2]")
    contents = []
    for _ in range(2):
        execute("data", {"profile": "smoke"}, output)
        contents.append(output.read_bytes())
    assert contents[0] == contents[1]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise ValueError('too loud')", "ValueError: too loud"),
        ("import os; os._exit(1)", "its kernel ended"),
    ],
)
def test_a_page_that_fails_leaves_the_old_one_and_nothing_else(write, output, code, said):
    write(code)
    with pytest.raises(SubgenreError, match=f"notebook data to run, but .*{said}"):
        execute("data", {}, output)
    assert output.read_text() == "the old page"
    assert list(output.parent.iterdir()) == [output]


def test_neither_other_kernels_nor_the_current_folder_reach_a_page(
    write, output, tmp_path, monkeypatch
):
    foreign = tmp_path / "share" / "kernels" / "python3"
    foreign.mkdir(parents=True)
    spec = {"argv": ["/usr/bin/false"], "display_name": "Python 3", "language": "python"}
    (foreign / "kernel.json").write_text(json.dumps(spec))
    (tmp_path / "random.py").write_text("raise SystemExit('not the library')")
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "0.py").write_text("profile = 'of the user'; print = None")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    for variable in ("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(variable, "")
    monkeypatch.setenv("PYTHONSAFEPATH", "")
    monkeypatch.chdir(tmp_path)
    write("import random; print(profile, random.__file__)")
    execute("data", {"profile": "smoke"}, output)
    assert "smoke /" in (shown := output.read_text()) and str(tmp_path) not in shown


@pytest.mark.parametrize(("n_deaths", "works"), [(2, True), (3, False)])
def test_a_kernel_that_dies_before_its_first_answer_is_started_again(
    write, output, monkeypatch, n_deaths, works
):
    start, deaths = papermill.execute_notebook, iter(range(n_deaths))

    def unlucky(*arguments, **options):
        if next(deaths, None) is not None:
            raise RuntimeError("Kernel died before replying to kernel_info")
        return start(*arguments, **options)

    write("print(profile)")
    monkeypatch.setattr(papermill, "execute_notebook", unlucky)
    with nullcontext() if works else pytest.raises(SubgenreError, match="its kernel ended"):
        execute("data", {}, output)
    assert works == (output.read_text() != "the old page")


def test_an_unknown_parameter_is_refused_by_name(output):
    with pytest.raises(ParameterError, match=r"parameter of optimizers.*profile.*'profil'"):
        execute("optimizers", {"profil": "smoke"}, output)
    assert output.read_text() == "the old page"


def test_an_unknown_notebook_is_refused(output):
    with pytest.raises(ParameterError, match="notebook to be one of files, data, models"):
        execute("tempo", {}, output)


def test_the_books_contents_name_every_page():
    assert {path.stem for path in pages.notebooks_dir().glob("*.ipynb")} == set(NOTEBOOKS)
    toc = (pages.project_dir() / "_toc.yml").read_text()
    assert all(f"experiments/{name}" in toc for name in PAGES)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_notebook_has_the_parameters_that_a_study_gives(name):
    found = papermill.inspect_notebook(str(pages.notebooks_dir() / f"{name}.ipynb"))
    assert {"profile", "dataset"} <= set(found)


def test_tidying_drops_what_changes_from_run_to_run():
    cell = new_code_cell(
        "1", metadata={"papermill": {"duration": 1}, "execution": {"iopub.status.busy": "now"}}
    )
    notebook = new_notebook(cells=[cell], metadata={"papermill": {"duration": 2}})
    notebook.metadata.language_info = {"name": "python", "version": "3.11.9"}
    text = nbformat.writes(tidied(notebook))
    assert "duration" not in text
    assert "3.11.9" not in text
    assert '"cell-0"' in text


def test_tidying_drops_addresses_and_dates_of_outputs_and_all_warnings():
    outputs = [
        new_output("display_data", {"text/plain": "<Styler at 0x7f69>", "text/html": "at 0x1"}),
        new_output("display_data", {"image/svg+xml": "<svg><dc:date>2026</dc:date></svg>"}),
        new_output("stream", name="stderr", text="careful"),
    ]
    notebook = tidied(new_notebook(cells=[new_code_cell("1", outputs=outputs)]))
    assert [output.data for output in notebook.cells[0].outputs] == [
        {"text/plain": "<Styler>", "text/html": "at 0x1"},
        {"image/svg+xml": "<svg></svg>"},
    ]


def test_only_a_page_that_is_out_of_date_is_executed(write, results, tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "in_parallel", toy.inline)
    monkeypatch.setattr(Study, "pages", tmp_path / "book")

    def executed(profile):
        study = Study.of(profile)
        return [path.name for path in execute_all(study, ["data"], progress=False)]

    write("print(profile)", 'dataset = "dances"')
    assert executed("smoke") == ["data.ipynb"]
    assert executed("smoke") == []
    assert executed("quick") == ["data.ipynb"]
    write("print(profile, profile)", 'dataset = "dances"')
    assert executed("quick") == ["data.ipynb"]
    folder = Study.of("quick").records
    folder.mkdir(parents=True)
    (folder / "0.json").write_text("a new record")
    assert executed("quick") == ["data.ipynb"]
    page = tmp_path / "book" / "data.ipynb"
    page.write_bytes(page.read_bytes()[:100])
    assert executed("quick") == ["data.ipynb"]
    assert executed("quick") == []
