import html

import pytest
import toy
from markdown_it import MarkdownIt

from subgenre.report import words


@pytest.mark.parametrize("n_cells", [3, 12])
def test_a_run_that_diverged_never_ends_best(n_cells):
    result = toy.result("optimizers")
    for cell in result.cells[:n_cells]:  # first the level that a comparison with NaN would keep
        for config in cell.configs:
            result.records[config] = toy.diverged(result.records[config])
    assert "nan" not in words.curves(result, "loss").data + words.curves(result, "accuracy").data


@pytest.mark.parametrize(
    "label", ["<i>house</i> &amp;", "`a` *b* _c_ [d](e) <f@g.h> \\*", "# $x$ {}|"]
)
def test_a_users_words_mean_nothing_in_markdown(label):
    shown = MarkdownIt().render(f"It knows *{words.plain(label)}* best.")
    assert html.unescape(shown) == f"<p>It knows <em>{label}</em> best.</p>\n"
