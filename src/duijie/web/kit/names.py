"""Dates, and names of places and industries, as text."""

from __future__ import annotations

import datetime as dt

from django.template.defaultfilters import date as django_date
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from duijie.core.language import t as choose
from duijie.web.kit.library import register


@register.filter(name="date")
def date_filter(value: dt.date | dt.datetime | None, form: str | None = None) -> str:
    """2026-11-21, and 2026-11-21 09:30 for "time"; any other `form` is Django's own."""
    if not value:
        return "" if form else "—"
    if form not in (None, "time"):
        return str(django_date(value, form))
    if isinstance(value, dt.datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return local.strftime("%Y-%m-%d %H:%M" if form == "time" else "%Y-%m-%d")
    return value.isoformat()


_UNITS = (
    (30 * 86400, "个月", "month"),
    (86400, "天", "day"),
    (3600, "小时", "hour"),
    (60, "分钟", "minute"),
)


def how_long_ago(value: dt.date | dt.datetime, now: dt.datetime) -> str:
    """3 天前 / in 5 days, for what lies within a year of `now`; empty beyond."""
    if isinstance(value, dt.datetime):
        seconds = int((now - value).total_seconds())
        return choose("刚刚", "just now") if abs(seconds) < 60 else _in_units(seconds)
    days = (timezone.localdate(now) - value).days
    return _in_units(days * 86400) if days else choose("今天", "today")


def _in_units(seconds: int) -> str:
    size = abs(seconds)
    if size >= 366 * 86400:
        return ""
    length, zh, en = next(unit for unit in _UNITS if size >= unit[0])
    n = size // length
    english = en if n == 1 else f"{en}s"
    return choose(f"{n} {zh}前", f"{n} {english} ago") if seconds > 0 else choose(f"{n} {zh}后", f"in {n} {english}")


@register.filter
def ago(value: dt.date | dt.datetime | None) -> SafeString | str:
    """2026-11-21（3 天前）: the date, and beside it how long ago, in a <time>."""
    if not value:
        return "—"
    words = how_long_ago(value, timezone.now())
    beside = choose(f"（{words}）", f" ({words})") if words else ""
    return format_html(
        '<time datetime="{}">{}<span class="k-muted">{}</span></time>', value.isoformat(), date_filter(value), beside
    )


@register.filter
def region_name(code: str | None) -> str:
    """330402 → 南湖区; an unknown code is shown as it is."""
    from duijie.core import regions

    found = regions.get(code) if code else None
    return found.label() if found else (code or "")


@register.filter
def industry_name(code: str | None) -> str:
    """C3922 → 通信终端设备制造; an unknown code is shown as it is."""
    from duijie.core import industries

    found = industries.get(code) if code else None
    return found.label() if found else (code or "")
