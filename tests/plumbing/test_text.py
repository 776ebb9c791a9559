import html
import io
import json
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from subgenre.plumbing.text import escape_what_cannot_be_written, plain, printable, safe_name


def test_what_would_break_a_line_or_a_terminal_is_escaped_and_nothing_else():
    shown = {"two\nlines\t\x1b[31m\x00": r"two\nlines\t\x1b[31m\x00", "\udcff.wav": r"\udcff.wav"}
    shown |= {name: name for name in ("song.mp3", "Ärger/夜の歌.ogg", "<b>&amp;", "a#b 100 %")}
    assert all(printable(name) == printable(Path(name)) == shown[name] for name in shown)


def test_a_safe_name_is_one_short_word_that_no_other_has():
    for texts, names in (
        (["song.mp3", "夜の歌", "e\u0301"], ["song.mp3", "夜の歌", "é"]),
        (["../../x", "a/b\\c", "..", "\udcff"], ["x", "a_b_c", "nothing", "nothing-2"]),
        (["x" * 300, "\U00020000" * 300], ["x" * 80, "\U00020000" * 50]),
        (["a", "A", "a-2", "a"], ["a", "A-2", "a-2-2", "a-3"]),
    ):
        taken = set()
        assert [safe_name(text, taken, "nothing") for text in texts] == names


def test_what_an_encoding_lacks_is_escaped_so_that_json_stays_json():
    name = "é 夜 🎵 \udcff"
    stream = io.TextIOWrapper(io.BytesIO(), "latin-1")
    escape_what_cannot_be_written(stream)
    json.dump(name, stream, ensure_ascii=False)
    stream.seek(0)
    assert json.load(stream) == name


@pytest.mark.parametrize(
    "label", ["<i>house</i> &amp;", "`a` *b* _c_ [d](e) <f@g.h> \\*", "# $x$ {}|"]
)
def test_a_users_words_mean_nothing_in_markdown(label):
    shown = MarkdownIt().render(f"It knows *{plain(label)}* best.")
    assert html.unescape(shown) == f"<p>It knows <em>{label}</em> best.</p>\n"
