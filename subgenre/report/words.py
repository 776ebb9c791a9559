"""Tables and figures of an experiment read aloud: every number comes from records."""

from collections.abc import Callable, Sequence

import pandas as pd
from IPython.display import Markdown

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
    shares = result.clips["label"].value_counts(normalize=True)
    floor = 2 * shares.max() / (1 + shares.max()) / len(shares)  # its recall is 1, others' F1 is 0
    n_seeds = len({record.config["seed"] for record in result.records.values()})
    return Markdown(f"One answer to all would score about {floor:.2f}. {certainty(n_seeds)}")


def certainty(n_seeds: int) -> str:
    """Say what the brackets beside scores hold."""
    if n_seeds == 1:
        return "This is a single seed, so there is no interval; another could change the order."
    return f"Brackets hold 95 % intervals over {n_seeds} runs."


def learning(result: Result, level: str) -> Markdown:
    """Read the ends of the learning curves at one level aloud."""
    train = _means(result, lambda one: one.history["accuracy"][-1]).loc[level]
    validation = _means(result, lambda one: one.history["val_accuracy"][-1]).loc[level]
    text = "The {} ends at an accuracy of {:.2f} in training and {:.2f} in validation."
    return Markdown(" ".join(map(text.format, train.index, train, validation)))


def curves(result: Result, history: str) -> Markdown:
    """Say which level ends best."""
    ends = _means(result, lambda one: one.history[f"val_{history}"][-1])
    best = ends.dropna(axis=1, how="all").agg("idxmin" if history == "loss" else "idxmax")
    sentences = [
        f"The {title} ends best under *{level}* ({ends[title][level]:.2f})."
        for title, level in best.items()
    ]
    return Markdown(f"Validation {history} at the last epoch: {' '.join(sentences)}")
