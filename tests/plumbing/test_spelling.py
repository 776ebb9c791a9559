import itertools
import re
import unicodedata
from functools import partial
from pathlib import Path

import pytest
from listings import put

from subgenre.plumbing.files import as_there
from subgenre.plumbing.spelling import cure, looks

FORMS = [partial(unicodedata.normalize, form) for form in ("NFC", "NFD")]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        *((f"{one}/a.wav", "out the variable") for one in ("$MUSIC", "x/${MUSIC}", "%MUSIC%")),
        ("file:/x/a.wav", "without .file:"),
        *((f"{one}://music/a.wav", "fetch the file") for one in ("https", "s3")),
        *((f"{one}/a.wav", "without a drive") for one in ("C:", "//nas/music")),
        ("~nosuchuser/a.wav", "whole path instead of ~"),
        *((f"dub/{one}", f"write 'a.wav' for '{one}'") for one in ("a.WAV", "a.mp3", "a")),
        ("dub/a.wav?clip_seconds=4", "write 'a.wav' for 'a.wav\\?clip_seconds=4'"),
        ("DUB/a.wav", "write 'dub' for 'DUB'"),
        ("dub/it's%20b.wav", "write 'it\u2019s b.wav'"),
        ("a.wav", "there is .*dub/a.wav"),
        ("set/dub/a.wav", "there is .*/set/dub/a.wav"),
        ("A$AP/x.wav", "^correct the path$"),
    ],
)
def test_what_is_wrong_with_a_path_is_told(tmp_path, monkeypatch, path, said):
    put(tmp_path / "set", "dub/a.wav", "dub/it\u2019s b.wav")
    monkeypatch.chdir(tmp_path)
    found = cure(tmp_path / "set" / path)
    assert re.search(said, found), found


@pytest.mark.parametrize("path", ["", ".", "x" * 300, "zero\0byte", "/", "nowhere"])
def test_any_path_has_an_answer(path):
    assert cure(Path(path), "this") == "this"


def test_names_that_look_the_same_are_known():
    same = ("Dub Techno", "dub  techno", "dub-techno", "\uff44ub techno", "dub\u00a0techno")
    others = ("C", "C#", "C++", "r&b", "1", "01", "drum")
    assert (len(set(map(looks, same))), len(set(map(looks, others)))) == (1, len(others))


@pytest.mark.parametrize(("one", "other"), itertools.product(FORMS, FORMS))
def test_a_path_is_found_in_the_form_in_which_each_part_is_there(tmp_path, one, other):
    put(tmp_path, f"{one('Björk')}/{other('Jóga')}/{one('é')}.wav", f"{other('Björk')}/x.wav")
    put(tmp_path, *(form("é.wav") for form in FORMS))
    for asked in FORMS:
        assert as_there(tmp_path / asked("Björk/Jóga/é.wav")).is_file()
        for as_written in (tmp_path / asked("Björk/ö.wav"), tmp_path / asked("é.wav")):
            assert as_there(as_written) == as_written
