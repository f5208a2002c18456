"""Who may: one table of deeds against the roles that may do them, and whom everybody else asks."""

from __future__ import annotations

from dataclasses import dataclass

from duijie.core.access import MEMBER, Viewer
from duijie.core.errors import NotAllowed
from duijie.core.language import Label
from duijie.members.models import Member


@dataclass(frozen=True)
class Deed:
    """What is done; the roles in the member that may; whether the platform's administrator may too; the scope of a key."""

    words: Label
    roles: frozenset[str]
    platform: bool
    ask: Label
    key_scope: str = ""


_ASK_MEMBER = Label(
    "请联系所在园区或城市的成员管理员、联络员。", "Ask the administrator or liaison officer of the member."
)
_ASK_PLATFORM = Label("请联系平台管理员。", "Ask the platform's administrator.")
_OFFICERS = frozenset({"member_admin", "liaison"})

DEEDS: dict[str, Deed] = {
    "source.write": Deed(Label("管理数据来源", "manage sources"), _OFFICERS, True, _ASK_MEMBER, "sources:write"),
    "interface.write": Deed(Label("修改成员接口", "change the member's interface"), _OFFICERS, True, _ASK_MEMBER),
    "peer.write": Deed(Label("管理互联平台", "manage other nodes"), frozenset(), True, _ASK_PLATFORM),
}


def may(viewer: Viewer, verb: str, member: Member | None = None) -> bool:
    """Whether `viewer` may do `verb` (at `member`, where it has a place)."""
    deed = DEEDS[verb]
    if viewer.is_system:
        return True
    if viewer.key_scopes is not None:
        own = member is not None and viewer.has_role("editor", MEMBER, member.pk)
        return own and bool(deed.key_scope) and deed.key_scope in viewer.key_scopes
    if deed.platform and viewer.is_platform:
        return True
    return member is not None and viewer.has_role(deed.roles, MEMBER, member.pk)


def demand(viewer: Viewer, verb: str, member: Member | None = None) -> None:
    """Raise NotAllowed, saying whom to ask, unless `viewer` may."""
    if not may(viewer, verb, member):
        deed = DEEDS[verb]
        raise NotAllowed(f"您没有权限{deed.words.zh}。{deed.ask.zh}", f"You may not {deed.words.en}. {deed.ask.en}")
