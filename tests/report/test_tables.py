"""Tables and what is read aloud from them, where hand-made pages do not show it."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import toy

from subgenre.data.dataset import Remark, Track
from subgenre.report import baselines, files, run, tables
from subgenre.study.baselines import baseline_cells
from subgenre.study.experiments import cells
from subgenre.study.places import Study
from subgenre.study.records import Store
from subgenre.study.runner import Result, SingleRun


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


def test_mistakes_are_wrong_answers_the_surest_first_or_one_of_the_commonest_pairs():
    # Three jigs are taken for reels, one for a waltz.
    record = toy.record(toy.run_config(), answers=[2, 1, 1, 1, *toy.TRUE[4:]])
    record.test_probabilities[2] = [300, 600, 100]
    one = SingleRun(record, toy.CLIPS)
    found = run.mistakes(one)[["clip", "label", "answer", "probability"]].to_numpy().tolist()
    assert [line[0] for line in found] == [toy.TESTED[row] for row in (0, 1, 3, 2)]
    assert found[-1][1:] == ["jig", "reel", 0.6]
    pairs = run.confused_clips(one, n=5)[["answer", "times", "clip"]].to_numpy().tolist()
    assert pairs == [["reel", 3, toy.TESTED[1]], ["waltz", 1, toy.TESTED[0]]]
    assert len(run.confused_clips(one, n=1)) == 1


def test_clips_tracks_and_groups_are_counted_apart_and_names_are_no_html():
    """Of a class there are some clips of one track."""
    names = ["polka\n<b>"] * 3 + ["waltz"] * 2
    tracks = [Track(f"{one}/song.mp3#{i}", one, one, "Song") for i, one in enumerate(names)]
    table = files.counts_table(SimpleNamespace(tracks=tracks))
    assert table.data.to_numpy().tolist() == [[3, 1, 1], [2, 1, 1]]
    shown = table.to_html()
    assert "<b>" not in shown and "polka\n" not in shown and "&lt;b&gt;" in shown


def test_remarks_are_one_line_each_and_without_end_or_number_said_in_a_few_words():
    shown = files.remarks_table([Remark("file\n<i>", "silent: all of it")], "Skipped.").to_html()
    assert "<i>" not in shown and "file\n" not in shown
    said = files.reasons([Remark("file", f"<{i % 500}> s: short") for i in range(5000)]).data
    assert len(said) < 300 and "other reasons: 4,900." in said
    assert files.remarks_table([], "Skipped.").data == "*Skipped: nothing.*"
    assert "0 files" in files.reasons([]).data
    assert "not kept in files" in files.formats({}).data


def test_answers_are_counted_by_class_and_collection_where_there_are_several():
    result = toy.study(lambda config: 9, "networks")
    assert "not from several" in tables.by_collection(result, "Answers.").data
    books = np.where(result.clips.index < 4, "A", "B")  # two of the first class's test clips
    several = replace(result, clips=result.clips.assign(collection=books))
    found = tables.by_collection(several, "Answers.").data
    runs = len(result.records)
    names = [("jig", f"A ({2 * runs})"), ("jig", f"B ({2 * runs})")]
    assert [*found.index] == [*names, ("reel", f"B ({4 * runs})"), ("waltz", f"B ({4 * runs})")]
    assert np.allclose(found.sum(axis=1), 1)
    right = found["jig"].iloc[:2].mean() + found["reel"].iloc[2] + found["waltz"].iloc[3]
    assert right / 3 == pytest.approx(9 / 12)


def test_no_score_lies_beyond_0_and_1_nor_does_its_interval():
    result = toy.result("networks", "paper", lambda config: 0.05 + 0.7 * (config.seed % 2))
    rows = tables.tidy(result)
    assert rows["ci_low"].min() == 0 and rows["ci_high"].max() == 1


@pytest.mark.parametrize("profile", ["paper", "smoke"])
def test_a_network_is_set_against_each_rung_run_by_run(profile):
    networks = toy.result("optimizers", profile, lambda config: 0.5 + 0.02 * config.seed)
    rungs = {"majority": 0.1, "metre": 0.3, "all notes": 0.9}
    simple = baseline_cells(Study.of(profile), tuple(rungs))
    records = {
        config: toy.record(config, rungs[cell.level] + 0.02 * config.seed)
        for cell in simple
        for config in cell.configs
    }
    said = baselines.in_short(Result(tuple(simple), records, toy.CLIPS), networks).data
    assert "above *metre* (+0.20" in said and "below *all notes* (−0.40" in said
    assert "majority" not in said and "cannot be told" not in said


@pytest.mark.parametrize("profile", ["smoke", "paper"])
def test_a_run_that_hardly_trained_is_named_once_wherever_its_cell_stands(profile):
    names, study = ("optimizers", "regularization"), Study.of(profile)
    last = study.profile.seeds[-1]
    low = [
        cells("optimizers", study)[0].configs[last],
        cells("regularization", study)[1].configs[0],
    ]

    def test(config):
        never = config.training.learning_rate == 0.001  # a level that is left out
        return -0.15 if config in low else -0.19 if never else 0.5

    found, scores = tables.hardly_trained(toy.result(names, profile, test)), "0.05, the median 0.70"
    assert found == [
        f"CNN, *batch normalization*, seed {last} ({scores})",
        f"CRNN, *none*, seed 0 ({scores})",
    ]
