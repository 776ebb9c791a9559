import json

import pytest
from stand_in import song

from subgenre.data.collecting.spotdl import download, read_list, save_list
from subgenre.plumbing.errors import DataError

URL = "https://open.spotify.com/playlist/x"


@pytest.fixture
def read(tmp_path):
    """Return a function that reads a list of a text, or of rows."""

    def write_and_read(content):
        text = content if isinstance(content, str) else json.dumps(content)
        (tmp_path / "a.spotdl").write_text(text, encoding="utf-8")
        return read_list(tmp_path / "a.spotdl")

    return write_and_read


def test_a_list_gives_its_songs_in_order_with_the_first_artist_for_a_missing_one(read):
    other = song("a") | {"artist": None, "artists": ["Bob", "Guest"]}
    songs, n_unusable = read([song("b"), other, None, {}, {"song_id": "bare"}])
    assert [(one.song_id, one.artist) for one in songs] == [
        ("b", "Ann"),
        ("a", "Bob"),
        ("bare", ""),
    ]
    assert n_unusable == 2 and songs[1].data == other
    assert (songs[0].title, songs[0].playlist) == ("Song b", "A playlist")


@pytest.mark.parametrize("text", ["", "[", '{"a": 1}', "3"])
def test_a_file_that_is_no_list_is_refused(read, text):
    with pytest.raises(DataError, match=r"Expected .*a\.spotdl.*save it anew"):
        read(text)


def test_an_empty_playlist_is_refused(spotdl, tmp_path):
    spotdl.add(URL)
    with pytest.raises(DataError, match="Expected songs in https"):
        save_list(URL, tmp_path / "list")
    assert not (tmp_path / "list").exists()


def test_a_download_tells_what_came_and_why_the_rest_did_not(spotdl, read, tmp_path):
    spotdl.set(unavailable=["b"])
    songs, _ = read([song("a"), song("b")])
    folder = tmp_path / "incoming"
    folder.mkdir()
    files, reasons = download(songs, folder)
    assert files == [folder / "a.mp3"]
    assert reasons == {songs[1].url: "LookupError: No results found for song: Song b"}
