import io
import json
from pathlib import Path

import pytest

from subgenre.plumbing.text import escape_what_cannot_be_written, printable, safe_name


@pytest.mark.parametrize("name", ["song.mp3", "Ärger/夜の歌.ogg", "<b>&amp;", "a#b 100 %"])
def test_ordinary_names_stay_as_they_are(name):
    assert printable(name) == printable(Path(name)) == name


def test_what_would_break_a_line_or_a_terminal_is_escaped():
    assert printable("two\nlines\t\x1b[31m\x00") == r"two\nlines\t\x1b[31m\x00"
    assert printable("\udcff.wav") == r"\udcff.wav"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("song.mp3", "song.mp3"),
        ("夜の歌", "夜の歌"),
        ("e\u0301", "é"),
        ("../../x", "x"),
        ("a/b\\c", "a_b_c"),
        ("..", "nothing"),
        ("\udcff", "nothing"),
        ("x" * 300, "x" * 80),
    ],
)
def test_a_safe_name_is_one_short_word(text, name):
    assert safe_name(text, set(), "nothing") == name


def test_safe_names_are_numbered_where_they_meet():
    taken: set[str] = set()
    assert [safe_name(text, taken) for text in ("a", "A", "a-2", "a")] == [
        "a",
        "A-2",
        "a-2-2",
        "a-3",
    ]


def test_a_safe_name_fits_any_file_system():
    assert len(safe_name("\U00020000" * 300, set()).encode()) <= 200


def test_what_an_encoding_lacks_is_escaped_so_that_json_stays_json():
    name = "é 夜 🎵 \udcff"
    file = io.BytesIO()
    stream = io.TextIOWrapper(file, "latin-1")
    escape_what_cannot_be_written(stream)
    json.dump(name, stream, ensure_ascii=False)
    stream.flush()
    assert json.loads(file.getvalue().decode("latin-1")) == name
    escape_what_cannot_be_written(io.StringIO())
