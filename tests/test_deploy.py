"""The files under deploy/ say what the project understands."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from scrapy.spiderloader import SpiderLoader
from scrapy.utils.project import get_project_settings

ROOT = Path(__file__).parents[1]
FILES = sorted(file for file in (ROOT / "deploy").rglob("*") if file.is_file())
UNITS = ROOT / "deploy" / "systemd"


def test_there_is_one_of_each() -> None:
    names = {file.relative_to(ROOT / "deploy").as_posix() for file in FILES}
    assert names == {
        "Containerfile",
        "crontab",
        "github/daily.yml",
        "github/smoke.yml",
        "systemd/iranwire-crawler.service",
        "systemd/iranwire-crawler.timer",
    }


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_settings_spiders_and_commands_exist(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    settings = get_project_settings()
    for name in re.findall(r"-s \"?([A-Z_]+)=", text):
        assert name in settings, name
    for spider in re.findall(r"(?:scrapy crawl|\./crawl) ([a-z]+)", text):
        assert spider in SpiderLoader.from_settings(settings).list()
    for command in re.findall(r"\bscrapy ([a-z]+) ", text):
        assert command == "crawl" or (ROOT / "iranwire_crawler" / "commands" / f"{command}.py").exists()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in UNITS.iterdir():
        # What is not installed here cannot be found by systemd either.
        text = unit.read_text(encoding="utf-8").replace("/opt/iranwire_crawler/.venv/bin/scrapy", sys.executable)
        (tmp_path / unit.name).write_text(text.replace("User=iranwire", "User=root"), encoding="utf-8")
    units = [str(file) for file in sorted(tmp_path.iterdir())]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "SYSTEMD_LOG_LEVEL": "warning"},
    )  # fmt: skip
    told = [line for line in done.stderr.splitlines() if "iranwire-crawler" in line]
    assert (done.returncode, told) == (0, [])
    calendar = re.search(r"OnCalendar=(.*)", (UNITS / "iranwire-crawler.timer").read_text(encoding="utf-8"))
    assert calendar is not None
    assert (
        subprocess.run(["systemd-analyze", "calendar", calendar[1]], capture_output=True, check=False).returncode == 0
    )


@pytest.mark.parametrize("second", [0, 3])
def test_the_smoke_crawl_fails_with_either_run(second: int, tmp_path: Path) -> None:
    """Run as GitHub runs it, with a crawl that only says what it would find."""
    job = yaml.safe_load((ROOT / "deploy" / "github" / "smoke.yml").read_text(encoding="utf-8"))["jobs"]["smoke"]
    (step,) = [step for step in job["steps"] if "run" in step]
    # What GitHub makes of `shell: bash`, and of no shell named.
    shell = {"bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"], None: ["bash", "-e"]}[step.get("shell")]
    crawl = tmp_path / "crawl"
    crawl.write_text(f"#!/bin/sh\necho nothing_new\nif [ -e ran ]; then exit {second}; fi\n: > ran\n")
    crawl.chmod(0o755)
    (tmp_path / "step.sh").write_text(step["run"])
    done = subprocess.run([*shell, "step.sh"], cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert done.returncode == second
