import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from stand_in import Spotdl, song

from subgenre.cli import main
from subgenre.data.collecting import collection
from subgenre.data.collecting.collection import collect
from subgenre.plumbing.errors import DataError, StorageError, SubgenreError

HOUSE, TECHNO, BROKEN = (f"https://open.spotify.com/playlist/{n}" for n in ("h", "t", "broken"))


@pytest.fixture
def spotdl(tmp_path, monkeypatch):
    program = Spotdl(tmp_path / "stand-in")
    program.add(HOUSE, song("h1", "Ann"), song("h2", "Ann"), song("h3", "Bob"))
    program.add(TECHNO, song("t1", "Cia"), song("t2", 'Døm, "D"'))
    monkeypatch.setenv("PATH", program.path)
    return program


@pytest.fixture
def playlists(tmp_path):
    path = tmp_path / "playlists.yml"
    path.write_text(f"house:\n  - {HOUSE}\nhard techno: {TECHNO}\n")
    return path


@pytest.fixture
def output(tmp_path):
    return tmp_path / "music {title}"  # as a template of spotdl's, this would name a song


def gather(playlists, output):
    return collect(playlists, output, progress=False)


def rows(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_a_collection_is_files_by_class_and_a_manifest_with_artists_as_groups(
    spotdl, playlists, output
):
    collected = gather(playlists, output)
    assert (collected.n_tracks, collected.missing) == (5, ())
    table = rows(collected.manifest)
    assert list(table[0]) == ["path", "label", "group", "title", "collection"]
    assert [row["path"] for row in table[2:4]] == ["house/h3.mp3", "hard techno/t1.mp3"]
    assert [row["group"] for row in table] == ["Ann", "Ann", "Bob", "Cia", 'Døm, "D"']
    assert table[0]["title"] == "Song h1" and table[0]["collection"] == "A playlist"
    for row in table:
        assert (output / row["path"]).read_bytes() == b"whole " + Path(row["path"]).stem.encode()
    assert rows(output / "missing.csv") == []


def test_what_is_there_is_not_asked_for_again(spotdl, playlists, output):
    first = gather(playlists, output)
    manifest = first.manifest.read_bytes()
    assert [call.split()[0] for call in spotdl.calls()] == ["save", "save", "download", "download"]
    assert gather(playlists, output) == first
    assert spotdl.calls() == []
    assert first.manifest.read_bytes() == manifest


def test_songs_that_cannot_be_had_are_named_with_the_reason_and_tried_again(
    spotdl, playlists, output
):
    spotdl.set(unavailable=["h2"])
    collected = gather(playlists, output)
    assert collected.n_tracks == 4
    (lost,) = collected.missing
    assert lost.name == "house: Ann - Song h2"
    assert lost.reason == "LookupError: No results found for song: Song h2"
    assert rows(output / "missing.csv") == [{"name": lost.name, "reason": lost.reason}]
    spotdl.calls()
    spotdl.set()
    assert gather(playlists, output).missing == ()
    assert spotdl.calls() == ["download songs.spotdl"]


def test_a_broken_playlist_is_reported_and_the_others_collected(spotdl, playlists, output):
    playlists.write_text(f"acid: {BROKEN}\nhouse: {HOUSE}\ntechno: {TECHNO}\n")
    collected = gather(playlists, output)
    assert collected.n_tracks == 5
    (lost,) = collected.missing
    assert lost.name == f"acid: {BROKEN}"
    assert lost.reason == (
        f"Expected spotdl to save {BROKEN}, but it ended with exit code 1: SpotifyException: http "
        f"status: 404, no playlist {BROKEN}"
    )


def test_a_class_that_fails_midway_keeps_no_half_file_and_the_next_goes_on(
    spotdl, playlists, output, monkeypatch
):
    monkeypatch.setattr(collection, "SONGS_PER_BATCH", 1)
    spotdl.set(fatal="h2")
    collected = gather(playlists, output)
    assert sorted(path.name for path in output.rglob("*.mp3")) == ["h1.mp3", "t1.mp3", "t2.mp3"]
    assert [lost.name for lost in collected.missing] == [
        "house: Ann - Song h2",
        "house: Bob - Song h3",
    ]
    assert all("FFmpeg is not installed" in lost.reason for lost in collected.missing)


def test_a_spotdl_that_was_interrupted_is_not_believed_though_it_ends_well(
    spotdl, playlists, output
):
    spotdl.set(interrupted="h3")
    collected = gather(playlists, output)
    assert not (output / "house").exists()
    assert {lost.reason for lost in collected.missing} == {
        "Expected spotdl to end, but it was interrupted: start again."
    }


def test_a_spotdl_that_hangs_is_ended(spotdl, playlists, output, monkeypatch):
    from subgenre.data.collecting import spotdl as module

    monkeypatch.setattr(module, "SECONDS_PER_LIST", 0.5)
    spotdl.set(hangs=True)
    with pytest.raises(DataError, match=r"at least one song.*it hung"):
        gather(playlists, output)


def test_a_kill_in_the_middle_leaves_what_a_new_start_completes(spotdl, playlists, output):
    spotdl.set(kills="t2")
    code = (
        "import sys; from pathlib import Path\n"
        "from subgenre.data.collecting.collection import collect\n"
        "collect(Path(sys.argv[1]), Path(sys.argv[2]), progress=False)"
    )
    killed = subprocess.run([sys.executable, "-c", code, playlists, output], check=False)
    assert killed.returncode == -9
    assert len(list((output / "house").iterdir())) == 3
    assert not (output / "manifest.csv").exists() and not (output / "hard techno").exists()
    spotdl.set()
    spotdl.calls()
    assert gather(playlists, output).n_tracks == 5
    assert spotdl.calls() == ["download songs.spotdl"]
    assert (output / "hard techno" / "t2.mp3").read_bytes() == b"whole t2"
    assert not list(output.glob(".incoming-*"))


def test_a_song_in_the_lists_of_two_classes_is_ambiguous_and_not_fetched(spotdl, playlists, output):
    spotdl.add(TECHNO, song("t1"), song("h1"))
    collected = gather(playlists, output)
    assert [row["path"] for row in rows(collected.manifest)] == [
        "house/h2.mp3", "house/h3.mp3", "hard techno/t1.mp3"
    ]  # fmt: skip
    (lost,) = collected.missing
    assert lost.reason == "ambiguous: it is in the lists of house and hard techno"


def test_lists_that_were_saved_before_are_read_beside_the_yaml_file(spotdl, tmp_path, output):
    songs = [song("a") | {"artist": None}, None, song("../../evil"), song("a"), song("b", "")]
    (tmp_path / "mine.spotdl").write_text(json.dumps(songs), encoding="utf-8-sig")
    (tmp_path / "playlists.yml").write_text(f"mine: [mine.spotdl, lost.spotdl]\nhouse: {HOUSE}\n")
    collected = gather(tmp_path / "playlists.yml", output)
    mine = [row for row in rows(collected.manifest) if row["label"] == "mine"]
    assert [(row["path"], row["group"]) for row in mine] == [
        ("mine/a.mp3", "Ann"), ("mine/b.mp3", "b")
    ]  # fmt: skip
    assert "2 of its entries name no song" in {lost.reason for lost in collected.missing}
    assert any(lost.name == "mine: lost.spotdl" for lost in collected.missing)
    assert not list(tmp_path.rglob("*evil*"))


def test_without_the_program_one_sentence_says_how_to_get_it(playlists, output, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SubgenreError, match=r"Expected the program spotdl on PATH.*install it"):
        gather(playlists, output)
    assert not output.exists()


def test_a_place_that_cannot_be_written_is_named(spotdl, playlists, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="file"):
        gather(playlists, tmp_path / "file" / "music")


def test_the_command_ends_with_code_1_if_something_is_missing(spotdl, playlists, output):
    spotdl.set(unavailable=["t2"])
    asked = [str(playlists), "--output", str(output)]
    first = CliRunner().invoke(main, ["collect", *asked])
    assert first.exit_code == 1
    assert "4 songs are there" in first.output and "1 could not be had" in first.output
    spotdl.set()
    second = CliRunner().invoke(main, ["collect", *asked])
    assert second.exit_code == 0 and "5 songs are there" in second.output
