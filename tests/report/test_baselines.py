import pytest
import toy

from subgenre.models.baselines import METHODS, SCORE_READERS
from subgenre.report import baselines
from subgenre.study.baselines import baseline_cells
from subgenre.study.places import Study
from subgenre.study.runner import Result

PLAIN = [name for name in METHODS if name not in SCORE_READERS]


@pytest.mark.parametrize("readers", [SCORE_READERS, ()])
def test_networks_stand_between_methods_without_and_with_the_score_if_there_is_one(readers):
    cells = tuple(baseline_cells(Study.of("smoke", "toy"), [*PLAIN, *readers]))
    records = {one: toy.record(one) for cell in cells for one in cell.configs}
    networks = toy.result("optimizers", "smoke", lambda config: 0.6)
    rows = baselines.scores(Result(cells, records, toy.CLIPS), networks)
    methods = baselines.scores_table(rows).data["method"].tolist()
    assert methods == [*PLAIN, "CNN", "CRNN", "CNN-RNN", *readers]
    text = baselines.reading(rows).data
    assert "3 of the 3 networks score higher." in text and "is 0.10 above it" in text
    assert ("0.10 above the *metre oracle* (0.50)" in text) == bool(readers)
