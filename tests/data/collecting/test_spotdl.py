import json

import pytest
from stand_in import song

from subgenre.data.collecting.spotdl import read_list
from subgenre.plumbing.errors import DataError


def read(folder, text):
    (folder / "a.spotdl").write_text(text, encoding="utf-8")
    return read_list(folder / "a.spotdl")


def test_a_list_gives_its_songs_in_order_with_the_first_artist_for_a_missing_one(tmp_path):
    other = song("a") | {"artist": None, "artists": ["Bob", "Guest"]}
    rows = [song("b"), other, None, {}, {"song_id": "bare"}]
    songs, n_unusable = read(tmp_path, json.dumps(rows))
    artists = [(one.song_id, one.artist) for one in songs]
    assert artists == [("b", "Ann"), ("a", "Bob"), ("bare", "")]
    assert n_unusable == 2 and songs[1].data == other
    assert (songs[0].title, songs[0].playlist) == ("Song b", "A playlist")


@pytest.mark.parametrize("text", ["", "[", '{"a": 1}', "3"])
def test_a_file_that_is_no_list_is_refused(tmp_path, text):
    with pytest.raises(DataError, match=r"Expected .*a\.spotdl.*save it anew"):
        read(tmp_path, text)
