import unicodedata

import pytest
from listings import manifest, put, reasons

from subgenre.data import list_files
from subgenre.data.dataset import Entry
from subgenre.plumbing.errors import DataError

PLAIN, STRETCHES = "path,label,group", "path,label,group,start,end,split"


def rows(path):
    return [(entry.name, entry.label, entry.group) for entry in list_files(path).entries]


def test_names_in_two_unicode_forms_are_one(tmp_path):
    nfc, nfd = (unicodedata.normalize(form, "Jóga") for form in ("NFC", "NFD"))
    text = f"{nfc}/é.wav,{nfc},{nfc},0,5,train\n{nfd}/é.wav,{nfd},{nfd},3,9,"
    put(tmp_path, f"{nfd}/é.wav")
    first, second = list_files(manifest(tmp_path, text.replace("train", ""), STRETCHES)).entries
    assert (first.label, first.group) == (second.label, second.group) and first.path.is_file()
    with pytest.raises(DataError, match="each group in one set"):
        list_files(manifest(tmp_path, f"{text.replace(',3,', ',6,')}test", STRETCHES))


def test_bad_rows_are_skipped_with_their_number_and_reason(tmp_path):
    no_time = "start or end is not a time in seconds: "
    table = {
        "a.wav,dub,x,,,": "",
        "./a.wav,dub,x,,,": "repeats row 2",
        "none.wav,dub,x,,,": "no such file",
        "~nosuchuser/d.wav,dub,x,,,": "no such file",
        "b.wav,,x,,,": "no label",
        ",dub,x,,,": "no path",
        "b.wav,dub,x,5,5,": "ends before it starts: start 5 s, end 5 s",
        "b.wav,dub,x,now,,": f"{no_time}could not convert string to float: 'now'",
        "b.wav,dub,x,-1,,": f"{no_time}-1",
        "b.wav,dub,x,nan,,": f"{no_time}nan",
        "b.wav,dub,x,,,exam": "unknown split: exam is none of train, validation, test",
        "b.wav,dub,x,,,,more": "more fields than columns: quote what holds a comma",
    }
    path = manifest(tmp_path, "\n".join(table), STRETCHES)
    assert rows(path) == [("a.wav", "dub", "x")]
    named = [f"row {i}: {row.partition(',')[0]}" for i, row in enumerate(table, start=2)]
    assert reasons(path) == dict(list(zip(named, table.values(), strict=True))[1:])


def test_rows_become_entries_and_stretches_of_one_file_may_differ_in_all(tmp_path):
    text = "a.wav,dub,King,1.5,9,train,A Tune,An Album\nsub/c.wav,house,,,,,,\na.wav,acid,x,9,,,,"
    path = manifest(tmp_path, text, f"{STRETCHES},title,collection")
    about = ("dub", "King", "a.wav@1.5-9", "A Tune", "An Album", 1.5, 9, "train")
    assert list(list_files(path).entries) == [
        Entry(tmp_path / "a.wav", *about),
        Entry(tmp_path / "sub/c.wav", "house", "sub/c.wav", "sub/c.wav", "c"),
        Entry(tmp_path / "a.wav", "acid", "x", "a.wav@9-", "a", "", 9),
    ]


@pytest.mark.parametrize(("mark", "end"), [("", "\n"), ("\ufeff", "\r\n")])
@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("Group,Label, Path ", "{1[2]} ,{1[1]},{1[0]}"),
        ("path,label,group,x,x", "{2}"),
        (",path,label,group", "{0},{2}"),  # a data frame's index
        (",,path,label,group", "{0},x,{2}"),
        (PLAIN, "{2},,, "),
        ("path,label,group,,", "{2}"),
        ('"path","label","group"', '"{0}",{2}'),  # of R, which does not name its numbers
    ],
)
def test_order_unnamed_columns_marks_and_line_ends_change_nothing(
    tmp_path, header, line, mark, end
):
    said = [('"Ärger, <b>.wav"', '"dub & ""bass"""', "x"), ("sub\\c.wav", "house", "y")]
    lines = [line.format(i, one, ",".join(one)) for i, one in enumerate(said, start=1)]
    path = manifest(tmp_path, end.join([lines[0], "", lines[1], ",,", ""]), f"{mark}{header}")
    assert rows(path) == [("Ärger, <b>.wav", 'dub & "bass"', "x"), ("sub/c.wav", "house", "y")]
    assert reasons(path) == {}


def test_what_is_text_stays_text(tmp_path):
    names = ("0", "01", "007", "7", "1990", "1.0", "True", "inf", "nan", "None", "1e3", '12" mix')
    put(tmp_path, *(f"{name}.wav" for name in names))
    path = manifest(tmp_path, "\n".join(f"{n}.wav,{n},{n}" for n in names), PLAIN)
    assert rows(path) == [(f"{name}.wav", name, name) for name in names]


@pytest.mark.parametrize("words", ["val test training", "VALID Testing train", "dev test train"])
def test_other_words_for_the_sets_are_understood(tmp_path, words):
    text = "\n".join(f"a.wav,dub,{i},{i},{i + 1},{one}" for i, one in enumerate(words.split()))
    found = list_files(manifest(tmp_path, text, STRETCHES))
    assert sorted(str(entry.split) for entry in found.entries) == ["test", "train", "validation"]


@pytest.mark.parametrize(
    ("header", "lines", "said"),
    [
        ("file,label,group", [], "no column 'path', only file, label, group"),
        ("path;label;group", [], "no column 'path', only path;label;group"),
        ("path,genre", [], "no column 'label', only path, genre"),
        ("path,label,Path", [], "two columns 'path'"),
        ("path,label,title,title", [], "two columns 'title'"),
        ("", ["a.wav,dub"], "an empty first line"),
        ("path,label", ["\udcc4rger.wav,dub"], "CSV UTF-8"),
        (STRETCHES, ["a.wav,dub,x,0,10,", "a.wav,dub,y,9.5,20,"], "not to overlap; rows 2 and 3"),
        (STRETCHES, ["a.wav,dub,x,,,", "sub/../a.wav,dub,y,60,70,"], "overlap; rows 2 and 3"),
        (STRETCHES, ["a.wav,dub,x,5,,", "", "a.wav,dub,y,0,6,"], "not to overlap; rows 4 and 2"),
        (STRETCHES, ["a.wav,dub,x,,,train", "b.wav,dub,x,,,test"], r"in train \(row 2\) and in te"),
        (PLAIN, ["a.wav,dub,x", "", "c.wav,house,y", '"b.wav,house,z'], "row 5: .*: close its quo"),
        (PLAIN, ['"a.wav"x,dub,x', "b.wav,house,y"], "row 2: .*: close its quote"),
        (PLAIN, ['"a.wav,dub,x', *["b.wav,house,y"] * 10_000], "row 2: .*: close its quote"),
    ],
)
def test_what_is_no_manifest_or_contradicts_itself_is_refused(tmp_path, header, lines, said):
    path = manifest(tmp_path, "\n".join([*lines, ""]), header)
    with pytest.raises(DataError, match=said):
        list_files(path)
