import numpy as np
import pytest
import toy

from subgenre.report import tables
from subgenre.report.paper import BEST_ACCURACY, REGULARIZATION_F1
from subgenre.study.experiments import MODEL_TITLES, cells
from subgenre.study.places import Study
from subgenre.study.records import Store

TITLES = list(MODEL_TITLES.values())


def by_model(config):
    """Score 0.3, 0.4 or 0.5 by model, a little more with RMSprop and with each seed."""
    base = {"cnn": 0.3, "crnn": 0.4, "cnn_rnn": 0.5}[config.model.name]
    return base + 0.1 * (config.training.optimizer == "rmsprop") + 0.01 * config.seed


def html(style):
    return style.to_html()


def test_tidy_has_a_row_per_cell_set_and_metric():
    rows = tables.tidy(toy.result("optimizers"))
    assert len(rows) == 12 * 3 * 2
    assert list(rows.columns) == [*tables.COLUMNS, "n_diverged"]


def test_means_are_over_seeds():
    rows = tables.tidy(toy.result("optimizers", "paper", by_model))
    row = rows.query("model == 'crnn' and level == 'Adam' and split == 'test'").set_index("metric")
    assert row.loc["macro_f1", "mean"] == pytest.approx(0.42)
    assert row.loc["accuracy", "mean"] == pytest.approx(0.47)
    assert set(row["n_seeds"]) == {5}


def test_only_test_scores_of_several_seeds_have_an_interval():
    several = tables.tidy(toy.result("initialization", "paper"))
    assert set(several[several["ci_low"].notna()]["split"]) == {"test"}
    assert tables.tidy(toy.result("initialization"))["ci_low"].isna().all()


def test_a_table_shows_our_scores_beside_the_papers():
    table = tables.comparison(toy.result("optimizers", test=by_model)).data
    pairs = [(title, part) for title in TITLES for part in ("here", "paper")]
    assert table.columns.tolist() == pairs
    assert table.loc["Adam"].tolist() == ["0.30", "0.45", "0.40", "0.32", "0.50", "0.63"]


def test_where_the_paper_is_silent_there_is_a_dash():
    table = tables.comparison(toy.result("optimizers")).data
    assert table.xs("paper", axis=1, level=1).loc["Adadelta, rate 1"].tolist() == ["–"] * 3


def test_each_models_best_score_is_bold():
    style = tables.comparison(toy.result("optimizers", test=by_model))
    styles = style._compute().ctx
    bold = {
        style.data.index[row]
        for (row, _), css in styles.items()
        if any("bold" in v for _, v in css)
    }
    assert bold == {"RMSprop"}
    assert sum(any("bold" in v for _, v in css) for css in styles.values()) == 3


def test_a_table_of_three_sets_has_a_row_for_each():
    parts = ("train", "validation", "test")
    result = toy.result("regularization", test=by_model)
    table = tables.comparison(result, parts=parts, printed=REGULARIZATION_F1).data
    assert table.index.tolist()[:3] == [("none", part) for part in parts]
    assert table.loc[("both", "train"), ("CRNN", "here")] == "0.60"
    assert table.loc[("both", "train"), ("CRNN", "paper")] == "0.98"
    assert table.loc[("both", "train"), ("CNN", "paper")] == "–"


def test_brackets_hold_the_interval_if_there_is_one():
    answers = [*toy.TRUE[:-2], 0, 1]
    several = tables.comparison(toy.result("optimizers", "paper", answers=answers)).data
    assert "[" in several.loc["Adam", ("CNN", "here")]
    single = tables.comparison(toy.result("optimizers", answers=answers)).data
    assert single.loc["Adam", ("CNN", "here")] == "0.50"


def test_runs_that_diverged_are_counted():
    result = toy.result("optimizers")
    config = result.cells[0].configs[0]
    result.records[config] = toy.diverged(result.records[config])
    assert tables.comparison(result).data.loc["Adam", ("CNN", "here")] == "0.50 (1 diverged)"
    assert "<td" in html(tables.settings(result))
    settings = tables.settings(result).data.set_index("setting")["value"]
    assert settings["runs that diverged"] == "1"
    assert settings["training time, all runs"] == "12.0 min"


def test_the_best_level_is_chosen_by_validation_alone():
    result = toy.result("optimizers")
    adam, rmsprop = (
        next(c for c in result.cells if (c.level, c.model) == (level, "cnn")).configs[0]
        for level in ("Adam", "RMSprop")
    )
    scores = result.records[adam].scores
    result.records[adam].scores["test"] = {"accuracy": 0.99, "macro_f1": 0.99}
    result.records[rmsprop].scores["validation"] = {"accuracy": 0.9, "macro_f1": 0.9}
    assert scores["validation"]["accuracy"] < 0.9
    row = tables.best_levels(result).set_index("model").loc["cnn"]
    assert (row["level"], row["mean"]) == ("RMSprop", pytest.approx(0.55))


def test_table_2_names_both_optimizers():
    table = tables.best_optimizers(toy.result("optimizers", test=by_model), BEST_ACCURACY).data
    assert table["model"].tolist() == TITLES
    assert set(table["optimizer here"]) == {"RMSprop"}
    assert table["optimizer in the paper"].tolist() == ["Adam", "RMSprop", "Adam"]
    assert table["accuracy here"].tolist() == ["0.45", "0.55", "0.65"]


def test_stored_rows_need_every_run_of_a_cell(tmp_path):
    store = Store(tmp_path)
    grid = cells("optimizers", Study.of("paper"))
    for config in [*grid[0].configs, *grid[1].configs[:-1]]:
        store.put(toy.record(config).to_bytes())
    store.put_clips("toy", toy.TRACKS)
    rows = tables.stored_rows(grid, store)
    assert set(zip(rows["level"], rows["model"], strict=True)) == {("Adam", "cnn")}
    assert tables.stored_rows(grid, Store(tmp_path / "none")).empty


def test_tables_are_the_same_each_time():
    result = toy.result("optimizers", "paper")
    first, again = (html(tables.comparison(result)) for _ in range(2))
    assert first == again


def test_source_names_citation_licence_and_fingerprint():
    music = toy.load("toy", 3)
    text = tables.source(music).data
    assert all(part in text for part in (music.citation, music.licence, music.fingerprint))


def test_a_score_is_finite_text():
    row = tables.tidy(toy.result("optimizers")).iloc[0]
    assert np.isfinite(float(tables.score_text(row)))
