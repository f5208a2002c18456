"""REST between nodes: public listings to harvest, signed letters in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from duijie.core.rest.problems import REFUSALS
from duijie.federate.nodes.conversation import listing_page
from duijie.federate.nodes.letters import receive

router = Router(tags=["nodes"])


class NodeListing(Schema):
    id: str
    version: int
    url: str
    record: dict[str, Any] | None
    member: dict[str, Any]


class NodePage(Schema):
    node: str
    items: list[NodeListing]
    next: str | None


class LetterOut(Schema):
    """What became of a letter. again: it had been accepted before, and nothing changed."""

    id: str
    digest: str
    status: str
    again: bool


@router.get("/node/listings", response={200: NodePage, **REFUSALS}, auth=None, summary="公开信息 Public listings")
def listings(request: HttpRequest, after: str = "", limit: int = Query(250, ge=1, le=500)) -> Any:
    """In the order of their ids; `next` is what to give as `after` for the next page."""
    return listing_page(after[:26], limit)


@router.post(
    "/node/letters", response={200: LetterOut, **REFUSALS}, auth=None, summary="平台间信件 A letter",
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}},
)  # fmt: skip
def letters(request: HttpRequest) -> Any:
    """Signed by RFC 9421 with the Ed25519 key that the sender's node has registered here."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    letter, fresh = receive(request.path, headers, request.body)
    return {"id": letter.uid, "digest": letter.digest, "status": letter.status, "again": not fresh}
