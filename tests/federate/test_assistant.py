"""MCP: the official SDK's client runs each tool over HTTP with the rights of its key (over standard input: tests/faults/test_nodes.py)."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest
from django.test import Client

from duijie.core.access import SYSTEM
from duijie.core.events import dispatch_all
from duijie.core.jobs import run_all
from duijie.publish.actions import create_listing
from duijie.publish.models import Listing
from tests.factories import make_member
from tests.federate.help import every
from tests.federate.test_source_doors import key_of

pytestmark = pytest.mark.django_db(transaction=True)


def a_pair() -> tuple[Any, Listing, Listing]:
    """A need of one park and a technology of another that answers it."""
    park, other = make_member("南湖高新区", slug="nanhu"), make_member("秀洲高新区", slug="xiuzhou")
    text = "铝合金压铸件内部气孔在线检测，X射线成像，最小孔径0.2毫米"
    need = create_listing(
        actor=SYSTEM,
        member=park,
        put_forward=True,
        data={"kind": "need", "title": "压铸件气孔在线检测", "body": text, "keywords": ["压铸", "气孔"]},
    )
    offer = create_listing(
        actor=SYSTEM,
        member=other,
        put_forward=True,
        data={"kind": "technology", "title": "压铸件气孔X射线检测装置", "body": text, "keywords": ["压铸", "气孔"]},
    )
    dispatch_all()
    run_all()
    dispatch_all()
    return park, need, offer


def talk(
    target: Any, *calls: tuple[str, dict[str, Any]], headers: dict[str, str] | None = None
) -> tuple[list[str], list[Any]]:
    """The tools' names and the results of the calls, through the SDK's client."""
    import httpx2
    from mcp import Client as McpClient
    from mcp.client.streamable_http import streamable_http_client

    async def session() -> tuple[list[str], list[Any]]:
        if isinstance(target, str):
            async with (
                httpx2.AsyncClient(headers=headers or {}, timeout=120) as http,
                McpClient(streamable_http_client(target, http_client=http)) as client,
            ):
                names = [tool.name for tool in (await client.list_tools()).tools]
                return names, [await client.call_tool(name, given) for name, given in calls]
        async with McpClient(target) as client:
            names = [tool.name for tool in (await client.list_tools()).tools]
            return names, [await client.call_tool(name, given) for name, given in calls]

    # In a thread of its own: where a browser test ran before, this one has an event loop already.
    with ThreadPoolExecutor(max_workers=1) as apart:
        return apart.submit(anyio.run, session).result()


def test_the_sdks_client_runs_each_tool_over_http(live_server: Any) -> None:
    park, need, offer = a_pair()
    key = key_of(park, "listings:read", "listings:write", "matches:read")
    draft = {"kind": "need", "title": "助手写的草稿", "amount": "60-90万", "external_id": "AI-1"}
    names, (found, one, matched, left, again) = talk(
        f"{live_server.url}/mcp", ("search", {"text": "气孔检测", "kind": "technology"}), ("listing", {"id": offer.uid}),
        ("match", {"id": need.uid}), ("publish_draft", draft), ("publish_draft", draft), headers=key,
    )  # fmt: skip
    assert names == ["search", "listing", "match", "publish_draft"]
    assert [x["id"] for x in found.structured_content["items"]] == [offer.uid]
    assert one.structured_content["title"] == "压铸件气孔X射线检测装置"
    best = matched.structured_content["items"][0]
    assert (best["other"]["id"], bool(best["why"])) == (offer.uid, True)
    assert (left.structured_content["what"], left.structured_content["status"], again.structured_content["what"]) == (
        "created",
        "draft",
        "unchanged",
    )
    made = every(Listing).get(external_id="AI-1")
    assert (made.owner_member_id, made.amount_low_minor) == (park.pk, 60_000_000)
    _, refusals = talk(
        f"{live_server.url}/mcp", ("publish_draft", draft), ("match", {"id": need.uid}), ("listing", {"id": made.uid}),
        ("search", {"kind": "nonsense"}), ("listing", {}),
    )  # fmt: skip
    assert [r.is_error for r in refusals] == [True] * 5
    assert "密钥" in refusals[0].content[0].text


def test_what_is_not_the_protocol_is_told_so() -> None:
    client = Client()

    def post(body: Any, **headers: str) -> Any:
        return client.post(
            "/mcp",
            body if isinstance(body, str) else json.dumps(body),
            content_type="application/json",
            headers=headers,
        )

    assert post("{").json()["error"]["code"] == -32700
    assert post([]).status_code == 400
    assert post({"jsonrpc": "2.0", "method": "notifications/initialized"}).status_code == 202
    assert post({"jsonrpc": "2.0", "id": 1, "method": "nothing"}).json()["error"]["code"] == -32601
    assert (
        post({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": 3}}).json()["error"]["code"]
        == -32602
    )
    assert post({"jsonrpc": "2.0", "id": 1, "method": "ping"}, Origin="https://evil.example").status_code == 403
    assert post({"jsonrpc": "2.0", "id": 1, "method": "ping"}, Authorization="Bearer dj_no").status_code == 401
    assert client.get("/mcp").status_code == 405
