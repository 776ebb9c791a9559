import io
import json
import runpy
from contextlib import nullcontext
from pathlib import Path

import matplotlib.pyplot as plt
import music_files
import nbformat
import papermill
import pytest
import toy
from nbformat.v4 import new_code_cell, new_notebook

from subgenre.data import load_music
from subgenre.plumbing.errors import SubgenreError
from subgenre.report import pages
from subgenre.report.pages import NOTEBOOKS, REHEARSED, execute, execute_all, rehearse
from subgenre.study.places import Study, project_dir
from subgenre.study.records import Store

SHOWN = """
import sys, time
print("careful", file=sys.stderr)
display({"image/svg+xml": f"<svg><dc:date>{time.time()}</dc:date></svg>"}, raw=True)
display(object())
print(profile)
"""
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Return a function that writes a notebook with the given second cell."""
    monkeypatch.setattr(pages, "notebooks_dir", lambda: tmp_path / "notebooks")
    (tmp_path / "notebooks").mkdir()

    def written(code, name="data"):
        first = 'profile = "quick"\ndataset = "dances"'
        cells = [new_code_cell(first, metadata={"tags": ["parameters"]}), new_code_cell(code)]
        notebook = new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
        nbformat.write(notebook, tmp_path / "notebooks" / f"{name}.ipynb")

    return written


@pytest.fixture
def output(tmp_path):
    path = tmp_path / "book" / "data.ipynb"
    path.parent.mkdir()
    path.write_text("the old page")
    return path


def test_a_page_holds_the_outputs_under_its_parameters_the_same_each_time(write, output):
    write(SHOWN)
    contents = []
    for _ in range(2):
        execute("data", {"profile": "smoke"}, output)
        contents.append(output.read_text())
    assert contents[0] == contents[1] and "papermill" not in contents[0]
    assert pages.is_current(output, "data", {"profile": "smoke"})
    page = nbformat.read(output, as_version=4)
    assert "version" not in page.metadata.language_info
    *shown, printed = page.cells[-1].outputs
    assert printed.text == "smoke\n"
    assert shown[0].data["image/svg+xml"] == "<svg></svg>"
    assert shown[1].data == {"text/plain": "<object>"}
    assert "injected-parameters" in page.cells[1].metadata.tags
    assert list(output.parent.iterdir()) == [output]


@pytest.mark.parametrize(
    ("name", "parameters", "code", "said"),
    [
        ("data", {}, "1 / 0", "notebook data to run, but .*ZeroDivisionError"),
        ("data", {}, "import os; os._exit(1)", "notebook data to run, but its kernel ended"),
        ("data", {"profil": "smoke"}, "", "'profil'"),
        ("tempo", {}, "", "'tempo'"),
    ],
)
def test_a_page_that_cannot_be_leaves_the_old_one_alone(
    write, output, name, parameters, code, said
):
    write(code)
    with pytest.raises(SubgenreError, match=said):
        execute(name, parameters, output)
    assert output.read_text() == "the old page"
    assert list(output.parent.iterdir()) == [output]


def test_neither_other_kernels_nor_the_current_folder_nor_settings_reach_a_page(
    write, output, tmp_path, monkeypatch
):
    for name, text in {
        "share/kernels/python3/kernel.json": json.dumps({**KERNEL, "argv": ["/usr/bin/false"]}),
        "user.rc": "font.size: 30",
        "random.py": "raise SystemExit('not the library')",
        "ipython/profile_default/startup/0.py": "profile = 'of the user'; print = None",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    for name, value in {
        "JUPYTER_PATH": str(tmp_path / "share"),
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "MPLBACKEND": "none that there is",
        "MATPLOTLIBRC": str(tmp_path / "user.rc"),
        **dict.fromkeys(("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "PYTHONSAFEPATH"), ""),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    write("import random, pylab as p; print(profile, p.rcParams['font.size'], random.__file__)")
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


def test_every_notebook_takes_what_a_study_gives():
    sources = list(pages.notebooks_dir().glob("*.ipynb"))
    assert {path.stem for path in sources} == set(NOTEBOOKS)
    assert all({"profile", "dataset"} <= set(papermill.inspect_notebook(p)) for p in sources)


def test_only_a_page_that_is_out_of_date_is_executed(write, results, tmp_path, monkeypatch):
    def execute_(name, parameters, output):
        made = {"subgenre": {"made_from": pages.made_from(name, parameters)}}
        output.write_text(json.dumps({"metadata": made}))

    def n_executed(profile="quick"):
        return len(execute_all(Study.of(profile), ["data"], progress=False))

    for name, value in {
        "in_parallel": toy.inline,
        "execute": execute_,
        "PACKAGE": tmp_path,
    }.items():
        monkeypatch.setattr(pages, name, value)
    monkeypatch.setattr(Study, "pages", tmp_path)
    Study.of("quick").records.mkdir(parents=True)
    write("print(profile)")
    assert [n_executed(one) for one in ("smoke", "smoke", "quick", "quick")] == [1, 0, 1, 0]
    write("print(profile, profile)")
    assert n_executed() == 1
    for path in (Study.of("quick").records / "0.json", tmp_path / "0.csv", tmp_path / "0.py"):
        path.write_text("new")
        assert (n_executed(), n_executed()) == (1, 0), path
    (tmp_path / "data.ipynb").write_text("{")
    assert n_executed() == 1


LABELS = ("<i>house</i> & `$x$ |*_{1}", "# [a](b) \\ ~^", "001")


@pytest.fixture
def study(results, tmp_path):
    music = music_files.write_classes(tmp_path / "music", LABELS, suffixes=(".wav",))
    return Study.of("smoke", f"{music}?clip_seconds=2")


@pytest.mark.slow
def test_pages_are_made_of_any_labels_before_training_and_nothing_is_left(study, monkeypatch):
    executed, tidied = [], pages.tidied
    monkeypatch.setattr(pages, "tidied", lambda page: executed.append(page) or tidied(page))
    rehearse(study, load_music(study.data, progress=False))
    assert len(executed) == len(REHEARSED) and not study.folder.exists()
    shown = [one for page in executed for cell in page.cells for one in cell.get("outputs", [])]
    kinds = [one.data for one in shown if "data" in one]
    said = "".join(one.get("text/markdown", "") + one.get("text/html", "") for one in kinds)
    assert "of its clips" in said and "<i>" not in said


def test_a_page_that_fails_fails_before_training_and_only_if_there_is_training(
    study, write, monkeypatch
):
    write("raise ValueError('torn')", REHEARSED[0])
    music = load_music(study.data, progress=False)
    with pytest.raises(SubgenreError, match=r"nothing was trained yet.*notebook run .*torn"):
        rehearse(study, music)
    assert study.folder.parent.name == "studies" and not study.folder.exists()
    monkeypatch.setattr(Store, "path", lambda store, key: Path(__file__))  # is there
    rehearse(study, music)


def test_pictures_follow_the_theme_of_the_page(page, tmp_path):
    picture = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><defs></defs>'
    picture += '<rect width="9" height="9" style="fill: #7a7a7a"/></svg>'
    (tmp_path / "ink.svg").write_text(pages.themed(picture))
    (tmp_path / "index.html").write_text('<body style="margin: 0"><img src="ink.svg">')
    page.goto((tmp_path / "index.html").as_uri())
    shots = []
    for scheme in ("light", "dark"):
        page.evaluate(f"document.documentElement.style.colorScheme = '{scheme}'")
        shot = page.screenshot(clip={"x": 2, "y": 2, "width": 1, "height": 1})
        shots.append(plt.imread(io.BytesIO(shot))[0, 0, 0])
    assert shots[0] < 0.35 and shots[1] > 0.7


def test_code_is_folded_behind_one_box_that_the_keyboard_reaches(page, tmp_path):
    box = runpy.run_path(str(project_dir() / "book" / "extensions" / "fold.py"))["BOX"]
    style = (project_dir() / "book" / "static" / "custom.css").read_text()
    code = '<div class="cell"><div class="cell_input">code</div><div>shown</div></div>'
    body = f'<article class="bd-article"><h1>?</h1>{box}{code * 2}</article>'
    (tmp_path / "index.html").write_text(f"<style>{style}</style>{body}")
    page.goto((tmp_path / "index.html").as_uri())
    cells = page.locator(".cell_input")
    assert not any(one.is_visible() for one in cells.all()) and cells.count() == 2
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert all(one.is_visible() for one in cells.all())
    assert page.get_by_label("Show the code of this page").is_checked()
