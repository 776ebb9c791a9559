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
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}

    def written(code):
        first = 'profile = "quick"\ndataset = "dances"'
        parameters = new_code_cell(first, metadata={"tags": ["parameters"]})
        notebook = new_notebook(
            cells=[parameters, new_code_cell(code)], metadata={"kernelspec": kernel}
        )
        nbformat.write(notebook, tmp_path / "notebooks" / "data.ipynb")

    return written


@pytest.fixture
def output(tmp_path):
    path = tmp_path / "book" / "data.ipynb"
    path.parent.mkdir()
    path.write_text("the old page")
    return path


def test_a_page_holds_the_outputs_under_its_parameters_the_same_each_time(write, output):
    write("print(profile)\n[1, 2]")
    contents = []
    for _ in range(2):
        execute("data", {"profile": "smoke"}, output)
        contents.append(output.read_bytes())
    assert contents[0] == contents[1]
    assert pages.is_current(output, "data", {"profile": "smoke"})
    cells = nbformat.read(output, as_version=4).cells
    assert cells[-1].outputs[0].text == "smoke\n"
    assert {"injected-parameters", "hide-input"} <= set(cells[1].metadata.tags)
    assert [path.name for path in output.parent.iterdir()] == [output.name]


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


def test_neither_other_kernels_nor_the_current_folder_nor_settings_reach_a_page(
    write, output, tmp_path, monkeypatch
):
    spec = {"argv": ["/usr/bin/false"], "display_name": "Python 3", "language": "python"}
    for name, text in {
        "share/kernels/python3/kernel.json": json.dumps(spec),
        "user.rc": "font.size: 30",
        "random.py": "raise SystemExit('not the library')",
        "ipython/profile_default/startup/0.py": "profile = 'of the user'; print = None",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("MPLBACKEND", "none that there is")
    monkeypatch.setenv("MATPLOTLIBRC", str(tmp_path / "user.rc"))
    for kind in ("DATA", "CONFIG", "RUNTIME"):
        monkeypatch.setenv(f"JUPYTER_{kind}_DIR", "")
    monkeypatch.setenv("PYTHONSAFEPATH", "")
    monkeypatch.chdir(tmp_path)
    write("import random, pylab; print(profile, pylab.rcParams['font.size'], random.__file__)")
    execute("data", {"profile": "smoke"}, output)
    shown = nbformat.read(output, as_version=4).cells[-1].outputs[0].text
    assert shown.startswith("smoke 10.0 /") and str(tmp_path) not in shown


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


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("optimizers", r"parameter of optimizers.*profile.*'profil'"),
        ("tempo", "notebook to be one of files, data, models"),
    ],
)
def test_unknown_notebooks_and_parameters_are_refused_by_name(output, name, message):
    with pytest.raises(ParameterError, match=message):
        execute(name, {"profil": "smoke"}, output)
    assert output.read_text() == "the old page"


def test_the_books_contents_name_every_page_and_each_takes_what_a_study_gives():
    sources = {path.stem: path for path in pages.notebooks_dir().glob("*.ipynb")}
    assert set(sources) == set(NOTEBOOKS)
    assert all(
        {"profile", "dataset"} <= set(papermill.inspect_notebook(p)) for p in sources.values()
    )
    toc = (pages.project_dir() / "_toc.yml").read_text()
    assert all(f"experiments/{name}" in toc for name in PAGES)


def test_tidying_drops_what_changes_from_run_to_run():
    outputs = [
        new_output("display_data", {"text/plain": "<Styler at 0x7f69>", "text/html": "at 0x1"}),
        new_output("display_data", {"image/svg+xml": "<svg><dc:date>2026</dc:date></svg>"}),
        new_output("stream", name="stderr", text="careful"),
    ]
    times = {"papermill": {"duration": 1}, "execution": {"iopub.status.busy": "duration"}}
    cell = new_code_cell("1", metadata=times, outputs=outputs)
    language = {"name": "python", "version": "3.11.9"}
    notebook = tidied(
        new_notebook(cells=[cell], metadata={"papermill": times, "language_info": language})
    )
    text = nbformat.writes(notebook)
    assert "duration" not in text and "3.11.9" not in text and '"cell-0"' in text
    assert [output.data for output in notebook.cells[0].outputs] == [
        {"text/plain": "<Styler>", "text/html": "at 0x1"},
        {"image/svg+xml": "<svg></svg>"},
    ]


def test_only_a_page_that_is_out_of_date_is_executed(write, results, tmp_path, monkeypatch):
    def execute_(name, parameters, output):
        output.parent.mkdir(exist_ok=True)
        made = {"subgenre": {"made_from": pages.made_from(name, parameters)}}
        output.write_text(json.dumps({"metadata": made}))

    def executed(profile):
        return [path.name for path in execute_all(Study.of(profile), ["data"], progress=False)]

    monkeypatch.setattr(pages, "in_parallel", toy.inline)
    monkeypatch.setattr(pages, "execute", execute_)
    monkeypatch.setattr(Study, "pages", tmp_path / "book")
    write("print(profile)")
    assert executed("smoke") == ["data.ipynb"]
    assert executed("smoke") == []
    assert executed("quick") == ["data.ipynb"]
    write("print(profile, profile)")
    assert executed("quick") == ["data.ipynb"]
    folder = Study.of("quick").records
    folder.mkdir(parents=True)
    (folder / "0.json").write_text("a new record")
    assert executed("quick") == ["data.ipynb"]
    page = tmp_path / "book" / "data.ipynb"
    page.write_bytes(page.read_bytes()[:20])
    assert executed("quick") == ["data.ipynb"]
    assert executed("quick") == []
