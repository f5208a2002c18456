"""Addresses of the style page. They exist for whoever works on the look, and for its tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from duijie.core import regions
from duijie.core.errors import Fault, NotAllowed
from duijie.core.language import t
from duijie.core.models import Job
from duijie.web.style import samples

View = Callable[..., HttpResponse]


def shown_only_here(view: View) -> View:
    """Not found, except in debugging and tests."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not (settings.DEBUG or getattr(settings, "STYLE_PAGE", False)):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@shown_only_here
def page(request: HttpRequest, part: str = "all") -> HttpResponse:
    """Everything, or one part of it: words, forms, lists, figures, records, states."""
    if part not in {"all", *samples.PARTS}:
        raise Http404
    if part in {"all", "states"}:
        messages.success(
            request, t("需求已发布，正在为您寻找伙伴。", "Your need is published; partners are being looked for.")
        )
    return render(request, "style/page.html", {"part": part, **samples.everything(request)})


@shown_only_here
def pick(request: HttpRequest) -> JsonResponse:
    """Places whose names begin like `q`, as a picker asks for them."""
    found = regions.suggest(request.GET.get("q", ""))[:8]
    return JsonResponse(
        {"results": [{"value": one.code, "label": one.label(), "note": regions.full_name(one.code)} for one in found]}
    )


@require_POST
@shown_only_here
def move(request: HttpRequest) -> HttpResponse:
    """A ticket may go to any lane but "refused"."""
    return HttpResponse(status=409 if request.POST.get("lane") == "refused" else 204)


@require_POST
@shown_only_here
def swallow(request: HttpRequest) -> HttpResponse:
    """Takes any form and goes back."""
    return HttpResponse(status=302, headers={"Location": "/kit/"})


@shown_only_here
def job(request: HttpRequest, done: int) -> HttpResponse:
    """A job that is 200 rows further at each look."""
    now = min(1000, done + 200)
    one = Job(
        uid="sample", kind="sample", total=1000, done=now, started_at=timezone.now() - timedelta(seconds=now / 50),
        message_zh="正在核对第 3 张表", message_en="Checking sheet 3", status="done" if now == 1000 else "running",
    )  # fmt: skip
    return render(request, "style/job.html", {"job": one, "next": f"/kit/job/{now}/"})


@shown_only_here
def fault(request: HttpRequest, status: int) -> HttpResponse:
    """The page of a refusal."""
    if status == 403:
        raise NotAllowed(
            "这条需求只对“沿江新材料子联盟”的成员开放。",
            "This need is open to members of the sub-alliance for new materials only.",
        )
    if status == 500:
        raise RuntimeError("shown on purpose by the style page")
    raise Fault(
        "stale",
        "您打开之后，王敏在 14:05 修改了这条信息。",
        "Wang Min changed this at 14:05, after you opened it.",
        status=status,
    )
