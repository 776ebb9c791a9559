import os

import pytest
import yaml

from subgenre.plumbing.errors import SubgenreError
from subgenre.report import book as books
from subgenre.report import pages
from subgenre.study.places import Study, project_dir


def quick(music):
    return Study.of("quick", str(music))


def listed(book):
    contents = yaml.safe_load((book / "_toc.yml").read_text())
    return [chapter["file"] for part in contents["parts"] for chapter in part["chapters"]]


def test_the_published_book_is_left_as_it_is():
    before = {path: path.stat().st_mtime_ns for path in Study.of("paper").book.iterdir()}
    assert books.assemble(Study.of("paper")) == project_dir() / "book"
    assert {path: path.stat().st_mtime_ns for path in Study.of("paper").book.iterdir()} == before


def test_other_music_has_a_book_in_its_own_folder(tmp_path):
    music = tmp_path / "My <b>music"
    music.mkdir()
    book = books.assemble(quick(music))
    assert book == quick(music).book
    assert project_dir() not in book.parents
    config = yaml.safe_load((book / "_config.yml").read_text())
    # The theme puts the title into the page as it is, so there is nothing in it that means HTML.
    assert (
        config["title"]
        == config["sphinx"]["config"]["html_title"]
        == ("Subgenres of My _b_music, profile quick")
    )
    assert str(music) in (book / "index.md").read_text()


def test_its_contents_name_every_page_and_nothing_else(tmp_path):
    files = listed(books.assemble(quick(tmp_path)))
    experiments = {f"experiments/{name}" for name in pages.pages_of(quick(tmp_path))}
    assert experiments == {file for file in files if file.startswith("experiments/")}
    book = quick(tmp_path).book
    assert all((book / f"{file}.md").is_file() for file in set(files) - experiments)


def test_assembling_again_keeps_the_executed_pages(tmp_path):
    folder = quick(tmp_path).pages
    folder.mkdir(parents=True)
    (folder / "verdict.ipynb").write_text("{}")
    books.assemble(quick(tmp_path))
    books.assemble(quick(tmp_path))
    assert (folder / "verdict.ipynb").read_text() == "{}"


def test_a_checkout_without_links_is_noticed_with_its_cure(tmp_path):
    study = quick(tmp_path)
    book = books.assemble(study)
    (book / "_toc.yml").write_text("../_toc.yml")  # what git writes in place of a link
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(books, "assemble", lambda study: book)
        with pytest.raises(SubgenreError, match=r"_toc.yml to be a link.*: copy _config.yml and"):
            books.build(study)


def test_a_read_only_checkout_makes_books_that_can_be_made_again(tmp_path, monkeypatch):
    source = tmp_path / "checkout" / "book"
    for name in ("static/deep/custom.css", "method.md"):
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
        path.chmod(0o400)
        path.parent.chmod(0o500)
    for _ in range(2):
        books._copy(source, tmp_path / "copy")
    assert all(os.access(path, os.W_OK) for path in (tmp_path / "copy").rglob("*"))
    assert {path.stat().st_mode & 0o200 for path in (tmp_path / "copy").rglob("*")} == {0o200}
    for path in [source, *source.rglob("*")]:
        path.chmod(0o700)
