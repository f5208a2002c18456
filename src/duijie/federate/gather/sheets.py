"""A sheet at an address: Excel or CSV (UTF-8, GBK and others), with the headings of the kind's template."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from duijie.federate.gather.base import Gathered, Order, Page
from duijie.publish.sheets import ReadRow, SheetReader

BATCH = 250
_SUFFIXES = {
    "text/csv": ".csv",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}


def pages(order: Order, cursor: Any) -> Iterator[Page]:
    """The whole sheet in pages; taken up again it starts anew, and what this run has seen is passed over."""
    found = order.client.get(order.url)
    suffix = Path(urlsplit(found.url).path).suffix.lower()
    if suffix not in _SUFFIXES.values():
        suffix = ".xlsx" if found.body[:2] == b"PK" else _SUFFIXES.get(found.media_type, ".csv")
    with tempfile.NamedTemporaryFile(suffix=suffix) as handle:
        handle.write(found.body)
        handle.flush()
        reader = SheetReader(path=Path(handle.name), kind=order.listing_kind, member=order.member, key=order.key)
        rows = islice(iter(reader), order.enough)
        while part := list(islice(rows, BATCH)):
            yield Page([_gathered(one) for one in part], "more")
        yield Page([], None)


def _gathered(read: ReadRow) -> Gathered:
    title = read.row.values.draft.title if read.row else read.shown.get("title", "")
    # A bad row keeps its own id where it can be read, so that its listing is not taken for vanished.
    remote_id = read.row.external_id if read.row else read.shown.get("external_id", "").strip() or f"row-{read.number}"
    return Gathered(remote_id[:500], title=title, row=read.row, faults=read.faults, raw=dict(read.shown))
