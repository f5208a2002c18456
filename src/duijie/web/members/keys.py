"""API keys: the list, making one (its secret is shown once), rotating, revoking."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from duijie.core.errors import Fault, NotAllowed
from duijie.core.language import Label, t
from duijie.members import actions, queries
from duijie.members.actions.keys import OVERLAP
from duijie.members.choices import KeyScope
from duijie.members.models import Member, Organisation
from duijie.members.queries import KeyLine, name_of
from duijie.members.schemas import ApiKeyRecord
from duijie.web.kit import Choice, FormField
from duijie.web.members.forms import FormPage, for_people, viewer_of_page


def keys_crumb() -> tuple[str, str]:
    return t("接口密钥", "API keys"), reverse("members:keys")


@for_people
def keys(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of_page(request)
    owners = queries.owners_of_keys(viewer)
    if not owners:
        raise NotAllowed(
            "接口密钥由成员管理员、联络员和单位代表管理。请联系所在园区或城市的联络员。",
            "API keys are managed by member administrators, liaison officers and representatives of organisations.",
        )
    lines = [_shown(line) for line in queries.api_keys(viewer)]
    context = {"live": [x for x in lines if x["line"].is_live], "over": [x for x in lines if not x["line"].is_live]}
    return render(
        request, "members/keys.html", context | {"overlap": OVERLAP.days, "api": settings.BASE_URL + "/api/v1"}
    )


def _shown(line: KeyLine) -> dict[str, Any]:
    return {"line": line, "scopes": [KeyScope.named(scope) for scope in line.scopes]}


@never_cache
@for_people
def new_key(request: HttpRequest) -> HttpResponse:
    """Make a key. The page after it shows the secret, this once: it is in no address and no session."""
    viewer = viewer_of_page(request)
    owners = {_word(o): o for o in queries.owners_of_keys(viewer)}
    if not owners:
        raise NotAllowed
    made: dict[str, Any] = {}

    def save(record: ApiKeyRecord, posted: QueryDict) -> str:
        owner = owners.get(posted.get("owner", ""))
        if owner is None:
            raise Fault("missing", "归属：必须选择。", "Owner: is required.", place="owner", status=422)
        key, secret = actions.create_api_key(
            actor=viewer,
            record=record,
            member=owner if isinstance(owner, Member) else None,
            organisation=owner if isinstance(owner, Organisation) else None,
        )
        made.update(key=key, secret=secret)
        return reverse("members:keys")

    owner = FormField(
        "owner", Label("归属", "Owner"), "choice", required=True, value=next(iter(owners)) if len(owners) == 1 else "",
        choices=[Choice(word, name_of(o)) for word, o in owners.items()],
    )  # fmt: skip
    response = FormPage(
        request,
        ApiKeyRecord,
        t("新建接口密钥", "Make an API key"),
        save,
        extra=[owner],
        lead=t("密钥只在建立时显示一次。", "The key is shown once, when it is made."),
        submit=t("新建", "Make it"),
        crumbs=[keys_crumb()],
    ).response()
    return _secret_page(request, made) if made else response


@never_cache
@require_POST
@for_people
def rotate_key(request: HttpRequest, uid: str) -> HttpResponse:
    """Replace a key; the old one keeps working for the days that are asked for."""
    viewer = viewer_of_page(request)
    days = request.POST.get("overlap_days", str(OVERLAP.days))
    try:
        if not (days.isascii() and days.isdigit() and len(days) < 4):
            raise Fault("int_type", "天数要写整数。", "Days are a whole number.", status=422)
        overlap = timedelta(days=int(days))
        key, secret = actions.rotate_api_key(actor=viewer, key=queries.get_key(viewer, uid), overlap=overlap)
    except Fault as fault:
        if fault.status in {403, 404}:
            raise
        messages.error(request, fault.sentence)
        return HttpResponseRedirect(reverse("members:keys"))
    return _secret_page(request, {"key": key, "secret": secret, "days": int(days)})


def _secret_page(request: HttpRequest, made: dict[str, Any]) -> HttpResponse:
    crumbs = [keys_crumb(), (made["key"].name, "")]
    return render(request, "members/key_made.html", made | {"crumbs": crumbs, "api": settings.BASE_URL + "/api/v1"})


@require_POST
@for_people
def revoke_key(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    actions.revoke_api_key(actor=viewer, key=queries.get_key(viewer, uid))
    messages.success(request, t("密钥已撤销，立即失效。", "The key is revoked and works no more."))
    return HttpResponseRedirect(reverse("members:keys"))


def _word(owner: Member | Organisation) -> str:
    return f"{owner._meta.model_name}:{owner.pk}"
