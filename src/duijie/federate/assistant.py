"""Tools for assistants (Model Context Protocol): search, read, match, leave a draft; each with the caller's rights and no more.

The tools are plain functions over queries and actions; two doors offer them: HTTP (`web/federate/mcp.py`, one request and one
answer, no session) and `duijie mcp` on standard input and output.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from duijie.core.access import Viewer
from duijie.core.errors import Fault, NotAllowed
from duijie.federate.out.reading import address_of
from duijie.match import queries as matching
from duijie.match.rules import speaks_for_listing
from duijie.members.models import Member
from duijie.publish import queries
from duijie.publish.actions import create_listing, upsert_listing
from duijie.publish.kinds import KINDS
from duijie.publish.queries import as_public_data
from duijie.publish.rules import demand_key
from duijie.publish.search import SearchRequest
from duijie.publish.search import search as full_search

MOST = 50
_KIND = {"type": "string", "enum": list(KINDS)}


@dataclass(frozen=True)
class Tool:
    """A tool: what it is called, what it is for, what it takes (JSON Schema), what it does."""

    name: str
    title: str
    description: str
    properties: Mapping[str, Any]
    required: tuple[str, ...]
    run: Callable[..., dict[str, Any]]
    reads_only: bool = True

    @property
    def input_schema(self) -> dict[str, Any]:
        return {
            "type": "object", "properties": dict(self.properties), "required": list(self.required), "additionalProperties": False,
        }  # fmt: skip


def _shown(one: queries.SeenListing) -> dict[str, Any]:
    return as_public_data(one) | {"url": address_of(one.uid), "owner": one.owner}


def search(viewer: Viewer, *, text: str = "", kind: str = "", region: str = "", limit: int = 10) -> dict[str, Any]:
    demand_key(viewer, "listings:read")
    filters = {"kind": (kind,) if kind in KINDS else tuple(KINDS)}
    if region:
        filters["regions"] = (region,)
    page = full_search(SearchRequest(text=text, filters=filters, page_size=min(max(limit, 1), MOST)), viewer)
    found = queries.listings_by_uid([hit.uid for hit in page.hits], viewer)
    return {"total": page.total, "items": [_shown(one) for one in found]}


def listing(viewer: Viewer, *, id: str) -> dict[str, Any]:
    demand_key(viewer, "listings:read")
    return _shown(queries.get_listing(id, viewer))


def match(viewer: Viewer, *, id: str, limit: int = 10) -> dict[str, Any]:
    demand_key(viewer, "matches:read")
    own = queries.get_listing(id, viewer)
    if not speaks_for_listing(viewer, own.record):
        raise NotAllowed("只能查看自己信息的匹配。", "Only the matches of one's own listings.")
    rows = matching.suggestions_for(viewer, listing=own.record)
    shown = matching.seen_suggestions(rows[: min(max(limit, 1), MOST)], viewer)
    items = [
        {
            "id": one.uid, "grade": one.record.grade, "percent": one.percent, "why": one.sentences,
            "does_not_fit": one.reasons.get("differs", []), "other": _shown(one.other),
        }
        for one in shown
    ]  # fmt: skip
    return {"listing": own.uid, "total": rows.count(), "items": items}


def publish_draft(viewer: Viewer, *, kind: str, title: str, external_id: str = "", **more: Any) -> dict[str, Any]:
    member = _voice(viewer)
    data = {"kind": kind, "title": title} | {name: value for name, value in more.items() if value not in (None, "", [])}
    if external_id:
        outcome = upsert_listing(actor=viewer, member=member, external_id=external_id, data=data, put_forward=False)
        made, what = outcome.listing, outcome.what
    else:
        made, what = create_listing(actor=viewer, member=member, data=data, put_forward=False), "created"
    return {
        "what": what,
        "status": made.status,
        "completeness": made.completeness,
        "id": made.uid,
        "url": address_of(made.uid),
    }


def _voice(viewer: Viewer) -> Member:
    """The member in whose name the caller writes: that of its key."""
    if len(viewer.member_ids) != 1:
        raise NotAllowed(
            "写草稿要用成员的密钥（权限 listings:write）。", "A draft needs the key of a member (scope listings:write)."
        )
    return Member.objects.get(pk=next(iter(viewer.member_ids)))


TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(
            "search", "搜索 Search",
            "Search the exchange for needs, technologies, experts, instruments, capacity, sites, funds, projects, policies, talent, topics "
            "and notices, in Chinese or English. Returns what the caller may see. 搜索供需、成果、专家、政策等信息。",
            {"text": {"type": "string", "description": "what is looked for, as one would say it"}, "kind": _KIND,
             "region": {"type": "string", "description": "code of GB/T 2260, e.g. 330402"},
             "limit": {"type": "integer", "minimum": 1, "maximum": MOST}},
            (), search,
        ),
        Tool(
            "listing", "读取一条 Read one", "Read one listing by its id. 按编号读取一条信息。",
            {"id": {"type": "string", "description": "26 characters"}}, ("id",), listing,
        ),
        Tool(
            "match", "匹配 Match",
            "The partners found for one of the caller's own listings, best first, each with the reasons. 为自己的一条信息找到的伙伴及理由。",
            {"id": {"type": "string"}, "limit": {"type": "integer", "minimum": 1, "maximum": MOST}}, ("id",), match,
        ),
        Tool(
            "publish_draft", "写草稿 Leave a draft",
            "Leave a draft of a listing for a person to complete and publish; with external_id the same draft is changed. Nothing becomes "
            "public. 写一份草稿，由人补全后发布。",
            {"kind": _KIND, "title": {"type": "string"}, "summary": {"type": "string"}, "body": {"type": "string"},
             "keywords": {"type": "array", "items": {"type": "string"}}, "amount": {"type": "string", "description": "60-90万"},
             "regions": {"type": "string"}, "industries": {"type": "string"}, "external_id": {"type": "string"},
             "facets": {"type": "object", "description": "fields of the kind, see /api/v1/kinds"}},
            ("kind", "title"), publish_draft, reads_only=False,
        ),
    )
}  # fmt: skip


def call(viewer: Viewer, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Run a tool. Raises Fault: unknown tool or argument, wrong type, or what the tool itself refuses."""
    tool = TOOLS.get(name)
    if tool is None:
        raise Fault("tool.unknown", f"没有工具“{name[:40]}”。", f"There is no tool “{name[:40]}”.", status=404)
    unknown = sorted(set(arguments) - set(tool.properties))
    missing = sorted(set(tool.required) - set(arguments))
    wrong = sorted(k for k, v in arguments.items() if k in tool.properties and not _fits(v, tool.properties[k]))
    if unknown or missing or wrong:
        named = "、".join([*unknown, *missing, *wrong])
        raise Fault(
            "tool.arguments",
            f"参数不对：{named}。",
            f"Arguments at fault: {', '.join([*unknown, *missing, *wrong])}.",
            status=422,
        )
    return tool.run(viewer, **arguments)


def _fits(value: Any, schema: Mapping[str, Any]) -> bool:
    kinds = {"string": str, "integer": int, "array": list, "object": dict}
    wanted = kinds[schema["type"]]
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        return False
    return "enum" not in schema or value in schema["enum"]
