"""Tables and figures read aloud: sentences whose every number comes from records."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from IPython.display import Markdown

from subgenre.report.paper import Printed
from subgenre.report.tables import METRIC_TITLES, best_levels, n_weights, tidy
from subgenre.study.baselines import majority_scores
from subgenre.study.experiments import MODEL_TITLES
from subgenre.study.intervals import confusion
from subgenre.study.records import Record
from subgenre.study.runner import Result, SingleRun

if TYPE_CHECKING:  # the sentences about experiments need no TensorFlow
    import keras


def scores(result: Result, metric: str = "macro_f1") -> Markdown:
    """Read an experiment's test scores aloud: best and weakest level of each network."""
    rows = tidy(result)
    rows = rows[(rows["metric"] == metric) & (rows["split"] == "test")]
    sentences = []
    for model, title in MODEL_TITLES.items():
        some = rows[rows["model"] == model].sort_values("mean", ascending=False)
        best, worst = some.iloc[0], some.iloc[-1]
        sentences.append(
            f"The {title} scores highest with *{best['level']}* ({METRIC_TITLES[metric]} "
            f"{best['mean']:.2f}) and lowest with *{worst['level']}* ({worst['mean']:.2f})."
        )
    sentences.append(f"Always giving the same answer would score {_floor(result, metric):.2f}.")
    return Markdown(" ".join([*sentences, _certainty(rows)]))


def _certainty(rows: pd.DataFrame) -> str:
    n_seeds, n_diverged = int(rows["n_seeds"].iloc[0]), int(rows["n_diverged"].sum())
    text = f"Brackets hold 95 % bootstrap intervals over {n_seeds} seeds."
    if n_seeds == 1:
        text = (
            "This is a single seed, so there is no interval, and another seed could change the "
            "order of levels that lie close together."
        )
    return text if not n_diverged else f"{text} Runs that diverged: {n_diverged}."


def _floor(result: Result, metric: str) -> float:
    """Return the mean test score of always answering the commonest class, over seeds."""
    labels = result.clips["label"].to_numpy()
    by_seed = {record.config["seed"]: record for record in result.records.values()}
    return float(
        np.mean(
            [
                majority_scores(labels, record.test_clips, record.data["labels"])[metric]
                for record in by_seed.values()
            ]
        )
    )


def agreement(result: Result, printed: Printed) -> Markdown:
    """Say which networks choose the same optimizer here as in the paper."""
    chosen = best_levels(result).set_index("model")["level"]
    of_paper = {model: level for level, model, _ in printed}
    same = [MODEL_TITLES[model] for model in MODEL_TITLES if chosen[model] == of_paper[model]]
    other = [
        f"the {MODEL_TITLES[model]} ({chosen[model]} here, {of_paper[model]} there)"
        for model in MODEL_TITLES
        if chosen[model] != of_paper[model]
    ]
    parts = [f"The same optimizer is best here and in the paper for: {', '.join(same) or 'none'}."]
    if other:
        parts.append(f"It differs for {' and '.join(other)}.")
    return Markdown(" ".join(parts))


def learning(result: Result, level: str) -> Markdown:
    """Read the ends of the learning curves at one level aloud."""
    sentences = []
    for cell in result.cells:
        if cell.level == level:
            ends = [_ends(record) for record in result.of(cell)]
            train, validation = np.mean(ends, axis=0)
            sentences.append(
                f"The {MODEL_TITLES[cell.model]} ends at an accuracy of {train:.2f} in training "
                f"and {validation:.2f} in validation."
            )
    sentences.append(
        "Training accuracy is counted while dropout is on and the weights still change, so it can "
        "lie below the validation accuracy of the same epoch."
    )
    return Markdown(" ".join(sentences))


def _ends(record: Record) -> tuple[float, float]:
    return record.history["accuracy"][-1], record.history["val_accuracy"][-1]


def curves(result: Result, history: str) -> Markdown:
    """Say which level ends best in validation, and after how many epochs each network peaked."""
    sentences, name = [], f"val_{history}"
    for model, title in MODEL_TITLES.items():
        cells = [cell for cell in result.cells if cell.model == model]
        ends = {
            cell.level: np.mean([record.history[name][-1] for record in result.of(cell)])
            for cell in cells
        }
        pick = min if history == "loss" else max
        ends = {level: end for level, end in ends.items() if np.isfinite(end)}  # else diverged
        if not ends:
            continue
        best = pick(ends, key=lambda level: ends[level])
        sentences.append(
            f"The {title} ends with the best {history} under *{best}* ({ends[best]:.2f})."
        )
    kept = [record.best_epoch for record in result.records.values()]
    epochs = max(len(record.history["loss"]) for record in result.records.values())
    late = sum(epoch > 0.8 * epochs for epoch in kept)
    sentences.append(
        f"{late} of the {len(kept)} runs validated best in the last fifth of their {epochs} "
        "epochs: the more there are, the less have the networks finished learning."
    )
    return Markdown(" ".join(sentences))


def gaps(result: Result) -> Markdown:
    """Read the distance between training and test macro F1 aloud."""
    rows = tidy(result)
    rows = rows[rows["metric"] == "macro_f1"]
    means = rows.pivot_table(index=["level", "model"], columns="split", values="mean", sort=False)
    gap = means["train"] - means["test"]
    level, model = gap.index[int(gap.argmax())]
    by_level = gap.groupby("level").mean()
    return Markdown(
        f"The widest gap between training and test is {gap.max():.2f}: the {MODEL_TITLES[model]} "
        f"with *{level}*. Averaged over the three networks, the gap is smallest with "
        f"*{by_level.idxmin()}* ({by_level.min():.2f}) and widest with *{by_level.idxmax()}* "
        f"({by_level.max():.2f})."
    )


def counts(tracks: pd.DataFrame) -> Markdown:
    """Read the size of a data set aloud.

    Parameters
    ----------
    tracks : DataFrame
        With the columns ``label`` and ``group``.
    """
    families = tracks.groupby("label")["group"].nunique().sort_values()
    clips = tracks.groupby("label").size()
    return Markdown(
        f"There are {len(tracks):,} clips of {tracks['group'].nunique():,} families in "
        f"{len(clips)} classes. The rarest class by families is *{families.index[0]}* with "
        f"{families.iloc[0]}, performed {clips[families.index[0]] / families.iloc[0]:.1f} times "
        f"each on average; the commonest is *{families.index[-1]}* with {families.iloc[-1]}."
    )


def sizes(models: "Mapping[str, keras.Model]") -> Markdown:
    """Say how far apart the networks' sizes are."""
    weights = {name: n_weights(model) for name, model in models.items()}
    large, small = max(weights, key=weights.__getitem__), min(weights, key=weights.__getitem__)
    return Markdown(
        f"The largest, the {MODEL_TITLES[large]}, has {weights[large] / weights[small] - 1:.0%} "
        f"more weights than the smallest, the {MODEL_TITLES[small]}."
    )


def run(run: SingleRun) -> Markdown:
    """Say when a run was at its best and how far training and validation came apart."""
    history, best = run.record.history, run.record.best_epoch
    return Markdown(
        f"Epoch {best} of {len(history['loss'])} validated best and its weights were kept: "
        f"macro F1 {history['val_macro_f1'][best - 1]:.2f}. By the last epoch the loss was "
        f"{history['loss'][-1]:.2f} in training and {history['val_loss'][-1]:.2f} in validation."
    )


def confusions(run: SingleRun) -> Markdown:
    """Name the class that is known best and the commonest confusion."""
    labels = run.record.data["labels"]
    counts = confusion([run.tested()], len(labels))
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    right = np.diagonal(shares)
    wrong = shares - np.diag(right)
    true, answer = np.unravel_index(np.argmax(wrong), wrong.shape)
    return Markdown(
        f"It knows *{labels[right.argmax()]}* best ({right.max():.0%} of its clips) and "
        f"*{labels[right.argmin()]}* least ({right.min():.0%}). The commonest confusion takes "
        f"*{labels[true]}* for *{labels[answer]}* ({wrong.max():.0%} of the former's clips)."
    )
