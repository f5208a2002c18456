"""If-Match and If-None-Match."""

from __future__ import annotations

import re

from django.http import HttpRequest

from duijie.core.errors import Fault, Stale

_ETAG = re.compile(r'^(?:W/)?"?[0-9A-Z]{26}\.(\d{1,9})"?$')


def expected_version(request: HttpRequest) -> int | None:
    """The version that the caller read, from If-Match; None where any will do."""
    given = request.headers.get("If-Match", "").strip()
    if given in {"", "*"}:
        return None
    found = _ETAG.match(given)
    if found is None:
        raise Stale
    return int(found.group(1))


def must_be_new(request: HttpRequest) -> bool:
    """Whether the caller wants to create only (If-None-Match: *)."""
    given = request.headers.get("If-None-Match", "").strip()
    if given in {"", "*"}:
        return given == "*"
    raise Fault(
        "precondition.form",
        "If-None-Match 这里只能写 *。",
        "If-None-Match takes only * here.",
        place="If-None-Match",
    )
