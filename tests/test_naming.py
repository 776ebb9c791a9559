from pathlib import Path

import pytest

from subgenre.errors import ParameterError
from subgenre.naming import PUBLISHED, canonical, data_config, study_name


@pytest.fixture
def music(tmp_path, monkeypatch):
    """Return a folder, which is also the current one's `music`."""
    (tmp_path / "music").mkdir()
    monkeypatch.chdir(tmp_path)
    return (tmp_path / "music").resolve()


def test_the_published_music_is_noisy_and_other_music_is_not(music):
    assert data_config(PUBLISHED, 480).snr_db == 0.0
    assert data_config("music", 480).snr_db is None


def test_a_path_means_the_same_everywhere(music):
    for name in ("music", "./music", str(music)):
        assert data_config(name, 480).dataset == str(music)
    assert len({study_name(name) for name in ("music", "./music/", str(music))}) == 1


@pytest.mark.parametrize("source", ["fma", "gtzan", "ballroom", "giantsteps"])
def test_a_source_keeps_its_name_and_its_own_options(music, source):
    config = data_config(f"{source}:music?parent=Rock&snr_db=6", 480)
    assert config.dataset == f"{source}:{music}?parent=Rock"
    assert config.snr_db == 6


def test_options_are_read_from_the_name(music):
    config = data_config("music?clip_seconds=5&clip_hop_seconds=2.5&snr_db=-3", 480)
    assert (config.clip_seconds, config.clip_hop_seconds, config.snr_db) == (5, 2.5, -3)
    assert config.dataset == str(music)


def test_clips_follow_each_other_unless_a_hop_is_given(music):
    assert data_config("music?clip_seconds=5", 480).clip_hop_seconds == 5


def test_noise_can_be_left_out_and_set(music):
    assert data_config("dances?snr_db=none", 480).snr_db is None
    assert data_config("dances?snr_db=6", 480).dataset == PUBLISHED


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
        data_config(name, 480)


def test_a_folder_whose_name_holds_a_question_mark_is_found(tmp_path, monkeypatch):
    folder = tmp_path / "what?snr_db=6"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    config = data_config(folder.name, 480)
    assert Path(config.dataset) == folder.resolve() and config.snr_db is None


def test_every_study_has_a_folder_name_of_its_own(music):
    names = ["dances", "dances?snr_db=6", "music", "music?snr_db=6", "fma:music", "gtzan:music"]
    folders = [study_name(name) for name in names]
    assert folders[0] == PUBLISHED
    assert len(set(folders)) == len(folders)
    assert all(folder.replace("-", "").isalnum() and folder.isascii() for folder in folders)
    assert folders[2].startswith("music-")


def test_a_name_that_is_no_path_stays_as_it_is(music):
    assert canonical("polkas") == "polkas"
    assert canonical(canonical("music?snr_db=6")) == canonical("music?snr_db=6")
