import yaml

from subgenre.data.names import PUBLISHED
from subgenre.plumbing.files import project_dir, study_dir
from subgenre.report import book as books
from subgenre.report import pages


def listed(book):
    contents = yaml.safe_load((book / "_toc.yml").read_text())
    return [chapter["file"] for part in contents["parts"] for chapter in part["chapters"]]


def test_the_published_book_is_left_as_it_is():
    before = {path: path.stat().st_mtime_ns for path in books.book_dir().iterdir()}
    assert books.assemble(PUBLISHED) == project_dir() / "book"
    assert {path: path.stat().st_mtime_ns for path in books.book_dir().iterdir()} == before


def test_other_music_has_a_book_in_its_own_folder(tmp_path):
    music = tmp_path / "My <b>music"
    music.mkdir()
    book = books.assemble(str(music))
    assert book == study_dir(str(music)) / "book"
    assert project_dir() not in book.parents
    config = yaml.safe_load((book / "_config.yml").read_text())
    # The theme puts the title into the page as it is, so there is nothing in it that means HTML.
    assert config["title"] == config["sphinx"]["config"]["html_title"] == "Subgenres of My _b_music"
    assert str(music) in (book / "index.md").read_text()


def test_its_contents_name_every_page_and_nothing_else(tmp_path):
    files = listed(books.assemble(str(tmp_path)))
    experiments = {f"experiments/{name}" for name in pages.pages_of(str(tmp_path))}
    assert experiments == {file for file in files if file.startswith("experiments/")}
    book = books.book_dir(str(tmp_path))
    assert all((book / f"{file}.md").is_file() for file in set(files) - experiments)


def test_assembling_again_keeps_the_executed_pages(tmp_path):
    folder = pages.pages_dir(str(tmp_path))
    folder.mkdir(parents=True)
    (folder / "verdict.ipynb").write_text("{}")
    books.assemble(str(tmp_path))
    books.assemble(str(tmp_path))
    assert (folder / "verdict.ipynb").read_text() == "{}"
