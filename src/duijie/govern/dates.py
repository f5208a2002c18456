"""The dates of this app for people's calendars: turns of hosting, trainings, duties; and for a council its votes and meetings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.dates import Dated, dates
from duijie.core.language import t
from duijie.govern import queries
from duijie.govern.models import Duty, Meeting, Motion
from duijie.members.models import Membership, RotaRound
from duijie.members.places import current_memberships
from duijie.members.queries import name_of

MOST = 500
"""Of each kind, the nearest first."""


@dates("rota")
def turns_of_hosting(viewer: Viewer, member_id: int | None) -> Iterator[Dated]:
    """The rounds that are not over, a member's own alone where one is named. Public."""
    rounds = RotaRound.objects.filter(last_day__gte=timezone.localdate()).select_related("rota__alliance", "host")
    if member_id is not None:
        rounds = rounds.filter(host=member_id)
    for one in rounds.order_by("first_day", "pk")[:MOST]:
        rota = one.rota
        yield Dated(
            f"rota-{rota.uid}-{one.number}",
            t("{title}：{host}值办", "{title}: hosted by {host}", title=rota.title, host=name_of(one.host)),
            one.first_day, one.last_day + timedelta(days=1), address=reverse("govern:rota", args=[rota.alliance.slug]),
            changed_at=rota.created_at, category=t("轮值", "Rota"),
        )  # fmt: skip


@dates("training")
def trainings_to_come(viewer: Viewer, member_id: int | None) -> Iterator[Dated]:
    """Trainings of officers, those of a member's alliances where one is named. Public; who comes is not."""
    found = queries.trainings(viewer).filter(held_on__gte=timezone.localdate())
    if member_id is not None:
        inside = Membership.objects.filter(current_memberships(), member=member_id)
        found = found.filter(alliance__in=inside.values("alliance"))
    for one in found.order_by("held_on", "pk")[:MOST]:
        yield Dated(
            f"training-{one.uid}", one.title, one.held_on, address=reverse("govern:training", args=[one.uid]),
            text=one.about, place=one.place, changed_at=one.created_at, category=t("联络员培训", "Training"),
        )  # fmt: skip


@dates("duty")
def duties_due(viewer: Viewer, member_id: int | None) -> Iterator[Dated]:
    """What public resolutions oblige to, late ones included: the calendar keeps the day that was promised."""
    own = None if member_id is None else frozenset({member_id})
    for one in queries.duties(viewer, member_ids=own, status=Duty.Status.OPEN)[:MOST]:
        owner = name_of(one.owner) if one.owner else one.owner_name or t("秘书处", "Secretariat")
        yield Dated(
            f"duty-{one.uid}", t("任务到期：{what}", "Duty due: {what}", what=one.text), one.due_on,
            address=reverse("govern:resolution", args=[one.resolution.uid]), text=f"{one.resolution} · {owner}",
            category=t("决议任务", "Duty"),
        )  # fmt: skip


@dates("vote")
def votes_that_end(viewer: Viewer, member_id: int | None) -> Iterator[Dated]:
    """The last day of each vote, for those who sit in its council; a guest or a key is told of none."""
    found = queries.motions(viewer, status=Motion.Status.VOTING)
    if member_id is not None:
        found = found.filter(seats__member=member_id)
    for one in found.order_by("deadline", "pk")[:MOST]:
        if one.last_day is not None:
            yield Dated(
                f"motion-{one.uid}-vote", t("表决截止：{title}", "Vote ends: {title}", title=one.title), one.last_day,
                address=reverse("govern:motion", args=[one.uid]), changed_at=one.opened_at, category=t("表决", "Vote"),
            )  # fmt: skip


@dates("council")
def meetings_of_councils(viewer: Viewer, member_id: int | None) -> Iterator[Dated]:
    """Meetings to come, for those who sit in the council."""
    found = Meeting.objects.visible_to(viewer).filter(starts_at__gte=timezone.now()).select_related("alliance")
    if member_id is not None:
        inside = Membership.objects.filter(current_memberships(), member=member_id)
        found = found.filter(alliance__in=inside.values("alliance"))
    for one in found.order_by("starts_at", "pk")[:MOST]:
        yield Dated(
            f"meeting-{one.uid}", one.title, one.starts_at, one.starts_at + timedelta(hours=2),
            address=reverse("govern:meeting", args=[one.uid]), text=one.agenda, place=one.place, changed_at=one.created_at,
            category=t("理事会会议", "Council"),
        )  # fmt: skip
