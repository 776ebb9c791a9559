import pytest

from subgenre.data.collecting.playlists import read_playlists
from subgenre.plumbing.errors import ParameterError


def write(tmp_path, text):
    path = tmp_path / "playlists.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_classes_keep_their_order_and_playlists_are_read_once(tmp_path):
    text = (
        "﻿techno:\r\n- https://a\r\n- https://a\r\n- b.spotdl\r\n2step: https://c\r\n1990: d.spotdl"
    )
    assert read_playlists(write(tmp_path, text)) == {
        "techno": ("https://a", "b.spotdl"),
        "2step": ("https://c",),
        "1990": ("d.spotdl",),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("house: [", "to be a YAML file"),
        ("", "to map classes"),
        ("- https://a", "to map classes"),
        ("house:", "a list of playlists for 'house'"),
        ("house: []", "a list of playlists for 'house'"),
        ("house: [3]", "URLs or .spotdl files; got 3"),
        ("house: [some search]", "URLs or .spotdl files; got 'some search'"),
        ("house: [--config]", "URLs or .spotdl files"),
        ("on: https://a", "quote it"),
        ("../up: https://a", "names that a folder can have"),
        ("drum/bass: https://a", "names that a folder can have"),
        ("House: https://a\nhouse: https://b", "differ by more than case"),
    ],
)
def test_another_form_is_refused_in_one_sentence(tmp_path, text, said):
    with pytest.raises(ParameterError, match="Expected") as caught:
        read_playlists(write(tmp_path, text))
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ParameterError, match=r"nowhere\.yml"):
        read_playlists(tmp_path / "nowhere.yml")
