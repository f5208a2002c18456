"""Officers: cases handed over, trainings with certificates, messages, service levels, the yearly sheet; and exchanges."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from duijie.core.access import GUEST, SYSTEM
from duijie.core.errors import Conflict, Fault, Faults, NotAllowed, NotFound, Stale
from duijie.core.events import dispatch_all
from duijie.core.measures import Question, measure
from duijie.core.models import Notification
from duijie.core.schema import parse
from duijie.core.sheets import Column, write_table
from duijie.engines.credit import Case, share_out
from duijie.govern import actions, queries
from duijie.govern.models import Exchange, TrainingPlace
from duijie.govern.queries.officers import _Duty
from duijie.govern.schemas import AttendanceRow, ExchangeRecord, TrainingRecord
from duijie.govern.sheets import bring_in, columns_of
from duijie.land.actions import create_deal
from duijie.land.models import Deal
from duijie.land.schemas import DealRecord
from duijie.members.actions import grant_role, revoke_role
from duijie.members.models import Member
from duijie.publish.actions import create_listing
from duijie.publish.models import Listing
from tests.factories import PASSWORD, make_alliance, make_member, make_user, viewer

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


class World:
    def __init__(self) -> None:
        self.alliance = make_alliance("联盟", slug="union")
        self.park: Member = make_member("南湖", slug="nanhu", alliances=[self.alliance])
        self.other: Member = make_member("张江", slug="zhangjiang", alliances=[self.alliance])
        self.officer = make_user("liaison", self.park, username="zhou", name="周南")
        self.colleague = make_user("liaison", self.park, username="wu", name="吴桐")
        self.far = make_user("liaison", self.other, username="shen", name="沈嘉禾")
        self.secretary = make_user("secretariat", self.alliance)


@pytest.fixture
def world() -> World:
    return World()


def client_of(user: Any) -> Client:
    client = Client()
    if user is not None:
        assert client.login(username=user.username, password=PASSWORD)
    return client


# --- cases ---------------------------------------------------------------------------------------------------------------


def test_one_action_hands_everything_over(world: World) -> None:
    for number in range(3):
        create_listing(
            actor=viewer(world.officer),
            member=world.park,
            data={"kind": "need", "title": f"需求{number}"},
            put_forward=True,
        )
    for title in ("光伏产线", "电池工厂"):
        record = parse(
            DealRecord, {"title": title, "kind": "investment", "stage_on": TODAY.isoformat(), "owner": "zhou"}
        )
        create_deal(actor=viewer(world.officer), member=world.park, record=record)
    lost = Deal.objects.unscoped("t").filter(title="电池工厂")
    lost.update(stage="lost")
    admin = viewer("member_admin", world.park)
    done = actions.hand_over_cases(actor=admin, member=world.park, giver=world.officer, taker=world.colleague)
    assert done.counts == {"listings": 3, "introductions": 0, "deals": 1}
    deal = Deal.objects.unscoped("t").get(title="光伏产线")
    assert (deal.owner_user, deal.version) == (world.colleague, 2)
    assert list(deal.versions.values_list("number", "verb"))[-1] == (2, "deal.hand_over")
    assert lost.get().owner_user == world.officer  # what is over stays as it ended
    assert set(Listing.objects.unscoped("t").values_list("contact__username", flat=True)) == {"wu"}
    dispatch_all()
    assert Notification.objects.filter(kind="case.handed_over", user_id=world.colleague.pk).count() == 1
    with pytest.raises(Conflict) as refused:
        actions.hand_over_cases(actor=admin, member=world.park, giver=world.officer, taker=world.colleague)
    assert refused.value.code == "handover.nothing"


def test_cases_go_only_to_officers_of_the_member_by_who_may(world: World) -> None:
    with pytest.raises(Fault) as refused:
        actions.hand_over_cases(actor=viewer(world.officer), member=world.park, giver=world.officer, taker=world.far)
    assert refused.value.code == "handover.taker"
    with pytest.raises(NotAllowed):
        actions.hand_over_cases(actor=viewer(world.far), member=world.park, giver=world.officer, taker=world.colleague)
    with pytest.raises(NotAllowed):
        actions.hand_over_cases(
            actor=viewer(world.colleague), member=world.park, giver=world.officer, taker=world.colleague
        )


# --- trainings -----------------------------------------------------------------------------------------------------------


def test_who_attended_gets_a_certificate_that_anybody_can_check(world: World) -> None:
    secretary = viewer(world.secretary)
    record = parse(TrainingRecord, {"title": "业务培训班", "held_on": TODAY.isoformat(), "hours": 8})
    training = actions.hold_training(actor=secretary, alliance=world.alliance, record=record)
    row = {"name": "周南", "member": "nanhu", "account": "zhou"}
    actions.enrol(actor=viewer(world.officer), training=training, record=parse(AttendanceRow, row))
    with pytest.raises(NotAllowed):
        actions.enrol(
            actor=viewer(world.officer), training=training, record=parse(AttendanceRow, row | {"attended": "是"})
        )
    actions.enrol(actor=secretary, training=training, record=parse(AttendanceRow, row | {"attended": "是"}))
    actions.enrol(
        actor=secretary, training=training, record=parse(AttendanceRow, {"name": "沈嘉禾", "member": "zhangjiang"})
    )
    assert [actions.certify(actor=secretary, training=training) for _ in range(2)] == [1, 0]
    place = TrainingPlace.objects.unscoped("t").get(name="周南")
    assert place.certificate is not None
    page = client_of(None).get("/certificates/", {"number": place.certificate.lower()}).content.decode()
    assert "证书有效" in page and "周*" in page and "周南" not in page
    assert "没有这个编号" in client_of(None).get("/certificates/", {"number": "DJ2026-00000000"}).content.decode()
    word = client_of(world.officer).get(f"/trainings/{training.uid}/certificates/{place.certificate}.docx")
    assert any("周南" in p.text for p in Document(io.BytesIO(word.content)).paragraphs)
    assert (
        client_of(world.far).get(f"/trainings/{training.uid}/certificates/{place.certificate}.docx").status_code == 404
    )
    assert "周南" not in client_of(None).get(f"/trainings/{training.uid}/").content.decode()
    with pytest.raises(Conflict):
        actions.enrol(actor=secretary, training=training, record=parse(AttendanceRow, row | {"attended": "否"}))


def test_nobody_attends_a_training_that_is_yet_to_come(world: World) -> None:
    record = parse(TrainingRecord, {"title": "明天", "held_on": (TODAY + timedelta(days=1)).isoformat()})
    training = actions.hold_training(actor=viewer(world.secretary), alliance=world.alliance, record=record)
    with pytest.raises(Fault) as refused:
        actions.enrol(
            actor=viewer(world.secretary),
            training=training,
            record=parse(AttendanceRow, {"name": "某", "attended": "是"}),
        )
    assert refused.value.code == "training.early"


# --- messages ------------------------------------------------------------------------------------------------------------


def test_messages_are_read_by_two_and_told_to_who_stands_in(world: World) -> None:
    from duijie.members import actions as members
    from duijie.members.schemas import AbsenceRecord

    day = TODAY.isoformat()
    record = parse(AbsenceRecord, {"person": "zhou", "substitute": "wu", "first_day": day, "last_day": day})
    members.name_substitute(actor=viewer(world.officer), record=record)
    actions.write_to(actor=viewer(world.far), receiver=world.officer, text="请看这条匹配")
    dispatch_all()
    told = set(Notification.objects.filter(kind="officer.wrote").values_list("user_id", flat=True))
    assert told == {world.officer.pk, world.colleague.pk}
    assert queries.messages(viewer(world.officer)).count() == queries.messages(viewer(world.far)).count() == 1
    assert queries.messages(viewer(world.colleague)).count() == queries.messages(GUEST).count() == 0
    assert actions.read_messages(actor=viewer(world.officer)) == 1


@pytest.mark.parametrize(
    ("text", "about", "code"),
    [("", "", "message.empty"), ("好", "https://evil.example", "message.about"), ("好", "//x", "message.about")],
)
def test_bad_messages_are_refused(world: World, text: str, about: str, code: str) -> None:
    with pytest.raises(Fault) as refused:
        actions.write_to(actor=viewer(world.far), receiver=world.officer, text=text, about=about)
    assert refused.value.code == code


def test_outsiders_write_to_no_officer(world: World) -> None:
    with pytest.raises(NotAllowed):
        actions.write_to(actor=viewer("citizen"), receiver=world.officer, text="你好")
    with pytest.raises(Fault):
        actions.write_to(actor=viewer(world.far), receiver=make_user("citizen"), text="你好")


# --- what each brought about -----------------------------------------------------------------------------------------------

_cases = st.lists(
    st.builds(
        Case, st.sampled_from(["introduction", "deal"]), st.just(""), st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple),
    ),
    max_size=20,
)  # fmt: skip
_duty = st.dictionaries(st.integers(1, 4), st.lists(st.integers(10, 15), max_size=3), max_size=4)


@given(_cases, _duty)
def test_the_shares_of_a_case_add_up_to_it(cases: list[Case], duty: dict[int, list[int]]) -> None:
    shares = share_out(cases, lambda member, day: duty.get(member, []))
    for case in cases:
        same = sum(1 for other in cases if other == case)
        assert sum((s.part for s in shares if s.case == case), Fraction(0)) == same
    assert all(s.officer is None or s.officer in duty[s.member] for s in shares)


def test_a_day_of_leave_counts_for_who_stood_in() -> None:
    case = Case("deal", "", date(2026, 5, 1), (1, 2))
    shares = share_out([case], lambda member, day: {1: [11], 2: [21, 22]}[member])
    assert [(s.officer, s.part) for s in shares] == [(11, Fraction(1, 2)), (21, Fraction(1, 4)), (22, Fraction(1, 4))]


def test_the_yearly_sheet_is_for_the_council_and_adds_up(world: World) -> None:
    for one in [viewer("citizen"), viewer("leader", make_member()), viewer()]:
        with pytest.raises(NotAllowed):
            queries.yearly_sheet(one, world.alliance, TODAY.year)
    sheet = queries.yearly_sheet(viewer(world.secretary), world.alliance, TODAY.year)
    assert [line.person.username for line in sheet.lines] == ["wu", "zhou", "shen"] or len(sheet.lines) == 3
    client = client_of(world.secretary)
    assert client.get("/alliances/union/officers/").status_code == 200
    assert client.get("/alliances/union/officers/?format=xlsx").content[:2] == b"PK"
    assert client_of(world.officer).get("/alliances/union/officers/").status_code == 403
    link = 'href="/alliances/union/officers/"'
    assert link in client.get("/officers/").content.decode()
    assert link not in client_of(world.officer).get("/officers/").content.decode()


def test_a_case_counts_for_who_was_the_officer_that_day_also_when_the_role_was_taken_away_since(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first officer until the end of April, nobody in May, the second from June on; roles move by their own actions."""
    park = make_member("临沂", slug="linyi", alliances=[world.alliance])
    first, second = (make_user("citizen", username=name) for name in ("first", "second"))
    year = TODAY.year - 1

    def on(month: int, deed: Any) -> Any:
        moment = datetime(year, month, 1, 4, tzinfo=UTC)
        with monkeypatch.context() as patched:
            patched.setattr(timezone, "now", lambda: moment)
            return deed()

    def grant(person: Any) -> Any:
        return lambda: grant_role(actor=SYSTEM, person=person, role="liaison", scope="member", scope_id=park.pk)

    held = on(2, grant(first))
    on(5, lambda: revoke_role(actor=SYSTEM, grant=held))
    on(6, grant(second))
    duty = _Duty({park.pk: park}, date(year, 1, 1), date(year, 12, 31))
    on_duty = {month: list(duty.on(park.pk, date(year, month, 15))) for month in (1, 3, 4, 5, 6, 12)}
    assert on_duty == {1: [first.pk], 3: [first.pk], 4: [first.pk], 5: [], 6: [second.pk], 12: [second.pk]}
    assert duty.on(park.pk, date(year, 4, 30)) == [first.pk]
    assert duty.on(park.pk, date(year, 5, 1)) == []
    assert {person.username for _, person in duty.everybody()} == {"first", "second"}
    later = _Duty({park.pk: park}, date(year + 1, 1, 1), date(year + 1, 12, 31))
    assert {person.username for _, person in later.everybody()} == {"second"}


# --- exchanges -----------------------------------------------------------------------------------------------------------


def values(**more: Any) -> dict[str, Any]:
    base = {
        "kind": "挂职",
        "title": "互派干部",
        "sender": "nanhu",
        "host": "zhangjiang",
        "first_day": (TODAY - timedelta(days=9)).isoformat(),
    }
    return base | more


def plan(world: World, **more: Any) -> Exchange:
    return actions.plan_exchange(actor=viewer(world.officer), record=parse(ExchangeRecord, values(**more)))


def test_an_exchange_is_planned_held_reported_and_counted_as_known(world: World) -> None:
    exchange = plan(world, people="尉迟平（科长）、任一帆")
    assert (exchange.head_count, exchange.status) == (2, "planned")
    question = Question(TODAY - timedelta(days=30), TODAY)
    held = measure("govern.exchanges_held")
    assert held.value(question) == 0
    before = timezone.now()
    actions.report_exchange(actor=viewer(world.far), exchange=exchange, outcome="带回三个项目线索")
    assert held.totals(question) == {world.park.pk: 1}
    assert measure("govern.exchange_people").value(question) == 2
    assert held.value(Question(question.start, question.end, known_at=before)) == 0
    assert [r.value for r in held.records(question, SYSTEM)] == [1]
    with pytest.raises(Conflict) as refused:
        record = parse(ExchangeRecord, values(status="planned"))
        actions.change_exchange(actor=viewer(world.officer), exchange=exchange, record=record)
    assert refused.value.code == "exchange.held"


def test_names_are_for_both_sides_only(world: World) -> None:
    exchange = plan(world, people="尉迟平（科长）")
    for user, sees in [
        (world.officer, True),
        (world.far, True),
        (make_user("liaison", make_member()), False),
        (None, False),
    ]:
        assert ("尉迟平" in client_of(user).get(f"/exchanges/{exchange.uid}/").content.decode()) is sees


BAD = [
    ({"host": "nanhu"}, "exchange.same"),
    ({"last_day": "2001-01-01"}, "exchange.dates"),
    ({"status": "reported"}, "exchange.outcome"),
    ({"status": "held", "first_day": (TODAY + timedelta(days=3)).isoformat()}, "exchange.future"),
    ({"sender": "没有"}, "member.unknown"),
    ({"agreement": "0" * 26}, "agreement.unknown"),
]


@pytest.mark.parametrize(("more", "code"), BAD)
def test_bad_exchanges_are_refused_the_same_at_every_door(world: World, more: dict[str, Any], code: str) -> None:
    with pytest.raises(Fault) as refused:
        plan(world, **more)
    assert refused.value.code == code
    sentence = refused.value.zh
    client = client_of(world.officer)
    answered = client.post("/api/v1/exchanges", json.dumps(values(**more)), content_type="application/json")
    assert (answered.status_code, answered.json()["code"], answered.json()["detail"]) == (422, code, sentence)
    page = client.post("/exchanges/new/", values(**more))
    assert page.status_code == 422 and Exchange.objects.count() == 0


def test_a_sheet_is_brought_in_whole_or_not_at_all(world: World, tmp_path: Path) -> None:
    columns: tuple[Column, ...] = columns_of("exchanges")
    good = values(external_id="A-1", first_day=TODAY - timedelta(days=3))
    path = tmp_path / "交流.xlsx"
    write_table(columns, [good, good | {"external_id": "A-2", "host": "nanhu"}], path)
    with pytest.raises(Faults) as refused:
        bring_in(actor=viewer(world.officer), path=path, kind="exchanges")
    assert [f.code for f in refused.value.faults] == ["exchange.same"]
    assert "3" in (refused.value.faults[0].place or "") and Exchange.objects.count() == 0
    write_table(columns, [good, good | {"external_id": "A-2"}], path)
    dry = bring_in(actor=viewer(world.officer), path=path, kind="exchanges", dry_run=True)
    assert (dry["created"], Exchange.objects.count()) == (2, 0)
    assert bring_in(actor=viewer(world.officer), path=path, kind="exchanges")["created"] == 2
    assert bring_in(actor=viewer(world.officer), path=path, kind="exchanges")["unchanged"] == 2


def test_systems_write_by_their_own_id_and_two_writers_see_each_other(world: World) -> None:
    from duijie.members.actions import create_api_key
    from duijie.members.schemas import ApiKeyRecord

    record = parse(ApiKeyRecord, {"name": "系统", "scopes": ["exchanges:write"]})
    _, secret = create_api_key(actor=viewer("member_admin", world.park), record=record, member=world.park)
    headers = {"Authorization": f"Bearer {secret}"}
    body = {k: v for k, v in values().items() if k != "sender"}
    statuses = [
        Client().put("/api/v1/members/nanhu/exchanges/E-1", json.dumps(body), content_type="application/json", headers=headers).status_code
        for _ in range(2)
    ]  # fmt: skip
    assert statuses == [201, 200] and Exchange.objects.count() == 1
    foreign = Client().put(
        "/api/v1/members/zhangjiang/exchanges/E-1",
        json.dumps(body | {"host": "某市"}),
        content_type="application/json",
        headers=headers,
    )
    assert foreign.status_code == 403
    exchange = Exchange.objects.get()
    changed = parse(ExchangeRecord, values(title="新", external_id="E-1"))
    actions.change_exchange(actor=viewer(world.officer), exchange=exchange, record=changed, version=1)
    with pytest.raises(Stale):
        actions.change_exchange(actor=viewer(world.officer), exchange=exchange, record=changed, version=1)


def test_pages_of_officers_open_and_ask_as_often_for_three_as_for_one(world: World) -> None:
    client = client_of(world.officer)
    counts = []
    for more in (1, 2):
        for _ in range(more):
            plan(world)
            make_user("liaison", make_member(alliances=[world.alliance]))
        taken = []
        for path in ("/exchanges/", "/officers/", "/officers/messages/", "/alliances/union/trainings/", "/today/"):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(path).status_code == 200
            taken.append(len(captured))
        counts.append(taken)
    assert counts[0] == counts[1]
    assert client.get("/officers/?format=xlsx").content[:2] == b"PK"
    assert client.get("/exchanges/?format=csv").status_code == 200


def test_a_certificate_that_is_not_there(world: World) -> None:
    for number in ("", "DJ2026-AAAAAAAA"):
        with pytest.raises(NotFound):
            actions.place_of_certificate(number)


# --- the sheet of a training, and what is forgotten --------------------------------------------------------------------------


def people_sheet(tmp_path: Path, *rows: dict[str, Any]) -> Path:
    path = tmp_path / "名单.xlsx"
    write_table(columns_of("attendance"), rows, path)
    return path


def test_a_trainings_list_is_uploaded_whole_or_not_at_all(world: World, tmp_path: Path) -> None:
    record = parse(TrainingRecord, {"title": "培训", "held_on": (TODAY - timedelta(days=1)).isoformat()})
    training = actions.hold_training(actor=viewer(world.secretary), alliance=world.alliance, record=record)
    address = f"/trainings/{training.uid}/people/"
    good = {"name": "周南", "member": "南湖", "attended": True, "account": "zhou"}
    secretary = client_of(world.secretary)

    def send(client: Client, path: Path) -> Any:
        with path.open("rb") as file:
            return client.post(address, {"file": file})

    refused = send(secretary, people_sheet(tmp_path, good, {"name": "某人", "member": "没有的区"}))
    assert "没有的区" in secretary.get(refused["Location"]).content.decode()
    assert TrainingPlace.objects.unscoped("test").count() == 0
    path = people_sheet(tmp_path, good, {"name": "沈嘉禾", "member": "张江", "attended": False})
    for _ in range(2):
        assert "名单已导入" in secretary.get(send(secretary, path)["Location"]).content.decode()
    found = TrainingPlace.objects.unscoped("test").order_by("pk")
    assert list(found.values_list("name", "member__slug", "attended", "person")) == [
        ("周南", "nanhu", True, world.officer.pk), ("沈嘉禾", "zhangjiang", False, None),
    ]  # fmt: skip
    # Who came is written by the secretariat; an officer puts own people on the list.
    path = people_sheet(tmp_path, good | {"name": "新人", "account": None})
    send(client_of(world.colleague), path)
    send(client_of(None), path)
    assert found.count() == 2
    assert "请选择文件" in secretary.get(secretary.post(address)["Location"]).content.decode()


def test_who_is_erased_is_named_nowhere_and_two_of_a_member_stay_two(world: World) -> None:
    from duijie.govern.models import Application, OfficerMessage
    from duijie.govern.schemas import ApplicationRecord
    from duijie.members.actions import erase_person
    from duijie.members.queries import export_person

    record = parse(TrainingRecord, {"title": "培训", "held_on": (TODAY - timedelta(days=1)).isoformat()})
    training = actions.hold_training(actor=viewer(world.secretary), alliance=world.alliance, record=record)
    for name, account in (("周南", "zhou"), ("吴桐", "wu")):
        row = {"name": name, "member": "南湖", "attended": "是", "account": account}
        actions.enrol(actor=viewer(world.secretary), training=training, record=parse(AttendanceRow, row))
    actions.certify(actor=viewer(world.secretary), training=training)
    actions.write_to(actor=viewer(world.officer), receiver=world.far, text="请看这条")
    asked = {
        "name": "芜湖市",
        "kind": "city",
        "reasons": "合作",
        "contact_name": "周南",
        "contact_email": "zhou@example.cn",
    }
    actions.apply_to_join(
        actor=viewer(world.officer), alliance=world.alliance, record=parse(ApplicationRecord, asked), papers=[]
    )
    kept = export_person(viewer(world.officer), world.officer)["govern"]
    assert [t["training"] for t in kept["trainings"]] == ["培训"]
    assert [m["text"] for m in kept["messages_sent"]] == ["请看这条"]
    assert [a["contact"] for a in kept["applications"]] == ["zhou@example.cn"]
    for person in (world.officer, world.colleague):
        erase_person(actor=viewer("platform"), person=person)
    dispatch_all()
    places = list(TrainingPlace.objects.unscoped("test").filter(training=training))
    assert len({p.name for p in places}) == 2 and all(p.name.startswith("—") and p.person_id is None for p in places)
    assert all(p.certificate for p in places)  # a certificate that was given can still be checked
    application = Application.objects.unscoped("test").get()
    assert (application.contact_name, application.contact_email) == ("", "")
    assert OfficerMessage.objects.unscoped("test").get().sender_id is None
