"""The book of a study that is not the published one: that book's frame around other pages."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from subgenre.plumbing.errors import SubgenreError
from subgenre.plumbing.files import written_aside
from subgenre.study.places import Study, project_dir

SHARED = (
    "static",
    "extensions",
    "references.bib",
    "references.md",
    "method.md",
    "your_data.md",
    "api.md",
)
"""Parts of the published book that every book needs, for its pages refer to them."""
CHAPTERS = (
    ("Your music", ("your_music", "files", "verdict")),
    (
        "Experiments",
        ("models", "optimizers", "regularization", "initialization", "baselines", "run"),
    ),
    ("Reference", ("tuning",)),
)
OWN_INDEX = """# The study on your music

This book holds the same study as the published one, on other music: `{name}`, with the profile
`{profile}` ({amount}).

- {{doc}}`Your music <experiments/your_music>` goes from the files to a verdict in a few steps.
- {{doc}}`The files <experiments/files>` says what was read, what was skipped and why.
- {{doc}}`The verdict <experiments/verdict>` goes through the paper's claims one by one.

The {{doc}}`method <method>` page describes the published study. Its sections on data and noise are
about the tunes there and not about your files; networks, training, scoring and comparing are the
same. The common setting was {{doc}}`tuned <experiments/tuning>` on the published data, not on
yours.
"""
INDEX = """# A look around

This is **not** the published report, which has more runs. It is the same study on the same music,
made here with the profile `{profile}` ({amount}). Read it for the shape of the curves and tables.

- {{doc}}`The verdict <experiments/verdict>` goes through the paper's claims one by one.
- {{doc}}`The data <experiments/data>` and {{doc}}`the networks <experiments/models>` are those of
  the report.
- {{doc}}`Your own music <your_data>` can go through the same study.
"""


def assemble(study: Study) -> Path:
    """Write the frame of a study's book, beside its executed pages, and return its folder.

    Parameters
    ----------
    study : Study
        The published book is left as it is.

    Raises
    ------
    StorageError
        If the folder cannot be written.
    """
    published, book = Study.of("paper").book, study.book
    if study.is_published:
        return book
    book.mkdir(parents=True, exist_ok=True)
    for name in SHARED:
        _copy(published / name, book / name)
    config = yaml.safe_load((project_dir() / "_config.yml").read_text(encoding="utf-8"))
    # The theme puts the title into the page both escaped and as it is, so it must mean nothing.
    name = re.sub('[<>&"]', "_", Path(study.dataset.place).name)
    title = f"Subgenres of {name}, profile {study.profile.name}"
    config["title"] = config["sphinx"]["config"]["html_title"] = title
    own = not study.dataset.is_published
    files = {
        "_config.yml": yaml.safe_dump(config, allow_unicode=True, sort_keys=False),
        "_toc.yml": yaml.safe_dump(_contents(), sort_keys=False)
        if own
        else (project_dir() / "_toc.yml").read_text(encoding="utf-8"),
        "index.md": (OWN_INDEX if own else INDEX).format(
            name=str(study.dataset).replace("`", "'"),
            profile=study.profile.name,
            amount=f"seeds: {len(study.profile.seeds)}, epochs: {study.profile.epochs}",
        ),
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
            files += ["your_data", "method", "references", "api"]
        parts.append({"caption": caption, "chapters": [{"file": file} for file in files]})
    return {"format": "jb-book", "root": "index", "parts": parts}


def build(study: Study) -> Path:
    """Build a study's book with Jupyter Book and return its first page.

    Raises
    ------
    SubgenreError
        If Jupyter Book finds fault with it; what it says is shown.
    """
    book = assemble(study)
    # All pages, since the build does not notice a changed table of contents or style sheet.
    options = ["--all", "--quiet", "-W", "-n", "--keep-going"]
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", str(book), *options]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SubgenreError(
            f"Expected Jupyter Book to build {book}, but it failed:\n{done.stdout}{done.stderr}"
        )
    return book / "_build" / "html" / "index.html"
