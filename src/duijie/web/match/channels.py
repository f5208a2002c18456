"""Settings of telling: channels of oneself, one's organisation, one's member; each with its log and a test button."""

from __future__ import annotations

from typing import TypeVar

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from duijie.core.access import Viewer
from duijie.core.errors import Fault, NotFound
from duijie.core.language import Label, t
from duijie.match import actions
from duijie.match.actions.channels import may_run
from duijie.match.models import Channel, Outgoing
from duijie.match.schemas import ChannelEvent, ChannelKind, ChannelPace, ChannelRecord
from duijie.members.choices import MailPace
from duijie.members.models import Member, Organisation, User
from duijie.publish.rules import REVIEWERS
from duijie.web.kit.fields import Choice, FormField
from duijie.web.members.forms import FormPage, for_people, viewer_of_page

LOG = 50


def _owners(viewer: Viewer) -> list[tuple[str, str]]:
    """For whom the viewer may set up channels: (value, name)."""
    members = [g.scope_id for g in viewer.grants if g.scope == "member" and g.role in REVIEWERS]
    found = [(f"member:{m.uid}", m.name) for m in Member.objects.filter(pk__in=members).order_by("pk")]
    firms = Organisation.objects.filter(pk__in=viewer.organisation_ids).order_by("pk")
    found += [(f"organisation:{o.uid}", o.name) for o in firms]
    return [*found, ("", t("只给我自己", "Only me"))]


def _own_channels(viewer: Viewer) -> list[Channel]:
    members = [g.scope_id for g in viewer.grants if g.scope == "member" and g.role in REVIEWERS]
    mine = Q(member_id__in=members) | Q(organisation_id__in=viewer.organisation_ids) | Q(user_id=viewer.user_id)
    rows = Channel.objects.filter(mine).select_related("member", "organisation").order_by("pk")
    return [c for c in rows if may_run(viewer, c)]


@for_people
def channels(request: HttpRequest) -> HttpResponse:
    """How one is told: the pace of mails, quiet hours, channels."""
    viewer = viewer_of_page(request)
    person = User.objects.get(pk=viewer.user_id or 0)
    rows = [(c, ChannelKind.named(c.kind), ChannelPace.named(c.pace)) for c in _own_channels(viewer)]
    return render(
        request, "match/channels.html", {"rows": rows, "person": person, "pace": MailPace.named(person.mails)}
    )


@for_people
def new_channel(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of_page(request)
    owners = _owners(viewer)

    def save(record: ChannelRecord, posted: QueryDict) -> str:
        kind, _, uid = posted.get("owner", "").partition(":")
        channel = actions.create_channel(
            actor=viewer,
            record=record,
            member=_found(Member, uid) if kind == "member" else None,
            organisation=_found(Organisation, uid) if kind == "organisation" else None,
        )
        return reverse("channel", args=[channel.uid])

    owner = FormField(
        "owner",
        t("给谁", "For whom"),
        kind="choice",
        value=owners[0][0],
        choices=[Choice(*one) for one in owners],
        required=False,
    )
    return FormPage(
        request,
        ChannelRecord,
        t("添加渠道", "Add a channel"),
        save,
        values={"kind": "wecom", "pace": "at_once", "quiet_from": 21, "quiet_until": 8},
        crumbs=[(t("提醒方式", "How I am told"), reverse("channels")), (t("添加渠道", "Add a channel"), "")],
        extra=[owner],
        done=Label("已添加，发一条测试看看。", "Added; send a test."),
    ).response()


M = TypeVar("M", Member, Organisation)


def _found(model: type[M], uid: str) -> M:
    row = model.objects.filter(uid=uid).first()
    if row is None:
        raise NotFound
    return row


@for_people
def channel(request: HttpRequest, channel_uid: str) -> HttpResponse:
    """One channel: its settings, its log; test, switch, delete, send again."""
    viewer = viewer_of_page(request)
    row = Channel.objects.filter(uid=channel_uid).select_related("member", "organisation").first()
    if row is None or not may_run(viewer, row):
        raise NotFound
    if request.method == "POST":
        try:
            return _act(request, row)
        except Fault as fault:
            if fault.status in {403, 404}:
                raise
            messages.error(request, fault.sentence)
            return redirect("channel", channel_uid=row.uid)
    context = {
        "row": row,
        "kind": ChannelKind.named(row.kind),
        "pace": ChannelPace.named(row.pace),
        "events": [ChannelEvent.named(e) for e in row.events],
        "log": row.outgoing.order_by("-pk")[:LOG],
    }
    return render(request, "match/channel.html", context)


def _act(request: HttpRequest, row: Channel) -> HttpResponse:
    viewer, verb = viewer_of_page(request), request.POST.get("do", "")
    if verb == "test":
        tried = actions.test_channel(actor=viewer, channel=row)
        if tried.status == Outgoing.Status.SENT:
            messages.success(request, t("已送达。", "It arrived."))
        else:
            messages.error(request, t("没有送达：{e}", "It did not arrive: {e}", e=tried.error))
    elif verb in {"on", "off"}:
        actions.switch_channel(actor=viewer, channel=row, active=verb == "on")
    elif verb == "again":
        outgoing = row.outgoing.filter(uid=request.POST.get("message", "")).first()
        if outgoing is None:
            raise NotFound
        actions.send_again(actor=viewer, outgoing=outgoing)
        messages.success(request, t("马上再发一次。", "It will be sent again."))
    elif verb == "delete":
        actions.delete_channel(actor=viewer, channel=row)
        return redirect("channels")
    else:
        raise NotFound
    return redirect("channel", channel_uid=row.uid)
