"""The project's own files agree with each other, and its imports go one way."""

import ast
import os
import re
import shutil
import statistics
import subprocess
import sys
import tomllib
from graphlib import TopologicalSorter
from pathlib import Path

import jupytext
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("plumbing", "config", "data", "models", "study", "prediction", "report", "cli")
"""No module reaches, by any chain of imports, one of a room further right."""
MAX_ROOT_ENTRIES, MAX_CODE, MAX_LINES, MAX_MEDIAN, MAX_MODULE = 9, 7_580, 10_900, 130, 290
"""The package is a small helper. What is added is paid for by what is found to delete."""
MACHINE_TRACES = re.compile(
    r"(?<![\w+/=.])/(?:home|Users|root|work|opt|tmp|mnt)/\w|file://|https?://[^\s/]*(?:pypi|pythonhosted)"
    r"|(?:--|^)(?:extra-)?index[-]url [^$]|--find-links|(?:localhost|127\.0\.0\.1):\d",
    re.MULTILINE,
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
SOURCES = {path: path.read_text("utf-8") for path in sorted((ROOT / "subgenre").rglob("*.py"))}


@pytest.fixture(scope="module")
def imports():
    """Map each module of the package to the modules of the package it imports."""
    parts = {path: path.relative_to(ROOT).with_suffix("").parts for path in SOURCES}
    names = {path: ".".join(some).removesuffix(".__init__") for path, some in parts.items()}
    found, modules = {}, {*names.values()}
    for path, name in names.items():
        imported = found[name] = set()
        for node in ast.walk(ast.parse(SOURCES[path])):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{name} imports relatively"
                full = {f"{node.module}.{alias.name}" for alias in node.names}
                imported |= full & modules or {node.module}
        imported &= modules - {name}
    return found


def room(module):
    """Return the place of a module's room in the row; the root stands beside the plumbing."""
    return ROOMS.index(module.split(".")[1]) if "." in module else 0


def test_every_dependency_is_pinned_within_its_range_and_every_pin_is_exact():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    pinned = [Requirement(line) for line in lines if line and not line.lstrip().startswith("#")]
    pins = {canonicalize_name(pin.name): pin for pin in pinned}
    assert len(pins) > 50 and not any(pin.url for pin in pins.values())
    assert {spec.operator for pin in pins.values() for spec in pin.specifier} == {"=="}
    assert all(len(pin.specifier) == 1 for pin in pins.values())
    wanted = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]
    for requirement in map(Requirement, wanted):
        pin = pins.get(canonicalize_name(requirement.name))
        assert pin is not None, f"{requirement} is not in requirements.txt: run make lock"
        version = next(iter(pin.specifier)).version
        assert requirement.specifier.contains(version), f"{pin} is outside {requirement}"


def test_conda_and_make_accept_the_pythons_of_the_project():
    allowed = SpecifierSet(PROJECT["requires-python"])
    python, *tools, rest = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    assert Requirement(python).specifier == allowed and "pip" in tools
    assert rest == {"pip": ["-r requirements.txt", "-e ."]}
    minors = [minor for minor in range(30) if allowed.contains(f"3.{minor}")]
    checked = f"(3, {minors[0]}) <= sys.version_info[:2] <= (3, {minors[-1]})"
    assert checked in (ROOT / "Makefile").read_text()


def test_no_file_names_a_machine():
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    for path in filter(Path.is_file, (ROOT / name for name in listed.splitlines())):
        trace = MACHINE_TRACES.search(path.read_text("utf-8", "ignore"))
        assert trace is None or path.samefile(__file__), f"{path} names {trace[0]!r}"


def test_the_command_of_every_page_and_figure_is_named():
    named = set(re.findall("`([^`]*)`", (ROOT / "REPRODUCING.md").read_text("utf-8")))
    scripts = {path.stem: path.read_text("utf-8") for path in (ROOT / "notebooks").glob("*.py")}
    figures = {name for text in scripts.values() for name in re.findall('"(fig-[^"]*)"', text)}
    assert {*scripts, *figures} <= named
    assert {one for one in named if one.startswith("fig-")} <= figures


def test_the_books_settings_are_links_and_every_page_of_the_contents_exists():
    for name in ("_config.yml", "_toc.yml"):
        assert (ROOT / "book" / name).readlink() == Path("..") / name
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text())
    chapters = [chapter["file"] for part in contents["parts"] for chapter in part["chapters"]]
    for page in [contents["root"], *chapters]:
        source = ROOT / "book" / f"{page}.md"
        notebook = ROOT / "notebooks" / f"{Path(page).name}.ipynb"
        assert source.is_file() or (page.startswith("experiments/") and notebook.is_file()), page


def test_notebooks_are_twins_of_their_scripts():
    def cells(path):
        return [(cell.cell_type, cell.source, cell.metadata) for cell in jupytext.read(path).cells]

    scripts = sorted((ROOT / "notebooks").glob("*.py"))
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    assert [path.stem for path in scripts] == [path.stem for path in notebooks]
    for script, notebook in zip(scripts, notebooks, strict=True):
        assert cells(script) == cells(notebook), f"{script.name} and its twin differ: run make sync"
        codes = [cell for cell in jupytext.read(notebook).cells if cell.cell_type == "code"]
        assert not any(cell.outputs for cell in codes), f"{notebook.name} holds outputs"


def test_the_api_page_lists_every_module(imports):
    listed = re.findall(r"automodule:: (\S+)", (ROOT / "book" / "api.md").read_text())
    assert len(listed) == len(set(listed))
    packages = {name for name in imports if (ROOT / name.replace(".", "/")).is_dir()}
    inner = {name for name in imports if name.startswith("subgenre.data.dances.")}
    assert set(imports) - packages - inner - {"subgenre.cli"} <= set(listed) <= set(imports)


def test_imports_go_one_way_and_make_no_circle(imports):
    tuple(TopologicalSorter(imports).static_order())
    for module, imported in imports.items():
        wrong = [one for one in imported if room(one) > room(module)]
        assert not wrong, f"{module} imports {wrong}"


def test_the_root_shows_the_rooms():
    entries = {path.name for path in (ROOT / "subgenre").iterdir()} - {"__pycache__"}
    assert len(entries) <= MAX_ROOT_ENTRIES
    assert {name.removesuffix(".py") for name in entries} == {"__init__", *ROOMS}


def test_the_package_stays_small():
    sizes = {path: lines(text) for path, text in SOURCES.items()}
    assert sum(code for code, _ in sizes.values()) <= MAX_CODE
    assert sum(total for _, total in sizes.values()) <= MAX_LINES
    assert statistics.median(total for _, total in sizes.values()) <= MAX_MEDIAN
    assert max(total for _, total in sizes.values()) <= MAX_MODULE


def lines(text):
    """Return how many lines are no blank, comment or docstring, and how many there are."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    code = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, documented) and ast.get_docstring(node) is not None:
            for number in range(node.body[0].lineno, node.body[0].end_lineno + 1):
                code[number - 1] = ""
    return sum(line.strip() > "" and line.lstrip()[0] != "#" for line in code), len(code)


def make(*words, **environment):
    if not shutil.which("make"):
        pytest.skip("make is not installed")
    command = ["make", "--no-print-directory", "-C", str(ROOT), *words]
    return subprocess.check_output(command, env={**os.environ, **environment}, text=True)


def test_the_users_settings_of_pip_and_python_reach_no_command():
    given = {"PIP_USER": "yes", "PIP_TARGET": "/x", "PYTHONPATH": "/x", "PYTHONHOME": "/x"}
    shown = make("-s", "--eval", "show:\n\t@env", "show", **given)
    names = {line.partition("=")[0] for line in shown.splitlines()}
    assert "PATH" in names and not names & given.keys()


def test_the_book_is_the_published_one_unless_another_is_named():
    profiles = {"paper": [], "quick": ["DATASET=/my music"], "smoke": ["PROFILE=smoke"]}
    for profile, given in profiles.items():
        shown = make("-n", "-o", "setup", "book", *given)
        assert shown.rstrip().endswith(f"--profile {profile}")


def test_sync_goes_from_the_scripts_to_the_notebooks(tmp_path):
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    shutil.copy(ROOT / "jupytext.toml", tmp_path)
    script, twin = (tmp_path / "notebooks" / f"run.{ending}" for ending in ("py", "ipynb"))
    script.write_text(script.read_text() + "\n# %%\nan_edit = 1\n")
    os.utime(twin, (script.stat().st_mtime + 99,) * 2)  # touched later, as by a checkout
    commands = make("-n", "-o", "setup", f"BIN={Path(sys.executable).parent}", "sync")
    subprocess.run(["bash", "-ec", commands], cwd=tmp_path, check=True)
    assert "an_edit = 1" in script.read_text()
    assert jupytext.read(twin).cells[-1].source == "an_edit = 1"
