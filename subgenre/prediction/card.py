"""The card of a model: what it is, what it was trained on, how good it is, what it is not for."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from subgenre.plumbing.text import plain
from subgenre.prediction.classifier import Classifier

TEMPLATE = Path(__file__).with_name("card_template.md")
NETWORKS = {
    "cnn": "A convolutional network",
    "crnn": "A recurrent network that reads what convolutions found",
    "cnn_rnn": "A convolutional and a recurrent network side by side",
}


def card(classifier: Classifier, file: str) -> str:
    """Return the card of a model in a file of that name: in Markdown."""
    about, data = classifier.about, classifier.about.config.data
    of_classes = ([plain(label), *of] for label, of in about.by_class.items())
    of_sets = ([plain(name), *of.values()] for name, of in about.scores.items())
    noisy = f"Noise lies over all of them, at {data.snr_db or 0:g} dB signal-to-noise ratio."
    return TEMPLATE.read_text(encoding="utf-8").format(
        **{"about": about, "data": data, "file": file, "n_classes": len(about.labels)},
        **{"raw": about.reliabilities["test"], "trust": about.reliabilities["test, scaled"]},
        network=NETWORKS[about.config.model.name],
        n_weights=sum(one.size for layer in classifier.network for one in layer.weights),
        labels=", ".join(map(plain, about.labels)),
        what=about.music["what"].capitalize(),
        dataset=plain(data.dataset),
        noise="No noise was added." if data.snr_db is None else noisy,
        by_class=_table(["class", "precision", "recall", "F1", "clips"], of_classes),
        scores=_table(["", *(one.replace("_", " ") for one in about.scores["test"])], of_sets),
        versions=", ".join(f"{package} {one}" for package, one in about.versions.items()),
    )


def _table(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table in Markdown, with three digits of what is no whole number."""
    lines = [[f"{one:.3f}" if isinstance(one, float) else str(one) for one in row] for row in rows]
    rule = ["---"] * len(heading)
    return "\n".join(f"| {' | '.join(line)} |" for line in [heading, rule, *lines])
