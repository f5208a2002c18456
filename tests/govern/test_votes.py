"""Votes of a council: who votes, proxies, deadlines, results that can be counted again, secret ballots that say nothing."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from duijie.core.errors import Conflict, Fault, NotAllowed, NotFound, Stale
from duijie.core.events import dispatch_all
from duijie.core.models import AuditLine, Event
from duijie.core.schema import parse
from duijie.govern import actions
from duijie.govern.ballotbox import new_number, open_box, seal_box
from duijie.govern.models import BallotBox, Motion, OpenBallot, Proxy, Resolution, Seat
from duijie.govern.schemas import BudgetLineRecord
from duijie.members.models import Membership
from tests.factories import make_member, make_user, viewer
from tests.govern.council import TODAY, Council

pytestmark = pytest.mark.django_db


@pytest.fixture
def council() -> Council:
    return Council()


def reread(motion: Motion) -> Motion:
    return Motion.objects.unscoped("test").select_related("alliance").get(pk=motion.pk)


def test_a_motion_by_circulation_is_carried_sealed_and_numbered(council: Council) -> None:
    motion = council.opened()
    council.vote(motion, "yyyn")
    decided = council.closed(motion)
    assert decided.status == "carried"
    assert {k: decided.result[k] for k in ("yes", "no", "entitled", "taking_part", "quorum")} == {
        "yes": 3, "no": 1, "entitled": 5, "taking_part": 4, "quorum": 3,
    }  # fmt: skip
    resolution = Resolution.objects.get(motion=motion)
    assert resolution.label == f"〔{TODAY.year}〕1 号"
    result, digest = actions.recount(decided)
    assert (result.yes, digest) == (3, decided.digest)


def test_without_a_quorum_or_a_majority_nothing_is_resolved(council: Council) -> None:
    few, split = council.opened(), council.opened()
    council.vote(few, "yy")
    council.vote(split, "yynn-")
    council.over(few)
    council.over(split)
    assert actions.close_due() == 2
    assert [reread(m).result["outcome"] for m in (few, split)] == ["no_quorum", "rejected"]
    assert Resolution.objects.count() == 0


def test_weighted_votes_and_a_founders_veto() -> None:
    council = Council(
        voting="加权表决", votes="aqu=3、bqu=0", veto="修改章程", absolute="经费预算", quorum_percent=50, text="正文"
    )
    budget = council.motion(kind="budget")
    line = parse(BudgetLineRecord, {"year": 2027, "item": "大会", "amount": "10万元"})
    actions.write_line(actor=council.secretary, motion=budget, record=line)
    actions.open_vote(actor=council.secretary, motion=budget, last_day=council.day(7))
    assert [s.votes for s in Seat.objects.unscoped("t").filter(motion=budget)] == [3, 1, 1, 1]
    actions.cast_vote(actor=council.leader(0), motion=budget, seat=f"m{council.members[0].pk}", choice="yes")
    assert council.closed(budget).result["outcome"] == "rejected"
    charter = council.opened(kind="charter")
    for number, choice in [(0, "yes"), (2, "no"), (3, "yes")]:
        actions.cast_vote(
            actor=council.leader(number), motion=charter, seat=f"m{council.members[number].pk}", choice=choice
        )
    decided = council.closed(charter)
    assert (decided.result["outcome"], decided.result["vetoed_by"]) == ("vetoed", [f"m{council.members[2].pk}"])


def test_who_is_suspended_a_partner_or_on_probation_has_no_vote(council: Council) -> None:
    Membership.objects.filter(member=council.members[0]).update(suspended_from=TODAY)
    Membership.objects.filter(member=council.members[1]).update(standing="partner")
    Membership.objects.filter(member=council.members[2]).update(probation_until=TODAY)
    Membership.objects.filter(member=council.members[3]).update(until=TODAY - timedelta(days=1))
    motion = council.opened()
    assert council.seats(motion) == [f"m{council.members[4].pk}"]


def test_nobody_votes_on_the_own_exclusion(council: Council) -> None:
    motion = council.opened(kind="exclusion", about="aqu")
    assert f"m{council.members[0].pk}" not in council.seats(motion)
    council.vote(motion, " yyyy")
    council.closed(motion)
    dispatch_all()
    membership = Membership.objects.get(member=council.members[0])
    assert (membership.until, "决议" in membership.left_reason) == (TODAY, True)


def test_only_a_members_own_people_vote_for_it(council: Council) -> None:
    motion = council.opened()
    seat = f"m{council.members[0].pk}"
    for other in [
        council.secretary, council.leader(1), viewer("platform"), viewer("liaison", council.members[0]),
        viewer("editor", council.members[0]), viewer("leader", make_member()), viewer(),
    ]:  # fmt: skip
        with pytest.raises(NotAllowed):
            actions.cast_vote(actor=other, motion=motion, seat=seat, choice="yes")
    actions.cast_vote(actor=viewer("member_admin", council.members[0]), motion=motion, seat=seat, choice="yes")
    for bad in ("x1", "m", "m99999999", "", "m１"):
        with pytest.raises(NotFound):
            actions.cast_vote(actor=council.leader(0), motion=motion, seat=bad, choice="yes")


def test_a_vote_after_the_deadline_is_refused_and_nothing_changes(council: Council) -> None:
    motion = council.opened()
    council.over(motion)
    with pytest.raises(Conflict) as refused:
        council.vote(motion, "y")
    assert refused.value.code == "vote.late"
    with pytest.raises(Conflict):
        actions.give_proxy(
            actor=council.leader(0), motion=motion, giver=council.seats(motion)[0], holder=council.seats(motion)[1]
        )
    assert OpenBallot.objects.unscoped("t").count() == 0
    closed = council.closed(motion)
    with pytest.raises(Conflict) as refused:
        council.vote(closed, "y")
    assert refused.value.code == "vote.not_open"


def test_a_proxy_counts_once_within_its_limit(council: Council) -> None:
    motion = council.opened()
    a, b, c, d, _ = council.seats(motion)
    actions.give_proxy(actor=council.leader(0), motion=motion, giver=a, holder=b)
    for giver, holder, number, code in [
        (c, b, 2, "proxy.limit"), (b, c, 1, "proxy.chain"), (c, a, 2, "proxy.chain"), (d, d, 3, "proxy.oneself"),
    ]:  # fmt: skip
        with pytest.raises(Fault) as refused:
            actions.give_proxy(actor=council.leader(number), motion=motion, giver=giver, holder=holder)
        assert refused.value.code == code
    actions.cast_vote(actor=council.leader(1), motion=motion, seat=a, choice="yes")
    actions.cast_vote(actor=council.leader(1), motion=motion, seat=b, choice="yes")
    with pytest.raises(Conflict) as refused:
        actions.cast_vote(actor=council.leader(1), motion=motion, seat=a, choice="no")
    assert refused.value.code == "vote.voted"
    council.vote(motion, "  y")
    assert council.closed(motion).result["yes"] == 3


def test_who_votes_itself_takes_its_proxy_back(council: Council) -> None:
    motion = council.opened()
    a, b, *_ = council.seats(motion)
    actions.give_proxy(actor=council.leader(0), motion=motion, giver=a, holder=b)
    actions.cast_vote(actor=council.leader(0), motion=motion, seat=a, choice="no")
    assert Proxy.objects.unscoped("t").count() == 0
    with pytest.raises(NotAllowed):
        actions.cast_vote(actor=council.leader(1), motion=motion, seat=a, choice="yes")
    actions.cast_vote(actor=council.leader(0), motion=motion, seat=a, choice="yes")
    assert [x.choice for x in OpenBallot.objects.unscoped("t")] == ["yes"]


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda c: c.opened(kind="suspension", about="aqu", ballot="secret"), "vote.secret_veto"),
        (lambda c: actions.open_vote(actor=c.secretary, motion=c.motion(), last_day=c.day(1)), "vote.deadline"),
        (lambda c: actions.open_vote(actor=c.secretary, motion=c.motion(), last_day=None), "vote.deadline"),
    ],
)
def test_votes_that_cannot_be_fair_do_not_begin(make: object, code: str) -> None:
    council = Council(veto="暂停资格")
    with pytest.raises(Fault) as refused:
        make(council)  # type: ignore[operator]
    assert refused.value.code == code
    assert Seat.objects.unscoped("t").count() == 0


def test_a_quorum_of_nobody_and_too_few_for_a_secret_are_refused(council: Council) -> None:
    Membership.objects.filter(member__in=council.members[2:]).update(standing="partner")
    with pytest.raises(Conflict) as refused:
        council.opened(ballot="secret")
    assert refused.value.code == "vote.too_few"
    Membership.objects.update(standing="partner")
    with pytest.raises(Conflict) as refused:
        council.opened()
    assert refused.value.code == "vote.nobody"


def test_of_two_secretaries_who_open_at_once_the_second_is_told(council: Council) -> None:
    motion = council.motion()
    version = motion.version
    actions.open_vote(actor=council.secretary, motion=motion, last_day=council.day(5), version=version)
    with pytest.raises(Stale):
        actions.open_vote(actor=council.secretary, motion=motion, last_day=council.day(5), version=version)
    with pytest.raises(Conflict) as refused:
        actions.open_vote(actor=council.secretary, motion=motion, last_day=council.day(5))
    assert refused.value.code == "motion.vote_began"


def test_a_running_vote_is_not_closed_before_its_time(council: Council) -> None:
    motion = council.opened()
    council.vote(motion, "yyyy")
    with pytest.raises(Conflict) as refused:
        actions.close_vote(actor=council.secretary, motion=motion)
    assert refused.value.code == "vote.running"
    actions.cast_vote(actor=council.leader(4), motion=motion, seat=council.seats(motion)[4], choice="no")
    assert actions.close_vote(actor=council.secretary, motion=motion).status == "carried"


def test_hands_are_recorded_in_a_meeting_and_nowhere_else(council: Council) -> None:
    from duijie.core.schema import parse
    from duijie.govern.schemas import MeetingRecord

    record = parse(MeetingRecord, {"title": "第一次会议", "held_on": TODAY.isoformat(), "time": "14:00"})
    meeting = actions.call_meeting(actor=council.secretary, alliance=council.alliance, record=record)
    motion = actions.put_on_agenda(actor=council.secretary, motion=council.motion(), meeting=meeting)
    motion = actions.open_vote(actor=council.secretary, motion=motion, last_day=None)
    keys = council.seats(motion)
    with pytest.raises(NotAllowed):
        actions.record_show_of_hands(actor=council.leader(0), motion=motion, choices={keys[0]: "yes"})
    assert (
        actions.record_show_of_hands(actor=council.secretary, motion=motion, choices=dict.fromkeys(keys[:4], "yes"))
        == 4
    )
    assert actions.close_vote(actor=council.secretary, motion=motion).result["yes"] == 4
    other = council.opened()
    with pytest.raises(Conflict) as refused:
        actions.record_show_of_hands(actor=council.secretary, motion=other, choices={keys[0]: "yes"})
    assert refused.value.code == "vote.not_in_meeting"


# --- secret ballots ------------------------------------------------------------------------------------------------------


def test_a_secret_ballot_leaves_that_one_voted_and_nothing_of_how() -> None:
    council = Council(voting="加权表决", votes="aqu=3")
    motion = council.opened(ballot="secret")
    empty = BallotBox.objects.get(motion=motion).content
    numbers = council.vote(motion, "ynyy-")
    assert [len(n) for n in numbers] == [3, 1, 1, 1, 1]
    box = BallotBox.objects.get(motion=motion).content
    assert len(box) == len(empty)
    assert BallotBox.objects.count() == 1 and OpenBallot.objects.unscoped("t").count() == 0
    every = [n for each in numbers for n in each]
    kept = json.dumps(
        [
            list(AuditLine.objects.values_list("detail", flat=True)),
            list(Event.objects.values_list("payload", flat=True)),
        ]
    )
    assert not any(number in kept or number in box for number in every)
    lines = AuditLine.objects.filter(verb="vote.cast")
    assert sorted(line.detail["seat"] for line in lines) == sorted(council.seats(motion))
    assert all(set(line.detail) == {"seat"} for line in lines)
    for word in ("yes", "no", "abstain"):
        assert f'"{word}"' not in kept
    decided = council.closed(motion)
    listed = decided.result["ballots"]
    assert sorted(n for n, _ in listed) == sorted(every) and listed == sorted(listed)
    mine = dict(listed)
    assert [mine[n[0]] for n in numbers] == ["yes", "no", "yes", "yes", "abstain"]
    assert BallotBox.objects.get(motion=motion).content == ""
    assert actions.recount(decided)[1] == decided.digest


def test_a_secret_ballot_is_final_and_not_taken_by_two(council: Council) -> None:
    motion = council.opened(ballot="secret")
    council.vote(motion, "y")
    with pytest.raises(Conflict) as refused:
        council.vote(motion, "n")
    assert refused.value.code == "vote.voted"
    deputy = viewer(make_user("member_admin", council.members[0]))
    with pytest.raises(Conflict):
        actions.cast_vote(actor=deputy, motion=motion, seat=council.seats(motion)[0], choice="no")


@settings(max_examples=12)
@given(st.text("yn- ", min_size=5, max_size=5), st.booleans())
def test_any_vote_counts_the_same_again(choices: str, secret: bool) -> None:
    from django.db import transaction

    with transaction.atomic():
        council = Council()
        motion = council.opened(ballot="secret" if secret else "open")
        council.vote(motion, choices)
        decided = council.closed(motion)
        result, digest = actions.recount(decided)
        assert (result.yes, result.no, result.abstain) == tuple(choices.count(c) for c in "yn-")
        assert {k: decided.result[k] for k in ("yes", "no", "abstain", "outcome")} == {
            k: getattr(result, k) for k in ("yes", "no", "abstain", "outcome")
        }
        assert digest == decided.digest
        transaction.set_rollback(True)


_deeds = st.lists(
    st.tuples(
        st.sampled_from(["vote", "lend", "take_back"]), st.integers(0, 4), st.integers(0, 4), st.sampled_from("yn-")
    ),
    max_size=14,
)


@settings(max_examples=15)
@given(_deeds)
def test_however_proxies_go_to_and_fro_no_seat_counts_twice(deeds: list[tuple[str, int, int, str]]) -> None:
    """Each seat has the last vote that was taken for it, by its own people or by who held its proxy; the totals are theirs."""
    from django.db import transaction

    words = {"y": "yes", "n": "no", "-": "abstain"}
    with transaction.atomic():
        council = Council()
        motion = council.opened()
        seats = council.seats(motion)
        last: dict[str, str] = {}
        for deed, one, other, choice in deeds:
            actor, seat = council.leader(one), seats[other]
            with suppress(Fault):
                if deed == "vote":
                    actions.cast_vote(actor=actor, motion=motion, seat=seat, choice=words[choice])
                    last[seat] = words[choice]
                elif deed == "lend":
                    actions.give_proxy(actor=actor, motion=motion, giver=seats[one], holder=seat)
                else:
                    actions.take_back_proxy(actor=actor, motion=motion, giver=seats[one])
        result = council.closed(motion).result
        assert [result[c] for c in ("yes", "no", "abstain")] == [
            list(last.values()).count(c) for c in ("yes", "no", "abstain")
        ]
        assert result["taking_part"] == len(last) <= result["entitled"] == 5
        assert OpenBallot.objects.unscoped("t").filter(seat__motion=motion).count() == len(last)
        transaction.set_rollback(True)


@given(st.lists(st.sampled_from(["yes", "no", "abstain"]), max_size=12))
def test_a_box_gives_back_what_was_put_in_sorted_by_chance(choices: list[str]) -> None:
    pairs = [(new_number(), choice) for choice in choices]
    text = seal_box(pairs, capacity=12, secret="s", motion_uid="M")
    assert open_box(text, secrets_known=["newer", "s"], motion_uid="M") == sorted(pairs)
    assert len(text) == len(seal_box([], capacity=12, secret="s", motion_uid="M"))
    for known, uid in (["other"], "M"), (["s"], "N"):
        with pytest.raises(ValueError, match="does not open"):
            open_box(text, secrets_known=known, motion_uid=uid)


def test_the_deadline_is_the_end_of_the_day_in_shanghai(council: Council) -> None:
    motion = council.opened()
    assert motion.deadline is not None
    assert timezone.localtime(motion.deadline).strftime("%H:%M") == "00:00"
    assert timezone.localtime(motion.deadline).date() == council.day(8)
