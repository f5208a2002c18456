"""People and roles, for those who give them: who holds what, inviting, giving and taking, and one person's page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from duijie.core.access import Viewer
from duijie.core.errors import Fault, NotAllowed
from duijie.core.language import Label, t
from duijie.core.schema import parse
from duijie.members import actions, queries
from duijie.members.choices import Role, Scope
from duijie.members.models import Member, Organisation, RoleGrant
from duijie.members.places import place_of_scope, places_of_scopes
from duijie.members.queries import name_of
from duijie.members.rules import grantable_roles
from duijie.members.schemas import PersonRecord, RoleGrantRecord
from duijie.web.kit import Cell, Choice, Column, FormField, Pages, Table
from duijie.web.kit.words import icon
from duijie.web.members.forms import FormPage, for_people, viewer_of_page

Where = tuple[str, int, str]  # scope, its id, its name


def people_crumb() -> tuple[str, str]:
    return t("人员与角色", "People and roles"), reverse("members:people")


def scopes_in_charge(viewer: Viewer, organisation: Organisation | None = None) -> list[Where]:
    """Where the viewer gives roles: the platform, its alliances, members and organisations, and `organisation` if it may."""
    found: list[Where] = []
    if viewer.is_platform:
        found.append(("platform", 0, str(Scope.PLATFORM.label)))
    found += [("alliance", a.pk, name_of(a)) for a in queries.alliances_served_by(viewer)]
    members = queries.members_served_by(viewer, "people.see")
    places = places_of_scopes(("member", m.pk) for m in members)
    found += [
        ("member", m.pk, name_of(m)) for m in members if grantable_roles(viewer, "member", places["member", m.pk])
    ]
    held = [g.scope_id for g in viewer.grants if (g.role, g.scope) == ("organisation", "organisation")]
    found += [("organisation", o.pk, name_of(o)) for o in Organisation.objects.filter(pk__in=held).order_by("name")]
    if organisation is not None and organisation.pk not in held:
        where = place_of_scope("organisation", organisation.pk)
        if grantable_roles(viewer, "organisation", where):
            found.append(("organisation", organisation.pk, name_of(organisation)))
    return found


@for_people
def people(request: HttpRequest) -> HttpResponse:
    """The roles in the viewer's charge, narrowed by member, organisation and role."""
    viewer = viewer_of_page(request)
    scope, scope_id = _asked_scope(request, viewer)
    found = queries.role_grants(viewer, scope=scope, scope_id=scope_id, role=request.GET.get("role", ""))
    pages = Pages.of(request, total=found.count(), size=50)
    grants = list(found[pages.start : pages.stop])
    names, takeable = queries.scope_names(grants), queries.revocable(viewer, grants)
    rows = [
        [
            Cell(g.user.name or g.user.username, reverse("members:person", args=[g.user.uid])),
            Role.named(g.role),
            names.get((g.scope, g.scope_id), Scope.named(g.scope)),
            g.ends_on.isoformat() if g.ends_on else t("不限", "no end"),
            _take_button(request, g) if g.pk in takeable else "",
        ]
        for g in grants
    ]
    columns = [
        Column("name", Label("姓名", "Name")),
        Column("role", Label("角色", "Role")),
        Column("where", Label("范围", "Where")),
        Column("until", Label("到期日", "Until"), "date"),
        Column("take", ""),
    ]
    context = {
        "table": Table(columns, rows, request, pages, caption=t("人员与角色", "People and roles")),
        "may_invite": bool(scopes_in_charge(viewer)),
        "roles": [Choice("", t("全部角色", "All roles")), *(Choice(r.value, r.label) for r in Role)],
        "role": request.GET.get("role", ""),
        "scope": scope,
        "scope_id": scope_id,
    }
    return render(request, "members/people.html", context)


def _asked_scope(request: HttpRequest, viewer: Viewer) -> tuple[str, int | None]:
    slug, uid = request.GET.get("member", ""), request.GET.get("organisation", "")
    if slug:
        return "member", queries.get_member(viewer, slug).pk
    if uid:
        return "organisation", queries.get_organisation(viewer, uid).pk
    return "", None


def _take_button(request: HttpRequest, grant: RoleGrant) -> Any:
    from django.middleware.csrf import get_token

    said = t("收回", "Take away")
    return format_html(
        '<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<button class="btn btn-sm btn-quiet">{} {}</button></form>',
        reverse("members:take_role", args=[grant.pk]),
        get_token(request),
        icon("x"),
        said,
    )


@for_people
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a person to a role in one of the scopes that the viewer is in charge of."""
    viewer = viewer_of_page(request)
    organisation = queries.organisations(viewer).filter(uid=request.GET.get("organisation", "")).first()
    scopes = scopes_in_charge(viewer, organisation)
    if not scopes:
        raise NotAllowed
    places = {f"{scope}:{scope_id}": (scope, scope_id) for scope, scope_id, _ in scopes}
    where = places_of_scopes((scope, scope_id) for scope, scope_id, _ in scopes)
    offered = dict.fromkeys(r for (scope, _), place in where.items() for r in grantable_roles(viewer, scope, place))
    extra = [
        FormField(
            "where", Label("范围", "Where"), "choice", required=True, value=_first_where(request, scopes),
            choices=[Choice(f"{s}:{i}", f"{Scope.named(s)}：{name}" if s != "platform" else name) for s, i, name in scopes],
        ),
        FormField(
            "role", Label("角色", "Role"), "choice", required=True,
            choices=[Choice(r, Role(r).label) for r in offered],
        ),
        FormField("ends_on", Label("到期日", "Until"), "date", help=Label("不填则长期有效", "Empty: no end")),
    ]  # fmt: skip

    def save(record: PersonRecord, posted: QueryDict) -> str:
        if posted.get("where") not in places:
            raise Fault("missing", "范围：必须选择。", "Where: is required.", place="where", status=422)
        scope, scope_id = places[str(posted["where"])]
        given = parse(RoleGrantRecord, {"role": posted.get("role"), "scope": scope, "ends_on": posted.get("ends_on")})
        actions.invite_person(
            actor=viewer, record=record, role=given.role, scope=scope, scope_id=scope_id, ends_on=given.ends_on
        )
        return reverse("members:people")

    return FormPage(
        request,
        PersonRecord,
        t("邀请人员", "Invite a person"),
        save,
        extra=extra,
        lead=t(
            "已有账号的人直接获得角色；没有账号的人会收到邮件，点开链接设置密码即可使用。",
            "Who has an account gets the role at once; who has none gets a mail with a link to choose a password.",
        ),
        submit=t("发出邀请", "Invite"),
        crumbs=[people_crumb()],
        done=Label("已邀请。", "Invited."),
    ).response()


def _first_where(request: HttpRequest, scopes: list[Where]) -> str:
    """The scope that the page was opened for, or the only one there is."""
    member = Member.objects.filter(slug=request.GET.get("member", "")).first()
    organisation = Organisation.objects.filter(uid=request.GET.get("organisation", "")).first()
    wanted = f"member:{member.pk}" if member else f"organisation:{organisation.pk}" if organisation else ""
    keys = [f"{scope}:{scope_id}" for scope, scope_id, _ in scopes]
    return wanted if wanted in keys else keys[0] if len(keys) == 1 else ""


@require_POST
@for_people
def take_role(request: HttpRequest, number: int) -> HttpResponse:
    viewer = viewer_of_page(request)
    grant = get_object_or_404(queries.role_grants(viewer), pk=number)
    try:
        actions.revoke_role(actor=viewer, grant=grant)
        messages.success(request, t("角色已收回。", "The role is taken away."))
    except Fault as fault:
        if fault.status in {403, 404}:
            raise
        messages.error(request, fault.sentence)
    return HttpResponseRedirect(reverse("members:people"))


@for_people
def person(request: HttpRequest, uid: str) -> HttpResponse:
    """One person: name, title and roles; contact data only when it is asked for, with the purpose on record."""
    viewer = viewer_of_page(request)
    found = queries.get_person(viewer, uid)
    contact, refusal = None, ""
    if request.method == "POST":
        purpose = request.POST.get("purpose", "").strip()
        if purpose:
            contact = queries.contact_of(viewer, found, purpose=purpose[:200])
        else:
            refusal = t("请写明用途。", "Say what for.")
    grants = list(queries.role_grants(viewer).filter(user=found))
    names = queries.scope_names(grants)
    context = {
        "person": found,
        "contact": contact,
        "refusal": refusal,
        "roles": [(Role.named(g.role), names.get((g.scope, g.scope_id), ""), g.ends_on) for g in grants],
        "crumbs": [people_crumb(), (found.name or found.username, "")],
        "may_close": viewer.is_platform and found.closed_at is None,
    }
    return render(request, "members/person.html", context, status=422 if refusal else 200)


@require_POST
@for_people
def close_account(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_person(viewer, uid)
    try:
        actions.close_account(actor=viewer, person=found)
        messages.success(request, t("账号已停用。", "The account is closed."))
    except Fault as fault:
        if fault.status in {403, 404}:
            raise
        messages.error(request, fault.sentence)
    return HttpResponseRedirect(reverse("members:people"))
