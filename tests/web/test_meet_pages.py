"""The pages of events: who sees which, what they say, and that lists cost the same for one and for three."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import docx
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from duijie.core.schema import parse
from duijie.land.models import Deal
from duijie.meet import actions, queries
from duijie.meet.models import Draft, Event, Meeting, Registration, Wish
from duijie.meet.schemas import IntentRecord
from tests.factories import PASSWORD, make_user
from tests.meet.scene import Scene, work

pytestmark = pytest.mark.django_db


def client_of(user: Any) -> Client:
    client = Client()
    assert client.login(username=user.username, password=PASSWORD)
    return client


@pytest.fixture
def scene() -> Scene:
    made = Scene()
    made.published()
    return made


def test_every_page_of_the_planner_opens(scene: Scene) -> None:
    client, uid = client_of(scene.planner_user), scene.event.uid
    draft = Draft.objects.get()
    for part in (
        "", "event.ics", "edit/", "setup/", "registrations/", "wishes/", "drafts/", "check-in/?q=甲", "board/", "repair/",
        "intents/", "figures/", "follow-ups/", "report.docx", "report.xlsx", "signs.pdf", "badges.pdf",
        "sheets/registrations/", "sheets/registrations/?form=csv", "sheets/wishes/", "sheets/wishes/?template=1",
        f"drafts/{draft.uid}/", f"drafts/{draft.uid}/?view=people", f"drafts/{draft.uid}/?view=time",
        f"drafts/{draft.uid}/?view=unserved", f"drafts/{draft.uid}/timetable.xlsx", f"drafts/{draft.uid}/free/S01/",
        f"drafts/{draft.uid}/targets/{draft.meetings.first().pk}/",  # type: ignore[union-attr]
    ):  # fmt: skip
        answer = client.get(f"/events/{uid}/{part}")
        assert answer.status_code == 200, part
    assert client.get(f"/events/{uid}/signs.pdf").content.startswith(b"%PDF")
    assert client.get("/events/?own=1").status_code == client.get("/events/new/").status_code == 200


def test_the_results_of_an_event_tell_what_was_signed(scene: Scene) -> None:
    data = {"other": scene.firms[1].uid, "title": "在线检测产线", "amount": "300万元", "kind": "采购"}
    intent = actions.propose_intent(
        actor=scene.viewer(0), event=scene.event, organisation=scene.firms[0], record=parse(IntentRecord, data)
    )
    actions.sign_intent(actor=scene.viewer(1), intent=intent)
    client = client_of(scene.planner_user)
    page = client.get(f"/events/{scene.event.uid}/figures/").content.decode()
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "意向金额 300 万元 3,000,000 元" in words and words.count("意向金额 300万元") == 1
    for address in (f"intents/{intent.uid}/", "intents/"):
        assert "300万元" in client.get(f"/events/{scene.event.uid}/{address}").content.decode(), address
    report = docx.Document(io.BytesIO(client.get(f"/events/{scene.event.uid}/report.docx").content))
    assert "300万元" in "".join(p.text for p in report.paragraphs)


def test_a_firm_sees_its_own_pages_and_not_the_planners(scene: Scene) -> None:
    client, uid = client_of(scene.people[0]), scene.event.uid
    mine = scene.comers[0].uid
    for part in ("", f"mine/{mine}/", f"mine/{mine}/edit/", f"mine/{mine}/wishes/", f"mine/{mine}/timetable/"):
        assert client.get(f"/events/{uid}/{part}").status_code == 200, part
    assert client.get(f"/events/{uid}/mine/{mine}/timetable.pdf").content.startswith(b"%PDF")
    other = scene.comers[1].uid
    for part in (f"mine/{other}/", f"mine/{other}/wishes/", f"mine/{other}/timetable/"):
        assert client.get(f"/events/{uid}/{part}").status_code == 404, part
    draft = Draft.objects.get()
    for part in (
        "setup/",
        "registrations/",
        "wishes/",
        "drafts/",
        f"drafts/{draft.uid}/",
        "board/",
        "check-in/",
        "figures/",
    ):
        assert client.get(f"/events/{uid}/{part}").status_code == 403, part


def test_a_guest_reads_the_event_and_signs_in_for_the_rest(scene: Scene) -> None:
    client, uid = Client(), scene.event.uid
    page = client.get(f"/events/{uid}/").content.decode()
    assert "园区项目对接会" in page and "报名参加" in page
    assert client.get(f"/events/{uid}/register/").status_code == 302
    assert client.get("/events/").status_code == 200


def test_the_feed_is_read_by_whoever_holds_the_secret_only(scene: Scene) -> None:
    person = scene.comers[0].representatives.get()
    text = Client().get(f"/calendar/{person.feed}.ics").content.decode()
    assert text.count("BEGIN:VEVENT") == 2 and "乙号公司" in text and "丁号公司" not in text
    assert Client().get("/calendar/guess.ics").status_code == 404


def test_a_wish_from_the_page_answers_with_the_partners_line(scene: Scene) -> None:
    client, uid = client_of(scene.people[4]), scene.event.uid
    address = f"/events/{uid}/mine/{scene.comers[4].uid}/wish/"
    answer = client.post(address, {"wanted": scene.comers[0].uid, "level": "must"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and 'aria-pressed="true"' in answer.content.decode()
    assert Wish.objects.get(wisher=scene.comers[4], wanted=scene.comers[0]).level == "must"
    client.post(address, {"wanted": scene.comers[0].uid, "level": "none"})
    assert Wish.objects.get(wisher=scene.comers[4], wanted=scene.comers[0]).answer == "cancelled"
    refused = client.post(address, {"wanted": scene.comers[4].uid, "level": "want"}, follow=True)
    assert "不能约见自己" in refused.content.decode()


def test_the_planner_moves_by_script_and_the_second_planner_is_told(scene: Scene) -> None:
    client, draft = client_of(scene.planner_user), Draft.objects.get()
    meeting = draft.meetings.select_related("slot").last()
    assert meeting is not None
    address = f"/events/{scene.event.uid}/drafts/{draft.uid}/do/"
    seen = draft.version
    for slot in [s for s in ("S04", "S03", "S01", "S02") if s != meeting.slot.code]:
        answer = client.post(
            f"{address}move/",
            {"meeting": meeting.pk, "slot": slot, "version": seen},
            headers={"Accept": "application/json"},
        )
        if answer.status_code == 200:
            break
    assert answer.json()["version"] == seen + 1
    again = client.post(
        f"{address}move/",
        {"meeting": meeting.pk, "slot": "S01", "version": seen},
        headers={"Accept": "application/json"},
    )
    assert again.status_code == 412 and "另一位策划人" in again.json()["error"]
    assert client.post(f"{address}undo/", {"version": seen + 1}).status_code == 302


def test_check_ins_arrive_in_one_bundle_each_judged_alone(scene: Scene) -> None:
    client = client_of(make_user("editor", scene.host))
    person = scene.comers[0].representatives.get()
    items = [
        {"code": person.badge, "request": "device-0001"}, {"code": person.badge, "request": "device-0001"},
        {"code": "WRONGONE", "request": "device-0002"},
    ]  # fmt: skip
    address = f"/events/{scene.event.uid}/check-in/"
    answer = client.post(address, {"items": items}, content_type="application/json").json()["items"]
    assert [a.get("first") for a in answer] == [True, False, None] and "胸卡" in answer[2]["error"]
    assert client.post(address, "nonsense", content_type="application/json").status_code == 400


def test_a_sheet_of_registrations_goes_out_and_comes_back_and_faults_name_their_cells(scene: Scene) -> None:
    client = client_of(scene.planner_user)
    address = f"/events/{scene.event.uid}/sheets/registrations/"
    content = client.get(address).content
    book = load_workbook(io.BytesIO(content))
    sheet = book.active
    assert sheet is not None
    assert [sheet.cell(r, 1).value for r in range(2, 8)] == [f.name for f in sorted(scene.firms, key=lambda f: f.pk)]
    again = client.post(address, {"file": _named(content, "r.xlsx")}, follow=True)
    assert "6 行不变" in again.content.decode()
    sheet.cell(1, 1).value = "单位名称"
    sheet.cell(2, 1).value = "没有这家公司"
    refused = client.post(address, {"file": _named(_saved(book), "r.xlsx")})
    assert refused.status_code == 422 and "没有这家公司" in refused.content.decode()
    sheet.cell(1, 1).value = "随便写的列"
    refused = client.post(address, {"file": _named(_saved(book), "r.xlsx")})
    assert refused.status_code == 422
    assert Registration.objects.count() == 6


def _saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _named(content: bytes, name: str) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


def test_a_timetable_goes_out_as_the_engines_workbook_and_comes_back_as_a_draft(scene: Scene) -> None:
    client, draft = client_of(scene.planner_user), Draft.objects.get()
    content = client.get(f"/events/{scene.event.uid}/drafts/{draft.uid}/timetable.xlsx").content
    client.post(f"/events/{scene.event.uid}/drafts/", {"file": _named(content, "改过的.xlsx")})
    copy = Draft.objects.get(number=2)
    seats = [{(m.code, m.slot.code, m.place.code) for m in queries.draft_meetings(d)} for d in (draft, copy)]
    assert seats[0] == seats[1] and copy.goals["worth"]["value"] == draft.goals["worth"]["value"] > 0
    book = load_workbook(io.BytesIO(content))
    book["固定会面"].cell(1, 1).value = "序"
    answer = client.post(f"/events/{scene.event.uid}/drafts/", {"file": _named(_saved(book), "x.xlsx")}, follow=True)
    assert "工作表“固定会面”第 1 行“编号”列：缺少这一列, 是不是改名成了“序”" in answer.content.decode()
    assert Draft.objects.count() == 2


def test_a_meeting_is_noted_and_an_intent_signed_from_the_pages(scene: Scene) -> None:
    meeting = Meeting.objects.filter(parties__registration=scene.comers[4]).first()
    assert meeting is not None
    address = f"/events/{scene.event.uid}/meetings/{meeting.uid}/"
    one, other = client_of(scene.people[4]), client_of(scene.people[5])
    one.post(address, {"do": "note", "rating": "4", "text": "爨鬱只给自己看"})
    assert "爨鬱" in one.get(address).content.decode() and "爨鬱" not in other.get(address).content.decode()
    one.post(address, {"do": "intent", "title": "试机协议", "kind": "technology", "amount": "50万元"})
    intent = scene.event.intents.get()
    page = f"/events/{scene.event.uid}/intents/{intent.uid}/"
    assert client_of(scene.people[0]).get(page).status_code == 404
    other.post(page, {"do": "sign"})
    intent.refresh_from_db()
    assert (intent.status, intent.counts, intent.amount_minor) == ("signed", True, 50_000_000)
    assert "后来" not in other.get(page).content.decode()
    work()
    deal = Deal.objects.unscoped("what the signing made").get(source="meeting_intent", source_ref=intent.uid)
    for client in (one, other):
        assert f"/deals/{deal.uid}/" in client.get(page).content.decode()
        assert client.get(f"/deals/{deal.uid}/").status_code == 200
    one.post(address, {"do": "follow_up", "text": "寄样品", "due_on": str(scene.day)})
    assert "寄样品" in client_of(scene.planner_user).get(f"/events/{scene.event.uid}/follow-ups/").content.decode()


def test_the_desk_shows_requests_to_answer_and_follow_ups_that_are_due(scene: Scene) -> None:
    from duijie.core.schema import parse
    from duijie.meet.schemas import FollowUpRecord

    own = client_of(scene.people[0])
    assert "约见请求" not in own.get("/desk/").content.decode()
    scene.wish(5, 0, message="想看样机")
    for text, days in (("寄样品", 1), ("半年后回访", 180)):
        record = parse(FollowUpRecord, {"text": text, "due_on": scene.day + dt.timedelta(days=days)})
        first, second = scene.firms[:2]
        actions.add_follow_up(actor=scene.viewer(0), event=scene.event, first=first, second=second, record=record)
    scene.event.follow_ups.filter(text="寄样品").update(due_on=timezone.localdate())
    page = own.get("/desk/").content.decode()
    assert "己号公司 想见 甲号公司" in page and "想看样机" in page and "寄样品" in page
    assert "半年后回访" not in page and "全部 2 件" in page
    assert f"/mine/{scene.comers[0].uid}/wishes/#p-{scene.comers[5].uid}" in page
    assert "约见请求" not in client_of(scene.people[4]).get("/desk/").content.decode()


def _count(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


@pytest.mark.parametrize(
    "part", ["registrations/", "wishes/", "board/", "drafts/{draft}/", "drafts/{draft}/?view=people", "intents/"]
)
def test_lists_cost_the_same_for_few_and_for_many(part: str) -> None:
    few, many = Scene(firms=2), Scene(firms=6)
    counts = []
    for scene in (few, many):
        draft = scene.published()
        if part == "intents/":
            _sign(scene, 1 if scene is few else 3)
        client = client_of(scene.planner_user)
        counts.append(_count(client, f"/events/{scene.event.uid}/{part.format(draft=draft.uid)}"))
    assert counts[0] == counts[1], part


def _sign(scene: Scene, count: int) -> None:
    from duijie.core.schema import parse
    from duijie.meet.schemas import IntentRecord

    for n in range(count):
        record = parse(IntentRecord, {"other": scene.firms[1].uid, "title": f"项目{n}"})
        actions.propose_intent(
            actor=scene.planner, event=scene.event, organisation=scene.firms[0], record=record, both_sign=True
        )


def test_own_lists_cost_the_same_for_few_and_for_many() -> None:
    counts: dict[str, list[int]] = {"wishes": [], "events": [], "desk": []}
    for firms in (4, 6):  # one and three requests wait for the first of them
        scene = Scene(firms=firms)
        scene.published()
        client, mine = client_of(scene.people[0]), f"/events/{scene.event.uid}/mine/{scene.comers[0].uid}"
        counts["wishes"].append(_count(client, f"{mine}/wishes/"))
        for number in range(3, firms):
            scene.wish(number, 0, message="想看样机")
        counts["desk"].append(_count(client, "/desk/"))
        counts["events"].append(_count(Client(), "/events/"))
    assert all(one == other for one, other in (c for c in counts.values() if c))


def test_the_list_of_events_shows_what_is_open_to_whom(scene: Scene) -> None:
    Event.objects.unscoped("test").filter(pk=scene.event.pk).update(visibility="alliance")
    assert "园区项目对接会" not in Client().get("/events/").content.decode()
    assert "园区项目对接会" in client_of(scene.people[0]).get("/events/").content.decode()
    work()
