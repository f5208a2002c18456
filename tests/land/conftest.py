"""Two allied members, their people, and a deal and a project of the first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest

from duijie.core.access import Viewer
from duijie.core.measures import Question, measure
from duijie.core.schema import parse
from duijie.land import actions
from duijie.land.models import Deal, Project
from duijie.land.schemas import DealRecord, FigureRecord, MoveRecord, ProjectRecord
from duijie.members.models import Member
from tests.factories import make_alliance, make_member, make_user, viewer

D = dt.date
YEARS = (D(2015, 1, 1), D(2026, 12, 31))


@dataclass
class Land:
    """A small world: `own` with its officers, an ally, an outsider."""

    own: Member
    ally: Member
    outside: Member
    liaison: Viewer
    admin: Viewer
    editor: Viewer
    ally_liaison: Viewer
    outsider: Viewer

    def deal(self, title: str = "光伏组件回收产线", **more: Any) -> Deal:
        values: dict[str, Any] = {
            "title": title,
            "kind": "investment",
            "origin": "上海",
            "stage_on": "2017-01-03",
            **more,
        }
        return actions.create_deal(actor=self.liaison, member=self.own, record=parse(DealRecord, values))

    def move(self, deal: Deal, stage: str, on: str, **more: Any) -> Deal:
        kind = {
            "signed": "contract", "registered": "registration", "construction": "permit", "completed": "acceptance",
            "production": "production", "full_output": "report", "intent": "note",
        }.get(stage, "reason")  # fmt: skip
        record = parse(MoveRecord, {"stage": stage, "effective_on": on, kind: "依据 1 号", **more})
        return actions.move_deal(actor=self.liaison, deal=deal, record=record)

    def project(self, name: str = "异质结电池项目", *, member: Member | None = None, **more: Any) -> Project:
        values: dict[str, Any] = {"name": name, "origin": "上海", "total": "1亿元", "signed_on": "2017-03-01", **more}
        actor = self.liaison if member in (None, self.own) else self.ally_liaison
        return actions.create_project(actor=actor, member=member or self.own, record=parse(ProjectRecord, values))

    def figure(self, project: Project, amount: str, month: str = "2017-05", kind: str = "实到资金", **more: Any) -> str:
        record = parse(FigureRecord, {"kind": kind, "amount": amount, "month": month, **more})
        actor = self.liaison if project.owner_member_id == self.own.pk else self.ally_liaison
        return actions.record_figure(actor=actor, project=project, record=record)[1]


@pytest.fixture
def land(db: None) -> Land:
    alliance = make_alliance()
    own = make_member("秀洲高新区", alliances=[alliance], slug="xz", region="330411")
    ally = make_member("平湖市", alliances=[alliance], slug="ph", region="330482")
    outside = make_member("某县", slug="far", region="370000")
    return Land(
        own, ally, outside, viewer("liaison", own), viewer("member_admin", own), viewer("editor", own),
        viewer("liaison", ally), viewer(make_user("liaison", outside)),
    )  # fmt: skip


def asked(code: str, start: dt.date = YEARS[0], end: dt.date = YEARS[1], **more: Any) -> int:
    """The value of a measure."""
    return measure(f"land.{code}").value(Question(start, end, **more))
