"""What every source keeps to, and what it refuses, in one table."""

import pytest
from closed_folders import close, hide
from listings import STAND_INS, ballroom, folder, gtzan, reasons

from subgenre.data import list_files
from subgenre.plumbing.errors import DataError, ParameterError, SubgenreError


@pytest.fixture(params=STAND_INS)
def name(request, tmp_path):
    """Return the name of each source's stand-in."""
    return STAND_INS[request.param](tmp_path / "set")


def test_a_listing_is_whole_and_the_same_each_time(name):
    found = list_files(name)
    assert found.name == name and found.citation and found.licence and not found.skipped
    names = [entry.name for entry in found.entries]
    assert names == sorted(set(names))
    assert all(entry.group and entry.title for entry in found.entries)
    assert len({entry.label for entry in found.entries}) > 1
    assert all(entry.path.as_posix().endswith(entry.name) for entry in found.entries)
    assert list_files(name) == found


def test_what_may_not_be_read_or_is_not_there_is_named_with_the_reason(name, tmp_path, monkeypatch):
    with pytest.raises(SubgenreError, match=r"Expected .*/nowhere.* No such file|nowhere.*\(No"):
        list_files(name.partition("?")[0].replace("/set", "/nowhere"))
    close(monkeypatch, tmp_path)
    if name.endswith(".csv"):  # opened without a look at it, and its rows are looked for beside it
        assert set(reasons(name).values()) == {"unreadable: Permission denied"}
        return
    with pytest.raises(SubgenreError, match=r"Expected .*/set.*Permission denied"):
        list_files(name)


@pytest.mark.parametrize("path", ["self.csv", "x" * 300 + ".csv", "zero\0byte.csv"])
def test_a_manifest_at_an_impossible_place_is_refused(tmp_path, path):
    (tmp_path / "self.csv").symlink_to("self.csv")
    with pytest.raises(DataError, match="Expected a manifest"):
        list_files(str(tmp_path / path))


@pytest.mark.parametrize("write", [folder, ballroom, gtzan])
def test_a_class_that_may_not_be_listed_is_skipped(write, tmp_path, monkeypatch):
    name = write(tmp_path)
    (tmp_path / "jazz").mkdir()
    hide(monkeypatch, tmp_path / "jazz")
    assert reasons(name) == {"jazz": "unreadable: Permission denied"}


@pytest.mark.parametrize("kind", set(STAND_INS) - {"manifest"})
def test_fewer_than_two_classes_are_refused(kind, tmp_path):
    name = STAND_INS[kind](tmp_path)
    for path in (*tmp_path.glob("[hrW]*/*"), *tmp_path.glob("annotations/genre/106*")):
        path.unlink()
    genres = tmp_path / "fma_metadata" / "genres.csv"
    if genres.exists():
        genres.write_text(genres.read_text().replace("182", "183"))
    with pytest.raises(DataError, match=r"two .*; got \[[^,]*\].*: "):
        list_files(name)


def test_a_wrong_option_and_how_to_cut_clips_are_refused(name):
    for option, said in (("wrong=1", r"to be one of .*'wrong'"), ("snr_db=6", "without clip_sec")):
        with pytest.raises(ParameterError, match=said):
            list_files(f"{name}{'&' if '?' in name else '?'}{option}")
