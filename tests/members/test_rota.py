"""The rota of hosts: planning, wishes, swaps, hand-over, who may, and the same through every door."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise

import icalendar
import pytest
from click.testing import CliRunner
from django.test import Client
from django.utils import timezone

from duijie.cli.main import main
from duijie.core.errors import Conflict, Fault, NotAllowed, Stale
from duijie.core.events import dispatch_all
from duijie.core.models import AuditLine, Notification
from duijie.core.schema import parse
from duijie.members import actions, queries
from duijie.members.models import Alliance, Member, Membership, Rota
from duijie.members.schemas import RotaRecord, RotaWishRecord
from tests.factories import GUEST, PASSWORD, make_alliance, make_member, make_user, viewer

pytestmark = pytest.mark.django_db
YEAR = timezone.localdate().year


class World:
    def __init__(self) -> None:
        self.alliance: Alliance = make_alliance("五区联盟", slug="five")
        self.members: list[Member] = [
            make_member(f"{c}区", slug=c, alliances=[self.alliance], standing="founder") for c in "abc"
        ]
        self.partner = make_member("伙伴", slug="p", alliances=[self.alliance], standing="partner")
        self.secretary = viewer("secretariat", self.alliance)

    def rota(self, rounds: int = 6, *, start: int = YEAR + 1, **more: object) -> Rota:
        record = parse(RotaRecord, {"title": "大会", "starts_on": f"{start}-01-01", **more})
        rota = actions.set_up_rota(actor=self.secretary, alliance=self.alliance, record=record)
        actions.plan_rota(actor=self.secretary, rota=rota, rounds=rounds)
        rota.refresh_from_db()
        return rota

    def wish(self, rota: Rota, member: str, kind: str, first: int, **more: object) -> None:
        record = parse(RotaWishRecord, {"member": member, "kind": kind, "first_round": first, **more})
        actions.wish_rota(actor=self.secretary, rota=rota, record=record)


@pytest.fixture
def world() -> World:
    return World()


def row(rota: Rota) -> str:
    return "".join(r.host.slug for r in queries.rounds_of(GUEST, rota))


def test_rounds_follow_one_another_and_hosts_take_turns(world: World) -> None:
    rota = world.rota(7)
    rounds = queries.rounds_of(GUEST, rota)
    assert row(rota) == "abcabca"
    assert (rounds[0].first_day, rounds[0].last_day) == (date(YEAR + 1, 1, 1), date(YEAR + 1, 12, 31))
    assert all(b.first_day.toordinal() == a.last_day.toordinal() + 1 for a, b in pairwise(rounds))
    assert queries.host_on(world.alliance, date(YEAR + 2, 6, 1)) == world.members[1]
    assert queries.host_on(world.alliance, date(YEAR, 6, 1)) is None
    following = queries.next_host(world.alliance)
    assert following is not None and following.number == 1


def test_planning_anew_heeds_wishes_and_exclusions_and_says_why(world: World) -> None:
    rota = world.rota(3)
    world.wish(rota, "c", "prefers", 1)
    world.wish(rota, "a", "excluded", 2, last_round=2, reason="承办全国展会")
    actions.plan_rota(actor=world.secretary, rota=rota, rounds=6)
    assert row(rota) == "cbacba"
    world.wish(rota, "b", "excluded", 5, reason="换届")
    actions.plan_rota(actor=world.secretary, rota=rota, rounds=6)
    told = [r.reason for r in queries.rounds_of(GUEST, rota) if r.reason]
    assert told == [] or all("换届" in line or "承办" in line for line in told)


def test_what_has_begun_or_is_settled_stays(world: World) -> None:
    rota = world.rota(4, start=YEAR)
    actions.set_host(actor=world.secretary, rota=rota, number=3, member=world.members[0], reason="十周年")
    world.wish(rota, "c", "prefers", 1)
    actions.plan_rota(actor=world.secretary, rota=rota, rounds=6)
    rounds = queries.rounds_of(GUEST, rota)
    assert (rounds[0].host.slug, rounds[2].host.slug, rounds[2].reason) == ("a", "a", "十周年")


def test_who_joins_later_or_is_suspended_does_not_host(world: World) -> None:
    Membership.objects.filter(member=world.members[2]).update(since=date(YEAR + 3, 1, 1))
    Membership.objects.filter(member=world.members[1]).update(
        suspended_from=date(YEAR + 2, 1, 1), suspended_until=date(YEAR + 4, 12, 31), suspension_reason="未履约"
    )
    rota = world.rota(5)
    assert row(rota) == "baacb"
    assert "未履约" in queries.rounds_of(GUEST, rota)[2].reason


def test_partners_take_part_only_where_the_rota_says_so(world: World) -> None:
    assert "p" not in row(world.rota(8))
    other = parse(RotaRecord, {"title": "论坛", "starts_on": f"{YEAR}-01-01", "standings": "伙伴", "length": "季度"})
    rota = actions.set_up_rota(actor=world.secretary, alliance=world.alliance, record=other)
    actions.plan_rota(actor=world.secretary, rota=rota, rounds=2)
    assert row(rota) == "pp"
    assert queries.rounds_of(GUEST, rota)[1].first_day == date(YEAR, 4, 1)


def test_two_hosts_swap_with_a_reason_when_both_agree(world: World) -> None:
    rota = world.rota(3)
    one, other = viewer("liaison", world.members[0]), viewer("liaison", world.members[1])
    with pytest.raises(NotAllowed):
        actions.ask_swap(actor=other, rota=rota, one=1, other=2, reason="大会撞期")
    swap = actions.ask_swap(actor=one, rota=rota, one=1, other=2, reason="大会撞期")
    with pytest.raises(NotAllowed):
        actions.answer_swap(actor=one, swap=swap, agree=True)
    dispatch_all()
    assert Notification.objects.filter(kind="rota.swap_asked", user_id=other.user_id).count() == 1
    actions.answer_swap(actor=other, swap=swap, agree=True)
    assert row(rota) == "bac"
    assert all("大会撞期" in r.reason and r.settled for r in queries.rounds_of(GUEST, rota)[:2])
    with pytest.raises(Conflict):
        actions.answer_swap(actor=other, swap=swap, agree=False)


def test_a_turn_ends_with_its_list_and_the_next_host_hears(world: World) -> None:
    rota = world.rota(2, start=YEAR)
    host = viewer("member_admin", world.members[0])
    following = viewer("liaison", world.members[1])
    now = queries.rounds_of(GUEST, rota)[0]
    actions.add_handover_item(actor=host, found=now, text="钥匙")
    items = list(queries.rounds_of(GUEST, rota)[0].handover.all())
    assert len(items) == 6
    with pytest.raises(Conflict) as refused:
        actions.hand_over(actor=host, found=now)
    assert refused.value.code == "rota.open_items"
    for item in items:
        actions.tick_handover_item(actor=host, item=item)
    done = actions.hand_over(actor=host, found=now, note="顺利")
    assert done.handed_over_at is not None
    dispatch_all()
    assert Notification.objects.filter(kind="rota.handed_over", user_id=following.user_id).count() == 1


BAD = [
    ({"kind": "excluded", "member": "a", "first_round": 1}, "rota.reason"),
    ({"kind": "prefers", "member": "a", "first_round": 3, "last_round": 2}, "rota.rounds"),
    ({"kind": "prefers", "member": "x", "first_round": 1}, "member.unknown"),
]


@pytest.mark.parametrize(("given", "code"), BAD)
def test_bad_wishes_are_refused_in_one_sentence(world: World, given: dict[str, object], code: str) -> None:
    with pytest.raises(Fault) as refused:
        actions.wish_rota(actor=world.secretary, rota=world.rota(), record=parse(RotaWishRecord, given))
    assert refused.value.code == code


def test_everybody_excluded_is_refused_and_nothing_changes(world: World) -> None:
    rota = world.rota(3)
    for member in "abc":
        world.wish(rota, member, "excluded", 2, reason="停办")
    before = list(rota.rounds.values_list("number", "host_id"))
    with pytest.raises(Conflict) as refused:
        actions.plan_rota(actor=world.secretary, rota=rota, rounds=4)
    assert (refused.value.code, refused.value.place) == ("rota.nobody", "2")
    assert list(rota.rounds.values_list("number", "host_id")) == before
    with pytest.raises(Fault):
        actions.plan_rota(actor=world.secretary, rota=rota, rounds=0)


def test_of_two_secretaries_at_once_the_second_is_told(world: World) -> None:
    rota = world.rota(3)
    seen = rota.version
    actions.set_host(actor=world.secretary, rota=rota, number=1, member=world.members[1], reason="一", version=seen)
    with pytest.raises(Stale):
        actions.plan_rota(actor=viewer("secretariat", world.alliance), rota=rota, rounds=3, version=seen)


def test_only_the_secretariat_plans(world: World) -> None:
    rota = world.rota(3)
    for role, where in [("liaison", world.members[0]), ("leader", world.members[0]), ("secretariat", make_alliance())]:
        with pytest.raises(NotAllowed):
            actions.plan_rota(actor=viewer(role, where), rota=rota, rounds=3)
    lines = AuditLine.objects.filter(object_kind="rota").values_list("verb", flat=True)
    assert list(lines) == ["rota.set_up", "rota.plan"]


def test_the_same_through_the_api_the_page_and_the_command_line(world: World) -> None:
    user = make_user("secretariat", world.alliance)
    client = Client()
    assert client.login(username=user.username, password=PASSWORD)
    body = json.dumps({"title": "年会", "starts_on": f"{YEAR}-01-01"})
    made = client.post("/api/v1/alliances/five/rotas", body, content_type="application/json")
    assert made.status_code == 201
    uid = made.json()["id"]
    planned = client.post(f"/api/v1/rotas/{uid}/plan", '{"rounds": 4}', content_type="application/json")
    assert [r["host"] for r in planned.json()["rounds"]] == list("abca")
    stale = client.post(
        f"/api/v1/rotas/{uid}/plan",
        '{"rounds": 4}',
        content_type="application/json",
        headers={"If-Match": f'"{uid}.1"'},
    )
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert client.get("/api/v1/alliances/five/host").json()["host"] == "a"
    page = client.get("/alliances/five/rota/")
    assert page.status_code == 200 and "年会" in page.content.decode()
    answered = client.post(f"/rotas/{uid}/wish/", {"member": "b", "kind": "excluded", "first_round": "2"}, follow=True)
    assert "不能值办时请写明原因" in answered.content.decode()
    feed = icalendar.Calendar.from_ical(Client().get("/alliances/five/rota.ics").content)
    events = list(feed.walk("VEVENT"))
    assert len(events) == 4 and events[0]["dtend"].dt == date(YEAR + 1, 1, 1)
    shown = CliRunner().invoke(main, ["rota", "show", "five", "--json"])
    assert [r["host"] for r in json.loads(shown.output)] == ["a区", "b区", "c区", "a区"]
    assert CliRunner().invoke(main, ["rota", "host", "five"]).output == "a区\n"


def test_the_page_asks_as_often_for_many_rounds_as_for_few(world: World, client: Client) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    rota = world.rota(1)
    counts = []
    for rounds in (1, 9):
        actions.plan_rota(actor=world.secretary, rota=rota, rounds=rounds)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get("/alliances/five/rota/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
