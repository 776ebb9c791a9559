import pytest

from subgenre.data.collecting.playlists import read_playlists
from subgenre.plumbing.errors import ParameterError


def read(folder, text):
    (folder / "playlists.yml").write_text(text, encoding="utf-8")
    return read_playlists(folder / "playlists.yml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("house: [", "to be a YAML file"),
        ("", "it holds NoneType"),
        ("- https://a", "it holds list"),
        ("house:", "URLs or .spotdl files for 'house'"),
        ("house: []", "URLs or .spotdl files for 'house'"),
        ("house: [3]", r"URLs or .spotdl files .* got \['3'\]"),
        ("house: [https://a, [b]]", r"URLs or .spotdl files"),
        ("house: [some search]", "URLs or .spotdl files .*'some search'"),
        ("house: [--config]", "URLs or .spotdl files"),
        ("'': https://a", "names that a folder can have; got ''"),
        ("../up: https://a", "names that a folder can have"),
        ("drum/bass: https://a", "names that a folder can have"),
        ("'end. ': https://a", "names that a folder can have"),
        ('"a\\nb": https://a', "names that a folder can have"),
        ("House: https://a\nhouse: https://b", "differ by more than case"),
        ("caf\u00e9: https://a\ncafe\u0301: https://b", "differ by more than case"),
    ],
)
def test_another_form_is_refused_in_one_sentence(tmp_path, text, said):
    with pytest.raises(ParameterError, match=f"Expected .*{said}") as caught:
        read(tmp_path, text)
    with pytest.raises(ParameterError, match=r"nowhere\.yml"):
        read_playlists(tmp_path / "nowhere.yml")
    assert "\n" not in str(caught.value)


def test_classes_keep_their_order_and_names_and_playlists_are_read_once(tmp_path):
    lists = "techno:\r\n- https://a\r\n- https://a\r\n- b.spotdl\r\n2step: https://c\r\n"
    names = ["007", "7", "1_0", "on", "True", "inf", "2020-01-01", "1990", "null", "1e3"]
    found = read(tmp_path, f"\ufeff{lists}" + "".join(f"{name}: d.spotdl\n" for name in names))
    assert list(found) == ["techno", "2step", *names]
    assert (found["techno"], found["7"]) == (("https://a", "b.spotdl"), ("d.spotdl",))
