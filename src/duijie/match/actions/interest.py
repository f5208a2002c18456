"""Interest: shown to the other side, answered within the service level, or run out; both agree, and contacts open."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import Act, acting
from duijie.core.errors import Conflict, NotAllowed, NotFound
from duijie.core.notifications import tell
from duijie.match.actions.verdicts import check_reasons, give_verdict
from duijie.match.documents import asking_first
from duijie.match.models import Interest, Introduction, Suggestion, Verdict
from duijie.match.models.suggestions import Side
from duijie.match.people import contact_person, liaisons_of, people_behind
from duijie.match.rules import demand_voice, demand_write, speaks_for_listing
from duijie.members.models import Member, Organisation, User
from duijie.publish.actions import disclose
from duijie.publish.models import Listing
from duijie.publish.models.listings import Status
from duijie.publish.queries import get_listing

ANSWER_WITHIN = dt.timedelta(days=3)
EXPIRES_AFTER = dt.timedelta(days=14)


def _as_whom(actor: Viewer, from_listing: Listing | None) -> tuple[int, Organisation | None]:
    """(member id, organisation) in whose name the actor shows interest."""
    if from_listing is not None:
        demand_voice(actor, from_listing)
        return from_listing.owner_member_id, from_listing.owner_organisation
    for organisation_id in sorted(actor.organisation_ids):
        organisation = Organisation.objects.get(pk=organisation_id)
        return organisation.home_member_id, organisation
    for member_id in sorted(actor.member_ids):
        return member_id, None
    raise NotAllowed("请先登录单位账号，再表示感兴趣。", "Sign in as a member or an organisation to show interest.")


def express_interest(
    *, actor: Viewer, to_listing: Listing, from_listing: Listing | None = None, message: str = ""
) -> Interest:
    """Tell the owner of `to_listing` that one would like to talk. Where the owner has shown interest already, both agree."""
    demand_write(actor)
    if not get_listing(to_listing.uid, actor):
        raise NotFound
    if to_listing.status != Status.PUBLISHED:
        raise Conflict("interest.over", "这条信息已经结束，不能再表示感兴趣。", "This listing is over.")
    member_id, organisation = _as_whom(actor, from_listing)
    if organisation is not None and not organisation.is_verified:
        raise NotAllowed(
            "贵单位还未通过认证，请联系所在园区的联络员。",
            "Your organisation is not verified yet; ask your liaison officer.",
        )
    if speaks_for_listing(actor, to_listing) and (
        organisation is None or organisation == to_listing.owner_organisation
    ):
        raise Conflict("interest.own", "这是您自己发布的信息。", "This is your own listing.")
    waiting = _from_other_side(to_listing, from_listing, organisation)
    if waiting is not None:
        return accept_interest(actor=actor, interest=waiting)
    now = timezone.now()
    try:
        with acting(actor, "interest.express") as act:
            with transaction.atomic():
                interest = Interest.objects.create(
                    suggestion=_suggestion(from_listing, to_listing),
                    from_listing=from_listing,
                    to_listing=to_listing,
                    from_member_id=member_id,
                    from_organisation=organisation,
                    from_user=User.objects.filter(pk=actor.user_id).first() if actor.user_id else None,
                    message=message.strip()[:500],
                    anonymous=bool(from_listing and from_listing.confidential),
                    due_at=now + ANSWER_WITHIN,
                    expires_at=now + EXPIRES_AFTER,
                )
            _said_interested(actor, interest)
            _tell_other_side(interest)
            act.done(interest, member_id=member_id, ids=[interest.pk])
    except IntegrityError:
        raise Conflict(
            "interest.waiting",
            "已经表示过感兴趣，正在等对方答复。",
            "You have shown interest already and wait for an answer.",
        ) from None
    return interest


def receive_interest(
    *,
    actor: Viewer,
    to_listing: Listing,
    from_listing: Listing | None,
    from_member: Member,
    message: str,
    anonymous: bool,
) -> Interest:
    """Interest that a side at another installation has shown; the caller has established that it is genuine."""
    now = timezone.now()
    with acting(actor, "interest.express") as act:
        interest = Interest.objects.create(
            suggestion=_suggestion(from_listing, to_listing),
            from_listing=from_listing,
            to_listing=to_listing,
            from_member=from_member,
            message=message[:500],
            anonymous=anonymous,
            due_at=now + ANSWER_WITHIN,
            expires_at=now + EXPIRES_AFTER,
        )
        _tell_other_side(interest)
        act.done(interest, member_id=to_listing.owner_member_id, ids=[interest.pk])
    return interest


def _from_other_side(
    to_listing: Listing, from_listing: Listing | None, organisation: Organisation | None
) -> Interest | None:
    """An interest that the owner of `to_listing` has shown in us and that waits for an answer."""
    waiting = Interest.objects.filter(status=Interest.Status.WAITING, from_listing=to_listing)
    if from_listing is not None:
        return waiting.filter(to_listing=from_listing).first()
    return waiting.filter(to_listing__owner_organisation=organisation).first() if organisation else None


def _suggestion(from_listing: Listing | None, to_listing: Listing) -> Suggestion | None:
    if from_listing is None:
        return None
    asking, giving = asking_first(from_listing, to_listing)
    return Suggestion.objects.filter(asking=asking, giving=giving).first()


def _said_interested(actor: Viewer, interest: Interest) -> None:
    if interest.suggestion is not None and interest.from_listing is not None:
        side = Side.ASKING if interest.suggestion.asking_id == interest.from_listing_id else Side.GIVING
        give_verdict(actor=actor, suggestion=interest.suggestion, side=side, answer=Verdict.Answer.INTERESTED)


def shown_name(interest: Interest) -> tuple[str, str]:
    """How the side that showed interest is named to the other before both agree, in Chinese and English."""
    if interest.anonymous:
        return f"{interest.from_member.name}的一家单位", f"an organisation of {interest.from_member.name}"
    name = str(interest.from_organisation or interest.from_member)
    return name, name


def _tell_other_side(interest: Interest) -> None:
    zh, en = shown_name(interest)
    title = interest.to_listing.title[:60]
    tell(
        people_behind(interest.to_listing) | liaisons_of(interest.to_listing.owner_member_id),
        kind="interest.received",
        zh=f"{zh}对“{title}”感兴趣，请在三天内答复",
        en=f"{en} is interested in “{title}”; please answer within three days",
        address=f"/match/interest/{interest.uid}/",
        key=f"interest:{interest.uid}",
    )


def _locked(interest: Interest) -> Interest:
    rows = Interest.objects.select_for_update(of=("self",)).select_related(
        "to_listing", "from_listing", "from_member", "from_organisation", "suggestion"
    )
    return rows.get(pk=interest.pk)


def _demand_waiting(interest: Interest) -> None:
    if interest.status != Interest.Status.WAITING:
        label = Interest.Status(interest.status).label
        raise Conflict("interest.state", f"这次对接已经是“{label}”。", f"This interest is {interest.status} already.")


def accept_interest(*, actor: Viewer, interest: Interest) -> Interest:
    """The other side agrees: contacts open, both liaisons are told, an introduction begins."""
    demand_voice(actor, interest.to_listing)
    with acting(actor, "interest.accept") as act:
        interest = _locked(interest)
        _demand_waiting(interest)
        _answered(interest, actor, Interest.Status.ACCEPTED)
        if interest.suggestion is not None:
            side = Side.ASKING if interest.suggestion.asking_id == interest.to_listing_id else Side.GIVING
            give_verdict(actor=actor, suggestion=interest.suggestion, side=side, answer=Verdict.Answer.INTERESTED)
        introduction = _introduce(act, interest)
        act.done(
            interest, member_id=interest.to_listing.owner_member_id, ids=[interest.pk], introduction=introduction.pk
        )
    return interest


def _answered(interest: Interest, actor: Viewer, status: str) -> None:
    interest.status = status
    interest.answered_at = timezone.now()
    interest.answered_by = User.objects.filter(pk=actor.user_id).first() if actor.user_id else None
    interest.save()


def _introduce(act: Act, interest: Interest) -> Introduction:
    to_listing = interest.to_listing
    introduction = Introduction.objects.create(
        interest=interest,
        first_listing=interest.from_listing,
        second_listing=to_listing,
        first_member_id=interest.from_member_id,
        second_member_id=to_listing.owner_member_id,
        first_organisation=interest.from_organisation,
        second_organisation=to_listing.owner_organisation,
        first_user=interest.from_user,
        second_user=interest.answered_by or contact_person(to_listing),
        next_on=timezone.localdate() + dt.timedelta(days=7),
    )
    _open_up(act.actor, interest)
    first = people_behind(interest.from_listing) if interest.from_listing else set()
    people = first | people_behind(to_listing) | {interest.from_user_id or 0} - {0}
    liaisons = liaisons_of(interest.from_member_id) | liaisons_of(to_listing.owner_member_id)
    name_zh = str(interest.from_organisation or interest.from_member)
    tell(
        people | liaisons,
        kind="introduction.opened",
        zh=f"{name_zh}与{to_listing.owner_organisation or to_listing.owner_member}双方同意对接，联系方式已互相公开",
        en=f"{name_zh} and {to_listing.owner_organisation or to_listing.owner_member} agreed to talk; contacts are open",
        address=f"/introductions/{introduction.uid}/",
        key=f"introduction:{introduction.uid}",
    )
    return introduction


def _open_up(actor: Viewer, interest: Interest) -> None:
    """Both texts are open to the other side from now on."""
    to_listing, from_listing = interest.to_listing, interest.from_listing
    reader = (
        f"org:{interest.from_organisation_id}" if interest.from_organisation_id else f"staff:{interest.from_member_id}"
    )
    if to_listing.confidential:
        disclose(actor=actor, listing=to_listing, token=reader, because=f"interest:{interest.uid}")
        disclose(
            actor=actor,
            listing=to_listing,
            token=f"staff:{interest.from_member_id}",
            because=f"interest:{interest.uid}",
        )
    if from_listing is not None and from_listing.confidential:
        owner = to_listing.owner_organisation_id
        other = f"org:{owner}" if owner else f"staff:{to_listing.owner_member_id}"
        disclose(actor=actor, listing=from_listing, token=other, because=f"interest:{interest.uid}")
        disclose(
            actor=actor,
            listing=from_listing,
            token=f"staff:{to_listing.owner_member_id}",
            because=f"interest:{interest.uid}",
        )


def decline_interest(
    *, actor: Viewer, interest: Interest, reasons: list[str] | None = None, remark: str = ""
) -> Interest:
    """Say no, with a reason where one wants to give it; contacts stay closed."""
    demand_voice(actor, interest.to_listing)
    with acting(actor, "interest.decline") as act:
        interest = _locked(interest)
        _demand_waiting(interest)
        interest.reasons, interest.remark = check_reasons(reasons or []), remark.strip()[:300]
        _answered(interest, actor, Interest.Status.DECLINED)
        if interest.suggestion is not None:
            side = Side.ASKING if interest.suggestion.asking_id == interest.to_listing_id else Side.GIVING
            give_verdict(
                actor=actor,
                suggestion=interest.suggestion,
                side=side,
                answer=Verdict.Answer.NOT_SUITABLE,
                reasons=interest.reasons,
                remark=interest.remark,
            )
        if interest.from_user_id:
            tell(
                [interest.from_user_id],
                kind="interest.declined",
                zh=f"对方婉拒了对接：{interest.to_listing.teaser[:40] if interest.to_listing.confidential else interest.to_listing.title[:40]}",
                en="The other side declined to talk.",
                address=f"/match/interest/{interest.uid}/",
                key=f"declined:{interest.uid}",
            )
        act.done(interest, member_id=interest.to_listing.owner_member_id, ids=[interest.pk])
    return interest


def withdraw_interest(*, actor: Viewer, interest: Interest) -> Interest:
    """Take an unanswered interest back."""
    demand_write(actor)
    mine = actor.user_id is not None and interest.from_user_id == actor.user_id
    if not mine and (interest.from_listing is None or not speaks_for_listing(actor, interest.from_listing)):
        raise NotAllowed
    with acting(actor, "interest.withdraw") as act:
        interest = _locked(interest)
        _demand_waiting(interest)
        interest.status = Interest.Status.WITHDRAWN
        interest.save()
        act.done(interest, member_id=interest.from_member_id, ids=[interest.pk])
    return interest


def run_service_level(*, actor: Viewer, now: dt.datetime | None = None, limit: int = 200) -> int:
    """Remind those whose answer is overdue, close what has run out. Returns how many interests were touched."""
    now = now or timezone.now()
    waiting = Interest.objects.filter(status=Interest.Status.WAITING).select_related(
        "to_listing", "from_member", "from_organisation"
    )
    over = list(waiting.filter(expires_at__lte=now)[:limit])
    late = list(waiting.filter(due_at__lte=now, expires_at__gt=now, reminded_at__isnull=True)[:limit])
    for interest in over:
        with acting(actor, "interest.expire") as act:
            Interest.objects.filter(pk=interest.pk, status=Interest.Status.WAITING).update(
                status=Interest.Status.EXPIRED
            )
            told = ({interest.from_user_id} if interest.from_user_id else set()) | liaisons_of(
                interest.to_listing.owner_member_id
            )
            tell(
                told,
                kind="interest.expired",
                zh="一次对接请求超过期限未获答复，已结束",
                en="A request to talk was not answered in time and has ended",
                address=f"/match/interest/{interest.uid}/",
                key=f"expired:{interest.uid}",
            )
            act.done(interest, member_id=interest.to_listing.owner_member_id, ids=[interest.pk])
    for interest in late:
        with acting(actor, "interest.remind") as act:
            Interest.objects.filter(pk=interest.pk).update(reminded_at=now)
            zh, en = shown_name(interest)
            tell(
                people_behind(interest.to_listing) | liaisons_of(interest.to_listing.owner_member_id),
                kind="interest.overdue",
                zh=f"{zh}还在等您答复",
                en=f"{en} still waits for your answer",
                address=f"/match/interest/{interest.uid}/",
                key=f"overdue:{interest.uid}",
            )
            act.done(interest, member_id=interest.to_listing.owner_member_id, ids=[interest.pk])
    return len(over) + len(late)
