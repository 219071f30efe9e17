"""The package says what it needs, and runs where there is no clone."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_what_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {plain(re.split(r"[<>=;\[ ]", line)[0]) for line in project["dependencies"]}
    installed = packages_distributions()
    assert "scrapy" in declared
    imported = {name for file in (ROOT / "iranwire_crawler").rglob("*.py") for name in top_names(file)}
    foreign = {name for name in imported if name in installed} - {"iranwire_crawler"}
    assert {"scrapy", "twisted", "brotli"} <= foreign
    lacking = {name for name in foreign if not declared & {plain(each) for each in installed[name]}}
    assert lacking == set()


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def top_names(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {each.name.partition(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def test_the_commands_are_there_outside_a_clone(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "scrapy", "verify"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SCRAPY_SETTINGS_MODULE": "iranwire_crawler.settings"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "iranwire_crawler: data: no such folder\n")
