"""What a motion is about, as it is kept with it: what carrying it out needs is checked before the council votes."""

from __future__ import annotations

from typing import Any

from duijie.core.errors import Fault
from duijie.govern.models import BudgetLine
from duijie.govern.schemas import MotionRecord
from duijie.members.models import Alliance, Membership
from duijie.members.places import current_memberships, find_member
from duijie.plan.models import Plan

ABOUT_A_MEMBER = {"suspension", "exclusion"}


def subject_of(alliance: Alliance, record: MotionRecord) -> tuple[str, str, dict[str, Any]]:
    """Kind, reference and details of what is decided; empty where the text alone is. Raises Fault "motion.about", "motion.office", "budget.no_line"."""
    office = _office(record)
    if office:
        return "office", record.office or "", office
    about = (record.about or "").strip()
    if record.kind in ABOUT_A_MEMBER:
        return "member", _member(alliance, about), {}
    if not about:
        return "", "", {}
    if record.kind == "plan":
        return "plan", plan_of(alliance, about).uid, {}
    if record.kind == "budget":
        return "budget_line", line_in_force(alliance, about, place="about").uid, {}
    return record.kind, about[:60], {}


def plan_of(alliance: Alliance, uid: str) -> Plan:
    """A plan of this alliance: no council decides on another's. Raises Fault "motion.about"."""
    found = Plan.objects.unscoped("only that it is this alliance's is told").filter(uid=uid, alliance=alliance).first()
    if found is None:
        raise Fault(
            "motion.about", "本联盟没有这个编号的计划。", "This alliance has no plan with this id.", place="about", status=422
        )  # fmt: skip
    plan: Plan = found
    return plan


def line_in_force(alliance: Alliance, uid: str, *, place: str) -> BudgetLine:
    """A line of this alliance's budget that no other has amended. Raises Fault "budget.no_line"."""
    rows = BudgetLine.objects.unscoped("adopted lines are public").in_force()
    found: BudgetLine | None = rows.filter(uid=uid.strip(), motion__alliance=alliance).first()
    if found is None:
        raise Fault(
            "budget.no_line", "本联盟没有这个编号的有效预算项：可能写错了，或已被另一决议调整。",
            "This alliance's budget has no such line in force: it is mistyped, or another resolution has amended it.",
            place=place, status=422,
        )  # fmt: skip
    return found


def _member(alliance: Alliance, name: str) -> str:
    if not name:
        raise Fault("motion.about", "请写明是哪个成员。", "Name the member concerned.", place="about", status=422)
    member = find_member(name, place="about")
    if not Membership.objects.filter(current_memberships(), alliance=alliance, member=member).exists():
        raise Fault(
            "motion.about", f"{member}不是本联盟的成员。", f"{member} is not in this alliance.", place="about", status=422
        )  # fmt: skip
    return member.slug


def _office(record: MotionRecord) -> dict[str, Any]:
    """Which office goes to whom from when, as far as the motion says; empty where it names none."""
    if not (record.office or record.holder or record.holder_member or record.since):
        return {}
    if record.kind != "office":
        raise Fault(
            "motion.office", "只有人事任免的议案才写职务和人选。", "Only a motion to fill an office names office and holder.",
            place="office", status=422,
        )  # fmt: skip
    if not record.office or not record.holder:
        raise Fault(
            "motion.office", "职务和人选要一起写。", "Name both the office and who is to hold it.",
            place="holder" if record.office else "office", status=422,
        )  # fmt: skip
    return {
        "office": record.office,
        "holder": record.holder,
        "member": find_member(record.holder_member, place="holder_member").slug if record.holder_member else "",
        "since": record.since.isoformat() if record.since else "",
    }
