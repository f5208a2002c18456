"""Words, icons and addresses: `t`, `icon`, `asset`, `query`, `lang_url`."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeData, SafeString, mark_safe

from duijie.core.language import t as choose
from duijie.web.kit.library import register

MANIFEST = Path(__file__).resolve().parent.parent / "static" / "built" / "manifest.json"


@register.simple_tag(name="t")
def translate(zh: str, en: str, **values: Any) -> str:
    """`{% t "共 {n} 条" "{n} results" n=count %}`: the sentence in the language in force, its values escaped."""
    sentence = choose(zh, en)
    if not values:
        return sentence
    if not isinstance(sentence, SafeData):
        return sentence.format(**values)
    escaped = {name: v if isinstance(v, int | float) else conditional_escape(v) for name, v in values.items()}
    return mark_safe(sentence.format(**escaped))  # a literal of the template around escaped values


@register.simple_tag
def icon(name: str, label: str = "", extra: str = "") -> SafeString:
    """`{% icon "bell" %}`: an icon of the sprite; with a `label` it is read out, otherwise it is decoration."""
    href = f"{asset('icons.svg')}#{name}"
    css = f"k-icon {extra}".strip()
    if label:
        return format_html('<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>', css, label, href)
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"></use></svg>', css, href)


@lru_cache(maxsize=4)
def _hashes(changed_ns: int) -> dict[str, str]:
    if not changed_ns:
        return {}
    hashes: dict[str, str] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return hashes


def _changed_ns() -> int:
    return MANIFEST.stat().st_mtime_ns if MANIFEST.exists() else 0


@lru_cache(maxsize=1)
def _hashes_for_good() -> dict[str, str]:
    return _hashes(_changed_ns())


@register.simple_tag
def asset(name: str) -> str:
    """`{% asset "kit.css" %}`: the address of a built file, with its content's hash so that browsers may keep it."""
    hashes = _hashes(_changed_ns()) if settings.DEBUG else _hashes_for_good()
    address = static(f"built/{name}")
    return f"{address}?v={hashes[name]}" if name in hashes else address


def changed_query(current: QueryDict, changes: dict[str, Any]) -> str:
    """The query string with `changes` made: a list sets several values, None or "" takes a key away.

    Anything but a change of page goes back to the first page.
    """
    query = current.copy()
    if "page" not in changes:
        query.pop("page", None)
    query.pop("lang", None)
    for key, value in changes.items():
        if value is None or value == "" or value == []:
            query.pop(key, None)
        else:
            query.setlist(key, [str(v) for v in value] if isinstance(value, list | tuple) else [str(value)])
    return "?" + query.urlencode()


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """`<a href="{% query sort="-date" %}">`: this page's address with other parameters."""
    return changed_query(context["request"].GET, changes)


@register.simple_tag(takes_context=True)
def lang_url(context: dict[str, Any], code: str) -> str:
    """This page in another language: "zh-hans" or "en"."""
    request = context.get("request")
    current = request.GET.copy() if request is not None and request.method == "GET" else QueryDict(mutable=True)
    current["lang"] = code
    return f"?{current.urlencode()}"
