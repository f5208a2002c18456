"""Organisations: the list, a page for each, registration, changes, and the liaison's queue."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from duijie.core import regions
from duijie.core.errors import Fault
from duijie.core.language import Label, t
from duijie.members import actions, queries
from duijie.members.choices import OrganisationKind, OrganisationSize
from duijie.members.models import Member, Organisation
from duijie.members.places import place_of_organisation
from duijie.members.queries import name_of
from duijie.members.rules import demand
from duijie.members.schemas import OrganisationRecord
from duijie.web.kit import Cell, Column, Option, Pages, Table
from duijie.web.kit.facets import ActiveFilter, Facet
from duijie.web.kit.parts import badge
from duijie.web.members.forms import FormPage, for_people, posted_version, viewer_of_page
from duijie.web.members.sections import sections_of
from duijie.web.members.tabs import tabs_of, under_members


def organisations_crumb() -> tuple[str, str]:
    return t("单位", "Organisations"), reverse("members:organisations")


def address_of(organisation: Organisation) -> str:
    return reverse("members:organisation", args=[organisation.uid])


def organisations(request: HttpRequest) -> HttpResponse:
    """What the viewer may see, narrowed by words, member, kind and whether it is verified."""
    under_members(request)
    viewer = viewer_of_page(request)
    asked = request.GET
    member = Member.objects.filter(slug=asked.get("member", "")).first()
    verified = {"yes": True, "no": False}.get(asked.get("verified", ""))
    found = queries.organisations(
        viewer, member=member, kind=asked.get("kind", ""), text=asked.get("q", ""), verified=verified
    )
    pages = Pages.of(request, total=found.count(), size=30)
    rows = [
        [
            Cell(name_of(o), address_of(o)),
            OrganisationKind.named(o.kind),
            Cell(name_of(o.home_member), reverse("members:member", args=[o.home_member.slug])),
            regions.full_name(o.region) if regions.get(o.region) else "",
            _standing(o),
        ]
        for o in found[pages.start : pages.stop]
    ]
    columns = [
        Column("name", Label("单位", "Organisation")),
        Column("kind", Label("类型", "Kind")),
        Column("member", Label("所属成员", "Home member")),
        Column("region", Label("所在地", "Place")),
        Column("verified", Label("状态", "State")),
    ]
    facets = [
        Facet.of(request, "kind", Label("类型", "Kind"), [Option(k.value, k.label) for k in OrganisationKind], many=False),
        Facet.of(
            request, "member", Label("所属成员", "Home member"),
            [Option(m.slug, name_of(m), m.organisation_count) for m in queries.members(viewer)], many=False,
        ),
    ]  # fmt: skip
    if not viewer.is_guest:
        options = [Option("yes", Label("已核验", "Verified")), Option("no", Label("待核验", "Waiting"))]
        facets.append(Facet.of(request, "verified", Label("状态", "State"), options, many=False))
    context = {
        "tabs": tabs_of("organisations"),
        "table": Table(columns, rows, request, pages, caption=t("单位", "Organisations")),
        "facets": facets,
        "active": ActiveFilter.from_facets(facets),
        "q": asked.get("q", ""),
        "total": pages.total,
    }
    return render(request, "members/organisations.html", context)


def _standing(organisation: Organisation) -> str:
    if organisation.is_verified:
        return badge(Label("已核验", "Verified"), "good")
    return badge(Label("待核验", "Waiting"), "warn")


def organisation_page(request: HttpRequest, uid: str) -> HttpResponse:
    under_members(request)
    viewer = viewer_of_page(request)
    organisation = queries.get_organisation(viewer, uid)
    rights = queries.rights_on(viewer, organisation)
    context = {
        "organisation": organisation,
        "name": name_of(organisation),
        "kind": OrganisationKind.named(organisation.kind),
        "size": OrganisationSize.named(organisation.size) if organisation.size else "",
        "region": regions.full_name(organisation.region) if regions.get(organisation.region) else "",
        "rights": rights,
        "people": queries.people_of_organisation(viewer, organisation) if rights["people"] else [],
        "sections": sections_of("organisation", request, organisation),
        "crumbs": [organisations_crumb(), (name_of(organisation), "")],
    }
    return render(request, "members/organisation.html", context)


@for_people
def register(request: HttpRequest) -> HttpResponse:
    """Register an organisation: by its own people, or by the staff of its home member."""
    under_members(request)
    viewer = viewer_of_page(request)

    def save(record: OrganisationRecord, posted: QueryDict) -> str:
        return address_of(actions.register_organisation(actor=viewer, record=record))

    own = queries.members_served_by(viewer, "organisation.upsert")
    return FormPage(
        request,
        OrganisationRecord,
        t("登记单位", "Register an organisation"),
        save,
        values={"home_member": own[0].slug if own else request.GET.get("member", "")},
        lead=t(
            "登记后由所属园区或城市的联络员核验，核验通过后对所有人可见。",
            "The liaison officer of its park or city verifies it; then everybody sees it.",
        ),
        submit=t("提交登记", "Register"),
        crumbs=[organisations_crumb()],
        done=Label("已登记，等待联络员核验。", "Registered; the liaison officer will verify it."),
        only=[name for name in OrganisationRecord.model_fields if name != "external_id"],
        draft="organisation-new",
    ).response()


@for_people
def edit(request: HttpRequest, uid: str) -> HttpResponse:
    under_members(request)
    viewer = viewer_of_page(request)
    organisation = queries.get_organisation(viewer, uid)
    demand(viewer, "organisation.change", place_of_organisation(organisation))

    def save(record: OrganisationRecord, posted: QueryDict) -> str:
        version = posted_version(posted)
        changed = actions.change_organisation(actor=viewer, organisation=organisation, record=record, version=version)
        return address_of(changed)

    return FormPage(
        request,
        OrganisationRecord,
        t("修改单位资料", "Change the organisation"),
        save,
        values=actions.record_of(organisation),
        lead=""
        if queries.rights_on(viewer, organisation)["verify"]
        else t(
            "名称、类型、信用代码或所属成员改动后，需要联络员重新核验。",
            "After a change of name, kind, credit code or home member the liaison officer verifies it anew.",
        ),
        crumbs=[organisations_crumb(), (name_of(organisation), address_of(organisation))],
        version=organisation.version,
        done=Label("已保存。", "Saved."),
        draft=f"organisation-{organisation.uid}",
    ).response()


@for_people
def verification(request: HttpRequest) -> HttpResponse:
    """The liaison's queue: what waits, the oldest first, each decided in place."""
    viewer = viewer_of_page(request)
    found = queries.waiting_for_verification(viewer)
    pages = Pages.of(request, total=found.count(), size=20)
    cards = [
        {
            "organisation": o,
            "name": name_of(o),
            "kind": OrganisationKind.named(o.kind),
            "region": regions.full_name(o.region) if regions.get(o.region) else "",
            "member": name_of(o.home_member),
        }
        for o in found[pages.start : pages.stop]
    ]
    return render(request, "members/verification.html", {"cards": cards, "pages": pages})


@require_POST
@for_people
def verify(request: HttpRequest, uid: str) -> HttpResponse:
    """Verify, or (with a reason) withdraw or return. Answers with the page that it was asked from."""
    viewer = viewer_of_page(request)
    organisation = queries.get_organisation(viewer, uid)
    version = posted_version(request.POST)
    try:
        if request.POST.get("decision") == "verify":
            actions.verify_organisation(actor=viewer, organisation=organisation, version=version)
            messages.success(request, t("“{n}”已核验。", "“{n}” is verified.", n=organisation.name))
        else:
            reason = request.POST.get("reason", "")
            actions.withdraw_verification(actor=viewer, organisation=organisation, reason=reason, version=version)
            messages.success(request, t("原因已告知对方。", "They have been told why."))
    except Fault as fault:
        if fault.status in {403, 404}:
            raise
        messages.error(request, fault.sentence)
    queue = reverse("members:verification")
    return HttpResponseRedirect(queue if request.POST.get("from") == "queue" else address_of(organisation))
