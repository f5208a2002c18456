"""What events add to the isolation matrix: wishes are secret to the other firms, notes to their own side, drafts to planners."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from duijie.core.access import SYSTEM
from duijie.core.jobs import run_all
from duijie.core.schema import parse
from duijie.meet import actions, schemas
from duijie.meet.models import Draft, Event, Meeting, Registration
from duijie.members.models import Member, Organisation
from tests.factories import viewer
from tests.web.matrix import Secret

OWN = {"firm", "liaison", "member_admin", "key_own"}
PLANNERS = {"liaison", "member_admin", "secretariat"}


def extend(world: Any, *, own: Member, other: Member, alliance: Any, firm: Organisation) -> None:
    """A matchmaking day of the own member: the firm and the other member's firm meet; each keeps something to itself."""
    event, sides = _event(world, own, other, alliance, firm)
    wish = parse(schemas.WishRecord, {"wanted": sides[2].uid, "level": "no", "message": "鼙鼗不想见"})
    actions.make_wish(actor=SYSTEM, wisher=sides[0], record=wish)
    for one, two in ((0, 1), (1, 0)):
        record = parse(schemas.WishRecord, {"wanted": sides[two].uid, "level": "want"})
        actions.make_wish(actor=SYSTEM, wisher=sides[one], record=record)
    draft = actions.start_draft(actor=SYSTEM, event=event, record=parse(schemas.ArrangeRecord, {"name": "黼黻草案"}))
    run_all()
    actions.publish_draft(actor=SYSTEM, draft=Draft.objects.get(pk=draft.pk))
    event = Event.objects.unscoped("the matrix").get(pk=event.pk)
    meeting = Meeting.objects.select_related("draft__event").get(draft=draft)
    note = parse(schemas.NoteRecord, {"rating": 4, "text": "饕餮价格可谈"})
    actions.keep_note(actor=viewer(world.users["firm"]), meeting=meeting, registration=sides[0], record=note)
    intent = actions.propose_intent(
        actor=viewer(world.users["firm"]), event=event, organisation=firm,
        record=parse(schemas.IntentRecord, {"other": sides[1].organisation.uid, "title": "魑魅意向"}),
    )  # fmt: skip
    world.secrets += [
        Secret("鼙鼗", {"firm", "liaison", "member_admin", "secretariat"}),
        Secret("黼黻", PLANNERS),
        Secret("饕餮", OWN - {"key_own"}),
        Secret("魑魅", OWN | PLANNERS | {"other_firm", "other_liaison", "leader"}),
    ]
    values = {
        "event": [event.uid], "registration_uid": [s.uid for s in sides], "draft_uid": [draft.uid], "meeting_uid": [meeting.uid],
        "intent_uid": [intent.uid], "registration": [s.uid for s in sides], "draft": [draft.uid], "intent": [intent.uid],
    }  # fmt: skip
    for name, known in values.items():
        world.values[name] = [*world.values.get(name, []), *known]


def _event(
    world: Any, own: Member, other: Member, alliance: Any, firm: Organisation
) -> tuple[Event, list[Registration]]:
    day = timezone.localdate() + dt.timedelta(days=9)
    data = {
        "kind": "matchmaking", "title": "矩阵对接会", "starts_on": day, "alliance": alliance.slug, "approval_needed": False,
        "wishes_until": day - dt.timedelta(days=1),
    }  # fmt: skip
    event = actions.create_event(actor=SYSTEM, member=own, record=parse(schemas.EventRecord, data))
    actions.publish_event(actor=SYSTEM, event=event)
    plan = {"day": day, "first": "09:00", "last": "10:00"}
    actions.add_slots(actor=SYSTEM, event=event, plan=parse(schemas.SlotPlan, plan))
    actions.add_places(actor=SYSTEM, event=event, plan=parse(schemas.PlacePlan, {"count": 2}))
    made = []
    for organisation in (firm, _of(world, "other_firm"), _of(world, "sister_firm")):
        record = parse(schemas.RegistrationRecord, {"organisation": organisation.uid, "representatives": "矩阵代表"})
        made.append(actions.register(actor=SYSTEM, event=event, record=record))
    ids = [r.pk for r in made]
    found = {r.pk: r for r in Registration.objects.select_related("event", "organisation").filter(pk__in=ids)}
    return Event.objects.unscoped("the matrix").get(pk=event.pk), [found[pk] for pk in ids]


def _of(world: Any, name: str) -> Organisation:
    return Organisation.objects.get(pk=world.users[name].role_grants.get().scope_id)
