"""Would more music help? The answer, from a study of shares of the music that trains."""

import numpy as np
import pandas as pd
from IPython.display import Markdown

from subgenre.report.verdict import NEEDS_SEEDS, measured
from subgenre.study.comparisons import MARGIN, Answer, answer, holm

#: By the answer to "a part of the music scores as much as all": higher, lower, the same, unknown.
SAID: dict[Answer, str] = {
    "reversed": "More music would probably help: the last step, from {share} of the families that "
    "train to all, is worth more than chance ({found}).",
    "practically equal": "More music of this kind would hardly help: with {share} of the families "
    f"that train, networks do as well as with all (within ±{MARGIN:g}; {{found}}).",
    "holds": "More music did not help: with {share} of the families that train, networks do better "
    "than with all, by more than chance ({found}).",
    "cannot be told": "It cannot be told whether more music would help: the last step, from "
    "{share} of the families that train to all, may be chance ({found}).",
}


def in_short(levels: pd.DataFrame) -> Markdown:
    """Answer by the largest share below all, in the mean of the networks."""
    last = levels.iloc[:, -1]
    p_adjusted = holm([one.estimate.p_value for one in last])[-1]
    if np.isnan(p_adjusted):
        return Markdown(f"{NEEDS_SEEDS}, so it cannot be told whether more music would help.")
    share, found = str(last.index[-1]).partition(" − ")[0], last.iloc[-1]
    said = SAID[answer(found.estimate, p_adjusted)]
    text = said.format(share=share, found=f"{share} less all: {measured(found)} in macro F1")
    return Markdown(text)
