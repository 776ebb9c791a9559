"""Which tunes are one tune: the same melody printed in another key, book, spelling or notation.

They must stay on one side of a split, so near-duplicates are found by their melody, relative to
the tonic and on a grid of the bar, and joined into families.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from subgenre.data.dances.tunes import Tune

SLOTS = 24  # of a bar; every common note length of simple and compound metres falls on them
OPENING_BARS = 8
STRAIN_BARS = 4
OPENING_EQUAL = 0.75  # share of equal slots in the first eight bars that makes two tunes one
STRAIN_EQUAL = 0.74  # of the four bars that begin any strain; at 0.70 stock phrases begin to join
TITLED_EQUAL = 0.45  # the same under one title; 1 % of pairs of different jigs reach 0.44
BLOCK = 512  # rows compared at once; bounds the memory

_TITLE_NOISE = re.compile(
    r"\b(?:the|a|an|or|no|slip ?jig|jigg?|gigg?|reel|hornpipe|strathsp?e?y?|march|quick ?step|s)\b"
)


def resolve(tunes: Sequence[Tune]) -> tuple[list[tuple[Tune, str]], int]:
    """Return tunes in order, each with the name of its family, and how many families are dropped.

    The first member names the family. A melody that is a hornpipe in one place and a reel in
    another has no one true label: its family is dropped.
    """
    pairs = list(zip(tunes, tune_families(tunes).tolist(), strict=True))
    names: dict[int, str] = {}
    labels = defaultdict(set)
    for tune, number in pairs:
        names.setdefault(number, f"family:{tune.tune_id}")
        labels[number].add(tune.label)
    kept = [(tune, names[number]) for tune, number in pairs if len(labels[number]) == 1]
    return kept, sum(len(types) > 1 for types in labels.values())


def tune_families(tunes: Sequence[Tune]) -> np.ndarray:
    """Give every tune, of eight full bars or more, the number of its family [shape=(n_tunes,)].

    Two tunes are joined when their first eight bars, or the four bars that begin any strain of
    each, agree enough; less agreement is needed under one title. Families are what joins connect.
    """
    duple = {"2/2", "2/4", "4/4"}  # only tunes whose bars divide alike are compared
    grids = np.array(["duple" if tune.metre in duple else tune.metre for tune in tunes])
    alike = [np.flatnonzero(grids == grid) for grid in np.unique(grids)]
    pairs = [rows[found] for rows in alike for found in _joined([tunes[i] for i in rows.tolist()])]
    joined = np.concatenate([np.empty((0, 2), int), *pairs])
    graph = coo_array((np.ones(len(joined), bool), joined.T), shape=(len(tunes),) * 2)
    return connected_components(graph, directed=False)[1]


def _joined(tunes: Sequence[Tune]) -> Iterator[np.ndarray]:
    """Yield pairs of indices [shape=(n_pairs, 2)] of tunes that are one tune."""
    titles = np.array([normalized_title(tune.title) or tune.tune_id for tune in tunes])
    openings = np.array([contour(tune, tune.bars[:OPENING_BARS]) for tune in tunes])
    pairs, equal = similar_pairs(openings, TITLED_EQUAL)
    yield pairs[(equal >= OPENING_EQUAL) | (titles[pairs[:, 0]] == titles[pairs[:, 1]])]
    heads = [(index, bars) for index, tune in enumerate(tunes) for bars in strain_heads(tune)]
    owners = np.array([index for index, _ in heads], int)
    strains = np.array([contour(tunes[index], bars) for index, bars in heads], np.int8)
    yield owners[similar_pairs(strains.reshape(-1, STRAIN_BARS * SLOTS), STRAIN_EQUAL)[0]]


def strain_heads(tune: Tune) -> list[list[float]]:
    """Return the bars [shape=(4,), in quarter notes] that begin each strain long enough."""
    spans = pairwise((*tune.strains, tune.length))
    strains = ([bar for bar in tune.bars if start <= bar < end] for start, end in spans)
    return [bars[:STRAIN_BARS] for bars in strains if len(bars) >= STRAIN_BARS]


def contour(tune: Tune, bars: Sequence[float]) -> np.ndarray:
    """Return the pitch class above the tonic amid each slot of the bars at given onsets [int8]."""
    onsets, _, pitches = np.array(tune.notes, float).T
    slots = (np.arange(SLOTS) + 0.5) / SLOTS * tune.bar_length
    times = (np.asarray(bars)[:, None] + slots).ravel()
    sounding = np.maximum(np.searchsorted(onsets, times, side="right") - 1, 0)
    return ((pitches[sounding] - tune.tonic) % 12).astype(np.int8)


def similar_pairs(contours: np.ndarray, threshold: float) -> tuple[np.ndarray, np.ndarray]:
    """Find pairs of contours [shape=(n, n_slots)] that agree, in the transposition that fits best.

    It is tried because a tune's printed key may be another than that of its copy. Returns their
    indices [shape=(n_pairs, 2)], the smaller first, and each pair's share of equal slots, at least
    `threshold` [shape=(n_pairs,)].
    """
    n_slots = contours.shape[1]
    one_hot = (contours[:, :, None] == np.arange(12)).astype(np.float32)
    flat = one_hot.reshape(len(contours), 12 * n_slots)
    pairs, shares = [np.empty((0, 2), int)], [np.empty(0)]
    for start in range(0, len(contours), BLOCK):
        block = one_hot[start : start + BLOCK]
        turned = (np.roll(block, shift, axis=2).reshape(len(block), -1) for shift in range(12))
        equal = np.max([rows @ flat[start:].T for rows in turned], axis=0) / n_slots
        found = np.argwhere(np.triu(equal >= threshold, k=1))
        pairs.append(found + start)
        shares.append(equal[tuple(found.T)])
    return np.concatenate(pairs), np.concatenate(shares)


def normalized_title(title: str) -> str:
    """Return the words of a title that tell tunes apart; "" if it only names a type."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"\([^)]*\)|'?s\b|'", "", plain)  # Fisher's, Fishers
    words = _TITLE_NOISE.sub(" ", re.sub(r"[^a-z0-9]+", " ", plain))
    return re.sub(r"(.)\1+", r"\1", "".join(words.split()))  # Lannigan, LANIGAN
