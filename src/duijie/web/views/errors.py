"""Error pages that are not raised by our own code."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from duijie.core.errors import Fault


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long or came from elsewhere."""
    fault = Fault(
        "csrf",
        "页面打开太久或已重新登录，请返回刷新后再提交；您填写的内容已保存在本机。",
        "The page was open too long or you signed in again: go back, reload and resubmit; what you wrote is kept on this device.",
        status=403,
    )
    return render(request, "errors/fault.html", {"fault": fault}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something of ours broke. The page leans on nothing but its template, and quotes the number under which it was logged."""
    number = getattr(request, "request_id", "")
    return HttpResponse(render_to_string("500.html", {"request_number": number}), status=500)
