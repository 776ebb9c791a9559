"""Notebooks to pages of the book: rehearsed, executed, tidied, written whole or not at all."""

import ast
import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from tqdm import tqdm

from subgenre.config import digest, one_of, unfit, whole
from subgenre.data.dataset import Dataset
from subgenre.models.scores import METRICS
from subgenre.plumbing.errors import SubgenreError
from subgenre.plumbing.files import CACHE_VARIABLE, cache_dir, usable_dir, written_aside
from subgenre.plumbing.workers import in_parallel
from subgenre.study.experiments import EXPERIMENTS, NETWORKS, TUNING_PROFILE, cells
from subgenre.study.places import STUDIES_VARIABLE, Study, project_dir

#: The front page of the published report; other books have a front page that says what they are.
FRONT = "answer"
#: The notebooks of a book on the published data set; on other music the first one is `files`.
PAGES = (
    *("data", "models", *EXPERIMENTS, "verdict", "baselines", "run", "labels", "decline"),
    *("runs", "tuning", "your_music", "cluster"),
)
PLAYED = ("song", "game")  #: more of them, which no book on other music has
NOTEBOOKS = ("files", FRONT, *PAGES, *PLAYED)
REHEARSED = ("run", "verdict")  # which show the most of the music's names and of the records
PACKAGE = Path(__file__).parents[1]
KERNEL_STARTS = 3  # side by side they may take one another's ports, and die then
#: What the outputs of two executions differ in: addresses of objects, dates of figures.
CHANGING = re.compile(r" at 0x[0-9a-f]+|<dc:date>[^<]*</dc:date>")

#: Colours of pictures (`subgenre.data.drawing`) that are pale on one of the book's two grounds.
THEMED = {"#7a7a7a": "--ink", "#0072b2": "--blue"}
THEMES = (
    "svg{--ink:#444;--blue:#0072b2}"
    "@media(prefers-color-scheme:dark){svg{--ink:#c8c8c8;--blue:#4ba3dd}}"
)


def notebooks_dir() -> Path:
    """Return the folder of the notebooks' sources."""
    return project_dir() / "notebooks"


def pages_of(study: Study) -> tuple[str, ...]:
    """Return the names of the notebooks that make the book of a study."""
    front = (FRONT,) * study.is_published
    return (*front, *PAGES, *PLAYED) if study.dataset.is_published else ("files", *PAGES[1:])


def execute(name: str, parameters: Mapping[str, object], output: Path) -> None:
    """Execute one of `NOTEBOOKS` and write it, tidied; `output` stays if anything fails.

    `parameters` are values, or what a user typed for them, of names that the notebook's parameters
    cell defines; others are a `ParameterError`. A cell that fails is a `SubgenreError`.
    """
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    one_of("notebook", name, NOTEBOOKS)
    source = str(notebooks_dir() / f"{name}.ipynb")
    parameters = checked(name, parameters, papermill.inspect_notebook(source))
    with written_aside(output) as part:
        # papermill chooses its reader by the ending, so the temporary file has it too.
        aside = part.with_suffix(".ipynb")
        try:
            _run_cells(source, aside, parameters)
            page = tidied(nbformat.read(aside, as_version=4))
            page.metadata.subgenre = {"made_from": made_from(name, parameters)}
            nbformat.write(page, part)
        except (PapermillExecutionError, RuntimeError) as error:
            what = (
                f"a cell failed: {error.ename}: {error.evalue}"
                if isinstance(error, PapermillExecutionError)
                else f"its kernel ended ({error}): start again, what is finished is kept; 'jupyter "
                "kernelspec list' should say that python3 is this environment's."
            )
            raise SubgenreError(f"Expected the notebook {name} to run, but {what}") from error
        finally:
            aside.unlink(missing_ok=True)


def checked(
    name: str, parameters: Mapping[str, Any], known: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """Return parameters as their defaults' types: a text stays one, be it 1990, yes or null.

    All that our notebooks have is text or a whole number.
    """
    values = {}
    for parameter, value in parameters.items():
        one_of(f"parameter of {name}", parameter, known)
        if isinstance(ast.literal_eval(known[parameter]["default"]), int):
            with suppress(TypeError, ValueError):  # what is no number is refused as it is
                value = json.loads(value)
            whole(parameter, value)
        elif not isinstance(value, str) or value != value.encode(errors="ignore").decode():
            raise unfit(parameter, "as letters that a notebook can hold", value)
        values[parameter] = value
    return values


def _run_cells(source: str, target: Path, parameters: Mapping[str, object]) -> None:
    """Execute in a kernel of this environment that neither reads nor needs the user's home."""
    import papermill

    for variable in ("JUPYTER_PATH", "MPLBACKEND"):
        os.environ.pop(variable, None)
    os.environ["MATPLOTLIBRC"] = os.devnull
    for name in ("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        folder = usable_dir(cache_dir() / "jupyter" / name.lower(), CACHE_VARIABLE)
        os.environ[name] = str(folder.resolve())
    # No notes on the terminal, and no modules from the folder where one stands.
    options = ["--IPKernelApp.log_level=CRITICAL", "--IPKernelApp.ignore_cwd=1"]
    for attempt in range(1, KERNEL_STARTS + 1):
        try:
            papermill.execute_notebook(
                source, target, dict(parameters), progress_bar=False, extra_arguments=options
            )
            return
        except RuntimeError as error:
            if "before replying" not in str(error) or attempt == KERNEL_STARTS:
                raise


def made_from(name: str, parameters: Mapping[str, object]) -> str:
    """Return a hash of what a page depends on: notebook, parameters, package and records."""
    package = [path for end in ("py", "csv") for path in sorted(PACKAGE.rglob(f"*.{end}"))]
    study = Study.of(**{k: str(parameters[k]) for k in ("profile", "dataset") if k in parameters})
    studies = [study, Study.of(TUNING_PROFILE)] if name == "tuning" else [study]
    records = [path for one in studies for path in sorted(one.records.glob("*.json"))]
    sources = [notebooks_dir() / f"{name}.ipynb", *package, *records]
    contents = [hashlib.sha256(path.read_bytes()).hexdigest() for path in sources]
    return digest([dict(parameters), contents])


def is_current(page: Path, name: str, parameters: Mapping[str, object]) -> bool:
    """Tell whether executing the notebook again would give the page that is there."""
    with suppress(OSError, KeyError, TypeError, ValueError):
        made = json.loads(page.read_text(encoding="utf-8"))["metadata"]["subgenre"]["made_from"]
        return bool(made == made_from(name, parameters))
    return False


def tidied(notebook: Any) -> Any:
    """Return a `NotebookNode` without what changes from run to run, its pictures `themed`."""
    tags = [cell.metadata.get("tags", []) for cell in notebook.cells]
    injected = any("injected-parameters" in some for some in tags)
    notebook.metadata.pop("papermill", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for place, cell in enumerate(notebook.cells):
        cell.id = f"cell-{place}"
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if injected and "parameters" in tags[place]:
            cell.metadata.tags = ["parameters", "remove-cell"]  # the injected values count
        if cell.cell_type == "code":  # progress and warnings, with paths of this machine
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
            for data in (output.get("data", {}) for output in cell.outputs):
                for kind in data.keys() & {"text/plain", "image/svg+xml"}:
                    data[kind] = CHANGING.sub("", data[kind])
                if "image/svg+xml" in data:
                    data["image/svg+xml"] = themed(data["image/svg+xml"])
    return notebook


def themed(svg: str) -> str:
    """Return a picture whose ink and blue follow the page's theme, as browsers tell pictures."""
    for colour, variable in THEMED.items():
        svg = svg.replace(colour, f"var({variable})")
    return svg.replace("<defs>", f"<style>{THEMES}</style><defs>", 1)


def execute_all(
    study: Study,
    names: Sequence[str] | None = None,
    n_workers: int | None = None,
    progress: bool = True,
) -> list[Path]:
    """Execute notebooks, or all of a study's book, but those whose page is up to date.

    Those that are finished are kept if another fails; the pages written now are returned.
    """
    parameters = {"profile": study.profile.name, "dataset": str(study.dataset)}
    pages = {name: study.pages / f"{name}.ipynb" for name in names or pages_of(study)}
    outputs = {name: page for name, page in pages.items() if not is_current(page, name, parameters)}
    if not outputs:
        return []
    calls = ((name, parameters, output) for name, output in outputs.items())
    finished = in_parallel(execute, calls, n_workers, in_order=False)
    list(tqdm(finished, "notebooks", len(outputs), disable=not progress))
    return list(outputs.values())


def rehearse(study: Study, music: Dataset) -> None:
    """Execute pages on made-up answers, unless no record is missing; an error says which fails.

    A study does so before it trains: what fails in its pages shall not cost hours first.
    """
    from subgenre.data.clips import Clips  # which a page does without
    from subgenre.study.records import Record, Store

    grid = [cell for name in (*EXPERIMENTS, *NETWORKS) for cell in cells(name, study)]
    configs = dict.fromkeys(config for cell in grid for config in cell.configs)
    store, given = Store.of(study), os.environ.get(STUDIES_VARIABLE, "")  # empty is as not set
    if all(store.path(config.key(music.fingerprint)).is_file() for config in configs):
        return
    seeds, rng = {config.seed for config in configs}, np.random.default_rng(0)
    clips = Clips(Path(), music.tracks, music.labels, music.fingerprint, music.splits, music.extra)
    splits = {seed: vars(clips.split(seed)) for seed in seeds}
    evenly, seconds = np.ones(len(music.labels)), {"training": 0.0, "all": 0.0}
    history = {prefix + one: [0.25, 0.5] for prefix in ("", "val_") for one in ("loss", *METRICS)}
    with TemporaryDirectory() as folder:
        os.environ[STUDIES_VARIABLE] = folder
        try:
            store = Store.of(study)
            store.put_clips(music.fingerprint, music.tracks)
            for config in configs:
                rows = splits[config.seed]
                answers = {part: rng.dirichlet(evenly, len(some)) for part, some in rows.items()}
                record = Record.of(config, clips, rows, answers, seconds, (), 0, history)
                store.put(record.to_bytes())
            execute_all(study, REHEARSED, n_workers=1)  # other workers may know the other folder
        except SubgenreError as error:
            raise SubgenreError(
                "Expected the pages to work on made-up answers, which is tried before anything "
                f"is trained; nothing was trained yet. {error}"
            ) from error
        finally:
            os.environ[STUDIES_VARIABLE] = given
