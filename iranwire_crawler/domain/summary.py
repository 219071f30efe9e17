"""A finished run in words, for the end of its log."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from iranwire_crawler.domain.text import for_terminal

_LISTED = 8


def summary(report: Mapping[str, Any], exit_code: int, folder: PurePath) -> list[str]:
    """A finished run in about ten lines: what was found, what is new, what is wrong, where the files are."""
    counts, judged = report["counts"], report["verdict"]
    lines = [
        f"Run of {report['spider']} ended: {'someone must look' if exit_code else 'sound'} (exit code {exit_code})",
        _line("found", f"{counts['articles'] - counts['revised']} new articles, {counts['captions']} captions"),
        _line("seen", f"{counts['known']} known, {counts['revised']} changed, {counts['gone']} gone"),
        _line("articles", f"{_list(counts['by_language'])}; {_list(counts['by_type'])}"),
        _line("sections", _list(counts["by_section"])),
        _line("not kept", f"{counts['rejected']} rejected, {counts['unread']} unread: {_list(report['unread'])}"),
        _line("dropped", _list(report["drops"])),
        _line("warnings", _list(report["warnings"])),
        _line("network", f"{report['requests']} requests in {report['duration_seconds']:g} s"),
        _line("statuses", _list(report["http_status"])),
    ]
    if report["read_from"] or report["listed_from"]:
        how = f"articles by {_list(report['read_from'])}; listings by {_list(report['listed_from'])}"
        lines.append(_line("not plain", how))
    lines += [_line("LOOK", f"{finding['code']}: {finding['message']}") for finding in judged["reasons"]]
    lines += [_line("note", f"{finding['code']}: {finding['message']}") for finding in judged["notes"]]
    lines.append(_line("files", str(folder)))
    return lines


def _line(label: str, text: str) -> str:
    return f"  {label:<9} {text}"


def _list(counts: Mapping[str, int]) -> str:
    most = sorted(counts.items(), key=lambda item: -item[1])
    shown = [f"{for_terminal(name, 40)} {count}" for name, count in most[:_LISTED]]
    if len(most) > _LISTED:
        shown.append(f"{len(most) - _LISTED} more")
    return ", ".join(shown) or "none"
