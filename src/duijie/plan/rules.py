"""Who may: one table of verbs against roles, in the place of a plan's owner (and, where it is said, of a member it names)."""

from __future__ import annotations

from dataclasses import dataclass

from duijie.core.access import ALLIANCE, MEMBER, ORGANISATION, PLATFORM, Viewer
from duijie.core.errors import NotAllowed
from duijie.core.language import Label
from duijie.members.models import Member, Organisation
from duijie.members.places import place_of_alliance, place_of_member, place_of_organisation
from duijie.members.rules import Place
from duijie.plan.models import Plan, PlanIndicator, PlanItem

WRITE, READ = "plans:write", "plans:read"
_PLATFORM, _SECRETARIAT = ("platform", PLATFORM), ("secretariat", ALLIANCE)
_LIAISON, _ADMIN, _EDITOR = ("liaison", MEMBER), ("member_admin", MEMBER), ("editor", MEMBER)
_LEADER, _APPROVER = ("leader", ALLIANCE), ("approver", ALLIANCE)
_OWN_LEADER, _OWN_APPROVER = ("leader", MEMBER), ("approver", MEMBER)
_ASK_SECRETARIAT = Label("请联系联盟秘书处。", "Ask the alliance's secretariat.")
_ASK_LEADERS = Label("请提交领导会议审议。", "Put it before the leaders' meeting.")
_ASK_MEMBER = Label("请联系责任成员的联络员。", "Ask the liaison officer of the member that answers for it.")


@dataclass(frozen=True)
class Rule:
    """What is done, the roles that may in an alliance's plan and in a member's own plan, and whom everybody else asks."""

    deed: Label
    alliance: frozenset[tuple[str, str]]
    member: frozenset[tuple[str, str]]
    ask: Label
    key_scope: str = ""


def _rule(
    zh: str, en: str, alliance: set[tuple[str, str]], member: set[tuple[str, str]], ask: Label, key_scope: str = ""
) -> Rule:
    return Rule(Label(zh, en), frozenset(alliance), frozenset(member), ask, key_scope)


_WRITERS = {_PLATFORM, _SECRETARIAT}
_OWN_WRITERS = {_LIAISON, _ADMIN}
RULES: dict[str, Rule] = {
    # drafting, submitting, publishing, calls, periods, amendments: everything but deciding
    "plan.write": _rule("编制和修改计划", "write the plan", _WRITERS, _OWN_WRITERS, _ASK_SECRETARIAT, WRITE),
    "plan.approve": _rule("审批计划", "approve the plan", {_LEADER, _APPROVER}, {_OWN_LEADER, _OWN_APPROVER}, _ASK_LEADERS),
    "plan.verify": _rule("核实上报数", "verify what was reported", _WRITERS, {_ADMIN, _OWN_LEADER, _OWN_APPROVER}, _ASK_SECRETARIAT),
    "report.make": _rule("生成成果报告", "make a report", {*_WRITERS, _LEADER, _APPROVER}, {*_OWN_WRITERS, _OWN_LEADER}, _ASK_SECRETARIAT, WRITE),
}  # fmt: skip
# In the place of the member (or organisation) that reports or submits, whoever's plan it is.
_REPORTERS = frozenset({_LIAISON, _ADMIN, _EDITOR})
_SUBMITTERS = frozenset({_LIAISON, _ADMIN, _EDITOR, ("organisation", ORGANISATION)})


def place_of_plan(plan: Plan) -> Place:
    """Where a plan stands: in its alliance (and those above), or in its member."""
    if plan.alliance is not None:
        return place_of_alliance(plan.alliance)
    assert plan.member is not None
    return Place(members=frozenset({plan.member.pk}))


def _holds(viewer: Viewer, roles: frozenset[tuple[str, str]], where: Place) -> bool:
    return any(viewer.has_role(role, scope, scope_id) for role, scope in roles for scope_id in where.ids(scope))


def _key_may(viewer: Viewer, scope: str) -> bool:
    return viewer.key_scopes is None or (bool(scope) and scope in viewer.key_scopes)


def may(viewer: Viewer, verb: str, plan: Plan) -> bool:
    """Whether `viewer` may do `verb` to `plan`."""
    rule = RULES[verb]
    if viewer.is_system:
        return True
    if not _key_may(viewer, rule.key_scope):
        return False
    # An API key stands in for an editor of its member; with the scope for it, it writes its member's plans.
    roles = rule.alliance if plan.alliance_id else rule.member
    if viewer.key_scopes is not None and rule.key_scope:
        roles = roles | (frozenset() if plan.alliance_id else frozenset({_EDITOR}))
    return _holds(viewer, roles, place_of_plan(plan))


def demand(viewer: Viewer, verb: str, plan: Plan) -> None:
    """Raise NotAllowed, saying whom to ask, unless `viewer` may."""
    if not may(viewer, verb, plan):
        rule = RULES[verb]
        raise NotAllowed(f"您没有权限{rule.deed.zh}。{rule.ask.zh}", f"You may not {rule.deed.en}. {rule.ask.en}")


def may_report_for(viewer: Viewer, member: Member | None, plan: Plan) -> bool:
    """Whether `viewer` may report an actual of `member` (None: of the whole plan, which its writers report)."""
    if viewer.is_system:
        return True
    if member is None:
        return may(viewer, "plan.write", plan)
    return _key_may(viewer, WRITE) and _holds(viewer, _REPORTERS, Place(members=_with_those_above(member)))


def _with_those_above(member: Member) -> frozenset[int]:
    """A member and those it is a part of: a district's officers report for its towns."""
    found, above = {member.pk}, member.parent_id
    parents = dict(Member.objects.values_list("pk", "parent_id")) if above else {}
    while above is not None and above not in found:
        found.add(above)
        above = parents.get(above)
    return frozenset(found)


def demand_report_for(viewer: Viewer, member: Member | None, plan: Plan, indicator: PlanIndicator) -> None:
    """Raise NotAllowed unless `viewer` may report this indicator's actual of `member`."""
    if not may_report_for(viewer, member, plan):
        whose = str(member) if member is not None else str(plan.owner)
        raise NotAllowed(
            f"“{indicator.title}”在{whose}的数只能由{whose}的工作人员上报。{_ASK_MEMBER.zh}",
            f"The figure of {whose} for “{indicator.title}” is reported by its own officers. {_ASK_MEMBER.en}",
        )


def demand_state(viewer: Viewer, plan: Plan, item: PlanItem) -> None:
    """Raise NotAllowed unless `viewer` may say where a task stands: its members' officers and those who write the plan."""
    involved = [m.member for m in item.item_members.select_related("member")]
    if not may(viewer, "plan.write", plan) and not any(may_report_for(viewer, m, plan) for m in involved):
        raise NotAllowed(
            "只有责任成员、配合成员的工作人员和计划编制方可以更新进展。",
            "Only officers of its responsible and supporting members, and those who write the plan, say where it stands.",
        )


def may_submit_for(viewer: Viewer, member: Member, organisation: Organisation | None) -> bool:
    """Whether `viewer` may submit a planned project in the name of `member` or of an organisation homed in it."""
    if viewer.is_system:
        return True
    if not _key_may(viewer, WRITE):
        return False
    where = place_of_organisation(organisation) if organisation is not None else place_of_member(member)
    roles = _SUBMITTERS if organisation is not None else _REPORTERS
    return _holds(viewer, roles, where)


def demand_submit_for(viewer: Viewer, member: Member, organisation: Organisation | None) -> None:
    if not may_submit_for(viewer, member, organisation):
        whose = organisation or member
        raise NotAllowed(
            f"您不能以“{whose}”的名义申报项目。{_ASK_MEMBER.zh}",
            f"You cannot submit a project in the name of “{whose}”. {_ASK_MEMBER.en}",
        )


def demand_key_read(viewer: Viewer) -> None:
    """An API key reads what is not public only with its scope."""
    if not _key_may(viewer, READ) and not _key_may(viewer, WRITE):
        raise NotAllowed(
            "这把密钥没有“plans:read”权限，请让成员管理员重新签发。",
            "This key lacks the scope “plans:read”; ask your member's administrator for another.",
        )
