"""Error pages that are not raised by our own code."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

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
