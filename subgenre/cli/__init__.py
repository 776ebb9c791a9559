"""The command line: ``subgenre study | book | run | data | page | results`` and more.

Each command imports what it needs when it runs, so that ``--help`` and mistakes are answered fast.
"""

import errno
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from subgenre import __version__
from subgenre.cli import model, options
from subgenre.config import RunConfig, one_of, unfit
from subgenre.plumbing.errors import SubgenreError
from subgenre.plumbing.files import usable_dir
from subgenre.plumbing.text import escape_what_cannot_be_written, printable

if TYPE_CHECKING:
    from subgenre.study.places import Study

#: Settings of a run that are options already, or a part of the data set's name.
OF_THE_NAME = ("name", "dataset", "clip_seconds", "clip_hop_seconds")
SHOWN = {"help_option_names": ["-h", "--help"], "show_default": True}


class OneSentence(click.Group):
    """A group whose errors of our own end as one sentence and exit code 2, without a traceback."""

    def invoke(self, context: click.Context) -> object:
        """Run the command."""
        escape_what_cannot_be_written(sys.stdout)
        os.environ["PYTHONSAFEPATH"] = "1"  # no process of ours runs what lies where one stands
        try:
            return super().invoke(context)
        except SubgenreError as error:
            raise click.UsageError(str(error)) from error
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            place = error.filename or "what is written"
            said = f"Expected room for {place} ({error.strerror}): make some, and start again."
            raise click.UsageError(said) from error


@click.group(cls=OneSentence, context_settings=SHOWN)
@click.version_option(__version__)
def main() -> None:
    """Train, collect and read a reproducible study of music subgenre classification."""


@main.command()
@options.study()
@options.WORKERS
@options.EXPERIMENT
@click.option("--pages/--no-pages", default=True, help="Execute the notebooks into the book.")
@click.option("--scheduler", help="Of a Dask cluster: tcp://host:port, or local.")
@options.STRICT
def study(
    here: "Study",
    workers: int | None,
    experiments: tuple[str, ...],
    pages: bool,
    scheduler: str | None,
    strict: bool,
) -> None:
    """Train what has no record yet, then execute the notebooks into the book."""
    from subgenre.plumbing.cluster import on_cluster
    from subgenre.plumbing.surroundings import VERSIONED
    from subgenre.report.pages import execute_all, rehearse
    from subgenre.study.experiments import experiments_of
    from subgenre.study.runner import baseline_results, run_experiments

    names = experiments_of(here.profile, experiments)
    music = options.load_music(here, here.data, strict)
    if pages and not here.dataset.is_published:
        rehearse(here, music)
    place = None if here.dataset.is_published else Path(here.dataset.place).resolve()
    with on_cluster(scheduler, VERSIONED, place, workers):
        result = run_experiments(names, here, workers, music=music)
        if not here.profile.tuning:
            baseline_results(here, workers, music=music)
    minutes = sum(record.seconds["all"] for record in result.records.values()) / 60
    click.echo(f"{len(result.records)} runs have records ({minutes:.1f} minutes of training).")
    if pages:
        n_pages = len(execute_all(here, n_workers=workers))
        click.echo(f"{n_pages} notebooks were executed into {here.pages}, the rest was current.")


@main.command()
@options.study()
@options.settings(*(name for name in options.FIELDS if name not in OF_THE_NAME))
@click.option("--again", is_flag=True, help="Train even if there is a record, and compare.")
@click.option("--record", type=options.THERE, help="Repeat the run of this record, and no other.")
def run(here: "Study", again: bool, record: Path | None, **changes: Any) -> None:
    """Train one network with one setting and one seed, and print its record's scores."""
    import pandas as pd

    from subgenre.study.records import Record, Store
    from subgenre.study.runner import repeat, run_all

    if record:
        try:
            config = RunConfig.from_dict(Record.from_bytes(record.read_bytes()).config)
        except (ValueError, TypeError) as error:
            raise unfit("--record", f"to be a run's record ({error})", str(record)) from error
        store = Store(record.parent)
    else:
        config, store = options.run_config(here, changes), Store.of(here)
    music = options.load_music(here, config.data, err=True)
    done = run_all([config], store, music=music)[config]
    far = False
    if again or record:
        done, new, spread = repeat(config, store)
        first, second = (one.scores["test"]["macro_f1"] for one in (done, new))
        same = new.results() == done.results()
        far = abs(first - second) > 2 * spread  # which a single record does not tell
        click.echo(
            f"The repeated run gave {'the same' if same else 'OTHER'} numbers.\nTest macro F1: "
            f"{second:.4f} on {new.processor}, {first:.4f} in the record, on {done.processor}; "
            f"standard deviation between runs of this setting: {spread:.4f}."
        )
    click.echo(pd.DataFrame(done.scores).T.to_string(float_format="{:.4f}".format))
    click.echo(f"record: {store.path(done.key)}")
    sys.exit(int(far))  # another processor gives other digits


@main.command()
@options.study("paper")
def book(here: "Study") -> None:
    """Build the book of a study from its executed notebooks, with Jupyter Book."""
    from subgenre.report.book import build
    from subgenre.study.places import Study

    click.echo(f"The book: {build(here)}")
    if not here.is_published:
        first = Study.of("paper").book / "_build" / "html" / "index.html"
        click.echo(f"The published report: {first if first.is_file() else 'make book builds it'}")


@main.command()
@options.study()
@options.WORKERS
@options.STRICT
@click.option("--export", "folder", type=options.FOLDER, help="Also write audio and lists there.")
@options.CLEAN
def data(
    here: "Study", workers: int | None, strict: bool, folder: Path | None, clean: bool
) -> None:
    """Prepare a data set, and say what is in it and what was skipped.

    An export is divided as seed 0 divides it. Each clip has the noise that networks hear it in.
    """
    import pandas as pd

    from subgenre.data.clips import prepare
    from subgenre.data.export import export
    from subgenre.report.files import class_counts

    if folder and any(usable_dir(folder, "--export").iterdir()):  # readers take all that is there
        raise unfit("--export", "to be an empty folder", str(folder))
    config = replace(here.data, snr_db=None) if clean else here.data
    music = options.load_music(here, config, strict)
    tracks, table = pd.DataFrame(music.tracks), class_counts(music).rename(index=printable)
    if here.dataset.is_published:
        table = pd.crosstab(tracks["label"], tracks["collection"], margins=True)
    click.echo(table.to_string())
    click.echo(f"groups: {tracks['group'].nunique()}   fingerprint: {music.fingerprint}")
    clips = prepare(music, config, workers)
    click.echo(f"spectrograms: {clips.folder}")
    if folder:
        export(music, config, clips.split(seed=0), folder)
        click.echo(f"export: {folder}")


@main.command()
@click.argument("notebook")
@click.argument("output", type=options.FILE)
@click.option("-p", "parameters", nargs=2, multiple=True, help="A parameter and its value.")
def page(notebook: str, output: Path, parameters: tuple[tuple[str, str], ...]) -> None:
    """Execute one notebook, as papermill does, but refuse parameters that it does not have."""
    from subgenre.report.pages import execute

    execute(notebook, dict(parameters), output)
    click.echo(f"{notebook} was executed into {output}.")


@main.command()
@options.study()
@options.EXPERIMENT
@click.option("--format", "form", type=click.Choice(["table", "csv"]), default="table")
def results(here: "Study", experiments: tuple[str, ...], form: str) -> None:
    """Print one row per cell of the tables, from records alone; nothing is trained."""
    from subgenre.report.tables import COLUMNS, stored_rows
    from subgenre.study import baselines
    from subgenre.study.experiments import cells, experiments_of
    from subgenre.study.records import Store

    grids = {name: cells(name, here) for name in experiments_of(here.profile)}
    grids[baselines.EXPERIMENT] = baselines.baseline_cells(here)
    for name in experiments:
        one_of("experiment", name, grids)
    grid = [cell for name in experiments or grids for cell in grids[name]]
    rows = stored_rows(grid, Store.of(here))[list(COLUMNS)]
    if rows.empty:
        raise SubgenreError(
            f"Expected records of a study, but there are none: run 'subgenre study --profile "
            f"{here.profile.name}' first."
        )
    text = rows.to_csv(index=False) if form == "csv" else rows.to_string(index=False)
    click.echo(text.rstrip("\n"))


for command in (model.train_command, model.predict_command, model.collect_command):
    main.add_command(command)
