"""Give the pages the published networks: a script each, for pages that run them in the browser.

``_static/networks/crnn.js`` sets ``subgenre.networks["crnn"]``, which ``network.js`` runs; it knows
all layers but LSTM, which no published network has. Where no model is published there is no script.
"""

import base64
import json
from dataclasses import asdict
from pathlib import Path

from sphinx.application import Sphinx

from subgenre.prediction.classifier import PUBLISHED, Classifier


def script(name: str, classifier: Classifier) -> str:
    """Return a network as a script: its layers, and all weights as float32 in base64."""
    about, network = classifier.about, classifier.network
    weights = b"".join(one.astype("<f4").tobytes() for layer in network for one in layer.weights)
    layers = [
        {**vars(layer), "weights": None, "shapes": [one.shape for one in layer.weights]}
        for layer in network
    ]
    content = {
        "labels": about.labels,
        "temperature": about.temperature,
        "features": asdict(about.config.data.features),
        "layers": layers,
        "weights": base64.b64encode(weights).decode(),
    }
    place = f"((window.subgenre ??= {{}}).networks ??= {{}})[{json.dumps(name)}]"
    return f"{place} = {json.dumps(content)};\n"


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the script of each published network into a finished book of web pages."""
    folder = Path(app.outdir, "_static", "networks")
    for path in PUBLISHED.glob("*.keras") if app.builder.format == "html" else ():
        folder.mkdir(parents=True, exist_ok=True)
        text = script(path.stem, Classifier.load(path))
        (folder / f"{path.stem}.js").write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Run when all else is written."""
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
