"""Options that several commands share, and the configuration that they add up to."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import click

from subgenre.config import MODELS, PROFILES, RunConfig
from subgenre.data.names import PUBLISHED
from subgenre.study.experiments import common_config
from subgenre.study.places import Study

PROFILE = click.option(
    "--profile",
    default="quick",
    show_default=True,
    help=f"How much work: {', '.join(PROFILES)}.",
)
DATASET = click.option(
    "--dataset",
    default=PUBLISHED,
    show_default=True,
    help="A folder with a sub-folder per class, a manifest .csv, fma:, gtzan:, ballroom: or "
    "giantsteps: with a path; options follow a question mark, as in music?clip_seconds=5&snr_db=6.",
)
STRICT = click.option("--strict", is_flag=True, help="Stop at the first file that cannot be used.")
WORKERS = click.option("--workers", type=click.IntRange(min=1), help="Processes; one per core.")
SEED = click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
SETTINGS = (
    click.option("--epochs", type=click.IntRange(min=1), help="The profile's unless given."),
    click.option(
        "--clips-per-class", type=click.IntRange(min=1), help="The profile's unless given."
    ),
    click.option("--snr-db", type=float, help="Signal-to-noise ratio in dB; the data set's own."),
    click.option("--clean", is_flag=True, help="Add no noise."),
    click.option("--learning-rate", type=float, help="The study's unless given."),
    click.option("--batch-size", type=click.IntRange(min=1), help="The study's unless given."),
)


def model_option(default: str) -> Any:
    """Return the option ``--model`` with its default."""
    return click.option("--model", type=click.Choice(MODELS), default=default, show_default=True)


def settings(command: Any) -> Any:
    """Give a command the options `SETTINGS`."""
    for option in reversed(SETTINGS):
        command = option(command)
    return command


def run_config(options: Mapping[str, Any]) -> RunConfig:
    """Return the profile's common configuration with what the user changed.

    Parameters
    ----------
    options : mapping
        ``profile``, ``dataset``, ``seed``, ``model`` and ``clean``, and any field of the
        configuration by its own name; None leaves a field as it is.

    Raises
    ------
    ParameterError
        If a value is unknown or impossible.
    """
    common = common_config(Study.of(options["profile"], options["dataset"]), options["seed"])

    def changed(part: Any) -> Any:
        fields = vars(part).keys() & options.keys() - {"dataset", "seed"}
        return replace(
            part, **{name: options[name] for name in fields if options[name] is not None}
        )

    data = changed(common.data)
    if options.get("clip_seconds") is not None and options.get("clip_hop_seconds") is None:
        data = replace(data, clip_hop_seconds=data.clip_seconds)
    return replace(
        common,
        data=replace(data, snr_db=None) if options["clean"] else data,
        model=replace(changed(common.model), name=options["model"]),
        training=changed(common.training),
    )
