# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # When does a cluster pay?
#
# A study uses all cores of one machine. `subgenre study --scheduler` sends the same work to the
# workers of a [Dask](https://distributed.dask.org) cluster and gives the same records. This page says
# what that costs, and how it is done on SLURM and on Kubernetes.

# %% tags=["parameters"]
profile = "quick"  # how much work: smoke, quick or paper
dataset = "dances"  # name of a data set

# %%
import json

import pandas as pd
from IPython.display import Markdown

from subgenre.report import tables
from subgenre.study import experiments, places, runner

study = places.Study.of(profile, dataset)
result = runner.run_experiments(list(experiments.EXPERIMENTS), study)
measured = json.loads((places.project_dir() / "results" / "cluster.json").read_text())

# %% tags=["answer"]
runs = pd.Series([one.seconds["all"] for one in result.records.values()])
task = pd.Series(measured["seconds_a_task"])
Markdown(
    f"A task costs {1000 * task['cluster']:.0f} ms on a cluster and {1000 * task['pool']:.1f} ms "
    f"on this machine's own processes; a training run takes {runs.mean():.0f} s of one core. So "
    f"a cluster loses {100 * task['cluster'] / runs.mean():.3f} % of the time of training. It pays "
    f"where the {len(runs)} runs of this study, {runs.sum() / 3600:.1f} hours of one core, are "
    "more than one is ready to wait for."
)

# %% [markdown]
# ## Measured
#
# The same spectrograms, computed by this machine's own processes and by Dask workers on the same
# machine. There the scheduler, and who sends and collects, take a part of the cores from the workers;
# more workers than cores gain nothing.

# %%
features = pd.DataFrame(measured["features"]).set_index(["where", "workers"])
features["clips a second"] = measured["n_clips"] / features["seconds"]
caption = f"Spectrograms of {measured['n_clips']:,} clips on {measured['cores']} cores."
tables.page_table(
    features.reset_index(), caption, formats={"seconds": "{:.0f}", "clips a second": "{:.0f}"}
)

# %%
Markdown(
    f"Measured with `benchmarks/cluster.py` on {measured['processor']}, {measured['cores']} cores, "
    f"distributed {measured['versions']['distributed']}."
)

# %% [markdown]
# ## What other amounts of music would cost
#
# Computed from the costs of one file, measured on 200 files of 30 s (Ogg, three clips each), and
# divided by the number of workers: **not measured**, and without a network or a disk that is slower
# than the work. Every file is opened once, by the machine that starts the study; spectrograms are
# computed by the workers. Training does not grow with the music, for an epoch shows a fixed number of
# clips, but each worker holds the training clips in memory.

# %% tags=["full-width"]
cost, n = measured["seconds_a_track"], pd.Index([10**n for n in range(3, 8)], name="tracks")
hours = pd.DataFrame({"opening each file": cost["inspection"] * n / 3600}, n)
for workers in (1, 2, 32, 256):
    name = f"spectrograms, {workers} worker{'s' * (workers > 1)}"
    hours[name] = (cost["features"] + task["cluster"] / 16) * n / workers / 3600
clip = study.data.features.n_frames(10.0) * study.data.features.n_mels
hours["disk, GB"] = 3 * 3 * 4 * clip * n / 1e9
hours["memory of a worker, GB"] = 0.6 * 3 * 2 * 2 * clip * n / 1e9
caption = "Hours, and room, for so many tracks of 30 s; all of it computed."
hours = hours.rename(index="{:,}".format).rename_axis(None)
tables.page_table(hours, caption, index=True, css=tables.WRAPPED, formats="{:,.2f}")

# %%
night = 10 * 3600 * measured["cores"]
Markdown(
    f"In a night of ten hours, the {measured['cores']} cores of the machine that was measured do "
    f"{night / runs.mean():,.0f} training runs, or the spectrograms of "
    f"{night / sum(cost.values()) / 1e6:.1f} million tracks, opened and computed. A cluster pays beyond that. Where the last column is "
    "more memory than a worker has, lower `clips_per_class`."
)

# %% [markdown]
# ## How to
#
# ```bash
# pip install -e ".[cluster]"      # here and on every worker, with the same requirements.txt
# subgenre study --profile paper --scheduler local                  # tries it on this machine
# subgenre study --profile paper --scheduler tcp://10.0.0.1:8786    # any scheduler's address
# ```
#
# - **What is sent:** spectrograms, training runs and baselines. Results come back as bytes, and the
#   machine that started the study writes them, so no shared disk is needed. Pages are executed here.
# - **What a worker needs:** this package and the same versions, one thread (`--nthreads 1`), about
#   4 GB, and, for your own music, the files under the same path. Who lacks one of these is named
#   before anything is trained. Spectrograms are found in a shared cache (`SUBGENRE_CACHE`), or else
#   each machine computes its own.
# - **Where the records go:** to where they always go, on the machine that started the study.
# - **How to stop and go on:** Ctrl-C ends the study within seconds and leaves the cluster as it was;
#   runs that are at work there finish, and their answers are dropped. The same command goes on.
# - **What can break:** a worker that dies has its work done again by another one. A scheduler that
#   dies ends the study in one sentence; finished records are kept.
# - The same record comes from a cluster as from this machine if the processors are alike. Another
#   kind of processor gives other last digits, and every record names its own.
#
# The address of Dask's dashboard is printed when the study begins.
#
# ## On SLURM
#
# ```{literalinclude} ../examples/slurm.sh
# :language: bash
# ```
#
# ## On Kubernetes
#
# ```{literalinclude} ../examples/Dockerfile
# :language: docker
# ```
#
# ```{literalinclude} ../examples/kubernetes.yaml
# :language: yaml
# ```
#
# ## Summary
#
# - What a task costs beside its work is small against a training run, and against the spectrograms
#   of sixteen clips, which are one task.
# - One machine is enough for this study. A cluster is for more music or more settings.
