import pytest
import toy

from subgenre.plumbing.errors import ParameterError
from subgenre.report import tuning
from subgenre.study.experiments import TUNING, TUNING_PROFILE, cells
from subgenre.study.places import Study
from subgenre.study.records import Store


def test_missing_records_and_unknown_grids_are_said_and_nothing_is_trained(results):
    study = Study.of(TUNING_PROFILE)
    configs = [config for cell in cells("widths", study) for config in cell.configs]
    for config in configs[1:]:
        Store.of(study).put(toy.record(config).to_bytes())
    assert "8 of all 48 runs have records" in tuning.budget().data
    for name in TUNING:
        assert "no records" in tuning.table(name).data
        assert tuning.sentence(name).data == ""
    with pytest.raises(ParameterError, match="tempo"):
        tuning.table("tempo")
