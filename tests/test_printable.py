from pathlib import Path

import pytest

from subgenre.printable import printable


@pytest.mark.parametrize("name", ["song.mp3", "Ärger/夜の歌.ogg", "<b>&amp;", "a#b 100 %"])
def test_ordinary_names_stay_as_they_are(name):
    assert printable(name) == printable(Path(name)) == name


def test_what_would_break_a_line_or_a_terminal_is_escaped():
    assert printable("two\nlines\t\x1b[31m\x00") == r"two\nlines\t\x1b[31m\x00"
    assert printable("\udcff.wav") == r"\udcff.wav"
