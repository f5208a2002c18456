"""Who may: one table of verbs against roles in scopes, and pure functions over it.

An action says which place a record stands in (its alliances, members, organisations); a rule names the roles that may do the
verb and in which of those scopes they must be held. An API key may only do the verbs that its scopes open. Everything here
works on the Viewer alone: no database.
"""

from __future__ import annotations

from dataclasses import dataclass

from duijie.core.access import ALLIANCE, MEMBER, ORGANISATION, PLATFORM, Viewer
from duijie.core.errors import NotAllowed
from duijie.core.language import Label


@dataclass(frozen=True)
class Place:
    """Where a record stands: the ids of the alliances, members and organisations that it belongs to."""

    alliances: frozenset[int] = frozenset()
    members: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    user_id: int | None = None

    def ids(self, scope: str) -> frozenset[int]:
        if scope == PLATFORM:
            return frozenset({0})
        return {ALLIANCE: self.alliances, MEMBER: self.members, ORGANISATION: self.organisations}[scope]


def place(
    *,
    alliances: object = (),
    members: object = (),
    organisations: object = (),
    user_id: int | None = None,
) -> Place:
    """A Place from any iterables of ids."""
    return Place(frozenset(alliances), frozenset(members), frozenset(organisations), user_id)  # type: ignore[call-overload]


SIGNED_IN, ONESELF = "signed_in", "oneself"
_PLATFORM = ("platform", PLATFORM)
_SECRETARIAT = ("secretariat", ALLIANCE)
_MEMBER_ADMIN = ("member_admin", MEMBER)
_LIAISON = ("liaison", MEMBER)
_EDITOR = ("editor", MEMBER)
_REPRESENTATIVE = ("organisation", ORGANISATION)
_ASK_PLATFORM = Label("请联系平台管理员。", "Ask the platform's administrator.")
_ASK_SECRETARIAT = Label("请联系联盟秘书处。", "Ask the alliance's secretariat.")
_ASK_MEMBER = Label(
    "请联系所在园区或城市的联络员、成员管理员。", "Ask the liaison officer or administrator of your park or city."
)


@dataclass(frozen=True)
class Rule:
    """What is done, the roles that may, and whom everybody else asks."""

    deed: Label
    roles: frozenset[tuple[str, str]]
    ask: Label
    key_scope: str = ""  # the scope with which an API key may; empty: no key may


def _rule(zh: str, en: str, *roles: tuple[str, str], ask: Label, key_scope: str = "") -> Rule:
    return Rule(Label(zh, en), frozenset(roles), ask, key_scope)


RULES: dict[str, Rule] = {
    "alliance.found": _rule("成立联盟", "found an alliance", _PLATFORM, ask=_ASK_PLATFORM),
    # A sub-alliance is founded in the place of its parent.
    "alliance.found_sub": _rule(
        "成立子联盟", "found a sub-alliance", _PLATFORM, _SECRETARIAT, ask=_ASK_SECRETARIAT
    ),
    "alliance.change": _rule("修改联盟资料", "change the alliance", _PLATFORM, _SECRETARIAT, ask=_ASK_SECRETARIAT),
    "member.create": _rule("登记成员", "register a member", _PLATFORM, _SECRETARIAT, ask=_ASK_SECRETARIAT),
    "member.admit": _rule("接纳成员", "admit a member", _PLATFORM, _SECRETARIAT, ask=_ASK_SECRETARIAT),
    "member.change": _rule(
        "修改成员资料", "change the member", _PLATFORM, _SECRETARIAT, _MEMBER_ADMIN, ask=_ASK_MEMBER
    ),
    "organisation.register": _rule(
        "登记单位", "register an organisation", (SIGNED_IN, PLATFORM),
        ask=Label("请先登录或注册账号。", "Sign in or create an account first."),
    ),
    "organisation.change": _rule(
        "修改单位资料", "change the organisation", _PLATFORM, _MEMBER_ADMIN, _LIAISON, _EDITOR, _REPRESENTATIVE,
        ask=_ASK_MEMBER, key_scope="organisations:write",
    ),
    "organisation.upsert": _rule(
        "批量登记单位", "write organisations", _PLATFORM, _MEMBER_ADMIN, _LIAISON, _EDITOR,
        ask=_ASK_MEMBER, key_scope="organisations:write",
    ),
    "organisation.verify": _rule(
        "核验单位", "verify an organisation", _MEMBER_ADMIN, _LIAISON, ask=_ASK_MEMBER
    ),
    "organisation.see": _rule(
        "查看单位", "see the organisation", _PLATFORM, _SECRETARIAT, _MEMBER_ADMIN, _LIAISON, _EDITOR, _REPRESENTATIVE,
        ask=_ASK_MEMBER, key_scope="organisations:read",
    ),
    "people.see": _rule(
        "查看人员", "see the people", _PLATFORM, _SECRETARIAT, _MEMBER_ADMIN, _LIAISON, _EDITOR, _REPRESENTATIVE,
        ("leader", MEMBER), ("approver", MEMBER), ("event_planner", MEMBER), ask=_ASK_MEMBER,
    ),
    "contact.read": _rule(
        "查看联系方式", "read contact data", (ONESELF, PLATFORM), _PLATFORM, _SECRETARIAT, _MEMBER_ADMIN, _LIAISON,
        _REPRESENTATIVE, ask=_ASK_MEMBER,
    ),
    "account.change": _rule(
        "修改账号", "change the account", (ONESELF, PLATFORM), ask=Label("请由本人修改。", "Its owner may.")
    ),
    "account.close": _rule(
        "停用账号", "close the account", (ONESELF, PLATFORM), _PLATFORM, ask=_ASK_PLATFORM
    ),
    "account.erase": _rule(
        "删除个人信息", "erase personal data", (ONESELF, PLATFORM), _PLATFORM, ask=_ASK_PLATFORM
    ),
    "key.create": _rule(
        "管理接口密钥", "manage API keys", _PLATFORM, _MEMBER_ADMIN, _LIAISON, _REPRESENTATIVE, ask=_ASK_MEMBER
    ),
    "agreement.sign": _rule(
        "登记协议", "record an agreement", _PLATFORM, _SECRETARIAT, _MEMBER_ADMIN, _LIAISON, ask=_ASK_MEMBER
    ),
    "rota.plan": _rule("安排轮值", "plan the rota", _PLATFORM, _SECRETARIAT, ask=_ASK_SECRETARIAT),
    # What a member wants, offers to swap, or hands over: its own people, or the secretariat for it.
    "rota.take_part": _rule(
        "代表成员办理轮值事项", "act for the member in the rota", _PLATFORM, _SECRETARIAT, _MEMBER_ADMIN, _LIAISON, ("leader", MEMBER),
        ask=_ASK_MEMBER,
    ),
    "absence.name": _rule(
        "登记休假和代理", "name a substitute", (ONESELF, PLATFORM), _PLATFORM, _SECRETARIAT, _MEMBER_ADMIN, ask=_ASK_MEMBER
    ),
    "audit.read": _rule(
        "查看操作记录", "read the audit trail", _PLATFORM, _SECRETARIAT, _MEMBER_ADMIN,
        ("auditor", PLATFORM), ("auditor", ALLIANCE), ("auditor", MEMBER), ask=_ASK_SECRETARIAT,
    ),
    "jobs.see": _rule("查看任务", "see the jobs", _PLATFORM, ask=_ASK_PLATFORM),
}  # fmt: skip

# Where each role can be held.
ROLE_SCOPES: dict[str, frozenset[str]] = {
    "platform": frozenset({PLATFORM}),
    "secretariat": frozenset({ALLIANCE}),
    "leader": frozenset({ALLIANCE, MEMBER}),
    "member_admin": frozenset({MEMBER}),
    "liaison": frozenset({MEMBER}),
    "editor": frozenset({MEMBER}),
    "event_planner": frozenset({ALLIANCE, MEMBER}),
    "approver": frozenset({ALLIANCE, MEMBER}),
    "auditor": frozenset({PLATFORM, ALLIANCE, MEMBER}),
    "organisation": frozenset({ORGANISATION}),
    "expert": frozenset({ORGANISATION}),
    "investor": frozenset({ORGANISATION}),
    "citizen": frozenset({PLATFORM}),
}

_OF_ORGANISATION = frozenset({"organisation", "expert", "investor"})
_OF_MEMBER = frozenset({"member_admin", "liaison", "editor", "event_planner", "approver", "auditor", "leader"})
# (role held, its scope) -> {scope of the grant: roles that may be given and taken there}. None goes above its giver.
MAY_GRANT: dict[tuple[str, str], dict[str, frozenset[str]]] = {
    _PLATFORM: {scope: frozenset(r for r, s in ROLE_SCOPES.items() if scope in s) for scope in (PLATFORM, ALLIANCE, MEMBER, ORGANISATION)},
    _SECRETARIAT: {
        ALLIANCE: frozenset({"secretariat", "leader", "event_planner", "approver", "auditor"}),
        MEMBER: frozenset({"member_admin", "liaison"}),
    },
    _MEMBER_ADMIN: {MEMBER: _OF_MEMBER, ORGANISATION: _OF_ORGANISATION},
    _LIAISON: {ORGANISATION: _OF_ORGANISATION},
    _REPRESENTATIVE: {ORGANISATION: _OF_ORGANISATION},
}  # fmt: skip


def may(viewer: Viewer, verb: str, where: Place) -> bool:
    """Whether `viewer` may do `verb` to something that stands at `where`."""
    rule = RULES[verb]
    if viewer.is_system:
        return True
    if viewer.key_scopes is not None and (not rule.key_scope or rule.key_scope not in viewer.key_scopes):
        return False
    for role, scope in rule.roles:
        if role == SIGNED_IN:
            if viewer.user_id is not None:
                return True
        elif role == ONESELF:
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


def may_grant(viewer: Viewer, role: str, scope: str, where: Place) -> bool:
    """Whether `viewer` may give `role` in `scope` at `where` (or take it away): never above nor outside an own role."""
    if viewer.is_system:
        return True
    if viewer.key_scopes is not None or scope not in ROLE_SCOPES.get(role, frozenset()):
        return False
    return any(
        role in gives.get(scope, frozenset())
        and any(viewer.has_role(own_role, own_scope, scope_id) for scope_id in where.ids(own_scope))
        for (own_role, own_scope), gives in MAY_GRANT.items()
    )


def demand_grant(viewer: Viewer, role: str, scope: str, where: Place) -> None:
    """Raise NotAllowed unless `viewer` may give or take this role."""
    if not may_grant(viewer, role, scope, where):
        raise NotAllowed(
            f"您不能授予或收回这个角色：只能管理自己范围内、不高于自己的角色。{_ASK_MEMBER.zh}",
            f"You may not give or take this role: only roles in your own scope and not above your own. {_ASK_MEMBER.en}",
        )


def grantable_roles(viewer: Viewer, scope: str, where: Place) -> list[str]:
    """The roles that `viewer` may give there, in the order of the table."""
    return [role for role in ROLE_SCOPES if may_grant(viewer, role, scope, where)]
