"""The composition root: every dotted path in it loads."""

import re
from pathlib import Path

import pytest
from scrapy.utils.misc import load_object

SETTINGS = Path(__file__).parents[1] / "iranwire_crawler" / "settings.py"
PATHS = re.findall(r'"((?:iranwire_crawler|scrapy)(?:\.\w+)+\.[A-Z]\w+)"', SETTINGS.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", PATHS)
def test_dotted_path_loads(path: str) -> None:
    assert callable(load_object(path))


def test_the_paths_are_found() -> None:
    assert len(PATHS) > 8
