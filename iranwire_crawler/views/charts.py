"""Shapes of charts: numbers in, rectangles of an SVG out. Colours and words are the template's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

WIDTH, HEIGHT = 1000, 100
"""Units of a chart's viewBox; it is stretched to the room it has."""

_GAP = 0.15


class Bar(NamedTuple):
    """A rectangle, and which of the series it belongs to."""

    series: int
    x: float
    y: float
    width: float
    height: float


class Tick(NamedTuple):
    """A word under the chart, and how far from its start, in percent."""

    at: float
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    top: int
    """What the whole height stands for."""


def stacked(steps: Sequence[str], series: Sequence[Mapping[str, int]], *, top: int | None = None) -> Chart:
    """Bars side by side, a step each, the series one upon the other."""
    highest = top or max((sum(each.get(step, 0) for each in series) for step in steps), default=0)
    scale = HEIGHT / max(1, highest)
    wide = WIDTH / max(1, len(steps))
    bars = []
    for place, step in enumerate(steps):
        y = float(HEIGHT)
        for number, each in enumerate(series):
            if height := each.get(step, 0) * scale:
                y -= height
                bars.append(
                    Bar(number, *(round(n, 2) for n in (wide * (place + _GAP / 2), y, wide * (1 - _GAP), height)))
                )
    return Chart(bars=tuple(bars), ticks=tuple(_ticks(steps)), top=highest)


def _ticks(steps: Sequence[str]) -> list[Tick]:
    """The years that begin within, at most six; the steps themselves where there is hardly a year."""
    if not steps:
        return []
    years = [place for place, step in enumerate(steps) if step.endswith("-01")]
    places = years if len(years) > 1 else list(range(0, len(steps), max(1, len(steps) // 4)))
    every = -(-len(places) // 6)
    return [
        Tick(round(100 * place / len(steps), 2), steps[place][:4] if len(years) > 1 else steps[place])
        for place in places[::every]
    ]
