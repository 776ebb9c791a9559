import toy

from subgenre.report import run as run_report
from subgenre.study.runner import SingleRun


def html(style):
    return style.to_html()


def test_mistakes_are_wrong_answers_the_surest_first():
    config = toy.run_config()
    record = toy.record(config, answers=[*toy.TRUE[:-2], 0, 1])
    record.test_probabilities[-1] = [100, 600, 300]
    found = run_report.mistakes(SingleRun(config, record, toy.CLIPS), n=5)
    assert found["clip"].tolist() == toy.TESTED[-2:]
    assert found["answer"].tolist() == ["jig", "reel"]
    assert set(found["label"]) == {"waltz"}
    assert found["probability"].tolist() == [0.9, 0.6]
    assert "true class" in html(run_report.mistakes_table(found))
    assert len(run_report.mistakes(SingleRun(config, record, toy.CLIPS), n=1)) == 1


def test_titles_are_escaped_in_tables():
    config = toy.run_config()
    record = toy.record(config, answers=[1, *toy.TRUE[1:]])
    clips = toy.CLIPS.assign(title="<b>Jig & Reel")
    found = run_report.mistakes(SingleRun(config, record, clips), n=1)
    assert "&lt;b&gt;Jig &amp; Reel" in html(run_report.mistakes_table(found))


def test_a_run_card_tells_size_scores_and_key():
    config = toy.run_config()
    record = toy.record(config)
    card = run_report.run_card(SingleRun(config, record, toy.CLIPS)).data.set_index("setting")[
        "value"
    ]
    assert card["test: macro F1, accuracy"] == "0.50, 0.55"
    assert card["record"] == record.key
    assert "70,000" in card["network"]


def test_the_most_confused_pairs_come_first_with_one_clip_each():
    config = toy.run_config()
    answers = [1, 1, 1, 2, *toy.TRUE[4:]]  # jigs: three taken for reels, one for a waltz
    record = toy.record(config, answers=answers)
    pairs = run_report.confused_clips(SingleRun(config, record, toy.CLIPS), n=5)
    assert pairs[["label", "answer", "times"]].to_numpy().tolist() == [
        ["jig", "reel", 3],
        ["jig", "waltz", 1],
    ]
    assert len(run_report.confused_clips(SingleRun(config, record, toy.CLIPS), n=1)) == 1
