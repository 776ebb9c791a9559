import pytest
import yaml

from subgenre.plumbing.errors import SubgenreError
from subgenre.report import book as books
from subgenre.report import pages
from subgenre.study.places import Study, project_dir


def test_other_music_has_a_book_around_its_pages_and_the_published_one_stays(results, tmp_path):
    music = tmp_path / "My <b>music"
    music.mkdir()
    study = Study.of("quick", str(music))
    page = study.pages / "verdict.ipynb"
    page.parent.mkdir(parents=True)
    page.write_text("{}")
    of_paper = Study.of("paper").book
    before = [path.stat().st_mtime_ns for path in sorted(of_paper.iterdir())]
    for one in (study, study, Study.of("paper")):
        books.assemble(one)
    assert before == [path.stat().st_mtime_ns for path in sorted(of_paper.iterdir())]
    book = study.book
    assert project_dir() not in book.parents and page.read_text() == "{}"
    config = yaml.safe_load((book / "_config.yml").read_text())
    # The theme puts the title into the page as it is, so there is nothing in it that means HTML.
    assert config["title"] == "Subgenres of My _b_music, profile quick"
    assert config["sphinx"]["config"]["html_title"] == config["title"]
    assert str(music) in (book / "index.md").read_text()
    contents = yaml.safe_load((book / "_toc.yml").read_text())
    files = {chapter["file"] for part in contents["parts"] for chapter in part["chapters"]}
    experiments = {f"experiments/{name}" for name in pages.pages_of(study)}
    assert experiments == {file for file in files if file.startswith("experiments/")}
    assert contents["root"] == "index" and pages.FRONT not in pages.pages_of(study)
    assert all((book / f"{file}.md").is_file() for file in files - experiments)


def test_a_checkout_without_links_is_noticed_with_its_cure(tmp_path, monkeypatch):
    (tmp_path / "_config.yml").write_text("../_config.yml")  # what git writes in place of a link
    monkeypatch.setattr(books, "assemble", lambda study: tmp_path)
    with pytest.raises(SubgenreError, match=r"_config.yml to be a link.*: copy _config.yml and"):
        books.build(Study.of("paper"))


def test_a_read_only_checkout_makes_books_that_can_be_made_again(tmp_path):
    source, copy = tmp_path / "book", tmp_path / "copy"
    (source / "static").mkdir(parents=True)
    (source / "static" / "custom.css").write_text("x")
    (source / "static" / "custom.css").chmod(0o400)
    (source / "static").chmod(0o500)
    for _ in range(2):
        books._copy(source, copy)
    assert (copy / "static" / "custom.css").read_text() == "x"
    assert all(path.stat().st_mode & 0o200 for path in copy.rglob("*"))
    (source / "static").chmod(0o700)
