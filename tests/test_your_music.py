"""A folder of music files, sound and unsound, from its names to a book and a verdict."""

from html import unescape

import music_files
import pytest
from click.testing import CliRunner
from execution import execute, html, outputs

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
    for label, (name, (_, write_it)) in zip(
        LABELS * len(music_files.BAD), music_files.BAD.items(), strict=False
    ):
        write_it(root / label / name)
    return f"{root}?clip_seconds=2.5"


@pytest.fixture(scope="module")
def executed(dataset, tmp_path_factory):
    folder = tmp_path_factory.mktemp("executed")
    outcomes = execute(PAGES, folder, profile="smoke", dataset=dataset)
    for outcome in outcomes.values():
        assert outcome.returncode == 0, outcome.stderr[-2000:]
    return {name: folder / f"{name}.ipynb" for name in PAGES}


@pytest.mark.parametrize("name", PAGES)
def test_no_bad_file_stops_a_page(executed, name):
    assert not [one for one in outputs(executed[name]) if one.output_type == "error"]


@pytest.mark.parametrize("name", PAGES)
def test_every_bad_file_is_listed_with_its_reason(executed, name):
    shown = unescape(html(executed[name]))
    for file, (reason, _) in music_files.BAD.items():
        assert file in shown
        assert reason in shown


@pytest.mark.parametrize("name", PAGES)
def test_names_are_no_html(executed, name):
    shown = html(executed[name])
    assert "&lt;i&gt;house" in shown
    assert "<i>house" not in shown


def test_it_ends_in_a_verdict_by_clip_and_by_track(executed):
    shown = html(executed["your_music"])
    assert "majority" in shown
    assert "<audio" in shown
    assert "<svg" in "".join(
        str(one.get("data", {}).get("image/svg+xml", "")) for one in outputs(executed["your_music"])
    )
    for network in ("CNN", "CRNN", "CNN-RNN"):
        assert network in shown


def test_its_records_lie_beside_the_published_ones_and_not_among_them(executed, dataset):
    own = Store.of(Study.of("smoke", dataset)).folder
    assert len(list(own.glob("*.json"))) >= 3
    assert not own.is_relative_to(Study.of("paper").records.parent)


def test_the_results_are_printed(executed, dataset):
    outcome = CliRunner().invoke(
        main, ["results", "--profile", "smoke", "--dataset", dataset, "--format", "csv"]
    )
    assert outcome.exit_code == 0, outcome.output
    assert "track_macro_f1" in outcome.output
