"""Is it the same recording? Fingerprints that survive another format, bit rate or loudness.

The fingerprint is that of Haitsma and Kalker, coarser: one bit for each time and pair of
neighbouring bands says whether the difference of their energies rises. Two encodings of one
recording share most bits; two recordings share half of them, by chance.

It finds copies in another container, encoding, bit rate, sample rate or at another gain, mono or
stereo, equalized or compressed. It does not find excerpts, copies that start more than about a
twentieth of a second later, other pitch or tempo, steady tones, or files of a few seconds.

References
----------
J. Haitsma and T. Kalker, A highly robust audio fingerprinting system, ISMIR 2002.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import scipy  # its parts are imported when they are used

from subgenre.data.dataset import FileInfo

WINDOW_SECONDS = 0.512
HOP_SECONDS = 0.128
BAND_EDGES = np.geomspace(300.0, 3000.0, 18)  # Hz: 17 bands, 16 bits, which every encoder keeps
N_FRAMES = 128  # of a fingerprint, spread over the whole file
N_BITS = N_FRAMES * (len(BAND_EDGES) - 2)
SILENCE = 1e-8  # variance of a frame, -80 dB of full scale, below which it has no bits
MIN_SECONDS = 4.0  # shorter files have too few independent bits to tell a copy from chance
SAME_SHARE = 0.75  # bits that two encodings must share; unrelated music shares 0.50 ± 0.02
LENGTH_TOLERANCE = 0.3  # copies differ in length by at most so many seconds: encoders pad
BLOCK = 1024  # files compared at a time with all others of their length


class Fingerprinter:
    """Takes a file's samples block by block and returns its fingerprint."""

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate
        self._size = round(WINDOW_SECONDS * sample_rate)
        self._n_fft = scipy.fft.next_fast_len(self._size, real=True)
        self._edges = np.round(BAND_EDGES * self._n_fft / sample_rate).astype(int)
        self._possible = sample_rate >= 2 * BAND_EDGES[-1]
        self._window = scipy.signal.get_window("hann", self._size).astype(np.float32)
        self._rest = np.zeros(0, np.float32)  # samples from `_position` on
        self._position = 0
        self._bands: list[np.ndarray] = []

    def add(self, mono: np.ndarray) -> None:
        """Take the next samples [shape=(n_samples,), dtype=float32]."""
        if not self._possible:
            return
        samples = np.concatenate([self._rest, mono])
        room = self._position + len(samples) - self._size
        # Times, not hops, are rounded to samples, so that all sample rates stay in step.
        while (start := round(len(self._bands) * HOP_SECONDS * self._rate)) <= room:
            self._bands.append(self._energies(samples[start - self._position :][: self._size]))
        passed = min(start - self._position, len(samples))
        self._rest, self._position = samples[passed:].copy(), self._position + passed

    def _energies(self, frame: np.ndarray) -> np.ndarray:
        """Return the energies of the bands [shape=(n_bands,)]; all zero in silence."""
        if np.var(frame) < SILENCE:
            return np.zeros(len(self._edges) - 1, np.float32)
        spectrum = scipy.fft.rfft(frame * self._window, self._n_fft)[: self._edges[-1]]
        return np.add.reduceat(np.square(np.abs(spectrum)), self._edges[:-1])

    def result(self) -> str:
        """Return the fingerprint as hexadecimal digits; empty if there is too little to tell.

        Each bit takes two: its sign, and whether it says anything (it does not in silence).
        """
        if len(self._bands) * HOP_SECONDS < MIN_SECONDS:
            return ""
        bands = np.stack(self._bands)  # (frames, bands)
        rise = np.diff(np.diff(np.log(bands + 1e-12), axis=1), axis=0)
        loud = bands.max(axis=1) > 0
        known = (loud[1:] & loud[:-1])[:, np.newaxis] & np.isfinite(rise)
        chosen = np.linspace(0, len(rise) - 1, N_FRAMES).round().astype(int)
        planes = np.concatenate([rise[chosen] > 0, known[chosen]])
        return np.packbits(planes).tobytes().hex()


def _signs(fingerprints: Sequence[str]) -> np.ndarray:
    """Return +1 and -1 for the bits, 0 where they say nothing [shape=(n_files, N_BITS)]."""
    raw = np.frombuffer(bytes.fromhex("".join(fingerprints)), np.uint8)
    planes = np.unpackbits(raw.reshape(len(fingerprints), -1), axis=1).reshape(-1, 2, N_BITS)
    return (planes[:, 1] * (2.0 * planes[:, 0] - 1)).astype(np.float32)


def same_recordings(files: Sequence[FileInfo]) -> list[list[int]]:
    """Return the rows of the files of each recording that is there more than once, in order.

    A hash in common, of their bytes or of their samples, is proof, and so are fingerprints that
    are alike; an empty fingerprint is like no other.
    """
    first: dict[str, int] = {}  # row with a hash; each file is also like itself
    hashes = [(one, row) for row, f in enumerate(files) for one in (f.bytes_hash, f.samples_hash)]
    equal = [(first.setdefault(one, row), row) for one, row in hashes]
    pairs = np.array([*equal, *_alike(files)], dtype=int).reshape(-1, 2)
    graph = scipy.sparse.csr_array((np.ones(len(pairs)), pairs.T), (len(files), len(files)))
    numbers = scipy.sparse.csgraph.connected_components(graph)[1]
    repeated = np.flatnonzero(np.bincount(numbers) > 1)
    return [np.flatnonzero(numbers == number).tolist() for number in repeated]


def _alike(files: Sequence[FileInfo]) -> Iterator[tuple[int, int]]:
    """Yield pairs of rows whose fingerprints agree, comparing only files of about one length."""
    fingerprinted = [row for row, info in enumerate(files) if info.fingerprint]
    rows = np.array(sorted(fingerprinted, key=lambda row: files[row].duration), dtype=int)
    lengths = np.array([files[row].duration for row in rows])
    for first in range(0, len(rows), BLOCK):
        last = min(first + BLOCK, len(rows))
        end = int(np.searchsorted(lengths, lengths[last - 1] + LENGTH_TOLERANCE, side="right"))
        mine = _signs([files[row].fingerprint for row in rows[first:last]])
        for second in range(first, end, BLOCK):
            others = slice(second, min(second + BLOCK, end))
            theirs = _signs([files[row].fingerprint for row in rows[others]])
            share = 0.5 + 0.5 * (mine @ theirs.T) / N_BITS
            near = np.abs(lengths[first:last, np.newaxis] - lengths[others]) <= LENGTH_TOLERANCE
            for i, j in np.argwhere((share >= SAME_SHARE) & near):
                yield int(rows[first + i]), int(rows[second + j])
