"""From records to what the book prints: tidy rows, tables beside the paper's, and sentences."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from IPython.display import Markdown
from pandas.io.formats.style import Styler

from subgenre.evaluation import METRICS, Tested, bootstrap_interval
from subgenre.experiments import MODEL_TITLES, Cell
from subgenre.paper import PRINTED_F1, Printed
from subgenre.records import Record, Store
from subgenre.runner import Result

SETS = ("train", "validation", "test")
COLUMNS = (
    "experiment",
    "model",
    "factor",
    "level",
    "split",
    "metric",
    "mean",
    "ci_low",
    "ci_high",
    "n_seeds",
    "epochs",
)
METRIC_TITLES = {"macro_f1": "macro F1", "accuracy": "accuracy"}


def tidy(result: Result) -> pd.DataFrame:
    """Return one row per cell, set and metric, with the columns `COLUMNS` and ``n_diverged``.

    The interval is given for the test set of cells with two seeds or more; it is empty otherwise.
    """
    groups = result.clips["group"].to_numpy()
    labels = result.clips["label"].to_numpy()
    rows = [
        row for cell in result.cells for row in _rows(cell, result.of(cell), labels, groups)
    ]
    return pd.DataFrame(rows, columns=[*COLUMNS, "n_diverged"])


def _rows(
    cell: Cell, records: Sequence[Record], labels: np.ndarray, groups: np.ndarray
) -> Iterable[tuple]:
    tested = [as_tested(record, labels, groups) for record in records]
    n_diverged = sum(record.diverged for record in records)
    for part in SETS:
        for metric in METRICS:
            mean = float(np.mean([record.scores[part][metric] for record in records]))
            n_classes = len(records[0].data["labels"])
            interval = bootstrap_interval(tested, metric, n_classes) if part == "test" else None
            low, high = interval or (np.nan, np.nan)
            yield (
                cell.experiment,
                cell.model,
                cell.factor,
                cell.level,
                part,
                metric,
                mean,
                low,
                high,
                len(records),
                records[0].config["training"]["epochs"],
                n_diverged,
            )


def as_tested(record: Record, labels: np.ndarray, groups: np.ndarray) -> Tested:
    """Return what a record says of its test clips.

    Parameters
    ----------
    record : Record
    labels, groups : np.ndarray [shape=(n_clips,)]
        Of all clips of the data set.
    """
    names = record.data["labels"]
    y_true = np.array([names.index(label) for label in labels[record.test_clips]])
    return Tested(y_true, record.predictions(), groups[record.test_clips])


def stored_rows(cells: Sequence[Cell], store: Store) -> pd.DataFrame:
    """Return the tidy rows of those cells whose every run has a record in `store`.

    Nothing is trained and no data set is read.
    """
    records = store.find(config for cell in cells for config in cell.configs)
    done = tuple(cell for cell in cells if all(config in records for config in cell.configs))
    by_data: dict[str, list[Cell]] = {}
    for cell in done:
        by_data.setdefault(records[cell.configs[0]].data["fingerprint"], []).append(cell)
    parts = [
        tidy(Result(tuple(some), records, store.clips(fingerprint)))
        for fingerprint, some in by_data.items()
    ]
    return pd.concat(parts) if parts else pd.DataFrame(columns=[*COLUMNS, "n_diverged"])


def settings(result: Result) -> Styler:
    """Return what all runs of an experiment share, and how many runs there are."""
    first = result.records[result.cells[0].configs[0]]
    data, training = first.config["data"], first.config["training"]
    snr = "none added" if data["snr_db"] is None else f"{data['snr_db']:g} dB"
    n_clips = first.data["n_clips"]
    rows = {
        "data set": f"{data['dataset']}, {len(first.data['labels'])} classes",
        "clips (train, validation, test)": ", ".join(str(n_clips[name]) for name in SETS),
        "signal-to-noise ratio": snr,
        "epochs": training["epochs"],
        "batch size": training["batch_size"],
        "seeds": len(result.cells[0].configs),
        "runs": len(result.records),
        "runs that diverged": sum(record.diverged for record in result.records.values()),
        "training time, all runs": f"{_training_seconds(result) / 60:.1f} min",
    }
    frame = pd.DataFrame({"setting": list(rows), "value": [str(value) for value in rows.values()]})
    return frame.style.hide(axis="index").set_uuid("settings")


def _training_seconds(result: Result) -> float:
    return sum(record.seconds["all"] for record in result.records.values())


def comparison(
    result: Result,
    metric: str = "macro_f1",
    parts: Sequence[str] = ("test",),
    printed: Printed | None = None,
) -> Styler:
    """Return a table with a row per level (and set), and per model our score and the paper's.

    Parameters
    ----------
    result : Result
        An experiment's records.
    metric : {'macro_f1', 'accuracy'}
        What to show.
    parts : sequence of {'train', 'validation', 'test'}
        Which sets get a row.
    printed : Printed, optional
        The paper's numbers; its F1 table of this experiment unless given.

    Returns
    -------
    Styler
        The best test score of each model is bold; ``–`` marks what the paper does not print.
    """
    rows = tidy(result)
    rows = rows[(rows["metric"] == metric) & rows["split"].isin(parts)]
    paper = PRINTED_F1[result.cells[0].experiment] if printed is None else printed
    lines = {}
    for (level, part), some in rows.groupby(["level", "split"], sort=False):
        name = (level, part) if len(parts) > 1 else (level,)
        lines[name] = _line(some, str(level), str(part), paper)
    columns = pd.MultiIndex.from_product([MODEL_TITLES.values(), ["here", "paper"]])
    index = pd.MultiIndex.from_tuples(lines) if len(parts) > 1 else [name[0] for name in lines]
    frame = pd.DataFrame(list(lines.values()), index=index, columns=columns)
    best = _best_cells(rows, list(lines), len(parts) > 1)
    css = pd.DataFrame("", index=frame.index, columns=frame.columns)
    for name, model in best:
        css.loc[name, (MODEL_TITLES[model], "here")] = "font-weight: bold"
    return frame.style.apply(lambda _: css, axis=None).set_uuid(f"{metric}_{len(parts)}")


def _line(some: pd.DataFrame, level: str, part: str, paper: Printed) -> list[str]:
    line = []
    for model in MODEL_TITLES:
        row = some[some["model"] == model].iloc[0]
        printed = paper.get((level, model, part))
        line += [score_text(row), "–" if printed is None else f"{printed:.2f}"]
    return line


def score_text(row: pd.Series) -> str:
    """Return a score as ``0.62 [0.58, 0.66]``, without brackets for a single seed."""
    text = f"{row['mean']:.2f}"
    if np.isfinite(row["ci_low"]):
        text += f" [{row['ci_low']:.2f}, {row['ci_high']:.2f}]"
    return f"{text} ({row['n_diverged']} diverged)" if row["n_diverged"] else text


def _best_cells(rows: pd.DataFrame, names: list[tuple], with_set: bool) -> list[tuple]:
    """Return (row name, model) of each model's best test score."""
    tests = rows[rows["split"] == "test"]
    best = tests.loc[tests.groupby("model")["mean"].idxmax()]
    return [
        ((row["level"], "test") if with_set else row["level"], row["model"])
        for _, row in best.iterrows()
    ]


def best_optimizers(result: Result) -> Styler:
    """Return Table 2: each model's accuracy with the level that validated best.

    The level is chosen by validation accuracy, so that the test set chooses nothing.
    """
    from subgenre.paper import BEST_ACCURACY

    rows = tidy(result)
    rows = rows[rows["metric"] == "accuracy"]
    lines = []
    for model, title in MODEL_TITLES.items():
        some = rows[rows["model"] == model]
        validated = some[some["split"] == "validation"]
        level = validated.loc[validated["mean"].idxmax(), "level"]
        test = some[(some["split"] == "test") & (some["level"] == level)].iloc[0]
        ((printed_level, printed),) = [
            (name, score) for (name, of, _), score in BEST_ACCURACY.items() if of == model
        ]
        lines.append((title, level, score_text(test), printed_level, f"{printed:.2f}"))
    frame = pd.DataFrame(
        lines, columns=["model", "optimizer here", "accuracy here", "optimizer in the paper", "paper"]
    )
    return frame.style.hide(axis="index").set_uuid("best_optimizers")


def in_words(result: Result, metric: str = "macro_f1") -> Markdown:
    """Read an experiment's test scores aloud: best and weakest level of each model."""
    rows = tidy(result)
    rows = rows[(rows["metric"] == metric) & (rows["split"] == "test")]
    sentences = []
    for model, title in MODEL_TITLES.items():
        some = rows[rows["model"] == model].sort_values("mean", ascending=False)
        best, worst = some.iloc[0], some.iloc[-1]
        sentences.append(
            f"The {title} scores highest with *{best['level']}* "
            f"({METRIC_TITLES[metric]} {best['mean']:.2f}) and lowest with "
            f"*{worst['level']}* ({worst['mean']:.2f})."
        )
    n_seeds = int(rows["n_seeds"].iloc[0])
    sentences.append(f"A network that always gives the same answer scores {_floor(result, metric):.2f}.")
    if n_seeds == 1:
        sentences.append(
            "This is a single seed: differences of a few hundredths are within what another seed "
            "would change, so this table shows that the machinery works, not who wins."
        )
    else:
        sentences.append(f"Brackets hold 95 % bootstrap intervals over {n_seeds} seeds.")
    return Markdown(" ".join(sentences))


def _floor(result: Result, metric: str) -> float:
    """Return the mean test score of always answering the commonest training class."""
    scores = []
    labels = result.clips["label"].to_numpy()
    for record in {record.config["seed"]: record for record in result.records.values()}.values():
        scores.append(majority_score(record, labels, metric))
    return float(np.mean(scores))


def majority_score(record: Record, labels: np.ndarray, metric: str) -> float:
    """Return the score of scikit-learn's majority classifier on a record's test clips.

    Parameters
    ----------
    record : Record
        Gives the test clips and the classes.
    labels : np.ndarray [shape=(n_clips,)]
        Of all clips.
    metric : {'macro_f1', 'accuracy'}
    """
    from subgenre.baselines import majority_scores

    return majority_scores(labels, record.test_clips, record.data["labels"])[metric]


def gap_between_sets(result: Result) -> Markdown:
    """Read the distance between training and test macro F1 aloud, level by level."""
    rows = tidy(result)
    rows = rows[rows["metric"] == "macro_f1"]
    means = rows.pivot_table(index="level", columns=["split", "model"], values="mean", sort=False)
    gaps = means["train"] - means["test"]
    widest = gaps.stack().idxmax()
    closest = gaps.mean(axis=1).idxmin()
    return Markdown(
        f"The widest gap between training and test is {gaps.stack().max():.2f}, for the "
        f"{MODEL_TITLES[widest[1]]} with *{widest[0]}*; averaged over the three models it is "
        f"smallest with *{closest}* ({gaps.mean(axis=1).min():.2f})."
    )
