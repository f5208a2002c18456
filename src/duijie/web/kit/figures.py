"""Figures and amounts: filters, the figure that shows its exact value on hover and focus, the large figure, the trend."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from duijie.core.language import ENGLISH, current_language
from duijie.core.language import t as choose
from duijie.core.money import Money, format_money
from duijie.web.kit.library import register, render

_ZH = ((Decimal(10**12), "万亿"), (Decimal(10**8), "亿"), (Decimal(10**4), "万"))
_EN = ((Decimal(10**9), "bn"), (Decimal(10**6), "m"))
_CENT = Decimal("0.01")
Number = int | float | Decimal


def _tidy(number: Decimal) -> str:
    text = f"{number.quantize(_CENT, rounding=ROUND_HALF_UP):,.2f}"
    return text.rstrip("0").rstrip(".")


def scaled(value: Number) -> tuple[str, str]:
    """The figure with at most two decimals and its unit: 123456789 is ("1.23", "亿"), 999 is ("999", "")."""
    number = Decimal(str(value))
    scales = _EN if current_language() == ENGLISH else _ZH
    smallest = scales[-1][0]
    for scale, unit in scales:
        # 99,999,999 is 1亿, not 10000万: a figure that rounds up to the next unit is written in it.
        share = abs(number) / scale
        if share >= 1 or (scale != smallest and share.quantize(_CENT, rounding=ROUND_HALF_UP) >= 1):
            return _tidy(number / scale), unit
    return exact(value), ""


def exact(value: Number) -> str:
    """Every digit, in groups of three; at most two decimals: 1234567.5 is 1,234,567.5."""
    return _tidy(Decimal(str(value)))


def _nothing(value: object) -> bool:
    return value is None or value == ""


@register.filter
def wan_yi(value: Number | None) -> str:
    """123456789 → 1.23亿 (English: 123.46 m); nothing → —."""
    if value is None or _nothing(value):
        return "—"
    number, unit = scaled(value)
    return f"{number} {unit}".strip() if current_language() == ENGLISH else f"{number}{unit}"


@register.filter(name="exact")
def exact_filter(value: Number | None) -> str:
    """Every digit, grouped."""
    return "—" if value is None or _nothing(value) else exact(value)


def _amount(value: int | Money, currency: str) -> Money:
    return value if isinstance(value, Money) else Money(int(value), currency or "CNY")


@register.filter
def money(amount_minor: int | Money | None, currency: str = "CNY") -> str:
    """An amount in the minor unit → 12.35万元 (English: CNY 123,456); nothing → 面议 / Negotiable."""
    if amount_minor is None or _nothing(amount_minor):
        return choose("面议", "Negotiable")
    return format_money(_amount(amount_minor, currency))


@register.filter
def money_exact(amount_minor: int | Money | None, currency: str = "CNY") -> str:
    """An amount in the minor unit with every digit: 123,456.78元."""
    if amount_minor is None or _nothing(amount_minor):
        return choose("面议", "Negotiable")
    return format_money(_amount(amount_minor, currency), exact=True)


@register.simple_tag
def figure(value: Number | None, unit: str = "", url: str = "", label: str = "") -> SafeString:
    """A number that opens its records: short on the page, every digit on hover and focus.

    unit: 家, 亿元…; url: the records behind it (a dotted underline); label: what it counts, for screen readers.
    """
    if value is None:
        return mark_safe('<span class="k-figure k-muted">—</span>')
    number, scale = scaled(value)
    return render(
        "figure", number=number, scale=scale, gap=_gap(scale), exact=exact(value), unit=unit, url=url, label=label
    )


def _gap(scale: str) -> str:
    """What stands between a figure and its unit: 1.9亿元, 8 个, 190 m CNY."""
    return "" if scale and current_language() != ENGLISH else " "


@register.simple_tag
def stat(
    label: str,
    value: Number | None,
    unit: str = "",
    url: str = "",
    note: str = "",
    change: Number | None = None,
    change_unit: str = "%",
    good_when: str = "up",
    trend: Sequence[Number] | None = None,
) -> SafeString:
    """A large figure with its name: `{% stat "签约项目" 40 unit="个" url=address note="截至 2026-11-21" change=12.5 %}`.

    change: against the period before, in `change_unit`; good_when: "up", "down" or "" (no judgement). trend: for a sparkline.
    """
    number, scale = scaled(value) if value is not None else ("—", "")
    judged = ""
    if change and good_when:
        judged = "good" if (change > 0) == (good_when == "up") else "bad"
    return render(
        "stat",
        label=label,
        number=number,
        scale=scale,
        measured=f"{scale}{_gap(scale) if scale and unit else ''}{unit}",
        exact=exact(value) if value is not None else "",
        unit=unit,
        url=url,
        note=note,
        change=change,
        change_text=exact(change).lstrip("-") if change is not None else "",
        change_unit=change_unit,
        judged=judged,
        trend=trend,
    )


@register.simple_tag
def spark(values: Sequence[Number | None], label: str = "") -> SafeString:
    """A trend as a line without axes, as wide as its box; `label` says it in words for screen readers."""
    points = [float(v) for v in values if v is not None]
    if len(points) < 2:
        return SafeString("")
    low, high = min(points), max(points)
    span = (high - low) or 1.0
    step = 100 / (len(points) - 1)
    line = " ".join(f"{'L' if i else 'M'}{i * step:.2f} {36 - (v - low) / span * 32:.2f}" for i, v in enumerate(points))
    said = label or choose("走势：从 {a} 到 {b}", "Trend from {a} to {b}", a=exact(points[0]), b=exact(points[-1]))
    return format_html(
        '<svg class="k-spark" viewBox="0 0 100 40" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<path class="k-spark-area" d="{} L100 40 L0 40 Z"></path><path d="{}"></path></svg>',
        said,
        line,
        line,
    )
