"""Request bodies: JSON objects that a schema of ours reads, so that the API says the same sentences as every other door."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse

from duijie.core.errors import Fault
from duijie.core.schema import Record, describe


def json_content(request: HttpRequest) -> Any:
    """The request's JSON body. Raises Fault "json.unreadable" with the line and column where it stops being JSON."""
    try:
        return json.loads(request.body or b"null")
    except (ValueError, RecursionError) as error:
        place = f"{getattr(error, 'lineno', 1)}:{getattr(error, 'colno', 1)}"
        raise Fault("json.unreadable", "请求正文不是 JSON。", "The body is not JSON.", place=place) from None


def json_object(request: HttpRequest) -> dict[str, Any]:
    """The request's JSON body as an object. Raises Fault "json.not_an_object" (422)."""
    content = json_content(request)
    if not isinstance(content, dict):
        raise Fault("json.not_an_object", "请求正文应为一个 JSON 对象。", "The body must be a JSON object.", status=422)
    return content


def body_of(*schemas: type[Record], **more: str) -> dict[str, Any]:
    """The OpenAPI part for a body read by these schemas. Types are left open: a field is read as people write it (12 万, 是)."""
    properties: dict[str, Any] = {name: {"description": text} for name, text in more.items()}
    for schema in schemas:
        for field in describe(schema):
            described: dict[str, Any] = {"description": f"{field.label.zh} {field.label.en}"}
            if field.said.example:
                described["example"] = field.said.example
            if field.choices:
                described["description"] += f" ({', '.join(c.value for c in field.choices)})"
            properties[field.name] = described
    body = {"type": "object", "properties": properties, "additionalProperties": False}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": body}}}}


def answer(content: Any, *, status: int = 200, etag: str = "") -> HttpResponse:
    """A JSON response, with its ETag where there is one."""
    response = HttpResponse(json.dumps(content, ensure_ascii=False), status=status, content_type="application/json")
    if etag:
        response["ETag"] = etag
    return response
