"""Keep the book free of other hosts: formulas as MathML, and no scripts that call a server."""

from typing import Any

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator


def visit_inline(translator: HTML5Translator, node: nodes.math) -> None:
    """Write an inline formula, ``$...$``, as MathML."""
    translator.body.append(tex2mathml(node.astext()))
    raise nodes.SkipNode


def visit_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a displayed formula as MathML, with its number if it has a label."""
    translator.body.append(translator.starttag(node, "div", CLASS="math"))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append(tex2mathml(node.astext(), as_block=True) + "</div>")
    raise nodes.SkipNode


def drop_live_code(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Drop the scripts that run cells on a remote server.

    Jupyter Book adds them even when they are switched off, with a constant that is declared
    twice, an error in the browser, and holds the address of another host.
    """
    context["script_files"] = [
        script for script in context["script_files"] if "thebe" not in described(script)
    ]


def described(script: Any) -> str:
    """Return file name and text of a script as one lower-case string."""
    body = getattr(script, "attributes", {}).get("body")
    return f"{getattr(script, 'filename', script)} {body}".lower()


def setup(app: Sphinx) -> dict[str, bool]:
    """Register both with Sphinx."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    app.connect("html-page-context", drop_live_code, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
