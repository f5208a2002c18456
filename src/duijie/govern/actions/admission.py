"""Applications: handed in from outside with their papers, examined, put to the council; a carried motion admits the member."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from duijie.core.access import SYSTEM, Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, NotFound, Stale
from duijie.core.files import store
from duijie.core.schema import parse
from duijie.govern.actions.motions import propose_motion
from duijie.govern.models import Application, ApplicationPaper, Motion
from duijie.govern.places import charter_on, council_place, papers_required
from duijie.govern.rules import demand, may
from duijie.govern.schemas import ApplicationRecord, MotionRecord
from duijie.members import actions as members
from duijie.members.models import Alliance, Member, Organisation
from duijie.members.places import find_organisation, place_of_alliance
from duijie.members.rules import Place
from duijie.members.schemas import MemberRecord

LARGEST_PAPER = 10 * 1024 * 1024
MOST_WAITING = 200  # open applications of one alliance: a public door has a limit
PAPER_TYPES = (".pdf", ".doc", ".docx", ".jpg", ".jpeg", ".png", ".zip")


@dataclass(frozen=True)
class Paper:
    """A paper as it comes in: which of the required ones it is, and the file."""

    title: str
    name: str
    media_type: str
    chunks: Iterable[bytes]


def apply_to_join(
    *, actor: Viewer, alliance: Alliance, record: ApplicationRecord, papers: Sequence[Paper] = ()
) -> tuple[Application, str]:
    """Ask to join an alliance; anybody may, signed in or not. Returns the application and the secret of the page on which the
    applicant follows it (kept as a hash). Papers that are missing can follow there.

    Raises Fault "paper.kind", 413; Conflict "application.open", "application.member", "application.full".
    """
    with acting(actor, "application.submit") as act:
        Alliance.objects.select_for_update().get(pk=alliance.pk)
        member, organisation = _applicant(actor, record)
        _demand_new(alliance, record, member, organisation)
        secret = secrets.token_urlsafe(24)
        application = Application.objects.create(
            alliance=alliance, follow_digest=_digest(secret), name=record.name, kind=record.kind, region=record.region or "",
            slug=record.slug or "", member=member, organisation=organisation, standing=record.standing or "member",
            reasons=record.reasons, contact_name=record.contact_name, contact_title=record.contact_title or "",
            contact_email=record.contact_email, contact_phone=record.contact_phone or "", submitted_by_id=actor.user_id,
        )  # fmt: skip
        for paper in papers:
            _keep_paper(actor, application, paper)
        application.status = _status_by_papers(application)
        application.save(update_fields=["status"])
        act.done(application, event="application.received", ids=[application.pk])
    return application, secret


def add_application_paper(*, actor: Viewer, application: Application, paper: Paper) -> ApplicationPaper:
    """One more paper, from the applicant's own page or the secretariat. The caller has found the application by a right to it.

    Raises Conflict "application.closed", Fault "paper.kind".
    """
    with acting(actor, "application.paper") as act:
        current = _locked(application)
        if not current.is_open or current.status == Application.Status.COUNCIL:
            raise Conflict(
                "application.closed",
                "申请已进入表决或已办结，不能再补材料。",
                "The application is being voted on or closed.",
            )
        kept = _keep_paper(actor, current, paper)
        if current.status in (Application.Status.RECEIVED, Application.Status.INCOMPLETE):
            current.status = _status_by_papers(current)
            current.save(update_fields=["status"])
        act.done(current, event="application.changed", ids=[current.pk], detail={"paper": kept.file.sha256})
    return kept


def ask_for_papers(*, actor: Viewer, application: Application, remark: str) -> Application:
    """Tell the applicant what is missing or unclear."""
    if not remark.strip():
        raise Fault("reason.missing", "请写明需要补什么。", "Say what is missing.", place="remark", status=422)
    with acting(actor, "application.ask") as act:
        current = _locked(application)
        demand(actor, "council.run", place_of_alliance(current.alliance))
        _demand_before_council(current)
        current.status, current.remark = Application.Status.INCOMPLETE, remark.strip()[:500]
        current.version += 1
        current.save(update_fields=["status", "remark", "version"])
        act.done(current, event="application.changed", ids=[current.pk])
    return current


def give_opinion(
    *, actor: Viewer, application: Application, text: str, favours: bool, version: int | None = None
) -> Application:
    """The opinion of a liaison officer (or the secretariat) before the council votes. Raises Conflict "application.papers"."""
    if not text.strip():
        raise Fault("opinion.empty", "请写明初审意见。", "Write the opinion.", place="text", status=422)
    with acting(actor, "application.opinion") as act:
        current = _locked(application)
        _demand_examiner(actor, current)
        if version is not None and version != current.version:
            raise Stale
        _demand_before_council(current)
        missing = missing_papers(current)
        if missing:
            raise Conflict(
                "application.papers",
                f"还缺：{'、'.join(missing)}。请先请对方补齐。",
                f"Still missing: {', '.join(missing)}. Ask for them first.",
            )
        current.opinion, current.opinion_favours = text.strip(), favours
        current.opinion_by_id, current.opinion_at = actor.user_id, timezone.now()
        current.status = Application.Status.EXAMINED
        current.version += 1
        current.save()
        act.done(current, event="application.examined", ids=[current.pk], detail={"favours": favours})
    return current


def put_to_council(
    *, actor: Viewer, application: Application, ballot: str = "open", way: str = "circulation"
) -> Motion:
    """Make a motion of an application that has been examined. Raises Conflict "application.opinion"."""
    with acting(actor, "application.to_council") as act:
        current = _locked(application)
        demand(actor, "council.run", place_of_alliance(current.alliance))
        if current.status != Application.Status.EXAMINED:
            raise Conflict(
                "application.opinion",
                "要先有联络员的初审意见，才能提交理事会。",
                "An officer's opinion comes before the council.",
            )
        record = parse(
            MotionRecord,
            {
                "kind": "admission", "title": f"关于吸收{current.name}加入{current.alliance}的议案"[:120], "ballot": ballot, "way": way,
                "text": f"同意吸收{current.name}为{current.alliance}{'伙伴' if current.standing == 'partner' else '成员'}。\n\n"
                f"申请理由：{current.reasons}\n\n初审意见：{current.opinion}",
            },
        )  # fmt: skip
        motion = propose_motion(
            actor=actor, alliance=current.alliance, record=record, subject={"application": current.uid}
        )
        Motion.objects.unscoped("made a line above").filter(pk=motion.pk).update(
            subject_kind="application", subject_ref=current.uid
        )
        motion.subject_kind, motion.subject_ref = "application", current.uid
        current.status, current.motion = Application.Status.COUNCIL, motion
        current.version += 1
        current.save(update_fields=["status", "motion", "version"])
        act.done(current, event="application.changed", ids=[current.pk])
    return motion


def withdraw_application(*, actor: Viewer, application: Application) -> Application:
    """The applicant takes it back before the vote. The caller has found the application by a right to it."""
    with acting(actor, "application.withdraw") as act:
        current = _locked(application)
        _demand_before_council(current)
        current.status, current.decided_at = Application.Status.WITHDRAWN, timezone.now()
        current.version += 1
        current.save(update_fields=["status", "decided_at", "version"])
        act.done(current, event="application.closed", ids=[current.pk])
    return current


def reject_application(*, actor: Viewer, application: Application, remark: str) -> Application:
    """Refuse one that cannot be put to the council (no such body, not serious). The remark is what the applicant reads."""
    if not remark.strip():
        raise Fault(
            "reason.missing",
            "请写明原因，申请单位会看到。",
            "Say why; the applicant reads it.",
            place="remark",
            status=422,
        )
    with acting(actor, "application.reject") as act:
        current = _locked(application)
        demand(actor, "council.run", place_of_alliance(current.alliance))
        _demand_before_council(current)
        _close(current, Application.Status.REJECTED, remark)
        act.done(current, event="application.closed", ids=[current.pk])
    return current


def settle_application(*, application_uid: str, carried: bool, label: str) -> str:
    """Carry out what the council decided on an application; said in a sentence. Settling it twice changes nothing."""
    with acting(SYSTEM, "application.settle") as act:
        rows = Application.objects.unscoped("carrying out what the council decided").select_for_update(of=("self",))
        current = rows.select_related("alliance", "member", "organisation").filter(uid=application_uid).first()
        if current is None or current.status != Application.Status.COUNCIL:
            act.nothing_changed()
            return ""
        if not carried:
            _close(current, Application.Status.REJECTED, "理事会未通过")
            act.done(current, event="application.closed", ids=[current.pk])
            return f"{current.name}的申请未通过"
        told = _admit(current)
        _close(current, Application.Status.ADMITTED, f"理事会{label}决议通过")
        act.done(current, event="application.closed", ids=[current.pk])
    return told


def missing_papers(application: Application) -> list[str]:
    """The required papers that are not there yet."""
    there = set(application.papers.values_list("title", flat=True))
    return [title for title in papers_required(application.alliance) if title not in there]


def application_by_secret(secret: str) -> Application:
    """The application that this link follows. Raises NotFound."""
    rows = Application.objects.unscoped("whoever has the link handed it in").select_related("alliance", "motion")
    found = rows.filter(follow_digest=_digest(secret)).first()
    if found is None:
        raise NotFound
    return found


# --- inside --------------------------------------------------------------------------------------------------------------


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _locked(application: Application) -> Application:
    rows = Application.objects.unscoped("locked before the right is checked").select_for_update(of=("self",))
    found = rows.select_related("alliance").filter(pk=application.pk).first()
    if found is None:
        raise NotFound
    return found


def _applicant(actor: Viewer, record: ApplicationRecord) -> tuple[Member | None, Organisation | None]:
    """A body that is known already, where the actor works for it; anybody may name a new one."""
    if record.kind == "organisation":
        organisation = find_organisation(record.name, place="name")
        if organisation.pk not in actor.organisation_ids and organisation.home_member_id not in actor.member_ids:
            raise Fault(
                "application.own", "请由该单位的代表或其联络员登录后申请。", "Its representative or liaison officer applies, signed in.",
                place="name", status=403,
            )  # fmt: skip
        return None, organisation
    member = Member.objects.filter(name=record.name).first()
    if member is not None and not (actor.is_system or member.pk in actor.member_ids):
        raise Fault(
            "application.own", "该成员已在平台登记，请由其工作人员登录后申请。", "This member is registered: its own staff applies, signed in.",
            place="name", status=403,
        )  # fmt: skip
    return member, None


def _demand_new(
    alliance: Alliance, record: ApplicationRecord, member: Member | None, organisation: Organisation | None
) -> None:
    rows = Application.objects.unscoped("is there one already").filter(alliance=alliance)
    open_ones = rows.filter(status__in=["received", "incomplete", "examined", "council"])
    if open_ones.filter(name=record.name).exists():
        raise Conflict(
            "application.open", f"{record.name}已有一份申请在办。", f"{record.name} has applied already.", place="name"
        )
    if open_ones.count() >= MOST_WAITING:
        raise Conflict(
            "application.full", "待办申请太多，请联系秘书处。", "Too many wait already; ask the secretariat."
        )
    today = timezone.localdate()
    held = [m for m in member.memberships.filter(alliance=alliance) if m.holds_on(today)] if member else []
    seats = organisation.alliance_memberships.filter(alliance=alliance) if organisation else []
    if held or any(m.holds_on(today) for m in seats):
        raise Conflict(
            "application.member", f"{record.name}已经是成员。", f"{record.name} is in it already.", place="name"
        )


def _keep_paper(actor: Viewer, application: Application, paper: Paper) -> ApplicationPaper:
    if not paper.name.lower().endswith(PAPER_TYPES):
        raise Fault(
            "paper.kind", "材料请用 PDF、Word、图片或 ZIP。", "Papers come as PDF, Word, picture or ZIP.", place="file", status=422
        )  # fmt: skip
    audience = [f"council:{application.alliance_id}"]
    if actor.user_id is not None:
        audience.append(f"user:{actor.user_id}")
    file = store(
        paper.chunks, name=paper.name, media_type=paper.media_type, audience=audience, created_by_id=actor.user_id,
        largest_bytes=LARGEST_PAPER,
    )  # fmt: skip
    ApplicationPaper.objects.filter(
        application=application, title=paper.title
    ).delete()  # sent again: the newer one counts
    return ApplicationPaper.objects.create(
        application=application, title=paper.title.strip()[:120] or file.name, file=file
    )


def _status_by_papers(application: Application) -> str:
    return Application.Status.INCOMPLETE if missing_papers(application) else Application.Status.RECEIVED


def _demand_before_council(application: Application) -> None:
    if not application.is_open or application.status == Application.Status.COUNCIL:
        raise Conflict("application.closed", "申请已进入表决或已办结。", "The application is being voted on or closed.")


def _demand_examiner(actor: Viewer, application: Application) -> None:
    """An officer of a member of the alliance, or its secretariat."""
    if f"council:{application.alliance_id}" in actor.tokens:
        for pk in actor.member_ids:
            if may(actor, "application.examine", Place(frozenset(), frozenset({pk}))):
                return
    demand(actor, "application.examine", council_place(application.alliance))


def _close(application: Application, status: str, remark: str) -> None:
    application.status, application.remark = status, remark.strip()[:500]
    application.decided_at = timezone.now()
    application.version += 1
    application.save()


def _admit(application: Application) -> str:
    """Register the applicant where it is new, and admit it, with the charter's probation."""
    alliance = application.alliance
    if application.organisation is not None:
        members.admit_organisation(actor=SYSTEM, alliance=alliance, organisation=application.organisation)
        return f"{application.name}已加入{alliance}"
    member = application.member or _register(application)
    application.member = member
    members.admit_member(
        actor=SYSTEM,
        alliance=alliance,
        member=member,
        standing=application.standing,
        probation_until=_probation(alliance),
    )
    return f"{application.name}已加入{alliance}"


def _register(application: Application) -> Member:
    values: dict[str, Any] = {
        "name": application.name, "kind": application.kind, "slug": _free_slug(application),
        "region": application.region or "100000", "summary": application.reasons[:300],
    }  # fmt: skip
    return members.create_member(actor=SYSTEM, record=parse(MemberRecord, values), alliance=application.alliance)


def _free_slug(application: Application) -> str:
    wanted = application.slug or f"member-{application.uid[-8:].lower()}"
    taken = Member.objects.filter(slug=wanted).exists()
    return f"{wanted[:50]}-{application.uid[-4:].lower()}" if taken else wanted


def _probation(alliance: Alliance) -> date | None:
    charter = charter_on(alliance)
    if charter is None or not charter.probation_months:
        return None
    return timezone.localdate() + timedelta(days=round(charter.probation_months * 30.44))
