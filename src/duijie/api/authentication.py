"""Who calls the API: a bearer key of a member's system, a signed-in person's session, or a guest who reads what is public."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware
from ninja.security.base import AuthBase

from duijie.core.access import Viewer
from duijie.core.errors import Fault, NotAllowed
from duijie.core.language import set_language
from duijie.members.actions import authenticate_key
from duijie.members.viewers import viewer_of_key

_SAFE = {"GET", "HEAD", "OPTIONS"}


class _Csrf(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> str:  # type: ignore[override]
        return reason


class KeyOrSession(AuthBase):
    """Sets request.viewer. A key that is given must be good; without one the session counts, and a guest only reads."""

    openapi_type = "http"
    openapi_scheme = "bearer"
    openapi_name = "key"

    def __init__(self) -> None:
        super().__init__()
        self.openapi_security_schema = {"type": "http", "scheme": "bearer"}  # type: ignore[assignment]

    def __call__(self, request: HttpRequest) -> Viewer:
        language = request.headers.get("Accept-Language", "")
        if not request.GET.get("lang"):
            set_language("en" if language.lower().startswith("en") else settings.LANGUAGE_CODE)
        header = request.headers.get("Authorization", "")
        viewer: Viewer = request.viewer  # type: ignore[attr-defined]
        if header:
            scheme, _, secret = header.partition(" ")
            if scheme.lower() != "bearer" or not secret.strip():
                raise Fault(
                    "key.form",
                    "Authorization 应为“Bearer 密钥”。",
                    "Authorization must be “Bearer KEY”.",
                    place="Authorization",
                    status=401,
                )
            viewer = viewer_of_key(authenticate_key(secret.strip()))
        elif not viewer.is_guest and request.method not in _SAFE:
            reason = _Csrf(lambda r: None).process_view(request, lambda r: None, (), {})  # type: ignore[arg-type, return-value]
            if reason:
                raise NotAllowed("缺少 CSRF 令牌；程序请使用密钥。", "The CSRF token is missing; programs use a key.")
        elif viewer.is_guest and request.method not in _SAFE:
            raise Fault(
                "key.missing",
                "请先登录，或在 Authorization 中提供密钥。",
                "Sign in, or give a key in Authorization.",
                status=401,
            )
        request.viewer = viewer  # type: ignore[attr-defined]
        return viewer


key_or_session = KeyOrSession()
