"""An event with six firms, four tables and four slots, for the tests of meetings and their pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.events import dispatch_all
from duijie.core.jobs import run_all
from duijie.core.schema import parse
from duijie.meet import actions, schemas
from duijie.meet.models import Draft, Event, Registration
from duijie.members.models import Organisation, User
from tests.factories import make_alliance, make_member, make_organisation, make_user, viewer


def work() -> None:
    """What the worker does in an installation."""
    for _ in range(3):
        run_all()
        dispatch_all()


class Scene:
    """host plans; firms A to F come, each with one person who signs in."""

    def __init__(self, *, firms: int = 6, tables: int = 3, days_ahead: int = 10, **values: Any) -> None:
        self.alliance = make_alliance("长江流域园区合作联盟")
        self.host = make_member("嘉兴南湖高新区", alliances=[self.alliance])
        self.planner_user: User = make_user("event_planner", self.host, name="会务员")
        self.planner: Viewer = viewer(self.planner_user)
        self.day = timezone.localdate() + dt.timedelta(days=days_ahead)
        data = {
            "kind": "matchmaking", "title": "园区项目对接会", "alliance": self.alliance.slug, "starts_on": self.day,
            "wishes_until": self.day - dt.timedelta(days=1), "approval_needed": False, "venue": "南湖会议中心",
        } | values  # fmt: skip
        record = parse(schemas.EventRecord, data)
        self.event: Event = actions.create_event(actor=self.planner, member=self.host, record=record)
        if tables:
            self.add_tables(tables)
            self.add_slots()
        self.event = actions.publish_event(actor=self.planner, event=self.event)
        self.firms: list[Organisation] = []
        self.people: list[User] = []
        self.comers: list[Registration] = []
        for number in range(firms):
            self.come(f"{'甲乙丙丁戊己庚辛壬癸'[number]}号公司")
        work()

    def add_tables(self, count: int, **values: Any) -> None:
        plan = parse(schemas.PlacePlan, {"count": count, "capacity": 4, "kind": "洽谈桌", "area": "A厅"} | values)
        actions.add_places(actor=self.planner, event=self.event, plan=plan)

    def add_slots(self, first: str = "09:00", last: str = "10:40", session: str = "上午") -> None:
        plan = parse(schemas.SlotPlan, {"day": self.day, "first": first, "last": last, "session": session})
        actions.add_slots(actor=self.planner, event=self.event, plan=plan)

    def come(self, name: str) -> Registration:
        firm = make_organisation(name, member=self.host)
        person = make_user("organisation", firm, name=f"{name[0]}代表")
        data = {
            "organisation": firm.uid, "representatives": f"{person.name}/经理/{person.username}", "kind": "企业",
            "brings": f"{name}的设备", "seeks": "合作伙伴",
        }  # fmt: skip
        registration = actions.register(
            actor=viewer(person), event=self.event, record=parse(schemas.RegistrationRecord, data)
        )
        self.firms.append(firm)
        self.people.append(person)
        self.comers.append(registration)
        return registration

    def viewer(self, number: int) -> Viewer:
        return viewer(self.people[number])

    def wish(self, one: int, other: int, level: str = "want", **more: Any) -> Any:
        record = parse(schemas.WishRecord, {"wanted": self.comers[other].uid, "level": level} | more)
        wisher = Registration.objects.select_related("event", "organisation").get(pk=self.comers[one].pk)
        return actions.make_wish(actor=self.viewer(one), wisher=wisher, record=record)

    def arrange(self, **values: Any) -> Draft:
        kept = {name: values.pop(name) for name in ("based_on", "part_slots", "part") if name in values}
        record = parse(schemas.ArrangeRecord, {"scale": 0.1} | values)
        draft = actions.start_draft(actor=self.planner, event=self.event, record=record, **kept)
        work()
        draft.refresh_from_db()
        return draft

    def published(self) -> Draft:
        """Mutual wishes of neighbours, arranged and published."""
        for one, other in ((0, 1), (1, 0), (2, 3), (3, 2), (4, 5), (5, 4), (0, 2), (1, 3), (3, 5)):
            if max(one, other) < len(self.comers):
                self.wish(one, other)
        draft = self.arrange()
        actions.publish_draft(actor=self.planner, draft=draft)
        self.event = Event.objects.unscoped("test").get(pk=self.event.pk)
        work()
        draft.refresh_from_db()
        return draft
