"""What is heard of an audio file while it is decoded block by block: peaks, silences, hashes."""

import hashlib

import numpy as np

from subgenre.data.files.duplicates import Fingerprinter
from subgenre.data.files.reader import AudioInfo, Reader
from subgenre.data.files.reading import averaged

SILENT_PEAK = 1e-4
"""-80 dB of full scale: below it there is nothing to hear, and noise would be all there is."""


class Listener:
    """Takes in a file block by block; what was heard before an error stays.

    Attributes
    ----------
    info : AudioInfo or None
        What the header says; None before `listen`.
    samples : hashlib.blake2b
        Hash of the samples, the rate and the number of channels.
    finite : bool
        False once a sample was NaN or infinite.
    peak : float
        The largest absolute value of any channel.
    peaks : list of float
        The largest of each second, channels averaged.
    """

    def __init__(self) -> None:
        self.info: AudioInfo | None = None
        self.samples = hashlib.blake2b(digest_size=16)
        self.finite = True
        self.peak = 0.0
        self.peaks: list[float] = []
        self._n_frames = 0
        self._fingerprinter: Fingerprinter | None = None

    @property
    def duration(self) -> float:
        """Seconds heard so far."""
        return self._n_frames / self.info.sample_rate if self.info else 0.0

    @property
    def fingerprint(self) -> str:
        """Similar for the same recording, empty if not finite."""
        return self._fingerprinter.result() if self._fingerprinter and self.finite else ""

    @property
    def silences(self) -> tuple[tuple[int, int], ...]:
        """Stretches without sound, (start, end) in whole seconds."""
        silent = np.array([False, *(peak < SILENT_PEAK for peak in self.peaks), False])
        edges = np.flatnonzero(np.diff(silent)).tolist()
        return tuple(zip(edges[::2], edges[1::2], strict=True))

    def listen(self, reader: Reader) -> None:
        """Take in the whole file.

        Parameters
        ----------
        reader : Reader
            Open.

        Raises
        ------
        AudioFileError
            If decoding fails on the way.
        """
        self.info = reader.info
        rate = reader.info.sample_rate
        self.samples.update(f"{rate} {reader.info.channels}".encode())
        self._fingerprinter = Fingerprinter(rate)
        for block in reader.blocks(0.0, None):
            self.samples.update(np.ascontiguousarray(block).data)
            self.finite = self.finite and bool(np.all(np.isfinite(block)))
            if self.finite:
                self.peak = max(self.peak, float(np.max(np.abs(block))))
                mono = averaged(block)
                self._fingerprinter.add(mono)
                self._add_peaks(np.abs(mono), rate)
            self._n_frames += len(block)

    def _add_peaks(self, level: np.ndarray, rate: int) -> None:
        into = self._n_frames % rate  # frames of the second that an earlier block began
        starts = np.union1d([0], np.arange((rate - into) % rate, len(level), rate))
        peaks = np.maximum.reduceat(level, starts).tolist()
        if into:
            self.peaks[-1] = max(self.peaks[-1], peaks.pop(0))
        self.peaks += peaks
