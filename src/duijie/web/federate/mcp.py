"""The Model Context Protocol over HTTP: each POST is one JSON-RPC message and gets one answer; there is no session to keep.

[modelcontextprotocol.io, Streamable HTTP, without server-sent events; the tools are those of `federate.assistant`]
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from duijie.core.access import GUEST, Viewer
from duijie.core.errors import Fault
from duijie.core.language import set_language
from duijie.federate.assistant import TOOLS, call
from duijie.members.actions import authenticate_key
from duijie.members.viewers import viewer_of_key

VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
LARGEST = 1024 * 1024
_PARSE, _INVALID, _METHOD, _PARAMS = -32700, -32600, -32601, -32602


class Wrong(Exception):
    """An error of the protocol."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


@csrf_exempt
@require_http_methods(["POST"])
def mcp(request: HttpRequest) -> HttpResponse:
    """A browser on another site must not reach in; a program sends no Origin."""
    origin = request.headers.get("Origin", "")
    if origin and urlsplit(origin).netloc not in {request.get_host(), urlsplit(settings.BASE_URL).netloc}:
        return _answer(None, error=(_INVALID, "This origin is not served."), status=403)
    set_language("en" if request.headers.get("Accept-Language", "").lower().startswith("en") else None)
    try:
        viewer = _viewer(request)
    except Fault as fault:
        response = _answer(None, error=(_INVALID, fault.sentence), status=401)
        response["WWW-Authenticate"] = 'Bearer realm="duijie"'
        return response
    try:
        message = json.loads(request.body) if len(request.body) <= LARGEST else None
    except (ValueError, RecursionError):
        return _answer(None, error=(_PARSE, "The body is not JSON."), status=400)
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0" or not isinstance(message.get("method"), str):
        return _answer(None, error=(_INVALID, "The body is not one JSON-RPC message."), status=400)
    if "id" not in message:
        return HttpResponse(status=202)
    try:
        params = message.get("params") or {}
        if not isinstance(params, dict):
            raise Wrong(_PARAMS, "params must be an object.")
        return _answer(message["id"], result=_do(viewer, message["method"], params))
    except Wrong as wrong:
        return _answer(message["id"], error=(wrong.code, wrong.sentence))


def _viewer(request: HttpRequest) -> Viewer:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        return GUEST
    if scheme.lower() != "bearer" or not secret.strip():
        raise Fault("key.form", "Authorization 应为“Bearer 密钥”。", "Authorization must be “Bearer KEY”.", status=401)
    return viewer_of_key(authenticate_key(secret.strip()))


def _do(viewer: Viewer, method: str, params: dict[str, Any]) -> dict[str, Any]:
    if method == "initialize":
        asked = params.get("protocolVersion")
        return {
            "protocolVersion": asked if asked in VERSIONS else VERSIONS[0],
            "capabilities": {"tools": {"listChanged": False}},
            "serverInfo": {"name": "duijie", "title": "对接 Duijie", "version": "1"},
            "instructions": "Search the exchange, read listings, see the matches of your own, leave drafts. Give a member's API key as a "
            "bearer token for what is not public.",
        }  # fmt: skip
    if method == "ping":
        return {}
    if method == "tools/list":
        return {"tools": [_described(name) for name in TOOLS]}
    if method == "tools/call":
        return _call(viewer, params)
    raise Wrong(_METHOD, f"There is no method {method[:60]}.")


def _described(name: str) -> dict[str, Any]:
    tool = TOOLS[name]
    return {
        "name": tool.name, "title": tool.title, "description": tool.description, "inputSchema": tool.input_schema,
        "annotations": {"readOnlyHint": tool.reads_only, "destructiveHint": False, "openWorldHint": False},
    }  # fmt: skip


def _call(viewer: Viewer, params: dict[str, Any]) -> dict[str, Any]:
    """A refusal is a result that says so, which an assistant can read and act on."""
    name, arguments = params.get("name"), params.get("arguments") or {}
    if not isinstance(name, str) or not isinstance(arguments, dict):
        raise Wrong(_PARAMS, "Give name and arguments.")
    if name not in TOOLS:
        raise Wrong(_PARAMS, f"There is no tool {name[:60]}.")
    try:
        found = call(viewer, name, arguments)
    except Fault as fault:
        return {"content": [{"type": "text", "text": str(fault)}], "isError": True}
    text = json.dumps(found, ensure_ascii=False)
    return {"content": [{"type": "text", "text": text}], "structuredContent": found, "isError": False}


def _answer(
    number: Any, *, result: dict[str, Any] | None = None, error: tuple[int, str] | None = None, status: int = 200
) -> HttpResponse:
    content: dict[str, Any] = {"jsonrpc": "2.0", "id": number}
    if error is not None:
        content["error"] = {"code": error[0], "message": error[1]}
    else:
        content["result"] = result
    return HttpResponse(json.dumps(content, ensure_ascii=False), status=status, content_type="application/json")
