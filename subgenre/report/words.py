"""Tables and figures of an experiment read aloud: every number comes from records."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from IPython.display import Markdown

from subgenre.study.baselines import majority_scores
from subgenre.study.experiments import MODEL_TITLES
from subgenre.study.records import Record
from subgenre.study.runner import Result


def listed(names: Sequence[str]) -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _means(result: Result, number: Callable[[Record], float]) -> pd.DataFrame:
    """Return a number's mean over seeds, a row per level and a column per network's title."""
    means: dict[str, dict[str, float]] = {title: {} for title in MODEL_TITLES.values()}
    for cell in result.cells:
        numbers = [number(record) for record in result.of(cell)]
        means[MODEL_TITLES[cell.model]][cell.level] = sum(numbers) / len(numbers)
    return pd.DataFrame(means)


def scores(result: Result) -> Markdown:
    """Say what an experiment's scores lie above, and what the brackets beside them hold."""
    labels = result.clips["label"].to_numpy()
    by_seed = {record.config["seed"]: record for record in result.records.values()}
    floors = [
        majority_scores(labels, record.test_clips, record.data["labels"])["macro_f1"]
        for record in by_seed.values()
    ]
    floor = f"Always giving the same answer would score {np.mean(floors):.2f}."
    return Markdown(f"{floor} {certainty(len(by_seed))}")


def certainty(n_seeds: int) -> str:
    """Say what the brackets beside scores hold."""
    if n_seeds == 1:
        return "This is a single seed, so there is no interval; another could change the order."
    return f"Brackets hold 95 % intervals over {n_seeds} runs."


def learning(result: Result, level: str) -> Markdown:
    """Read the ends of the learning curves at one level aloud."""
    train = _means(result, lambda one: one.history["accuracy"][-1]).loc[level]
    validation = _means(result, lambda one: one.history["val_accuracy"][-1]).loc[level]
    ends = zip(train.index, train, validation, strict=True)
    text = "The {} ends at an accuracy of {:.2f} in training and {:.2f} in validation."
    return Markdown(" ".join(text.format(*end) for end in ends))


def curves(result: Result, history: str) -> Markdown:
    """Say which level ends best."""
    ends = _means(result, lambda one: one.history[f"val_{history}"][-1])
    best = ends.dropna(axis=1, how="all").agg("idxmin" if history == "loss" else "idxmax")
    sentences = [
        f"The {title} ends best under *{level}* ({ends[title][level]:.2f})."
        for title, level in best.items()
    ]
    return Markdown(f"Validation {history} at the last epoch: {' '.join(sentences)}")
