"""A folder of music files, sound and unsound, from its names to a book and a verdict."""

import itertools
from html import unescape

import music_files
import pytest
from click.testing import CliRunner
from execution import execute, outputs

from subgenre.cli import main
from subgenre.study.places import Study
from subgenre.study.records import Store

pytestmark = pytest.mark.slow

LABELS = ("Dub & Bass", "<i>house")
PAGES = ("your_music", "files")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """Return the name of a folder in which every other file is of no use."""
    root = music_files.write_classes(
        tmp_path_factory.mktemp("music"), LABELS, n_files=len(music_files.FORMATS), seconds=6
    )
    for label, (name, (_, write_it)) in zip(itertools.cycle(LABELS), music_files.BAD.items()):
        write_it(root / label / name)
    return f"{root}?clip_seconds=2.5"


@pytest.fixture(scope="module")
def shown(dataset, tmp_path_factory):
    """Return the outputs of each page."""
    folder = tmp_path_factory.mktemp("executed")
    outcomes = execute(PAGES, folder, "smoke", dataset)
    assert not any(one.returncode for one in outcomes.values()), outcomes
    return {name: outputs(folder / f"{name}.ipynb") for name in PAGES}


@pytest.mark.parametrize("name", PAGES)
def test_every_bad_file_is_listed_with_its_reason_and_stops_no_page(shown, name):
    html = "".join(one.get("data", {}).get("text/html", "") for one in shown[name])
    for file, (reason, _) in music_files.BAD.items():
        assert file in unescape(html) and reason in unescape(html)
    assert "&lt;i&gt;house" in html
    assert "<i>house" not in str(shown[name])


def test_it_ends_in_a_verdict_by_clip_and_by_track(shown, dataset):
    for word in ("majority", "<audio", "<svg", "CNN", "CRNN", "CNN-RNN"):
        assert word in str(shown["your_music"])
    own = Store.of(Study.of("smoke", dataset)).folder
    assert len(list(own.glob("*.json"))) >= 3
    assert not own.is_relative_to(Study.of("paper").records.parent)
    named = ["--profile", "smoke", "--dataset", dataset, "--format", "csv"]
    assert "track_macro_f1" in CliRunner().invoke(main, ["results", *named]).output
