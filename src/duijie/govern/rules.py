"""Who may in the alliance's own business: the same kind of table as `members.rules`, over the same places."""

from __future__ import annotations

from duijie.core.access import ALLIANCE, MEMBER, ORGANISATION, PLATFORM, Viewer
from duijie.core.errors import NotAllowed
from duijie.core.language import Label
from duijie.members.rules import ONESELF, Place, Rule

_PLATFORM = ("platform", PLATFORM)
_SECRETARIAT = ("secretariat", ALLIANCE)
_CHAIR = ("leader", ALLIANCE)
_LEADER, _ADMIN, _LIAISON, _EDITOR = (
    ("leader", MEMBER), ("member_admin", MEMBER), ("liaison", MEMBER), ("editor", MEMBER),
)  # fmt: skip
_REPRESENTATIVE = ("organisation", ORGANISATION)
_ASK_SECRETARIAT = Label("请联系联盟秘书处。", "Ask the alliance's secretariat.")
_ASK_MEMBER = Label("请联系所在成员的领导或管理员。", "Ask your member's leader or administrator.")


def _rule(zh: str, en: str, *roles: tuple[str, str], ask: Label = _ASK_SECRETARIAT, key_scope: str = "") -> Rule:
    return Rule(Label(zh, en), frozenset(roles), ask, key_scope)


RULES: dict[str, Rule] = {
    "charter.change": _rule("修改章程和任职", "change the charter and offices", _PLATFORM, _SECRETARIAT),
    # Calling meetings, opening and closing votes, examining applications. The platform runs machines, not councils.
    "council.run": _rule("主持理事会事务", "run the council's business", _SECRETARIAT),
    "motion.propose": _rule(
        "提出议案", "propose a motion", _SECRETARIAT, _LEADER, _ADMIN, _LIAISON, _REPRESENTATIVE, ask=_ASK_MEMBER
    ),
    "motion.speak": _rule(
        "参加讨论", "take part in the discussion", _SECRETARIAT, _CHAIR, _LEADER, _ADMIN, _LIAISON, _REPRESENTATIVE,
        ask=_ASK_MEMBER,
    ),
    "vote.cast": _rule("代表成员表决", "vote for the member", _LEADER, _ADMIN, _REPRESENTATIVE, ask=_ASK_MEMBER),
    "duty.give": _rule("分派任务", "give duties", _SECRETARIAT),
    "duty.report": _rule("报告办理情况", "report on the duty", _SECRETARIAT, _LEADER, _ADMIN, _LIAISON, ask=_ASK_MEMBER),
    "application.examine": _rule("出具初审意见", "give an opinion on an application", _SECRETARIAT, _ADMIN, _LIAISON),
    "membership.rest": _rule("暂停或恢复成员资格", "suspend or restore a membership", _SECRETARIAT),
    "training.hold": _rule("组织培训", "hold trainings", _PLATFORM, _SECRETARIAT),
    "case.hand_over": _rule(
        "交接工作", "hand over cases", (ONESELF, PLATFORM), _PLATFORM, _SECRETARIAT, _ADMIN, ask=_ASK_MEMBER
    ),
    "officers.figures": _rule("查看联络员年度成果", "see what officers brought about", _SECRETARIAT, _CHAIR, _LEADER, _ADMIN),
    "exchange.write": _rule(
        "登记交流", "record exchanges", _SECRETARIAT, _ADMIN, _LIAISON, _EDITOR, ask=_ASK_MEMBER, key_scope="exchanges:write"
    ),
}  # fmt: skip


def may(viewer: Viewer, verb: str, where: Place) -> bool:
    """Whether `viewer` may do `verb` to something that stands at `where`."""
    rule = RULES[verb]
    if viewer.is_system:
        return True
    if viewer.key_scopes is not None and (not rule.key_scope or rule.key_scope not in viewer.key_scopes):
        return False
    for role, scope in rule.roles:
        if role == ONESELF:
            if viewer.user_id is not None and viewer.user_id == where.user_id:
                return True
        elif any(viewer.has_role(role, scope, scope_id) for scope_id in where.ids(scope)):
            return True
    return False


def demand(viewer: Viewer, verb: str, where: Place) -> None:
    """Raise NotAllowed, saying whom to ask, unless `viewer` may."""
    if may(viewer, verb, where):
        return
    rule = RULES[verb]
    raise NotAllowed(f"您没有权限{rule.deed.zh}。{rule.ask.zh}", f"You may not {rule.deed.en}. {rule.ask.en}")
