"""Small parts: badge, avatar, note, empty, skeleton, key-value list, tabs, steps, dialog, menu, copy-address, job progress."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from duijie.core.language import Label
from duijie.core.language import t as choose
from duijie.web.kit.library import register, render
from duijie.web.kit.words import icon

SIGNAL_ICONS = {"good": "check", "warn": "alert-triangle", "bad": "x"}
NOTE_ICONS = {"info": "info-circle", "good": "circle-check", "warn": "alert-triangle", "bad": "alert-circle"}


@register.simple_tag
def badge(text: Label | str, kind: str = "", icon_name: str = "") -> SafeString:
    """A status word. kind: "", good, warn, bad, river, line. Signals carry a shape as well as a colour."""
    name = icon_name or SIGNAL_ICONS.get(kind, "")
    css = f"k-badge k-badge-{kind}" if kind else "k-badge"
    return format_html('<span class="{}">{}{}</span>', css, icon(name) if name else "", text)


def initials(name: str) -> str:
    """Two characters that stand for a name: 陈晓梅 → 晓梅, 禾城精密制造 → 禾城, Marie Curie → MC."""
    bare = name.strip()
    han = [c for c in bare if "\u4e00" <= c <= "\u9fff"]
    if han:
        return "".join(han[-2:] if len(han) <= 4 else han[:2])
    return "".join(word[0].upper() for word in bare.replace("-", " ").split()[:2]) or "?"


@register.simple_tag
def avatar(name: str, image: str = "", size: str = "", square: bool = False) -> SafeString:
    """A picture, or initials. size: "", sm, lg. square for organisations. It is decoration: the name stands beside it."""
    css = " ".join(filter(None, ["k-avatar", f"k-avatar-{size}" if size else "", "k-avatar-square" if square else ""]))
    inside = format_html('<img src="{}" alt="" loading="lazy">', image) if image else initials(name)
    return format_html('<span class="{}" aria-hidden="true">{}</span>', css, inside)


@register.simple_block_tag
def note(content: str, kind: str = "info", title: str = "", dismiss: bool = False) -> str:
    """`{% note kind="warn" title="…" %}…{% endnote %}`: a notice in the page. kind: info, good, warn, bad."""
    return render("note", content=content, kind=kind, title=title, dismiss=dismiss, icon_name=NOTE_ICONS[kind])


@register.simple_block_tag
def empty(content: str, title: str = "", text: str = "") -> str:
    """`{% empty title="还没有需求" text="…" %}example and buttons{% endempty %}`: an empty page teaches the first step."""
    return render("empty", content=content, title=title, text=text)


@register.simple_block_tag
def dialog(content: str, id: str, title: str, wide: bool = False, now: bool = False) -> str:
    """`{% dialog "forward" "转给同事" %}…{% enddialog %}`, opened by `data-dialog-open="forward"`; now: opens by itself."""
    return render("dialog", content=content, id=id, title=title, wide=wide, now=now)


@register.simple_block_tag
def menu(
    content: str, label: str, icon_name: str = "", css: str = "btn", start: bool = False, compact: bool = False
) -> str:
    """`{% menu "更多" icon_name="dots" %}<a class="k-menu-item">…</a>{% endmenu %}`. compact: only the icon is seen."""
    return render("menu", content=content, label=label, icon_name=icon_name, css=css, start=start, compact=compact)


@register.simple_tag
def skeleton(kind: str = "list", count: int = 3) -> str:
    """The shape of what comes. kind: list, card, table, block."""
    return render("skeleton", kind=kind, rows=range(count))


@register.simple_tag
def pairs(items: Mapping[Any, Any] | Sequence[tuple[Any, Any]]) -> SafeString:
    """A key-value list; empty values show a dash."""
    rows = items.items() if isinstance(items, Mapping) else items
    inside = format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", ((k, "" if v is None else v) for k, v in rows))
    return format_html('<dl class="k-pairs">{}</dl>', inside)


@register.simple_tag
def tabs(items: Sequence[Mapping[str, Any]], label: str = "") -> str:
    """Tabs that are pages. items: {"label", "url", "active", "count"?}. label: what they choose, for screen readers."""
    return render("tabs", items=items, label=label)


@register.simple_tag
def steps(names: Sequence[Label | str], current: int) -> str:
    """The steps of a longer task; `current` counts from 1, those before it are done."""
    rows = [{"name": name, "done": i < current, "current": i == current} for i, name in enumerate(names, 1)]
    return render("steps", rows=rows)


@register.simple_tag
def copy_address(url: str = "", text: str = "", label: str = "") -> SafeString:
    """A button that copies `text`, or the address `url` (of this page where neither is given)."""
    said = label or choose("复制链接", "Copy link")
    return format_html(
        '<button type="button" class="btn btn-quiet" data-copy="{}">{}{}</button>', text or url, icon("link"), said
    )


@register.simple_tag(takes_context=True)
def job_progress(context: dict[str, Any], job: Any, poll_url: str = "", stop_url: str = "", every: int = 1) -> str:
    """A job that runs: percentage, words, time left, a stop button; asks `poll_url` every `every` seconds until it is over.

    job: a duijie.core.models.Job, or anything with its status, done, total, percent, is_over, message_zh, message_en, started_at.
    The view at `poll_url` answers with this same tag and nothing else.
    """
    return render(
        "job_progress",
        job=job,
        status=str(job.status),
        message=choose(job.message_zh, job.message_en),
        left=time_left(job),
        poll_url=poll_url,
        stop_url=stop_url,
        every=every,
        csrf_token=context.get("csrf_token", ""),
    )


def time_left(job: Any) -> str:
    """How long it will still take at the pace so far; empty where that cannot be said."""
    if not (job.total and job.done and job.started_at) or job.is_over:
        return ""
    seconds = (timezone.now() - job.started_at).total_seconds()
    left = int(seconds * (job.total - job.done) / job.done)
    if left < 5:
        return choose("马上完成", "almost done")
    if left < 90:
        return choose("约剩 {n} 秒", "about {n} s left", n=left)
    return choose("约剩 {n} 分钟", "about {n} min left", n=round(left / 60))
