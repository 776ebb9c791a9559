"""Options that several commands share, and the configuration that they add up to."""

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from subgenre.config import PROFILES, DataConfig, ModelConfig, RunConfig, TrainingConfig
from subgenre.plumbing.errors import DataError, TooLittleError

if TYPE_CHECKING:
    import subgenre.data.dataset
    from subgenre.study.places import Study

Decorator = Callable[[Callable], Callable]
PARTS = (RunConfig, DataConfig, TrainingConfig, ModelConfig)
#: The settings of a run by their names, of which no two are the same.
FIELDS = {one.name: one for part in PARTS for one in fields(part) if one.metadata}
FLAGS = {"name": "model", "kernel_initializer": "initializer", "recurrent_cell": "cell"}
#: Settings whose default depends on the profile or the data set.
OF_THE_STUDY = {"epochs", *(one.name for one in fields(DataConfig))} - {"dataset"}
EXPERIMENT = click.option("--experiment", "experiments", multiple=True, help="One; repeatable.")
STRICT = click.option("--strict", is_flag=True, help="Stop at the first file that cannot be used.")
FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
THERE = click.Path(path_type=Path, dir_okay=False, exists=True)
WORKERS = click.option("--workers", type=click.IntRange(1), help="Processes; else one per core.")
CLEAN = click.option("--clean", is_flag=True, help="Add no noise.")


def setting(name: str, **changes: Any) -> Decorator:
    """Return the option of a setting: all that it says is the field's, but for `changes`."""
    default, said = FIELDS[name].default, FIELDS[name].metadata
    low, high = (end if math.isfinite(end) else None for end in (said["low"], said["high"]))
    ranges = {int: click.IntRange(low, high), float: click.FloatRange(low, high)}
    kind = click.Choice(said["choices"]) if said["choices"] else ranges.get(type(default))
    flag = FLAGS.get(name, name.replace("_", "-"))
    shown: dict[str, Any] = {"default": default, "help": said["help"], "type": kind}
    if name in OF_THE_STUDY:
        shown |= {"default": None, "show_default": "the study's"}
    shown |= {"is_flag": isinstance(default, bool), **changes}
    return click.option(f"--{flag}/--no-{flag}" if default is True else f"--{flag}", name, **shown)


def settings(*names: str, model: str = "cnn") -> Decorator:
    """Return a decorator that adds ``--model``, the options of these settings and ``--clean``."""
    options: list[Any] = [setting("name", default=model), *map(setting, names), CLEAN]
    return lambda command: functools.reduce(lambda made, one: one(made), options[::-1], command)


def study(profile: str = "quick") -> Decorator:
    """Return a decorator that turns ``--profile`` and ``--dataset`` into a command's `Study`."""

    def decorate(command: Callable) -> Callable:
        @click.option("--profile", default=profile, help=f"How much: {', '.join(PROFILES)}.")
        @setting("dataset")
        @functools.wraps(command)
        def with_study(profile: str, dataset: str, **options: Any) -> object:
            from subgenre.study.places import Study

            return command(Study.of(profile, dataset), **options)

        return with_study

    return decorate


def load_music(
    here: "Study", config: DataConfig, strict: bool = False, err: bool = False
) -> "subgenre.data.dataset.Dataset":
    """Return a data set; of one's own music print what is left out, and where that is listed."""
    from subgenre.data import load_music
    from subgenre.data.files.skipped import in_lines, write_list

    try:
        music = load_music(config, strict=strict)
    except TooLittleError as error:
        raise DataError(f"{error}; see {write_list(error, here.records)}") from error
    if not here.dataset.is_published:
        listed = str(write_list(music, here.records))
        click.echo("\n".join([*in_lines(music, listed), f"the whole list: {listed}"]), err=err)
    return music


def run_config(study: "Study", changes: Mapping[str, Any]) -> RunConfig:
    """Return the study's common configuration with `changes`: ``clean``, and settings by name.

    None leaves one as it is.
    """
    from subgenre.study.experiments import changed, common_config

    given = {name: value for name, value in changes.items() if value is not None}
    if "clip_seconds" in given:
        given.setdefault("clip_hop_seconds", given["clip_seconds"])
    if changes["clean"]:
        given["snr_db"] = None
    return changed(common_config(study), given)
