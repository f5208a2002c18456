"""What governing adds to the isolation matrix: motions, papers, a secret ballot, applications, people in exchanges and trainings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from duijie.core.access import SYSTEM
from duijie.core.schema import parse
from duijie.govern import actions
from duijie.govern.models import Application
from duijie.govern.schemas import (
    ApplicationRecord,
    AttendanceRow,
    BudgetLineRecord,
    CharterRecord,
    ExchangeRecord,
    MeetingRecord,
    MotionRecord,
    TrainingRecord,
)
from tests.factories import make_user, viewer

# Who sits in the council of the matrix's alliance: leaders, administrators and liaisons of its members, and its secretariat.
COUNCIL = {"liaison", "member_admin", "leader", "other_liaison", "secretariat"}
OWN_STAFF = {"liaison", "editor", "member_admin", "auditor", "leader", "key_own"}


def extend(world: Any, *, own: Any, other: Any, alliance: Any, firm: Any) -> None:
    from tests.web.matrix import Secret

    secretary = viewer(make_user("secretariat", alliance))
    charter = parse(CharterRecord, {"title": "章程", "effective_on": "2020-01-01"})
    actions.adopt_charter(actor=secretary, alliance=alliance, record=charter)
    words = iter(["驁麷", "鸞齾", "爨鬱", "籲鑱", "躞鼉", "驫鸝", "麣龤", "灥纞", "讟豔"])

    def secret(allowed: set[str]) -> str:
        word = next(words)
        world.secrets.append(Secret(word, allowed, ""))
        return word

    record = parse(MotionRecord, {"kind": "budget", "title": "预算", "text": "预算"})
    budget = actions.propose_motion(actor=secretary, alliance=alliance, record=record)
    line = {"year": timezone.localdate().year, "item": secret(COUNCIL), "amount": "1万元", "purpose": secret(COUNCIL)}
    actions.write_line(actor=secretary, motion=budget, record=parse(BudgetLineRecord, line))
    word = secret(COUNCIL)
    record = parse(MotionRecord, {"kind": "other", "title": f"{word}议案", "text": f"{word}内容"})
    motion = actions.propose_motion(actor=secretary, alliance=alliance, record=record)
    paper = actions.add_paper(
        actor=secretary, motion=motion, chunks=[secret(COUNCIL).encode()], name="a.txt", media_type="text/plain"
    )
    actions.speak(actor=secretary, motion=motion, text=f"{secret(COUNCIL)}看法")
    meeting_record = parse(
        MeetingRecord, {"title": f"{secret(COUNCIL)}会", "held_on": timezone.localdate().isoformat()}
    )
    meeting = actions.call_meeting(actor=secretary, alliance=alliance, record=meeting_record)
    actions.open_vote(actor=secretary, motion=motion, last_day=timezone.localdate() + timedelta(days=9))
    applied = secret(COUNCIL)
    application, link = actions.apply_to_join(
        actor=viewer(), alliance=alliance,
        record=parse(
            ApplicationRecord,
            {"name": f"{applied}市", "kind": "city", "reasons": applied, "contact_name": applied, "contact_email": "a@example.cn"},
        ),
        papers=[actions.Paper("单位简介", "a.pdf", "application/pdf", [applied.encode()])],
    )  # fmt: skip
    exchange = actions.plan_exchange(
        actor=SYSTEM,
        record=parse(
            ExchangeRecord,
            {"kind": "visit", "title": "互访", "sender": "own", "host": "别处", "first_day": "2026-01-05", "people": secret(OWN_STAFF)},
        ),
    )  # fmt: skip
    training = actions.hold_training(
        actor=secretary, alliance=alliance, record=parse(TrainingRecord, {"title": "培训", "held_on": "2026-01-05"})
    )
    trained = secret((OWN_STAFF | {"secretariat"}) - {"key_own"})
    actions.enrol(
        actor=SYSTEM,
        training=training,
        record=parse(AttendanceRow, {"name": trained, "member": "own", "attended": "是"}),
    )
    actions.certify(actor=SYSTEM, training=training)
    assert Application.objects.unscoped("the matrix").count() == 1
    world.values |= {
        "motion": [motion.uid, budget.uid], "application": [application.uid], "council-meeting": [meeting.uid], "exchange": [exchange.uid],
        "training": [training.uid], "secret": ["0" * 32], "paper": [str(paper.pk), str(application.papers.get().pk)],
    }  # fmt: skip
    assert link
