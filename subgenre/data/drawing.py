"""How all pictures look: readable on light and dark pages, units on every axis."""

import io
from typing import Any

import librosa.display
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from subgenre.config import FeatureConfig

INK = "#7a7a7a"  # of text and axes: legible on white and on near-black; pages do better
DARK = "#1b1b1b"  # on colours that are light in either theme
#: Colours that colour-blind readers can tell apart (Okabe and Ito 2008).
OKABE_ITO = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9")

TICKS_HZ = (64, 256, 512, 1024, 2048, 4096)  # of a mel axis, linear at its lower end


def use_style() -> None:
    """Make all figures transparent, grey-inked, the same at every run, whatever a user has set."""
    grey = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")
    clear = ("figure.facecolor", "axes.facecolor", "savefig.facecolor")
    # What is between two "$" is no formula: a class may be called so.
    off = ("axes.spines.top", "axes.spines.right", "legend.frameon", "text.parse_math")
    style: dict[Any, Any] = {
        **dict.fromkeys(grey, INK),
        **dict.fromkeys(clear, "none"),
        **dict.fromkeys(off, False),
        "savefig.bbox": "tight",
        "svg.hashsalt": "subgenre",
        "svg.fonttype": "none",
        "axes.prop_cycle": plt.cycler(color=OKABE_ITO),
        "font.size": 12,
        "axes.titlesize": 13,
        **dict.fromkeys(("xtick.labelsize", "ytick.labelsize"), 11),
    }
    plt.rcdefaults()
    plt.rcParams.update(style)


class PageFigure(Figure):
    """A figure in the book's style that notebooks show as SVG and once.

    It stays outside pyplot, and does not ask for the notebook's image format, which other packages
    change when they are imported (music21 does).
    """

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        use_style()
        super().__init__(*arguments, **settings)

    def _ipython_display_(self) -> None:
        buffer = io.StringIO()
        self.savefig(buffer, format="svg", metadata={"Date": None})
        display({"image/svg+xml": buffer.getvalue(), "text/plain": "Figure"}, raw=True)


def draw_log_mel(
    axes: Axes, image: np.ndarray, config: FeatureConfig, hop_length: int, **look: Any
) -> QuadMesh:
    """Draw a log-mel spectrogram [shape=(n_frames, n_mels)] over seconds; return its image.

    NaN stays empty; `hop_length` is in samples, `look` Matplotlib's, such as ``vmin`` and ``vmax``.
    """
    scale: dict[str, Any] = {"sr": config.sample_rate, "fmin": config.fmin, "fmax": config.fmax}
    look = {"x_axis": "s", "y_axis": "mel", "cmap": "magma", "rasterized": True, **look}
    mesh = librosa.display.specshow(image.T, hop_length=hop_length, ax=axes, **scale, **look)
    ticks = [hertz for hertz in TICKS_HZ if config.fmin <= hertz <= config.fmax]
    axes.set(xlabel="", ylabel="frequency (Hz)", yticks=ticks, yticklabels=ticks)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    return mesh
