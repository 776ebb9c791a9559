import toy

from subgenre.report import tables
from subgenre.study.experiments import cells
from subgenre.study.places import Study
from subgenre.study.records import Store


def test_the_best_level_is_chosen_by_validation_alone():
    result = toy.result("optimizers")
    by_name = {(cell.level, cell.model): result.of(cell)[0].scores for cell in result.cells}
    by_name["Adam", "cnn"]["test"] = {"accuracy": 0.99, "macro_f1": 0.99}
    by_name["RMSprop", "cnn"]["validation"] = {"accuracy": 0.9, "macro_f1": 0.9}
    lines = tables.best_optimizers(result).data.to_numpy().tolist()
    assert lines[0] == ["CNN", "RMSprop", "0.55", "Adam", "0.31"]
    assert [line[3] for line in lines] == ["Adam", "RMSprop", "Adam"]


def test_stored_rows_need_every_run_of_a_cell(tmp_path):
    store = Store(tmp_path)
    grid = cells("optimizers", Study.of("paper"))
    for config in [*grid[0].configs, *grid[1].configs[:-1]]:
        store.put(toy.record(config).to_bytes())
    store.put_clips("toy", toy.TRACKS)
    rows = tables.stored_rows(grid, store)
    assert set(zip(rows["level"], rows["model"], strict=True)) == {("Adam", "cnn")}
    assert tables.stored_rows(grid, Store(tmp_path / "none")).empty
