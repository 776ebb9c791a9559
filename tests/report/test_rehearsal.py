import music_files
import nbformat
import pytest

from subgenre.data import load_music
from subgenre.plumbing.errors import SubgenreError
from subgenre.report import pages
from subgenre.report.pages import REHEARSED, rehearse
from subgenre.study.places import Study
from subgenre.study.records import Store

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
    study, tmp_path, monkeypatch
):
    notebook = nbformat.read(pages.notebooks_dir() / "run.ipynb", as_version=4)
    notebook.cells = [notebook.cells[1], nbformat.v4.new_code_cell("raise ValueError('torn')")]
    monkeypatch.setattr(pages, "notebooks_dir", lambda: tmp_path)
    nbformat.write(notebook, tmp_path / "run.ipynb")
    music = load_music(study.data, progress=False)
    with pytest.raises(SubgenreError, match=r"nothing was trained yet.*notebook run .*torn"):
        rehearse(study, music)
    assert not study.folder.exists()
    monkeypatch.setattr(Store, "path", lambda store, key: tmp_path / "run.ipynb")  # is there
    rehearse(study, music)
