# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Do the paper's claims hold?

# %% tags=["parameters"]
profile = "quick"  # how much work: smoke, quick or paper
dataset = "dances"  # name of a data set

# %%
import json
from dataclasses import replace

import pandas as pd
from IPython.display import Markdown

from subgenre.report import charts, claims, tables, verdict
from subgenre.study import comparisons, places, runner

study = places.Study.of(profile, dataset)
result = runner.run_experiments(("optimizers", "regularization", "initialization"), study)
of_paper = claims.judge(result, claims.CLAIMS)
beyond = claims.judge(result, claims.BEYOND)
networks = comparisons.network_contrasts(result)
common = runner.run_experiments("networks", study)

# %% tags=["answer"]
verdict.tally(of_paper)

# %% [markdown]
# Two of the claims can be read in two ways, and have two lines each: stability, and the harm of
# dropout beside batch normalization. *Found from* is the smallest difference that this study would
# have found four times in five, *one pair* how far from our mean a single pair of runs may lie, and
# *turns* how little would change the answer; {ref}`more on that <judged>` is below the table.

# %% tags=["full-width"]
verdict.claims_table(of_paper, "The paper's claims, what it printed and what we measured.")

# %% [markdown]
# The paper draws its conclusions from single runs: one number per network and setting. Here every
# setting is run many times, and each claim is put to a test on our own music.
#
# - **What varies:** what the claim says: optimizer, regularization, initialization or network.
# - **What is fixed:** the common setting of the three experiment pages. A seed draws one split for
#   all runs, so a claim is compared run by run on the same test clips.
# - **What would change our mind:** each claim is written as a difference that is positive if the
#   paper is right. *Reversed* speaks against it, *practically equal* says that there is nothing to
#   claim, and *cannot be told* leaves everything open.
#
# (judged)=
# ## How the lines are judged
#
# Differences are in test macro F1 unless the line says otherwise. Every line is judged alike, by one
# interval and one test of {ref}`one method <comparing>`, and gets one of four answers:
#
# - *practically equal*: the 95 % interval, which is adjusted for nothing, lies within ±0.03, too
#   little to care about: some three clips in a hundred. The width is our choice. A claim of equality
#   *holds* then. Stability has no such answer, for spreads are small themselves;
# - *holds*: the difference is positive and its p value, adjusted by Holm's method over all lines, is
#   below 0.05;
# - *reversed*: the same of a negative difference, or of any difference where equality was claimed;
# - *cannot be told*: anything else.
#
# *Found from* is the power: a true difference so large would be told in four studies like this one of
# five, by the p value that this line needs while the other lines are as they are. Smaller ones it may
# well miss. *One pair* is what the paper had: of further single pairs of runs, 95 % would show a
# difference no further than this from our mean.
#
# *Best* is the optimizer with the highest mean score in validation. Over all folds those clips are
# the ones that test in other runs, so the choice is not wholly blind; and it is not in the interval:
# with other optimizers the first three lines may come out otherwise, which
# {ref}`the networks in pairs <pairs>` shows. *Stability* is the standard deviation of a network's test
# score over the settings that Tables 1 and 4 print, within each run; Glorot uniform is Adam's setting,
# and counts once, with the number of Table 1. Adadelta runs at the rate that suits it. At 0.001, where
# it hardly trains, it is no optimizer to judge; it has lines of its own, further below.
#
# *Turns* is how far the measured mean would have to move, with the scatter as it is and all other
# lines as they are, for the answer to be the one named below it. A small number is a close call.
#
# A run counts however badly it trained. It hardly trained if its macro F1 on training clips is below
# half of the median of its network's runs:

# %%
failed = tables.hardly_trained(result)
Markdown(
    f"Of {len(result.records)} runs, apart from those with Adadelta at 0.001, {len(failed)} hardly "
    f"trained{': ' * bool(failed)}{'; '.join(failed)}."
)

# %% [markdown]
# If low numbers of the paper come from such runs, single ones, which are all that it had, could not
# tell.
#
# ## Do the intervals hold what they promise?
#
# A plain t interval takes the runs for independent. They are not: their training sets share many
# tunes, and every clip is tested again by each further round of five. So we made up studies with the
# runs, test clips and tune families of the published one (`benchmarks/interval_coverage.py`), and with two
# networks that do not differ. A family
# is harder or easier for both, and suits one more than the other. Beyond that, training moves a
# network's accuracy with a standard deviation that we set to 0.01, and partly alike in all runs. How
# much of that variance is shared is not known; the training sets of two folds have about half of their
# families in common, so none, a quarter and half are tried. A good interval holds the true difference, 0, in 95 % of the studies.

# %%
checked = json.loads((places.project_dir() / "results" / "coverage.json").read_text())
studies = f"{checked['n_studies']} made-up studies of {checked['n_runs']} runs"
caption = f"How often a 95 % interval holds the true difference, 0: {studies}."
tables.page_table(checked["lines"], caption, checked["columns"])

# %% [markdown]
# The plain one is a paired t interval, the corrected one, which is used here, a corrected resampled t
# interval. It was chosen because it allows for training sets that overlap, gives interval, test and
# power by one formula, and draws no random numbers: a bootstrap's ends hang on its own seed, and one
# over runs and test clips counts the sampling of clips twice. Where its percentage is above 95, it is
# too cautious, and misses real differences more often than need be; where it is below, answers are
# too sure. *One pair*, against that of the first three claims, tells whether the made-up runs scatter
# as the real ones do: if they scatter more, training moves real networks less than we set, and the first
# line is the nearest to them. What is checked is the accuracy of two given networks, not a spread, nor a
# best optimizer that is chosen.
#
# Where the two lie on either side of 95, the truth is between them. This is how much hangs on it:

# %%
plain = claims.judge(replace(result, plain=True), claims.CLAIMS)
others = [
    f"*{one.claim.text}* ({one.verdict})"
    for one, own in zip(plain, of_paper, strict=True)
    if one.verdict != own.verdict
]
Markdown(
    f"By plain intervals, {len(others)} of the {len(plain)} answers would be others"
    f"{': ' * bool(others)}{'; '.join(others)}."
)

# %% [markdown]
# (pairs)=
# ## The networks in pairs
#
# Which network is better should not hang on the optimizer that happens to validate best. So here are
# the networks against one another in the mean over all settings, each counted once; only Adadelta at
# 0.001 is left out, for a network that is not trained says nothing of its architecture.

# %%
of_pairs = pd.DataFrame({"mean over the settings": networks})
verdict.contrasts_table(of_pairs, "Difference in test macro F1 between networks.")

# %%
verdict.told(networks)

# %% [markdown]
#
# ## Every run
#
# A mean hides how far its runs lie apart. Follow the thin line of a seed, which is one fold: where such
# lines cross between two rows, a single pair of runs could have come out either way round.

# %% tags=["full-width"] mystnb={"figure": {"caption": "Test macro F1 of each run (points; a thin line links those of one seed), the mean (bar) and what the paper printed (hollow), for every network and setting. Adam, batch normalization and Glorot uniform are the common setting and show the same runs. What lies off the scale of settings that train is written at its edge.", "name": "fig-verdict-seeds"}}
charts.seed_scores(result)

# %% [markdown]
# The paper's own tables show such a spread. Its best CRNN has a macro F1 of 0.54 in Table 1, 0.62 in
# Table 3 and 0.63 in Table 4; its best CNN has 0.45 in Table 1 and 0.34 in Table 4. Only the best
# CNN-RNN has 0.63 in all three. In accuracy (Table 2) its hybrids lead the CNN by 0.26 and 0.33, in F1
# (Table 1, each at its best) by 0.09 and 0.18.
#
# ## What the networks take for what
#
# These are the networks in the common setting, over all their runs, so over every test clip.

# %% tags=["full-width"] mystnb={"figure": {"caption": "Of the test clips of each true class (row), the share that got each answer (column), a panel per network.", "name": "fig-verdict-confusion"}}
charts.confusion_by_network(common)

# %%
tables.per_class(common, "Test F1 of each class in the common setting, mean over runs.")

# %% [markdown]
# Where two networks are weak in the same cell, the music may be hard; where one is, by more than a few
# hundredths, look at the network.

# %% tags=["full-width"]
caption = "Of each class and collection (in brackets, how many answers), the share of each answer."
tables.by_collection(common, caption)

# %% [markdown]
# If a network heard the collection, the tune book here, its mistakes would differ between the rows of
# one class, and go where that collection has {doc}`most of its tunes <data>`. Rows may differ for
# another reason: the tunes of a class are not alike in all books.
#
# ## Beyond the paper
#
# The paper has one row for Adadelta and does not state its learning rate, and one order of dropout
# and batch normalization. These lines ask what either choice does, and whether batch normalization
# overfits more than a network without any regularization. They are a family of their own for Holm's
# correction.

# %% tags=["full-width"]
verdict.claims_table(beyond, "What the paper could not say.")

# %%
verdict.tally(beyond, "further lines")

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Settings that all runs share", "code_prompt_hide": "Settings that all runs share"}
tables.settings(result)

# %% [markdown]
# ## Did it change our mind?
#
# A claim that *holds* speaks for the paper, one that is *reversed* against it. The widest gap that it
# prints, that of both hybrids over the CNN, is in the first two lines of the table.

# %%
verdict.tally(of_paper)

# %% [markdown]
# ## Summary
#
# - The table at the top is the answer: which claims hold, which are reversed, which are practically
#   equal, and which cannot be told.
# - A verdict is about the claim on this music, with networks of equal size. The paper's own data
#   are private, so a claim that is reversed here may still hold there.
# - *Cannot be told* is not *practically equal*: it says that this study is too small for the
#   difference that there may be. A table of single runs could not have told either.
