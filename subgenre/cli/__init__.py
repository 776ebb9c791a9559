"""The command line: ``subgenre study | book | run | data | page | results`` and more."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pandas as pd
import yaml

from subgenre import __version__
from subgenre.cli.collect import collect_command
from subgenre.cli.model import predict_command, train_command
from subgenre.cli.options import (
    DATASET,
    PROFILE,
    SEED,
    STRICT,
    WORKERS,
    model_option,
    run_config,
    settings,
)
from subgenre.config import (
    INITIALIZERS,
    OPTIMIZERS,
    RECURRENT_CELLS,
    RunConfig,
    one_of,
)
from subgenre.plumbing.errors import SubgenreError
from subgenre.plumbing.text import escape_what_cannot_be_written, printable
from subgenre.study.experiments import cells, experiments_of
from subgenre.study.places import Study

if TYPE_CHECKING:
    from subgenre.data import Dataset


class Refused(click.ClickException):
    """An error that the user can mend."""

    exit_code = 2


class OneSentence(click.Group):
    """A group whose own errors end as one sentence and exit code 2, without a traceback."""

    def invoke(self, context: click.Context) -> object:
        """Run the command."""
        escape_what_cannot_be_written(sys.stdout)
        try:
            return super().invoke(context)
        except SubgenreError as error:
            raise Refused(str(error)) from error


@click.group(cls=OneSentence, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Train, collect and read a reproducible study of music subgenre classification."""


@main.command()
@PROFILE
@DATASET
@WORKERS
@click.option("--experiment", "experiments", multiple=True, help="Only this one; repeatable.")
@click.option("--pages/--no-pages", default=True, help="Execute the notebooks into the book.")
@STRICT
def study(
    profile: str,
    dataset: str,
    workers: int | None,
    experiments: tuple[str, ...],
    pages: bool,
    strict: bool,
) -> None:
    """Train what has no record yet, then execute the notebooks into the book."""
    from subgenre.data import load_music
    from subgenre.report.pages import execute_all
    from subgenre.study.runner import baseline_results, run_experiments

    here = Study.of(profile, dataset)
    names = experiments_of(here.profile, experiments)
    own = not here.dataset.is_published
    music = load_music(here.data, strict=strict)
    if own:
        click.echo("\n".join(_counts_of_left_out(music, here)))
    result = run_experiments(names, here, workers, music=music)
    seconds = sum(record.seconds["all"] for record in result.records.values())
    click.echo(f"{len(result.records)} runs have records ({seconds / 60:.1f} minutes of training).")
    if not here.profile.tuning:
        baseline_results(here, workers, music=music)
    if pages:
        written = execute_all(here, n_workers=workers)
        click.echo(
            f"{len(written)} notebooks were executed into {here.pages}, the rest was current."
        )


def _counts_of_left_out(music: "Dataset", here: Study) -> Iterator[str]:
    """Yield how much of the music is not used or odd; write the list of it."""
    from subgenre.data.files.skipped import cap_in_words, write_list

    path = write_list(music, here.records)
    n_skipped, n_noted = len(music.skipped), len(music.notes)
    yield f"skipped: {n_skipped:,}   noted: {n_noted:,}   listed in {path}"
    if cap_in_words(music):
        yield f"left out: {cap_in_words(music)}"


@main.command()
@PROFILE
@DATASET
@SEED
@model_option("cnn")
@settings
@click.option("--optimizer", type=click.Choice(OPTIMIZERS), default="adam", show_default=True)
@click.option("--crop", type=float, help="Share of a training clip heard at a time.")
@click.option("--band-shift", type=click.IntRange(min=0), help="Bands, up or down, in training.")
@click.option("--time-mask", type=click.IntRange(min=0), help="Frames a mask may hide.")
@click.option("--frequency-mask", type=click.IntRange(min=0), help="Bands a mask may hide.")
@click.option("--width", type=float, help="Factor on the size of every layer.")
@click.option("--dropout", type=float, help="The study's unless given.")
@click.option("--batch-normalization/--no-batch-normalization", default=True, show_default=True)
@click.option("--dropout-first", is_flag=True, help="Dropout before batch normalization.")
@click.option(
    "--initializer",
    "kernel_initializer",
    type=click.Choice(INITIALIZERS),
    default="glorot_uniform",
    show_default=True,
)
@click.option("--initialize-recurrent", is_flag=True, help="The recurrent kernels too.")
@click.option(
    "--cell",
    "recurrent_cell",
    type=click.Choice(RECURRENT_CELLS),
    default="gru",
    show_default=True,
)
@click.option("--again", is_flag=True, help="Train even if there is a record, and compare.")
@click.option(
    "--record",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Repeat the run of this record, whatever the other options say, and compare.",
)
def run(**options: Any) -> None:
    """Train one network with one setting and one seed, and print its record's scores."""
    from subgenre.study.records import Store
    from subgenre.study.runner import repeat, run_all

    again = options["again"] or options["record"] is not None
    if options["record"]:
        config, store = _recorded_config(options["record"]), Store(options["record"].parent)
    else:
        config = run_config(options)
        store = Store.of(Study.of(options["profile"], options["dataset"]))
    if again:
        same = repeat(config, store)
        click.echo(f"The repeated run gave {'the same' if same else 'OTHER'} numbers.")
    record = run_all([config], store)[config]
    click.echo(pd.DataFrame(record.scores).T.to_string(float_format="{:.4f}".format))
    click.echo(f"record: {store.path(record.key)}")
    if again and not same:
        sys.exit(1)


def _recorded_config(path: Path) -> RunConfig:
    from subgenre.study.records import Record

    try:
        return RunConfig.from_dict(Record.from_bytes(path.read_bytes()).config)
    except (ValueError, TypeError) as error:
        raise SubgenreError(
            f"Expected {path} to be a run's record, but {error}: name another file."
        ) from error


@main.command()
@click.option("--profile", default="paper", show_default=True, help="That made its pages.")
@DATASET
def book(profile: str, dataset: str) -> None:
    """Build the book of a study from its executed notebooks, with Jupyter Book."""
    from subgenre.report.book import build

    here = Study.of(profile, dataset)
    click.echo(f"The book: {build(here)}")
    if not here.is_published:
        click.echo(f"The published report: {Study.of('paper').book} (make book builds it).")


@main.command()
@PROFILE
@DATASET
@WORKERS
@STRICT
@click.option("--audio", type=click.Path(path_type=Path), help="Also write the clips there as WAV.")
def data(profile: str, dataset: str, workers: int | None, strict: bool, audio: Path | None) -> None:
    """Prepare a data set, and say what is in it and what was skipped."""
    from subgenre.data import load_music
    from subgenre.data.clips import prepare, write_audio

    here = Study.of(profile, dataset)
    music = load_music(here.data, strict=strict)
    click.echo("\n".join(_contents(music, here)))
    clips = prepare(music, here.data, workers)
    click.echo(f"spectrograms: {clips.folder}")
    if audio:
        write_audio(music, here.data, audio)
        click.echo(f"audio: {audio}")


def _contents(music: "Dataset", here: Study) -> Iterator[str]:
    """Yield what is in the music, and what of it is left out or odd."""
    own = not here.dataset.is_published
    yield (_counts_by_class(music) if own else _counts_by_book(music)).to_string()
    n_groups = len({track.group for track in music.tracks})
    yield f"groups: {n_groups}   fingerprint: {music.fingerprint}"
    if own:
        from subgenre.data.files.skipped import in_lines, write_list

        path = write_list(music, here.records)
        yield from in_lines(music, str(path))
        yield f"skipped and noted, the whole list: {path}"


def _counts_by_class(music: "Dataset") -> pd.DataFrame:
    from subgenre.report.files import class_counts

    return class_counts(music).rename(index=printable)


def _counts_by_book(music: "Dataset") -> pd.DataFrame:
    tracks = pd.DataFrame(music.tracks)
    return pd.crosstab(tracks["label"], tracks["collection"], margins=True)


@main.command()
@click.argument("notebook")
@click.argument("output", type=click.Path(path_type=Path, dir_okay=False))
@click.option("-p", "parameters", nargs=2, multiple=True, help="A parameter and its value.")
def page(notebook: str, output: Path, parameters: tuple[tuple[str, str], ...]) -> None:
    """Execute one notebook, as papermill does, but refuse parameters that it does not have."""
    from subgenre.report.pages import execute

    execute(notebook, {name: yaml.safe_load(value) for name, value in parameters}, output)
    click.echo(f"{notebook} was executed into {output}.")


@main.command()
@PROFILE
@DATASET
@click.option("--experiment", "experiments", multiple=True, help="Only this one; repeatable.")
@click.option("--format", "form", type=click.Choice(["table", "csv"]), default="table")
def results(profile: str, dataset: str, experiments: tuple[str, ...], form: str) -> None:
    """Print one row per cell of the tables, from records alone; nothing is trained."""
    from subgenre.report.tables import COLUMNS, stored_rows
    from subgenre.study.baselines import EXPERIMENT as BASELINES
    from subgenre.study.baselines import baseline_cells
    from subgenre.study.records import Store

    here = Study.of(profile, dataset)
    own = (*experiments_of(here.profile), BASELINES)
    grid = []
    for name in experiments or own:
        one_of("experiment", name, own)
        grid += baseline_cells(here) if name == BASELINES else cells(name, here)
    rows = stored_rows(grid, Store.of(here))[list(COLUMNS)]
    if rows.empty:
        raise SubgenreError(
            f"Expected records of profile {profile}, but there are none: run "
            f"'subgenre study --profile {profile}' first."
        )
    text = rows.to_csv(index=False) if form == "csv" else rows.to_string(index=False)
    click.echo(text.rstrip("\n"))


for command in (train_command, predict_command, collect_command):
    main.add_command(command)


if __name__ == "__main__":
    main()
