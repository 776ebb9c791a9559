"""One quiet box under a page's title that shows the code of its cells; custom.css hides it."""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

BOX = '<label class="code-box"><input type="checkbox"> Show the code of this page</label>'


def add_box(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Put the box under the title of a page that has code cells."""
    if 'class="cell_input' in context.get("body", ""):
        context["body"] = context["body"].replace("</h1>", f"</h1>{BOX}", 1)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register it with Sphinx."""
    app.connect("html-page-context", add_box)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
