"""What one plays with: the page on which the networks hear a song, and the game against them."""

import json
from collections.abc import Mapping, Sequence

import numpy as np
from IPython.display import HTML

from subgenre.config import DataConfig
from subgenre.data.clips import example_clip
from subgenre.data.dataset import Dataset
from subgenre.data.drawing import OKABE_ITO
from subgenre.data.noise import crowd
from subgenre.data.splits import split_of
from subgenre.report.players import beside_the_book, hertz_ticks, mp3
from subgenre.study.experiments import MODEL_TITLES
from subgenre.study.runner import Result

CROWD_SECONDS = 20  # of noise that the page of a song ships
CLIPS_PER_CLASS = 4  # of the game
SEED = 0  # whose test clips both pages play


def song(music: Dataset, config: DataConfig) -> HTML:
    """Return what lets the published networks hear a file, or a test clip of each class."""
    rate = config.features.sample_rate
    tested = [music.tracks[row] for row in split_of(music.tracks, SEED, music.splits).test]
    firsts = [next(one for one in tested if one.label == label) for label in music.labels]
    # Both kinds of noise with the same power; the page sets the level.
    noise = crowd("test", 0, rate)[:, : CROWD_SECONDS * rate].sum(axis=0)
    content = {
        "clips": [
            {"title": f"{one.title} ({one.label})", "mp3": mp3(music.audio(one, rate), rate)}
            for one in firsts
        ],
        "noise": mp3(noise / np.abs(noise).max(), rate),
        "networks": dict(MODEL_TITLES),
        "seconds": config.clip_seconds,
        "hertz": hertz_ticks(config.features),
        "colours": OKABE_ITO,
    }
    return _page("song", content, ("player.js", "logmel.js", "network.js", "song.js"))


def game(music: Dataset, config: DataConfig, networks: Result, baselines: Result) -> HTML:
    """Return the game: some test clips of each class, in noise, and who said what of them.

    The draw looks at the clips' labels only. Networks are those of all seeds that tested a clip.
    """
    rng = np.random.default_rng(SEED)
    (tested,) = {
        tuple(one.test_clips) for one in networks.records.values() if one.config["seed"] == SEED
    }
    drawn = []
    for label in music.labels:
        rows = [row for row in tested if music.tracks[row].label == label]
        drawn += rng.permutation(rows)[:CLIPS_PER_CLASS].tolist()
    rows = rng.permutation(drawn).tolist()
    heard = [example_clip(music, config, row) for row in rows]
    content = {
        "labels": music.labels,
        "clips": [
            {
                "title": one.track.title,
                "label": music.labels.index(one.track.label),
                "mp3": mp3(one.noisy, config.features.sample_rate),
            }
            for one in heard
        ],
        "networks": {
            MODEL_TITLES[name]: some for name, some in _said(networks, "model", rows).items()
        },
        "baselines": _said(baselines, "level", rows),
    }
    return _page("game", content, ("player.js", "game.js"))


def _said(result: Result, by: str, rows: Sequence[int]) -> dict[str, list[list[int]]]:
    """Return the class numbers that the runs of each cell answered to each clip of `rows`."""
    said: dict[str, list[list[int]]] = {}
    for cell in result.cells:
        runs = [
            dict(zip(one.test_clips, one.predictions().tolist(), strict=True))
            for one in result.of(cell)
        ]
        said[getattr(cell, by)] = [[run[row] for run in runs if row in run] for row in rows]
    return said


def _page(name: str, content: Mapping[str, object], scripts: Sequence[str]) -> HTML:
    """Return the place that a script fills, what it fills it with, and the script."""
    text = json.dumps(content).replace("<", "\\u003c")  # a title may end the element
    return HTML(
        f'{beside_the_book("play.css")}<div class="play" id="{name}">'
        "<p>This needs JavaScript, and the page as a part of its built book.</p></div>"
        f'<script type="application/json" id="{name}-data">{text}</script>'
        f"{beside_the_book(*scripts)}"
    )
