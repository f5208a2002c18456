"""What this app does when something happened: tell those whom it concerns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from duijie.core.events import handles
from duijie.core.models import Event, Notification
from duijie.core.notifications import tell
from duijie.core.worker import every
from duijie.members import mails
from duijie.members.choices import Role
from duijie.members.models import Absence, Agreement, Alliance, ApiKey, Mails, Member, Organisation, Rota, User
from duijie.members.queries import staff_of_member, staff_of_organisation

KEEP_NOTICES = timedelta(days=400)
DAILY_MAIL_HOUR = 8  # in Shanghai
MONDAY = 0


@handles("organisation.registered", "organisation.changed")
def tell_liaisons_that_one_waits(event: Event) -> None:
    """An organisation that waits to be verified is put before its home member's liaisons, once for each version."""
    for organisation in Organisation.objects.filter(pk__in=event.payload["ids"], verified_at__isnull=True):
        if event.name == "organisation.changed" and not event.payload.get("verification_lapsed"):
            continue
        tell(
            staff_of_member(organisation.home_member_id),
            kind="organisation.waiting",
            zh=f"“{organisation.name}”等待核验",
            en=f"“{organisation.name}” waits to be verified",
            address=reverse("members:verification"),
            key=f"organisation.waiting:{organisation.pk}:{organisation.version}",
        )


@handles("organisation.verified", "organisation.verification_withdrawn")
def tell_representatives_how_it_stands(event: Event) -> None:
    """The people of an organisation hear that it is verified, or why it is not."""
    for organisation in Organisation.objects.filter(pk__in=event.payload["ids"]):
        remark = organisation.verification_remark
        if event.name == "organisation.verified":
            zh, en = f"“{organisation.name}”已通过核验", f"“{organisation.name}” is verified"
        else:
            zh, en = f"“{organisation.name}”未通过核验：{remark}", f"“{organisation.name}” is not verified: {remark}"
        tell(
            staff_of_organisation(organisation.pk),
            kind=event.name,
            zh=zh,
            en=en,
            address=reverse("members:organisation", args=[organisation.uid]),
            key=f"{event.name}:{organisation.pk}:{organisation.version}",
        )


@handles("agreement.signed", "agreement.ended")
def tell_parties(event: Event) -> None:
    """The liaisons of every member that is a party hear of a new agreement, and of one that ends early."""
    for agreement in Agreement.objects.filter(pk__in=event.payload["ids"]):
        over = event.name == "agreement.ended"
        for member_id in event.payload["members"]:
            tell(
                staff_of_member(member_id),
                kind=event.name,
                zh=f"协议“{agreement.title}”{'已提前终止' if over else '已登记'}",
                en=f"The agreement “{agreement.title}” {'ends early' if over else 'is on record'}",
                address=reverse("members:agreement", args=[agreement.uid]),
                key=f"{event.name}:{agreement.pk}",
            )


@handles("key.created", "key.rotated", "key.revoked")
def tell_about_keys(event: Event) -> None:
    """Everybody in charge of an owner's keys hears when one is made, replaced or revoked: nobody does it unseen."""
    words = {"key.created": ("新建", "made"), "key.rotated": ("换发", "rotated"), "key.revoked": ("撤销", "revoked")}
    zh, en = words[event.name]
    for key in ApiKey.objects.filter(pk__in=event.payload["ids"]).select_related("organisation"):
        people = staff_of_member(key.member_id, ("member_admin",)) if key.member_id else []
        if key.organisation:
            people += staff_of_organisation(key.organisation.pk)
        tell(
            people,
            kind=event.name,
            zh=f"接口密钥“{key.name}”已{zh}",
            en=f"The API key “{key.name}” was {en}",
            address=reverse("members:keys"),
            key=f"{event.name}:{key.pk}",
        )


@handles("rota.swap_asked", "rota.swap_answered", "rota.handed_over")
def tell_hosts(event: Event) -> None:
    """The other host hears of a swap, the asking one of the answer, the next one of the hand-over."""
    rota = Rota.objects.select_related("alliance").filter(pk__in=event.payload["ids"]).first()
    if rota is None:
        return
    agreed = "已同意" if event.payload.get("agreed") else "未同意"
    said = {
        "rota.swap_asked": (f"有成员申请与贵方对调“{rota.title}”的轮次，请答复", f"A swap of turns in “{rota.title}” waits for your answer"),
        "rota.swap_answered": (f"对方{agreed}对调“{rota.title}”的轮次", f"Your swap in “{rota.title}” was {'agreed to' if event.payload.get('agreed') else 'declined'}"),
        "rota.handed_over": (f"“{rota.title}”上一轮已交接，轮到贵方值办", f"“{rota.title}” was handed over: it is your turn to host"),
    }[event.name]  # fmt: skip
    for member_id in event.payload["member_ids"]:
        tell(
            staff_of_member(member_id),
            kind=event.name,
            zh=said[0],
            en=said[1],
            address=reverse("govern:rota", args=[rota.alliance.slug]),
            key=f"{event.name}:{event.pk}",
        )


@handles("absence.named")
def tell_substitutes(event: Event) -> None:
    """Who stands in hears for whom and how long."""
    for absence in Absence.objects.filter(pk__in=event.payload["ids"]).select_related("person"):
        tell(
            [absence.substitute_id],
            kind=event.name,
            zh=f"{absence.first_day} 至 {absence.last_day} 由您代理{absence.person}的联络工作",
            en=f"You stand in for {absence.person} from {absence.first_day} to {absence.last_day}",
            address=reverse("govern:officers"),
            key=f"absence:{absence.pk}",
        )


@handles("person.invited", outside=True)
def mail_invitations(events: list[Event]) -> None:
    """Who is new gets a link to open the account; who was here already hears of the role behind the bell."""
    for event in events:
        where, role = _scope_name(event.payload["scope"], event.payload["scope_id"]), Role(event.payload["role"])
        for person in User.objects.filter(pk__in=event.payload["ids"], is_active=True):
            if event.payload["new"]:
                mails.invitation(person, where).send()
            else:
                tell(
                    [person.pk],
                    kind="role.granted",
                    zh=f"您成为{where}的{role.zh}",
                    en=f"You are now {role.en.lower()} of {where}",
                    address=reverse("account"),
                    key=f"person.invited:{event.pk}",
                )


@handles("account.changed", outside=True)
def mail_confirmations(events: list[Event]) -> None:
    """A new mail address is asked to be confirmed."""
    for event in events:
        if "email" not in event.payload.get("fields", []):
            continue
        for person in User.objects.filter(pk__in=event.payload["ids"], is_active=True):
            mail = mails.confirmation(person)
            if mail is not None:
                mail.send()


@handles("notice.told", outside=True, priority=9)
def mail_notices_at_once(events: list[Event]) -> None:
    """Those who want mail at once get what these events told them, in one mail each."""
    people = {i for event in events for i in event.payload["ids"]}
    mails.send_notices(sorted(people), pace=Mails.AT_ONCE)


@every(1800)
def mail_daily_notices() -> None:
    """In the morning: one mail to those who want one a day. What was mailed is marked, so that a second call sends nothing."""
    now = timezone.localtime()
    if now.hour == DAILY_MAIL_HOUR:
        mails.send_daily()
        if now.weekday() == MONDAY:
            mails.send_weekly()


@every(300)
def mail_what_waited() -> None:
    """What came in somebody's quiet hours goes out when they are over."""
    mails.send_waiting()


@every(86_400)
def forget_old_notices() -> None:
    """Notices are kept for KEEP_NOTICES (docs/privacy.md)."""
    Notification.objects.filter(created_at__lt=timezone.now() - KEEP_NOTICES).delete()


def _scope_name(scope: str, scope_id: int) -> str:
    kinds: dict[str, Any] = {"alliance": Alliance, "member": Member, "organisation": Organisation}
    record = kinds[scope].objects.filter(pk=scope_id).first() if scope in kinds else None
    first = Alliance.objects.filter(parent__isnull=True).order_by("pk").first()
    return str(record or first or "对接")
