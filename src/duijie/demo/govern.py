"""How the alliance is run in the demonstration region: charter, rota, a decided admission, an open motion, officers, exchanges."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from duijie.core.access import SYSTEM, Viewer
from duijie.core.schema import parse
from duijie.demo.people import PASSWORD
from duijie.demo.reading import _parsed, dated
from duijie.govern import actions
from duijie.govern.carrying import carry_out
from duijie.govern.models import BudgetLine, Motion, Resolution
from duijie.govern.schemas import (
    ApplicationRecord,
    AttendanceRow,
    BudgetLineRecord,
    CharterRecord,
    DutyRecord,
    ExchangeRecord,
    MotionRecord,
    OfficeRecord,
    TrainingRecord,
)
from duijie.members import actions as members
from duijie.members.models import Agreement, Alliance, Member, Organisation, User
from duijie.members.schemas import AbsenceRecord, ObligationRecord, PersonRecord, RotaRecord, RotaWishRecord
from duijie.members.viewers import viewer_of

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN = ("思远", "雨桐", "明哲", "静怡", "浩然", "婉清", "志远", "晓岚", "俊杰", "若曦", "建平", "海燕")
PDF = b"%PDF-1.4\n%%EOF\n"


def load(*, tell: Callable[[str], object], today: dt.date) -> None:
    """Load the chapter; see data/govern.yaml."""
    found = dated(_parsed("govern.yaml"), today)
    alliance = Alliance.objects.get(slug="yangtze-parks")
    secretary = _viewer("mishu")
    _rules(found, alliance, secretary)
    leaders = _leaders(found)
    _rota(found, alliance, secretary, today)
    _motions(found, alliance, secretary, leaders, today)
    _admission(found, alliance, secretary, leaders)
    _officers(found, alliance, secretary)
    for values in found["exchanges"]:
        actions.plan_exchange(actor=SYSTEM, record=parse(ExchangeRecord, values))
    _agreements(found, today)
    for row in found["firms"]:
        members.admit_organisation(
            actor=SYSTEM, alliance=Alliance.objects.get(slug=row["alliance"]), since=dt.date(2024, 3, 1),
            organisation=Organisation.objects.get(external_id=row["organisation"]),
            standing={"发起单位": "founder", "成员单位": "member", "观察员": "observer"}[row["standing"]],
        )  # fmt: skip
    tell(
        f"联盟机制 governance: {Resolution.objects.count()} 决议 resolutions, {len(found['exchanges'])} 交流 exchanges"
    )


def _viewer(username: str) -> Viewer:
    return viewer_of(User.objects.get(username=username))


def _rules(found: dict[str, Any], alliance: Alliance, secretary: Viewer) -> None:
    actions.adopt_charter(actor=secretary, alliance=alliance, record=parse(CharterRecord, found["charter"]))
    for values in found["offices"]:
        actions.appoint(actor=secretary, alliance=alliance, record=parse(OfficeRecord, values))


def _leaders(found: dict[str, Any]) -> dict[str, Viewer]:
    """Who votes for each founder: the leaders that are there, and those of this chapter."""
    password = make_password(PASSWORD)
    viewers = {"zhangjiang": _viewer("zhangjiang-leader")}
    for row in found["leaders"]:
        record = parse(
            PersonRecord,
            {"name": row["name"], "username": row["username"], "title": "分管领导", "email": f"{row['username']}@demo.duijie.example.cn"},
        )  # fmt: skip
        person = members.create_person(actor=SYSTEM, record=record, password=password, encoded=True)
        member = Member.objects.get(slug=row["member"])
        members.grant_role(actor=SYSTEM, person=person, role="leader", scope="member", scope_id=member.pk)
        viewers[row["member"]] = viewer_of(person)
    return viewers


def _rota(found: dict[str, Any], alliance: Alliance, secretary: Viewer, today: dt.date) -> None:
    values = dict(found["rota"])
    rounds = values.pop("rounds")
    rota = members.set_up_rota(actor=secretary, alliance=alliance, record=parse(RotaRecord, values))
    members.plan_rota(actor=secretary, rota=rota, rounds=rounds, today=dt.date(2023, 12, 1))
    for wish in found["wishes"]:
        members.wish_rota(actor=secretary, rota=rota, record=parse(RotaWishRecord, wish))
    members.plan_rota(actor=secretary, rota=rota, rounds=rounds, today=today)


def _vote(motion: Motion, leaders: dict[str, Viewer], choices: dict[str, str]) -> None:
    for slug, choice in choices.items():
        seat = f"m{Member.objects.get(slug=slug).pk}"
        actions.cast_vote(actor=leaders[slug], motion=motion, seat=seat, choice=choice)


def _decided(motion: Motion, secretary: Viewer) -> Motion:
    """The vote is over: its time is set back, as it would be after the days of a real one."""
    Motion.objects.unscoped("the demonstration's days have passed").filter(pk=motion.pk).update(deadline=timezone.now())
    closed = actions.close_vote(actor=secretary, motion=motion)
    carry_out(closed)
    return closed


def _admission(found: dict[str, Any], alliance: Alliance, secretary: Viewer, leaders: dict[str, Viewer]) -> None:
    values = dict(found["application"])
    opinion = values.pop("opinion")
    papers = [
        actions.Paper(title, f"{title}.pdf", "application/pdf", [PDF]) for title in found["charter"]["required_papers"]
    ]
    application, _ = actions.apply_to_join(
        actor=Viewer(), alliance=alliance, record=parse(ApplicationRecord, values), papers=papers
    )
    actions.give_opinion(actor=_viewer("hefei-gaoxin"), application=application, text=opinion, favours=True)
    motion = actions.put_to_council(actor=secretary, application=application)
    motion = actions.open_vote(actor=secretary, motion=motion, last_day=timezone.localdate() + dt.timedelta(days=7))
    _vote(motion, leaders, dict.fromkeys(leaders, "yes"))
    _by_others(motion)
    _decided(motion, secretary)
    waiting = parse(ApplicationRecord, found["waiting_application"])
    actions.apply_to_join(actor=Viewer(), alliance=alliance, record=waiting, papers=papers[:2])


def _by_others(motion: Motion) -> None:
    """The members that joined later vote through their administrators."""
    for slug in ("jiaxing-etdz", "xiuzhou", "haiyan"):
        seat = f"m{Member.objects.get(slug=slug).pk}"
        actions.cast_vote(actor=_viewer(f"{slug}-admin"), motion=motion, seat=seat, choice="yes")


def _motions(
    found: dict[str, Any], alliance: Alliance, secretary: Viewer, leaders: dict[str, Viewer], today: dt.date
) -> None:
    event, budget = (
        actions.propose_motion(actor=secretary, alliance=alliance, record=parse(MotionRecord, values))
        for values in found["motions"]
    )
    last_day = timezone.localdate() + dt.timedelta(days=9)
    event = actions.open_vote(actor=secretary, motion=event, last_day=last_day)
    _vote(event, leaders, dict.fromkeys(leaders, "yes") | {"nanjing-gaoxin": "abstain"})
    _by_others(event)
    _decided(event, secretary)
    resolution = Resolution.objects.get(motion=event)
    Resolution.objects.filter(pk=resolution.pk).update(adopted_on=today - dt.timedelta(days=60))
    resolution.refresh_from_db()
    for row in found["duties"]:
        record = parse(DutyRecord, {"text": row["text"], "owner": row["owner"], "due_on": row["due"]})
        duty = actions.give_duty(actor=secretary, resolution=resolution, record=record)
        if row.get("done"):
            actions.report_duty(actor=secretary, duty=duty, status="done", report=row["report"])
    _earlier_budget(found, alliance, secretary, leaders)
    for values in found["budget_lines"]:
        actions.write_line(actor=secretary, motion=budget, record=parse(BudgetLineRecord, values))
    actions.add_paper(
        actor=secretary,
        motion=budget,
        chunks=[PDF],
        name="2027年度预算明细.pdf",
        media_type="application/pdf",
        title="预算明细",
    )
    actions.speak(
        actor=leaders["donghu"], motion=budget, text="建议把联络员培训由 40 万元提高到 50 万元，从其他费用调剂。"
    )
    budget = actions.open_vote(actor=secretary, motion=budget, last_day=last_day)
    _vote(budget, leaders, {"zhangjiang": "yes", "hefei-gaoxin": "yes"})


def _earlier_budget(found: dict[str, Any], alliance: Alliance, secretary: Viewer, leaders: dict[str, Viewer]) -> None:
    """A budget that was adopted, and a line of it that a later resolution amended."""
    last_day = timezone.localdate() + dt.timedelta(days=9)

    def decided(motion: dict[str, Any], lines: list[dict[str, Any]]) -> None:
        made = actions.propose_motion(actor=secretary, alliance=alliance, record=parse(MotionRecord, motion))
        for values in lines:
            actions.write_line(actor=secretary, motion=made, record=parse(BudgetLineRecord, values))
        opened = actions.open_vote(actor=secretary, motion=made, last_day=last_day)
        _vote(opened, leaders, dict.fromkeys(leaders, "yes"))
        _by_others(opened)
        _decided(opened, secretary)

    earlier, amended = found["earlier_budget"], found["amended_budget"]
    decided(earlier["motion"], earlier["lines"])
    line = BudgetLine.objects.unscoped("the demonstration amends it").get(item=amended["line"]["item"])
    decided(amended["motion"] | {"about": line.uid}, [amended["line"] | {"amends": line.uid}])


def _officers(found: dict[str, Any], alliance: Alliance, secretary: Viewer) -> None:
    slugs = list(alliance.memberships.order_by("pk").values_list("member__slug", flat=True))
    number = 0
    for values in found["trainings"]:
        count = values["count"]
        record = parse(TrainingRecord, {name: value for name, value in values.items() if name != "count"})
        training = actions.hold_training(actor=secretary, alliance=alliance, record=record)
        for _ in range(count):
            name = _SURNAMES[number % len(_SURNAMES)] + _GIVEN[number % len(_GIVEN)]
            row = parse(AttendanceRow, {"name": name, "member": slugs[number % len(slugs)], "attended": "是"})
            actions.enrol(actor=secretary, training=training, record=row)
            number += 1
        actions.certify(actor=secretary, training=training)
    members.name_substitute(actor=_viewer("nanhu"), record=parse(AbsenceRecord, found["absence"]))
    for row in found["messages"]:
        actions.write_to(actor=_viewer(row["from"]), receiver=User.objects.get(username=row["to"]), text=row["text"])


def _agreements(found: dict[str, Any], today: dt.date) -> None:
    for row in found["obligations"]:
        agreement = Agreement.objects.get(title=row["agreement"])
        record = parse(ObligationRecord, {"text": row["text"], "party": row["party"], "due_on": row["due"]})
        made = members.add_obligation(actor=SYSTEM, agreement=agreement, record=record)
        if row.get("report"):
            members.fulfil_obligation(actor=SYSTEM, obligation=made, report=row["report"])
