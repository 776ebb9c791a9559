"""The book of a study on your own music: the published book's frame around other pages."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from subgenre.data.names import PUBLISHED, canonical
from subgenre.plumbing.errors import SubgenreError
from subgenre.plumbing.files import project_dir, study_dir, written_aside

SHARED = ("static", "extensions", "references.bib", "references.md", "method.md", "api.md")
"""Parts of the published book that every book needs, for its pages refer to them."""
CHAPTERS = (
    ("Your music", ("your_music", "files", "verdict")),
    (
        "Experiments",
        ("models", "optimizers", "regularization", "initialization", "baselines", "run"),
    ),
    ("Reference", ("tuning",)),
)
INDEX = """# The study on your music

This book holds the same study as the published one, on other music: `{name}`.

- {{doc}}`Your music <experiments/your_music>` goes from the files to a verdict in a few steps.
- {{doc}}`The files <experiments/files>` says what was read, what was skipped and why.
- {{doc}}`The verdict <experiments/verdict>` goes through the paper's claims one by one.

The {{doc}}`method <method>` page describes the published study. Its sections on data and noise are
about the tunes there and not about your files; networks, training, scoring and comparing are the
same. The common setting was {{doc}}`tuned <experiments/tuning>` on the published data, not on
yours.
"""


def book_dir(dataset: str = PUBLISHED) -> Path:
    """Return the source folder of the book on a data set."""
    return study_dir(dataset) / "book"


def assemble(dataset: str) -> Path:
    """Write the frame of the book on `dataset`, beside its executed pages, and return its folder.

    Parameters
    ----------
    dataset : str
        As a user writes it. The published book is left as it is.

    Raises
    ------
    StorageError
        If the folder cannot be written.
    """
    published, book = book_dir(), book_dir(dataset)
    if book == published:
        return book
    book.mkdir(parents=True, exist_ok=True)
    for name in SHARED:
        _copy(published / name, book / name)
    config = yaml.safe_load((project_dir() / "_config.yml").read_text(encoding="utf-8"))
    # The theme puts the title into the page both escaped and as it is, so it must mean nothing.
    name = re.sub('[<>&"]', "_", Path(canonical(dataset).partition("?")[0]).name)
    title = f"Subgenres of {name}"
    config["title"] = config["sphinx"]["config"]["html_title"] = title
    files = {
        "_config.yml": yaml.safe_dump(config, allow_unicode=True, sort_keys=False),
        "_toc.yml": yaml.safe_dump(_contents(), sort_keys=False),
        "index.md": INDEX.format(name=canonical(dataset).replace("`", "'")),
    }
    for name, text in files.items():
        with written_aside(book / name) as part:
            part.write_text(text, encoding="utf-8")
    return book


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copyfile(source, target)


def _contents() -> dict[str, object]:
    parts: list[dict[str, object]] = []
    for caption, pages in CHAPTERS:
        files = [f"experiments/{page}" for page in pages]
        if caption == "Reference":
            files += ["method", "references", "api"]
        parts.append({"caption": caption, "chapters": [{"file": file} for file in files]})
    return {"format": "jb-book", "root": "index", "parts": parts}


def build(dataset: str = PUBLISHED) -> Path:
    """Build the book on `dataset` with Jupyter Book and return its first page.

    Raises
    ------
    SubgenreError
        If Jupyter Book finds fault with it; what it says is shown.
    """
    book = assemble(dataset)
    # All pages, since the build does not notice a changed table of contents or style sheet.
    options = ["--all", "--quiet", "-W", "-n", "--keep-going"]
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", str(book), *options]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SubgenreError(
            f"Expected Jupyter Book to build {book}, but it failed:\n{done.stdout}{done.stderr}"
        )
    return book / "_build" / "html" / "index.html"
