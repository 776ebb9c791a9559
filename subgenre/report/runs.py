"""Every run of a study as one table, which ``book/static/table.js`` sorts and filters."""

from collections.abc import Sequence

import pandas as pd
from IPython.display import HTML

from subgenre.study.experiments import MODEL_TITLES
from subgenre.study.places import Study
from subgenre.study.records import Record
from subgenre.study.runner import Result


def table(result: Result, study: Study) -> HTML:
    """Return a line a run, with a link to its record, which lies beside the book's pages.

    No word in it is a user's, so nothing is escaped.
    """
    levels: dict[str, list[str]] = {}
    for cell in result.cells:
        for record in result.of(cell):
            levels.setdefault(record.key, []).append(
                f"{cell.experiment.replace('_', ' ')}: {cell.level}"
            )
    runs = {record.key: record for record in result.records.values()}
    # The book holds what is in the folder `results`: of the published one, a folder per profile.
    folder = f"../{study.profile.name}/" if study.is_published else "../"
    lines = [_line(runs[key], served, folder) for key, served in levels.items()]
    frame = pd.DataFrame(lines).map(lambda one: f"{one:.3f}" if isinstance(one, float) else one)
    return HTML(frame.to_html(index=False, escape=False, border=0, classes=["sortable"]))


def _line(record: Record, served: Sequence[str], folder: str) -> dict[str, object]:
    network, training = record.config["model"], record.config["training"]
    on = {"batch_normalization": "batch normalization", "dropout": "dropout"}
    return {
        "network": MODEL_TITLES[network["name"]],
        "serves": served[0] if len(served) == 1 else "common setting",
        "optimizer": training["optimizer"],
        "rate": f"{training['learning_rate']:g}",
        "regularization": " and ".join(said for key, said in on.items() if network[key]) or "none",
        "initialization": network["kernel_initializer"].replace("_", " "),
        "seed": record.config["seed"],
        "train size": f"{training['train_size']:.0%}",
        "macro F1, validation": record.scores["validation"]["macro_f1"],
        "macro F1, test": record.scores["test"]["macro_f1"],
        "accuracy, test": record.scores["test"]["accuracy"],
        "seconds": f"{record.seconds['training']:.0f}",
        "record": f'<a href="{folder}{record.key}.json">{record.key[:6]}</a>',
    }
