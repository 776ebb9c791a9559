"""Training: our networks beside published ones, in clips per second and in time to a score."""

import multiprocessing
import os
import statistics
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

import click
import timing

from subgenre.config import MODELS, RunConfig, profile_named
from subgenre.data import load_music
from subgenre.data.clips import Clips, prepare
from subgenre.plumbing.workers import ONE_THREAD, in_parallel, silent_terminal
from subgenre.study.experiments import MODEL_TITLES, common_config
from subgenre.study.places import Study

PEER_TITLES = {
    "parallel": "parallel CNN-RNN (code line)",
    "choi": "CRNN (Choi et al. 2017)",
    "nasrullah": "CRNN (Nasrullah & Zhao 2019)",
}
TITLES = {**MODEL_TITLES, **PEER_TITLES}
Curve = list[tuple[float, float]]
"""Seconds of training and validation macro F1 after each epoch."""


def curve(name: str, clips: Clips, config: RunConfig, limit: float) -> Curve:
    """Train one network in this process, a worker, for all epochs or `limit` seconds."""
    with silent_terminal():
        import networks
    return networks.curve(name, clips, config, limit)


def speeds(*how: Any) -> dict[str, list[float]]:
    """Return clips per second of networks in this process, a worker; see `networks.speeds`."""
    with silent_terminal():
        import networks
    return networks.speeds(*how)


@contextmanager
def threads(number: int) -> Iterator[None]:
    """Let processes that start now use so many threads each."""
    wanted = {
        name: str(number) if name.endswith("THREADS") else value
        for name, value in ONE_THREAD.items()
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def together(processes: int, n_threads: int, *arguments: Any) -> dict[str, float]:
    """Return the summed speed of so many processes of so many threads, at the same time."""
    context = multiprocessing.get_context("spawn")
    with (
        threads(n_threads),
        context.Manager() as manager,
        ProcessPoolExecutor(processes, mp_context=context) as pool,
    ):
        wait = manager.Barrier(processes).wait
        running = [pool.submit(speeds, MODELS, *arguments, 1, wait) for _ in range(processes)]
        measured = [future.result() for future in running]
    return {name: sum(of[name][0] for of in measured) for name in MODELS}


def report_speed(
    names: Sequence[str], clips: Clips, config: RunConfig, n_clips: int, repeats: int
) -> None:
    """Print clips per second of the networks on one thread."""
    call = (names, clips, config, n_clips, repeats)
    (measured,) = in_parallel(speeds, [call], n_workers=2)  # one works; a single is this process
    fastest = max(PEER_TITLES.keys() & names, key=lambda name: statistics.median(measured[name]))
    rows = [
        (
            TITLES[name],
            f"{statistics.median(of):.0f}",
            f"{timing.ratio(of, measured[fastest]):.1f} x",
        )
        for name, of in measured.items()
    ]
    click.echo(
        f"Training on one thread, in turn; ratios are to the fastest peer, {PEER_TITLES[fastest]}."
    )
    click.echo(timing.table(("", "clips/s", "ratio"), rows))


def report_threads(clips: Clips, config: RunConfig, n_clips: int, repeats: int) -> None:
    """Print the speed of two processes of one thread, of one process of two, and of one of one."""
    ways = {"2 of 1": (2, 1), "1 of 2": (1, 2), "1 of 1": (1, 1)}
    turns = [
        {way: together(*number, clips, config, n_clips) for way, number in ways.items()}
        for _ in range(repeats)
    ]
    rows = []
    for name in MODELS:
        of = {way: [turn[way][name] for turn in turns] for way in ways}
        cells = [
            f"{statistics.median(of[way]):.0f} ({timing.ratio(of['2 of 1'], of[way]):.2f} x)"
            for way in ways
        ]
        rows.append((TITLES[name], *cells))
    click.echo("\nClips per second of so many processes of so many threads (2 of 1 against it).")
    click.echo(timing.table(("", *ways), rows))


def report_race(names: Sequence[str], clips: Clips, config: RunConfig, limit: float) -> None:
    """Print how soon each network gets how far, each in a one-thread process, two at a time."""
    # The peers, last in `names`, begin: they take longest, so both cores are busy to the end.
    calls = [(name, clips, config, limit) for name in reversed(names)]
    found = dict(zip(reversed(names), in_parallel(curve, calls, n_workers=2), strict=True))
    curves = {name: found[name] for name in names}
    best = {name: max(score for _, score in curves[name]) for name in names}
    leader = max(PEER_TITLES.keys() & names, key=lambda name: best[name])
    equal = max(curves[name][-1][0] for name in MODELS if name in curves)
    rows = [
        (
            TITLES[name],
            f"{len(of)}",
            f"{of[-1][0]:.0f} s",
            f"{best[name]:.3f}",
            *reaching(of, best[name]),
            *reaching(of, best[leader], curves[leader]),
            f"{best_within(of, equal):.3f}",
        )
        for name, of in curves.items()
    ]
    click.echo(
        f"\nTraining for {config.training.epochs} epochs, but {limit / 60:g} minutes at most; "
        f"best validation macro F1.\nThe best peer is {PEER_TITLES[leader]}: its score, "
        f"{best[leader]:.3f}, is the one to reach."
    )
    reach = f"{best[leader]:.3f} after"
    head = ("", "epochs", "time", "best F1", "after", reach, "sooner", f"F1 by {equal:.0f} s")
    click.echo(timing.table(head, rows))


def reaching(of: Curve, score: float, slower: Curve | None = None) -> tuple[str, ...]:
    """Return the time to a score as text, and how many times longer another curve takes to it."""
    seconds = seconds_to(of, score)
    compared = None if slower is None else seconds_to(slower, score)
    texts = (
        "-" if seconds is None else f"{seconds:.1f} s",
        ("-" if seconds is None or compared is None else f"{compared / seconds:.1f} x"),
    )
    return texts if slower else texts[:1]


def seconds_to(of: Curve, score: float) -> float | None:
    """Return the seconds of training after which a curve first reaches `score`, if it does."""
    return next((seconds for seconds, reached in of if reached >= score), None)


def best_within(of: Curve, limit: float) -> float:
    """Return the best score of a curve within `limit` seconds, or of its first epoch."""
    return max(score for seconds, score in [*of[:1], *of] if seconds <= max(limit, of[0][0]))


@click.command()
@click.option(
    "--minutes",
    default=6.0,
    show_default=True,
    help="Training time of each network, at the end of whose running epoch it stops.",
)
@click.option("--quick", is_flag=True, help="Check in half a minute that the benchmark works.")
def main(minutes: float, quick: bool) -> None:
    """Compare the training of our three networks with that of three published ones.

    All train on the same clips of seed 0 at the study's signal-to-noise ratio, the published ones
    with their authors' settings, ours with the study's common one. A clip is heard whole by the
    published networks, as a random excerpt by ours: that is how each is trained.

    Takes some 25 minutes on two idle cores, about 20 of them for the time to a score (--minutes).
    """
    profile = profile_named("smoke" if quick else "paper")
    names = ("cnn", "parallel") if quick else tuple(TITLES)
    n_clips, repeats = (8, 1) if quick else (192, 3)
    config = common_config(Study(profile, Study.of().dataset))
    clips = prepare(load_music(config.data), config.data)
    report_speed(names, clips, config, n_clips, repeats)
    if not quick:
        report_threads(clips, config, n_clips, repeats)
    report_race(names, clips, config, 60 * minutes)


if __name__ == "__main__":
    main()
