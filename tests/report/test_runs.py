import re

import pandas as pd
import toy

from subgenre.report import runs
from subgenre.study.places import Study, project_dir

STATIC = project_dir() / "book" / "static"


def read(text):
    """Return the cells of a table as words."""
    lines = [re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.S) for row in text.split("<tr")[1:]]
    first, *rest = [[re.sub("<.*?>", "", cell) for cell in line] for line in lines]
    return pd.DataFrame(rest, columns=first)


def test_a_line_per_run_names_what_it_serves_and_links_its_record():
    result = toy.result(["optimizers", "regularization"], "quick")
    for study, folder in ((Study.of("quick"), "../"), (Study.of("paper"), "../paper/")):
        page = runs.table(result, study).data
        lines = read(page)
        assert len(lines) == len(result.records)
        served = {"common setting", "optimizers: RMSprop", "regularization: both"}
        assert served < set(lines["serves"]) and "optimizers: Adam" not in set(lines["serves"])
        record = next(iter(result.records.values()))
        assert f'<a href="{folder}{record.key}.json">' in page


def test_a_reader_sorts_by_a_heading_with_the_keyboard_and_filters_by_typing(page, tmp_path):
    result = toy.result("optimizers", "quick", lambda config: 0.5 - 0.09 * config.seed)
    script = (STATIC / "table.js").read_text("utf-8")
    shown = f"<script>{script}</script>{runs.table(result, Study.of('quick')).data}"
    (tmp_path / "page.html").write_text(shown, "utf-8")
    page.goto((tmp_path / "page.html").as_uri())

    def column(name):
        cells = read(page.locator("table").evaluate("table => table.outerHTML"))[name].tolist()
        return cells if name == "optimizer" else [float(cell) for cell in cells]

    for name in ("rate", "optimizer"):
        heading = page.get_by_role("columnheader", name=name, exact=True)
        for order in ("ascending", "descending"):
            heading.get_by_role("button").press("Enter")
            assert heading.get_attribute("aria-sort") == order
            assert column(name) == sorted(column(name), reverse=order == "descending")
    assert page.locator("[aria-sort$=scending]").count() == 1
    page.get_by_label("Filter").fill("CRNN rmsprop")
    left = page.locator("tbody tr:visible")
    n = left.count()
    assert 0 < n < len(result.records) and f"{n} of {len(result.records)}" in page.content()
    assert all("CRNN" in one and "rmsprop" in one for one in left.all_inner_texts())
