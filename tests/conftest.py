"""What several test modules share: one cache, one reading of the tunes, one small study."""

import os
import shutil

import pytest
import toy
from click.testing import CliRunner

from subgenre.cli import main
from subgenre.data.dances import Dances, corpus
from subgenre.plumbing.files import CACHE_VARIABLE
from subgenre.study.places import RESULTS_VARIABLE, STUDIES_VARIABLE, Study


@pytest.fixture(scope="session", autouse=True)
def folders(tmp_path_factory):
    """Keep the user's results untouched; share one cache, the user's own if it is named."""
    named = {CACHE_VARIABLE} & os.environ.keys()
    with pytest.MonkeyPatch.context() as patch:
        for variable in {RESULTS_VARIABLE, STUDIES_VARIABLE, CACHE_VARIABLE} - named:
            patch.setenv(variable, str(tmp_path_factory.mktemp(variable)))
        yield


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Return an empty cache folder of the test's own."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def results(tmp_path, monkeypatch):
    """Return an empty results folder of the test's own."""
    monkeypatch.setenv(RESULTS_VARIABLE, str(tmp_path / "results"))
    monkeypatch.setenv(STUDIES_VARIABLE, str(tmp_path / "studies"))
    return tmp_path / "results"


@pytest.fixture(scope="session")
def books(read_tunes=corpus.read_tunes):
    """Return the tunes of the books and the report of reading them, whatever `dances` patches."""
    return read_tunes(progress=False)


@pytest.fixture(scope="session")
def dances(request):
    """Return the full data set, and leave its tunes in the shared cache."""
    with pytest.MonkeyPatch.context() as patch:
        # Asked for only if the cache lacks the tunes; the tests of the books then share them.
        patch.setattr(corpus, "read_tunes", lambda progress: request.getfixturevalue("books"))
        return Dances.load(480, progress=False)


@pytest.fixture
def toy_music(monkeypatch):
    """Make the data set `toy` known by name."""
    for module in ("subgenre.data", "subgenre.study.runner"):
        monkeypatch.setattr(f"{module}.load_music", toy.load_music)


@pytest.fixture(scope="session")
def smoke_study(dances):
    """Return what ``subgenre study --profile smoke --no-pages`` says, run once."""
    return CliRunner().invoke(main, ["study", "--profile", "smoke", "--no-pages"])


@pytest.fixture(scope="session")
def smoke_pages(smoke_study):
    """Return the outcome of a second smoke study, the folder of its pages, and the old records."""
    here = Study.of("smoke")
    records = {path: path.stat().st_mtime_ns for path in here.records.iterdir()}
    return CliRunner().invoke(main, ["study", "--profile", "smoke"]), here.pages, records


@pytest.fixture(scope="session")
def chromium():
    """Return the system's Chromium, driven without a window; there may be none."""
    driver = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    found = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
    if not any(found):
        pytest.skip("needs Chromium")
    with driver.sync_playwright() as playwright:
        path, options = next(filter(None, found)), ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    """Return an empty page that may neither ask another host for anything nor print an error."""
    context, troubles = chromium.new_context(viewport={"width": 1400, "height": 900}), []
    page = context.new_page()
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    local = ("file:", "data:", "blob:")
    page.on("request", lambda one: one.url.startswith(local) or troubles.append(one.url))
    yield page
    context.close()
    assert not troubles
