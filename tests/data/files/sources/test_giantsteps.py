import pytest
from closed_folders import close, hide

from subgenre.data.files.sources.giantsteps import listing
from subgenre.plumbing.errors import DataError


def write(folder, genres, audio=None, suffix=".mp3"):
    for place in ("annotations/genre", "audio"):
        (folder / place).mkdir(parents=True, exist_ok=True)
    for number, genre in genres.items():
        (folder / "annotations" / "genre" / f"{number}.LOFI.genre").write_text(genre)
    for number in genres if audio is None else audio:
        (folder / "audio" / f"{number}.LOFI{suffix}").write_bytes(b"")


GENRES = {1030011: "techno", 1068430: "drum-and-bass\n", 1084: "techno"}


def reasons(music):
    return {skipped.name: skipped.reason for skipped in music.skipped}


@pytest.mark.parametrize("suffix", [".mp3", ".wav"])
def test_genres_come_from_the_files_beside_the_audio(tmp_path, suffix):
    write(tmp_path, GENRES, suffix=suffix)
    music = listing(str(tmp_path))
    assert [entry.label for entry in music.entries] == ["techno", "drum-and-bass", "techno"]
    first = music.entries[0]
    assert first.name == f"audio/1030011.LOFI{suffix}"
    assert first.path == tmp_path / first.name
    assert (first.group, first.title) == ("1030011.LOFI", "1030011")
    assert "Knees" in music.citation and music.skipped == ()


def test_what_lacks_its_counterpart_is_named(tmp_path):
    write(tmp_path, GENRES | {5: " \n", 6: "trance"}, audio=[*GENRES, 5, 7])
    (tmp_path / "annotations" / "genre" / "8.LOFI.genre").write_bytes(b"\xff\xfe\x00")
    assert reasons(listing(str(tmp_path))) == {
        "annotations/genre/5.LOFI.genre": "says no genre",
        "annotations/genre/6.LOFI.genre": "no audio: there is no audio/6.LOFI.mp3",
        "annotations/genre/8.LOFI.genre": "cannot be read as text",
        "audio/7.LOFI.mp3": "no file in annotations/genre says its genre",
    }


def test_a_folder_of_other_form_is_refused(tmp_path):
    with pytest.raises(DataError, match="annotations/genre"):
        listing(str(tmp_path))
    write(tmp_path, GENRES, audio=[])
    with pytest.raises(DataError, match=r"two genres .* got \[\]: run"):
        listing(str(tmp_path))


@pytest.mark.parametrize("place", ["annotations/genre", "audio"])
def test_a_folder_that_may_not_be_listed_is_refused(tmp_path, monkeypatch, place):
    write(tmp_path, GENRES)
    hide(monkeypatch, tmp_path / place)
    with pytest.raises(DataError, match=f"{place} cannot .Permission denied"):
        listing(str(tmp_path))


def test_audio_that_may_not_be_looked_at_is_named(tmp_path, monkeypatch):
    write(tmp_path, GENRES)
    close(monkeypatch, tmp_path / "audio")
    with pytest.raises(DataError, match=r"two genres .* got \[\]"):
        listing(str(tmp_path))
