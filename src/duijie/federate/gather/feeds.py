"""Atom and RSS as people really write them. A feed shows the latest only: what is no longer in it has not vanished."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import feedparser

from duijie.federate.gather.base import Gathered, Order, Page, plain_text, plain_xml, record_in, unreadable


def pages(order: Order, cursor: Any) -> Iterator[Page]:
    found = order.client.get(
        order.url, accept="application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5"
    )
    content = plain_xml(found.body)
    parsed = feedparser.parse(content, response_headers={"content-type": found.headers.get("content-type", "")})
    entries = parsed.get("entries", [])
    if not parsed.get("version") or (parsed.get("bozo") and (not entries or _is_cut(parsed, content))):
        raise unreadable("内容不是 Atom 或 RSS", "The content is neither Atom nor RSS", _why(parsed))
    yield Page([one for one in map(_gathered, entries[: order.enough]) if one], None, complete=False)


def _is_cut(parsed: Any, content: bytes) -> bool:
    """Whether the feed breaks off: small mistakes of its markup are borne with, half an entry is not."""
    broken = "SAX" in type(parsed.get("bozo_exception")).__name__
    end = content.replace(b"\0", b"").rstrip()[-20:].lower()
    return broken and not end.endswith((b"feed>", b"rss>", b"rdf>"))


def _why(parsed: Any) -> str:
    return type(parsed.get("bozo_exception")).__name__ if parsed.get("bozo") else ""


def _gathered(entry: Any) -> Gathered | None:
    remote_id = str(entry.get("id") or entry.get("link") or entry.get("title") or "").strip()
    if not remote_id:
        return None
    title = plain_text(entry.get("title"))
    summary = plain_text(entry.get("summary"))
    content = "\n".join(plain_text(part.get("value")) for part in entry.get("content", []))
    data = {
        "title": title,
        "summary": summary if content and content != summary else "",
        "body": content or summary,
        "keywords": [str(tag.get("term") or "") for tag in entry.get("tags", [])],
    }
    raw = {
        "id": remote_id, "title": title, "summary": summary, "content": content, "link": entry.get("link", ""),
        "author": entry.get("author", ""), "updated": entry.get("updated", ""), "published": entry.get("published", ""),
        "tags": data["keywords"],
    }  # fmt: skip
    whole = record_in(entry.get("dj_record"))
    return Gathered(remote_id[:500], title=title, url=str(entry.get("link", ""))[:500], data=whole or data, raw=raw)
