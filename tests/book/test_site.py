"""The published book as its readers have it: opened from a folder, without a network."""

import re
from pathlib import Path

import pytest

SITE = Path(__file__).resolve().parents[2] / "book" / "_build" / "html"
MOST_BYTES = 3_000_000
PAGES = [
    path
    for folder in ("", "experiments")
    for path in sorted((SITE / folder).glob("*.html"))
    if path.stem != "index"  # which leads to the first page
]
needs_site = pytest.mark.skipif(not PAGES, reason="needs the built book: make book")


@needs_site
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_is_light_fits_a_telephone_and_asks_nobody(page, path):
    assert path.stat().st_size < MOST_BYTES
    page.set_viewport_size({"width": 420, "height": 900})
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    if charts := page.locator("script.chart").count():
        page.wait_for_function(f"document.querySelectorAll('.chart .drawn svg').length >= {charts}")


@needs_site
def test_a_reader_searches_and_turns_the_light_off(page):
    page.goto(f"{(SITE / 'search.html').as_uri()}?q=RMSprop")
    page.locator("#search-results li a", has_text=re.compile("optimizer", re.I)).first.wait_for()
    page.goto((SITE / "experiments" / "answer.html").as_uri())
    grounds = set()
    for _ in range(3):  # light, dark, and what the system has
        page.locator(".theme-switch-button:visible").first.click()
        grounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(grounds) == 2


@needs_site
def test_a_chart_says_its_values_and_a_player_plays(page):
    page.goto((SITE / "experiments" / "optimizers.html").as_uri())
    mark = page.locator(".drawn svg .mark-symbol path:visible").first
    mark.scroll_into_view_if_needed()
    mark.hover(force=True)
    page.locator("#vg-tooltip-element.visible").wait_for()
    assert re.search(r"score\s+0\.\d+", page.locator("#vg-tooltip-element").inner_text())
    page.goto((SITE / "experiments" / "data.html").as_uri())
    player = page.locator("figure.clip audio:visible").first
    player.evaluate("one => one.play()")
    page.wait_for_function(
        "[...document.querySelectorAll('audio')].some(one => one.currentTime > 0.2)"
    )
