# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # One run, looked at closely

# %% tags=["parameters"]
profile = "quick"  # how much work: smoke, quick or paper
dataset = "dances"  # name of a data set
model = "crnn"  # cnn, crnn or cnn_rnn
seed = 0  # a seed of the profile

# %%
from IPython.display import Markdown

from subgenre.data import clips, load_music
from subgenre.report import charts, players, run
from subgenre.study import places, runner

study = places.Study.of(profile, dataset)
single = runner.single_run(model, study, seed=seed)

# %% tags=["answer"]
run.confusions(single)

# %% mystnb={"figure": {"caption": "Of the test clips of each true class (row), the share that got each answer (column).", "name": "fig-confusion"}}
charts.confusion({"": [single.tested()]}, single.record.data["labels"])

# %% [markdown]
# A score hides what a network does. This page opens one run of the study: how it learned, what
# it confuses, and which clips it gets wrong, to be listened to. It is one fold and one network of
# many, so what it confuses need not be what all confuse.

# %% tags=["hide-output"] mystnb={"code_prompt_show": "The run on this page", "code_prompt_hide": "The run on this page"}
run.card(single)

# %% [markdown]
# ## How it learned

# %% mystnb={"figure": {"caption": "Loss and accuracy of this run by epoch, in training and in validation.", "name": "fig-run"}}
charts.run_curves(single.record)

# %%
history = single.record.history
Markdown(
    f"After {len(history['loss'])} epochs the loss is {history['loss'][-1]:.2f} in training and "
    f"{history['val_loss'][-1]:.2f} in validation, where macro F1 is "
    f"{history['val_macro_f1'][-1]:.2f}."
)

# %% [markdown]
# ## Where it was sure and wrong
#
# These are the test clips to which it gave a wrong answer with the highest probability. They are
# played as it heard them, in noise, so that you can judge whether you would have known better; the
# switch takes the noise away.

# %%
mistakes = run.mistakes(single).head(4)
run.mistakes_table(mistakes)

# %%
music = load_music(study.data, progress=False)
players.clip_player(
    [clips.example_clip(music, study.data, row) for row in mistakes["clip"]],
    [f"{one.title}: a {one.label}, taken for a {one.answer}" for one in mistakes.itertuples()],
    study.data,
    noisy=True,
)

# %% [markdown]
# ## Summary
#
# - The history says how far training and validation came apart; the confusion matrix says what a
#   single score cannot.
# - A mistake is more interesting than a score. Listen to a few before believing either.
# - Any other run can be opened by changing the parameters at the top of this notebook.
