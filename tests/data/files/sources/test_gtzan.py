import numpy as np
import pytest
import soundfile
from closed_folders import close, hide

from subgenre.data.files.sources.gtzan import LISTS, listing
from subgenre.plumbing.errors import DataError, ParameterError


def write_excerpts(root, *stems, suffix=".au"):
    for stem in stems:
        path = root / stem.split(".")[0] / f"{stem}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"not opened here")


def write_lists(folder, train, validation, test):
    folder.mkdir(exist_ok=True)
    for (name, _), lines in zip(LISTS.values(), (train, validation, test), strict=True):
        (folder / name).write_text("\n".join(lines) + "\n")


STEMS = ("blues.00000", "blues.00001", "blues.00002", "rock.00000", "rock.00001", "rock.00099")
FILTERED = (
    ["blues/blues.00000.wav", "rock/rock.00000.wav"],
    ["blues/blues.00001.wav", "rock/rock.00001.wav"],
    ["blues/blues.00002.wav"],
)


def reasons(music):
    return {skipped.name: skipped.reason for skipped in music.skipped}


@pytest.mark.parametrize("below", ["", "genres", "genres_original"])
@pytest.mark.parametrize("suffix", [".au", ".wav"])
def test_both_spellings_and_formats_are_found(tmp_path, below, suffix):
    write_excerpts(tmp_path / below, *STEMS, suffix=suffix)
    music = listing(str(tmp_path))
    assert [entry.label for entry in music.entries] == ["blues"] * 3 + ["rock"] * 3
    first = music.entries[0]
    assert first.name == "/".join(filter(None, (below, f"blues/blues.00000{suffix}")))
    assert first.path == tmp_path / first.name
    assert (first.group, first.split) == ("blues.00000", None)
    assert music.skipped == ()
    assert "Sturm" in music.citation and "not subgenres" in music.licence


def test_the_unfiltered_set_comes_with_a_caution(tmp_path):
    write_excerpts(tmp_path, *STEMS)
    music = listing(str(tmp_path))
    (note,) = music.notes
    assert "unfiltered: it repeats recordings and artists" in note.reason
    assert "unfiltered" in music.licence


def test_the_filtered_split_is_obeyed_and_the_rest_named(tmp_path):
    write_excerpts(tmp_path / "genres", *STEMS)
    write_lists(tmp_path, *FILTERED[:2], ["blues/blues.00002.wav", "rock.00050"])
    music = listing(f"{tmp_path}?split=filtered")
    assert {entry.group: entry.split for entry in music.entries} == {
        "blues.00000": "train", "blues.00001": "validation", "blues.00002": "test",
        "rock.00000": "train", "rock.00001": "validation",
    }  # fmt: skip
    assert reasons(music) == {
        "genres/rock/rock.00099.au": "left out of the fault-filtered split",
        "rock.00050": "not there: the fault-filtered split puts it in test",
    }


def test_lists_by_number_say_the_same_and_may_lie_elsewhere(tmp_path):
    music, lists = tmp_path / "music", tmp_path / "lists"
    write_excerpts(music, *STEMS)
    write_lists(lists, ["    1", "  901"], ["2", "902"], ["3"])
    by_number = listing(f"{music}?split=filtered&lists={lists}").entries
    write_lists(lists, *FILTERED)
    assert by_number == listing(f"{music}?split=filtered&lists={lists}").entries
    assert by_number == listing(f"{music}?split=filtered&lists=../lists").entries


def test_lists_of_another_length_than_the_published_are_said(tmp_path):
    write_excerpts(tmp_path, *STEMS)
    write_lists(tmp_path, *FILTERED)
    (note,) = listing(f"{tmp_path}?split=filtered").notes
    assert note.reason.startswith("not the published ones: they name 2 instead of 443 for train")


@pytest.mark.parametrize(
    ("lists", "said"),
    [
        (None, "https://github.com/coreyker/dnn-mgr"),
        ((["blues.00000"], ["blues.00000"], ["rock.00000"]), "each excerpt in one list"),
        ((["blues.00000", "blues.00000"], [], []), "each excerpt once"),
        ((["polka.00000"], [], []), "polka.00000"),
        ((["1001"], [], []), "'1001'"),
    ],
)
def test_lists_that_are_missing_or_contradict_each_other_are_refused(tmp_path, lists, said):
    write_excerpts(tmp_path, *STEMS)
    if lists:
        write_lists(tmp_path, *lists)
    with pytest.raises(DataError) as caught:
        listing(f"{tmp_path}?split=filtered")
    assert said in str(caught.value)


def test_jazz_54_is_left_out_only_where_it_cannot_be_read(tmp_path):
    write_excerpts(tmp_path, *STEMS, "jazz.00053", "jazz.00054", suffix=".wav")
    broken = listing(str(tmp_path))
    assert "common copy" in reasons(broken)["jazz/jazz.00054.wav"]
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, 8000)
    soundfile.write(tmp_path / "jazz" / "jazz.00054.wav", noise, 8000)
    mended = listing(str(tmp_path))
    assert mended.skipped == () and len(mended.entries) == len(broken.entries) + 1


def test_other_files_and_second_formats_are_named(tmp_path):
    write_excerpts(tmp_path, *STEMS)
    write_excerpts(tmp_path, "rock.00000", suffix=".wav")
    (tmp_path / "rock" / "readme.txt").write_text("")
    (tmp_path / "rock" / "blues.00005.au").write_text("")
    (tmp_path / "rock" / "._rock.00000.au").write_text("")
    music = listing(str(tmp_path))
    assert len(music.entries) == 6
    assert reasons(music) == {
        "rock/rock.00000.wav": "second format: the same excerpt as rock/rock.00000.au",
        "rock/readme.txt": "not named as GTZAN's excerpts are",
        "rock/blues.00005.au": "not named as GTZAN's excerpts are",
    }


def test_a_folder_of_other_music_and_slips_are_refused(tmp_path):
    with pytest.raises(DataError, match="GTZAN's folders blues, classical"):
        listing(str(tmp_path))
    write_excerpts(tmp_path, "blues.00000")
    with pytest.raises(DataError, match="at least two genres"):
        listing(str(tmp_path))
    with pytest.raises(ParameterError, match="none, filtered"):
        listing(f"{tmp_path}?split=fault")


def test_a_genre_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    write_excerpts(tmp_path, *STEMS, "jazz.00001")
    hide(monkeypatch, tmp_path / "jazz")
    music = listing(str(tmp_path))
    assert len(music.entries) == 6 and reasons(music) == {"jazz": "unreadable: Permission denied"}


def test_lists_in_impossible_places_are_not_there(tmp_path, monkeypatch):
    write_excerpts(tmp_path, *STEMS)
    (tmp_path / "closed").mkdir()
    close(monkeypatch, tmp_path / "closed")
    for lists in ("closed", "x" * 300):
        with pytest.raises(DataError, match="not all there"):
            listing(f"{tmp_path}?split=filtered&lists={lists}")
    with pytest.raises(ParameterError, match="the home of a user who is not known"):
        listing(f"{tmp_path}?split=filtered&lists=~nosuchuser/lists")
