"""The demonstration's files as records: days counted from a given today, owners and regions filled in."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"
_DAYS_FROM_TODAY = re.compile(r"([+-]\d+)d")
# Keys of a listing in the files that are not fields of the listing itself.
_ASIDE = ("id", "by", "member", "status", "closed_reason", "visible")


@dataclass(frozen=True)
class DemoListing:
    """One listing of the files. data: what any door would be given. status: the state it is brought to."""

    external_id: str
    member: str
    organisation: str | None
    status: str
    closed_reason: str
    data: dict[str, Any]


@dataclass(frozen=True)
class DemoPair:
    """What is wanted and what answers it, by external id; lookalikes are near and wrong."""

    wants: str
    offers: str
    why: str
    lookalikes: tuple[str, ...]


@lru_cache(maxsize=64)
def _parsed(name: str) -> Any:
    return yaml.load((DATA / name).read_text(encoding="utf-8"), Loader=_loader())


def _loader() -> type[yaml.SafeLoader]:
    """libyaml's loader where it is there: it reads the same, ten times as fast."""
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def dated(value: Any, today: dt.date) -> Any:
    """`value` with every "+90d" or "-20d" inside it as the day that many days from `today`."""
    if isinstance(value, dict):
        return {key: dated(inner, today) for key, inner in value.items()}
    if isinstance(value, list):
        return [dated(inner, today) for inner in value]
    if isinstance(value, str) and (found := _DAYS_FROM_TODAY.fullmatch(value)):
        return (today + dt.timedelta(days=int(found[1]))).isoformat()
    return value


def alliances() -> list[dict[str, Any]]:
    return list(_parsed("alliances.yaml"))


def members() -> list[dict[str, Any]]:
    return list(_parsed("members.yaml"))


def organisations() -> list[dict[str, Any]]:
    """Every organisation with its `home_member`'s slug."""
    found: dict[str, list[dict[str, Any]]] = _parsed("organisations.yaml")
    return [{**record, "home_member": member} for member, records in found.items() for record in records]


def agreements() -> list[dict[str, Any]]:
    return list(_parsed("agreements.yaml"))


def people() -> dict[str, Any]:
    return dict(_parsed("people.yaml"))


def searches() -> list[dict[str, Any]]:
    return list(_parsed("searches.yaml"))


def conversations() -> list[dict[str, Any]]:
    return list(_parsed("conversations.yaml"))


def reviews() -> dict[str, dict[str, Any]]:
    """By the listing's external id."""
    return {review["listing"]: review for review in _parsed("reviews.yaml")}


def pairs() -> list[DemoPair]:
    return [DemoPair(p["wants"], p["offers"], p["why"], tuple(p["not"])) for p in _parsed("pairs.yaml")]


def listings(today: dt.date) -> list[DemoListing]:
    """All listings, those of one file after another."""
    regions = {member["slug"]: member["region"] for member in members()}
    homes = {record["external_id"]: record["home_member"] for record in organisations()}
    found = []
    for path in sorted((DATA / "listings").glob("*.yaml")):
        sheet = _parsed(f"listings/{path.name}")
        for row in sheet["listings"]:
            found.append(_listing(sheet["kind"], dated(row, today), homes, regions))
    return found


def _listing(kind: str, row: dict[str, Any], homes: dict[str, str], regions: dict[str, str]) -> DemoListing:
    organisation = row.get("by")
    member = row["member"] if organisation is None else homes[organisation]
    data = {name: value for name, value in row.items() if name not in _ASIDE}
    data = {"kind": kind, "external_id": row["id"], "regions": regions[member], **data, **_circle(row.get("visible"))}
    return DemoListing(
        external_id=row["id"],
        member=member,
        organisation=organisation,
        status=row.get("status", "published"),
        closed_reason=row.get("closed_reason", ""),
        data=data,
    )


def _circle(visible: str | None) -> dict[str, Any]:
    """`alliance yangtze-parks`, `members pinghu zhangjiang`, `member`, `owner` as the fields of a listing."""
    if visible is None:
        return {}
    visibility, *names = visible.split()
    circle: dict[str, Any] = {"visibility": visibility}
    if visibility == "alliance":
        circle["visible_alliance"] = names[0]
    elif visibility == "members":
        circle["visible_members"] = names
    return circle
