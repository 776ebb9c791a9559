"""What the paper printed: Feng and Feng 2021, Tables 1 to 4, kept in ``paper.csv``.

Table 1 does not say with which learning rate Adadelta ran; the validation rows of Table 3 are the
same for both of its models, most likely a slip.
"""

import csv
from pathlib import Path

#: From (level, model, set) to a score; what the paper lacks is not there.
Printed = dict[tuple[str, str, str], float]
_LINES = Path(__file__).with_suffix(".csv").read_text(encoding="utf-8").splitlines()


def _scores(table: str) -> Printed:
    rows = [row for row in csv.DictReader(_LINES) if row["table"] == table]
    return {(row["level"], row["model"], row["set"]): float(row["score"]) for row in rows}


#: Each model with its best optimizer.
BEST_ACCURACY = _scores("2")
#: The table of macro F1 that each experiment repeats.
PRINTED_F1 = {
    experiment: _scores(table)
    for table, experiment in (("1", "optimizers"), ("3", "regularization"), ("4", "initialization"))
}
