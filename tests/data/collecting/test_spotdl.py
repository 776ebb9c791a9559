import json

import pytest
from stand_in import Spotdl, song

from subgenre.data.collecting.spotdl import download, read_list, save_list
from subgenre.plumbing.errors import DataError

URL = "https://open.spotify.com/playlist/x"


@pytest.fixture
def spotdl(tmp_path, monkeypatch):
    program = Spotdl(tmp_path / "stand-in")
    monkeypatch.setenv("PATH", program.path)
    return program


def write(tmp_path, content):
    path = tmp_path / "a.spotdl"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_a_list_gives_each_song_once_in_its_order(tmp_path):
    songs, n_unusable = read_list(write(tmp_path, [song("b"), song("a"), song("b"), None, {}]))
    assert ([one.song_id for one in songs], n_unusable) == (["b", "a"], 2)
    assert (songs[0].title, songs[0].artist, songs[0].playlist) == ("Song b", "Ann", "A playlist")


def test_the_first_of_several_artists_stands_in_for_a_missing_one(tmp_path):
    rows = [song("a") | {"artist": None, "artists": ["Bob", "Guest"]}, {"song_id": "bare"}]
    songs, _ = read_list(write(tmp_path, rows))
    assert [one.artist for one in songs] == ["Bob", ""]


@pytest.mark.parametrize("text", ["", "[", '{"a": 1}', "3"])
def test_a_file_that_is_no_list_is_refused_in_one_sentence(tmp_path, text):
    path = tmp_path / "a.spotdl"
    path.write_text(text)
    with pytest.raises(DataError, match="Expected") as caught:
        read_list(path)
    assert str(path) in str(caught.value) and "save it anew" in str(caught.value)


def test_an_empty_playlist_is_refused(spotdl):
    spotdl.add(URL)
    with pytest.raises(DataError, match="Expected songs in https"):
        save_list(URL)


def test_a_download_tells_what_came_and_why_the_rest_did_not(spotdl, tmp_path):
    spotdl.set(unavailable=["b"])
    songs, _ = read_list(write(tmp_path, [song("a"), song("b")]))
    folder = tmp_path / "incoming"
    folder.mkdir()
    files, reasons = download(songs, folder)
    assert files == {"a": folder / "a.mp3"}
    assert reasons == {songs[1].url: "LookupError: No results found for song: Song b"}
