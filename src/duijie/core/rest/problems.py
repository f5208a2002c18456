"""Refusals as application/problem+json (RFC 9457)."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from ninja import Schema

from duijie.core.errors import Fault, Faults
from duijie.core.logs import request_id


class ProblemPart(Schema):
    code: str
    detail: str
    place: str | None = None


class Problem(Schema):
    """What went wrong: `detail` in the caller's language, `code` for programs, `place` of the fault, each fault in `errors`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    place: str | None = None
    instance: str
    errors: list[ProblemPart] = []


_TITLES = {
    400: "Bad request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    412: "Precondition failed",
    413: "Content too large",
    415: "Unsupported media type",
    422: "Unprocessable content",
    428: "Precondition required",
    429: "Too many requests",
}
REFUSALS = dict.fromkeys((400, 401, 403, 404, 405, 409, 412, 413, 415, 422), Problem)


def problem(request: HttpRequest, fault: Fault) -> HttpResponse:
    """The response for a refusal."""
    each = fault.faults if isinstance(fault, Faults) else [fault]
    content = {
        "type": f"{request.scheme}://{request.get_host()}/docs/errors#{fault.code}",
        "title": _TITLES.get(fault.status, "Refused"),
        "status": fault.status,
        "detail": fault.sentence,
        "code": fault.code,
        "place": fault.place,
        "instance": request_id.get(),
        "errors": [{"code": f.code, "detail": f.sentence, "place": f.place} for f in each],
    }
    response = HttpResponse(
        json.dumps(content, ensure_ascii=False), status=fault.status, content_type="application/problem+json"
    )
    if fault.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="duijie"'
    return response
