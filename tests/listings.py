"""Stand-ins for other people's data sets: files that hold nothing, as no listing opens them."""

from pathlib import Path

import pandas as pd

from subgenre.data import list_files
from subgenre.data.files.sources.gtzan import LISTS

TRACKS_HEADER = [
    ["", "artist", "artist", "set", "set", "track", "track", "track"],
    ["", "id", "name", "split", "subset", "genres", "genres_all", "title"],
    ["track_id", "", "", "", "", "", "", ""],
]
GENRES = """
    12 0 Rock; 15 0 Electronic; 181 15 Techno; 182 15 House; 297 15 Chip Music; 303 297 Skweee;
    400 297 Chiptune; 500 12 Punk; 501 12 Surf
"""  # number, parent, title


def put(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"not opened by a listing")


def reasons(name: str) -> dict[str, str]:
    """Return what a listing skips, and why."""
    return {one.name: one.reason for one in list_files(name).skipped}


def labels(name: str) -> list[str]:
    return [entry.label for entry in list_files(name).entries]


def folder(root: Path, *more: str) -> str:
    put(root, "dub/a.wav", "dub/b.mp3", "house/c.flac", *more)
    return str(root)


def manifest(root: Path, text: str = "a.wav,dub\nsub/c.wav,house\n", columns="path,label") -> str:
    put(root, "a.wav", "b.wav", "sub/c.wav", "Ärger, <b>.wav")
    (root / "music.csv").write_bytes(f"{columns}\n{text}".encode(errors="surrogateescape"))
    return str(root / "music.csv")


def ballroom(root: Path, *more: str) -> str:
    put(root, "Tango/Albums-Cafe_Paradiso-05.wav", "Tango/Albums-Cafe_Paradiso-06.wav",
        "Tango/Media-105901.wav", "Waltz/Albums-Ballroom_Magic-01.wav", *more)  # fmt: skip
    return f"ballroom:{root}"


def giantsteps(root: Path, *more: str) -> str:
    """Write `more` as in ``7.LOFI.mp3`` for audio without a genre."""
    for number, genre in {1030011: "techno", 1068430: "drum-and-bass\n", 1084: "techno"}.items():
        put(root, f"annotations/genre/{number}.LOFI.genre", f"audio/{number}.LOFI.mp3")
        (root / "annotations" / "genre" / f"{number}.LOFI.genre").write_text(genre)
    put(root / "audio", *more)
    return f"giantsteps:{root}"


def gtzan(root: Path, *more: str, suffix: str = ".au") -> str:
    stems = ("blues.00000", "blues.00001", "blues.00002", "rock.00000", "rock.00001", "rock.00099")
    put(root, *(f"{stem.split('.')[0]}/{stem}{suffix}" for stem in (*stems, *more)))
    return f"gtzan:{root}"


def gtzan_lists(place: Path, *lists: list[str]) -> None:
    place.mkdir(exist_ok=True)
    for name, lines in zip(LISTS, lists, strict=True):
        (place / name).write_bytes("\n".join([*lines, ""]).encode(errors="surrogateescape"))


def track(number: int, genres: str, artist=None, split=None, subset="small") -> list:
    artist = number if artist is None else artist
    split = ("training", "validation", "test")[number % 3] if split is None else split
    return [number, artist, f"Artist {artist}", split, subset, genres, "[]", f"Track {number}"]


def tracks(genres: str, start: int, count: int = 6, **details) -> list[list]:
    return [track(number, genres, **details) for number in range(start, start + count)]


def fma(root: Path, *rows: list) -> str:
    """Write tables like FMA's: two rows of names, a third for the index, lists as text."""
    put(root, "fma_metadata/genres.csv", "fma_small/README")
    usual = tracks("[181]", 100) + tracks("[15, 182]", 200) + tracks("[500]", 300)
    said = (one.split(maxsplit=2) for one in GENRES.split(";"))
    genres = [[number, 0, parent, title.strip(), 0] for number, parent, title in said]
    named = [["genre_id", "#tracks", "parent", "title", "top_level"], *genres]
    for name, table in {"genres": named, "tracks": [*TRACKS_HEADER, *usual, *rows]}.items():
        path = root / "fma_metadata" / f"{name}.csv"
        pd.DataFrame(table).to_csv(path, header=False, index=False)
    return f"fma:{root}?min_tracks=6"


STAND_INS = {one.__name__: one for one in (folder, manifest, ballroom, giantsteps, gtzan, fma)}
