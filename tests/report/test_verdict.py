import pytest
import studies

from subgenre.report import verdict as verdicts
from subgenre.report.claims import BEYOND, CLAIMS, judge
from subgenre.study.comparisons import level_pairs, model_pairs, scores_of


def by_optimizer(config):
    return 5 + 5 * (config.training.optimizer == "rmsprop") + (config.seed == 3)


def pairs_of(profile="paper", right=by_optimizer, which=level_pairs):
    return which(scores_of(studies.study(right, profile, ["optimizers"]), "accuracy"))


@pytest.fixture(scope="module")
def judgements():
    return judge(studies.study(by_optimizer))


def bold(style):
    """Return the texts of a table's bold cells."""
    found = style._compute().ctx
    return [style.data.iat[at] for at, css in found.items() if any("bold" in v for _, v in css)]


@pytest.mark.parametrize(
    "number, text", [(0.123, "+0.12"), (-0.123, "−0.12"), (0.001, "0.00"), (-0.001, "0.00")]
)
def test_differences_carry_their_sign(number, text):
    assert verdicts.signed(number) == text


@pytest.mark.parametrize("p, text", [(1.0, "1.00"), (0.0123, "0.012"), (0.0001, "< 0.001")])
def test_small_p_values_are_not_zero(p, text):
    assert verdicts.p_text(p) == text


def test_a_table_of_pairs_has_difference_interval_and_p_and_marks_the_significant():
    table = verdicts.pairs_table(pairs_of(), "Accuracy.")
    assert table.data.loc["RMSprop − Adam", "CRNN"].startswith("+0.42\xa0[+0.")
    assert len(bold(table)) == 9  # RMSprop against three levels, in three networks
    assert all("p < 0.001" in text for text in bold(table))
    assert "Holm" in table.caption
    assert "p &lt; 0.001" in table.to_html()


def test_rows_and_columns_of_pairs_keep_their_order():
    data = verdicts.pairs_table(pairs_of(which=model_pairs), "Accuracy.").data
    assert list(data.index) == ["Adam", "Adadelta", "Adadelta, rate 1", "RMSprop"]
    assert list(data.columns) == ["CRNN − CNN", "CNN-RNN − CNN", "CNN-RNN − CRNN"]


def test_pairs_of_one_seed_say_that_a_comparison_needs_more():
    table = verdicts.pairs_table(pairs_of("smoke"), "Accuracy.")
    assert "needs at least two seeds" in table.caption
    assert table.data.loc["RMSprop − Adam", "CRNN"] == "+0.42"
    text = verdicts.pairs(pairs_of("smoke")).data
    assert "needs at least two seeds" in text and "none of these 18" in text


def test_pairs_are_counted_and_the_largest_is_named():
    text = verdicts.pairs(pairs_of()).data
    assert "Of 18 differences, 9 are significant" in text
    assert "The largest of these is RMSprop − Adam, CNN: +0.42" in text
    assert "0 are significant" in verdicts.pairs(pairs_of(right=lambda config: 6)).data


def test_pairs_count_comparisons_in_which_a_run_diverged():
    result = studies.study(by_optimizer, names=["optimizers"])
    studies.diverge(result, "optimizers", "Adam", "crnn")
    pairs = level_pairs(scores_of(result))
    assert "takes part in 3 of the comparisons" in verdicts.pairs(pairs).data
    assert "(1 diverged)" in verdicts.pairs_table(pairs, "").data.loc["RMSprop − Adam", "CRNN"]


def test_the_table_of_claims_has_a_line_each_with_all_that_is_needed(judgements):
    data = verdicts.claims_table(judgements, "Claims.").data
    assert len(data) == len(CLAIMS)
    first = data.iloc[0]
    assert first["claim"] == "the sequential network needs RMSprop"
    assert first["paper"] == "+0.22\n(Table\xa01)"
    assert first["here"].startswith("+0.4") and "[" in first["here"]
    assert first["verdict"] == "holds"
    assert "(best: RMSprop)" in data.iloc[2]["compared"]


def test_what_the_paper_does_not_claim_has_no_column_for_it():
    beyond = judge(studies.study(by_optimizer, "smoke"), BEYOND)
    assert "paper" not in verdicts.claims_table(beyond, "Beyond.").data.columns


def test_claims_are_counted_and_listed_by_verdict(judgements):
    text = verdicts.claims(judgements).data
    assert text.startswith("Of 14 lines, ")
    assert "- **Holds:** the sequential network needs RMSprop; Adadelta is weak" in text
    assert "(CNN, CRNN, CNN-RNN)" in text


def test_claims_of_one_seed_cannot_be_told():
    text = verdicts.claims(judge(studies.study(by_optimizer, "smoke"))).data
    assert "none of the 14 lines can be told" in text


def test_runs_that_diverged_are_named_once():
    result = studies.study()
    assert verdicts.diverged(result).data == "None of the 165 runs diverged."
    studies.diverge(result, "regularization", "both", "crnn", seed=2)  # the common setting
    text = verdicts.diverged(result).data
    assert "1 diverged: the CRNN with" in text and "(seed 2)" in text


def test_the_spread_is_weighed_against_the_papers_gaps():
    result = studies.study(lambda config: 4 + config.seed)
    assert list(verdicts.spread_table(result).data["settings"]) == [11, 11, 11, 33]
    text = verdicts.spread(result).data
    assert "10 of the 10 differences" in text
    assert "CNN with Adam from 0.31 to 0.45, best CRNN from 0.54 to 0.63" in text


def test_one_seed_has_no_spread_but_the_papers_own():
    result = studies.study(profile="smoke")
    assert set(verdicts.spread_table(result).data["median"]) == {"–"}
    assert "needs at least two seeds" in verdicts.spread(result).data
    assert "nan" not in verdicts.spread(result).data
