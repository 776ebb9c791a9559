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
from subgenre.report.players import STYLE, hertz_ticks, mp3, scripts
from subgenre.study.experiments import MODEL_TITLES
from subgenre.study.runner import Result

CROWD_SECONDS = 20  # of noise that the page of a song ships
CLIPS_PER_CLASS = 4  # of the game
SEED = 0  # whose test clips both pages play


def song(music: Dataset, config: DataConfig) -> HTML:
    """Return what lets the published networks hear a file, or a test clip of each class."""
    rate = config.features.sample_rate
    tested = [music.tracks[row] for row in split_of(music.tracks, SEED, music.splits).test]
    clips = [
        {"title": f"{one.title} ({label})", "mp3": mp3(music.audio(one, rate), rate)}
        for label, one in sorted({one.label: one for one in reversed(tested)}.items())
    ]
    # Both kinds of noise with the same power; the page sets the level.
    noise = crowd("test", 0, rate)[:, : CROWD_SECONDS * rate].sum(axis=0)
    content = {
        "clips": clips,
        "noise": mp3(noise / np.abs(noise).max(), rate),
        "networks": dict(MODEL_TITLES),
        "seconds": config.clip_seconds,
        "hertz": hertz_ticks(config.features),
        "colours": OKABE_ITO,
    }
    return _page("song", content, "logmel.js", "network.js", "player.js", "song.js")


def game(music: Dataset, config: DataConfig, networks: Result, baselines: Result) -> HTML:
    """Return the game: some test clips of each class, in noise, and who said what of them.

    The draw looks at the clips' labels only. What answered is all runs that tested a clip.
    """
    rng, rate = np.random.default_rng(SEED), config.features.sample_rate
    runs, listed = networks.records.values(), networks.clips.to_dict("records")
    tested = next(one.test_clips for one in runs if one.config["seed"] == SEED)
    by_class = [[row for row in tested if listed[row]["label"] == one] for one in music.labels]
    drawn = [rng.permutation(rows)[:CLIPS_PER_CLASS] for rows in by_class]
    rows = rng.permutation(np.concatenate(drawn)).tolist()
    clips = [
        {
            "title": listed[row]["title"],
            "label": music.labels.index(listed[row]["label"]),
            "mp3": mp3(example_clip(music, config, row).noisy, rate),
        }
        for row in rows
    ]
    said = {"networks": _said(networks, rows), "baselines": _said(baselines, rows)}
    return _page("game", {"labels": music.labels, "clips": clips, **said}, "player.js", "game.js")


def _said(result: Result, rows: Sequence[int]) -> dict[str, list[list[int]]]:
    """Return by the cell's title what class numbers its runs answered to each clip of `rows`."""
    said = {}
    for cell in result.cells:
        pairs = ((one.test_clips, one.predictions().tolist()) for one in result.of(cell))
        runs = [dict(zip(*pair, strict=True)) for pair in pairs]
        title = MODEL_TITLES.get(cell.model, cell.level)
        said[title] = [[run[row] for run in runs if row in run] for row in rows]
    return said


def _page(name: str, content: Mapping[str, object], *names: str) -> HTML:
    """Return the place that a script fills, what it fills it with, and the scripts."""
    text = json.dumps(content).replace("<", "\\u003c")  # a title may end the element
    return HTML(
        f'{STYLE}<div class="play" id="{name}">'
        "<p>This needs JavaScript, and the page as a part of its built book.</p></div>"
        f'<script type="application/json" id="{name}-data">{text}</script>{scripts(*names)}'
    )
