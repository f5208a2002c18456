"""A council of an alliance for the tests: five members, the leader of each, a secretary, a charter."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.schema import parse
from duijie.govern import actions
from duijie.govern.models import Motion, Seat
from duijie.govern.schemas import CharterRecord, MotionRecord
from duijie.members.models import Alliance, Member
from tests.factories import make_alliance, make_member, make_user, viewer

TODAY = timezone.localdate()


class Council:
    """five: how many members; charter: what its charter says beside the usual."""

    def __init__(self, five: int = 5, **charter: Any) -> None:
        self.alliance: Alliance = make_alliance("五区联盟", slug="five")
        self.members: list[Member] = [
            make_member(f"{c}区", slug=f"{c}qu", alliances=[self.alliance], standing="founder")
            for c in "abcdefghij"[:five]
        ]
        self.leaders = [make_user("leader", m, name=f"{m}领导") for m in self.members]
        self.secretary_user = make_user("secretariat", self.alliance, name="许秘书")
        values = {"title": "章程", "effective_on": "2020-01-01", **charter}
        self.charter = actions.adopt_charter(
            actor=self.secretary, alliance=self.alliance, record=parse(CharterRecord, values)
        )

    @property
    def secretary(self) -> Viewer:
        return viewer(self.secretary_user)

    def leader(self, number: int) -> Viewer:
        return viewer(self.leaders[number])

    def motion(self, *, kind: str = "other", ballot: str = "open", **more: Any) -> Motion:
        record = parse(
            MotionRecord, {"kind": kind, "title": "举办大会", "text": "明年举办大会。", "ballot": ballot, **more}
        )
        return actions.propose_motion(actor=self.secretary, alliance=self.alliance, record=record)

    def opened(self, **more: Any) -> Motion:
        return actions.open_vote(actor=self.secretary, motion=self.motion(**more), last_day=TODAY + timedelta(days=7))

    def seats(self, motion: Motion) -> list[str]:
        return [s.key for s in Seat.objects.unscoped("test").filter(motion=motion)]

    def vote(self, motion: Motion, choices: str) -> list[list[str]]:
        """ "yyn-": how each of the first members votes; " " for one that does not."""
        words = {"y": "yes", "n": "no", "-": "abstain"}
        return [
            actions.cast_vote(actor=self.leader(n), motion=motion, seat=f"m{self.members[n].pk}", choice=words[c])
            for n, c in enumerate(choices)
            if c != " "
        ]

    def over(self, motion: Motion) -> None:
        Motion.objects.unscoped("test").filter(pk=motion.pk).update(deadline=timezone.now() - timedelta(seconds=1))

    def closed(self, motion: Motion) -> Motion:
        self.over(motion)
        assert actions.close_due() == 1
        return Motion.objects.unscoped("test").get(pk=motion.pk)

    def day(self, days: int) -> date:
        return TODAY + timedelta(days=days)
