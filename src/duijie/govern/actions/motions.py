"""Motions before the vote: proposing, papers, discussion, amendments, withdrawing; and the council's meetings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, NotFound, Stale
from duijie.core.files import store
from duijie.govern.actions.subjects import subject_of
from duijie.govern.models import Amendment, Contribution, Meeting, Motion, MotionPaper
from duijie.govern.places import council_place, place_of_motion
from duijie.govern.rules import demand, may
from duijie.govern.schemas import MeetingRecord, MotionRecord
from duijie.members.models import Alliance, Member, Membership, Organisation, OrganisationMembership
from duijie.members.places import current_memberships, find_member, place_of_alliance
from duijie.members.rules import Place

LARGEST_PAPER = 20 * 1024 * 1024
_SHANGHAI = ZoneInfo("Asia/Shanghai")


def propose_motion(
    *, actor: Viewer, alliance: Alliance, record: MotionRecord, subject: dict[str, Any] | None = None
) -> Motion:
    """Put a question before the council, in the name of a member (or organisation) of the alliance or of its secretariat.

    subject: what is done if it carries, where more is to be said than `about`. Raises NotAllowed, Fault "motion.not_member",
    "motion.about", "motion.office", "motion.secret_veto"; Conflict "charter.none".
    """
    with acting(actor, "motion.propose") as act:
        member, organisation = _proposer(alliance, record.proposed_by)
        where = council_place(alliance, member, organisation)
        demand(actor, "motion.propose", where)
        kind, ref, about = subject_of(alliance, record)
        motion = Motion.objects.create(
            alliance=alliance, kind=record.kind, title=record.title, text=record.text, way=record.way or Motion.Way.CIRCULATION,
            ballot=record.ballot or Motion.Ballot.OPEN, proposed_by=member, proposed_by_organisation=organisation,
            author_id=actor.user_id, subject_kind=kind, subject_ref=ref, subject=about | (subject or {}),
        )  # fmt: skip
        act.done(
            motion, member_id=member.pk if member else None, event="motion.proposed", ids=[motion.pk], alliance_id=alliance.pk
        )  # fmt: skip
    return motion


def add_paper(
    *, actor: Viewer, motion: Motion, chunks: Iterable[bytes], name: str, media_type: str, title: str = ""
) -> MotionPaper:
    """Lay a paper before the council: read by its members and nobody else. Raises Conflict "motion.decided", Fault 413."""
    with acting(actor, "motion.paper") as act:
        current = locked_motion(motion)
        demand_author(actor, current)
        if current.is_decided or current.status == Motion.Status.WITHDRAWN:
            raise Conflict("motion.decided", "议案已经办结，不能再加材料。", "The motion is decided; no more papers.")
        file = store(
            chunks, name=name, media_type=media_type, audience=[f"council:{current.alliance_id}"],
            created_by_id=actor.user_id, largest_bytes=LARGEST_PAPER,
        )  # fmt: skip
        paper = MotionPaper.objects.create(motion=current, file=file, title=title.strip()[:120] or file.name[:120])
        act.done(current, event="motion.changed", ids=[current.pk], detail={"paper": file.sha256})
    return paper


def speak(*, actor: Viewer, motion: Motion, text: str, in_name_of: str = "") -> Contribution:
    """Say something on a motion before it is decided. Raises Fault "speech.empty", Conflict "motion.decided"."""
    if not text.strip():
        raise Fault("speech.empty", "请写下意见。", "Write something.", place="text", status=422)
    with acting(actor, "motion.speak") as act:
        current = locked_motion(motion)
        speaker = _speaker(actor, current, in_name_of)
        if current.status not in (Motion.Status.DISCUSSION, Motion.Status.VOTING):
            raise Conflict(
                "motion.decided", "议案已经办结，讨论已结束。", "The motion is decided; the discussion is over."
            )
        said = Contribution.objects.create(
            motion=current, speaker=speaker, author_id=actor.user_id, text=text.strip()[:5000]
        )
        act.done(current, event="motion.discussed", ids=[current.pk])
    return said


def propose_amendment(*, actor: Viewer, motion: Motion, text: str, reason: str = "", in_name_of: str = "") -> Amendment:
    """Propose another wording. Raises Conflict "motion.vote_began" once the vote has begun, Fault "amendment.empty"."""
    if not text.strip():
        raise Fault(
            "amendment.empty", "请写出修改后的全文。", "Write the whole text as amended.", place="text", status=422
        )
    with acting(actor, "motion.amend") as act:
        current = locked_motion(motion)
        speaker = _speaker(actor, current, in_name_of)
        demand_discussion(current)
        if text.strip() == current.text.strip():
            raise Fault(
                "amendment.same", "与原文相同，没有修改。", "This is the same wording.", place="text", status=422
            )
        amendment = Amendment.objects.create(
            motion=current, text=text.strip(), reason=reason.strip()[:300], proposed_by=speaker, author_id=actor.user_id
        )
        act.done(current, event="motion.amended", ids=[current.pk])
    return amendment


def decide_amendment(*, actor: Viewer, amendment: Amendment, accept: bool) -> Amendment:
    """Take an amendment into the motion, or not: the secretariat or whoever proposed the motion decides."""
    with acting(actor, "motion.decide_amendment") as act:
        current = locked_motion(amendment.motion)
        demand_author(actor, current)
        demand_discussion(current)
        row = Amendment.objects.unscoped("locked after the right was checked").select_for_update().get(pk=amendment.pk)
        if row.status != Amendment.Status.PROPOSED:
            raise Conflict("amendment.decided", "这条修改意见已经处理过。", "This amendment was decided already.")
        row.status = Amendment.Status.ACCEPTED if accept else Amendment.Status.REJECTED
        row.decided_at = timezone.now()
        if accept:
            row.before, current.text = current.text, row.text
            current.version += 1
            current.save(update_fields=["text", "version"])
        row.save(update_fields=["status", "decided_at", "before"])
        act.done(current, event="motion.changed", ids=[current.pk], detail={"amendment": row.uid, "accepted": accept})
    return row


def withdraw_motion(*, actor: Viewer, motion: Motion, version: int | None = None) -> Motion:
    """Take a motion back before the vote begins."""
    with acting(actor, "motion.withdraw") as act:
        current = locked_motion(motion)
        demand_author(actor, current)
        if version is not None and version != current.version:
            raise Stale
        demand_discussion(current)
        current.status = Motion.Status.WITHDRAWN
        current.version += 1
        current.save(update_fields=["status", "version"])
        act.done(current, event="motion.withdrawn", ids=[current.pk])
    return current


def call_meeting(*, actor: Viewer, alliance: Alliance, record: MeetingRecord) -> Meeting:
    """Call a session of the council. Raises NotAllowed, Fault "meeting.time"."""
    with acting(actor, "meeting.call") as act:
        demand(actor, "council.run", place_of_alliance(alliance))
        meeting = Meeting.objects.create(
            alliance=alliance, title=record.title, starts_at=_instant(record), place=record.place or "",
            agenda=record.agenda or "",
        )  # fmt: skip
        act.done(meeting, event="council.called", ids=[meeting.pk], alliance_id=alliance.pk)
    return meeting


def put_on_agenda(*, actor: Viewer, motion: Motion, meeting: Meeting | None) -> Motion:
    """Take a motion to a meeting, where it will be voted on; None: back to circulation."""
    with acting(actor, "motion.schedule") as act:
        current = locked_motion(motion)
        demand(actor, "council.run", place_of_motion(current))
        demand_discussion(current)
        if meeting is not None and (meeting.alliance_id != current.alliance_id or meeting.held):
            raise Conflict(
                "meeting.over", "会议已结束，或不是本联盟的会议。", "The meeting is over, or another alliance's."
            )
        current.meeting, current.way = meeting, Motion.Way.MEETING if meeting else Motion.Way.CIRCULATION
        current.version += 1
        current.save(update_fields=["meeting", "way", "version"])
        act.done(current, event="motion.changed", ids=[current.pk])
    return current


def write_minutes(
    *, actor: Viewer, meeting: Meeting, chaired_by: str, present: list[str], notes: str, version: int | None = None
) -> Meeting:
    """Record who was there and what was said; the meeting counts as held. Raises Stale, Fault "minutes.present"."""
    names = list(dict.fromkeys(name.strip() for name in present if name.strip()))
    if not names:
        raise Fault("minutes.present", "请写明到会的人。", "Say who was there.", place="present", status=422)
    with acting(actor, "meeting.minutes") as act:
        current = Meeting.objects.unscoped("locked before the right is checked").select_for_update().get(pk=meeting.pk)
        demand(actor, "council.run", place_of_alliance(current.alliance))
        if version is not None and version != current.version:
            raise Stale
        current.chaired_by, current.present, current.notes = chaired_by.strip()[:80], names[:500], notes.strip()
        current.held = True
        current.version += 1
        current.save()
        act.done(current, event="council.held", ids=[current.pk])
    return current


# --- inside --------------------------------------------------------------------------------------------------------------


def _instant(record: MeetingRecord) -> datetime:
    if record.held_on is None:
        raise Fault("missing", "日期：必须填写。", "Day: is required.", place="held_on", status=422)
    try:
        at = time.fromisoformat((record.time or "09:00").replace("：", ":"))
    except ValueError:
        raise Fault(
            "meeting.time", "时间请写成 14:00 的形式。", "Write the time like 14:00.", place="time", status=422
        ) from None
    return datetime.combine(record.held_on, at.replace(tzinfo=None), tzinfo=_SHANGHAI)


def _proposer(alliance: Alliance, name: str | None) -> tuple[Member | None, Organisation | None]:
    """The member or organisation of the alliance called `name`."""
    if not name:
        return None, None
    firms = OrganisationMembership.objects.filter(alliance=alliance, organisation__name=name)
    firm = firms.select_related("organisation").first()
    if firm is not None:
        return None, firm.organisation
    member = find_member(name, place="proposed_by")
    if not Membership.objects.filter(current_memberships(), alliance=alliance, member=member).exists():
        raise Fault(
            "motion.not_member", f"{member}不是本联盟的成员。", f"{member} is not in this alliance.", place="proposed_by", status=422
        )  # fmt: skip
    return member, None


def locked_motion(motion: Motion) -> Motion:
    """The motion's row, locked. Raises NotFound."""
    found = (
        Motion.objects.unscoped("locked before the right is checked").select_for_update().filter(pk=motion.pk).first()
    )
    if found is None:
        raise NotFound
    return found


def demand_author(actor: Viewer, motion: Motion) -> None:
    """The secretariat, or the people of whoever proposed the motion."""
    if may(actor, "council.run", place_of_motion(motion)):
        return
    own = Place(
        frozenset(),
        frozenset({motion.proposed_by_id} if motion.proposed_by_id else ()),
        frozenset({motion.proposed_by_organisation_id} if motion.proposed_by_organisation_id else ()),
    )
    demand(actor, "motion.propose", own)


def demand_discussion(motion: Motion) -> None:
    """Raise Conflict "motion.vote_began" unless the motion is still discussed."""
    if motion.status != Motion.Status.DISCUSSION:
        raise Conflict(
            "motion.vote_began",
            "表决已经开始（或已结束），议案不能再修改。",
            "The vote has begun (or is over); the motion can no longer be changed.",
        )


def _speaker(actor: Viewer, motion: Motion, name: str) -> str:
    """In whose name the actor speaks: an own member or organisation of the alliance, or the secretariat."""
    inside = Membership.objects.filter(current_memberships(), alliance=motion.alliance, member__in=actor.member_ids)
    for membership in inside.select_related("member").order_by("pk"):
        where = Place(frozenset(), frozenset({membership.member_id}))
        if may(actor, "motion.speak", where) and name in ("", membership.member.slug, membership.member.name):
            return membership.member.name
    firms = OrganisationMembership.objects.filter(alliance=motion.alliance, organisation__in=actor.organisation_ids)
    for firm in firms.select_related("organisation").order_by("pk"):
        where = Place(organisations=frozenset({firm.organisation_id}))
        if may(actor, "motion.speak", where) and name in ("", firm.organisation.name):
            return firm.organisation.name
    demand(actor, "motion.speak", place_of_motion(motion))
    return "秘书处"
