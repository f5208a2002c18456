"""A liaison officer is away: the substitute has the rights, the notices and the lists for these days, and not a day longer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from duijie.core.access import Grant
from duijie.core.errors import Conflict, Fault, NotAllowed
from duijie.core.events import dispatch_all
from duijie.core.models import Notification
from duijie.core.schema import parse
from duijie.members import actions, queries
from duijie.members.models import Absence, Member, User
from duijie.members.schemas import AbsenceRecord
from duijie.members.viewers import viewer_of
from tests.factories import make_alliance, make_member, make_user, viewer

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


class Office:
    def __init__(self) -> None:
        self.alliance = make_alliance()
        self.park: Member = make_member("南湖", alliances=[self.alliance])
        self.officer: User = make_user("liaison", self.park, username="zhou")
        self.colleague: User = make_user("editor", self.park, username="wu")
        self.stranger: User = make_user("liaison", make_member(), username="far")

    def away(self, actor: User, substitute: str = "wu", first: int = 0, last: int = 5) -> Absence:
        record = parse(
            AbsenceRecord,
            {
                "person": "zhou", "substitute": substitute,
                "first_day": (TODAY + timedelta(days=first)).isoformat(),
                "last_day": (TODAY + timedelta(days=last)).isoformat(),
            },
        )  # fmt: skip
        return actions.name_substitute(actor=viewer_of(actor), record=record)


@pytest.fixture
def office() -> Office:
    return Office()


def stands_in(office: Office) -> bool:
    return Grant("liaison", "member", office.park.pk) in viewer_of(office.colleague).grants


def test_the_substitute_has_the_rights_and_notices_for_these_days(office: Office) -> None:
    assert not stands_in(office)
    office.away(office.officer)
    assert stands_in(office)
    assert set(queries.staff_of_member(office.park.pk, ("liaison",))) == {office.officer.pk, office.colleague.pk}
    assert set(queries.liaisons_of(office.park)) == {office.officer, office.colleague}
    dispatch_all()
    assert Notification.objects.filter(kind="absence.named", user_id=office.colleague.pk).count() == 1
    Absence.objects.update(first_day=date(2020, 1, 1), last_day=TODAY - timedelta(days=1))
    assert not stands_in(office)
    assert queries.staff_of_member(office.park.pk, ("liaison",)) == [office.officer.pk]


def test_a_later_absence_lends_nothing_yet(office: Office) -> None:
    office.away(office.officer, first=1)
    assert not stands_in(office)


def test_what_is_lent_ends_with_the_office_itself(office: Office) -> None:
    office.away(office.officer)
    actions.close_account(actor=viewer("platform"), person=office.officer)
    assert not stands_in(office)


def test_back_again_takes_it_away_at_once(office: Office) -> None:
    absence = office.away(office.officer)
    actions.end_absence(actor=viewer_of(office.officer), absence=absence)
    assert not stands_in(office)


def test_officers_name_colleagues_and_administrators_anybody_they_may_appoint(office: Office) -> None:
    with pytest.raises(Fault) as refused:
        office.away(office.officer, substitute="far")
    assert refused.value.code == "absence.not_colleague"
    office.away(make_user("member_admin", office.park), substitute="far")
    assert Grant("liaison", "member", office.park.pk) in viewer_of(office.stranger).grants


@pytest.mark.parametrize("role", ["editor", "leader", "auditor"])
def test_others_name_nobody(office: Office, role: str) -> None:
    with pytest.raises(NotAllowed):
        office.away(make_user(role, office.park))
    with pytest.raises(NotAllowed):
        office.away(office.stranger)


@pytest.mark.parametrize(
    ("substitute", "first", "last", "code"),
    [
        ("zhou", 0, 3, "absence.oneself"),
        ("wu", 3, 0, "absence.dates"),
        ("wu", -9, -3, "absence.past"),
        ("wu", 0, 400, "absence.dates"),
        ("nobody", 0, 3, "person.unknown"),
    ],
)
def test_bad_days_and_people_are_refused(office: Office, substitute: str, first: int, last: int, code: str) -> None:
    with pytest.raises(Fault) as refused:
        office.away(office.officer, substitute, first, last)
    assert refused.value.code == code
    assert Absence.objects.count() == 0


def test_two_absences_at_once_and_a_substitute_who_is_away_are_refused(office: Office) -> None:
    office.away(office.officer)
    with pytest.raises(Conflict) as refused:
        office.away(office.officer, first=5, last=9)
    assert refused.value.code == "absence.overlaps"
    other = make_user("liaison", office.park, username="li")
    record = parse(
        AbsenceRecord,
        {"person": "li", "substitute": "zhou", "first_day": TODAY.isoformat(), "last_day": TODAY.isoformat()},
    )
    with pytest.raises(Conflict) as refused:
        actions.name_substitute(actor=viewer_of(other), record=record)
    assert refused.value.code == "absence.both_away"
