"""Lines of a budget: written with a motion while it is discussed, adopted under its resolution, amended by a later one."""

from __future__ import annotations

from typing import Any

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, NotFound
from duijie.govern.actions.motions import demand_author, demand_discussion, locked_motion
from duijie.govern.actions.subjects import line_in_force
from duijie.govern.models import BudgetLine, Motion, Resolution
from duijie.govern.models.motions import QuestionKind
from duijie.govern.places import place_of_motion
from duijie.govern.rules import demand
from duijie.govern.schemas import BudgetLineRecord
from duijie.members.models import Alliance, Member, Membership
from duijie.members.places import current_memberships, find_member

_ACTION = "an action that checks the right itself"


def write_line(*, actor: Viewer, motion: Motion, record: BudgetLineRecord) -> tuple[BudgetLine, str]:
    """Write a line of a motion's budget: a new one, or anew the one of the same year and item. Returns it and
    "created", "changed" or "unchanged".

    Raises NotAllowed; Conflict "motion.vote_began", "budget.exists"; Fault "budget.not_a_budget", "budget.amount",
    "budget.currency", "budget.year", "budget.no_line", "budget.owner", "budget.twice", "member.unknown".
    """
    with acting(actor, "budget.write") as act:
        current = locked_motion(motion)
        demand_author(actor, current)
        demand_discussion(current)
        if current.kind != QuestionKind.BUDGET:
            raise _fault(
                "budget.not_a_budget", "只有经费预算的议案才写预算项。", "Only a motion on a budget has lines.", "year"
            )
        values = _values(current, record)
        found = _lines(current).filter(year=record.year, item=record.item).first()
        if found is not None and all(getattr(found, name) == value for name, value in values.items()):
            act.nothing_changed()
            return found, "unchanged"
        line = found or BudgetLine(motion=current, year=record.year, item=record.item)
        for name, value in values.items():
            setattr(line, name, value)
        _demand_fits(current, line)
        line.save()
        _changed(current)
        act.done(
            line, member_id=line.owner_id, event="motion.changed", ids=[current.pk], detail={"amount_minor": line.amount_minor}
        )  # fmt: skip
    return line, "changed" if found else "created"


def drop_line(*, actor: Viewer, line: BudgetLine) -> None:
    """Take a line out of a motion that is still discussed. Raises NotAllowed, NotFound; Conflict "motion.vote_began"."""
    with acting(actor, "budget.drop") as act:
        current = locked_motion(line.motion)
        demand_author(actor, current)
        demand_discussion(current)
        row = _lines(current).filter(pk=line.pk).first()
        if row is None:
            raise NotFound
        _changed(current)
        act.done(row, event="motion.changed", ids=[current.pk], detail={"year": row.year, "item": row.item})
        row.delete()


def adopt_lines(*, actor: Viewer, motion: Motion, resolution: Resolution) -> list[BudgetLine]:
    """Put every line of a carried motion into force under its resolution: all of them, or none where one no longer fits.

    Raises NotAllowed, Fault "budget.no_line", Conflict "budget.exists".
    """
    with acting(actor, "budget.adopt") as act:
        Alliance.objects.select_for_update().get(pk=motion.alliance_id)
        demand(actor, "council.run", place_of_motion(motion))
        lines = list(_lines(motion).select_related("amends").order_by("year", "pk"))
        for line in lines:
            if line.amends is not None:
                line_in_force(motion.alliance, line.amends.uid, place="amends")
            _demand_fits(motion, line)
            line.resolution = resolution
            line.save(update_fields=["resolution"])
        act.done(resolution, event="budget.adopted", ids=[line.pk for line in lines], detail={"lines": len(lines)})
    return lines


# --- inside --------------------------------------------------------------------------------------------------------------


def _lines(motion: Motion) -> Any:
    return BudgetLine.objects.unscoped(_ACTION).filter(motion=motion)


def _changed(motion: Motion) -> None:
    motion.version += 1
    motion.save(update_fields=["version"])


def _values(motion: Motion, record: BudgetLineRecord) -> dict[str, Any]:
    amends = line_in_force(motion.alliance, record.amends, place="amends") if record.amends else None
    if amends is not None and amends.year != record.year:
        raise _fault(
            "budget.year", f"要调整的是 {amends.year} 年的预算项，年度不能改。",
            f"The line to be amended is of {amends.year}; its year stays.", "year",
        )  # fmt: skip
    return {
        "item_en": record.item_en or "",
        "amount_minor": _amount(record, least=0 if amends else 1),
        "purpose": record.purpose or "",
        "owner": _owner(motion.alliance, record.owner) if record.owner else None,
        "amends": amends,
    }


def _amount(record: BudgetLineRecord, *, least: int) -> int:
    """The amount in fen. Raises Fault "budget.amount" for a range, an open amount or too small a one; "budget.currency"."""
    amount = record.amount
    if amount is None or amount.low_minor is None or amount.low_minor != amount.high_minor or amount.low_minor < least:
        raise _fault(
            "budget.amount", "预算项要写一个确定的金额，例如“40万元”；只有调整才可以写 0。",
            "A line has one amount, like CNY 400,000; only an amendment may be 0.", "amount",
        )  # fmt: skip
    if amount.currency != "CNY":
        raise _fault("budget.currency", "预算以人民币计。", "Budgets are in yuan.", "amount")
    return amount.low_minor


def _owner(alliance: Alliance, name: str) -> Member:
    member = find_member(name, place="owner")
    if not Membership.objects.filter(current_memberships(), alliance=alliance, member=member).exists():
        raise _fault("budget.owner", f"{member}不是本联盟的成员。", f"{member} is not in this alliance.", "owner")
    return member


def _demand_fits(motion: Motion, line: BudgetLine) -> None:
    """An item has one line in force a year, and a line is amended once by a motion."""
    if line.amends is not None and _lines(motion).filter(amends=line.amends).exclude(pk=line.pk).exists():
        raise _fault(
            "budget.twice", "这份议案已经调整过这一项。", "This motion amends that line already.", "amends"
        )  # fmt: skip
    held = BudgetLine.objects.unscoped(_ACTION).in_force().filter(motion__alliance=motion.alliance, year=line.year)
    same = held.filter(item=line.item).exclude(pk=line.amends_id).first()
    if same is not None:
        raise Conflict(
            "budget.exists",
            f"{line.year} 年预算已有“{line.item}”。要调整它，请在“调整哪一项”写 {same.uid}。",
            f"The budget of {line.year} has “{line.item}” already. To amend it, name {same.uid}.",
            place="item",
        )


def _fault(code: str, zh: str, en: str, place: str) -> Fault:
    return Fault(code, zh, en, place=place, status=422)
