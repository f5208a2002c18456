"""CKAN's action API: package_search, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from duijie.federate.gather.base import Gathered, Order, Page, endless, plain_text, read_json, record_in, unreadable

ROWS = 200


def pages(order: Order, cursor: Any) -> Iterator[Page]:
    start = int(cursor or 0)
    last_ids: list[str] = []
    while True:
        query = {"start": start, "rows": min(ROWS, order.enough), "sort": "id asc"}
        if order.options.get("subset"):
            query["q"] = order.options["subset"]
        found = order.client.get(f"{_base(order.url)}/api/3/action/package_search?{urlencode(query)}")
        said = read_json(found.body)
        if not isinstance(said, dict) or said.get("success") is not True or not isinstance(said.get("result"), dict):
            raise unreadable("对方没有按 CKAN 的格式答复", "The answer is not CKAN's")
        packages = [p for p in said["result"].get("results", []) if isinstance(p, dict) and p.get("id")]
        ids = [str(p["id"]) for p in packages]
        if ids and ids == last_ids:
            raise endless()
        last_ids = ids
        start += len(packages)
        over = not packages or start >= int(said["result"].get("count") or 0) or start >= order.enough
        yield Page([_gathered(order, p) for p in packages], None if over else start)
        if over:
            return


def _base(url: str) -> str:
    return url.partition("/api/3")[0].partition("?")[0].rstrip("/")


def _gathered(order: Order, package: dict[str, Any]) -> Gathered:
    extras = {str(e.get("key")): e.get("value") for e in package.get("extras") or [] if isinstance(e, dict)}
    tags = [str(t.get("display_name") or t.get("name") or "") for t in package.get("tags") or [] if isinstance(t, dict)]
    organisation = package.get("organization") or {}
    title = plain_text(package.get("title") or package.get("name"))
    raw = {k: v for k, v in package.items() if isinstance(v, str | int | float | bool)} | extras
    raw |= {"tags": tags, "organization": organisation.get("title", "") if isinstance(organisation, dict) else ""}
    raw.pop("duijie_record", None)
    data = {"title": title, "body": plain_text(package.get("notes")), "keywords": tags}
    url = str(package.get("url") or f"{_base(order.url)}/dataset/{package.get('name') or package['id']}")
    whole = record_in(extras.get("duijie_record"))
    return Gathered(str(package["id"])[:500], title=title, url=url[:500], data=whole or data, raw=raw)
