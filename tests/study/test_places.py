from pathlib import Path

import pytest

from subgenre.plumbing.files import CACHE_VARIABLE, cache_dir
from subgenre.study.places import RESULTS_VARIABLE, STUDIES_VARIABLE, Study, project_dir


def test_folders_move_with_their_variables_or_lie_where_they_belong(monkeypatch, tmp_path):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "c"))
    monkeypatch.setenv(RESULTS_VARIABLE, str(tmp_path / "r"))
    monkeypatch.setenv(STUDIES_VARIABLE, str(tmp_path / "s"))
    assert (cache_dir(), Study.of("paper").records) == (tmp_path / "c", tmp_path / "r" / "paper")
    assert Study.of("quick").records == tmp_path / "s" / "dances-quick" / "results"
    monkeypatch.delenv(CACHE_VARIABLE)
    monkeypatch.delenv(RESULTS_VARIABLE)
    assert Study.of("tuning").records == project_dir() / "results" / "tuning"
    assert project_dir() not in cache_dir().parents


OTHERS = [("quick", "dances"), ("smoke", "dances"), ("paper", "dances?snr_db=6"), ("paper", ".")]


@pytest.mark.parametrize(("profile", "dataset"), OTHERS)
def test_every_other_study_leaves_the_published_report_alone(monkeypatch, profile, dataset):
    monkeypatch.delenv(RESULTS_VARIABLE)
    monkeypatch.delenv(STUDIES_VARIABLE)
    study, published = Study.of(profile, dataset), Study.of("paper")
    for folder in (study.records, study.book, study.pages):
        assert folder.is_relative_to(project_dir() / "studies")
    assert study.pages != published.pages == project_dir() / "book" / "experiments"


def test_studies_of_other_profiles_and_music_have_folders_of_their_own():
    assert len({Study.of(*one).folder for one in (*OTHERS, ("quick", Path("..")))}) == 5
