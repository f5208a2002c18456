"""Who may do what in measuring: one table of verbs against roles, in the manner of `members.rules`."""

from __future__ import annotations

from duijie.core.access import ALLIANCE, MEMBER, PLATFORM, Viewer
from duijie.core.errors import NotAllowed
from duijie.core.language import Label
from duijie.members.models import Alliance, Member
from duijie.members.places import with_parents
from duijie.members.rules import Place, Rule

READ, WRITE = "measures:read", "measures:write"
_PLATFORM, _SECRETARIAT = ("platform", PLATFORM), ("secretariat", ALLIANCE)
_STAFF = (("member_admin", MEMBER), ("liaison", MEMBER), ("editor", MEMBER))
_ASK_SECRETARIAT = Label("请联系联盟秘书处。", "Ask the alliance's secretariat.")
_ASK_MEMBER = Label("请联系所在园区或城市的联络员。", "Ask the liaison officer of your park or city.")


def _rule(zh: str, en: str, *roles: tuple[str, str], ask: Label = _ASK_SECRETARIAT, key_scope: str = "") -> Rule:
    return Rule(Label(zh, en), frozenset(roles), ask, key_scope)


RULES: dict[str, Rule] = {
    "indicator.define": _rule("维护指标", "define indicators", _PLATFORM, _SECRETARIAT),
    "round.prepare": _rule("组织采集", "run a round of collection", _SECRETARIAT),
    "values.import": _rule("导入观测值", "import values", _PLATFORM, _SECRETARIAT),
    "submission.fill": _rule("填报指标", "fill in indicators", *_STAFF, ask=_ASK_MEMBER, key_scope=WRITE),
    "submission.submit": _rule(
        "提交填报", "submit the figures", ("member_admin", MEMBER), ("liaison", MEMBER), ask=_ASK_MEMBER
    ),
    "submission.verify": _rule("核验填报", "verify the figures", _SECRETARIAT),
    "index.design": _rule("编制指数", "design an index", _PLATFORM, _SECRETARIAT),
    "edition.publish": _rule("发布指数", "publish an edition", _SECRETARIAT),
    "judgement.invite": _rule("邀请专家", "invite experts", _SECRETARIAT),
    "deals.import": _rule("导入并购交易", "import deals", _PLATFORM, _SECRETARIAT),
}


def may(viewer: Viewer, verb: str, where: Place) -> bool:
    """Whether `viewer` may do `verb` to something that stands at `where`."""
    rule = RULES[verb]
    if viewer.is_system:
        return True
    if viewer.key_scopes is not None and (not rule.key_scope or rule.key_scope not in viewer.key_scopes):
        return False
    return any(viewer.has_role(role, scope, at) for role, scope in rule.roles for at in where.ids(scope))


def demand(viewer: Viewer, verb: str, where: Place) -> None:
    """Raise NotAllowed, saying whom to ask, unless `viewer` may."""
    if not may(viewer, verb, where):
        rule = RULES[verb]
        raise NotAllowed(f"您没有权限{rule.deed.zh}。{rule.ask.zh}", f"You may not {rule.deed.en}. {rule.ask.en}")


def place_in(alliance: Alliance | int, member: Member | int | None = None) -> Place:
    """Where a round's or design's record stands: its alliance with those above, and a member where one is named."""
    number = alliance if isinstance(alliance, int) else alliance.pk
    who = member.pk if isinstance(member, Member) else member
    return Place(with_parents([number]), frozenset() if who is None else frozenset({who}))


def anywhere(viewer: Viewer) -> Place:
    """A place made of every alliance one serves: for what belongs to no single alliance (indicators)."""
    return Place(frozenset(g.scope_id for g in viewer.grants if g.scope == ALLIANCE))


def served_alliances(viewer: Viewer) -> frozenset[int]:
    """Alliances whose secretariat the viewer is, with the sub-alliances below them."""
    own = {g.scope_id for g in viewer.grants if g.role == "secretariat" and g.scope == ALLIANCE}
    if not own:
        return frozenset()
    parents = dict(Alliance.objects.values_list("pk", "parent_id"))
    found = set(own)
    for number in parents:
        above: int | None = number
        while above is not None:
            if above in own:
                found.add(number)
                break
            above = parents.get(above)
    return frozenset(found)
