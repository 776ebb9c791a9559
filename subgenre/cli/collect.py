"""The command `subgenre collect`."""

import sys
from pathlib import Path

import click

from subgenre.data.collecting.collection import MISSING, collect


@click.command("collect")
@click.argument("playlists", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("music"),
    show_default=True,
    help="Folder for the songs and their manifest.",
)
def collect_command(playlists: Path, output: Path) -> None:
    """Fetch the songs of playlists by class, and write the manifest of a data set.

    Ends with exit code 1 if something could not be had; start it again to try that again.
    """
    collected = collect(playlists, output)
    click.echo(f"{collected.n_tracks} songs are there: --dataset {collected.manifest}")
    if collected.missing:
        click.echo(
            f"{len(collected.missing)} could not be had, with reasons in "
            f"{collected.manifest.with_name(MISSING)}; start again to try them again.",
            err=True,
        )
        sys.exit(1)
