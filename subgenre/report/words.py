"""Tables and figures of an experiment read aloud: every number comes from records."""

import numpy as np
import pandas as pd
from IPython.display import Markdown

from subgenre.report.paper import BEST_ACCURACY
from subgenre.report.tables import best_levels, tidy
from subgenre.study.baselines import majority_scores
from subgenre.study.experiments import MODEL_TITLES
from subgenre.study.runner import Result


def scores(result: Result) -> Markdown:
    """Read an experiment's test macro F1 aloud: best and weakest level of each network."""
    rows = tidy(result, intervals=False).query("metric == 'macro_f1' and split == 'test'")
    sentences = []
    for model, title in MODEL_TITLES.items():
        some = rows[rows["model"] == model].sort_values("mean", ascending=False)
        best, worst = some.iloc[0], some.iloc[-1]
        sentences.append(
            f"The {title} scores highest with *{best['level']}* (macro F1 {best['mean']:.2f}) and "
            f"lowest with *{worst['level']}* ({worst['mean']:.2f})."
        )
    sentences.append(f"Always giving the same answer would score {_floor(result):.2f}.")
    return Markdown(" ".join([*sentences, certainty(rows)]))


def certainty(rows: pd.DataFrame) -> str:
    """Say what the brackets beside scores hold, and how many runs diverged.

    Parameters
    ----------
    rows : DataFrame
        With the columns ``n_seeds`` and ``n_diverged``.
    """
    n_seeds, n_diverged = int(rows["n_seeds"].iloc[0]), int(rows["n_diverged"].sum())
    text = f"Brackets hold 95 % bootstrap intervals over {n_seeds} seeds."
    if n_seeds == 1:
        text = "This is a single seed, so there is no interval; another could change the order."
    return text if not n_diverged else f"{text} Runs that diverged: {n_diverged}."


def _floor(result: Result) -> float:
    """Return the mean test macro F1 of always answering the commonest class, over seeds."""
    labels = result.clips["label"].to_numpy()
    by_seed = {record.config["seed"]: record for record in result.records.values()}
    floors = [
        majority_scores(labels, record.test_clips, record.data["labels"])["macro_f1"]
        for record in by_seed.values()
    ]
    return float(np.mean(floors))


def agreement(result: Result) -> Markdown:
    """Say which networks choose the same optimizer here as in the paper."""
    chosen = best_levels(tidy(result, intervals=False))["level"]
    same = [MODEL_TITLES[model] for level, model, _ in BEST_ACCURACY if chosen[model] == level]
    names = ", ".join(same) or "none"
    return Markdown(f"The same optimizer is best here and in the paper for: {names}.")


def learning(result: Result, level: str) -> Markdown:
    """Read the ends of the learning curves at one level aloud."""
    sentences = []
    for cell in result.cells:
        if cell.level == level:
            train, validation = (
                np.mean([record.history[name][-1] for record in result.of(cell)])
                for name in ("accuracy", "val_accuracy")
            )
            sentences.append(
                f"The {MODEL_TITLES[cell.model]} ends at an accuracy of {train:.2f} in training "
                f"and {validation:.2f} in validation."
            )
    return Markdown(" ".join(sentences))


def curves(result: Result, history: str) -> Markdown:
    """Say which level ends best in validation, and how many runs were best near their end.

    Parameters
    ----------
    result : Result
    history : {'accuracy', 'macro_f1', 'loss'}
    """
    sign, sentences = -1 if history == "loss" else 1, []
    for model, title in MODEL_TITLES.items():
        ends = {
            cell.level: np.mean(
                [record.history[f"val_{history}"][-1] for record in result.of(cell)]
            )
            for cell in result.cells
            if cell.model == model
        }
        best = max(ends, key=lambda level: np.nan_to_num(sign * ends[level], nan=-np.inf))
        sentences.append(
            f"The {title} ends with the best {history} under *{best}* ({ends[best]:.2f})."
        )
    records = result.records.values()
    epochs = max(len(record.history["loss"]) for record in records)
    late = sum(record.best_epoch > 0.8 * epochs for record in records)
    sentences.append(
        f"{late} of the {len(records)} runs validated best in the last fifth of their {epochs} "
        "epochs: the more there are, the less have the networks finished learning."
    )
    return Markdown(" ".join(sentences))


def gaps(result: Result) -> Markdown:
    """Read the distance between training and test macro F1 aloud."""
    rows = tidy(result, intervals=False).query("metric == 'macro_f1'")
    means = rows.pivot_table(index=["level", "model"], columns="split", values="mean", sort=False)
    gap = means["train"] - means["test"]
    level, model = gap.idxmax()
    by_level = gap.groupby("level").mean()
    return Markdown(
        f"The widest gap between training and test is {gap.max():.2f}: the {MODEL_TITLES[model]} "
        f"with *{level}*. Averaged over the three networks, the gap is smallest with "
        f"*{by_level.idxmin()}* ({by_level.min():.2f}) and widest with *{by_level.idxmax()}* "
        f"({by_level.max():.2f})."
    )
