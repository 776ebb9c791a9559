import numpy as np
import pytest
import soundfile
from closed_folders import close
from listings import gtzan, gtzan_lists, labels, put, reasons

from subgenre.data import list_files
from subgenre.plumbing.errors import SubgenreError

FILTERED = (
    ["blues/blues.00000.wav", "rock/rock.00000.wav"],
    ["blues/blues.00001.wav", "rock/rock.00001.wav"],
    ["blues/blues.00002.wav"],
)


@pytest.mark.parametrize("below", ["", "genres/", "genres_original/"])
@pytest.mark.parametrize("suffix", [".au", ".wav"])
def test_both_spellings_and_formats_are_found_with_a_caution(tmp_path, below, suffix):
    gtzan(tmp_path / below, suffix=suffix)
    found = list_files(f"gtzan:{tmp_path}")
    assert labels(found) == ["blues"] * 3 + ["rock"] * 3
    first = found.entries[0]
    assert first.path == tmp_path / first.name == tmp_path / f"{below}blues/blues.00000{suffix}"
    assert (first.group, first.split) == ("blues.00000", None)
    assert "Sturm" in found.citation and "not subgenres" in found.licence
    (note,) = found.notes
    assert "repeats recordings and artists" in note.reason and note.reason in found.licence


def test_the_filtered_split_is_obeyed_and_the_rest_named(tmp_path):
    gtzan(tmp_path / "genres")
    gtzan_lists(tmp_path, *FILTERED[:2], ["blues/blues.00002.wav", "rock.00050"])
    found = list_files(f"gtzan:{tmp_path}?split=filtered")
    assert {entry.group: entry.split for entry in found.entries} == {
        "blues.00000": "train", "blues.00001": "validation", "blues.00002": "test",
        "rock.00000": "train", "rock.00001": "validation",
    }  # fmt: skip
    assert reasons(found) == {
        "genres/rock/rock.00099.au": "left out of the fault-filtered split",
        "rock.00050": "not there: the fault-filtered split puts it in test",
    }
    (note,) = found.notes
    assert note.reason.startswith("not the published ones: they name 2 instead of 443 for train")
    assert "Caution" not in found.licence


def test_lists_by_number_say_the_same_and_may_lie_elsewhere(tmp_path):
    music = f"{gtzan(tmp_path / 'music')}?split=filtered&lists="
    gtzan_lists(tmp_path / "lists", ["    1", "  901"], ["2", "902"], ["3"])
    by_number = list_files(f"{music}{tmp_path}/lists").entries
    gtzan_lists(tmp_path / "lists", *FILTERED)
    assert by_number == list_files(f"{music}../lists").entries


@pytest.mark.parametrize(
    ("lists", "said"),
    [
        ((["blues.00000"], ["blues.00000"], ["rock.00000"]), "each excerpt once .* blues.00000"),
        ((["blues.00000", "blues.00000"], [], []), "each excerpt once .* blues.00000"),
        ((["polka.00000"], [], []), "polka.00000"),
        ((["1001"], [], []), "'1001'"),
        ((["0"], [], []), "'0'"),
        (([], ["\udcff"], []), "valid_filtered.txt"),
        ("", "https://github.com/coreyker/dnn-mgr"),
        ("&lists=closed", "not all there"),
        (f"&lists={'x' * 300}", "not all there"),
        ("&lists=~nosuchuser/lists", "who is not known"),
        ("fault", "none, filtered"),
    ],
)
def test_a_split_or_lists_that_cannot_be_used_are_refused(tmp_path, monkeypatch, lists, said):
    music = f"{gtzan(tmp_path)}?split=filtered"
    close(monkeypatch, tmp_path / "closed")
    if not isinstance(lists, str):
        gtzan_lists(tmp_path, *lists)
    with pytest.raises(SubgenreError, match=said):
        list_files(music + lists if isinstance(lists, str) else music)


def test_other_files_second_formats_and_a_jazz_54_that_cannot_be_read_are_named(tmp_path):
    put(tmp_path / "rock", "rock.00000.wav", "readme.txt", "blues.00005.au", "._rock.00000.au")
    put(tmp_path / "jazz", "jazz.00053.wav", "jazz.00054.wav")
    music = gtzan(tmp_path)
    found = {
        "rock/rock.00000.wav": "second format: the same excerpt as rock/rock.00000.au",
        "rock/readme.txt": "not named as GTZAN's excerpts are",
        "rock/blues.00005.au": "not named as GTZAN's excerpts are",
    }
    broken = {"jazz/jazz.00054.wav": "cannot be read: nor can it in the common copy of GTZAN"}
    assert reasons(music) == found | broken and len(labels(music)) == 7
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, 8000)
    soundfile.write(tmp_path / "jazz" / "jazz.00054.wav", noise, 8000)
    assert reasons(music) == found and len(labels(music)) == 8
