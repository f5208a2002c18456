"""Pictures of an edition made on the server: a bar chart with intervals as SVG, and the same as PNG through Typst."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

_FONTS = "Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, WenQuanYi Micro Hei, sans-serif"
_INK, _QUIET, _LINE, _BAR = "#1c2733", "#5b6875", "#d5dce3", "#1f5a8a"
_WIDTH, _LEFT, _RIGHT, _ROW, _HEAD, _FOOT = 960, 190, 90, 30, 84, 46


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its value, and a word beside it."""

    label: str
    value: float
    word: str = ""


def bars_svg(title: str, bars: Sequence[Bar], *, note: str = "", lead: str = "") -> str:
    """A horizontal bar chart, the largest first as given; values from zero (or the lowest, where one is below zero)."""
    high = max((bar.value for bar in bars), default=1.0) or 1.0
    low = min(0.0, min((bar.value for bar in bars), default=0.0))
    span = (high - low) or 1.0
    inner = _WIDTH - _LEFT - _RIGHT
    height = _HEAD + _ROW * len(bars) + _FOOT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" role="img" font-family="{_FONTS}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="24" y="36" font-size="22" font-weight="600" fill="{_INK}">{escape(title)}</text>',
        f'<text x="24" y="60" font-size="14" fill="{_QUIET}">{escape(lead)}</text>',
    ]
    zero = _LEFT + (0 - low) / span * inner
    parts.append(f'<line x1="{zero:.1f}" x2="{zero:.1f}" y1="{_HEAD - 8}" y2="{height - _FOOT + 4}" stroke="{_LINE}"/>')
    for at, bar in enumerate(bars):
        top = _HEAD + at * _ROW
        width = abs(bar.value) / span * inner
        left = zero if bar.value >= 0 else zero - width
        parts += [
            f'<text x="{_LEFT - 10}" y="{top + 17}" font-size="14" text-anchor="end" fill="{_INK}">{escape(bar.label)}</text>',
            f'<rect x="{left:.1f}" y="{top + 4}" width="{width:.1f}" height="{_ROW - 12}" rx="3" fill="{_BAR}"/>',
            f'<text x="{left + width + 8:.1f}" y="{top + 17}" font-size="13" fill="{_QUIET}">{escape(bar.word or f"{bar.value:.1f}")}</text>',
        ]
    parts.append(f'<text x="24" y="{height - 18}" font-size="12" fill="{_QUIET}">{escape(note)}</text></svg>')
    return "\n".join(parts)


def lines_svg(
    title: str, periods: Sequence[str], lines: Sequence[tuple[str, Sequence[float | None]]], *, note: str = ""
) -> str:
    """A line chart over periods: a line for each series, broken where a value is missing."""
    width, height, left, right, top, bottom = _WIDTH, 460, 70, 30, 90, 60
    values = [v for _, series in lines for v in series if v is not None]
    low, high = min(values, default=0.0), max(values, default=1.0)
    low, high = min(low, 0.0) if low < 0.25 * high else low * 0.95, high * 1.05
    colours = (_BAR, "#b4552d", "#0b7a75", "#6a4c93")

    def x(at: int) -> float:
        return left + at * (width - left - right) / max(1, len(periods) - 1)

    def y(value: float) -> float:
        return top + (high - value) / ((high - low) or 1) * (height - top - bottom)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" font-family="{_FONTS}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="24" y="36" font-size="22" font-weight="600" fill="{_INK}">{escape(title)}</text>',
    ]
    for share in (0, 0.25, 0.5, 0.75, 1):
        level = low + share * (high - low)
        parts.append(
            f'<line x1="{left}" x2="{width - right}" y1="{y(level):.1f}" y2="{y(level):.1f}" stroke="{_LINE}"/>'
        )
        parts.append(
            f'<text x="{left - 8}" y="{y(level) + 4:.1f}" font-size="12" text-anchor="end" fill="{_QUIET}">{level:.0f}</text>'
        )
    step = max(1, len(periods) // 8)
    for at in range(0, len(periods), step):
        parts.append(
            f'<text x="{x(at):.1f}" y="{height - bottom + 20}" font-size="12" text-anchor="middle" fill="{_QUIET}">{escape(periods[at])}</text>'
        )
    for number, (name, series) in enumerate(lines):
        colour, path, open_ = colours[number % len(colours)], [], False
        for at, value in enumerate(series):
            if value is None:
                open_ = False
                continue
            path.append(f"{'L' if open_ else 'M'}{x(at):.1f},{y(value):.1f}")
            open_ = True
        parts.append(f'<path d="{" ".join(path)}" fill="none" stroke="{colour}" stroke-width="2.4"/>')
        parts.append(f'<rect x="{24 + number * 220}" y="54" width="18" height="4" fill="{colour}"/>')
        parts.append(f'<text x="{48 + number * 220}" y="60" font-size="13" fill="{_INK}">{escape(name)}</text>')
    parts.append(f'<text x="24" y="{height - 14}" font-size="12" fill="{_QUIET}">{escape(note)}</text></svg>')
    return "\n".join(parts)


def png_of(svg: str, *, pixels_per_inch: int = 144) -> bytes:
    """An SVG as PNG."""
    import typst

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "picture.svg").write_text(svg, encoding="utf-8")
        source = Path(folder) / "page.typ"
        source.write_text(
            '#set page(width: auto, height: auto, margin: 0pt)\n#image("picture.svg")\n', encoding="utf-8"
        )
        found = typst.compile(str(source), format="png", ppi=float(pixels_per_inch))
    return bytes(found if isinstance(found, bytes) else found[0])
