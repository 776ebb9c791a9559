import pytest
from listings import fma, labels, reasons, track, tracks

from subgenre.data import list_files
from subgenre.plumbing.errors import DataError, SubgenreError

USUAL = {"Techno", "House"}


def test_subgenres_are_the_leaves_below_a_parent_named_by_title_or_number(tmp_path):
    music = fma(tmp_path, track(7, "[181]", artist=""), *tracks("[501]", 400))
    found = list_files(music)
    assert labels(found.name) == ["Techno"] * 7 + ["House"] * 6
    unknown, first = found.entries[:2]
    assert unknown.name == unknown.group == "fma_small/000/000007.mp3"
    assert first.path == tmp_path / first.name == tmp_path / "fma_small" / "000" / "000100.mp3"
    assert (first.group, first.title) == ("artist 100", "Artist 100: Track 100")
    assert [entry.split for entry in found.entries][1:4] == ["validation", "test", "train"]
    for parent in ("Rock", "rock", "12"):
        assert set(labels(f"{music}&parent={parent}")) == {"Punk", "Surf"}


def test_a_subset_holds_the_smaller_ones(tmp_path):
    more = {400: "medium", 500: "large", 600: ""}
    music = fma(tmp_path, *(one for i in more for one in tracks("[181]", i, subset=more[i])))
    assert len(labels(music)) == 12
    for size, n in (("medium", 18), ("full", 30)):
        (tmp_path / f"fma_{size}").mkdir()
        assert len(labels(f"{music}&size={size}")) == n
    with pytest.raises(DataError, match=r"got those of .'small', 'medium', 'full'"):
        list_files(music)


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("parent=Elektronic", "did you mean 'Electronic'"),
        ("parent=Rock&min_tracks=6", "two subgenres of Rock with 6 tracks"),
        ("size=tiny", "one of small, medium, large, full"),
        ("size=full", "fma_full"),
        ("split=my", "official, none"),
        *((f"min_tracks={n}", "min_tracks .* whole number") for n in ("0", "-1", "2.5", "many")),
    ],
)
def test_a_slip_is_named(tmp_path, option, said):
    fma(tmp_path)
    with pytest.raises(SubgenreError, match=said):
        list_files(f"fma:{tmp_path}?{option}")


@pytest.mark.parametrize("name", ["tracks.csv", "genres.csv"])
@pytest.mark.parametrize(
    "content",
    [None, b"", b"a,b\nc,d\n1,2\n", b"\0\0", b"\xe4", "a column twice", "words for numbers"],
)
def test_metadata_of_another_form_end_in_one_sentence(tmp_path, name, content):
    music, path = fma(tmp_path), tmp_path / "fma_metadata" / name
    text = path.read_bytes()
    path.unlink()
    if content == "a column twice":
        content = b"\n".join(line + line[line.rindex(b",") :] for line in text.splitlines())
    elif content == "words for numbers":
        content = text.replace(b"181", b"techno")
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"Expected .*unpack") as caught:
        list_files(music)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_without_the_official_split_a_class_need_not_be_in_all_of_it(tmp_path):
    found = list_files(f"{fma(tmp_path, *tracks('[400]', 400, split='training'))}&split=none")
    assert set(labels(found.name)) == {*USUAL, "Chiptune"} and not any(
        e.split for e in found.entries
    )


def test_a_title_of_two_genres_gets_their_numbers_and_circles_end(tmp_path):
    music, genres = fma(tmp_path), tmp_path / "fma_metadata" / "genres.csv"
    text = genres.read_text().replace("15,0,0,Elec", "15,0,181,Elec")
    genres.write_text(text.replace("House", "Techno") + "600,0,601,Up,0\n601,0,600,Down,0\n")
    assert set(labels(music)) == {"Techno (181)", "Techno (182)"}
    with pytest.raises(SubgenreError, match=r"one of the numbers \[181, 182\]"):
        list_files(f"{music}&parent=techno")


FEW = "too few tracks: {} a class takes 6"
LEFT_OUT = {
    "Chiptune; 000500.mp3: its genres name none of the classes": [
        *tracks("[297, 400]", 400), track(500, "[297]"),
    ],
    "Chip Music; Skweee: " + FEW.format("2, where") + "; they count for the genre above": [
        *tracks("[303]", 400, count=2), *tracks("[297]", 500, count=4),
    ],
    "000600.mp3: ambiguous: its genres name Techno and Chip Music; Chip Music: "
    + FEW.format("5 name no other class;"): [
        *tracks("[297]", 400, count=5), track(600, "[181, 297, 12]"),
    ],
    "099134.mp3: this clip of FMA is known to hold no audio": [
        track(99134, "[181]"), track(133297, "[500]"),  # the other is not Electronic
    ],
    "Chiptune: not in every set: the official split has it in train": tracks(
        "[400]", 400, split="training"
    ),
    "set.split: official split not used: it cuts 1 artists, such as artist 7": [
        track(600, "[181]", 7, "test"), track(601, "[182]", 7, "training"),
    ],
    "set.split: official split not used: it lacks 1 tracks": [track(600, "[181]", split="")],
}  # fmt: skip


@pytest.mark.parametrize("said", LEFT_OUT)
def test_what_is_no_class_or_of_none_is_left_out_with_the_reason(tmp_path, said):
    found = list_files(fma(tmp_path, *LEFT_OUT[said]))
    left_out = [
        f"{name.rpartition('/')[2]}: {reason}" for name, reason in reasons(found.name).items()
    ]
    assert "; ".join([*(set(labels(found.name)) - USUAL), *left_out]) == said
    assert any(entry.split for entry in found.entries) == ("set.split" not in said)
