"""Who may do what at events: one table of verbs against roles, in the manner of `members.rules`."""

from __future__ import annotations

from duijie.core.access import ALLIANCE, MEMBER, ORGANISATION, Viewer
from duijie.core.errors import NotAllowed
from duijie.core.language import Label
from duijie.meet.models import Event, Registration
from duijie.meet.models.events import PLANNERS_OF_ALLIANCE, PLANNERS_OF_MEMBER
from duijie.members.models import Alliance, Member, Organisation
from duijie.members.places import with_parents
from duijie.members.rules import Place, Rule

_PLANNERS = frozenset({(r, MEMBER) for r in PLANNERS_OF_MEMBER} | {(r, ALLIANCE) for r in PLANNERS_OF_ALLIANCE})
_SPEAKERS = frozenset({("organisation", ORGANISATION), ("liaison", MEMBER), ("member_admin", MEMBER)})
_ASK_HOST = Label(
    "请联系主办成员的活动策划或联盟秘书处。", "Ask the host's event planner or the alliance's secretariat."
)
_ASK_OWN = Label(
    "请联系本单位的代表或所在成员的联络员。", "Ask your organisation's representative or your liaison officer."
)

RULES: dict[str, Rule] = {
    "event.plan": Rule(Label("筹备这个活动", "plan this event"), _PLANNERS, _ASK_HOST, "events:write"),
    # Who helps at the door also marks who came; editors of the host do.
    "event.help": Rule(Label("办理签到", "check people in"), _PLANNERS | {("editor", MEMBER)}, _ASK_HOST, "events:write"),
    "event.speak": Rule(Label("代表这家单位参会", "act for this participant"), _SPEAKERS, _ASK_OWN, "events:write"),
}  # fmt: skip


def place_of_event(event: Event) -> Place:
    """An event stands with its host and with its alliance and those above."""
    alliances = with_parents([event.alliance_id]) if event.alliance_id else frozenset()
    return Place(alliances=alliances, members=frozenset({event.host_member_id}))


def place_of_new(member: Member, alliance: Alliance | None) -> Place:
    alliances = with_parents([alliance.pk]) if alliance else frozenset()
    return Place(alliances=alliances, members=frozenset({member.pk}))


def _may(viewer: Viewer, verb: str, where: Place) -> bool:
    rule = RULES[verb]
    if viewer.is_system:
        return True
    if viewer.key_scopes is not None:
        if rule.key_scope not in viewer.key_scopes:
            return False
        # A key is an editor of its member or the voice of its organisation; with the scope it may what they may.
        held = {("editor", MEMBER), ("organisation", ORGANISATION)}
    else:
        held = set(rule.roles)
    return any(viewer.has_role(role, scope, n) for role, scope in held for n in where.ids(scope))


def may_plan(viewer: Viewer, event: Event) -> bool:
    return _may(viewer, "event.plan", place_of_event(event))


def may_help(viewer: Viewer, event: Event) -> bool:
    return _may(viewer, "event.help", place_of_event(event))


def may_speak(viewer: Viewer, organisation: Organisation) -> bool:
    """Whether the viewer speaks for an organisation: its representatives, the liaisons of its home member."""
    where = Place(members=frozenset({organisation.home_member_id}), organisations=frozenset({organisation.pk}))
    return _may(viewer, "event.speak", where)


def may_speak_for(viewer: Viewer, registration: Registration) -> bool:
    return may_speak(viewer, registration.organisation)


def _refusal(verb: str) -> NotAllowed:
    rule = RULES[verb]
    return NotAllowed(f"您没有权限{rule.deed.zh}。{rule.ask.zh}", f"You may not {rule.deed.en}. {rule.ask.en}")


def demand_plan(viewer: Viewer, event: Event) -> None:
    """Raise NotAllowed unless the viewer plans the event."""
    if not may_plan(viewer, event):
        raise _refusal("event.plan")


def demand_plan_new(viewer: Viewer, member: Member, alliance: Alliance | None) -> None:
    if not _may(viewer, "event.plan", place_of_new(member, alliance)):
        raise _refusal("event.plan")


def demand_help(viewer: Viewer, event: Event) -> None:
    if not may_help(viewer, event):
        raise _refusal("event.help")


def demand_speak(viewer: Viewer, organisation: Organisation) -> None:
    if not may_speak(viewer, organisation):
        raise _refusal("event.speak")
