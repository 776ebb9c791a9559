"""Charts as specifications, and as a reader's browser draws them."""

import json
import re
import runpy
import shutil
from types import SimpleNamespace

import numpy as np
import pytest
import toy

from subgenre.report import charts
from subgenre.study import intervals
from subgenre.study.places import project_dir

BOOK = project_dir() / "book"


def content(chart):
    return json.loads(re.search(r'class="chart">({.*})</script>', chart._repr_html_())[1])


def rows(panel):
    (values,) = panel["datasets"].values()
    return values


def test_curves_hold_the_numbers_of_the_records_for_every_level_and_network():
    result = toy.result("optimizers", "paper", lambda config: 0.3 + 0.01 * config.seed)
    toy.diverge(result, result.cells[3].configs)  # the second level of the first network
    found = content(charts.learning_curves(result, "loss"))
    assert [*found["series"]] == ["Adam", "Adadelta", "Adadelta, 0.001", "RMSprop"]
    assert [panel["layer"][0]["title"] for panel in found["panels"]] == ["CNN", "CRNN", "CNN-RNN"]
    cnn = rows(found["panels"][0])
    assert [row["mean"] for row in cnn if row["series"] == "Adam"] == [1.55, 1.35, 1.15]
    assert [row["epoch"] for row in cnn if row["series"] == "Adadelta"] == [1]


def test_a_dot_per_run_their_mean_and_what_the_paper_printed_or_nothing():
    names = ["optimizers", "regularization"]
    result = toy.result(names, "paper", lambda one: 0.4 + 0.1 * (one.seed % 5))
    panels = content(charts.seed_scores(result))["panels"]
    assert [panel["layer"][0]["title"] for panel in panels] == ["CNN", "CRNN", "CNN-RNN"]
    adam = [row for row in rows(panels[0]) if row["level"] == "Adam"]
    assert [row["score"] for row in adam if row["series"] == "a run"] == [
        0.4,
        0.5,
        0.6,
        0.7,
        0.8,
    ] * 2
    assert [row["score"] for row in adam if row["series"] == "mean"] == [0.6]
    assert [row["score"] for row in adam if row["series"] == "the paper"] == [0.45]
    printed = {row["level"] for row in rows(panels[0]) if row["series"] == "the paper"}
    assert not any("first" in level for level in printed)


def test_a_mean_off_the_scale_of_what_trains_is_written_at_its_edge():
    def score(config):
        return 0.2 if config.training.learning_rate < 0.002 else 0.6

    chart = charts.seed_scores(toy.result("optimizers", "paper", score))
    assert all(">0.20<" in still for still in chart.stills())
    for panel in content(chart)["panels"]:
        assert panel["layer"][1]["encoding"]["x"]["scale"]["domain"] == pytest.approx([0.58, 0.62])


def test_a_network_has_a_point_at_each_share_of_the_music():
    (panel,) = content(charts.size_curve(toy.result("train_sizes", "paper")))["panels"]
    shares = [row["families that train, of all (%)"] for row in rows(panel)]
    assert sorted(shares) == [10, 10, 10, 30, 30, 30, 100, 100, 100]
    assert all(row["lowest"] <= row["mean"] <= row["highest"] for row in rows(panel))


def test_a_map_says_shares_and_counts_and_a_label_ends_no_script():
    labels = ("</script><b>", '"quoted" & so', "c")
    tested = [intervals.Tested(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 2]))]
    chart = charts.confusion({"": tested}, labels)
    first = next(row for row in rows(content(chart)["panels"][0]) if row["true class"] == labels[0])
    assert (first["answer"], first["clips"], first["share"]) == (labels[0], 1, 0.5)
    assert chart._repr_html_().count("</script>") == 1


def test_a_map_of_many_classes_keeps_those_that_are_most_confused():
    n = charts.MOST_CLASSES + 10
    y = np.arange(n).repeat(2)
    wrong = np.where(y >= 10, (y + 1) % n, y)  # the first ten are always right, but for one
    chart = charts.confusion({"": [intervals.Tested(y, wrong)]}, [f"class {i}" for i in range(n)])
    kept = {row["true class"] for row in rows(content(chart)["panels"][0])}
    assert len(kept) <= charts.MOST_CLASSES and "class 5" not in kept
    assert str(charts.MOST_CLASSES) in chart.said


def test_a_chart_is_the_same_each_time():
    made = [charts.run_curves(toy.record(toy.run_config())) for _ in range(2)]
    counted = re.compile("(clip|view_|gradient_)[0-9]+")  # over all of a process
    first, again = ([counted.sub("", still) for still in one.stills()] for one in made)
    assert first == again
    first, again = (counted.sub("", json.dumps(content(one))) for one in made)
    assert first == again


@pytest.fixture
def site(tmp_path):
    """Return a function that writes a page, with the book's scripts beside it, and its address."""
    shutil.copytree(BOOK / "static", tmp_path / "_static")
    extension = runpy.run_path(str(BOOK / "extensions" / "charts.py"))
    app = SimpleNamespace(builder=SimpleNamespace(format="html"), outdir=tmp_path)
    extension["write_library"](app, None)

    def write(*shown):
        links = '<link rel="stylesheet" href="_static/charts.css">'
        links += "".join(f'<script src="_static/{one}.js"></script>' for one in ("charts", "table"))
        body = "".join(one._repr_html_() for one in shown)
        text = f'<html data-theme="light"><head>{links}</head><body>{body}</body></html>'
        (tmp_path / "page.html").write_text(text, "utf-8")
        return (tmp_path / "page.html").as_uri()

    return write


def test_a_reader_sees_values_switches_series_and_the_theme_and_prints_the_still(page, site):
    page.goto(site(charts.learning_curves(toy.result("optimizers"))))
    line = page.locator(".drawn svg .mark-line path")
    line.first.wait_for(state="attached")
    assert line.count() == 4 * 3 and page.get_by_role("group").get_attribute("aria-label")
    page.mouse.move(*middle(page.locator(".drawn svg").first))
    tip = page.locator("#vg-tooltip-element")
    tip.wait_for()
    assert re.findall(r"\S+", tip.inner_text())[:4] == ["epoch", "2", "Adam", "0.450"]

    name = page.get_by_role("button", name="RMSprop", exact=True)
    name.press("Enter")
    page.wait_for_function("document.querySelectorAll('.mark-line path').length == 9")
    assert name.get_attribute("aria-pressed") == "false"
    before = page.locator(".drawn svg").first.element_handle()
    page.evaluate("document.body.style.color = 'rgb(1, 2, 3)'")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.locator('.drawn svg text[fill="rgb(1, 2, 3)"]').first.wait_for()
    assert not before.evaluate("node => node.isConnected")
    page.wait_for_function("document.querySelectorAll('.mark-line path').length == 9")

    still, drawn = page.locator("div.still"), page.locator(".drawn")
    assert drawn.is_visible() and not still.is_visible()
    page.emulate_media(media="print")
    assert still.is_visible() and not drawn.is_visible()


def middle(one):
    box = one.bounding_box()
    return box["x"] + box["width"] / 2 + 15, box["y"] + box["height"] / 2


def test_a_narrow_window_is_not_widened_and_a_page_without_a_chart_loads_no_library(page, site):
    page.set_viewport_size({"width": 420, "height": 800})
    page.goto(site(charts.seed_scores(toy.result("optimizers", "quick"))))
    page.locator(".drawn svg").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    page.goto(site())
    assert page.evaluate("window.vegaEmbed") is None
