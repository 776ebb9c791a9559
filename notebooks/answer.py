# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Does a memory help a network to name the dance?
#
# In 2021 {cite:t}`feng2021` reported that neural networks with a memory, a *recurrent* part, name the
# subgenre of a piece far better than a plain *convolutional* one (CNN). We asked again, with music
# that anybody can make: is this tune a reel or a hornpipe, a jig or a march?

# %% tags=["parameters"]
profile = "quick"  # how much work: smoke, quick or paper
dataset = "dances"  # name of a data set

# %%
from subgenre.report import answer, claims, verdict
from subgenre.study import comparisons, places, runner

names = ("optimizers", "regularization", "initialization")
result = runner.run_experiments(names, places.Study.of(profile, dataset))
judged = claims.judge(result)

# %% tags=["answer"]
answer.sentences(result, judged)

# %% mystnb={"figure": {"caption": "The paper's claims, each a difference that lies to the right if the claim is true: what the paper printed from single runs (diamond), and what we found in runs on every fold (point, with its 95 % interval); within the grey band a difference is too small to care about. Colours and headings are the verdicts. They allow for the number of lines, so an interval may miss 0 and its line still not be told.", "name": "fig-claims"}, "image": {"alt": "A line per claim, grouped by verdict: a diamond where the paper's number is, a point with an interval where ours is."}}
answer.forest(judged)

# %%
networks = comparisons.network_contrasts(result)
verdict.told(
    networks, "Over all settings that train, and not the best optimizer alone, macro F1 is"
)

# %% [markdown]
# {doc}`The verdict <verdict>` has these numbers line by line, with the test behind each and how close
# a call it was. {doc}`The models <models>` draws the three networks and takes parts of them away.
# The experiments on {doc}`optimizers <optimizers>`, {doc}`regularization <regularization>` and
# {doc}`initialization <initialization>` stand beside the paper's tables, and
# {doc}`the method <../method>` says what was done and chosen.
#
# ## How it was done
#
# We rebuilt the three networks at equal size and gave them {doc}`six kinds of dance tune <data>` from
# printed books, played by a synthesizer that never sees the label, under a crowd as loud as the
# music. Optimizer, regularization and initialization vary as in the paper, one at a time. Every
# setting ran ten times, twice around five folds: each time other tunes were held back for the test,
# so that every clip was tested twice, and never by a network that knew its tune. Settings are
# compared run by run, with one test that allows for training sets that overlap. All numbers, here
# too, are computed from the small record that each run leaves. It is a
# {ref}`replication of the idea <replicated>`, not of the paper's data, which are private.
#
# ## The map
#
# Study
# : {doc}`The verdict <verdict>`: which claims hold. {doc}`The method <../method>`: what was done.
#   {doc}`The data <data>`: hear and see the music. {doc}`The models <models>`: the three networks.
#
# Experiments
# : {doc}`Optimizers <optimizers>` (the paper's Tables 1 and 2),
#   {doc}`regularization <regularization>` (Table 3), {doc}`initialization <initialization>`
#   (Table 4), {doc}`more music <train_sizes>`, {doc}`simple methods <baselines>` beside the
#   networks, {doc}`one run <run>` closely, {doc}`labels that look wrong <labels>`, and
#   {doc}`networks that may decline <decline>`.
#
# Listen and play
# : {doc}`What the networks hear in your song <song>`, and {doc}`a game against them <game>`.
#
# Your own music
# : {doc}`What can be used <../your_data>`, {doc}`from a folder to a verdict <your_music>`, and
#   {doc}`on a cluster <cluster>`.
#
# Reference
# : {doc}`All runs <runs>`, {doc}`tuning <tuning>`, {doc}`references <../references>` and
#   {doc}`the API <../api>`.
#
# ## Run it yourself
#
# ```bash
# make study                 # environment, data, the quick runs and a book of their own
# make study PROFILE=paper   # this report
# make book                  # this book from its pages
# make test                  # the checks
# ```
#
# Python 3.11 to 3.13 and `make` are enough. Runs that are finished are not repeated. What `make study`
# makes lies in a folder below `studies/` and leaves this report as it is.
#
# ## Summary
#
# - Agreement supports the paper's claims on other data.
# - Disagreement does not refute them: the music, the sizes or the learning rates may be the reason.
