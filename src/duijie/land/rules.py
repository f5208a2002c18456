"""Who may do what with deals, projects, zones and closed periods: one table of verbs against the roles held at a member."""

from __future__ import annotations

from dataclasses import dataclass

from duijie.core.access import ALLIANCE, MEMBER, ORGANISATION, Viewer
from duijie.core.errors import NotAllowed, NotFound
from duijie.core.language import Label
from duijie.land.models import Deal, DealParty, Project
from duijie.land.moves import PARTY, REVIEWERS, WRITERS
from duijie.members.places import alliances_of
from duijie.members.rules import Place

WRITER_ROLES = ("editor", "liaison", "member_admin")
REVIEWER_ROLES = ("liaison", "member_admin")
READ, WRITE = "deals:read", "deals:write"


@dataclass(frozen=True)
class Rule:
    """What is done and the roles that may: (role, scope) at the owner's member, its alliances, or a party's organisation."""

    deed: Label
    roles: frozenset[tuple[str, str]]
    key_scope: str = ""


def _rule(zh: str, en: str, *roles: tuple[str, str], key: str = "") -> Rule:
    return Rule(Label(zh, en), frozenset(roles), key)


_WRITERS = tuple((role, MEMBER) for role in WRITER_ROLES)
_REVIEWERS = tuple((role, MEMBER) for role in REVIEWER_ROLES)
_SECRETARIAT = ("secretariat", ALLIANCE)
RULES: dict[str, Rule] = {
    "deal.create": _rule("登记项目线索", "register a deal", *_WRITERS, key=WRITE),
    "deal.change": _rule("修改项目", "change the deal", *_WRITERS, key=WRITE),
    "deal.correct": _rule("更正项目进展", "correct a move", *_REVIEWERS, key=WRITE),
    "project.create": _rule("登记项目", "register a project", *_WRITERS, key=WRITE),
    "project.change": _rule("修改项目", "change the project", *_WRITERS, key=WRITE),
    "project.figures": _rule("填报项目数据", "report a project's figures", *_WRITERS, key=WRITE),
    "project.correct": _rule("更正项目数据", "correct a project's figures", *_REVIEWERS, key=WRITE),
    "project.cancel": _rule("撤销项目", "call the project off", *_REVIEWERS, key=WRITE),
    "zone.change": _rule("登记共建区", "register a joint zone", *_REVIEWERS, _SECRETARIAT),
    "period.close": _rule("结账", "close a period", *_REVIEWERS, _SECRETARIAT),
    "period.reopen": _rule("重新打开已结账的期间", "open a closed period again", ("member_admin", MEMBER), _SECRETARIAT),
    "rate.keep": _rule("登记汇率", "keep an exchange rate", *_REVIEWERS, _SECRETARIAT, ("platform", "platform"), key=WRITE),
}  # fmt: skip


def place_of(member_ids: set[int] | frozenset[int]) -> Place:
    return Place(alliances=alliances_of(member_ids), members=frozenset(member_ids))


def may(viewer: Viewer, verb: str, member_ids: set[int] | frozenset[int]) -> bool:
    """Whether `viewer` may do `verb` to something of these members."""
    rule = RULES[verb]
    if viewer.is_system:
        return True
    if viewer.key_scopes is not None and (not rule.key_scope or rule.key_scope not in viewer.key_scopes):
        return False
    if any(viewer.has_role(role, MEMBER, m) for role, scope in rule.roles if scope == MEMBER for m in member_ids):
        return True
    above = [(role, scope) for role, scope in rule.roles if scope != MEMBER]
    if not any(viewer.has_role(role, scope) for role, scope in above):
        return False
    where = place_of(member_ids)
    return any(viewer.has_role(role, scope, i) for role, scope in above for i in where.ids(scope))


def demand(viewer: Viewer, verb: str, member_ids: set[int] | frozenset[int]) -> None:
    """Raise NotAllowed, saying whom to ask, unless `viewer` may."""
    if not may(viewer, verb, member_ids):
        deed = RULES[verb].deed
        raise NotAllowed(
            f"您没有权限{deed.zh}，请联系所在园区或城市的联络员。",
            f"You may not {deed.en}; ask the liaison officer of your park or city.",
        )


def demand_key(viewer: Viewer, scope: str) -> None:
    """A key reads and writes deals and projects only where it was given that."""
    if viewer.key_scopes is not None and scope not in viewer.key_scopes:
        raise NotAllowed(
            f"这把密钥没有“{scope}”权限，请让成员管理员重新签发。",
            f"This key lacks the scope “{scope}”; ask your member's administrator for another.",
        )


def party_ids(deal: Deal) -> tuple[set[int], set[int]]:
    """(members, organisations) that are parties to a deal, the owner's member among them."""
    rows = DealParty.objects.filter(deal=deal).values_list("member_id", "organisation_id")
    members = {m for m, _ in rows if m} | {deal.owner_member_id}
    return members, {o for _, o in rows if o}


def standing_of(viewer: Viewer, deal: Deal) -> frozenset[str]:
    """The ways in which an actor stands to a deal, as the table of moves names them."""
    if viewer.is_system:
        return frozenset({WRITERS, REVIEWERS, PARTY})
    if viewer.key_scopes is not None and WRITE not in viewer.key_scopes:
        return frozenset()
    held = set()
    if viewer.has_role(WRITER_ROLES, MEMBER, deal.owner_member_id):
        held.add(WRITERS)
    if viewer.has_role(REVIEWER_ROLES, MEMBER, deal.owner_member_id):
        held.add(REVIEWERS)
    _, organisations = party_ids(deal)
    if any(viewer.has_role("organisation", ORGANISATION, i) for i in organisations):
        held.add(PARTY)
    return frozenset(held)


def is_party(viewer: Viewer, deal: Deal) -> bool:
    """Whether the viewer stands on one of the sides: reads everything, comments, adds documents, raises blockers."""
    if viewer.is_system or (viewer.user_id is not None and viewer.user_id == deal.owner_user_id):
        return True
    members, organisations = party_ids(deal)
    return bool(members & viewer.member_ids or organisations & viewer.organisation_ids)


def demand_party(viewer: Viewer, deal: Deal) -> None:
    demand_key(viewer, WRITE)
    if not is_party(viewer, deal):
        raise NotFound


def may_change_project(viewer: Viewer, project: Project) -> bool:
    return may(viewer, "project.change", {project.owner_member_id})
