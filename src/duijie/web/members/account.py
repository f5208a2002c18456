"""One's own account: profile, language, mails, everything kept about oneself, and leaving."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from duijie.core.errors import Fault, NotFound
from duijie.core.language import Label, t
from duijie.members import actions, mails, queries
from duijie.members.choices import MailPace, Role, Scope
from duijie.members.models import Mails, User
from duijie.members.schemas import ProfileRecord
from duijie.web.members.forms import FormPage, for_people, viewer_of_page


def _oneself(request: HttpRequest) -> User:
    """The signed-in person; `for_people` has made sure that there is one."""
    return User.objects.select_related("organisation").get(pk=viewer_of_page(request).user_id or 0)


@for_people
def account(request: HttpRequest) -> HttpResponse:
    person = _oneself(request)
    viewer = viewer_of_page(request)
    grants = list(queries.role_grants(viewer).filter(user=person))
    names = queries.scope_names(grants)
    context = {
        "person": person,
        "pace": MailPace.named(person.mails),
        "roles": [
            (Role.named(g.role), names.get((g.scope, g.scope_id), Scope.named(g.scope)), g.ends_on) for g in grants
        ],
        "organisations": queries.own_organisations(viewer),
        "has_keys": bool(queries.owners_of_keys(viewer)),
    }
    return render(request, "members/account.html", context)


@for_people
def edit_account(request: HttpRequest) -> HttpResponse:
    person = _oneself(request)

    def save(record: ProfileRecord, posted: QueryDict) -> str:
        actions.change_profile(actor=viewer_of_page(request), person=person, record=record)
        return reverse("account")

    response = FormPage(
        request,
        ProfileRecord,
        t("修改我的资料", "Change my account"),
        save,
        values={name: getattr(person, name) for name in ProfileRecord.model_fields},
        crumbs=[(t("我的账号", "My account"), reverse("account"))],
        done=Label("已保存。", "Saved."),
    ).response()
    if response.status_code == 302:
        language = User.objects.values_list("language", flat=True).get(pk=person.pk)
        response.set_cookie("django_language", language, max_age=31_536_000, samesite="Lax")
    return response


@for_people
def export(request: HttpRequest) -> HttpResponse:
    """Everything kept about oneself, as a file."""
    person = _oneself(request)
    found = queries.export_person(viewer_of_page(request), person)
    response = JsonResponse(found, json_dumps_params={"ensure_ascii": False, "indent": 2})
    name = f"duijie-{person.uid}-{timezone.localdate().isoformat()}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@csrf_exempt  # the button of a mail program posts here (RFC 8058); the signed token says for whom
def stop_mails(request: HttpRequest, token: str) -> HttpResponse:
    """Stop all mail without signing in: a page with one button, since mail scanners open every link."""
    person = mails.person_of_stop(token)
    if person is None:
        raise NotFound("这个链接不完整，请从邮件中重新打开。", "This link is incomplete; open it from the mail again.")
    if request.method == "POST":
        actions.stop_mails(person)
    person.refresh_from_db(fields=["mails"])
    return render(request, "members/stop_mails.html", {"stopped": person.mails == Mails.NEVER})


@for_people
def erase(request: HttpRequest) -> HttpResponse:
    """Close the account and erase what is personal, after the username has been typed."""
    person = _oneself(request)
    refusal = ""
    if request.method == "POST":
        if request.POST.get("username", "").strip() != person.username:
            refusal = t("用户名不一致，账号没有删除。", "The username does not match; nothing was erased.")
        else:
            try:
                actions.erase_person(actor=viewer_of_page(request), person=person)
            except Fault as fault:
                refusal = fault.sentence
            else:
                logout(request)
                messages.success(request, t("您的个人信息已删除。", "Your personal data is erased."))
                return HttpResponseRedirect("/")
    context = {
        "person": person,
        "refusal": refusal,
        "crumbs": [(t("我的账号", "My account"), reverse("account")), (t("删除账号", "Erase"), "")],
    }
    return render(request, "members/erase.html", context, status=422 if refusal else 200)
