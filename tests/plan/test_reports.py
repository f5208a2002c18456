"""Reports: what they say, and that the same one has the same bytes whatever happens afterwards."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

from duijie.core.access import SYSTEM
from duijie.core.errors import Conflict, Fault, NotAllowed, NotFound
from duijie.core.files import get_file, path_of
from duijie.core.jobs import request_stop, run_all
from duijie.core.models import Job
from duijie.core.schema import parse
from duijie.plan import actions, queries
from duijie.plan.models import PlanReport
from duijie.plan.schemas import ReportRecord
from tests.factories import viewer
from tests.plan.conftest import FACTS, Fact
from tests.plan.making import YEAR, Made, make_plan

pytestmark = pytest.mark.django_db
KNOWN = dt.datetime(YEAR, 4, 10, tzinfo=dt.UTC)


def ready() -> Made:
    """Two indicators, targets of two members and of all; facts of two quarters, one of them confidential."""
    made = make_plan(starts=f"{YEAR}-01-01", ends=f"{YEAR}-12-31")
    one, two, _ = made.members
    made.item("2", kind="action", parent="1", responsible=[one.slug])
    made.item("2.1", kind="task", parent="2", ends_on=f"{YEAR}-02-01", responsible=[one.slug])
    made.item("2.2", kind="project", parent="2", responsible=[two.slug])
    made.indicator("1-1", title="招商推介会", unit_name="场", headline=True)
    made.indicator("1-2", title="引进资金", unit="CNY", measure="test.money", item="2", headline=True)
    made.target("1-1", "6", member=one.slug)
    made.target("1-1", "12")
    made.target("1-2", "45亿")
    made.publish()
    early = dt.datetime(YEAR, 3, 31, tzinfo=dt.UTC)
    FACTS.extend(
        [
            Fact(one.pk, dt.date(YEAR, 1, 5), 10**10, known=early),
            Fact(one.pk, dt.date(YEAR, 2, 5), 2 * 10**10, known=early),
            Fact(two.pk, dt.date(YEAR, 3, 5), 5 * 10**9, known=early, secret=True),
            Fact(two.pk, dt.date(YEAR - 1, 11, 5), 10**10, known=early),
        ]
    )
    return made


def report(made: Made, period: str = f"{YEAR}Q1", **values: Any) -> PlanReport:
    record = parse(ReportRecord, {"period": period, "known_at": KNOWN.isoformat()} | values)
    asked = actions.make_report(actor=made.secretary, plan=made.again(), record=record)
    run_all()
    return PlanReport.objects.unscoped("test").get(pk=asked.pk)


def data(found: PlanReport, form: str) -> bytes:
    return path_of(get_file(found.files[form]["file"], SYSTEM)).read_bytes()


def test_a_report_says_what_happened_by_member_and_action_with_the_period_before() -> None:
    made = ready()
    said = report(made).content
    first, second = said["standing"]
    assert (first["value"], first["before"], first["change"], first["target"]) == (3, 1, 200.0, 12)
    assert (second["shown"], second["before_shown"]) == ("3.5亿元", "1亿元")
    assert [r["values"] for r in said["members"]["rows"]] == [[2, 3 * 10**10], [1, 5 * 10**9], [0, 0]]
    assert said["members"]["total"] == [3, 35 * 10**9]
    assert [(a["code"], a["tasks"], a["done"]) for a in said["actions"]] == [("1", 2, 0), ("2", 2, 0)]
    assert (len(said["projects"]["rows"]), said["projects"]["counted_only"]) == (2, 1)
    assert [p["title"] for p in said["own_projects"]] == ["条目2.2"]
    assert "2.1 条目2.1" in [p["title"] for p in said["problems"]]
    assert said["note"].startswith(f"数据截至 {YEAR}-03-31")


def test_its_files_are_a_word_report_a_workbook_a_brief_and_a_data_package() -> None:
    found = report(ready())
    text = "\n".join(p.text for p in Document(io.BytesIO(data(found, "word"))).paragraphs)
    for heading in ("一、总体情况", "二、各成员情况", "三、各专项行动进展", "四、项目清单", "五、存在问题与建议"):
        assert heading in text
    assert "另有 1 条未公开的记录只计数、不列出。" in text
    assert Document(io.BytesIO(data(found, "brief"))).tables[0].rows[1].cells[0].text == "招商推介会"
    book = load_workbook(io.BytesIO(data(found, "excel")))
    assert book.sheetnames == ["总体情况", "各成员", "各专项行动", "项目清单", "存在问题与建议", "统计口径"]
    assert [c.value for c in book["各成员"][book["各成员"].max_row]] == ["合计", 3, 350_000_000]
    package = zipfile.ZipFile(io.BytesIO(data(found, "data")))
    described = json.loads(package.read("datapackage.json"))
    assert [r["path"] for r in described["resources"]] == ["figures.csv", "members.csv", "projects.csv", "actions.csv"]
    for resource in described["resources"]:
        rows = list(csv.reader(io.StringIO(package.read(resource["path"]).decode())))
        assert rows[0] == [f["name"] for f in resource["schema"]["fields"]]


def test_the_same_instant_gives_the_same_bytes_whatever_is_known_later() -> None:
    made = ready()
    first = report(made)
    before = {form: data(first, form) for form in first.files}
    for fact in FACTS[:2]:
        fact.off = dt.datetime(YEAR, 4, 11, tzinfo=dt.UTC)
    FACTS.append(Fact(made.members[2].pk, dt.date(YEAR, 1, 7), 10**9, known=dt.datetime(YEAR, 5, 1, tzinfo=dt.UTC)))
    actions.open_amendment(actor=made.secretary, plan=made.again(), reason="x")
    made.target("1-1", "20")
    actions.submit_plan(actor=made.secretary, plan=made.plan)
    actions.approve_plan(actor=made.leader, plan=made.plan)
    assert report(made).pk == first.pk
    PlanReport.objects.unscoped("made again from nothing").all().delete()
    again = report(made)
    assert {form: data(again, form) for form in again.files} == before
    later = report(made, known_at=None)
    assert later.content["standing"][0]["value"] == 2
    assert later.content["edition"] == 2


def test_it_speaks_english_where_asked() -> None:
    found = report(ready(), language="en")
    assert found.content["title"] == f"Results of “三年行动计划”, Q1 {YEAR}"
    assert "1 Summary" in [p.text for p in Document(io.BytesIO(data(found, "word"))).paragraphs]


def test_a_report_can_be_stopped_and_asked_for_again() -> None:
    made = ready()
    record = parse(ReportRecord, {"period": f"{YEAR}Q1", "known_at": KNOWN.isoformat()})
    asked = actions.make_report(actor=made.secretary, plan=made.plan, record=record)
    request_stop(Job.objects.get(uid=asked.job))
    run_all()
    assert not PlanReport.objects.unscoped("test").get().files
    assert report(made).files


def test_who_may_make_and_who_may_read_one() -> None:
    made = ready()
    found = report(made)
    for who in (viewer("liaison", made.members[0]), viewer()):
        with pytest.raises(NotAllowed):
            actions.make_report(actor=who, plan=made.plan, record=parse(ReportRecord, {"period": f"{YEAR}Q1"}))
    assert queries.get_report(viewer("liaison", made.members[0]), found.uid) == found
    for who in (viewer(), viewer("liaison", make_plan().members[0])):
        with pytest.raises(NotFound):
            queries.get_report(who, found.uid)
    assert queries.get_report(viewer(), report(made, public=True).uid).audience == "public"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"period": "2031"}, "period.outside"),
        ({"period": "某天"}, "period.unknown"),
        ({"known_at": "2190-01-01"}, "known_at.future"),
        ({"known_at": "昨天"}, "instant.unreadable"),
    ],
)
def test_bad_input(values: dict[str, str], code: str) -> None:
    made = ready()
    with pytest.raises(Fault) as refusal:
        actions.make_report(actor=made.secretary, plan=made.plan, record=parse(ReportRecord, {"period": f"{YEAR}Q1"} | values))  # fmt: skip
    assert refusal.value.code == code
    draft = make_plan()
    with pytest.raises(Conflict):
        actions.make_report(actor=draft.secretary, plan=draft.plan, record=parse(ReportRecord, {"period": f"{YEAR}Q1"}))
