from pathlib import Path

import pytest
from closed_folders import close

from subgenre.config import DataConfig
from subgenre.data.names import PUBLISHED, SOURCES, DatasetName
from subgenre.plumbing.errors import SubgenreError

parse = DatasetName.parse
DEFAULTS = {"parent": "Electronic", "size": ""}


def config(name):
    return parse(name).config(480)


@pytest.fixture
def music(tmp_path, monkeypatch):
    """Return a folder, which is also the current one's `music`, beside a manifest."""
    (tmp_path / "music").mkdir()
    (tmp_path / "list.csv").touch()
    monkeypatch.chdir(tmp_path)
    return (tmp_path / "music").resolve()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dances?clip_seconds=5", "clip_seconds to be 10 .* for dances; got 5"),
        ("music?clip_seconds=0.1", "clip_seconds"),
        ("music?clip_seconds=long", "clip_seconds"),
        ("music?clip_seconds=90&snr_db=6", r"clip_seconds to be at most 60 s with noise.* got 90"),
        ("music?x=1", "one of clip_seconds, clip_hop_seconds, snr_db; got 'x'"),
        ("list.csv?", "one of clip_seconds, clip_hop_seconds, snr_db"),
        ("music?clip_seconds=2&clip_seconds=3", "Expected the option clip_seconds once"),
        ("fma:music?size=small&size=large", "Expected the option size once"),
        ("fma:music?sise=small", "parent, size, clip_seconds.* did you mean 'size'"),
        ("fma:music?size", "the option size to have a value"),
        *((f"{one}~nosuchuser/x", "home of a user who is not known") for one in ("", "gtzan:")),
        *(
            (f"fma:{one}", "fma: to be followed")
            for one in ("", "/gone", "?size=small", "list.csv")
        ),
    ],
)
def test_what_is_impossible_is_refused_by_its_name(music, name, said):
    with pytest.raises(SubgenreError, match=said):
        config(name)
        parse(name).own_options(**DEFAULTS)
        parse(name).directory()


def test_links_in_circles_and_impossible_paths_stay_as_they_are(music, monkeypatch):
    for name in ("self", "self.csv"):
        Path(name).symlink_to(name)
    (music / "closed").mkdir()
    close(monkeypatch, music)
    for name in ("self", "self.csv", "x" * 300, "zero\0byte", "music/closed", "", "fma:"):
        assert config(name).dataset == name
        assert len(parse(name).folder) < 100


@pytest.mark.parametrize(
    ("name", "public"),
    [
        ("dances", "dances"),
        ("../private/music", "music"),
        ("fma:/data/fma?parent=Old-Time+%2F+Historic", "fma:fma?parent=Old-Time+%2F+Historic"),
        ("/private/ann/my:music/list.csv", "list.csv"),
        ("gtzan:/private/ann/my:gtzan", "gtzan:my:gtzan"),
        ("gtzan:/ann/gtzan?split=filtered&lists=/private/ann/x", "gtzan:gtzan?split=filtered"),
        ("gtzan:/private/ann/gtzan?%6cists=ann", "gtzan:gtzan"),
        ("/private/ann/M\udce9lodies", r"M\udce9lodies"),
        ("/", "music"),
    ],
)
def test_the_public_name_tells_no_folders(name, public):
    assert parse(name).public == public


def test_options_are_read_as_in_an_address_and_the_path_literally(music, monkeypatch):
    folder = music / "a 50% + #1 set?size=1"
    folder.mkdir()
    name = parse(f"fma:{folder}?size=small&parent=Drum+%26%20Bass&snr_db=6")
    assert name.directory() == folder and name.config(480).snr_db == 6
    assert name.own_options(**DEFAULTS) == {"parent": "Drum & Bass", "size": "small"}
    assert parse(f"fma:{folder}").own_options(**DEFAULTS) == DEFAULTS
    assert config(str(folder)).dataset == str(folder)
    assert str(parse("Who is it?.csv")) == "Who is it?.csv"  # not there
    monkeypatch.setenv("HOME", str(folder))
    assert parse("fma:~").directory() == folder


CONFIGS = {  # data set, ratio of signal to noise, and perhaps seconds of clips and between them
    "dances": ("dances", 0),  # noisy unasked, unlike other music
    "dances?snr_db=none": ("dances", None),
    "dances?snr_db=6": ("dances", 6),
    "music": ("{}", None, 10, 10),
    "music?clip_seconds=5&clip_hop_seconds=2.5&snr_db=-3": ("{}", -3, 5, 2.5),
    "music?clip_seconds=60&snr_db=6": ("{}", 6, 60, 60),
    "music?clip_seconds=90": ("{}", None, 90, 90),
    **{f"{one}:music?b=x&snr_db=6&a=1": (one + ":{}?a=1&b=x", 6) for one in SOURCES},
}


@pytest.mark.parametrize("name", CONFIGS)
def test_a_name_says_all_of_the_data(music, name):
    dataset, *settings = CONFIGS[name]
    asked = parse(name).config(480, 7)  # further clips, which only dances has
    n_extra = 7 * (dataset == PUBLISHED)
    assert asked == DataConfig(dataset.format(music), 480, n_extra, *settings)


SAME = {  # how it is written at last, and other ways; each is another data set
    "dances": [],
    "dances?snr_db=6": ["dances?snr_db=6.0"],
    "{}": ["music", "./music/", "../{0.parent.name}/music", "again"],
    "{}/list.csv": ["music/list.csv", "music/../music/list.csv", "again/list.csv"],
    "{}?clip_seconds=5&snr_db=6": ["music?snr_db=06.0&clip_seconds=5.0"],
    "fma:{}?parent=x&size=s&snr_db=1": ["fma:music?size=s&snr_db=1.0&parent=x"],
    **{f"{one}{{}}?snr_db={db}": [] for one in ("", "fma:", "gtzan:") for db in (2.5, 2.50001)},
}


def test_names_of_one_data_set_are_one_and_each_has_a_folder_of_its_own(music):
    (music / "list.csv").symlink_to(music.parent / "list.csv")
    (music.parent / "again").symlink_to(music)
    folders = []
    for said, names in SAME.items():
        first, *others = (parse(name.format(music)) for name in (said, *names))
        assert {str(first), *map(str, others)} == {said.format(music)}
        assert all(one == first and one.folder == first.folder for one in others)
        folders.append(first.folder)
    assert folders[:2] == [PUBLISHED, "dances-5eb4f327"] and folders[2].startswith("music-")
    assert len(set(folders)) == len(folders)
    assert all(folder.replace("-", "").isalnum() and folder.isascii() for folder in folders)
