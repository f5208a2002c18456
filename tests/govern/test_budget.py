"""Budgets: lines written with a motion through every door, adopted by its resolution, amended by a later one, read by whom they concern."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document

from duijie.core.access import SYSTEM
from duijie.core.errors import Fault
from duijie.core.events import dispatch_all
from duijie.core.models import AuditLine, Notification
from duijie.core.schema import parse
from duijie.govern import actions, queries
from duijie.govern.documents import resolution_document
from duijie.govern.models import BudgetLine, Motion, Resolution
from duijie.govern.schemas import BudgetLineRecord
from tests.factories import make_alliance, make_member, make_user, viewer
from tests.govern.council import Council
from tests.govern.test_doors import Caller, run

pytestmark = pytest.mark.django_db
LINE = {"year": 2027, "item": "联络员培训", "amount": "40万元", "purpose": "两期培训", "owner": "aqu"}


@pytest.fixture
def council() -> Council:
    return Council()


def write(council: Council, motion: Motion, **more: Any) -> BudgetLine:
    record = parse(BudgetLineRecord, LINE | more)
    return actions.write_line(actor=council.secretary, motion=motion, record=record)[0]


def adopt(council: Council, *lines: dict[str, Any], about: str = "") -> Resolution:
    """The council carries a motion with these lines, and they come into force as far as they can."""
    motion = council.motion(kind="budget", about=about)
    for line in lines:
        write(council, motion, **line)
    actions.open_vote(actor=council.secretary, motion=motion, last_day=council.day(7))
    council.vote(motion, "yyyy")
    assert council.closed(motion).status == "carried"
    dispatch_all()
    return Resolution.objects.get(motion=motion)


def figures(council: Council, year: int = 2027) -> list[tuple[str, int]]:
    return [(row.line.item, row.line.amount_minor) for row in queries.budget(viewer(), council.alliance, year).rows]


def lines() -> Any:
    return BudgetLine.objects.unscoped("test")


def test_a_resolution_puts_its_lines_into_force_and_says_so(council: Council) -> None:
    officer = make_user("liaison", council.members[0])
    resolution = adopt(
        council, {}, {"item": "大会", "amount": "1.2亿"}, {"item": "审计", "year": 2028, "amount": "8万"}
    )
    assert figures(council) == [("联络员培训", 40_000_000), ("大会", 12_000_000_000)]
    assert figures(council, 2028) == [("审计", 8_000_000)]
    assert resolution.outcome == "2027 年预算新列 2 项，全年合计 1.2亿元；2028 年预算新列 1 项，全年合计 8万元"
    assert AuditLine.objects.filter(verb="budget.adopt", object_ref=resolution.uid).count() == 1
    assert {one.resolution for one in lines()} == {resolution}
    dispatch_all()
    told = Notification.objects.filter(kind="budget.adopted", user_id=officer.pk).order_by("pk")
    assert [(n.zh, n.address) for n in told] == [
        (f"{year} 年预算已批准：{item}", f"/alliances/five/budget/?year={year}")
        for year, item in ((2027, "联络员培训，40万元"), (2027, "大会，1.2亿元"), (2028, "审计，8万元"))
    ]


def test_a_later_resolution_amends_a_line_and_the_trail_stays(council: Council) -> None:
    first = adopt(council, {}, {"item": "大会", "amount": "160万"})
    held = lines().get(item="联络员培训")
    second = adopt(council, {"amount": "50万", "amends": held.uid}, about=held.uid)
    third = adopt(council, {"amount": "0", "amends": lines().in_force().get(item="联络员培训").uid})
    assert figures(council) == [("大会", 160_000_000)]
    assert third.outcome == "2027 年预算调整 1 项，全年合计 160万元"

    def told(resolution: Resolution) -> list[tuple[str, int, list[int]]]:
        (found,) = queries.budgets_of(viewer(), resolution)
        return [(r.line.item, r.line.amount_minor, [b.amount_minor for b in r.before]) for r in found.rows]

    assert told(first) == [("联络员培训", 40_000_000, []), ("大会", 160_000_000, [])]
    assert told(second) == [("联络员培训", 50_000_000, [40_000_000]), ("大会", 160_000_000, [])]
    assert told(third) == [("联络员培训", 0, [50_000_000, 40_000_000]), ("大会", 160_000_000, [])]
    adopt(council, {"amount": "30万"})  # what was struck out may be written anew
    assert figures(council) == [("大会", 160_000_000), ("联络员培训", 30_000_000)]


def test_of_two_motions_that_amend_a_line_the_second_finds_it_amended(council: Council) -> None:
    adopt(council, {})
    held = lines().get()
    late = council.motion(kind="budget")
    write(council, late, amount="60万", amends=held.uid)
    write(council, late, item="大会", amount="1万")
    adopt(council, {"amount": "50万", "amends": held.uid})
    actions.open_vote(actor=council.secretary, motion=late, last_day=council.day(7))
    council.vote(late, "yyyy")
    council.closed(late)
    dispatch_all()
    refused = Resolution.objects.get(motion=late)
    assert refused.outcome.startswith("未能自动办理：本联盟没有这个编号的有效预算项")
    assert figures(council) == [("联络员培训", 50_000_000)]  # all of a motion's lines, or none
    assert AuditLine.objects.filter(verb="budget.adopt").count() == 2


@pytest.mark.parametrize(
    ("more", "code", "place"),
    [
        ({"amount": "面议"}, "budget.amount", "amount"),
        ({"amount": "30-50万元"}, "budget.amount", "amount"),
        ({"amount": "40万元以上"}, "budget.amount", "amount"),
        ({"amount": "0"}, "budget.amount", "amount"),
        ({"amount": "5万美元"}, "budget.currency", "amount"),
        ({"owner": "没有的区"}, "member.unknown", "owner"),
        ({"owner": "elsewhere"}, "budget.owner", "owner"),
        ({"amends": "没有"}, "budget.no_line", "amends"),
        ({"item": "大会"}, "budget.exists", "item"),
        ({"amends": "held", "year": 2028}, "budget.year", "year"),
        ({"amends": "foreign"}, "budget.no_line", "amends"),
    ],
)
def test_a_line_that_does_not_fit_is_refused_at_its_field(
    council: Council, more: dict[str, Any], code: str, place: str
) -> None:
    make_member("外区", slug="elsewhere")
    adopt(council, {"item": "大会", "amount": "1万"})
    motion = council.motion(kind="budget")
    if more.get("amends") == "held":
        more = more | {"amends": lines().get().uid}
    if more.get("amends") == "foreign":
        other = council.motion(kind="budget")
        foreign = write(council, other, item="别家", amount="2万")
        alliance = make_alliance("别的联盟", slug="others")
        Motion.objects.unscoped("test").filter(pk=other.pk).update(alliance=alliance)
        lines().filter(pk=foreign.pk).update(resolution=Resolution.objects.get())
        more = more | {"amends": foreign.uid}
    before = AuditLine.objects.count()
    with pytest.raises(Fault) as refused:
        write(council, motion, **more)
    assert (refused.value.code, refused.value.place) == (code, place)
    assert (lines().filter(motion=motion).count(), AuditLine.objects.count()) == (0, before)


def test_lines_are_written_while_a_budget_is_discussed_and_then_no_more(council: Council) -> None:
    other = council.motion()
    with pytest.raises(Fault, match="只有经费预算") as refused:
        write(council, other)
    assert refused.value.code == "budget.not_a_budget"
    motion = council.motion(kind="budget", proposed_by="aqu")
    with pytest.raises(Fault) as refused:
        actions.open_vote(actor=council.secretary, motion=motion, last_day=council.day(7))
    assert refused.value.code == "motion.no_lines"
    record = parse(BudgetLineRecord, LINE)
    line, what = actions.write_line(actor=council.leader(0), motion=motion, record=record)
    assert what == "created"
    assert actions.write_line(actor=council.leader(0), motion=motion, record=record) == (line, "unchanged")
    with pytest.raises(Fault) as refused:
        actions.write_line(actor=council.leader(1), motion=motion, record=record)
    assert refused.value.status == 403
    assert [a.verb for a in AuditLine.objects.filter(object_ref=line.uid)] == ["budget.write"]
    with pytest.raises(Fault) as refused:  # the form that was open before the line came is stale
        actions.open_vote(actor=council.secretary, motion=motion, last_day=council.day(7), version=motion.version)
    assert refused.value.status == 412
    actions.open_vote(actor=council.secretary, motion=motion, last_day=council.day(7))
    for late in (lambda: write(council, motion, amount="1亿"), lambda: actions.drop_line(actor=SYSTEM, line=line)):
        with pytest.raises(Fault) as refused:
            late()
        assert refused.value.code == "motion.vote_began"
    assert lines().get().amount_minor == 40_000_000


def test_two_lines_of_a_motion_do_not_amend_the_same(council: Council) -> None:
    adopt(council, {})
    held = lines().get()
    motion = council.motion(kind="budget")
    write(council, motion, amount="50万", amends=held.uid)
    with pytest.raises(Fault) as refused:
        write(council, motion, item="培训二", amount="50万", amends=held.uid)
    assert (refused.value.code, refused.value.place) == ("budget.twice", "amends")


def test_lines_over_rest(council: Council) -> None:
    motion = council.motion(kind="budget")
    at = f"/motions/{motion.uid}/budget-lines"
    secretary, leader, stranger, guest = (
        Caller(council.secretary_user), Caller(council.leaders[0]), Caller(make_user("leader", make_member())), Caller(None),
    )  # fmt: skip
    made = secretary.post(at, LINE | {"item_en": "Training"})
    assert (made.status_code, made.json()["amount_minor"], made.json()["owner"]) == (201, 40_000_000, "aqu")
    assert made.json() | {"id": ""} == {
        "id": "", "motion": motion.uid, "resolution": None, "number": "", "amends": None, "year": 2027, "item": "联络员培训",
        "item_en": "Training", "amount_minor": 40_000_000, "currency": "CNY", "purpose": "两期培训", "owner": "aqu",
    }  # fmt: skip
    assert secretary.post(at, LINE | {"amount": "0.5亿"}).status_code == 200
    assert [one["amount_minor"] for one in leader.get(at).json()] == [5_000_000_000]
    assert leader.post(at, LINE).status_code == 403
    refused = secretary.post(at, LINE | {"amount": "面议"})
    assert (refused.status_code, refused.json()["code"]) == (422, "budget.amount")
    assert (stranger.get(at).status_code, stranger.post(at, LINE).status_code) == (404, 404)
    assert guest.get(at).status_code in {401, 404}
    assert guest.get("/alliances/five/budget?year=2027").json()["lines"] == []
    extra = secretary.post(at, LINE | {"item": "多余"}).json()["id"]
    assert leader.client.delete(f"/api/v1{at}/{extra}").status_code == 403
    assert secretary.client.delete(f"/api/v1{at}/{extra}").status_code == 204
    assert secretary.client.delete(f"/api/v1{at}/{extra}").status_code == 404
    actions.open_vote(actor=council.secretary, motion=motion, last_day=council.day(7))
    council.vote(motion, "yyyy")
    council.closed(motion)
    dispatch_all()
    adopted = guest.get("/alliances/five/budget?year=2027").json()
    label = Resolution.objects.get().label
    assert (adopted["total_minor"], adopted["years"]) == (5_000_000_000, [2027])
    assert [(one["item"], one["number"], one["before"]) for one in adopted["lines"]] == [("联络员培训", label, [])]
    assert guest.get("/alliances/five/budget?year=1").status_code == 422


def test_lines_from_the_command_line_and_a_sheet(council: Council, tmp_path: Path) -> None:
    motion = council.motion(kind="budget")
    uid = run(
        "council", "budget", "write", motion.uid, "大会", "--year", "2027", "--amount", "160万元", "--owner", "a区"
    )
    assert run("council", "budget", "write", motion.uid, "大会", "--year", "2027", "--amount", "170万元") == uid
    assert lines().get().amount_minor == 170_000_000
    template = tmp_path / "template.xlsx"
    run("council", "budget", "template", "-o", str(template))
    heads = [cell.value for cell in next(openpyxl.load_workbook(template).worksheets[0].iter_rows(max_row=1))]
    assert [str(head).rstrip(" *") for head in heads][:4] == ["年度", "预算项", "英文名称", "金额"]
    sheet = tmp_path / "lines.csv"
    sheet.write_text("年度,预算项,金额,责任单位\n2027,大会,160万,aqu\n2027,培训,400000,\n", encoding="utf-8")
    assert json.loads(run("council", "budget", "import", motion.uid, str(sheet), "--dry-run"))["created"] == 1
    assert lines().count() == 1
    assert json.loads(run("council", "budget", "import", motion.uid, str(sheet))) == {"created": 1, "changed": 1, "unchanged": 0}  # fmt: skip
    assert json.loads(run("council", "budget", "import", motion.uid, str(sheet)))["unchanged"] == 2
    assert AuditLine.objects.filter(verb="budget.write").count() == 4
    assert run("council", "budget", "drop", lines().get(item="培训").uid) == "ok"
    actions.open_vote(actor=council.secretary, motion=motion, last_day=council.day(7))
    council.vote(motion, "yyyy")
    council.closed(motion)
    dispatch_all()
    label = Resolution.objects.get().label
    shown = run("council", "budget", "show", "five", "--year", "2027").splitlines()
    assert shown == [f"{uid}\t2027\t大会\t1,600,000元\ta区\t{label}", "合计 total\t2027\t1,600,000元"]


def test_a_sheet_with_one_bad_row_writes_nothing(council: Council) -> None:
    motion = council.motion(kind="budget")
    client = Caller(council.secretary_user).client
    content = "年度,预算项,金额\n2027,大会,160万\n2027,培训,面议\n".encode()
    answered = client.post(
        f"/motions/{motion.uid}/lines/upload/", {"file": SimpleUploadedFile("a.csv", content, "text/csv")}, follow=True
    )
    assert "预算项要写一个确定的金额" in answered.content.decode()
    assert lines().count() == 0
    content = content.replace("面议".encode(), "40万".encode())
    client.post(f"/motions/{motion.uid}/lines/upload/", {"file": SimpleUploadedFile("a.csv", content, "text/csv")})
    assert [(one.item, one.amount_minor) for one in lines()] == [("大会", 160_000_000), ("培训", 40_000_000)]
    assert client.get("/budget-template/").content[:2] == b"PK"


def test_a_line_by_the_form_and_what_each_page_shows(council: Council) -> None:
    motion = council.motion(kind="budget")
    client, guest = Caller(council.secretary_user).client, Client()
    at = f"/motions/{motion.uid}/lines/"
    assert "还没有预算项" in client.get(f"/motions/{motion.uid}/").content.decode()
    refused = client.post(at, LINE | {"amount": "面议"})
    assert (refused.status_code, "预算项要写一个确定的金额" in refused.content.decode()) == (422, True)
    assert client.post(at, LINE)["Location"] == f"/motions/{motion.uid}/#lines"
    line = lines().get()
    assert (line.amount_minor, line.owner) == (40_000_000, council.members[0])
    assert "40万元" in client.get(f"/motions/{motion.uid}/").content.decode()
    assert 'value="400,000元"' in client.get(f"{at}?line={line.uid}").content.decode()
    assert client.post(f"{at}drop/", {"line": "没有"}).status_code == 404
    actions.open_vote(actor=council.secretary, motion=motion, last_day=council.day(7))
    hidden = guest.get("/alliances/five/budget/?year=2027").content.decode()
    assert ("联络员培训" in hidden, "这一年还没有批准的预算项" in hidden, motion.title in hidden) == (
        False,
        True,
        False,
    )
    council.vote(motion, "yyyy")
    council.closed(motion)
    dispatch_all()
    resolution = Resolution.objects.get()
    for address in ("/alliances/five/budget/", "/alliances/five/council/", f"/resolutions/{resolution.uid}/"):
        shown = guest.get(address).content.decode()
        assert [word in shown for word in ("联络员培训", "40万元", "2027 年", "a区")] == [True] * 4, address
    assert "本决议新列" in guest.get(f"/resolutions/{resolution.uid}/").content.decode()
    sheet = openpyxl.load_workbook(io.BytesIO(guest.get("/alliances/five/budget/?format=xlsx").content)).worksheets[0]
    assert [cell.value for cell in list(sheet.iter_rows())[1]][:5] == [line.uid, 2027, "联络员培训", "", 400_000]


def test_a_motion_about_a_line_begins_its_form_with_it_and_leads_to_it(council: Council) -> None:
    adopt(council, {})
    held = lines().get()
    client = Caller(council.secretary_user).client
    assert f"about={held.uid}" in client.get("/alliances/five/budget/").content.decode()
    motion = council.motion(kind="budget", about=held.uid)
    assert (motion.subject_kind, motion.subject_ref) == ("budget_line", held.uid)
    assert "/alliances/five/budget/?year=2027" in client.get(f"/motions/{motion.uid}/").content.decode()
    form = client.get(f"/motions/{motion.uid}/lines/").content.decode()
    assert [f'value="{value}"' in form for value in (held.uid, "联络员培训", "400,000元")] == [True] * 3
    with pytest.raises(Fault) as refused:
        council.motion(kind="budget", about="没有")
    assert (refused.value.code, refused.value.place) == ("budget.no_line", "about")


def test_the_word_document_has_the_years_table_with_its_sum(council: Council) -> None:
    adopt(council, {}, {"item": "大会", "amount": "160万"})
    held = lines().get(item="联络员培训")
    resolution = adopt(council, {"amount": "50万", "amends": held.uid})
    document = Document(io.BytesIO(resolution_document(viewer(), resolution)))
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    first = Resolution.objects.order_by("pk")[0].label
    assert rows == [
        ["预算项", "金额", "用途", "责任单位", "依据"],
        ["联络员培训", "50万元", "两期培训", "a区", f"{resolution.label}（本决议调整；原 40万元，{first}）"],
        ["大会", "160万元", "两期培训", "a区", first],
    ]
    assert "全年合计：210万元" in [p.text for p in document.paragraphs]


def test_what_is_moved_is_for_the_council_what_is_adopted_for_all(council: Council) -> None:
    motion = council.motion(kind="budget")
    line = write(council, motion)
    stranger = viewer(make_user("leader", make_member()))
    assert [queries.lines_of_motion(who, motion).count() for who in (council.leader(2), stranger, viewer())] == [
        1,
        0,
        0,
    ]
    for who in (stranger, viewer()):
        with pytest.raises(Fault) as refused:
            queries.get_line(who, line.uid)
        assert refused.value.status == 404


def test_a_motion_that_refers_to_something_in_words_puts_its_lines_into_force(council: Council) -> None:
    motion = council.motion(kind="budget")
    Motion.objects.unscoped("as it was kept before budgets had lines").filter(pk=motion.pk).update(
        subject_kind="budget", subject_ref="2027 年预算草案"
    )
    write(council, motion)
    actions.open_vote(actor=council.secretary, motion=motion, last_day=council.day(7))
    council.vote(motion, "yyyy")
    council.closed(motion)
    dispatch_all()
    assert figures(council) == [("联络员培训", 40_000_000)]
