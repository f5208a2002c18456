"""The mails of this app: an invitation to open an account, the confirmation of a new address, notices at each person's pace."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from duijie.core.language import speaking, t
from duijie.core.models import Notification
from duijie.members.models import Mails, User

# What is older is no news any more and goes into no mail.
NEWS_FOR = {Mails.AT_ONCE: timedelta(days=2), Mails.DAILY: timedelta(days=2), Mails.WEEKLY: timedelta(days=8)}
STOP_SALT = "members.stop_mails"


def invitation(person: User, where: str) -> EmailMessage:
    """A link with which an invited person chooses a password; it works for as long as Django's reset links do."""
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)},
    )
    days = settings.PASSWORD_RESET_TIMEOUT // 86_400
    with speaking(person.language):
        subject = t("邀请您使用{where}", "You are invited to {where}", where=where)
        body = t(
            "您好，{name}：\n\n{where}邀请您开通账号。请打开下面的链接设置密码（{days} 天内有效）：\n{url}\n\n"
            "您的用户名是 {username}。链接过期后，可在登录页用这个邮箱重新设置密码。\n如果与您无关，请忽略这封邮件。",
            "Dear {name},\n\n{where} invites you to open an account. Choose a password here (within {days} days):\n{url}\n\n"
            "Your username is {username}. After that, reset the password with this address on the sign-in page.\n"
            "If this is not for you, please ignore it.",
            name=person.name or person.username,
            where=where,
            days=days,
            url=settings.BASE_URL + path,
            username=person.username,
        )
    return EmailMessage(subject, body, to=[person.email])


def confirmation(person: User) -> EmailMessage | None:
    """A link that confirms the person's mail address; None where it is confirmed."""
    from allauth.account.models import EmailAddress, EmailConfirmationHMAC

    address = EmailAddress.objects.filter(user=person, email__iexact=person.email, verified=False).first()
    if address is None:
        return None
    path = reverse("account_confirm_email", args=[EmailConfirmationHMAC(address).key])
    with speaking(person.language):
        subject = t("请确认您的邮箱", "Please confirm your e-mail address")
        body = t(
            "请打开下面的链接，确认这个邮箱属于您：\n{url}\n\n如果不是您操作的，请忽略这封邮件。",
            "Open this link to confirm that this address is yours:\n{url}\n\nIf it was not you, please ignore this mail.",
            url=settings.BASE_URL + path,
        )
    return EmailMessage(subject, body, to=[person.email])


def send_notices(user_ids: Sequence[int], *, pace: str) -> int:
    """Mail these people what is new for them, where they want mail at `pace`; returns the number of mails.

    A notice is marked after its mail has gone: a crash between the two sends it twice, never loses it.
    """
    people = User.objects.filter(pk__in=user_ids, is_active=True, mails=pace).exclude(email="")
    hour = timezone.localtime().hour
    sent = 0
    for person in people:
        if pace == Mails.AT_ONCE and is_quiet(hour, person.quiet_from, person.quiet_until):
            continue  # the sweep comes back when the quiet hours are over
        news = list(_news_of([person.pk], pace).order_by("id")[:100])
        if not news:
            continue
        _notice_mail(person, news).send()
        Notification.objects.filter(pk__in=[n.pk for n in news]).update(mailed_at=timezone.now())
        sent += 1
    return sent


def _news_of(user_ids: Sequence[int], pace: str) -> QuerySet[Notification]:
    since = timezone.now() - NEWS_FOR[Mails(pace)]
    return Notification.objects.filter(
        user_id__in=user_ids, mailed_at__isnull=True, read_at__isnull=True, created_at__gte=since
    )


def is_quiet(hour: int, quiet_from: int, quiet_until: int) -> bool:
    """Whether an hour of the day lies in the quiet hours; they may pass midnight, equal ends mean none."""
    if quiet_from <= quiet_until:
        return quiet_from <= hour < quiet_until
    return hour >= quiet_from or hour < quiet_until


def send_waiting() -> int:
    """Mail those who want mail at once what was held back in their quiet hours, or by a mail server that did not answer."""
    people = list(User.objects.filter(is_active=True, mails=Mails.AT_ONCE).values_list("pk", flat=True))
    waiting = _news_of(people, Mails.AT_ONCE).values_list("user_id", flat=True).distinct()
    return send_notices(list(waiting), pace=Mails.AT_ONCE)


def stop_address(person: User) -> str:
    """The address with which this person stops all mail without signing in."""
    return settings.BASE_URL + reverse("stop_mails", args=[signing.dumps(person.uid, salt=STOP_SALT)])


def person_of_stop(token: str) -> User | None:
    """Whose stop link this is; None for a token that was not made here."""
    try:
        return User.objects.filter(uid=signing.loads(token, salt=STOP_SALT)).first()
    except signing.BadSignature:
        return None


def send_daily() -> int:
    """Mail yesterday's notices to everybody who wants one mail a day."""
    waiting = User.objects.filter(is_active=True, mails=Mails.DAILY).values_list("pk", flat=True)
    return send_notices(list(waiting), pace=Mails.DAILY)


def send_weekly() -> int:
    """Mail the week's notices to everybody who wants one mail a week."""
    waiting = User.objects.filter(is_active=True, mails=Mails.WEEKLY).values_list("pk", flat=True)
    return send_notices(list(waiting), pace=Mails.WEEKLY)


def _notice_mail(person: User, news: list[Notification]) -> EmailMessage:
    with speaking(person.language):
        lines = [t(n.zh, n.en) + (f"\n{settings.BASE_URL}{n.address}" if n.address else "") for n in news]
        subject = (
            lines[0].split("\n")[0] if len(news) == 1 else t("您有 {n} 条新消息", "{n} notices for you", n=len(news))
        )
        stop = stop_address(person)
        ending = t(
            "在“我的账号”里可以改为每天或每周一封，并设置免打扰时间。\n不再接收邮件：{url}",
            "Under “My account” you can choose one mail a day or a week, and quiet hours.\nStop all mail: {url}",
            url=stop,
        )
    # RFC 8058: the mail program's own button stops the mails by one POST.
    headers = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return EmailMessage(subject, "\n\n".join([*lines, ending]), to=[person.email], headers=headers)
