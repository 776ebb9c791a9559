import csv
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from stand_in import Spotdl, song

from subgenre.cli import main
from subgenre.data.collecting import collection, spotdl
from subgenre.data.collecting.collection import collect, read_playlists
from subgenre.plumbing.errors import DataError, ParameterError, StorageError, SubgenreError

HOUSE, TECHNO, BROKEN = (f"https://open.spotify.com/playlist/{n}" for n in ("h", "t", "broken"))


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Return the stand-in in the program's place, with a file of two playlists and a target."""
    program = Spotdl(tmp_path / "stand-in")
    monkeypatch.setenv("PATH", program.path)
    program.add(HOUSE, song("h1", "Ann"), song("h2", "Ann"), song("h3", "Bob"))
    program.add(TECHNO, song("t1", "Cia"), song("t2", 'Døm, "D"'))
    program.yaml = tmp_path / "playlists.yml"
    program.yaml.write_text(f"house:\n  - {HOUSE}\nhard techno: {TECHNO}\n")
    program.music = tmp_path / "music {title}"  # as a template of spotdl's, this would name a song
    program.collect = lambda: collect(program.yaml, program.music, progress=False)
    program.command = ["collect", str(program.yaml), "--output", str(program.music)]
    return program


def started(program):
    """Start ``subgenre collect`` in a process of its own."""
    command = [sys.executable, "-c", "from subgenre.cli import main; main()", *program.command]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)


def rows(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


NO_LISTS = ("", "[]", "[3]", "[a song]", "[--config]", "[https://a, [b]]")
NO_FOLDERS = ("''", "../up", "drum/bass", "'end. '", '"a\\nb"')
TWINS = (("House", "house"), ("caf\u00e9", "cafe\u0301"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("house: [", "to be a YAML file"),
        ("", "it holds NoneType"),
        ("- https://a", "it holds list"),
        *((f"house: {one}", "'house' has no list of URLs or .spotdl files") for one in NO_LISTS),
        *((f"{one}: https://a", "no folder can be called") for one in NO_FOLDERS),
        *((f"{one}: https://a\n{two}: https://b", "no more than case") for one, two in TWINS),
    ],
)
def test_playlists_of_another_form_are_refused_in_one_sentence(program, text, said):
    program.yaml.write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError, match=rf"Expected .*playlists\.yml .*{said}") as caught:
        read_playlists(program.yaml)
    assert "\n" not in str(caught.value)


def test_classes_keep_their_order_and_names_and_playlists_are_read_once(program):
    lists = "\ufefftechno:\r\n- https://a\r\n- https://a\r\n- b.spotdl\r\n2step: https://c\r\n"
    names = ["007", "7", "1_0", "on", "True", "inf", "2020-01-01", "1990", "null", "1e3"]
    program.yaml.write_text(lists + "".join(f"{name}: d.spotdl\n" for name in names), "utf-8")
    found = read_playlists(program.yaml)
    assert list(found) == ["techno", "2step", *names]
    assert (found["techno"], found["7"]) == (["https://a", "b.spotdl"], ["d.spotdl"])


def test_a_collection_is_files_and_a_manifest_and_is_fetched_once(program):
    collected = program.collect()
    assert (collected.n_tracks, collected.missing) == (5, ())
    assert [call.split()[0] for call in program.calls()] == ["save"] * 2 + ["download"] * 2
    table = rows(collected.manifest)
    assert list(table[0]) == ["path", "label", "group", "title", "collection"]
    assert [row["path"] for row in table[2:4]] == ["house/h3.mp3", "hard techno/t1.mp3"]
    assert [row["group"] for row in table] == ["Ann", "Ann", "Bob", "Cia", 'Døm, "D"']
    assert table[0]["title"] == "Song h1" and table[0]["collection"] == "A playlist"
    for row in table:
        path = program.music / row["path"]
        assert path.read_text() == f"whole {path.stem}"
    assert (program.music / "missing.csv").read_bytes() == b"name,reason\n"
    assert program.collect() == collected and program.calls() == []
    assert rows(collected.manifest) == table


def test_songs_that_cannot_be_had_are_named_with_the_reason_and_tried_again(program):
    program.set(unavailable=["h2"], empty="h3")
    first = CliRunner().invoke(main, program.command)
    assert first.exit_code == 1
    assert "3 songs are there" in first.output and "2 could not be had" in first.output
    assert {lost["name"]: lost["reason"] for lost in rows(program.music / "missing.csv")} == {
        "house: Ann - Song h2": "LookupError: No results found for song: Song h2",
        "house: Bob - Song h3": "spotdl gave no reason",
    }
    program.calls()
    program.set()
    second = CliRunner().invoke(main, program.command)
    assert second.exit_code == 0 and "5 songs are there" in second.output
    assert program.calls() == ["download songs.spotdl"]
    assert rows(program.music / "missing.csv") == []


@pytest.mark.parametrize(
    ("mood", "why"), [("fatal", "FFmpeg is not"), ("interrupted", "start again")]
)
def test_a_class_that_fails_keeps_no_half_file_and_the_next_goes_on(
    program, monkeypatch, mood, why
):
    monkeypatch.setattr(collection, "SONGS_PER_BATCH", 1)
    program.set(**{mood: "h2"})
    missing = program.collect().missing
    assert sorted(path.stem for path in program.music.rglob("*.mp3")) == ["h1", "t1", "t2"]
    assert [one.name for one in missing] == ["house: Ann - Song h2", "house: Bob - Song h3"]
    assert all(why in one.reason for one in missing)


def is_over(process):
    """Tell whether a process ends within seconds."""
    for _ in range(50):
        try:
            state = Path(f"/proc/{process}/stat").read_text().split()[2]
        except OSError:  # gone, or on a system that does not show its processes
            return True
        if state == "Z":  # nobody has asked yet
            return True
        time.sleep(0.1)
    return False


RATE_LIMIT = "reached a rate/request limit. Retry will occur after: 86400 s"


@pytest.mark.parametrize(
    ("seconds", "words", "said"),
    [(1, "looking for it", "it hung for 1 s"), (900, RATE_LIMIT, "it asks to wait 86400 s")],
)
def test_a_hanging_spotdl_is_ended_and_quoted(program, monkeypatch, capsys, seconds, words, said):
    monkeypatch.setattr(spotdl, "SECONDS_PER_LIST", seconds)
    program.set(hangs=words)
    with pytest.raises(DataError, match=rf"at least one song.*{said}, its last words: .*{words}"):
        collect(program.yaml, program.music)
    shown = capsys.readouterr().err
    assert f"house: {HOUSE} [00:00" in shown and f"hard techno: {TECHNO}" in shown
    assert words[:20] in shown and is_over(program.child())


def test_a_collection_that_is_told_to_end_ends_spotdl(program):
    program.set(hangs="on and on")
    with started(program) as collecting:
        while not program.child() and collecting.poll() is None:
            time.sleep(0.1)
        collecting.terminate()
    assert collecting.returncode == 143 and is_over(program.child())


def test_a_kill_in_the_middle_leaves_what_a_new_start_completes(program):
    program.set(kills="t2")
    assert started(program).wait() == -9
    assert len(list((program.music / "house").iterdir())) == 3
    assert not any((program.music / one).exists() for one in ("manifest.csv", "hard techno"))
    program.set()
    program.calls()
    assert program.collect().n_tracks == 5
    assert program.calls() == ["download songs.spotdl"]
    assert (program.music / "hard techno" / "t2.mp3").read_bytes() == b"whole t2"
    assert not list(program.music.glob(".incoming-*"))


def test_no_program_no_list_and_no_rights_are_named(program, monkeypatch):
    program.yaml.with_name("file").touch()
    with pytest.raises(StorageError, match="file"):
        collect(program.yaml, program.yaml.with_name("file") / "music", progress=False)
    with pytest.raises(ParameterError, match=r"nowhere\.yml"):
        collect(program.yaml.with_name("nowhere.yml"), program.music)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SubgenreError, match=r"Expected the program spotdl on PATH.*install it"):
        collect(program.yaml, program.music)
    assert not program.music.exists()


def test_lists_that_fail_and_songs_of_two_classes_are_named_and_the_others_collected(program):
    odd = [song("a") | {"artist": None}, None, {}, song("../../evil"), song("a"), song("b", "")]
    odd = json.dumps([*odd, {"song_id": "bare"}, song("h1")])
    texts = {"odd": odd, "empty": "", "half": "[", "other": '{"a": 1}', "no song": "[3]"}
    for name, text in texts.items():
        program.yaml.with_name(f"{name}.spotdl").write_text(text, encoding="utf-8-sig")
    program.add(f"{BROKEN}/not")
    failing = {
        "odd.spotdl": "3 of its entries name no song",
        **dict.fromkeys(("empty.spotdl", "half.spotdl", "other.spotdl"), "save it anew"),
        "no song.spotdl": "Expected songs in",
        "lost.spotdl": "correct the path",
        BROKEN: f"exit code 1: SpotifyException: http status: 404, no playlist {BROKEN}",
        f"{BROKEN}/not": "Expected songs in",
    }
    program.yaml.write_text(f"mine: [{', '.join(failing)}]\nhouse: {HOUSE}\n")
    collected = program.collect()
    assert [(row["path"], row["group"]) for row in rows(collected.manifest)] == [
        *(("mine/a.mp3", "Ann"), ("mine/b.mp3", "b"), ("mine/bare.mp3", "bare")),
        *(("house/h2.mp3", "Ann"), ("house/h3.mp3", "Bob")),
    ]
    *lost, song_of_two = collected.missing
    assert [one.name for one in lost] == [f"mine: {name}" for name in failing]
    assert all(said in one.reason for said, one in zip(failing.values(), lost, strict=True))
    assert song_of_two.name == "mine: Ann - Song h1"
    assert song_of_two.reason == "ambiguous: it is in the lists of mine and house"
    assert not list(program.yaml.parent.rglob("*evil*"))
