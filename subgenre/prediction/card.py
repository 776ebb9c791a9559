"""The card of a model: what it is, what it was trained on, how good it is, what it is not for."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml

from subgenre.plumbing.text import plain
from subgenre.prediction.classifier import Classifier

TEMPLATE = Path(__file__).with_name("card_template.md")
NETWORKS = {
    "cnn": "A convolutional network",
    "crnn": "A recurrent network that reads what convolutions found",
    "cnn_rnn": "A convolutional and a recurrent network side by side",
}


def card(classifier: Classifier, file: str) -> str:
    """Return the card of a model in a file of that name: Markdown, with a head as hubs read it."""
    about, (n_train, n_validation, n_test) = classifier.about, classifier.about.n_clips.values()
    data, music, name = about.config.data, about.music, about.config.model.name
    trust, raw = about.reliabilities["test, scaled"], about.reliabilities["test"]
    noisy = f"Noise lies over all of them, at {data.snr_db or 0:g} dB signal-to-noise ratio."
    return TEMPLATE.read_text(encoding="utf-8").format(
        head=yaml.safe_dump(_head(classifier), sort_keys=False, allow_unicode=True),
        name=name,
        network=NETWORKS[name],
        n_weights=sum(one.size for layer in classifier.network for one in layer.weights),
        seconds=data.clip_seconds,
        n_mels=data.features.n_mels,
        n_classes=len(about.labels),
        labels=", ".join(map(plain, about.labels)),
        what=music["what"].capitalize(),
        dataset=data.dataset.replace("`", "'"),
        n_train=n_train,
        n_validation=n_validation,
        n_test=n_test,
        noise="No noise was added." if data.snr_db is None else noisy,
        cite=music["cite"] and f"Cite: {music['cite']}",
        licence=music["licence"],
        by_class=_table(
            ("class", "precision", "recall", "F1", "clips"),
            ([plain(label), *of] for label, of in about.by_class.items()),
        ),
        scores=_table(
            ("", *(one.replace("_", " ") for one in about.scores["test"])),
            ([plain(part), *of.values()] for part, of in about.scores.items()),
        ),
        temperature=about.temperature,
        accuracy=trust.accuracy,
        confidence=trust.confidence,
        error=trust.expected_calibration_error,
        raw_error=raw.expected_calibration_error,
        file=file,
        seed=about.config.seed,
        epochs=about.config.training.epochs,
        fingerprint=about.fingerprint,
        versions=", ".join(f"{package} {one}" for package, one in about.versions.items()),
    )


def _head(classifier: Classifier) -> dict[str, object]:
    """Return what the hubs of models read: the kind of model, and its scores on the test clips."""
    about = classifier.about
    name, music, test = about.config.model.name, about.config.data.dataset, about.scores["test"]
    metrics = [
        {"type": kind, "name": said, "value": round(test[ours], 4)}
        for kind, said, ours in (("accuracy", "Accuracy", "accuracy"), ("f1", "F1", "macro_f1"))
    ]
    result = {
        "task": {"type": "audio-classification"},
        "dataset": {"name": music, "type": music},
        "metrics": metrics,
    }
    return {
        "library_name": "keras",
        "pipeline_tag": "audio-classification",
        "tags": ["music", "audio-classification"],
        "model-index": [{"name": name, "results": [result]}],
    }


def _table(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table in Markdown, with three digits of what is no whole number."""
    lines = [[f"{one:.3f}" if isinstance(one, float) else str(one) for one in row] for row in rows]
    return "\n".join(
        f"| {' | '.join(line)} |" for line in [heading, ["---"] * len(heading), *lines]
    )
