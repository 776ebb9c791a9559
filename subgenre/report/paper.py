"""What the paper printed: Feng and Feng 2021, Tables 1 to 4, kept in ``paper.csv``.

Levels and models are named as in `subgenre.study.experiments`. Table 1 does not say with which
learning rate Adadelta ran; the validation rows of Table 3 are the same for both of its models, most
likely a slip.
"""

from pathlib import Path

import pandas as pd

_ROWS = pd.read_csv(Path(__file__).with_suffix(".csv")).set_index(["level", "model", "set"])
Printed = dict[tuple[str, str, str], float]
"""From (level, model, set) to a score; what the paper lacks is not there."""
BEST_ACCURACY: Printed = _ROWS[_ROWS["metric"] == "accuracy"]["score"].to_dict()
"""Table 2: each model with its best optimizer."""
PRINTED_F1: dict[str, Printed] = {
    str(name): rows["score"].to_dict()
    for name, rows in _ROWS[_ROWS["metric"] == "macro_f1"].groupby("experiment", sort=False)
}
"""The table of macro F1 that each experiment repeats."""
