"""The plans of the demonstration region: one whose years are over, with the targets that newspapers told of, and one that runs now."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from duijie.core.access import SYSTEM
from duijie.core.calendar import PeriodKind, period_of
from duijie.core.jobs import run_job
from duijie.core.measures import measures
from duijie.core.models import Job
from duijie.core.schema import parse
from duijie.demo.reading import _parsed
from duijie.members.models import Member, Organisation
from duijie.plan import actions
from duijie.plan.loading import load_plan
from duijie.plan.models import Plan
from duijie.plan.schemas import (
    ActualRecord,
    CallRecord,
    ReportRecord,
    StateRecord,
    SubmissionRecord,
    TargetRecord,
)

Tell = Callable[[str], object]
_DOCUMENT = ("plan", "periods", "items", "indicators", "baselines", "targets")


def load(*, tell: Tell = lambda line: None, today: dt.date | None = None) -> None:
    """Draft, approve and publish both plans; report, verify, call, amend in the one that runs; make its report of the last quarter."""
    day = today or dt.date.today()  # noqa: DTZ011 (callers pass the day)
    years = {"z": day.year - 2, "a": day.year - 1, "b": day.year, "c": day.year + 1}
    past = _published(_known(_parsed("plan.yaml")["past"]), years)
    actions.close_plan(actor=SYSTEM, plan=past)
    now = _published(_known(_parsed("plan.yaml")["now"]), years)
    _gather_projects(now, _filled(_parsed("plan.yaml")["now"], years), day)
    tell("行动计划 plans: 2")
    tell(f"成果报告 reports: {_report(now, day) + _report_of_2017(past)}")


def _filled(document: Any, years: dict[str, int]) -> Any:
    """The document with its years written in."""
    text = json.dumps(document, ensure_ascii=False)
    for letter, year in years.items():
        text = text.replace("{" + letter + "}", str(year))
    return json.loads(text)


def _known(document: dict[str, Any]) -> dict[str, Any]:
    """Without the indicators whose measure no app brings: an installation may be without one."""
    codes = {m.code for m in measures()}
    kept = [i for i in document["indicators"] if not i.get("measure") or i["measure"] in codes]
    names = {i["code"] for i in kept}
    return document | {
        "indicators": kept,
        "targets": [x for x in document["targets"] if x["indicator"] in names],
        "baselines": [x for x in document["baselines"] if x["indicator"] in names],
    }


def _published(document: dict[str, Any], years: dict[str, int]) -> Plan:
    filled = _filled(document, years)
    plan = load_plan(actor=SYSTEM, document={name: filled[name] for name in _DOCUMENT})
    actions.submit_plan(actor=SYSTEM, plan=plan)
    number = f"〔{filled['plan']['starts_on'][:4]}〕1 号"
    actions.approve_plan(actor=SYSTEM, plan=plan, resolution=number, note="领导会议第一次会议审议通过")
    plan = actions.publish_plan(actor=SYSTEM, plan=plan)
    for code, (state, note) in filled["states"].items():
        item = plan.items.get(code=code)
        actions.set_state(actor=SYSTEM, plan=plan, item=item, record=parse(StateRecord, {"state": state, "note": note}))
    for values in filled["actuals"]:
        row = actions.report_actual(actor=SYSTEM, plan=plan, record=parse(ActualRecord, values))
        actions.verify_actual(actor=SYSTEM, actual=row)
    for values in filled.get("waiting", []):
        actions.report_actual(actor=SYSTEM, plan=plan, record=parse(ActualRecord, values))
    return plan


def _gather_projects(plan: Plan, document: dict[str, Any], day: dt.date) -> None:
    """A call with what was submitted to it, and the amendment that took a project in and raised a target."""
    call_record = parse(CallRecord, document["call"] | {"opens_on": day - dt.timedelta(days=20), "closes_on": day + dt.timedelta(days=40)})  # fmt: skip
    call = actions.open_call(actor=SYSTEM, plan=plan, record=call_record)
    amendment = document["amendment"]
    plan = actions.open_amendment(actor=SYSTEM, plan=plan, reason=amendment["reason"])
    for values in document["submissions"]:
        given = {k: v for k, v in values.items() if k not in ("decline", "take_in")}
        if "organisation" in given:
            given["organisation"] = Organisation.objects.get(external_id=given["organisation"]).uid
        elif not Member.objects.filter(slug=given["member"]).exists():
            continue
        if "organisation" in given and not _inside(plan, given["organisation"]):
            continue
        row = actions.submit_project(actor=SYSTEM, call=call, record=parse(SubmissionRecord, given))
        if "decline" in values:
            actions.decline(actor=SYSTEM, submission=row, reason=values["decline"])
        if "take_in" in values:
            actions.take_in(actor=SYSTEM, submission=row, code=values["take_in"], parent="1.1")
    for target in amendment["targets"]:
        actions.set_target(actor=SYSTEM, plan=plan, record=parse(TargetRecord, target))
    actions.submit_plan(actor=SYSTEM, plan=plan)
    actions.approve_plan(actor=SYSTEM, plan=plan, resolution=amendment["resolution"])


def _inside(plan: Plan, uid: str) -> bool:
    """Whether an organisation's member, or one that it is part of, is in the plan's alliance."""
    above: Member | None = Organisation.objects.get(uid=uid).home_member
    while above is not None:
        if above.memberships.filter(alliance=plan.alliance).exists():
            return True
        above = above.parent
    return False


def _report(plan: Plan, day: dt.date) -> int:
    quarter = period_of(day, PeriodKind.QUARTER).shifted(-1)
    return _made(plan, quarter.code)


def _report_of_2017(plan: Plan) -> int:
    return _made(plan, "2017")


def _made(plan: Plan, period: str) -> int:
    found = actions.make_report(actor=SYSTEM, plan=plan, record=parse(ReportRecord, {"period": period, "public": True, "language": "zh"}))  # fmt: skip
    job = Job.objects.get(uid=found.job)
    run_job(job.pk)
    return 1
