"""Every run of a study as one table, which ``book/static/table.js`` sorts and filters."""

import pandas as pd
from IPython.display import HTML

from subgenre.data.dataset import SETS
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
        name = f"{cell.experiment.replace('_', ' ')}: {cell.level}"
        for record in result.of(cell):
            levels.setdefault(record.key, []).append(name)
    runs = {record.key: record for record in result.records.values()}
    # The book holds what is in the folder `results`: of the published one, a folder per profile.
    folder = f"../{study.profile.name}/" if study.is_published else "../"
    lines = [
        {
            "serves": served[0] if len(served) == 1 else "common setting",
            **line(runs[key]),
            "record": f'<a href="{folder}{key}.json">{key[:6]}</a>',
        }
        for key, served in levels.items()
    ]
    frame = pd.DataFrame(lines)
    return HTML(frame.to_html(index=False, escape=False, border=0, classes=["sortable"]))


def line(record: Record) -> dict[str, str]:
    """Return what distinguishes a run from others, and its scores, as texts by their headings."""
    network, training = record.config["model"], record.config["training"]
    on = {"batch_normalization": "batch normalization", "dropout": "dropout"}
    settings = {
        "optimizer": training["optimizer"],
        "rate": f"{training['learning_rate']:g}",
        "regularization": " and ".join(said for key, said in on.items() if network[key]) or "none",
        "initialization": network["kernel_initializer"].replace("_", " "),
        "seed": str(record.config["seed"]),
        "train size": f"{training['train_size']:.0%}",
        "seconds": f"{record.seconds['training']:.0f}",
    }
    scores = {f"macro F1, {part}": record.scores[part]["macro_f1"] for part in SETS[1:]}
    scores["accuracy, test"] = record.scores["test"]["accuracy"]
    shown = {name: f"{score:.3f}" for name, score in scores.items()}
    return {"network": MODEL_TITLES[network["name"]], **shown, **settings}
