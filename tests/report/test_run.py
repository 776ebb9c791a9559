import toy

from subgenre.report import run
from subgenre.study.runner import SingleRun


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
