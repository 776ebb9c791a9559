# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Do the paper's claims hold?
#
# The paper draws its conclusions from single runs: one number per network and setting. Here every
# setting is run with several seeds, and each claim is put to a test on our own music.
#
# - **What varies:** what the claim says: optimizer, regularization, initialization or network.
# - **What is fixed:** the common setting of the three experiment pages. A seed draws one split for
#   all runs, so a claim is compared seed by seed on the same test clips.
# - **What would change our mind:** each claim is written as a difference that is positive if the
#   paper is right. It *holds* if that difference is significant. It *does not hold* if the reverse
#   is significant, or if the interval reaches zero and lies wholly below the difference that the
#   paper printed. Otherwise it *cannot be told*.

# %% tags=["parameters", "hide-input"]
profile = "quick"  # how much work: smoke, quick or paper
dataset = "dances"  # name of a data set

# %%
from subgenre.report import claims, figures, tables, verdict
from subgenre.study import experiments, places, runner

figures.use_style()
study = places.Study.of(profile, dataset)
result = runner.run_experiments(list(experiments.EXPERIMENTS), study)
of_paper = claims.judge(result, claims.CLAIMS)
beyond = claims.judge(result, claims.BEYOND)

# %% tags=["hide-input"]
tables.settings(result)

# %% [markdown]
# ## The claims
#
# Differences are in test macro F1 unless the line says otherwise. Brackets hold 95 % bootstrap
# intervals. The p value is that of the corrected resampled t test, adjusted by Holm's method over
# all lines of the table. It is the stricter of the two, because it allows for training sets that
# overlap: an interval may leave out zero where the test finds nothing.
#
# - *Best* is the optimizer with the highest mean score in validation; the test set has no say.
# - *Stability* is the standard deviation of a network's test score over the settings that Tables
#   1 and 4 print, within each seed. Our network with Adam and with Glorot uniform is the same one,
#   and counts in both tables.
# - *Equal*, for the CNN's initialization, means that the interval lies within a margin smaller
#   than either difference between Glorot and random that Table 4 shows for the other networks. No
#   test is made of it.

# %% tags=["hide-input"]
verdict.claims_table(of_paper, "The paper's claims, what it printed and what we measured.")

# %% tags=["hide-input"]
verdict.verdicts(of_paper)

# %% [markdown]
# ## Every seed
#
# A mean hides how far its runs lie apart. Where the points of two rows mix, a single run of each
# could have come out either way round.

# %% tags=["hide-input"] mystnb={"figure": {"caption": "Test macro F1 of each seed (points) and their mean (line), for every network and setting. Adam, both and Glorot uniform are the common setting and show the same runs.", "name": "fig-verdict-seeds"}, "image": {"alt": "A grid of panels, a column per network and a row per experiment, with points along a score axis for each setting."}}
figures.seed_scores(result)

# %% [markdown]
# ## How large is the spread between seeds?
#
# The paper's differences are between single runs, so the spread between runs of one setting is
# the scale to read them on.

# %% tags=["hide-input"]
verdict.spread_table(result)

# %% tags=["hide-input"]
verdict.spread(result)

# %% [markdown]
# ## Beyond the paper
#
# The paper has one row for Adadelta and does not state its learning rate, and one order of dropout
# and batch normalization. These lines ask what either choice does. They are a family of their own
# for Holm's correction.

# %% tags=["hide-input"]
verdict.claims_table(beyond, "What the paper could not say.")

# %% tags=["hide-input"]
verdict.verdicts(beyond)

# %% [markdown]
# ## Summary
#
# - A verdict is about the claim on this music, with networks of equal size. The paper's own data
#   are private, so a claim that does not hold here may still hold there.
# - *Does not hold* is not the same as *the opposite is true*; the verdict column tells which.
# - With few seeds and many lines only large differences become significant. *Cannot be told* is
#   an answer: it says that a table of single runs could not have told either.
