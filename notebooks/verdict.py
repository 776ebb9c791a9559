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

from subgenre.report import charts, claims, tables, verdict
from subgenre.study import places, runner

study = places.Study.of(profile, dataset)
names = ("optimizers", "regularization", "initialization")
result = runner.run_experiments(names, study)
of_paper = claims.judge(result, claims.CLAIMS)
beyond = claims.judge(result, claims.BEYOND)
common = runner.run_experiments("networks", study)

# %% tags=["answer"]
verdict.tally(of_paper)

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
# ## How the lines are judged
#
# Differences are in test macro F1 unless the line says otherwise. Every line is judged alike, by one
# interval and one test of {ref}`one method <comparing>`, and gets one of four answers:
#
# - *practically equal*: the 95 % interval, which is adjusted for nothing, lies within ±0.03, too
#   little to care about. A claim of equality *holds* then. Stability has no such answer, for spreads
#   are small themselves;
# - *holds*: the difference is positive and its p value, adjusted by Holm's method over all lines, is
#   below 0.05;
# - *reversed*: the same of a negative difference, or of any difference where equality was claimed;
# - *cannot be told*: anything else.
#
# *Found from* is the power: of a true difference so large, four studies like this one in five would
# find an interval without 0 (before Holm's adjustment, which asks for more). Smaller ones it may
# well miss. *One pair* is what the paper had: of further single pairs of runs, 95 % would show a
# difference no further than this from our mean.
#
# *Best* is the optimizer with the highest mean score in validation; the test set has no say.
# *Stability* is the standard deviation of a network's test score over the settings that Tables 1 and
# 4 print, within each run. Adadelta at 0.001 is left out of both, for a network that is hardly
# trained says nothing of stability; it has a line of its own.
#
# *Turns* is how far the measured mean would have to move, with the scatter as it is and all other
# lines as they are, for the answer to be the one named below it. A small number is a close call.
#
# ## Do the intervals hold what they promise?
#
# A plain t interval takes the runs for independent. They are not: their training sets share many
# tunes, and every clip is tested again by each further round of five. So we made up studies with the
# runs, test clips and tune families of the published one (`benchmarks/interval_coverage.py`), and with two
# networks that do not differ. A family
# is harder or easier for both, and suits one more than the other. Beyond that, training moves a
# network's accuracy with a standard deviation that we set to 0.02, and partly alike in all runs. How
# much of that variance is shared is not known; the training sets of two folds have about half of
# their families in common, so none, a quarter and half are tried. A good interval holds the true difference, 0, in 95 % of the studies.

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
# too sure. *One pair*, against that of the claims, tells whether the made-up runs scatter as the real
# ones do; in neither case is it known how much the real ones share.
#
# ## Every run
#
# A mean hides how far its runs lie apart. Where the points of two rows mix, a single run of each
# could have come out either way round.

# %% tags=["full-width"] mystnb={"figure": {"caption": "Test macro F1 of each run (points; a thin line links those of one seed), the mean (bar) and what the paper printed (hollow), for every network and setting. Adam, batch normalization and Glorot uniform are the common setting and show the same runs. What lies off the scale of settings that train is written at its edge.", "name": "fig-verdict-seeds"}}
charts.seed_scores(result)

# %% [markdown]
# The paper's own tables show such a spread. Its best CRNN has a macro F1 of 0.54 in Table 1, 0.62 in
# Table 3 and 0.63 in Table 4; its best CNN has 0.45 in Table 1 and 0.34 in Table 4. Only the best
# CNN-RNN has 0.63 in all three.
#
# ## What the networks take for what
#
# These are the networks in the common setting, over all their runs, so over every test clip.

# %% tags=["full-width"] mystnb={"figure": {"caption": "Of the test clips of each true class (row), the share that got each answer (column), a panel per network.", "name": "fig-verdict-confusion"}}
charts.confusion_by_network(common)

# %%
tables.per_class(common, "Test F1 of each class in the common setting, mean over runs.")

# %% [markdown]
# Where two networks are weak in the same cell, the music is hard; where one is, the network is.
#
# ## Beyond the paper
#
# The paper has one row for Adadelta and does not state its learning rate, and one order of dropout
# and batch normalization. These lines ask what either choice does, and what regularization does at
# all. They are a family of their own for Holm's correction.

# %% tags=["full-width"]
verdict.claims_table(beyond, "What the paper could not say.")

# %%
verdict.tally(beyond, "of these")

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
