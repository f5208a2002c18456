"""Stating a need in a minute, writing and mending any listing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from duijie.core.errors import Fault, Faults, NotAllowed, NotFound
from duijie.core.language import t
from duijie.core.schema import describe
from duijie.members.models import Member, Organisation
from duijie.publish import actions, queries
from duijie.publish.kinds import KINDS, ListingDraft, completeness, draft_of
from duijie.publish.rules import WRITERS, publishes_directly
from duijie.publish.splitting import split_text
from duijie.web.kit.fields import FormField, fields_of_schema

SIMPLE = ("title", "body", "keywords", "regions", "industries", "amount", "expires_on")
VISIBILITY = ("visibility", "visible_alliance", "visible_members", "confidential", "teaser")
MANY = {"words", "regions", "industries", "choices"}


class Voice:
    """In whose name the viewer may publish: (value, name) of each organisation and member."""

    def __init__(self, viewer: Any) -> None:
        self.options: list[tuple[str, str]] = []
        for organisation in Organisation.objects.filter(pk__in=viewer.organisation_ids).select_related("home_member"):
            self.options.append((f"o{organisation.pk}", organisation.name))
        staff_of = {g.scope_id for g in viewer.grants if g.scope == "member" and g.role in WRITERS}
        for member in Member.objects.filter(pk__in=staff_of):
            self.options.append((f"m{member.pk}", member.name))

    def resolve(self, value: str) -> tuple[Member, Organisation | None]:
        """The member and organisation chosen; only what the viewer may speak for."""
        allowed = [v for v, _ in self.options]
        if not allowed:
            raise NotAllowed(
                "发布信息要先加入一个单位：请登记单位，或请所在园区的联络员添加您。",
                "To publish you need to belong to an organisation: register it, or ask your park's liaison officer to add you.",
            )
        value = value if value in allowed else allowed[0]
        if value.startswith("m"):
            return Member.objects.get(pk=int(value[1:])), None
        organisation = Organisation.objects.select_related("home_member").get(pk=int(value[1:]))
        return organisation.home_member, organisation


def posted(request: HttpRequest, kind: str) -> dict[str, Any]:
    """What the form sent, by field name; several values where a field takes several."""
    data: dict[str, Any] = {}
    for described in (*describe(ListingDraft), *describe(KINDS[kind].schema)):
        if described.name not in request.POST and described.kind != "yes_no":
            continue
        many = described.kind in MANY or described.many
        value: Any = request.POST.getlist(described.name) if many else request.POST.get(described.name, "")
        if isinstance(value, list):
            value = [v for v in value if v.strip()]
            # One entry may be a list in itself, typed or pasted: 压铸、气孔；检测.
            value = value[0] if len(value) == 1 and described.kind == "words" else value
        data[described.name] = value
    return data


def _errors(fault: Fault) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in fault.faults if isinstance(fault, Faults) else [fault]:
        name = (each.place or "").removeprefix("facets.").split(".")[0]
        found.setdefault(name, []).append(each.sentence)
    return found


def form_of(kind: str, values: dict[str, Any], errors: dict[str, list[str]]) -> dict[str, list[FormField]]:
    """The form in three parts: what everybody fills in, the facets of the kind, who may see it."""
    sources = {"regions": reverse("pick_regions"), "industries": reverse("pick_industries")}
    main = [
        "title",
        "summary",
        "body",
        "keywords",
        "regions",
        "industries",
        "amount",
        "stage",
        "starts_on",
        "expires_on",
    ]
    nested = values.get("facets")
    facets: dict[str, Any] = nested if isinstance(nested, dict) else {}
    return {
        "main": fields_of_schema(ListingDraft, values, errors, only=main, sources=sources),
        "facets": fields_of_schema(KINDS[kind].schema, {**facets, **values}, errors, sources=sources),
        "circle": fields_of_schema(ListingDraft, values, errors, only=VISIBILITY, sources=sources),
    }


def start(request: HttpRequest) -> HttpResponse:
    """The first page of publishing: one large box for a need, and the other kinds."""
    return render(request, "publish/start.html", {"kinds": KINDS.values(), "text": request.GET.get("text", "")})


def understand(request: HttpRequest) -> HttpResponse:
    """Free text taken apart, live while one types: the fields and how many partners it would find."""
    viewer = request.viewer  # type: ignore[attr-defined]
    kind = request.POST.get("kind", "need")
    if kind not in KINDS:
        raise NotFound
    text = request.POST.get("text", "")
    found = split_text(text, kind=kind, today=timezone.localdate())
    return render(
        request,
        "publish/understood.html",
        {"shown": _shown(kind, found.values), "count": _partner_count(viewer, kind, text), "kind": kind},
    )


def _shown(kind: str, values: dict[str, Any]) -> list[tuple[str, str]]:
    from duijie.web.publish.cards import shown_value

    described = {d.name: d for d in (*describe(ListingDraft), *describe(KINDS[kind].schema))}
    return [
        (str(described[n].label), shown_value(described[n], v))
        for n, v in values.items()
        if n != "body" and n in described
    ]


def _partner_count(viewer: Any, kind: str, text: str) -> int:
    """How many listings that may answer share its words, among what the viewer may see."""
    from duijie.publish.search import SearchRequest, search

    kinds = KINDS[kind].complements
    if not text.strip() or not kinds:
        return 0
    title = split_text(text, kind=kind, today=timezone.localdate()).values.get("title", "")
    return search(SearchRequest(text=title, filters={"kind": kinds}, page_size=1), viewer, with_facets=False).total


def write(request: HttpRequest, kind: str) -> HttpResponse:
    """Write a new listing of `kind`; free text in `text` fills the form in."""
    if kind not in KINDS:
        raise NotFound("没有这个类别。", "There is no such kind.")
    viewer = request.viewer  # type: ignore[attr-defined]
    if viewer.is_guest:
        return redirect(f"{reverse('account_login')}?next={request.get_full_path()}")
    voice = Voice(viewer)
    values: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    if request.method == "POST" and "text" in request.POST:
        values = split_text(request.POST["text"], kind=kind, today=timezone.localdate()).values
    elif request.method == "POST":
        values = posted(request, kind)
        try:
            member, organisation = voice.resolve(request.POST.get("voice", ""))
            listing = actions.create_listing(
                actor=viewer,
                member=member,
                organisation=organisation,
                data={"kind": kind} | values,
                put_forward=request.POST.get("then") == "publish",
            )
        except Fault as fault:
            if isinstance(fault, NotAllowed):
                raise
            errors = _errors(fault)
        else:
            _say(request, listing.status)
            return redirect("listing", uid=listing.uid)
    elif not voice.options:
        voice.resolve("")
    return _form(request, kind, values, errors, voice=voice)


def _say(request: HttpRequest, status: str) -> None:
    if status == "published":
        messages.success(request, t("已发布，正在寻找合适的伙伴。", "Published; partners are being found."))
    elif status == "submitted":
        messages.success(
            request, t("已提交，联络员审核后发布。", "Submitted; it appears once your liaison officer has seen it.")
        )
    else:
        messages.success(request, t("草稿已保存。", "The draft is saved."))


def _form(
    request: HttpRequest,
    kind: str,
    values: dict[str, Any],
    errors: dict[str, list[str]],
    *,
    voice: Voice | None,
    listing: Any = None,
) -> HttpResponse:
    viewer = request.viewer  # type: ignore[attr-defined]
    parts = form_of(kind, values, errors)
    data = {"kind": kind, **values}
    score, missing = completeness(kind, data if values.get("title") else {"kind": kind, "title": "", **values})
    direct = True
    if voice is not None and voice.options:
        member, organisation = voice.resolve("")
        direct = publishes_directly(viewer, member, organisation)
    context = {
        "kind": kind,
        "definition": KINDS[kind],
        "parts": parts,
        "all_fields": [*parts["main"], *parts["facets"], *parts["circle"]],
        "errors": errors,
        "other_errors": errors.get("", []),
        "voices": voice.options if voice else [],
        "listing": listing,
        "score": score,
        "missing": missing[:6],
        "direct": direct,
    }
    return render(request, "publish/write.html", context, status=422 if errors else 200)


def edit(request: HttpRequest, uid: str) -> HttpResponse:
    """Mend a listing. Who saves an older version than the present one is told so and loses nothing that was typed."""
    viewer = request.viewer  # type: ignore[attr-defined]
    seen = queries.get_listing(uid, viewer)
    if not seen.may_change:
        raise NotAllowed(
            "只有发布单位和所属成员的工作人员可以修改。",
            "Only the owner and the officers of its member may change this.",
        )
    kind, row = seen.kind, seen.record
    errors: dict[str, list[str]] = {}
    values = draft_of(row) | {"facets": row.facets}
    if request.method == "POST":
        values = posted(request, kind)
        version = request.POST.get("version", "")
        try:
            actions.change_listing(
                actor=viewer,
                listing=row,
                data=values,
                expected_version=int(version) if version.isdigit() else None,
                put_forward=request.POST.get("then") == "publish",
            )
        except Fault as fault:
            if isinstance(fault, NotAllowed):
                raise
            errors = _errors(fault)
        else:
            messages.success(request, t("已保存。", "Saved."))
            return redirect("listing", uid=uid)
    return _form(request, kind, values, errors, voice=None, listing=seen)
