import toy

from subgenre.report import run
from subgenre.study.runner import SingleRun


def single(answers):
    return SingleRun(toy.run_config(), toy.record(toy.run_config(), answers=answers), toy.CLIPS)


def test_mistakes_are_wrong_answers_the_surest_first():
    one = single([*toy.TRUE[:-2], 0, 1])
    one.record.test_probabilities[-1] = [100, 600, 300]
    found = run.mistakes(one)[["clip", "label", "answer", "probability"]].to_numpy().tolist()
    last, least = toy.TESTED[-2:]
    assert found == [[last, "waltz", "jig", 0.9], [least, "waltz", "reel", 0.6]]


def test_the_most_confused_pairs_come_first_with_one_clip_each():
    one = single([1, 1, 1, 2, *toy.TRUE[4:]])  # jigs: three taken for reels, one for a waltz
    pairs = run.confused_clips(one, n=5)
    assert pairs[["answer", "times"]].to_numpy().tolist() == [["reel", 3], ["waltz", 1]]
    assert len(run.confused_clips(one, n=1)) == 1
