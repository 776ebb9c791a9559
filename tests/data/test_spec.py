import pytest
from closed_folders import close

from subgenre.data.spec import parse_spec, whole_option
from subgenre.plumbing.errors import DataError, ParameterError

DEFAULTS = {"parent": "Electronic", "size": ""}


def test_options_are_read_as_in_an_address_and_the_folder_literally(tmp_path):
    folder = tmp_path / "a 50% + #1 set"
    folder.mkdir()
    spec = f"{folder}?size=small&parent=Drum+%26%20Bass"
    assert parse_spec("fma", spec, DEFAULTS) == (
        folder,
        {"parent": "Drum & Bass", "size": "small"},
    )
    assert parse_spec("fma", str(folder), DEFAULTS) == (folder, DEFAULTS)


def test_a_folder_may_hold_a_question_mark(tmp_path):
    folder = tmp_path / "what?size=small"
    folder.mkdir()
    assert parse_spec("fma", str(folder), DEFAULTS) == (folder, DEFAULTS)
    assert parse_spec("fma", f"{folder}?size=large", DEFAULTS)[1]["size"] == "large"


def test_home_is_understood(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert parse_spec("fma", "~", DEFAULTS)[0] == tmp_path


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("sise=small", "did you mean 'size'"),
        ("size=small&size=large", "size once"),
        ("size", "write name=value"),
        ("size=", "write name=value"),
    ],
)
def test_a_slip_in_the_options_is_named(tmp_path, query, said):
    with pytest.raises(ParameterError) as caught:
        parse_spec("fma", f"{tmp_path}?{query}", DEFAULTS)
    assert said in str(caught.value)


def test_a_source_without_options_refuses_them(tmp_path):
    for query in ("a=b", "a"):
        with pytest.raises(ParameterError, match=r"no options of ballroom but clip_seconds, .*'a"):
            parse_spec("ballroom", f"{tmp_path}?{query}", {})


@pytest.mark.parametrize("spec", ["", "/nowhere/at all", "?size=small"])
def test_a_folder_that_is_not_there_is_named(spec):
    with pytest.raises(DataError, match="Expected fma: to be followed by a folder"):
        parse_spec("fma", spec, DEFAULTS)


@pytest.mark.parametrize("text", ["0", "-1", "2.5", "many"])
def test_a_count_is_a_whole_number(text):
    assert whole_option("min_tracks", "3") == 3
    with pytest.raises(ParameterError, match="min_tracks to be a whole number"):
        whole_option("min_tracks", text)


def test_the_options_of_every_data_set_are_named_beside_those_of_the_source(tmp_path):
    with pytest.raises(ParameterError, match=r"parent, size, clip_seconds.* did you mean 'clip_s"):
        parse_spec("fma", f"{tmp_path}?clip_secs=5", DEFAULTS)


@pytest.mark.parametrize("spec", ["~nosuchuser/fma", "~nosuchuser/fma?size=small"])
def test_the_home_of_nobody_is_refused(spec):
    with pytest.raises(ParameterError, match="the home of a user who is not known"):
        parse_spec("fma", spec, DEFAULTS)


def test_a_folder_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    (tmp_path / "fma").mkdir()
    close(monkeypatch, tmp_path)
    with pytest.raises(DataError, match=r"none that can be read .Permission denied."):
        parse_spec("fma", str(tmp_path / "fma"), DEFAULTS)
