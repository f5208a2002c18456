"""What this app does when something happened: carry out decisions, tell those whom it concerns, remind them, close what is over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.core.mail import send_mail
from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone

from duijie.core.events import handles
from duijie.core.language import CHINESE, ENGLISH
from duijie.core.models import Event
from duijie.core.money import Money, format_money
from duijie.core.notifications import tell
from duijie.core.worker import every
from duijie.govern.actions.leaving import settle_departure, settle_departures
from duijie.govern.actions.voting import close_due
from duijie.govern.carrying import carry_out
from duijie.govern.choices import Outcome
from duijie.govern.models import (
    Application,
    BudgetLine,
    CaseHandover,
    Contribution,
    Duty,
    Meeting,
    Motion,
    Office,
    OfficerMessage,
    Seat,
    TrainingPlace,
)
from duijie.members.models import Absence, Agreement, Alliance, Member, Obligation, RoleGrant
from duijie.members.queries import staff_of_member, staff_of_organisation, substitutes_of

REMIND_BEFORE = timedelta(days=2)
DUTY_BEFORE = timedelta(days=7)
OFFICE_BEFORE = timedelta(days=60)
KEEP = timedelta(days=730)
_MACHINE = "the machine room tells everybody concerned"


def secretaries_of(alliance: Alliance) -> set[int]:
    """Ids of the active people of an alliance's secretariat; of its parent's where it has none."""
    held = RoleGrant.objects.filter(role="secretariat", scope="alliance", scope_id=alliance.pk, user__is_active=True)
    found = set(
        held.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=timezone.localdate())).values_list("user_id", flat=True)
    )
    return found or (secretaries_of(alliance.parent) if alliance.parent else set())


def voters_of(seat: Seat) -> list[int]:
    if seat.organisation_id:
        return staff_of_organisation(seat.organisation_id)
    return staff_of_member(seat.member_id or 0, ("leader", "member_admin"))


def council_of(alliance: Alliance) -> set[int]:
    """Everybody who votes or works in the council."""
    people = secretaries_of(alliance)
    for pk in alliance.memberships.values_list("member_id", flat=True):
        people |= set(staff_of_member(pk, ("leader", "member_admin", "liaison")))
    return people


def _motions(event: Event) -> Iterable[Motion]:
    found = Motion.objects.unscoped(_MACHINE).filter(pk__in=event.payload["ids"]).select_related("alliance")
    return list(found)


def _page(motion: Motion) -> str:
    return reverse("govern:motion", args=[motion.uid])


@handles("motion.decided", priority=1)
def carry_out_decisions(event: Event) -> None:
    for motion in _motions(event):
        carry_out(motion)


@handles("motion.proposed")
def tell_of_new_motions(event: Event) -> None:
    for motion in _motions(event):
        people = council_of(motion.alliance) - {motion.author_id or 0}
        tell(
            people, kind="motion.proposed", zh=f"新议案：{motion.title[:80]}", en=f"New motion: {motion.title[:80]}",
            address=_page(motion), key=f"motion.proposed:{motion.pk}",
        )  # fmt: skip


@handles("motion.vote_opened")
def tell_voters(event: Event) -> None:
    for motion in _motions(event):
        until = timezone.localtime(motion.deadline) - timedelta(minutes=1) if motion.deadline else timezone.localtime()
        for seat in Seat.objects.unscoped(_MACHINE).filter(motion=motion):
            tell(
                voters_of(seat), kind="motion.vote_opened", zh=f"请在 {until:%m-%d} 前表决：{motion.title[:80]}",
                en=f"Vote by {until:%m-%d}: {motion.title[:80]}", address=_page(motion), key=f"vote:{motion.pk}",
            )  # fmt: skip


@handles("motion.decided", priority=6)
def tell_results(event: Event) -> None:
    for motion in _motions(event):
        outcome = Outcome(motion.result["outcome"])
        tell(
            council_of(motion.alliance), kind="motion.decided", zh=f"表决结果：{motion.title[:70]}——{outcome.zh}",
            en=f"Result: {motion.title[:70]}: {outcome.en}", address=_page(motion), key=f"decided:{motion.pk}",
        )  # fmt: skip


@handles("council.called")
def tell_of_meetings(event: Event) -> None:
    for meeting in Meeting.objects.unscoped(_MACHINE).filter(pk__in=event.payload["ids"]).select_related("alliance"):
        at = timezone.localtime(meeting.starts_at)
        tell(
            council_of(meeting.alliance), kind="council.called", zh=f"{at:%m-%d %H:%M} 召开{meeting.title[:60]}",
            en=f"{meeting.title[:60]} on {at:%m-%d %H:%M}", address=reverse("govern:meeting", args=[meeting.uid]),
            key=f"meeting:{meeting.pk}",
        )  # fmt: skip


@handles("duty.given")
def tell_owners(event: Event) -> None:
    for duty in Duty.objects.filter(pk__in=event.payload["ids"]).select_related("resolution__alliance"):
        _tell_of_duty(duty, "duty.given", f"{duty.due_on} 前办结", f"due {duty.due_on}")


def _tell_of_duty(duty: Duty, kind: str, zh: str, en: str) -> None:
    owner = duty.owner_id
    people = staff_of_member(owner) if owner else secretaries_of(duty.resolution.alliance)
    tell(
        people, kind=kind, zh=f"决议任务（{zh}）：{duty.text[:80]}", en=f"Duty ({en}): {duty.text[:80]}",
        address=reverse("govern:resolution", args=[duty.resolution.uid]), key=f"{kind}:{duty.pk}:{duty.version}",
    )  # fmt: skip


@handles("budget.adopted")
def tell_who_spends(event: Event) -> None:
    """The responsible member of each line hears what was adopted for it."""
    rows = BudgetLine.objects.unscoped(_MACHINE).filter(pk__in=event.payload["ids"], owner__isnull=False)
    for line in rows.select_related("motion__alliance"):
        amount = Money(line.amount_minor)
        zh, en = (format_money(amount, language=language) for language in (CHINESE, ENGLISH))
        tell(
            staff_of_member(line.owner_id), kind="budget.adopted",
            zh=f"{line.year} 年预算已批准：{line.item}，{zh if line.amount_minor else '取消'}",
            en=f"Budget of {line.year} adopted: {line.item_en or line.item}, {en if line.amount_minor else 'struck out'}",
            address=f"{reverse('govern:budget', args=[line.motion.alliance.slug])}?year={line.year}", key=f"budget.adopted:{line.pk}",
        )  # fmt: skip


@handles("application.received", "application.changed", "application.examined")
def tell_the_secretariat(event: Event) -> None:
    rows = Application.objects.unscoped(_MACHINE).filter(pk__in=event.payload["ids"]).select_related("alliance")
    words = {
        "application.received": ("收到加入申请", "Application received"),
        "application.changed": ("申请有更新", "Application changed"),
        "application.examined": ("申请已有初审意见", "Application examined"),
    }
    zh, en = words[event.name]
    for application in rows:
        tell(
            secretaries_of(application.alliance), kind=event.name, zh=f"{zh}：{application.name}", en=f"{en}: {application.name}",
            address=reverse("govern:application", args=[application.uid]), key=f"{event.name}:{application.pk}:{event.pk}",
        )  # fmt: skip


@handles("application.closed", outside=True)
def mail_applicants(events: list[Event]) -> None:
    """Who applied has no account: the answer goes by mail. Sent again it says the same."""
    ids = {pk for event in events for pk in event.payload["ids"]}
    for application in Application.objects.unscoped(_MACHINE).filter(pk__in=ids).select_related("alliance"):
        if application.status == Application.Status.WITHDRAWN or not application.contact_email:
            continue
        admitted = application.status == Application.Status.ADMITTED
        zh = f"{application.name}加入{application.alliance}的申请{'已通过' if admitted else '未通过'}。{application.remark}"
        en = f"The application of {application.name} was {'admitted' if admitted else 'not admitted'}."
        send_mail(f"{application.alliance}：加入申请结果", f"{zh}\n\n{en}\n", None, [application.contact_email])


@handles("member.left", priority=4)
def settle_what_a_member_leaves(event: Event) -> None:
    alliance = Alliance.objects.filter(pk=event.payload.get("alliance_id")).first()
    for member in Member.objects.filter(pk__in=event.payload["ids"]):
        if alliance is not None:
            settle_departure(member=member, alliance=alliance)


@handles("member.departed", "case.handed_over")
def tell_of_handed_cases(event: Event) -> None:
    for record in CaseHandover.objects.filter(pk__in=event.payload["ids"]).select_related("member"):
        people = {record.taker_id} if record.taker_id else set(staff_of_member(record.member_id))
        total = sum(record.counts.values())
        tell(
            people, kind=event.name, zh=f"{record.member}的 {total} 项工作已交接：{record.note[:60]}",
            en=f"{total} cases of {record.member} were handed over: {record.note[:60]}", address=reverse("govern:desk"),
            key=f"{event.name}:{record.pk}",
        )  # fmt: skip


@handles("account.erased")
def forget_person(event: Event) -> None:
    """Who was erased is named nowhere here; what was done stays under its reference alone."""
    for pk in event.payload["ids"]:
        # Two of one member in one training stay two: the place's own number tells them apart.
        nameless = Concat(Value("— "), Cast("pk", CharField()))
        TrainingPlace.objects.unscoped(_MACHINE).filter(person_id=pk).update(name=nameless, person=None)
        _without_contact(Application.objects.unscoped(_MACHINE).filter(submitted_by_id=pk))
        Contribution.objects.unscoped(_MACHINE).filter(author_id=pk).update(author=None)
        OfficerMessage.objects.unscoped(_MACHINE).filter(sender_id=pk).update(sender=None)
        OfficerMessage.objects.unscoped(_MACHINE).filter(receiver_id=pk).update(receiver=None)
        Absence.objects.filter(Q(person_id=pk) | Q(substitute_id=pk)).delete()


def _without_contact(applications: QuerySet[Application]) -> None:
    applications.update(contact_name="", contact_title="", contact_email="", contact_phone="")


@every(86_400)
def forget_in_time() -> None:
    """Contacts of applications that are closed, messages and absences go after KEEP (docs/privacy.md)."""
    before = timezone.now() - KEEP
    _without_contact(Application.objects.unscoped(_MACHINE).filter(decided_at__lt=before).exclude(contact_email=""))
    OfficerMessage.objects.unscoped(_MACHINE).filter(at__lt=before).delete()
    Absence.objects.filter(last_day__lt=before.date()).delete()


@handles("officer.wrote")
def tell_receivers(event: Event) -> None:
    """A message is told to its receiver, and while that one is away, to who stands in (that it is there, not what it says)."""
    for message in (
        OfficerMessage.objects.unscoped(_MACHINE).filter(pk__in=event.payload["ids"]).select_related("sender")
    ):
        receiver = message.receiver_id or 0
        tell(
            {receiver} | substitutes_of([receiver]), kind=event.name, zh=f"{message.sender}给联络员留言",
            en=f"A message from {message.sender}", address=reverse("govern:messages"), key=f"message:{message.pk}",
        )  # fmt: skip


@every(60)
def close_votes_that_are_over() -> None:
    while close_due():
        pass


@every(3600)
def settle_memberships_that_are_over() -> None:
    settle_departures()


@every(3600)
def remind() -> None:
    """Votes that end soon, duties, obligations and agreements that come due, terms that end: each told once for its stage."""
    remind_voters()
    remind_duties()
    remind_agreements()
    remind_offices()


def remind_voters() -> None:
    now = timezone.now()
    soon = Motion.objects.unscoped(_MACHINE).filter(
        status=Motion.Status.VOTING, deadline__range=(now, now + REMIND_BEFORE)
    )
    for motion in soon.select_related("alliance"):
        for seat in Seat.objects.unscoped(_MACHINE).filter(motion=motion, voted_at__isnull=True):
            tell(
                voters_of(seat), kind="motion.reminder", zh=f"即将截止，{seat.name}还没有表决：{motion.title[:60]}",
                en=f"The vote ends soon and {seat.name} has not voted: {motion.title[:60]}", address=_page(motion),
                key=f"vote.reminder:{motion.pk}:{seat.pk}",
            )  # fmt: skip


def remind_duties() -> None:
    today = timezone.localdate()
    due = Duty.objects.filter(status=Duty.Status.OPEN, due_on__lte=today + DUTY_BEFORE).select_related(
        "resolution__alliance"
    )
    for duty in due:
        late = duty.due_on < today
        _tell_of_duty(duty, "duty.late" if late else "duty.soon", "已逾期" if late else f"{duty.due_on} 到期", "late" if late else f"due {duty.due_on}")  # fmt: skip


def remind_agreements() -> None:
    """The officers of the parties hear of what is due and of what runs out."""
    today = timezone.localdate()
    near = Agreement.objects.filter(valid_until__range=(today, today + timedelta(days=366))).prefetch_related(
        "parties", "renewals"
    )
    for agreement in near:
        if agreement.state_on(today) != "to_renew":
            continue
        for party in agreement.parties.all():
            if party.member_id:
                tell(
                    staff_of_member(party.member_id), kind="agreement.to_renew",
                    zh=f"协议“{agreement.title[:60]}”{agreement.valid_until} 到期，请商续签",
                    en=f"“{agreement.title[:60]}” ends on {agreement.valid_until}: renew it",
                    address=reverse("members:agreement", args=[agreement.uid]), key=f"renew:{agreement.pk}:{agreement.valid_until}",
                )  # fmt: skip
    owed = Obligation.objects.filter(done_on__isnull=True, due_on__lte=today + DUTY_BEFORE, member__isnull=False)
    for one in owed.select_related("agreement"):
        stage = "late" if one.due_on < today else "soon"
        tell(
            staff_of_member(one.member_id or 0), kind=f"obligation.{stage}",
            zh=f"协议约定{'已逾期' if stage == 'late' else '即将到期'}（{one.due_on}）：{one.text[:60]}",
            en=f"Promised for {one.due_on}: {one.text[:60]}", address=reverse("members:agreement", args=[one.agreement.uid]),
            key=f"obligation.{stage}:{one.pk}:{one.due_on}",
        )  # fmt: skip


def remind_offices() -> None:
    today = timezone.localdate()
    for office in Office.objects.filter(until__range=(today, today + OFFICE_BEFORE)).select_related("alliance"):
        tell(
            secretaries_of(office.alliance), kind="office.ends", zh=f"{office.get_kind_display()}任期 {office.until} 届满，请安排换届",
            en=f"A term of office ends on {office.until}", address=reverse("govern:council", args=[office.alliance.slug]),
            key=f"office:{office.pk}:{office.until}",
        )  # fmt: skip
