"""Idempotency-Key: the same request sent again gets the same answer; other content under the same key is refused."""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from duijie.core.access import Viewer
from duijie.core.errors import Fault
from duijie.core.models import IdempotencyKey

KEPT_HEADERS = ("ETag", "Location", "Content-Type")


def _fingerprint(request: HttpRequest) -> str:
    content = f"{request.method}\n{request.get_full_path()}\n".encode() + request.body
    return hashlib.sha256(content).hexdigest()


def idempotent(operation: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wrap an operation that answers with an HttpResponse of JSON.

    The key is kept in the transaction of the write itself, so that an answer that was given is never given up and an
    operation that was killed leaves no key behind.
    """

    @functools.wraps(operation)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return operation(request, *args, **kwargs)
        if len(key) > 128:
            raise Fault(
                "idempotency.long",
                "Idempotency-Key 最多 128 个字符。",
                "An Idempotency-Key has at most 128 characters.",
                place="Idempotency-Key",
            )
        viewer: Viewer = request.viewer  # type: ignore[attr-defined]
        mark = _fingerprint(request)
        again = _earlier(viewer, key, mark)
        if again is not None:
            return again
        try:
            with transaction.atomic():
                record = IdempotencyKey.objects.create(actor=viewer.reference(), key=key, fingerprint=mark)
                response = operation(request, *args, **kwargs)
                record.status, record.body = response.status_code, json.loads(response.content or b"null")
                record.headers = {name: response[name] for name in KEPT_HEADERS if name in response}
                record.save()
        except IntegrityError:
            again = _earlier(viewer, key, mark)
            if again is None:
                raise
            return again
        return response

    # The router reads types from the signature; written as text, they would be looked up in this module, not in the caller's.
    answered.__signature__ = inspect.signature(operation, eval_str=True)  # type: ignore[attr-defined]
    return answered


def _earlier(viewer: Viewer, key: str, mark: str) -> HttpResponse | None:
    record = IdempotencyKey.objects.filter(actor=viewer.reference(), key=key).first()
    if record is None:
        return None
    if record.fingerprint != mark:
        raise Fault(
            "idempotency.other_content",
            "这个 Idempotency-Key 已用于内容不同的请求，请换一个。",
            "This Idempotency-Key was used for a request with other content; use another.",
            place="Idempotency-Key",
            status=409,
        )
    response = HttpResponse(json.dumps(record.body, ensure_ascii=False), status=record.status)
    for name, value in record.headers.items():
        response[name] = value
    response["Idempotent-Replay"] = "true"
    return response
