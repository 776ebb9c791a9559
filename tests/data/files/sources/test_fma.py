"""The stand-in is a tree like FMA's: two rows of names, a third for the index, lists as text."""

import csv

import pytest

from subgenre.data.files.sources.fma import listing
from subgenre.plumbing.errors import DataError, ParameterError

GENRES = {  # number: (title, parent)
    12: ("Rock", 0),
    15: ("Electronic", 0),
    181: ("Techno", 15),
    182: ("House", 15),
    297: ("Chip Music", 15),
    303: ("Skweee", 297),
    400: ("Chiptune", 297),
    500: ("Punk", 12),
    501: ("Surf", 12),
}
HEADER = [
    ["", "artist", "artist", "set", "set", "track", "track", "track"],
    ["", "id", "name", "split", "subset", "genres", "genres_all", "title"],
    ["track_id", "", "", "", "", "", "", ""],
]
OFFICIAL = ("training", "validation", "test")


def write_genres(folder):
    with (folder / "genres.csv").open("w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["genre_id", "#tracks", "parent", "title", "top_level"])
        writer.writerows([key, 0, parent, title, 0] for key, (title, parent) in GENRES.items())


def write_tracks(folder, rows):
    with (folder / "tracks.csv").open("w", newline="", encoding="utf-8") as lines:
        csv.writer(lines).writerows([*HEADER, *rows])


def track(number, genres, artist=None, split=None, subset="small"):
    artist = number if artist is None else artist
    split = OFFICIAL[number % 3] if split is None else split
    return [number, artist, f"Artist {artist}", split, subset, genres, "[]", f"Track {number}"]


def tracks_of(genres, start, count=6, **details):
    return [track(number, genres, **details) for number in range(start, start + count)]


@pytest.fixture
def fma(tmp_path):
    """Return the folder, and a function that writes further tracks into it."""
    (tmp_path / "fma_metadata").mkdir()
    (tmp_path / "fma_small").mkdir()
    write_genres(tmp_path / "fma_metadata")

    def write(*rows):
        usual = tracks_of("[181]", 100) + tracks_of("[15, 182]", 200) + tracks_of("[500]", 300)
        write_tracks(tmp_path / "fma_metadata", usual + list(rows))
        return f"{tmp_path}?min_tracks=6"

    return tmp_path, write


def reasons(music):
    return {skipped.name: skipped.reason for skipped in music.skipped}


def test_subgenres_are_the_leaves_below_the_parent(fma):
    folder, write = fma
    music = listing(write())
    assert [entry.label for entry in music.entries] == ["Techno"] * 6 + ["House"] * 6
    first = music.entries[0]
    assert first.path == folder / "fma_small" / "000" / "000100.mp3"
    assert first.name == "fma_small/000/000100.mp3"
    assert (first.group, first.title) == ("artist 100", "Artist 100: Track 100")
    assert {entry.split for entry in music.entries} == {"train", "validation", "test"}
    assert [entry.split for entry in music.entries][:3] == ["validation", "test", "train"]
    assert "Defferrard" in music.citation and "CC BY 4.0" in music.licence
    assert music.skipped == ()
    assert music.name == f"fma:{folder}?min_tracks=6"


def test_a_genre_with_genres_in_use_below_it_is_no_class(fma):
    _, write = fma
    music = listing(write(*tracks_of("[297, 400]", 400), *tracks_of("[297]", 500, count=2)))
    assert {entry.label for entry in music.entries} == {"Techno", "House", "Chiptune"}
    assert reasons(music) == dict.fromkeys(
        ["fma_small/000/000500.mp3", "fma_small/000/000501.mp3"],
        "its genres name none of the classes",
    )


def test_tracks_of_rare_genres_count_for_the_genre_above(fma):
    _, write = fma
    music = listing(write(*tracks_of("[303]", 400, count=2), *tracks_of("[297]", 500, count=4)))
    assert sum(entry.label == "Chip Music" for entry in music.entries) == 6
    assert "too few tracks: 2" in reasons(music)["Skweee"]


def test_a_track_with_two_subgenres_is_ambiguous(fma):
    _, write = fma
    assert reasons(listing(write(track(600, "[181, 182, 12]")))) == {
        "fma_small/000/000600.mp3": "ambiguous: its genres name Techno and House"
    }


def test_a_class_that_ambiguity_leaves_too_small_goes(fma):
    _, write = fma
    music = listing(write(*tracks_of("[297]", 400, count=5), track(600, "[181, 297]")))
    assert {entry.label for entry in music.entries} == {"Techno", "House"}
    assert "too few tracks: 5 name no other class" in reasons(music)["Chip Music"]


def test_clips_known_to_be_empty_are_named(fma):
    _, write = fma
    music = listing(write(track(99134, "[181]"), track(133297, "[500]")))
    assert list(reasons(music)) == ["fma_small/099/099134.mp3"]  # the other one is not Electronic


def test_a_split_that_cuts_an_artist_is_dropped_and_said(fma):
    _, write = fma
    music = listing(
        write(track(600, "[181]", artist=7, split="test"), track(601, "[182]", 7, "training"))
    )
    assert {entry.split for entry in music.entries} == {None}
    assert "cuts 1 artists, such as artist 7" in reasons(music)["set.split"]
    assert [entry.group for entry in music.entries].count("artist 7") == 2


def test_a_split_that_is_not_said_for_all_is_dropped(fma):
    _, write = fma
    music = listing(write(track(600, "[181]", split="")))
    assert {entry.split for entry in music.entries} == {None}
    assert "lacks 1 tracks" in reasons(music)["set.split"]


def test_a_class_that_the_split_does_not_spread_is_left_out(fma):
    _, write = fma
    spec = write(*tracks_of("[400]", 400, split="training"))
    music = listing(spec)
    assert {entry.label for entry in music.entries} == {"Techno", "House"}
    assert reasons(music)["Chiptune"] == "not in every set: the official split has it in train"
    free = listing(f"{spec}&split=none")
    assert {entry.label for entry in free.entries} == {"Techno", "House", "Chiptune"}
    assert {entry.split for entry in free.entries} == {None}


@pytest.mark.parametrize("parent", ["Rock", "rock", "12"])
def test_the_parent_is_named_by_title_or_number(fma, parent):
    _, write = fma
    music = listing(write(*tracks_of("[501]", 400)) + f"&parent={parent}")
    assert {entry.label for entry in music.entries} == {"Punk", "Surf"}


def test_a_subset_holds_the_smaller_ones(fma):
    folder, write = fma
    spec = write(
        *tracks_of("[181]", 400, subset="medium"), *tracks_of("[181]", 500, subset="large")
    )
    assert len(listing(spec).entries) == 12
    (folder / "fma_medium").mkdir()
    with pytest.raises(ParameterError, match="fma_small, fma_medium"):
        listing(spec)
    assert len(listing(f"{spec}&size=medium").entries) == 18


def test_a_row_without_genres_and_an_unknown_artist_are_survived(fma):
    _, write = fma
    music = listing(write(track(600, "techno"), track(601, "[181]", artist="")))
    assert reasons(music) == {"tracks.csv, track 600": "its genres are not a list"}
    assert "fma_small/000/000601.mp3" in {entry.group for entry in music.entries}


def test_the_order_is_that_of_the_numbers_and_repeats(fma):
    _, write = fma
    spec = write(track(7, "[181]"))
    assert listing(spec) == listing(spec)
    assert listing(spec).entries[0].name == "fma_small/000/000007.mp3"


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("parent=Elektronic", "did you mean 'Electronic'"),
        ("size=tiny", "one of small, medium, large, full"),
        ("size=full", "fma_full"),
        ("split=my", "official, none"),
    ],
)
def test_a_slip_is_named(fma, option, said):
    _, write = fma
    with pytest.raises((ParameterError, DataError)) as caught:
        listing(f"{write()}&{option}")
    assert said in str(caught.value)


def test_a_parent_without_two_subgenres_is_refused(fma):
    _, write = fma
    for parent in ("Rock", "Punk"):
        with pytest.raises(DataError, match="at least two subgenres"):
            listing(f"{write()}&parent={parent}")


@pytest.mark.parametrize("name", ["tracks.csv", "genres.csv"])
@pytest.mark.parametrize("content", [None, "", "a,b\nc,d\n1,2\n", "\0\0", "ä".encode("latin-1")])
def test_metadata_of_another_form_end_in_one_sentence(fma, name, content):
    folder, write = fma
    spec, path = write(), folder / "fma_metadata" / name
    path.unlink()
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError, match=r"Expected .*unpack") as caught:
        listing(spec)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)
