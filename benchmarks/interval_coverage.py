"""How often the intervals of the report hold what is true, in made-up studies like the published.

Two networks do not differ. Runs, test clips and families are those of the published study. Families
differ in how hard they are, and in how each network likes them. What training does to a network's
accuracy (standard deviation 0.01) is partly the same in all runs: training sets share about half of
their families.
"""

import json

import click
import numpy as np
import timing

from subgenre.study.intervals import estimate
from subgenre.study.places import Study, project_dir
from subgenre.study.runner import Result, run_experiments

RECORD = project_dir() / "results" / "coverage.json"
COLUMNS = ("shared by all runs", "plain t interval", "corrected interval", "one pair")
SPREAD = 0.01  # of accuracy by training: runs scatter about as those of the study then
SHARED = (0.0, 0.25, 0.5)  # of the variance


def differences(result: Result, shared: float, rng: np.random.Generator) -> np.ndarray:
    """Return the difference in accuracy of two equal networks in each run of a made-up study."""
    runs = [np.array(one.test_clips) for one in result.of(result.cells[0])]
    names, family = np.unique(result.clips["group"], return_inverse=True)
    common, own = SPREAD * np.sqrt([shared, 1 - shared])
    liked = rng.normal(0.7, 1.5, len(names)) + rng.normal(0, 0.7, (2, len(names)))
    trained = rng.normal(rng.normal(0, common, (2, 1)), own, (2, len(runs)))
    found = np.empty(len(runs))
    for run, rows in enumerate(runs):
        chances = 1 / (1 + np.exp(-liked[:, family[rows]])) + trained[:, [run]]
        found[run] = np.subtract(*(rng.random(chances.shape) < chances).mean(axis=1))
    return found


@click.command()
@click.option("--studies", default=1000, show_default=True, help="Made-up studies of each kind.")
def main(studies: int) -> None:
    """Make studies up, and keep for the book how often their intervals hold 0."""
    result, rng = run_experiments("networks", Study.of("paper")), np.random.default_rng(0)
    lines = []
    for shared in SHARED:
        some = [differences(result, shared, rng) for _ in range(studies)]
        line = [f"{shared:.0%}"]
        for ratio in (0.0, result.test_to_train):
            estimates = [estimate(one, ratio) for one in some]
            line.append(f"{np.mean([one.low <= 0 <= one.high for one in estimates]):.1%}")
        line.append(f"±{np.mean([one.single for one in estimates]):.2f}")
        lines.append(line)
    n_runs = len(result.of(result.cells[0]))
    checked = {"n_runs": n_runs, "n_studies": studies, "columns": COLUMNS, "lines": lines}
    RECORD.write_text(json.dumps(checked, indent=1) + "\n", encoding="utf-8")
    click.echo(timing.table(COLUMNS, lines))
    click.echo(f"record: {RECORD}")


if __name__ == "__main__":
    main()
