"""What every kind of source yields, and the client that all of them fetch with."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree, html

from duijie.core.errors import Fault
from duijie.core.guarded_http import LARGEST_FETCH, Fetched, fetch
from duijie.members.models import Member
from duijie.publish.actions.bulk import Row

PAUSES_SECONDS = (0.5, 2.0)
MOST_ITEMS = 500_000
_TRY_AGAIN = frozenset({429, 500, 502, 503, 504})
_SHORT_LIVED = frozenset({"http.failed", "http.slow"})


@dataclass
class Gathered:
    """One thing of a source: its id there, what it says in our fields (`data`) and in its own (`raw`).

    row: already parsed (sheets). faults: why it cannot be read. deleted: it says of itself that it is gone. member: the remote
    member's own short name (nodes).
    """

    remote_id: str
    title: str = ""
    url: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    raw: dict[str, Any] = field(default_factory=dict)
    row: Row | None = None
    faults: list[Fault] = field(default_factory=list)
    deleted: bool = False
    member: str = ""


@dataclass
class Page:
    """Some things, and where to go on (None: that was all). complete: after the last page, whether what was not seen is gone.
    since: the other side's clock when the list began, for the next time."""

    items: list[Gathered]
    cursor: Any = None
    complete: bool = True
    since: str = ""


@dataclass(frozen=True)
class Client:
    """Fetches for one source: its credential, bounds, and a few tries where the other side is only tired."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    most_bytes: int = LARGEST_FETCH
    seconds: float = 60.0
    pauses: tuple[float, ...] = PAUSES_SECONDS

    def get(self, url: str, *, accept: str = "*/*") -> Fetched:
        """The answer with status 200. Raises Fault "source.…" or "http.…"."""
        for number in range(len(self.pauses) + 1):
            last = number == len(self.pauses)
            try:
                found = fetch(url, {"Accept": accept, **self.headers}, most_bytes=self.most_bytes, seconds=self.seconds)
            except Fault as fault:
                if last or fault.code not in _SHORT_LIVED:
                    raise
            else:
                if found.status == 200:
                    return found
                if last or found.status not in _TRY_AGAIN:
                    raise refused(found.status)
            time.sleep(self.pauses[number])
        raise AssertionError("unreachable")


def refused(status: int) -> Fault:
    if status in {401, 403}:
        return Fault(
            "source.credential",
            f"对方不允许读取（{status}），请核对凭据。",
            f"The other side refuses ({status}); check the credential.",
        )
    if status in {404, 410}:
        return Fault("source.gone", f"这个地址没有内容（{status}）。", f"There is nothing at this address ({status}).")
    return Fault("source.status", f"对方答复 {status}。", f"The other side answered {status}.")


def is_short_lived(fault: Fault) -> bool:
    """Whether trying again later may help."""
    return fault.code in _SHORT_LIVED or fault.code == "source.status"


@dataclass(frozen=True)
class Order:
    """What to gather: address, options and client of a source. rows: at most so many (a preview)."""

    kind: str
    url: str
    client: Client
    member: Member
    listing_kind: str
    key: str = "new"
    options: Mapping[str, Any] = field(default_factory=dict)
    since: str = ""
    rows: int | None = None

    @property
    def enough(self) -> int:
        return self.rows or MOST_ITEMS


def unreadable(what_zh: str, what_en: str, detail: str = "") -> Fault:
    tail_zh, tail_en = (f"：{detail}", f": {detail}") if detail else ("", "")
    return Fault("source.unreadable", f"{what_zh}{tail_zh}。", f"{what_en}{tail_en}.", status=422)


def endless() -> Fault:
    return Fault(
        "source.cyclic",
        "对方的翻页在原地打转，已停止；请联系对方修正。",
        "The pages of the other side go round in a circle; stopped.",
        status=422,
    )


_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)


def plain_xml(content: bytes) -> bytes:
    """`content`, where it declares no entities: none are needed, and they are how a small file grows to gigabytes."""
    if _ENTITY.search(content.replace(b"\0", b"")):
        raise Fault(
            "source.entities",
            "内容里有 XML 实体声明，已拒绝读取。",
            "The content declares XML entities and was not read.",
            status=422,
        )
    return content


def read_xml(content: bytes) -> etree._Element:
    """The root element. Raises Fault "source.unreadable" with the line where it stops being XML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(plain_xml(content), parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise unreadable(f"内容不是完整的 XML（第 {line} 行）", f"The content is not whole XML (line {line})") from None


def read_json(content: bytes) -> Any:
    """The content as JSON. Raises Fault "source.unreadable"."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        place = f"{getattr(error, 'lineno', '?')}:{getattr(error, 'colno', '?')}"
        raise unreadable("内容不是 JSON", "The content is not JSON", place) from None


def plain_text(markup: Any) -> str:
    """Text without its markup, paragraphs kept apart."""
    text = str(markup or "").strip()
    if "<" not in text and "&" not in text:
        return text
    spaced = re.sub(r"(?i)<(br|/p|/div|/li|/h\d|/tr)\b[^>]*>", "\n", text)
    try:
        found = html.fromstring(f"<div>{spaced}</div>").text_content()
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return re.sub(r"<[^>]*>", " ", text)
    return re.sub(r"[ \t]*\n\s*", "\n", str(found)).strip()


def record_in(text: Any) -> dict[str, Any] | None:
    """The whole listing that a Duijie puts beside the standard's fields, where it is there and can be read."""
    if not text:
        return None
    try:
        found = json.loads(str(text))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and {"kind", "title"} <= set(found) else None
