"""What every request passes: an id, a language, a viewer, and refusals turned into pages."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from duijie.core.errors import Fault
from duijie.core.language import set_language
from duijie.core.logs import request_id
from duijie.core.rest.problems import problem
from duijie.members.models import User
from duijie.members.viewers import viewer_of

logger = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Gives each request an id that logs, audit lines and error pages quote."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = secrets.token_hex(6)
        token = request_id.set(number)
        request.request_id = number  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-Id"] = number
        return response


class LanguageMiddleware:
    """Puts Django's language in force for our own sentences too."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.GET.get("lang")
        if chosen in {"zh-hans", "en"}:
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
        set_language(translation.get_language())
        response = self.get_response(request)
        saved = getattr(request, "saved_language", None)  # somebody has just signed in
        wanted = chosen if chosen in {"zh-hans", "en"} else saved
        if wanted:
            response.set_cookie("django_language", wanted, max_age=31_536_000, samesite="Lax")
        return response


def remember_language(request: HttpRequest, user: User, **_: object) -> None:
    """At sign-in the language that the person has saved is put in force, unless this browser has chosen one itself."""
    if request is not None and "django_language" not in request.COOKIES:
        request.saved_language = user.language  # type: ignore[attr-defined]


class ViewerMiddleware:
    """Sets request.viewer for pages; the API sets its own from the key."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        request.viewer = viewer_of(user if isinstance(user, User) else None)  # type: ignore[attr-defined]
        return self.get_response(request)


NO_SUCH_ADDRESS = Fault("not_found", "没有这个地址。", "There is no such address.", status=404)
NO_SUCH_METHOD = Fault("method", "这个地址不接受这种请求方法。", "This address does not take this method.", status=405)


class FaultMiddleware:
    """Shows a refusal as a page: what happened, that nothing is lost, what to do, and a number to quote; to a program as a problem."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # What the table of addresses itself refuses never reaches the API's own answers.
        refused = {404: NO_SUCH_ADDRESS, 405: NO_SUCH_METHOD}.get(response.status_code)
        if refused is None or not request.path_info.startswith("/api/") or "json" in response.get("Content-Type", ""):
            return response
        told = problem(request, refused)
        if "Allow" in response:
            told["Allow"] = response["Allow"]
        return told

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """A NUL in an address or a form names nothing, and PostgreSQL takes no such text: refused before any query."""
        in_address = "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", "")
        is_api = request.path_info.startswith("/api/")
        # A machine's entrance (no form token) reads its body itself; a form with parts can be read but once.
        is_raw = getattr(view, "csrf_exempt", False) and request.content_type == "multipart/form-data"
        unread = is_api or is_raw
        if not in_address and (unread or not any("\x00" in v for _, vs in request.POST.lists() for v in vs)):
            return None
        fault = Fault(
            "text.nul", "地址或填写的内容里有不可用的字符。", "The address or the form holds a forbidden character."
        )
        if is_api:
            return problem(request, fault)
        return render(request, "errors/fault.html", {"fault": fault}, status=fault.status)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Fault):
            return None
        return render(request, "errors/fault.html", {"fault": exception}, status=exception.status)
