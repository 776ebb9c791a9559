"""Data set `dances`: tunes of three historical dance books, performed by a label-blind renderer.

The tunes are read at run time from the corpus that the installed `music21` package brings.
"""

import dataclasses
import gzip
import itertools
import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
from tqdm import tqdm

from subgenre.config import digest
from subgenre.data.dances.performer import RENDERER_VERSION, Performance, draw_performance, perform
from subgenre.data.dances.score import quarter_seconds
from subgenre.data.dances.statistics import notes_per_bar, tune_statistics
from subgenre.data.dances.tunes import LABELS, Note, Tune
from subgenre.data.dataset import Dataset, Track
from subgenre.plumbing.files import CACHE_VARIABLE, cache_dir, usable_dir, written_aside

CORPUS_VERSION = 2  # raise it when tunes or families are read differently: caches depend on it
MAX_PERFORMANCES = 8  # of one tune family: more would be variations of the same music
Tunes = tuple[tuple[Tune, str], ...]  # each with the name of its family, in the order of the books
Counts = dict[str, dict[str, int]]  # of tunes that were read, and left out


@dataclass(frozen=True, kw_only=True)
class Dances(Dataset):
    """Dance tunes, rendered: a track is one performance of one tune, its group the tune family."""

    tunes: Tunes
    name: str = "dances"
    labels: tuple[str, ...] = LABELS
    clip_seconds: float = 10.0
    what: str = "traditional dance tunes, performed by a synthesizer"
    citation: str = (
        "F. O'Neill, Music of Ireland, 1903; W. B. Ryan, Ryan's Mammoth Collection, 1883; "
        "J. Aird, A Selection of Scotch, English, Irish and Foreign Airs, from 1778; transcribed "
        "in ABC notation by volunteers named in the files; M. S. Cuthbert and C. Ariza, music21, "
        "ISMIR 2010."
    )
    licence: str = (
        "The tunes are in the public domain. The transcriptions carry their transcribers' names "
        "and no licence text, so they are read from the installed music21 package (BSD-3-Clause) "
        "and not redistributed; the audio is made on your machine."
    )

    @classmethod
    def load(
        cls, clips_per_class: int, extra_clips_per_class: int = 0, progress: bool = True
    ) -> "Dances":
        """Read the tune books, or what reading them has left in the cache, and choose the clips."""
        tunes, report = _cached_tunes(progress)
        tracks, extra = _choose_tracks(tunes, clips_per_class, extra_clips_per_class)
        families = Counter({family: tune.label for tune, family in tunes}.values())
        report = report | {"tunes": Counter(tune.label for tune, _ in tunes), "families": families}
        return cls(tunes=tunes, tracks=tracks, extra=extra, report=report)

    @cached_property
    def _tune_of(self) -> dict[str, Tune]:
        return {tune.tune_id: tune for tune, _ in self.tunes}

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the tunes, their families, the choice of clips and the renderer's version."""
        every = (*self.tracks, *self.extra)
        tunes = [(list(vars(tune).values()), family) for tune, family in self._played(every)]
        tracks = [list(vars(track).values()) for track in every]
        return digest([tunes, tracks, self.clip_seconds, RENDERER_VERSION])

    def _played(self, tracks: Sequence[Track]) -> Tunes:
        used = {track.track_id.split("/")[0] for track in tracks}
        return tuple(pair for pair in self.tunes if pair[0].tune_id in used)

    def tune(self, track: Track) -> Tune:
        """Return the tune that `track` performs."""
        return self._tune_of[track.track_id.split("/")[0]]

    def metres(self, tracks: Sequence[Track]) -> list[str]:
        """Return the printed metre of each track's tune, for example ``"6/8"``."""
        return [self.tune(track).metre for track in tracks]

    def bars(self, tracks: Sequence[Track]) -> np.ndarray:
        """Return seconds of a bar, and notes in one, of each track [shape=(n_tracks, 2)]."""
        found = []
        for track in tracks:
            tune, (choices, _) = self.tune(track), _performance(track)
            quarter_s = quarter_seconds(tune, choices.notes_per_second)
            found.append((tune.bar_length * quarter_s, notes_per_bar(tune)))
        return np.array(found)

    def note_statistics(self, tracks: Sequence[Track]) -> np.ndarray:
        """Return `tune_statistics` of each track's tune [shape=(n_tracks, n_statistics)]."""
        return np.stack([tune_statistics(self.tune(track)) for track in tracks])

    def audio(self, track: Track, sample_rate: int) -> np.ndarray:
        """Perform the tune of `track` [shape=(n_samples,), float32, within ±1]; always the same."""
        choices, rng = _performance(track)
        return perform(self.tune(track), choices, self.clip_seconds, sample_rate, rng)

    def part(self, tracks: Sequence[Track]) -> "Dances":
        """Return the data set with only `tracks`, cheap to send to another process."""
        return dataclasses.replace(super().part(tracks), tunes=self._played(tracks))


def _performance(track: Track) -> tuple[Performance, np.random.Generator]:
    """Return what the performer of a track chooses, and what draws the rest."""
    rng = np.random.default_rng(int(digest(track.track_id), 16))
    return draw_performance(rng), rng


def _choose_tracks(
    tunes: Tunes, clips_per_class: int, extra_clips_per_class: int
) -> tuple[tuple[Track, ...], tuple[Track, ...]]:
    """Choose clips per class: every family once, then every family once more, and so on.

    The extra ones are further performances of every tune of the class in turn.
    """
    members: dict[str, list[Tune]] = defaultdict(list)
    for tune, family in tunes:
        members[family].append(tune)
    families = sorted(members, key=digest)  # shuffled, so that a small choice draws on every book
    tracks, extra = [], []
    for label in LABELS:
        named = [family for family in families if members[family][0].label == label]
        turns = itertools.product(range(MAX_PERFORMANCES), named)
        for turn, family in itertools.islice(turns, clips_per_class):
            tune = members[family][turn % len(members[family])]
            tracks.append(_track(tune, turn, family))
        every = [(tune, family) for family in named for tune in members[family]]
        for number in range(extra_clips_per_class):
            lap, place = divmod(number, len(every))
            tune, family = every[place]
            extra.append(_track(tune, MAX_PERFORMANCES + lap, family))
    return tuple(tracks), tuple(extra)


def _track(tune: Tune, performance: int, family: str) -> Track:
    return Track(f"{tune.tune_id}/{performance}", tune.label, family, tune.title, tune.collection)


def _cached_tunes(progress: bool) -> tuple[Tunes, Counts]:
    folder = usable_dir(cache_dir() / "dances", CACHE_VARIABLE)
    path = folder / f"tunes-{version('music21')}-{CORPUS_VERSION}.json.gz"
    if path.is_file():
        try:
            return _load(path, path.stat().st_mtime_ns)
        except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError):
            tqdm.write(f"The cached tunes in {path} are damaged: reading the books anew.")
    from subgenre.data.dances import corpus, families  # music21 takes most of a second

    read, left_out, _ = corpus.read_tunes(progress)
    tunes, conflicting = families.resolve(read)
    kept = Counter(f"{tune.collection}: {tune.label}" for tune in read)
    reasons = dict(sorted(left_out.items())) | {"families with conflicting types": conflicting}
    counts = {"read": dict(sorted(kept.items())), "left out": reasons}
    pairs = [(vars(one) | {"notes": [n._asdict() for n in one.notes]}, name) for one, name in tunes]
    with written_aside(path) as part, gzip.open(part, "wt", encoding="utf-8") as file:
        json.dump({"tunes": pairs, "report": counts}, file)
    return _load(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _load(path: Path, modified: int) -> tuple[Tunes, Counts]:
    """Read the cached tunes, once per process unless the file was `modified` since (in ns)."""
    content = json.loads(gzip.decompress(path.read_bytes()))
    for fields, _ in content["tunes"]:
        fields.update({name: tuple(fields[name]) for name in ("bars", "strains")})
        fields["notes"] = tuple(Note(**note) for note in fields["notes"])
    return tuple((Tune(**fields), family) for fields, family in content["tunes"]), content["report"]
