# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # One run, looked at closely
#
# A score hides what a network does. This page opens one run of the study: how it learned, what
# it confuses, and which clips it gets wrong, to be listened to.

# %% tags=["parameters", "hide-input"]
profile = "quick"  # how much work: smoke, quick or paper
dataset = "dances"  # name of a data set
model = "crnn"  # cnn, crnn or cnn_rnn
seed = 0  # a seed of the profile

# %%
from subgenre.data import load_music
from subgenre.report import figures, players, run
from subgenre.study import places, runner

figures.use_style()
study = places.Study.of(profile, dataset)
single = runner.single_run(model, study, seed=seed)

# %% tags=["hide-input"]
run.card(single)

# %% [markdown]
# ## How it learned

# %% tags=["hide-input"] mystnb={"figure": {"caption": "Loss (left axis) and accuracy (right axis) of this run by epoch; the dotted line marks the epoch whose weights were kept.", "name": "fig-run"}, "image": {"alt": "Loss falls and accuracy rises over the epochs, in training and in validation; a dotted vertical line marks one epoch."}}
figures.run_curves(single.record)

# %% tags=["hide-input"]
run.learning(single)

# %% [markdown]
# ## What it confuses

# %% tags=["hide-input"] mystnb={"figure": {"caption": "Of the test clips of each true class (row), the share that got each answer (column).", "name": "fig-confusion"}, "image": {"alt": "A six by six matrix of shares; the diagonal holds the right answers."}}
figures.confusion_figure([single.tested()], single.record.data["labels"])

# %% tags=["hide-input"]
run.confusions(single)

# %% [markdown]
# ## Where it was sure and wrong
#
# These are the test clips to which it gave a wrong answer with the highest probability. They are
# played without noise, so that you can judge whether you would have known better.

# %% tags=["hide-input"]
mistakes = run.mistakes(single).head(4)
run.mistakes_table(mistakes)

# %% tags=["hide-input"]
music, rate = load_music(study.data, progress=False), study.data.features.sample_rate
players.player_list(
    [music.audio(music.tracks[row], rate) for row in mistakes["clip"]],
    [f"{one.title}: a {one.label}, taken for a {one.answer}" for one in mistakes.itertuples()],
    rate,
)

# %% [markdown]
# ## Summary
#
# - The history says whether training was long enough; the confusion matrix says what a single
#   score cannot.
# - A mistake is more interesting than a score. Listen to a few before believing either.
# - Any other run can be opened by changing the parameters at the top of this notebook.
