"""``subgenre train`` makes a model to use, ``predict`` uses it; ``collect`` gets music for both."""

import signal
import sys
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from subgenre.cli import options
from subgenre.config import one_of, unfit
from subgenre.plumbing.files import usable_dir, written_aside
from subgenre.plumbing.text import printable, safe_name
from subgenre.plumbing.workers import silent_terminal

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from subgenre.prediction.classifier import Classifier
    from subgenre.study.places import Study

FEW = 5  # files of one trouble, kinds of files or classes that are named; the rest is counted
PICTURES = (".png", ".svg")
UNEVEN = 2  # the largest class so many times the smallest: the others may drown it


@click.command("train")
@options.study()
@options.settings(
    *("seed", "epochs", "learning_rate", "batch_size", "clips_per_class", "snr_db"),
    *("clip_seconds", "clip_hop_seconds"),
    model="crnn",
)
@click.option("-o", "--output", type=options.FILE, default="model.keras", help="The model file.")
@options.STRICT
@options.WORKERS
@click.option("--calibration-plot", "plot", type=options.FILE, help="The reliability, PNG or SVG.")
def train_command(
    here: "Study", output: Path, strict: bool, workers: int | None, plot: Path | None, **given: Any
) -> None:
    """Train one network, and write it with all that is needed to use it as one file, and a card."""
    with silent_terminal():  # where its back end says things that are no news when it wakes
        import keras

        keras.ops.zeros(())
    from subgenre.prediction.calibration import reliability_diagram
    from subgenre.prediction.card import card
    from subgenre.prediction.classifier import require_place
    from subgenre.prediction.train import train_classifier

    require_place(output)  # now, and not after minutes of training
    if plot:
        one_of("the ending of --calibration-plot", plot.suffix.lower(), PICTURES)
        usable_dir(plot.parent, "--calibration-plot")
    config = options.run_config(here, given)
    music = options.load_music(here, config.data, strict, err=True)
    if given["clip_seconds"] not in (None, music.clip_seconds):
        wanted = f"to be left out, for {music.name} comes in clips of {music.clip_seconds:g} s"
        raise unfit("--clip-seconds", wanted, given["clip_seconds"])
    epochs, n_clips = config.training.epochs, Counter(track.label for track in music.tracks)
    plan = f"Training {config.model.name} on {n_clips.total()} clips for {epochs} epochs ..."
    click.echo(plan, err=True)
    classifier = train_classifier(config, music, workers, sys.stderr.isatty())
    classifier.save(output)
    text = card(classifier, printable(output.name))
    with written_aside(output.with_suffix(".md")) as part:
        part.write_text(text, encoding="utf-8")
    click.echo(text)
    if doubt := _doubt(classifier, n_clips):
        click.echo(doubt, err=True)
    if plot:
        curves = classifier.about.reliabilities.items()
        shown = {name: one for name, one in curves if "validation" in name}
        _write_picture(reliability_diagram(shown), plot)
        click.echo(f"calibration: {plot}")
    click.echo(f"model: {output}   its card: {output.with_suffix('.md')}")


def _doubt(classifier: "Classifier", n_clips: Counter[str]) -> str:
    """Return what is wrong with a model that learnt too little, and what to do; or nothing."""
    scores, never = classifier.about.scores, classifier.about.never_answered
    majority = [*scores][-1]
    wrong = [f"it never answered {_few(never)} to clips it was not trained on"] * bool(never)
    if scores["test"]["accuracy"] <= scores[majority]["accuracy"]:
        wrong.append(f"it is right no more often than the {printable(majority)}")
    ((most, n_most), *_, (least, n_least)) = n_clips.most_common()
    cure = "train longer (--epochs), or with another --learning-rate or --model"
    if n_most > UNEVEN * n_least:
        cure = (
            f"{printable(least)} has {n_least} clips and {printable(most)} {n_most}, so add music "
            f"to the small classes, or take fewer of the others (--clips-per-class {n_least})"
        )
    return f"Warning: the network learnt too little ({'; '.join(wrong)}): {cure}." * bool(wrong)


def _write_picture(figure: "Figure", path: Path) -> None:
    """Write a picture in the format of its name's ending, aside first."""
    with warnings.catch_warnings(), written_aside(path) as part:
        warnings.filterwarnings("ignore", "Glyph .* missing")  # a box stands for it
        figure.savefig(part, format=path.suffix[1:].lower(), dpi=120)


def _few(names: Sequence[str]) -> str:
    """Join some names, and count what is beyond `FEW`."""
    more = [f"{len(names) - FEW:,} more"] * (len(names) > FEW)
    return ", ".join([*map(printable, names[:FEW]), *more])


@click.command("predict")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--model", type=click.Path(path_type=Path), help="Else the best published one.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table")
@click.option("--plot", type=options.FOLDER, help="For a picture of each track, second by second.")
@click.option("--decline-below", type=click.FloatRange(0, 1), default=0, help="Least probability.")
@options.WORKERS
def predict_command(
    model: Path | None,
    paths: tuple[Path, ...],
    form: str,
    plot: Path | None,
    decline_below: float,
    workers: int | None,
) -> None:
    """Label audio files, and those in folders, with a published model or one that 'train' wrote.

    Files that cannot be used are named on stderr with the reason, and the exit code is 1 then.
    Tracks whose best class is less probable than --decline-below get the label "declined".
    """
    from tqdm import tqdm

    from subgenre.prediction.classifier import Classifier, best_published
    from subgenre.prediction.predict import Prediction, find_audio, predict, rows

    classifier = Classifier.load(model) if model else best_published()
    about, (files, aside) = classifier.about, find_audio(paths)
    if not model:
        name, score = about.config.model.name, about.scores["validation"]["macro_f1"]
        said = f"Model: {name}, the published one that validated best (macro F1 {score:.2f})"
        click.echo(f"{said}; it was trained on {about.music['what']}.", err=True)
    if plot:
        from subgenre.prediction.timeline import timeline

        usable_dir(plot, "--plot")
    troubles, taken = dict[str, list[str]](), set[str]()

    def followed() -> Iterator[Prediction]:
        """Yield predictions; when the next one is asked for, the row of the last is printed."""
        for one in predict(classifier, files, workers):
            yield one
            if one.error:
                alike = troubles.setdefault(one.error.split(":")[0], [])
                alike.append(f"{printable(one.path)}: {printable(one.error)}")
                if len(alike) <= FEW:
                    tqdm.write(alike[-1], file=sys.stderr)
            elif plot:
                picture = timeline(one, about.labels, about.config.data.features)
                _write_picture(picture, plot / f"{safe_name(one.path.stem, taken)}.png")
            bar.update()

    with tqdm(total=len(files), unit="track", disable=None, leave=False) as bar:
        for row in rows(form, followed(), files, about.labels, decline_below):
            tqdm.write(row, file=sys.stdout)  # above the bar, if they share a terminal
    if aside:
        click.echo(f"Not tried, for their names are not those of music: {_few(aside)}.", err=True)
    if troubles:
        often = sorted(troubles.values(), key=len, reverse=True)
        n_bad, such = sum(map(len, often)), _few([f"{len(one):,} as {one[0]}" for one in often])
        said = f"Could not be used: {n_bad:,} ({such}). With --format csv every row says why."
        raise click.ClickException(said)  # exit code 1


@click.command("collect")
@click.argument("playlists", type=options.THERE)
@click.option("--output", type=options.FOLDER, default="music", help="For songs and manifest.")
def collect_command(playlists: Path, output: Path) -> None:
    """Fetch the songs of playlists by class, and write the manifest of a data set.

    Ends with exit code 1 if something could not be had; start it again to try that again.
    """
    from subgenre.data.collecting.collection import MISSING, collect

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # an end that ends spotdl, too
    collected = collect(playlists, output)
    click.echo(f"{collected.n_tracks} songs are there: --dataset {collected.manifest}")
    if collected.missing:
        n_missing, reasons = len(collected.missing), collected.manifest.with_name(MISSING)
        said = f"{n_missing} could not be had, see {reasons}; start again to try them again."
        raise click.ClickException(said)  # exit code 1
