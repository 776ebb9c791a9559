import pytest
from closed_folders import close

from subgenre.data.files.sources.manifest import listing
from subgenre.plumbing.errors import DataError


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a manifest beside the files a.wav, b.wav and sub/c.wav."""
    (tmp_path / "sub").mkdir()
    for name in ("a.wav", "b.wav", "sub/c.wav", "Ärger, <b>.wav"):
        (tmp_path / name).write_bytes(b"not opened by a listing")

    def write_it(text, encoding="utf-8"):
        path = tmp_path / "music.csv"
        path.write_bytes(text.encode(encoding))
        return str(path)

    return write_it


def rows(path):
    return [(entry.name, entry.label, entry.group) for entry in listing(path).entries]


def reasons(path):
    return {one.name: one.reason for one in listing(path).skipped}


def test_rows_become_entries(write, tmp_path):
    path = write(
        "path,label,group,start,end,split,title,collection\n"
        "a.wav,dub,King,1.5,9,train,A Tune,An Album\n"
        "sub/c.wav,house,,,,,,\n"
    )
    found = listing(path)
    first, second = found.entries
    assert (first.path, first.start, first.end) == (tmp_path / "a.wav", 1.5, 9)
    assert (first.name, first.group, first.split) == ("a.wav@1.5-9", "King", "train")
    assert (first.title, first.collection) == ("A Tune", "An Album")
    assert (second.name, second.group, second.title) == ("sub/c.wav", "sub/c.wav", "c")
    assert (second.start, second.end, second.split) == (None, None, None)
    assert found.name == path and not found.skipped


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_byte_order_marks_and_windows_line_ends_change_nothing(write, encoding, end):
    lines = [
        "path,label,group",
        '"Ärger, <b>.wav","dub & ""bass""",x',
        "",
        "sub\\c.wav,house,y",
        "",
    ]
    assert rows(write(end.join(lines), encoding)) == [
        ("Ärger, <b>.wav", 'dub & "bass"', "x"),
        ("sub/c.wav", "house", "y"),
    ]


def test_columns_may_stand_in_any_order_and_spelling(write):
    assert rows(write("Label, Path \ndub, a.wav \n")) == [("a.wav", "dub", "a.wav")]


def test_bad_rows_are_skipped_with_their_number_and_reason(write):
    path = write(
        "path,label,group,start,end,split\n"
        "a.wav,dub,x,,,\n"
        "./a.wav,dub,x,,,\n"
        "none.wav,dub,x,,,\n"
        "b.wav,,x,,,\n"
        ",dub,x,,,\n"
        "b.wav,dub,x,5,5,\n"
        "b.wav,dub,x,now,,\n"
        "b.wav,dub,x,-1,,\n"
        "b.wav,dub,x,nan,,\n"
        "b.wav,dub,x,,,exam\n"
        "b.wav,dub,x,,,,more\n"
    )
    assert len(listing(path).entries) == 1
    assert reasons(path) == {
        "row 3: ./a.wav": "repeats row 2",
        "row 4: none.wav": "no such file",
        "row 5: b.wav": "no label",
        "row 6: ": "no path",
        "row 7: b.wav": "ends before it starts: start 5 s, end 5 s",
        "row 8: b.wav": "start or end is not a time in seconds: could not convert string to float: "
        "'now'",
        "row 9: b.wav": "start or end is not a time in seconds: -1",
        "row 10: b.wav": "start or end is not a time in seconds: nan",
        "row 11: b.wav": "unknown split exam: it is none of train, validation, test",
        "row 12: b.wav": "more fields than columns: quote what holds a comma",
    }


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("file,label,group", "no column 'path', only file, label, group"),
        ("path;label;group", "no column 'path', only path;label;group"),
        ("path,genre", "no column 'label', only path, genre"),
        ("path,label,Path", "two columns 'path'"),
        ("", "an empty first line"),
    ],
)
def test_a_missing_column_is_named_beside_those_that_are_there(write, header, message):
    with pytest.raises(DataError, match=message):
        listing(write(f"{header}\na.wav,dub,x\n"))


def test_a_file_that_is_no_text_is_refused(write, tmp_path):
    with pytest.raises(DataError, match="CSV in UTF-8"):
        listing(write("path,label\nÄrger.wav,dub\n", "latin-1"))
    with pytest.raises(DataError, match="correct the path"):
        listing(str(tmp_path / "none.csv"))


def test_stretches_of_one_file_may_differ_in_all(write):
    path = write("path,label,group,start,end\na.wav,dub,x,0,10\na.wav,house,y,10,\n")
    assert rows(path) == [("a.wav@0-10", "dub", "x"), ("a.wav@10-", "house", "y")]


@pytest.mark.parametrize(
    "lines",
    [
        ["a.wav,dub,x,0,10,", "a.wav,dub,y,9.5,20,"],
        ["a.wav,dub,x,,,", "sub/../a.wav,dub,y,60,70,"],
        ["a.wav,dub,x,5,,", "b.wav,dub,z,,,", "a.wav,dub,y,0,6,"],
    ],
)
def test_overlapping_stretches_in_different_groups_are_refused(write, lines):
    with pytest.raises(DataError, match=r"not to overlap; rows [24]"):
        listing(write("\n".join(["path,label,group,start,end,split", *lines])))


def test_a_group_in_two_sets_is_refused(write):
    text = "path,label,group,split\na.wav,dub,x,train\nb.wav,dub,x,test\n"
    with pytest.raises(DataError, match=r"group 'x' is in train \(row 2\) and in test \(row 3\)"):
        listing(write(text))


@pytest.mark.parametrize(
    ("lines", "number"),
    [
        (["a.wav,dub,x", '"sub/c.wav,house,y', "b.wav,house,z"], 3),
        (["a.wav,dub,x", "", "sub/c.wav,house,y", '"b.wav,house,z'], 5),
        (['"a.wav,dub,x', '"b.wav,house,y'], 2),
        (['"a.wav"x,dub,x', "b.wav,house,y"], 2),
        (['"a.wav,dub,x', *["b.wav,house,y"] * 10_000], 2),
    ],
)
def test_a_quote_that_is_not_closed_is_named_by_its_row(write, lines, number):
    with pytest.raises(DataError, match=rf"row {number} of .*: close its quote") as caught:
        listing(write("\n".join(["path,label,group", *lines, ""])))
    assert "UTF-8" not in str(caught.value)


def test_a_quote_in_the_middle_of_a_field_is_a_quote(write):
    assert rows(write('path,label,group\na.wav,dub 12" mix,x\n')) == [("a.wav", 'dub 12" mix', "x")]


def test_a_file_without_permission_is_told_from_one_that_is_not_there(write, tmp_path, monkeypatch):
    path = write("path,label\nsub/c.wav,dub\nnone.wav,dub\n~nosuchuser/d.wav,dub\na.wav,dub\n")
    close(monkeypatch, tmp_path / "sub")
    assert reasons(path) == {
        "row 2: sub/c.wav": "unreadable: Permission denied",
        "row 3: none.wav": "no such file",
        "row 4: ~nosuchuser/d.wav": "no such file",
    }


def test_a_manifest_at_an_impossible_place_is_refused(tmp_path):
    (tmp_path / "self.csv").symlink_to("self.csv")
    for name in ("self.csv", "x" * 300 + ".csv", "zero\0byte.csv"):
        with pytest.raises(DataError, match="Expected a manifest"):
            listing(str(tmp_path / name))
