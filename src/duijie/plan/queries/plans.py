"""Plans, their editions and contents, calls and submissions, as a viewer may see them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Q, QuerySet

from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.plan.content import Content, read_content, working_copy
from duijie.plan.models import Actual, Plan, PlanCall, PlanEdition, PlanItem, PlannedProject, PlanReport
from duijie.plan.models.plans import key_reads
from duijie.plan.rules import may


def plans(viewer: Viewer, *, status: str = "", alliance: str = "", member: str = "", text: str = "") -> QuerySet[Any]:
    """Plans in sight, those under way first, the newest of them before the older."""
    found = Plan.objects.visible_to(viewer).select_related("alliance", "member")
    if status:
        found = found.filter(status=status)
    if alliance:
        found = found.filter(alliance__slug=alliance)
    if member:
        found = found.filter(member__slug=member)
    if text.strip():
        found = found.filter(Q(title__icontains=text.strip()) | Q(title_en__icontains=text.strip()))
    return found.order_by("-starts_on", "-pk")  # type: ignore[no-any-return]


def get_plan(viewer: Viewer, uid: str) -> Plan:
    found: Plan | None = plans(viewer).filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found


def sees_working_copy(viewer: Viewer, plan: Plan) -> bool:
    """Whether the viewer reads what is being written: drafts, and amendments before they are approved."""
    return may(viewer, "plan.write", plan) or may(viewer, "plan.approve", plan)


def content(
    viewer: Viewer, plan: Plan, *, edition: int | None = None, known_at: dt.datetime | None = None, draft: bool = False
) -> Content:
    """What a plan says: an edition by number, the one in force at an instant, or (None) the one in force now.

    draft: the working copy, for those who may see it. A plan without an edition is its working copy.
    """
    if draft or plan.edition == 0:
        if plan.published_at is not None and not sees_working_copy(viewer, plan):
            raise NotFound
        return working_copy(plan)
    rows = PlanEdition.objects.filter(plan=plan)
    if edition is not None:
        found = rows.filter(number=edition).first()
    elif known_at is not None:
        found = rows.filter(approved_at__lte=known_at).order_by("-number").first() or rows.order_by("number").first()
    else:
        found = rows.filter(number=plan.edition).first()
    if found is None:
        raise NotFound
    return read_content(plan, found.content, found.number)


def editions(viewer: Viewer, plan: Plan) -> list[PlanEdition]:
    """Every edition without its content, newest first."""
    return list(PlanEdition.objects.filter(plan=plan).defer("content").order_by("-number"))


def current_plan(viewer: Viewer, uid: str = "") -> Plan | None:
    """The plan that the cockpit shows: the one named, else the public one under way that was published last."""
    if uid:
        return get_plan(viewer, uid)
    found = plans(viewer).filter(status=Plan.Status.PUBLISHED, alliance__isnull=False)
    top: Plan | None = found.order_by("alliance__parent_id", "-published_at").first()
    return top or plans(viewer).filter(status=Plan.Status.PUBLISHED).order_by("-published_at").first()


def states(plan: Plan) -> dict[str, PlanItem]:
    """Where each item stands, by id."""
    return {item.uid: item for item in plan.items.all()}


def calls(viewer: Viewer, *, plan: Plan | None = None, open_on: dt.date | None = None) -> QuerySet[PlanCall]:
    """Calls: of a plan, or open on a day. A call is for everybody who is signed in; what was submitted to it is not."""
    found = PlanCall.objects.select_related("plan__alliance", "plan__member")
    if plan is not None:
        found = found.filter(plan=plan)
    if open_on is not None:
        found = found.filter(opens_on__lte=open_on, closes_on__gte=open_on)
    return found.order_by("-closes_on", "-pk")


def get_call(viewer: Viewer, uid: str) -> PlanCall:
    found = calls(viewer).filter(uid=uid).first()
    if found is None or viewer.is_guest:
        raise NotFound
    return found


def submissions(viewer: Viewer, *, call: PlanCall | None = None, status: str = "") -> QuerySet[Any]:
    found = PlannedProject.objects.visible_to(viewer).select_related("call__plan", "member", "organisation", "item")
    if call is not None:
        found = found.filter(call=call)
    if status:
        found = found.filter(status=status)
    return found.order_by("-pk")  # type: ignore[no-any-return]


def get_submission(viewer: Viewer, uid: str) -> PlannedProject:
    found: PlannedProject | None = submissions(viewer).filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found


def actuals(viewer: Viewer, plan: Plan, *, status: str = "", newest: bool = True) -> QuerySet[Actual]:
    """What was reported for a plan: verified figures for whoever reads it, the others for its reporters and its writers."""
    found = Actual.objects.filter(indicator__plan=plan).select_related("indicator", "period", "member")
    found = found.annotate(evidence_count=Count("evidence"))
    if not (may(viewer, "plan.write", plan) or may(viewer, "plan.verify", plan) or may(viewer, "plan.approve", plan)):
        own = {g.scope_id for g in viewer.grants if g.scope == "member"} if key_reads(viewer) else set()
        found = found.filter(Q(status=Actual.Status.VERIFIED) | Q(member_id__in=own) | Q(member__parent_id__in=own))
    if status:
        found = found.filter(status=status)
    if newest:
        found = found.filter(replaced_by__isnull=True)
    return found.order_by("-reported_at", "-pk")


def get_actual(viewer: Viewer, uid: str) -> Actual:
    row = Actual.objects.filter(uid=uid).select_related("indicator__plan__alliance", "indicator__plan__member").first()
    if row is None:
        raise NotFound
    plan = get_plan(viewer, row.indicator.plan.uid)
    found = actuals(viewer, plan, newest=False).filter(pk=row.pk).first()
    if found is None:
        raise NotFound
    found.indicator.plan = plan
    return found


def reports(viewer: Viewer, plan: Plan | None = None) -> QuerySet[Any]:
    found = PlanReport.objects.visible_to(viewer).select_related("plan__alliance", "plan__member").defer("content")
    if plan is not None:
        found = found.filter(plan=plan)
    return found.order_by("-ends_on", "-created_at")  # type: ignore[no-any-return]


def get_report(viewer: Viewer, uid: str) -> PlanReport:
    found: PlanReport | None = reports(viewer).filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found
