"""A set that fails says the commonest reason whole, one example, its cure, and writes the list."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from listings import STAND_INS, fma, manifest, put
from music_files import FORMATS, write_classes

from subgenre.cli import main
from subgenre.data import list_files, load_music
from subgenre.data.names import DatasetName
from subgenre.plumbing.errors import SubgenreError

FLOOD = [f"gone/{i}.wav,dub" for i in range(9984)]


def load(name):
    return load_music(DatasetName.parse(str(name)).config(9), progress=False)


def refusal(name):
    with pytest.raises(SubgenreError) as caught:
        load(name)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("suffix", FORMATS)
def test_music_shorter_than_a_clip_is_usable_as_the_message_says(tmp_path, suffix):
    root = write_classes(tmp_path / "music", seconds=4, suffixes=(suffix,))
    said = refusal(root)
    assert "6 × shorter than a clip, for example dub/tune 0" in said
    advised = re.search(r"\?clip_seconds=4(\.\d)?", said)[0]
    assert len(load(f"{root}{advised}").tracks) == 6


@pytest.mark.parametrize(
    ("columns", "row", "said"),
    [
        ("", "$MUSIC/{0}.wav,{1}", r"6 × no such file, .*tried at .*/\$MUSIC/0.wav\): write out"),
        ("", "{1}/{0}.WAV,{1}", r"row 2: dub/0.WAV: no such file, .*: write '0.wav' for '0.WAV'"),
        ("", "x/{1}/{0}.wav,{1}", "there is .*/dub/0.wav"),
        ("", "{1}/gone {0}.wav,{1}", "correct the path, or add music"),
        (",start,end", "{1}/{0}.wav,{1},0:00,0:11", "6 × start or end .*'0:00'.*: write times"),
        (",start,end", '{1}/{0}.wav,{1},"0,5","1,5"', "'0,5'.*: write times in seconds"),
        (",start,end", "{1}/{0}.wav,{1},0,5,1,5", "more fields than .*: quote .* 0.5 for 0,5"),
        (",split", "{1}/{0}.wav,{1},fold {0}", "6 × unknown split, .*fold 0 is none of"),
        (",split", "{1}/{0}.wav,{1},train", "not audio.*: fetch or export these files anew"),
        ("", "{1}/{0}.wav,", "6 × no label"),
    ],
)
def test_the_commonest_reason_has_its_own_advice(tmp_path, columns, row, said):
    files = [(i, label) for i, label in enumerate(["dub"] * 3 + ["house"] * 3)]
    put(tmp_path, *(f"{label}/{i}.wav" for i, label in files))
    rows = "\n".join(row.format(*one) for one in files)
    assert re.search(said, refusal(manifest(tmp_path, rows, f"path,label{columns}")))


@pytest.mark.parametrize("kind", set(STAND_INS) - {"manifest"})
def test_a_set_one_folder_deeper_is_found(tmp_path, kind):
    name = STAND_INS[kind](tmp_path / "set" / "inner")
    with pytest.raises(SubgenreError, match=r"or name .*/set/inner instead"):
        list_files(name.replace("/inner", ""))


def test_missing_audio_of_a_published_set_is_looked_for_or_to_be_unpacked(tmp_path):
    name = fma(tmp_path)
    assert "or unpack all of the data set" in refusal(name)
    put(tmp_path / "fma_small", *(entry.name for entry in list_files(name).entries))
    said = refusal(name)
    assert "12 × unreadable, for example fma_small/000/000100.mp3: unreadable: No such file" in said
    assert f"there is {tmp_path}/fma_small/fma_small/000/000100.mp3" in said


@pytest.mark.parametrize("command", ["data", "study", "train", "run"])
def test_every_command_writes_the_list_of_a_set_that_fails(tmp_path, results, command):
    done = CliRunner().invoke(main, [command, "--dataset", manifest(tmp_path, "\n".join(FLOOD))])
    assert done.exit_code == 2 and len(done.output) < 999
    place = Path(re.search(r"; see (.*skipped\.csv)", done.output)[1])
    rows = place.read_text(encoding="utf-8").splitlines()
    assert len(rows) == 9985 and rows[1] == "row 2: gone/0.wav,no such file,skipped"


def test_a_flood_is_one_line_on_the_terminal(tmp_path, results, cache):
    write_classes(tmp_path, seconds=1, suffixes=(".wav",))
    rows = [f"{one}/tune {i}.wav,{one}" for one in ("dub", "house") for i in range(3)]
    name = manifest(tmp_path, "\n".join([*rows, *FLOOD]))
    done = CliRunner().invoke(main, ["data", "--dataset", f"{name}?clip_seconds=1"])
    assert done.exit_code == 0, done.output
    (line, _) = (line for line in done.stdout.splitlines() if line.startswith("skipped: "))
    assert line == "skipped: 9,984 × no such file, such as row 8: gone/0.wav: no such file"
