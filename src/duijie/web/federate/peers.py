"""Other nodes: who we are to them, who they are, the letters between us."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from duijie.core.errors import Fault, NotFound
from duijie.core.language import Label, t
from duijie.core.schema import parse
from duijie.federate import actions, queries
from duijie.federate.models import Letter
from duijie.federate.nodes.identity import document, fingerprint
from duijie.federate.rules import demand
from duijie.federate.schemas import PeerRecord
from duijie.web.kit import Cell, Choice, Column, Table
from duijie.web.kit.names import ago
from duijie.web.kit.pages import Pages
from duijie.web.members.forms import FormPage, for_people, posted_version, viewer_of_page

STATES = {
    "waiting": Label("待发送", "Waiting"),
    "sent": Label("已送达", "Delivered"),
    "accepted": Label("已接受", "Accepted"),
    "refused": Label("已拒绝", "Refused"),
    "failed": Label("没有送达", "Not delivered"),
}
LETTERS = {
    "interest": Label("表示感兴趣", "Interest"),
    "accept": Label("同意，附联系方式", "Yes, with the contact"),
    "contact": Label("联系方式", "Contact"),
    "decline": Label("婉拒", "No"),
    "withdraw": Label("撤回", "Withdrawal"),
}


@require_safe
def well_known(request: HttpRequest) -> HttpResponse:
    """Who this installation is: its address and its public key."""
    found = document()
    if found is None:
        raise NotFound
    return HttpResponse(json.dumps(found, ensure_ascii=False), content_type="application/json")


def _crumb() -> tuple[str, str]:
    return t("互联平台", "Other nodes"), reverse("peers")


@for_people
def peers(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of_page(request)
    columns = [
        Column("name", Label("平台", "Node")),
        Column("url", Label("地址", "Address")),
        Column("state", Label("状态", "State")),
        Column("waiting", Label("待发信件", "Letters waiting"), "number"),
    ]
    rows = [
        [
            Cell(p.name, reverse("peer", args=[p.uid])),
            p.url,
            t("互联中", "On") if p.active else t("已停用", "Off"),
            Cell(p.waiting, reverse("peer", args=[p.uid])),
        ]
        for p in queries.peers(viewer)
    ]
    strangers = queries.letters(viewer, None)[:20]
    context = {
        "table": Table(columns, rows, request, caption=t("互联平台", "Other nodes")),
        "any": bool(rows),
        "own": document(),
        "strangers": [(one, t(one.reason_zh, one.reason_en)) for one in strangers],
    }
    return render(request, "federate/peers.html", context)


@for_people
def new_peer(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of_page(request)
    demand(viewer, "peer.write")

    def save(record: PeerRecord, posted: QueryDict) -> str:
        made = actions.register_peer(actor=viewer, record=record)
        return reverse("peer", args=[made.uid])

    return FormPage(
        request,
        PeerRecord,
        t("登记平台", "Register a node"),
        save,
        crumbs=[_crumb()],
        lead=t("先请对方登记本平台，并通过电话核对双方的密钥指纹。", "Have the other side register this node too, and compare fingerprints by telephone."),
        done=Label("已登记，正在取对方的公开信息。", "Registered; its public listings are being fetched."),
    ).response()  # fmt: skip


@for_people
def peer(request: HttpRequest, peer: str) -> HttpResponse:
    """One node: its key, what is shown of it here, the letters; switched off and on."""
    viewer = viewer_of_page(request)
    found = queries.get_peer(peer, viewer)
    if request.method == "POST":
        try:
            _act(request, found)
        except Fault as fault:
            if fault.status in {403, 404}:
                raise
            messages.error(request, fault.sentence)
        return redirect("peer", peer=found.uid)
    status = request.GET.get("status", "")
    rows = queries.letters(viewer, found, status=status if status in STATES else "")
    pages = Pages.of(request, total=rows.count(), size=30)
    context = {
        "peer": found, "fingerprint": fingerprint(found.public_key), "pages": pages, "status": status,
        "letters": [_line(one) for one in rows[pages.start : pages.stop]],
        "states": [Choice("", t("全部", "All")), *(Choice(k, str(v)) for k, v in STATES.items())],
        "crumbs": [_crumb(), (found.name, "")],
    }  # fmt: skip
    return render(request, "federate/peer.html", context)


def _line(one: Letter) -> dict[str, Any]:
    good = one.status in {"sent", "accepted"}
    return {
        "letter": one, "what": LETTERS.get(one.kind, Label("信件", "Letter")), "state": STATES[one.status],
        "badge": "good" if good else "warn" if one.status == "waiting" else "bad", "why": t(one.reason_zh, one.reason_en) if one.reason_zh and not good else "",
        "when": ago(one.at), "again": one.direction == "out" and one.status in {"failed", "refused"},
    }  # fmt: skip


def _act(request: HttpRequest, found: Any) -> None:
    viewer, verb = viewer_of_page(request), request.POST.get("do", "")
    if verb in {"on", "off"}:
        actions.switch_peer(actor=viewer, peer=found, active=verb == "on", version=posted_version(request.POST))
    elif verb == "harvest":
        if found.source is None:
            raise NotFound
        actions.start_run(actor=viewer, source=queries.get_source(found.source.uid, viewer))
        messages.success(request, t("正在取对方的公开信息。", "Its public listings are being fetched."))
    elif verb == "key":
        record = parse(
            PeerRecord,
            {"name": found.name, "slug": found.slug, "url": found.url, "fingerprint": request.POST.get("fingerprint")},
        )
        actions.take_new_key(actor=viewer, peer=found, record=record)
        messages.success(request, t("已换用新密钥。", "The new key is in use."))
    elif verb == "again":
        letter = queries.letters(viewer, found).filter(uid=request.POST.get("letter", ""), direction="out").first()
        if letter is None:
            raise NotFound
        actions.send_letter_again(actor=viewer, letter=letter)
    else:
        raise NotFound
