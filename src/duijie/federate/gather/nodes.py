"""Another Duijie installation: its public listings, page by page, each with the member it belongs to there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from duijie.federate.gather.base import Gathered, Order, Page, endless, read_json, unreadable

LIMIT = 250


def pages(order: Order, cursor: Any) -> Iterator[Page]:
    """cursor: the id after which to go on."""
    after = str(cursor or "")
    while True:
        query = urlencode({"after": after, "limit": min(LIMIT, order.enough)})
        said = read_json(order.client.get(f"{order.url.rstrip('/')}/api/v1/node/listings?{query}").body)
        if not isinstance(said, dict) or not isinstance(said.get("items"), list):
            raise unreadable("对方不是对接平台", "There is no Duijie at this address")
        items = [_gathered(one) for one in said["items"] if isinstance(one, dict) and one.get("id")]
        following = str(said.get("next") or "")
        if following and following <= after:
            raise endless()
        after = following
        yield Page(items, after or None)
        if not after:
            return


def _gathered(one: dict[str, Any]) -> Gathered:
    record: dict[str, Any] = one["record"] if isinstance(one.get("record"), dict) else {}
    member: dict[str, Any] = one["member"] if isinstance(one.get("member"), dict) else {}
    return Gathered(
        str(one["id"])[:60], title=str(record.get("title", "")), url=str(one.get("url", ""))[:500], data=dict(record),
        raw={"member": member}, member=str(member.get("slug", ""))[:80],
    )  # fmt: skip
