import pytest
import toy

from subgenre.models.baselines import METHODS, SCORE_READERS
from subgenre.report import baselines
from subgenre.study.baselines import baseline_cells
from subgenre.study.places import Study
from subgenre.study.runner import Result


@pytest.mark.parametrize("readers", [SCORE_READERS, ()])
def test_networks_stand_between_methods_without_and_with_the_score_if_there_is_one(readers):
    plain = [name for name in METHODS if name not in SCORE_READERS]
    cells = tuple(baseline_cells(Study.of("smoke", "toy"), [*plain, *readers]))
    records = {one: toy.record(one) for cell in cells for one in cell.configs}
    networks = toy.result("optimizers", "smoke", lambda config: 0.6)
    rows = baselines.scores(Result(cells, records, toy.CLIPS), networks)
    methods = baselines.scores_table(rows).data["method"].tolist()
    assert methods == [*plain, "CNN", "CRNN", "CNN-RNN", *readers]
    assert "3 of the 3 networks score higher." in baselines.reading(rows).data
