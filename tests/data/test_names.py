from pathlib import Path

import pytest
from closed_folders import close

from subgenre.data.names import PUBLISHED, DatasetName
from subgenre.plumbing.errors import ParameterError

parse = DatasetName.parse


@pytest.fixture
def music(tmp_path, monkeypatch):
    """Return a folder, which is also the current one's `music`."""
    (tmp_path / "music").mkdir()
    monkeypatch.chdir(tmp_path)
    return (tmp_path / "music").resolve()


def test_the_published_music_is_noisy_and_other_music_is_not(music):
    assert parse(PUBLISHED).config(480).snr_db == 0.0
    assert parse("music").config(480).snr_db is None


def test_a_path_means_the_same_everywhere(music):
    for name in ("music", "./music", str(music)):
        assert parse(name).config(480).dataset == str(music)
    assert len({parse(name).folder for name in ("music", "./music/", str(music))}) == 1


@pytest.mark.parametrize("source", ["fma", "gtzan", "ballroom", "giantsteps"])
def test_a_source_keeps_its_name_and_its_own_options(music, source):
    config = parse(f"{source}:music?parent=Rock&snr_db=6").config(480)
    assert config.dataset == f"{source}:{music}?parent=Rock"
    assert config.snr_db == 6


def test_options_are_read_from_the_name(music):
    config = parse("music?clip_seconds=5&clip_hop_seconds=2.5&snr_db=-3").config(480)
    assert (config.clip_seconds, config.clip_hop_seconds, config.snr_db) == (5, 2.5, -3)
    assert config.dataset == str(music)


def test_clips_follow_each_other_unless_a_hop_is_given(music):
    assert parse("music?clip_seconds=5").config(480).clip_hop_seconds == 5


def test_noise_can_be_left_out_and_set(music):
    assert parse("dances?snr_db=none").config(480).snr_db is None
    assert parse("dances?snr_db=6").config(480).dataset == PUBLISHED


@pytest.mark.parametrize(
    "name",
    [
        "dances?clip_seconds=5",
        "music?clip_seconds=0.1",
        "music?clip_seconds=long",
        "music?snr_db=loud",
    ],
)
def test_an_impossible_option_is_refused_by_its_name(music, name):
    option = name.partition("?")[2].partition("=")[0]
    with pytest.raises(ParameterError, match=option):
        parse(name).config(480)


def test_a_folder_whose_name_holds_a_question_mark_is_found(tmp_path, monkeypatch):
    folder = tmp_path / "what?snr_db=6"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    config = parse(folder.name).config(480)
    assert Path(config.dataset) == folder.resolve() and config.snr_db is None


def test_every_study_has_a_folder_name_of_its_own(music):
    names = ["dances", "dances?snr_db=6", "music", "music?snr_db=6", "fma:music", "gtzan:music"]
    folders = [parse(name).folder for name in names]
    assert folders[0] == PUBLISHED
    assert len(set(folders)) == len(folders)
    assert all(folder.replace("-", "").isalnum() and folder.isascii() for folder in folders)
    assert folders[2].startswith("music-")


def test_a_name_that_is_no_path_stays_as_it_is(music):
    assert str(parse("polkas")) == "polkas"
    assert str(parse(str(parse("music?snr_db=6")))) == str(parse("music?snr_db=6"))


def test_the_order_of_options_and_the_spelling_of_numbers_mean_nothing(music):
    names = ("music?clip_seconds=5&snr_db=6", "music?snr_db=6.0&clip_seconds=5.0")
    assert str(parse(names[0])) == str(parse(names[1])) == f"{music}?clip_seconds=5&snr_db=6"
    assert parse(names[0]).folder == parse(names[1]).folder
    assert parse("music?snr_db=2.5").folder != parse("music?snr_db=2.50001").folder
    one, other = (
        parse(f"fma:music?{query}").config(480).dataset
        for query in ("size=small&parent=Rock", "snr_db=1&parent=Rock&size=small")
    )
    assert one == other


def test_the_published_studies_keep_their_names():
    assert [parse(f"dances{query}").folder for query in ("", "?snr_db=6", "?snr_db=none")] == [
        "dances", "dances-5eb4f327", "dances-9af384a9"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("x=1", "one of clip_seconds, clip_hop_seconds, snr_db; got 'x'"),
        ("clip_secs=1", "did you mean 'clip_seconds'"),
        ("snr_db=6&x=1", "got 'x'"),
        ("", "one of clip_seconds, clip_hop_seconds, snr_db"),
        ("clip_seconds=2&clip_seconds=3", "Expected the option clip_seconds once"),
    ],
)
@pytest.mark.parametrize("name", ["music", "list.csv", "dances"])
def test_a_wrong_option_is_said_to_be_wrong(music, name, query, said):
    (music.parent / "list.csv").touch()
    for read in (parse, lambda text: parse(text).config(480)):
        with pytest.raises(ParameterError, match=said):
            read(f"{name}?{query}")


def test_an_option_of_a_source_is_given_once(music):
    with pytest.raises(ParameterError, match="Expected the option size once"):
        parse("fma:music?size=small&size=large").config(480)


def test_a_question_mark_in_a_name_that_is_not_there_is_no_option(music):
    assert str(parse("Who is it?.csv")) == "Who is it?.csv"


def test_a_question_mark_may_stand_in_a_folder_and_before_options(music):
    (music / "what?").mkdir()
    config = parse("fma:music/what??parent=Rock&snr_db=6").config(480)
    assert (config.dataset, config.snr_db) == (f"fma:{music}/what??parent=Rock", 6)


def test_clips_are_no_longer_than_the_noise(music):
    assert parse("music?clip_seconds=60&snr_db=6").config(480).clip_seconds == 60
    assert parse("music?clip_seconds=90").config(480).clip_seconds == 90
    with pytest.raises(ParameterError, match=r"at most 60 s with noise.* got 90 s and snr_db 6"):
        parse("music?clip_seconds=90&snr_db=6").config(480)


def test_a_manifest_that_is_a_link_keeps_its_place(music):
    store = music.parent / "store"
    store.mkdir()
    (store / "abc123").touch()
    (music / "list.csv").symlink_to(store / "abc123")
    (music.parent / "again").symlink_to(music)
    for name in ("music/list.csv", "music/../music/list.csv", "again/list.csv"):
        assert str(parse(name)) == str(music / "list.csv")


def test_links_in_circles_and_impossible_paths_stay_as_they_are(music, monkeypatch):
    for name in ("self", "self.csv"):
        Path(name).symlink_to(name)
    (music / "closed").mkdir()
    close(monkeypatch, music)
    for name in ("self", "self.csv", "x" * 300, "zero\0byte", "music/closed", "", "fma:"):
        assert parse(name).config(480).dataset == name
        assert len(parse(name).folder) < 100


@pytest.mark.parametrize("name", ["~nosuchuser/music", "gtzan:~nosuchuser/x", "~nosuchuser/a?x=1"])
def test_the_home_of_nobody_is_refused(name):
    with pytest.raises(ParameterError, match="the home of a user who is not known"):
        parse(name).config(480)


@pytest.mark.parametrize(
    ("name", "public"),
    [
        ("dances", "dances"),
        ("/somewhere/private/music", "music"),
        ("../lists/my.csv", "my.csv"),
        ("fma:/data/fma?parent=Electronic", "fma:fma?parent=Electronic"),
        ("fma:/data/fma?parent=Old-Time+%2F+Historic", "fma:fma?parent=Old-Time+%2F+Historic"),
        ("/private/ann/my:music/list.csv", "list.csv"),
        ("gtzan:/private/ann/my:gtzan", "gtzan:my:gtzan"),
        (
            "gtzan:/private/ann/gtzan?split=filtered&lists=/private/ann/x",
            "gtzan:gtzan?split=filtered",
        ),
        ("gtzan:/private/ann/gtzan?lists=%2Fprivate%2Fann%2Fx", "gtzan:gtzan"),
        ("gtzan:/private/ann/gtzan?%6cists=ann", "gtzan:gtzan"),
        ("/private/ann/M\udce9lodies", r"M\udce9lodies"),
        ("/", "music"),
    ],
)
def test_the_public_name_tells_no_folders(name, public):
    assert parse(name).public == public


def test_a_folder_with_a_question_mark_is_no_option(tmp_path):
    (tmp_path / "what?" / "gtzan").mkdir(parents=True)
    assert parse(f"gtzan:{tmp_path}/what?/gtzan").public == "gtzan:gtzan"
