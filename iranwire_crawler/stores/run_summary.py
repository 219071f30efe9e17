"""A run in short, read from its report."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from iranwire_crawler.domain.overview import Run
from iranwire_crawler.stores.run_folders import ARTICLES, started_at
from iranwire_crawler.stores.runs import read_report


def read_run(folder: Path) -> Run:
    """What its folder tells of a run; `unfinished` where there is no report that can be read."""
    name = f"{folder.parent.name}/{folder.name}"
    report = read_report(folder) or {}
    judged = _object(report, "verdict") if isinstance(report.get("finished"), str) else {}
    articles, code = _object(report, "counts").get("articles"), judged.get("exit_code")
    reasons = judged.get("reasons")
    return Run(
        run=name,
        spider=folder.parent.name,
        started=started_at(name),
        finished=report["finished"] if judged else None,
        state=str(judged.get("status", "unfinished")),
        exit_code=code if isinstance(code, int) else None,
        articles=articles if isinstance(articles, int) else None,
        reasons=tuple(
            f"{reason.get('code')}: {reason.get('message')}"
            for reason in (reasons if isinstance(reasons, list) else [])
            if isinstance(reason, dict)
        ),
        gathers=(folder / ARTICLES).exists() and not _object(report, "settings").get("SAVED_PAGES"),
    )


def _object(report: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = report.get(name)
    return value if isinstance(value, dict) else {}
