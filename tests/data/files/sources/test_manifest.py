import unicodedata

import pytest
from closed_folders import close
from listings import manifest, put, reasons

from subgenre.data import list_files
from subgenre.plumbing.errors import DataError


def rows(path):
    return [(entry.name, entry.label, entry.group) for entry in list_files(path).entries]


def test_rows_become_entries(tmp_path):
    path = manifest(
        tmp_path,
        "a.wav,dub,King,1.5,9,train,A Tune,An Album\nsub/c.wav,house,,,,,,\n",
        "path,label,group,start,end,split,title,collection",
    )
    first, second = list_files(path).entries
    assert (first.path, first.start, first.end) == (tmp_path / "a.wav", 1.5, 9)
    assert (first.name, first.group, first.split) == ("a.wav@1.5-9", "King", "train")
    assert (first.title, first.collection) == ("A Tune", "An Album")
    assert (second.name, second.group, second.title) == ("sub/c.wav", "sub/c.wav", "c")
    assert (second.start, second.end, second.split) == (None, None, None)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_byte_order_marks_and_windows_line_ends_change_nothing(tmp_path, mark, end):
    lines = ['"Ärger, <b>.wav","dub & ""bass""",x', "", "sub\\c.wav,house,y", "", ",,", ""]
    path = manifest(tmp_path, end.join(lines), f"{mark}path,label,group")
    assert rows(path) == [("Ärger, <b>.wav", 'dub & "bass"', "x"), ("sub/c.wav", "house", "y")]
    assert reasons(path) == {}


@pytest.mark.parametrize("columns", ["Label, Path ", "label,path,x,x", "label,path,"])
def test_columns_may_stand_in_any_order_and_spelling_beside_others(tmp_path, columns):
    assert rows(manifest(tmp_path, "dub, a.wav \n", columns)) == [("a.wav", "dub", "a.wav")]


@pytest.mark.parametrize(
    ("header", "ending"),
    [
        (",path,label,group", "{0},{1}"),  # a data frame's index
        (",,path,label,group", "{0},x,{1}"),
        ("path,label,group", "{1},"),
        ("path,label,group", "{1},,, "),
        ("path,label,group,", "{1},"),
        ("path,label,group,,", "{1}"),
        ('"path","label","group"', '"{0}",{1}'),  # of R, which does not name its numbers
    ],
)
def test_columns_without_a_name_are_ignored(tmp_path, header, ending):
    lines = ["a.wav,dub,x", "b.wav,house,y"]
    text = "\n".join(ending.format(number, line) for number, line in enumerate(lines, start=1))
    path = manifest(tmp_path, text, header)
    assert rows(path) == [("a.wav", "dub", "x"), ("b.wav", "house", "y")] and not reasons(path)


def test_what_is_text_stays_text(tmp_path):
    names = ("0", "1", "01", "007", "7", "1990", "1.0", "True", "inf", "nan", "None", "1e3")
    put(tmp_path, *(f"{name}.wav" for name in names))
    path = manifest(tmp_path, "\n".join(f"{n}.wav,{n},{n}" for n in names), "path,label,group")
    assert rows(path) == [(f"{name}.wav", name, name) for name in names]


@pytest.mark.parametrize("words", ["val test training", "VALID Testing train", "dev test train"])
def test_other_words_for_the_sets_are_understood(tmp_path, words):
    text = "\n".join(f"a.wav,dub,{i},{i},{i + 1},{one}" for i, one in enumerate(words.split()))
    found = list_files(manifest(tmp_path, text, "path,label,group,start,end,split"))
    assert sorted(str(entry.split) for entry in found.entries) == ["test", "train", "validation"]


def test_names_in_two_unicode_forms_are_one(tmp_path):
    def row(file, form, start, side):
        one = unicodedata.normalize(form, "Jóga")
        return f"{one}/{file}.wav,{one},{one},{start},{start + 5},{side}"

    put(tmp_path, f"{unicodedata.normalize('NFD', 'Jóga')}/é.wav")
    columns = "path,label,group,start,end,split"
    path = manifest(tmp_path, "\n".join([row("é", "NFC", 0, ""), row("é", "NFD", 3, "")]), columns)
    first, second = list_files(path).entries
    assert (first.label, first.group) == (second.label, second.group) and first.path.is_file()
    text = "\n".join([row("é", "NFC", 0, "train"), row("é", "NFD", 9, "test")])
    with pytest.raises(DataError, match="each group in one set"):
        list_files(manifest(tmp_path, text, columns))


def test_bad_rows_are_skipped_with_their_number_and_reason(tmp_path):
    no_time = "start or end is not a time in seconds: "
    table = [
        ("a.wav,dub,x,,,", ""),
        ("./a.wav,dub,x,,,", "repeats row 2"),
        ("none.wav,dub,x,,,", "no such file"),
        ("b.wav,,x,,,", "no label"),
        (",dub,x,,,", "no path"),
        ("b.wav,dub,x,5,5,", "ends before it starts: start 5 s, end 5 s"),
        ("b.wav,dub,x,now,,", f"{no_time}could not convert string to float: 'now'"),
        ("b.wav,dub,x,-1,,", f"{no_time}-1"),
        ("b.wav,dub,x,nan,,", f"{no_time}nan"),
        ("b.wav,dub,x,,,exam", "unknown split: exam is none of train, validation, test"),
        ("b.wav,dub,x,,,,more", "more fields than columns: quote what holds a comma"),
    ]
    text = "\n".join(row for row, _ in table)
    path = manifest(tmp_path, text, "path,label,group,start,end,split")
    assert len(rows(path)) == 1
    assert reasons(path) == {
        f"row {number}: {row.partition(',')[0]}": reason
        for number, (row, reason) in enumerate(table, start=2)
        if reason
    }


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("file,label,group", "no column 'path', only file, label, group"),
        ("path;label;group", "no column 'path', only path;label;group"),
        ("path,genre", "no column 'label', only path, genre"),
        ("path,label,Path", "two columns 'path'"),
        ("path,label,title,title", "two columns 'title'"),
        ("", "an empty first line"),
    ],
)
def test_a_missing_or_repeated_column_is_named_beside_those_that_are_there(
    tmp_path, header, message
):
    with pytest.raises(DataError, match=message):
        list_files(manifest(tmp_path, "a.wav,dub,x\n", header))


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "music.csv").write_bytes("path,label\nÄrger.wav,dub\n".encode("latin-1"))
    with pytest.raises(DataError, match="CSV UTF-8"):
        list_files(str(tmp_path / "music.csv"))


@pytest.mark.parametrize("name", ["none.csv", "self.csv", "x" * 300 + ".csv", "zero\0byte.csv"])
def test_a_manifest_at_an_impossible_place_is_refused(tmp_path, name):
    (tmp_path / "self.csv").symlink_to("self.csv")
    with pytest.raises(DataError, match="Expected a manifest"):
        list_files(str(tmp_path / name))


def test_stretches_of_one_file_may_differ_in_all(tmp_path):
    text = "a.wav,dub,x,0,10\na.wav,house,y,10,\n"
    assert rows(manifest(tmp_path, text, "path,label,group,start,end")) == [
        ("a.wav@0-10", "dub", "x"),
        ("a.wav@10-", "house", "y"),
    ]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["a.wav,dub,x,0,10,", "a.wav,dub,y,9.5,20,"], "not to overlap; rows 2 and 3"),
        (["a.wav,dub,x,,,", "sub/../a.wav,dub,y,60,70,"], "not to overlap; rows 2 and 3"),
        (["a.wav,dub,x,5,,", "b.wav,dub,z,,,", "a.wav,dub,y,0,6,"], "not to overlap; rows 4 and 2"),
        (["a.wav,dub,x,,,train", "b.wav,dub,x,,,test"], r"'x' is in train \(row 2\) and in test"),
    ],
)
def test_rows_that_contradict_each_other_are_refused(tmp_path, lines, said):
    with pytest.raises(DataError, match=said):
        list_files(manifest(tmp_path, "\n".join(lines), "path,label,group,start,end,split"))


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
def test_a_quote_that_is_not_closed_is_named_by_its_row(tmp_path, lines, number):
    with pytest.raises(DataError, match=rf"row {number}: .*: close its quote"):
        list_files(manifest(tmp_path, "\n".join([*lines, ""]), "path,label,group"))


def test_a_quote_in_the_middle_of_a_field_is_a_quote(tmp_path):
    assert rows(manifest(tmp_path, 'a.wav,dub 12" mix\n'))[0][1] == 'dub 12" mix'


def test_a_file_without_permission_is_told_from_one_that_is_not_there(tmp_path, monkeypatch):
    path = manifest(tmp_path, "sub/c.wav,dub\nnone.wav,dub\n~nosuchuser/d.wav,dub\na.wav,dub\n")
    close(monkeypatch, tmp_path / "sub")
    assert reasons(path) == {
        "row 2: sub/c.wav": "unreadable: Permission denied",
        "row 3: none.wav": "no such file",
        "row 4: ~nosuchuser/d.wav": "no such file",
    }
