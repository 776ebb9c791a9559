"""What each page says of hand-made records, as text that was read and approved.

`APPROVE=1 python -m pytest tests/report/test_approved.py` writes the texts anew.
"""

import ast
import base64
import os
import re
from dataclasses import replace
from pathlib import Path

import jupytext
import nbformat
import pytest
import toy
from IPython.display import HTML, Markdown
from matplotlib.figure import Figure

from subgenre import data
from subgenre.data.dataset import FileInfo, Remark
from subgenre.report import files, models
from subgenre.report.charts import Chart
from subgenre.report.pages import NOTEBOOKS, notebooks_dir
from subgenre.study import baselines, experiments, places, records, runner

ROOT = Path(__file__).resolve().parents[2]
APPROVED = Path(__file__).with_name("approved")
ONE_SEED = ("initialization", "verdict", "baselines", "labels")


def n_right(config):
    """Answer as many test clips right as the paper's order of settings has it, more or less."""
    recurrent = config.model.name != "cnn"
    training, network = config.training, config.model
    n = 7 + config.seed * (len(network.name) + 5 * (network.dropout > 0)) % 4
    n -= 5 * (training.optimizer == "adadelta") + 2 * network.dropout_first
    n += 3 * (training.learning_rate > 1)
    n += 2 * (training.optimizer == "rmsprop" and network.name == "crnn")
    return n - 4 * (recurrent and network.kernel_initializer[0] == "r") + (config.seed == 3)


def load_music(config, progress=True):
    remarks = (Remark("<b>silent.mp3", "silent: all of it"), Remark("tiny", "too small: 2 groups"))
    counts = {"left out": {"other dances": 1234, "families of another type": 5}}
    counts |= {"clips": {"jig": 2000, "reel": 480}, "read": {"jig": 610, "reel": 1480}}
    counts |= {"tunes": {"jig": 600, "reel": 952, "waltz": 480}}
    counts |= {"families": {"jig": 300, "reel": 582, "waltz": 240}}
    mp3 = FileInfo(format="MP3", sample_rate=44_100, channels=2, duration=30.0)
    return replace(
        toy.ScoredToy(tracks=toy.make_tracks(config.clips_per_class)),
        skipped=remarks,
        notes=tuple(Remark(f"song {i}", "clipped: often") for i in range(5)),
        info={"a": mp3, "b": replace(mp3, duration=50.0), "c": replace(mp3, format="WAV")},
        report=counts,
        extra=toy.make_tracks(600)[:900],
    )


def run_experiments(names, study):
    result = toy.study(n_right, names, study.profile.name)
    for config, record in result.records.items():
        f1, lost = record.scores["test"]["macro_f1"], 0.02 * (config.seed - 2)
        if config.model.name != "cnn":
            part = {"steps shuffled": f1 - 0.1 + lost, "state reset": f1 + 0.001 * config.seed}
            result.records[config] = replace(record, ablated=part)
    return toy.diverge(result, result.cells[1].configs[:1])


def single_run(model, study, seed):
    record = toy.record(toy.run_config(), answers=[0, 0, 0, 1, 1, 1, 1, 2, 2, 0, 0, 1])
    return runner.SingleRun(replace(record, key="0" * 16), toy.CLIPS)


def baseline_results(study):
    cells = tuple(baselines.baseline_cells(study))
    found = {}
    for number, cell in enumerate(cells):
        scores = (0.1 * number + 0.15 + 0.01 * config.seed for config in cell.configs)
        found |= dict(zip(cell.configs, map(toy.record, cell.configs, scores), strict=True))
    return runner.Result(cells, found, toy.CLIPS)


def as_text(shown):
    if isinstance(shown, Markdown):
        return shown.data
    if isinstance(shown, Figure):
        named = [[one.title, one.xaxis.label, one.yaxis.label, *one.texts] for one in shown.axes]
        parts = [", ".join(filter(None, (text.get_text() for text in some))) for some in named]
        return "figure: " + " | ".join(parts).replace("\n", " / ")
    if isinstance(shown, Chart):
        return f"chart: {shown.said} | {', '.join(shown.series)}"
    if isinstance(shown, HTML) and "sortable" in shown.data:
        n, named = shown.data.count("<tr>"), re.sub(r"\s*<[^>]+>\s*", " ", shown.data).split()
        return f"table of {n} runs: {' '.join(named[:60])}"
    if isinstance(shown, HTML):
        if given := re.search(r">(\{.*\})</script>", shown.data):
            return "played: " + re.sub(r'data:audio/mpeg;base64,[^"]*', "sound", given[1])
        return "players: " + "; ".join(re.findall(r"<figcaption>(.*?)</figcaption>", shown.data))
    rows = re.findall(r"<caption>.*?</caption>|<tr>.*?</tr>", shown.to_html(), re.DOTALL)
    cells = [re.findall(r"<(?:t[hd]|caption)[^>]*>(.*?)</(?:t|c)", row, re.DOTALL) for row in rows]
    styles = shown._compute().ctx.items()
    bold = [f"{row}.{column}" for (row, column), css in styles if ("font-weight", "bold") in css]
    lines = [" | ".join(row).replace("\n", " / ") for row in cells]
    return "\n".join(lines + [f"bold: {' '.join(bold)}"] * bool(bold))


def page(name, profile):
    """Return all that a notebook shows, cell by cell."""
    names, texts = {}, []
    for cell in jupytext.read(notebooks_dir() / f"{name}.py").cells:
        if cell.cell_type == "code":
            *body, last = ast.parse(cell.source).body
            shows = isinstance(last, ast.Expr)
            exec(compile(ast.Module(body if shows else [*body, last], []), name, "exec"), names)
            if shows:
                texts.append(as_text(eval(ast.unparse(last), names)))
            if "parameters" in cell.metadata.get("tags", []):
                names["profile"] = profile
    return "\n\n".join(texts).strip() + "\n"


@pytest.mark.parametrize(
    ("name", "profile"),
    [*((name, "paper") for name in NOTEBOOKS), *((name, "smoke") for name in ONE_SEED)],
)
def test_a_page_says_what_was_approved(name, profile, results, monkeypatch):
    for module in (data, models):
        monkeypatch.setattr(module, "load_music", load_music)
    for function in (run_experiments, single_run, baseline_results):
        monkeypatch.setattr(runner, function.__name__, function)
    monkeypatch.setattr(files, "MOST_LINES", 3)
    study = places.Study.of("tuning")
    store = records.Store.of(study)
    store.put_clips("toy", toy.TRACKS)
    rates, sizes = (experiments.cells(one, study) for one in ("learning_rates", "batch_sizes"))
    for cell in (*rates, *sizes):
        for config in cell.configs:
            store.put(toy.record(config, 0.3 + 0.01 * len(cell.level)).to_bytes())
    text, approved = page(name, profile), APPROVED / f"{name}-{profile}.txt"
    if os.environ.get("APPROVE"):
        approved.write_text(text, encoding="utf-8")
    assert text == approved.read_text(encoding="utf-8")


def test_the_readme_says_and_shows_what_the_front_page_does():
    """Sentences are edited by hand; the picture is written anew where texts are approved."""
    front = nbformat.read(ROOT / "book" / "experiments" / "answer.ipynb", as_version=4)
    shown = [
        one["data"] for cell in front.cells for one in cell.get("outputs", []) if "data" in one
    ]
    said = next(one["text/markdown"] for one in shown if "text/markdown" in one)
    drawn = next(one["text/html"] for one in shown if "data:image/svg" in one.get("text/html", ""))
    drawn = base64.b64decode(re.search('data:image/svg[^,]*,([^"]*)', drawn)[1]).decode()
    picture = ROOT / "book" / "static" / "claims.svg"
    if os.environ.get("APPROVE"):
        picture.write_text(drawn, encoding="utf-8")
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())
    for sentence in said.split("\n\n")[:2]:
        assert sentence in readme
    assert picture.read_text("utf-8") == drawn and "book/static/claims.svg" in readme
