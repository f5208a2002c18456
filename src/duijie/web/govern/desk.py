"""Today's work of an officer or a secretary: what waits, in the order of what is lost if nobody acts. One row, one click."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.language import t
from duijie.govern import queries
from duijie.match.worklist import worklist
from duijie.members import queries as members
from duijie.members.models import Agreement, Member, Obligation
from duijie.publish.models import Listing
from duijie.web.match.worklist import WHAT, address_of
from duijie.web.members.forms import for_people, viewer_of_page

SOON = timedelta(days=30)


@dataclass(frozen=True)
class Row:
    """One thing to do: what it is about, for which member, by when, whether it is late, where it is done."""

    title: str
    where: str
    due: date | None
    late: bool
    url: str


@dataclass(frozen=True)
class Group:
    key: str
    label: str
    rows: list[Row]


@for_people
def desk(request: HttpRequest) -> HttpResponse:
    """Votes, reviews, answers, duties, obligations, agreements to renew, applications, verifications, messages."""
    viewer = viewer_of_page(request)
    request.nav_key = "desk"  # type: ignore[attr-defined]
    groups = [group for group in _groups(viewer) if group.rows]
    context = {
        "groups": groups,
        "total": sum(len(g.rows) for g in groups),
        "late": sum(row.late for g in groups for row in g.rows),
        "standing_in": members.stood_in_for(viewer),
        "today": timezone.localdate(),
    }
    return render(request, "govern/desk.html", context)


def waiting_count(viewer: Viewer) -> int:
    """What stands beside the entry in the navigation: votes and messages, which are asked for cheaply."""
    return len(queries.waiting_votes(viewer)) + queries.unread(viewer)


def _groups(viewer: Viewer) -> list[Group]:
    own = sorted({g.scope_id for g in viewer.grants if g.scope == "member" and g.role in {"liaison", "member_admin"}})
    names = {m.pk: members.name_of(m) for m in Member.objects.filter(pk__in=own)}
    return [
        Group("votes", t("等您表决", "Your vote"), _votes(viewer)),
        Group("answers", t("等我们答复的对接", "Answers to give"), _matches(viewer, names, "ours")),
        Group("reviews", t("等待审核的信息", "Listings to review"), _reviews(own, names)),
        Group("verify", t("等待核验的单位", "Organisations to verify"), _verifications(viewer)),
        Group("duties", t("决议任务", "Duties of resolutions"), _duties(viewer, own, names)),
        Group("obligations", t("协议约定到期", "Promised in agreements"), _obligations(own, names)),
        Group("renew", t("待续签协议", "Agreements to renew"), _renewals(own)),
        Group("steps", t("对接的下一步", "Next steps of introductions"), _matches(viewer, names, "step")),
        Group("applications", t("加入申请", "Applications"), _applications(viewer)),
        Group("promising", t("跨成员有望的匹配", "Promising matches"), _matches(viewer, names, "promising")),
        Group("messages", t("未读留言", "Unread messages"), _messages(viewer)),
    ]


def _votes(viewer: Viewer) -> list[Row]:
    rows = []
    for motion in queries.waiting_votes(viewer):
        last = (timezone.localtime(motion.deadline) - timedelta(seconds=1)).date() if motion.deadline else None
        soon = last is not None and last <= timezone.localdate() + timedelta(days=1)
        rows.append(Row(motion.title, str(motion.alliance), last, soon, reverse("govern:motion", args=[motion.uid])))
    return rows


def _matches(viewer: Viewer, names: dict[int, str], what: str) -> list[Row]:
    found = worklist(viewer, what=what)[:50]
    label = str(WHAT[what])
    return [
        Row(x.title or label, names.get(x.member_id, ""), x.due, x.late, address_of(x) or reverse("worklist"))
        for x in found
    ]


def _reviews(own: list[int], names: dict[int, str]) -> list[Row]:
    waiting = Listing.objects.unscoped("reviewers see what waits in their members").filter(
        owner_member__in=own, status="submitted"
    )
    today, rows = timezone.localdate(), []
    for listing in waiting.order_by("submitted_at", "pk")[:50]:
        due = timezone.localtime(listing.submitted_at).date() + timedelta(days=2) if listing.submitted_at else None
        late = due is not None and due < today
        rows.append(
            Row(
                listing.title, names.get(listing.owner_member_id, ""), due, late, reverse("listing", args=[listing.uid])
            )
        )
    return rows


def _verifications(viewer: Viewer) -> list[Row]:
    if not viewer.has_role({"liaison", "member_admin"}, "member"):
        return []
    found = members.waiting_for_verification(viewer).select_related("home_member")[:50]
    return [Row(o.name, str(o.home_member), None, False, reverse("members:verification")) for o in found]


def _duties(viewer: Viewer, own: list[int], names: dict[int, str]) -> list[Row]:
    today = timezone.localdate()
    offices = [g.scope_id for g in viewer.grants if g.scope == "alliance" and g.role == "secretariat"]
    mine = Q(owner__in=own) | Q(owner__isnull=True, resolution__alliance__in=offices)
    found = queries.duties(viewer, status="open").filter(mine, due_on__lte=today + SOON)[:50]
    return [
        Row(d.text, names.get(d.owner_id or 0, d.owner_name), d.due_on, d.due_on < today, reverse("govern:resolution", args=[d.resolution.uid]))
        for d in found
    ]  # fmt: skip


def _obligations(own: list[int], names: dict[int, str]) -> list[Row]:
    today = timezone.localdate()
    owed = Obligation.objects.filter(member__in=own, done_on__isnull=True, due_on__lte=today + SOON).select_related(
        "agreement"
    )
    return [
        Row(o.text, names.get(o.member_id or 0, ""), o.due_on, o.due_on < today, reverse("members:agreement", args=[o.agreement.uid]))
        for o in owed.order_by("due_on", "pk")[:50]
    ]  # fmt: skip


def _renewals(own: list[int]) -> list[Row]:
    today = timezone.localdate()
    near = Agreement.objects.filter(
        parties__member__in=own, valid_until__range=(today, today + timedelta(days=366))
    ).distinct()
    return [
        Row(a.title, "", a.valid_until, False, reverse("members:agreement", args=[a.uid]))
        for a in near.prefetch_related("renewals").order_by("valid_until", "pk")
        if a.state_on(today) == "to_renew"
    ][:50]  # fmt: skip


def _applications(viewer: Viewer) -> list[Row]:
    if not viewer.has_role("secretariat") and not viewer.has_role("liaison", "member"):
        return []
    found = queries.waiting_applications(viewer).exclude(submitted_by_id=viewer.user_id or 0)[:50]
    return [Row(a.name, str(a.alliance), None, False, reverse("govern:application", args=[a.uid])) for a in found]


def _messages(viewer: Viewer) -> list[Row]:
    found = queries.messages(viewer).filter(receiver_id=viewer.user_id or 0, read_at__isnull=True)[:50]
    return [Row(m.text[:60], str(m.sender or ""), None, False, reverse("govern:messages")) for m in found]
