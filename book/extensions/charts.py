"""Put one copy of the library that draws charts into the book, for pages to load without a net."""

from pathlib import Path

import vl_convert
from sphinx.application import Sphinx


def write_library(app: Sphinx, error: Exception | None) -> None:
    """Write Vega with Vega-Lite and its embedding, 0.9 MB, which set ``window.vegaEmbed``."""
    if app.builder.format == "html" and error is None:
        # In a function of its own, its many short names are none of the page's.
        text = f"(() => {{{vl_convert.javascript_bundle()}}})();"
        Path(app.outdir, "_static", "vega.js").write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Write at the end, when the folder of static files is there."""
    app.connect("build-finished", write_library)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
