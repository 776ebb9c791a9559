import pytest
from closed_folders import close, hide
from listings import giantsteps, reasons

from subgenre.data import list_files
from subgenre.plumbing.errors import DataError


@pytest.mark.parametrize("suffix", [".mp3", ".wav"])
def test_genres_come_from_the_files_beside_the_audio(tmp_path, suffix):
    music = giantsteps(tmp_path)
    for path in (tmp_path / "audio").iterdir():
        path.rename(path.with_suffix(suffix))
    found = list_files(music)
    assert [entry.label for entry in found.entries] == ["techno", "drum-and-bass", "techno"]
    first = found.entries[0]
    assert first.path == tmp_path / first.name == tmp_path / f"audio/1030011.LOFI{suffix}"
    assert (first.group, first.title) == ("1030011.LOFI", "1030011")
    assert "Knees" in found.citation


def test_what_lacks_its_counterpart_is_named(tmp_path):
    music = giantsteps(tmp_path, "5.LOFI.mp3", "7.LOFI.mp3")
    for number, content in ((5, b" \n"), (6, b"trance"), (8, b"\xff\xfe\x00")):
        (tmp_path / "annotations" / "genre" / f"{number}.LOFI.genre").write_bytes(content)
    assert reasons(music) == {
        "annotations/genre/5.LOFI.genre": "says no genre",
        "annotations/genre/6.LOFI.genre": "no audio: there is no audio/6.LOFI.mp3",
        "annotations/genre/8.LOFI.genre": "cannot be read as text",
        "audio/7.LOFI.mp3": "no file in annotations/genre says its genre",
    }


@pytest.mark.parametrize(
    ("bar", "place", "said"),
    [
        (close, "audio", r"two genres .* got \[\]"),
        (hide, "audio", "audio cannot .Permission denied"),
        (hide, "annotations/genre", "annotations/genre cannot .Permission denied"),
    ],
)
def test_without_the_rights_to_read_it_is_refused(tmp_path, monkeypatch, bar, place, said):
    music = giantsteps(tmp_path)
    bar(monkeypatch, tmp_path / place)
    with pytest.raises(DataError, match=said):
        list_files(music)
