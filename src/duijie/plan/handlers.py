"""What plans do when others' events arrive: a council's resolution approves a plan; people are told what waits for them."""

from __future__ import annotations

from duijie.core.access import SYSTEM
from duijie.core.errors import Conflict
from duijie.core.events import handles
from duijie.core.models import Event
from duijie.core.notifications import tell
from duijie.members.models import RoleGrant
from duijie.plan import actions
from duijie.plan.models import Actual, Plan, PlannedProject, PlanReport


@handles("resolution.adopted")
def approve_by_resolution(event: Event) -> None:
    """A resolution that names a plan (subject "plan" and its id) approves it, with the resolution's number.

    A plan that is not before the leaders (any more) is left as it is: the resolution stands, the plan's own page says where it is.
    """
    payload = event.payload
    if payload.get("subject_kind") != "plan":
        return
    uid = str(payload.get("subject", ""))
    plan = Plan.objects.unscoped("a resolution of the council").select_related("alliance", "member").filter(uid=uid).first()  # fmt: skip
    if plan is None:
        return
    number = str(payload.get("number", ""))
    try:
        actions.approve_plan(actor=SYSTEM, plan=plan, resolution=number)
    except Conflict:
        return


def _holders(plan: Plan, roles: set[str]) -> list[int]:
    scope, scope_id = ("alliance", plan.alliance_id) if plan.alliance_id else ("member", plan.member_id or 0)
    found = RoleGrant.objects.filter(scope=scope, scope_id=scope_id, role__in=roles)
    return list(found.values_list("user_id", flat=True))


def _plan(event: Event) -> Plan | None:
    rows = Plan.objects.unscoped("telling").filter(pk__in=event.payload["ids"])
    found: Plan | None = rows.first()
    return found


@handles("plan.submitted")
def tell_the_leaders(event: Event) -> None:
    plan = _plan(event)
    if plan is not None:
        tell(
            _holders(plan, {"leader", "approver"}), kind="plan.submitted", zh=f"计划“{plan.title}”等待审议",
            en=f"The plan “{plan.title}” waits for the leaders", address=f"/plans/{plan.uid}/", key=f"plan.submitted:{event.pk}",
        )  # fmt: skip


@handles("plan.approved", "plan.amended", "plan.returned")
def tell_the_writers(event: Event) -> None:
    plan = _plan(event)
    if plan is not None:
        zh, en = ("已退回修改", "was sent back") if event.name == "plan.returned" else ("已通过审议", "was approved")
        tell(
            _holders(plan, {"secretariat", "liaison", "member_admin"}), kind=event.name, zh=f"计划“{plan.title}”{zh}",
            en=f"The plan “{plan.title}” {en}", address=f"/plans/{plan.uid}/", key=f"{event.name}:{event.pk}",
        )  # fmt: skip


@handles("actual.reported")
def tell_the_verifiers(event: Event) -> None:
    row = Actual.objects.filter(uid=event.payload.get("actual", "")).select_related("indicator__plan").first()
    if row is not None:
        plan = row.indicator.plan
        people = [i for i in _holders(plan, {"secretariat", "member_admin"}) if i != row.reported_by_id]
        tell(
            people, kind="actual.reported", zh=f"“{row.indicator.title}”有上报数等待核实", en=f"A figure of “{row.indicator.title}” waits for verification",
            address=f"/plan/actuals/{row.uid}/", key=f"actual.reported:{row.uid}",
        )  # fmt: skip


@handles("actual.returned")
def tell_the_reporter(event: Event) -> None:
    row = Actual.objects.filter(uid=event.payload.get("actual", "")).select_related("indicator").first()
    if row is not None and row.reported_by_id is not None:
        tell(
            [row.reported_by_id], kind="actual.returned", zh=f"“{row.indicator.title}”的上报数被退回：{row.reason}",
            en=f"Your figure of “{row.indicator.title}” was sent back: {row.reason}", address=f"/plan/actuals/{row.uid}/",
            key=f"actual.returned:{row.uid}",
        )  # fmt: skip


@handles("submission.taken_in", "submission.declined")
def tell_the_submitter(event: Event) -> None:
    rows = PlannedProject.objects.unscoped("telling its owner").filter(pk__in=event.payload["ids"])
    for row in rows:
        if row.submitted_by_id is not None:
            taken = row.status == PlannedProject.Status.TAKEN_IN
            zh, en = (
                ("已纳入计划", "was taken into the plan")
                if taken
                else (f"未纳入：{row.reason}", f"was declined: {row.reason}")
            )
            tell(
                [row.submitted_by_id], kind=event.name, zh=f"申报项目“{row.title}”{zh}", en=f"Your project “{row.title}” {en}",
                address=f"/plan/projects/{row.uid}/", key=f"{event.name}:{row.uid}",
            )  # fmt: skip


@handles("report.made")
def tell_who_asked(event: Event) -> None:
    for report in PlanReport.objects.unscoped("telling").select_related("plan").filter(pk__in=event.payload["ids"]):
        if report.created_by_id is not None:
            tell(
                [report.created_by_id], kind="report.made", zh=f"“{report.plan.title}”的成果报告已生成",
                en=f"The report of “{report.plan.title}” is ready", address=f"/plan/reports/{report.uid}/", key=f"report.made:{report.uid}",
            )  # fmt: skip


@handles("account.erased")
def forget_people(event: Event) -> None:
    """What was written stays; who wrote it is forgotten."""
    people = event.payload["ids"]
    Plan.objects.unscoped("erasure").filter(created_by_id__in=people).update(created_by_id=None)
    Actual.objects.filter(reported_by_id__in=people).update(reported_by_id=None)
    Actual.objects.filter(decided_by_id__in=people).update(decided_by_id=None)
    PlannedProject.objects.unscoped("erasure").filter(submitted_by_id__in=people).update(submitted_by_id=None)
    PlanReport.objects.unscoped("erasure").filter(created_by_id__in=people).update(created_by_id=None)
