"""The book of a study that is not the published one: that book's frame around other pages."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from subgenre.plumbing.errors import SubgenreError
from subgenre.plumbing.files import written_aside
from subgenre.report.pages import FRONT, pages_of
from subgenre.study.places import Study, project_dir

LISTEN = "Listen and play"  # a part of the contents on the published data set alone
TEXTS = ("references", "method", "your_data", "api")
#: Parts of the published book that every book needs, for its pages refer to them.
SHARED = ("static", "extensions", "examples", "references.bib", *(f"{name}.md" for name in TEXTS))


def assemble(study: Study) -> Path:
    """Write the frame of a study's book, unless published, around its pages; return its folder."""
    published, book = Study.of("paper").book, study.book
    if study.is_published:
        return book
    for name in SHARED:
        _copy(published / name, book / name)
    config = yaml.safe_load((project_dir() / "_config.yml").read_text(encoding="utf-8"))
    # The theme puts the title into the page both escaped and as it is, so it must mean nothing.
    name = re.sub('[<>&"]', "_", Path(study.dataset.place).name)
    title = f"Subgenres of {name}, profile {study.profile.name}"
    config["title"] = config["sphinx"]["config"]["html_title"] = title
    contents = (project_dir() / "_toc.yml").read_text(encoding="utf-8")
    contents = contents.replace(f"root: experiments/{FRONT}\n", "root: index\n")
    contents = contents.replace("experiments/data\n", f"experiments/{pages_of(study)[0]}\n")
    if not study.dataset.is_published:
        contents = re.sub(rf"  - caption: {LISTEN}\n(    .*\n)+", "", contents)
    frame = "look_around.md" if study.dataset.is_published else "own_music.md"
    front = (published / "frames" / frame).read_text(encoding="utf-8")
    profile, dataset = study.profile, str(study.dataset).replace("`", "'")
    amount = f"seeds: {len(profile.seeds)}, epochs: {profile.epochs}"
    front = front.format(name=dataset, profile=profile.name, amount=amount)
    settings = yaml.safe_dump(config, allow_unicode=True, sort_keys=False)
    for file, text in (("_config.yml", settings), ("_toc.yml", contents), ("index.md", front)):
        with written_aside(book / file) as part:
            part.write_text(text, encoding="utf-8")
    return book


def _copy(source: Path, target: Path) -> None:
    """Copy what is in files, but not their modes: a checkout may be read-only."""
    for path in source.rglob("*") if source.is_dir() else [source]:
        if path.is_file():
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)


def build(study: Study) -> Path:
    """Build a study's book with Jupyter Book, which is strict, and return its first page."""
    book = assemble(study)
    for name in ("_config.yml", "_toc.yml"):
        if len((book / name).read_text(encoding="utf-8").splitlines()) < 2:
            raise SubgenreError(
                f"Expected {book / name} to be a link to the file of that name above it; this "
                "checkout was made without links, as on Windows: copy _config.yml and _toc.yml "
                "into that folder."
            )
    # All pages, since the build does not notice a changed table of contents or style sheet.
    options = ["--all", "--quiet", "-W", "-n", "--keep-going"]
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", str(book), *options]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SubgenreError(
            f"Expected Jupyter Book to build {book}, but it failed:\n{done.stdout}{done.stderr}"
        )
    return book / "_build" / "html" / "index.html"
