"""``subgenre train`` makes a model to use, ``subgenre predict`` uses it."""

import sys
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pandas as pd
from tqdm import tqdm

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
from subgenre.plumbing.errors import ParameterError, StorageError
from subgenre.plumbing.text import printable
from subgenre.plumbing.workers import silent_terminal

if TYPE_CHECKING:
    from subgenre.prediction.classifier import Classifier
    from subgenre.prediction.predict import Found, Prediction


@click.command("train")
@PROFILE
@DATASET
@SEED
@model_option("crnn")
@settings
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("model.keras"),
    show_default=True,
    help="The model file to write.",
)
@click.option("--clip-seconds", type=float, help="Length of the clips that tracks are cut into.")
@click.option(
    "--clip-hop-seconds", type=float, help="From one clip to the next; their length unless given."
)
@STRICT
@WORKERS
@click.option(
    "--calibration-plot",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also draw the reliability of the validation probabilities there, as PNG or SVG.",
)
def train_command(**options: Any) -> None:
    """Train one network, and write it with all that is needed to use it as one file."""
    from subgenre.data import load_music
    from subgenre.data.files.skipped import in_lines

    _start_keras()
    from subgenre.prediction.classifier import require_suffix, train_classifier

    output: Path = options["output"]
    require_suffix(output)
    _require_writable(output)
    config = run_config(options)
    music = load_music(config.data, strict=options["strict"])
    if options["clip_seconds"] not in (None, music.clip_seconds):
        raise ParameterError(
            f"Expected clips of {music.clip_seconds:g} s, which is how {music.name} comes; got "
            f"--clip-seconds {options['clip_seconds']:g}: leave it out."
        )
    for line in in_lines(music, "'subgenre data'"):
        click.echo(line, err=True)
    click.echo(
        f"Training {config.model.name} on {len(music.tracks)} clips of {len(music.labels)} classes "
        f"for {config.training.epochs} epochs ...",
        err=True,
    )
    classifier = train_classifier(config, music, options["workers"], sys.stderr.isatty())
    classifier.save(output)
    click.echo("\n".join(_report(classifier)))
    if options["calibration_plot"]:
        _draw_calibration(classifier, options["calibration_plot"])
        click.echo(f"calibration: {options['calibration_plot']}")
    click.echo(f"model: {output}")


def _start_keras() -> None:
    """Import Keras and wake its back end, which says things to the terminal that are no news."""
    with silent_terminal():
        import keras

        keras.ops.zeros(())


def _require_writable(output: Path) -> None:
    """Raise now, and not after minutes of training, if `output` cannot be written."""
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=output.parent):
            pass
    except OSError as error:
        raise StorageError(
            f"Expected to write {output}, but its folder cannot be written ({error.strerror}): "
            "name another one."
        ) from error


def _report(classifier: "Classifier") -> Iterator[str]:
    """Yield what is worth knowing of a new model: scores and calibration."""
    from subgenre.prediction.calibration import in_words

    about = classifier.about
    table = pd.DataFrame(about.scores).T
    table.insert(0, "clips", pd.Series(about.n_clips))
    yield table.to_string(float_format="{:.3f}".format)
    yield f"best epoch: {about.best_epoch} of {about.config.training.epochs}"
    noise = about.config.data.snr_db
    yield "noise: none" if noise is None else f"noise: {noise:g} dB signal-to-noise ratio"
    yield f"temperature: {about.temperature:.2f} (fitted on the validation clips)"
    for name, one in about.reliabilities.items():
        yield f"{name}: {in_words(one)}"


def _draw_calibration(classifier: "Classifier", path: Path) -> None:
    from subgenre.plumbing.files import written_aside
    from subgenre.prediction.calibration import reliability_diagram

    curves = {
        name: one
        for name, one in classifier.about.reliabilities.items()
        if name.startswith("validation")
    }
    form = "svg" if path.suffix.lower() == ".svg" else "png"
    with written_aside(path) as part:
        reliability_diagram(curves).savefig(part, format=form, dpi=120)


@click.command("predict")
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
)
@click.option(
    "--plot",
    type=click.Path(path_type=Path, file_okay=False),
    help="Draw a picture of each track, spectrogram and probabilities over time, into this folder.",
)
@click.option("--workers", type=click.IntRange(min=1), help="Processes that read files.")
def predict_command(
    model: Path, paths: tuple[Path, ...], form: str, plot: Path | None, workers: int | None
) -> None:
    """Label audio files, and those in folders, with a model that 'subgenre train' wrote.

    Files that cannot be used are named on stderr with the reason, and the exit code is 1 then.
    """
    _start_keras()
    from subgenre.prediction.classifier import Classifier
    from subgenre.prediction.predict import Prediction, find_audio, predict, rows

    classifier = Classifier.load(model)
    found = find_audio(paths)
    if plot:
        _require_writable(plot / "picture.png")
    bad_folders = (Prediction(path, error=reason) for path, reason in found.unreadable.items())
    n_failed, taken = 0, set[str]()

    def followed() -> Iterator[Prediction]:
        """Yield predictions; when the next one is asked for, the row of the last is printed."""
        nonlocal n_failed
        for one in chain(predict(classifier, found.files, workers), bad_folders):
            yield one
            if one.error:
                n_failed += 1
                _warn(one)
            elif plot:
                _draw(plot, one, classifier, taken)
            bar.update()

    with tqdm(total=len(found.files), unit="track", disable=None, leave=False) as bar:
        for row in rows(form, followed(), found.files, classifier.about.labels):
            tqdm.write(row, file=sys.stdout)  # above the bar, if they share a terminal
    _say_the_rest(found, n_failed)
    if n_failed:
        sys.exit(1)


def _draw(folder: Path, one: "Prediction", classifier: "Classifier", taken: set[str]) -> None:
    from subgenre.plumbing.text import safe_name
    from subgenre.prediction.timeline import write_timeline

    about = classifier.about
    name = safe_name(one.path.stem, taken)
    write_timeline(folder, name, one, about.labels, about.config.data.features)


def _warn(one: "Prediction") -> None:
    """Say on stderr why a file was not used, without tearing the progress bar."""
    tqdm.write(f"{printable(one.path)}: {printable(one.error)}", file=sys.stderr)


def _say_the_rest(found: "Found", n_failed: int) -> None:
    if found.aside:
        kinds = ", ".join(f"{n} {suffix}" for suffix, n in found.aside.items())
        click.echo(f"Not tried, for their names are not those of audio: {kinds}.", err=True)
    if n_failed:
        click.echo(f"Could not be used, for the reasons above: {n_failed}.", err=True)
