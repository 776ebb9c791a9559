import pytest
import toy

from subgenre.report import tables
from subgenre.study.experiments import MODEL_TITLES, cells
from subgenre.study.places import Study
from subgenre.study.records import Store

TITLES = list(MODEL_TITLES.values())


def by_model(config):
    """Score 0.3, 0.4 or 0.5 by model, a little more with RMSprop and with each seed."""
    base = {"cnn": 0.3, "crnn": 0.4, "cnn_rnn": 0.5}[config.model.name]
    return base + 0.1 * (config.training.optimizer == "rmsprop") + 0.01 * config.seed


def bold(style):
    """Return the texts of a table's bold cells."""
    found = style._compute().ctx.items()
    return [style.data.iat[at] for at, css in found if ("font-weight", "bold") in css]


def test_tidy_has_a_row_per_cell_set_and_metric_with_means_over_seeds():
    rows = tables.tidy(toy.result("optimizers", "paper", by_model))
    assert len(rows) == 12 * 3 * 2
    assert list(rows.columns) == [*tables.COLUMNS, "n_diverged"]
    row = rows.query("model == 'crnn' and level == 'Adam' and split == 'test'").set_index("metric")
    assert row["mean"].to_dict() == pytest.approx({"accuracy": 0.47, "macro_f1": 0.42})
    assert set(row["n_seeds"]) == {5}


def test_a_table_shows_our_scores_beside_the_papers_the_best_in_bold():
    table = tables.comparison(toy.result("optimizers", test=by_model), "Scores.")
    pairs = [(title, part) for title in TITLES for part in ("here", "paper")]
    assert table.data.columns.tolist() == pairs
    assert table.data.loc["Adam"].tolist() == ["0.30", "0.45", "0.40", "0.32", "0.50", "0.63"]
    assert table.data.loc["Adadelta, rate 1"].tolist()[1::2] == ["–"] * 3
    assert sorted(bold(table)) == ["0.40", "0.50", "0.60"]


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


def test_tables_are_the_same_each_time_and_their_words_no_html():
    first, again = (tables.page_table([["<b>"]], "One.", ["what"]).to_html() for _ in range(2))
    assert first == again
    assert "<b>" not in first and "&lt;b&gt;" in first
