"""The vote: opening it, proxies, casting, closing, counting; the result is sealed and can be counted again at any time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from duijie.core.access import SYSTEM, Viewer
from duijie.core.actions import acting
from duijie.core.calendar import midnight_in_china
from duijie.core.errors import Conflict, Fault, NotAllowed, NotFound, Stale
from duijie.engines.voting import CHOICES, Ballot, Result, Rule, count, digest, proxies_allowed
from duijie.govern.ballotbox import new_number, open_box, seal_box
from duijie.govern.models import (
    Amendment,
    BallotBox,
    BudgetLine,
    Charter,
    Motion,
    OpenBallot,
    Proxy,
    Resolution,
    Seat,
)
from duijie.govern.models.motions import QuestionKind
from duijie.govern.places import demand_charter, place_of_motion, place_of_seat
from duijie.govern.rules import demand, may
from duijie.members.models import Alliance, Membership, OrganisationMembership
from duijie.members.places import current_memberships

_ACTION = "an action that checks the right itself"
LEAST_FOR_SECRET = 3  # with fewer seats a secret result says how each voted


def open_vote(*, actor: Viewer, motion: Motion, last_day: date | None, version: int | None = None) -> Motion:
    """Begin the vote: the text, the rule and the seats are fixed from here on. It ends with `last_day` (Asia/Shanghai).

    Raises NotAllowed, Stale; Conflict "motion.vote_began", "motion.open_amendments", "motion.no_lines", "charter.none", "vote.nobody",
    "vote.secret_veto", "vote.too_few"; Fault "vote.deadline".
    """
    with acting(actor, "motion.open_vote") as act:
        current = _locked(motion)
        demand(actor, "council.run", place_of_motion(current))
        if version is not None and version != current.version:
            raise Stale
        _demand_ready(current)
        charter = demand_charter(current.alliance)
        _check_deadline(current, charter, last_day)
        seats = _seats(current, charter)
        _check_seats(current, charter, seats)
        Seat.objects.bulk_create(seats)
        seats = list(_seats_of(current))
        rule = Rule(charter.quorum_percent, charter.majority_for(current.kind), tuple(s.key for s in seats if s.veto))
        current.charter, current.rule, current.status = charter, asdict(rule), Motion.Status.VOTING
        current.opened_at = timezone.now()
        current.deadline = midnight_in_china((last_day or timezone.localdate()) + timedelta(days=1))
        current.version += 1
        current.save()
        if current.ballot == Motion.Ballot.SECRET:
            BallotBox.objects.create(motion=current, content=_sealed(current, [], sum(s.votes for s in seats)))
        act.done(current, event="motion.vote_opened", ids=[current.pk], detail={"seats": len(seats), **asdict(rule)})
    return current


def give_proxy(*, actor: Viewer, motion: Motion, giver: str, holder: str) -> Proxy:
    """A seat lends its vote on this motion to another. Given again, the newer one counts.

    Raises NotAllowed, NotFound; Conflict "vote.not_open", "vote.late", "vote.voted"; Fault "proxy.limit", "proxy.chain",
    "proxy.oneself".
    """
    with acting(actor, "vote.proxy") as act:
        current = _open_motion(motion)
        one, other = _seat(current, giver), _seat(current, holder)
        demand(actor, "vote.cast", place_of_seat(one))
        if one.voted_at is not None:
            raise _voted_already(one)
        given = {p.giver.key: p.holder.key for p in _proxies(current)} | {one.key: other.key}
        limit = current.charter.proxy_limit if current.charter else 0
        problem = proxies_allowed(given, limit)
        if problem:
            raise _proxy_refused(next(iter(problem.values())), other, limit)
        Proxy.objects.unscoped(_ACTION).filter(giver=one).delete()
        proxy = Proxy.objects.create(giver=one, holder=other)
        act.done(current, member_id=one.member_id, event="vote.proxy_given", ids=[current.pk], detail={"giver": one.key, "holder": other.key})  # fmt: skip
    return proxy


def take_back_proxy(*, actor: Viewer, motion: Motion, giver: str) -> None:
    """The seat votes itself again."""
    with acting(actor, "vote.take_back_proxy") as act:
        current = _open_motion(motion)
        one = _seat(current, giver)
        demand(actor, "vote.cast", place_of_seat(one))
        if one.voted_at is not None:
            raise _voted_already(one)
        if not Proxy.objects.unscoped(_ACTION).filter(giver=one).delete()[0]:
            act.nothing_changed()
            return
        act.done(
            current, member_id=one.member_id, event="vote.proxy_given", ids=[current.pk], detail={"giver": one.key}
        )


def cast_vote(*, actor: Viewer, motion: Motion, seat: str, choice: str) -> list[str]:
    """Vote for a seat: one's own, or one whose proxy an own seat holds. By roll call the seat's own people may vote anew until
    the end; a secret ballot is final. Returns the numbers of the secret ballots ([] by roll call): shown once, kept nowhere.

    The audit trail and the event say that the seat voted, and nothing of how. Raises NotAllowed, NotFound, Fault "vote.choice";
    Conflict "vote.not_open", "vote.late", "vote.voted".
    """
    if choice not in CHOICES:
        raise Fault("vote.choice", "请选择赞成、反对或弃权。", "Choose yes, no or abstain.", place="choice", status=422)
    with acting(actor, "vote.cast") as act:
        current = _open_motion(motion)
        one = _seat(current, seat)
        through = _entitled(actor, current, one)
        numbers = _put_in(actor, current, one, choice, through)
        act.done(current, member_id=one.member_id, event="motion.voted", ids=[current.pk], detail={"seat": one.key})
    return numbers


def record_show_of_hands(*, actor: Viewer, motion: Motion, choices: Mapping[str, str]) -> int:
    """The secretariat records how the seats voted in a meeting, by roll call. Returns how many were recorded.

    Raises Conflict "vote.not_in_meeting", Fault "vote.choice", NotFound for a seat that is not there.
    """
    with acting(actor, "vote.record") as act:
        current = _open_motion(motion)
        demand(actor, "council.run", place_of_motion(current))
        if current.way != Motion.Way.MEETING or current.ballot != Motion.Ballot.OPEN:
            raise Conflict(
                "vote.not_in_meeting",
                "只有会议上的记名表决可以由秘书处代记。",
                "The secretariat records only votes by roll call in a meeting.",
            )
        for key, choice in choices.items():
            if choice not in CHOICES:
                raise Fault(
                    "vote.choice", "请选择赞成、反对或弃权。", "Choose yes, no or abstain.", place=key, status=422
                )
            _put_in(actor, current, _seat(current, key), choice, None)
        act.done(current, event="motion.voted", ids=[current.pk], detail={"recorded": sorted(choices)})
    return len(choices)


def close_vote(*, actor: Viewer, motion: Motion) -> Motion:
    """End a vote that is over: its time has run out, everybody has voted, or it was held in a meeting. Counts and seals.

    Raises NotAllowed, Conflict "vote.not_open", "vote.running".
    """
    with acting(actor, "motion.close_vote") as act:
        current = _locked(motion)
        demand(actor, "council.run", place_of_motion(current))
        if current.status != Motion.Status.VOTING:
            raise _not_open()
        waiting = _seats_of(current).filter(voted_at__isnull=True).exists()
        over = current.deadline is not None and current.deadline <= timezone.now()
        if waiting and not over and current.way != Motion.Way.MEETING:
            raise Conflict(
                "vote.running",
                "还有成员没有表决，截止时间也没到，不能提前结束。",
                "Some have not voted and the time is not over: it cannot be closed yet.",
            )
        ballots = _collect(current)
        result = _count(current, ballots)
        current.result = asdict(result) | _published(current, ballots)
        current.digest = digest(result, ballots, rule_of(current), current.uid)
        current.status = Motion.Status.CARRIED if result.carried else Motion.Status.REJECTED
        current.decided_at = timezone.now()
        current.version += 1
        current.save()
        resolution = _adopt(current) if result.carried else None
        act.done(
            current, event="motion.decided", ids=[current.pk], detail={"outcome": result.outcome, "digest": current.digest},
            resolution_id=resolution.pk if resolution else None,
        )  # fmt: skip
    return current


def close_due(*, limit: int = 50) -> int:
    """Close every vote whose time has run out. Returns how many."""
    due = Motion.objects.unscoped("the sweep closes every vote that is over")
    ids = due.filter(status=Motion.Status.VOTING, deadline__lte=timezone.now()).values_list("pk", flat=True)[:limit]
    for pk in list(ids):
        close_vote(actor=SYSTEM, motion=Motion.objects.unscoped("closing it").get(pk=pk))
    return len(ids)


def rule_of(motion: Motion) -> Rule:
    """The rule as it stood when the vote began."""
    kept = motion.rule
    return Rule(kept["quorum_percent"], kept["majority"], tuple(kept["veto"]))


def recount(motion: Motion) -> tuple[Result, str]:
    """Count a decided motion again from its ballots: (result, digest), to be compared with what was sealed."""
    if motion.ballot == Motion.Ballot.SECRET:
        ballots = [Ballot(choice) for _, choice in motion.result.get("ballots", [])]
    else:
        ballots = _open_ballots(motion)
    result = _count(motion, ballots)
    return result, digest(result, ballots, rule_of(motion), motion.uid)


# --- inside --------------------------------------------------------------------------------------------------------------


def _locked(motion: Motion) -> Motion:
    found = Motion.objects.unscoped(_ACTION).select_for_update().filter(pk=motion.pk).first()
    if found is None:
        raise NotFound
    return found


def _open_motion(motion: Motion) -> Motion:
    """The motion, locked, while votes are taken. Raises Conflict "vote.not_open", "vote.late"."""
    current = _locked(motion)
    if current.status != Motion.Status.VOTING:
        raise _not_open()
    if current.deadline is not None and current.deadline <= timezone.now():
        raise Conflict(
            "vote.late",
            f"表决已于 {timezone.localtime(current.deadline):%Y-%m-%d %H:%M} 截止。",
            f"The vote ended at {timezone.localtime(current.deadline):%Y-%m-%d %H:%M} (Beijing time).",
        )
    return current


def _not_open() -> Conflict:
    return Conflict("vote.not_open", "这项议案现在不在表决中。", "This motion is not being voted on.")


def _demand_ready(motion: Motion) -> None:
    if motion.status != Motion.Status.DISCUSSION:
        raise Conflict("motion.vote_began", "表决已经开始或已结束。", "The vote has begun already or is over.")
    waiting = Amendment.objects.unscoped(_ACTION).filter(motion=motion, status=Amendment.Status.PROPOSED).count()
    if waiting:
        raise Conflict(
            "motion.open_amendments",
            f"还有 {waiting} 条修改意见没有处理，请先采纳或不采纳。",
            f"{waiting} amendments are not decided yet; accept or decline them first.",
        )
    if motion.kind == QuestionKind.BUDGET and not BudgetLine.objects.unscoped(_ACTION).filter(motion=motion).exists():
        raise Conflict(
            "motion.no_lines",
            "经费预算的议案要先写明预算项，才能表决。",
            "A motion on a budget names its lines before it is voted on.",
        )


def _check_deadline(motion: Motion, charter: Charter, last_day: date | None) -> None:
    today = timezone.localdate()
    if motion.way == Motion.Way.MEETING and last_day is None:
        return
    least = charter.notice_days if motion.way == Motion.Way.CIRCULATION else 0
    if last_day is None or last_day < today + timedelta(days=least):
        raise Fault(
            "vote.deadline",
            f"截止日最早是 {today + timedelta(days=least)}（章程规定至少 {least} 天）。",
            f"The last day is {today + timedelta(days=least)} at the earliest (the charter wants {least} days).",
            place="last_day",
            status=422,
        )


def _seats(motion: Motion, charter: Charter) -> list[Seat]:
    """Who votes with how many votes today: founders and members (partners and observers do not), none that is suspended."""
    today = timezone.localdate()
    vetoed = motion.kind in charter.veto_kinds
    seats = []
    inside = Membership.objects.filter(current_memberships(), alliance=motion.alliance).select_related("member")
    for m in inside.order_by("pk"):
        on_probation = m.probation_until is not None and today <= m.probation_until and not charter.probation_votes
        concerned = motion.subject_kind == "member" and motion.subject_ref == m.member.slug
        if m.standing == "partner" or m.suspended_on(today) or on_probation or concerned:
            continue
        votes = _votes(charter, m.member.slug)
        veto = vetoed and m.standing == "founder"
        seats.append(Seat(motion=motion, member=m.member, name=m.member.name, votes=votes, veto=veto))
    firms = OrganisationMembership.objects.filter(current_memberships(), alliance=motion.alliance)
    for f in firms.exclude(standing="observer").select_related("organisation").order_by("pk"):
        votes, veto = _votes(charter, f.organisation.uid), vetoed and f.standing == "founder"
        seats.append(Seat(motion=motion, organisation=f.organisation, name=f.organisation.name, votes=votes, veto=veto))
    return [seat for seat in seats if seat.votes]


def _votes(charter: Charter, key: str) -> int:
    return int(charter.votes.get(key, 1)) if charter.voting == Charter.Voting.WEIGHTED else 1


def _check_seats(motion: Motion, charter: Charter, seats: list[Seat]) -> None:
    if not seats:
        raise Conflict(
            "vote.nobody",
            "没有任何成员有表决权：法定人数无从谈起。请核对成员资格和章程。",
            "Nobody has a vote, so there is no quorum to reach. Check the memberships and the charter.",
        )
    if motion.ballot != Motion.Ballot.SECRET:
        return
    if motion.kind in charter.veto_kinds:
        raise Conflict(
            "vote.secret_veto",
            "这类事项发起成员有否决权，无记名就无法行使，请改为记名表决。",
            "Founders have a veto on this kind of question, which a secret ballot cannot show; vote by roll call.",
        )
    if len(seats) < LEAST_FOR_SECRET:
        raise Conflict(
            "vote.too_few",
            f"有表决权的成员少于 {LEAST_FOR_SECRET} 个，无记名没有意义。",
            f"With fewer than {LEAST_FOR_SECRET} who vote, a secret ballot is none.",
        )


def _seats_of(motion: Motion) -> Any:
    return Seat.objects.unscoped(_ACTION).filter(motion=motion).order_by("pk")


def _proxies(motion: Motion) -> list[Proxy]:
    """Every proxy of the motion, used or not: a used one counts towards its holder's limit."""
    found = Proxy.objects.unscoped(_ACTION).filter(giver__motion=motion)
    return list(found.select_related("giver", "holder").order_by("pk"))


def _seat(motion: Motion, key: str) -> Seat:
    kind, number = key[:1], key[1:]
    if kind not in "mo" or not number.isascii() or not number.isdigit() or len(number) > 15:
        raise NotFound
    name = "member_id" if kind == "m" else "organisation_id"
    found: Seat | None = _seats_of(motion).select_for_update().filter(**{name: int(number)}).first()
    if found is None:
        raise NotFound
    return found


def _entitled(actor: Viewer, motion: Motion, seat: Seat) -> Seat | None:
    """None where the actor votes for the own seat; the own seat where it holds this one's proxy. Raises NotAllowed."""
    if actor.is_system:
        raise NotAllowed("表决只能由成员自己进行。", "Only the members themselves vote.")
    if may(actor, "vote.cast", place_of_seat(seat)):
        return None
    for proxy in _proxies(motion):
        if proxy.giver_id == seat.pk and may(actor, "vote.cast", place_of_seat(proxy.holder)):
            return proxy.holder
    demand(actor, "vote.cast", place_of_seat(seat))
    return None


def _put_in(actor: Viewer, motion: Motion, seat: Seat, choice: str, through: Seat | None) -> list[str]:
    """Mark the seat as having voted and keep the ballot; the seat's lock and its mark let nobody vote twice."""
    secret = motion.ballot == Motion.Ballot.SECRET
    if seat.voted_at is not None and (secret or through is not None):
        raise _voted_already(seat)
    if through is None:
        Proxy.objects.unscoped(_ACTION).filter(giver=seat).delete()  # who votes itself needs nobody
    seat.voted_at, seat.voted_by_id, seat.through = timezone.now(), actor.user_id, through
    seat.save(update_fields=["voted_at", "voted_by_id", "through"])
    if secret:
        return _drop(motion, choice, seat.votes)
    OpenBallot.objects.unscoped(_ACTION).filter(seat=seat).delete()
    OpenBallot.objects.create(seat=seat, choice=choice)
    return []


def _drop(motion: Motion, choice: str, votes: int) -> list[str]:
    """One ballot for each vote, so that no weight tells whose it is."""
    box = BallotBox.objects.select_for_update().get(motion=motion)
    numbers = [new_number() for _ in range(votes)]
    pairs = _opened(motion, box) + [(number, choice) for number in numbers]
    capacity = sum(_seats_of(motion).values_list("votes", flat=True))
    box.content = _sealed(motion, pairs, capacity)
    box.save(update_fields=["content"])
    return sorted(numbers)


def _sealed(motion: Motion, pairs: list[tuple[str, str]], capacity: int) -> str:
    return seal_box(pairs, capacity=capacity, secret=settings.SECRET_KEY, motion_uid=motion.uid)


def _opened(motion: Motion, box: BallotBox) -> list[tuple[str, str]]:
    known = [settings.SECRET_KEY, *getattr(settings, "SECRET_KEY_FALLBACKS", [])]
    return open_box(box.content, secrets_known=known, motion_uid=motion.uid)


def _voted_already(seat: Seat) -> Conflict:
    return Conflict("vote.voted", f"{seat.name}已经表决过。", f"{seat.name} has voted already.", place="seat")


def _proxy_refused(why: str, holder: Seat, limit: int) -> Fault:
    sentences = {
        "limit": (f"章程规定一个成员最多代理 {limit} 票，{holder.name}已满。", f"The charter lets one hold {limit} proxies; {holder.name} has them."),
        "chain": ("代理不能再转委托：受托方自己已委托他人，或委托方正代理他人。", "A proxy is not passed on: the holder has lent its own vote, or the giver holds one."),
        "oneself": ("不能委托给自己。", "Nobody is one's own proxy."),
    }  # fmt: skip
    zh, en = sentences[why]
    return Fault(f"proxy.{why}", zh, en, place="holder", status=422)


def _open_ballots(motion: Motion) -> list[Ballot]:
    found = OpenBallot.objects.unscoped(_ACTION).filter(seat__motion=motion).select_related("seat").order_by("seat_id")
    return [Ballot(b.choice, b.seat.votes, b.seat.key) for b in found]


def _collect(motion: Motion) -> list[Ballot]:
    """The ballots of a vote that ends; a secret box is opened, its list published and the box emptied."""
    if motion.ballot == Motion.Ballot.OPEN:
        return _open_ballots(motion)
    box = BallotBox.objects.select_for_update().get(motion=motion)
    pairs = _opened(motion, box)
    motion.result = {"ballots": sorted(pairs)}
    box.content = ""
    box.save(update_fields=["content"])
    return [Ballot(choice) for _, choice in pairs]


def _published(motion: Motion, ballots: list[Ballot]) -> dict[str, Any]:
    return {"ballots": motion.result["ballots"]} if motion.ballot == Motion.Ballot.SECRET else {}


def _count(motion: Motion, ballots: list[Ballot]) -> Result:
    return count(ballots, rule_of(motion), sum(_seats_of(motion).values_list("votes", flat=True)))


def _adopt(motion: Motion) -> Resolution:
    """Give what was carried its number: one after the other within a year of an alliance."""
    Alliance.objects.select_for_update().get(pk=motion.alliance_id)
    day = timezone.localdate()
    highest = (
        Resolution.objects.filter(alliance=motion.alliance, year=day.year).aggregate(top=Max("number"))["top"] or 0
    )
    return Resolution.objects.create(
        alliance=motion.alliance, motion=motion, year=day.year, number=highest + 1, title=motion.title, text=motion.text,
        kind=motion.kind, adopted_on=day,
    )  # fmt: skip
