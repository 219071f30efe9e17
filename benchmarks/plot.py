"""A line plot as SVG: one or two curves over a logarithmic axis, and nothing to install."""

from collections.abc import Sequence
from html import escape
from math import log10

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 720, 320, 70, 70, 40, 50
_COLOURS = ("#1b6ca8", "#c2571a")
_TICKS = 4

Curve = tuple[str, Sequence[tuple[float, float]]]


def plot(title: str, across: str, curves: Sequence[Curve]) -> str:
    """Each curve has a name with its unit, points (x, y), and an axis of its own from 0: left, then right."""
    xs = [x for _, points in curves for x, _ in points]
    lowest, highest = log10(min(xs)), log10(max(xs))
    span = (highest - lowest) or 1

    def x_of(value: float) -> float:
        return _LEFT + (log10(value) - lowest) / span * (_WIDTH - _LEFT - _RIGHT)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" font-family="sans-serif">',
        '<rect width="100%" height="100%" fill="white"/>',
        _text(_WIDTH / 2, 20, title, "middle"),
        _text(_WIDTH / 2, _HEIGHT - 10, across, "middle"),
        f'<path d="M{_LEFT} {_TOP}V{_HEIGHT - _BOTTOM}H{_WIDTH - _RIGHT}V{_TOP}" fill="none" stroke="#888"/>',
    ]
    marks = (step * 10**power for power in range(int(lowest), int(highest) + 2) for step in (1, 2, 5))
    within = [mark for mark in marks if min(xs) <= mark <= max(xs)]
    parts += [_text(x_of(mark), _HEIGHT - _BOTTOM + 18, f"{mark:,}", "middle") for mark in within]
    for number, (name, points) in enumerate(curves):
        parts += _curve(number, name, [(x_of(x), y) for x, y in points])
    return "\n".join([*parts, "</svg>"]) + "\n"


def _curve(number: int, name: str, points: Sequence[tuple[float, float]]) -> list[str]:
    colour = _COLOURS[number]
    top = max(y for _, y in points) * 1.2 or 1
    side, anchor = (_LEFT - 6, "end") if number == 0 else (_WIDTH - _RIGHT + 6, "start")

    def y_of(value: float) -> float:
        return _HEIGHT - _BOTTOM - value / top * (_HEIGHT - _TOP - _BOTTOM)

    line = " ".join(f"{x:.1f},{y_of(y):.1f}" for x, y in points)
    ticks = [top * tick / _TICKS for tick in range(_TICKS + 1)]
    return [
        f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>',
        *(f'<circle cx="{x:.1f}" cy="{y_of(y):.1f}" r="3" fill="{colour}"/>' for x, y in points),
        *(_text(side, y_of(tick) + 4, f"{tick:.3g}", anchor, colour) for tick in ticks),
        _text(10 if number == 0 else _WIDTH - 10, _TOP - 14, name, "start" if number == 0 else "end", colour),
    ]


def _text(x: float, y: float, text: str, anchor: str, colour: str = "#222") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="12">{escape(text)}</text>'
