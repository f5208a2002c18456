"""The match inbox, answers, interest and introductions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from duijie.core.access import Viewer
from duijie.core.errors import Fault, NotFound
from duijie.core.files import get_file, path_of
from duijie.core.language import t
from duijie.core.schema import parse
from duijie.federate.queries import other_side
from duijie.match import actions, queries
from duijie.match.models import Interest, Introduction, Verdict
from duijie.match.rules import speaks_for_listing
from duijie.match.schemas import NextStep
from duijie.members.models import RoleGrant, User
from duijie.publish import queries as publishing
from duijie.publish.models import Listing
from duijie.web.kit.cards import match_card
from duijie.web.kit.pages import Pages
from duijie.web.match.cards import card_of
from duijie.web.match.reasons import reasons_of

SIZE = 10


def inbox(request: HttpRequest) -> HttpResponse:
    """What was found for the viewer's listings, best first; for one listing, or all."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if viewer.is_guest:
        return redirect(f"{reverse('account_login')}?next={request.get_full_path()}")
    chosen: Listing | None = None
    uid = request.GET.get("listing", "")
    if uid:
        chosen = publishing.get_listing(uid, viewer).record
        if not speaks_for_listing(viewer, chosen):
            raise NotFound
    with_weak = request.GET.get("weak") == "1"
    answered = request.GET.get("answered") == "1"
    grades = () if with_weak or answered else ("strong", "fair")
    rows = queries.suggestions_for(viewer, listing=chosen, grades=grades, include_answered=answered)
    pages = Pages.of(request, total=rows.count(), size=SIZE)
    shown = queries.page_of_suggestions(rows, viewer, pages.start, pages.stop)
    queries.put_shown_on_record(shown)
    weak = 0 if with_weak else queries.suggestions_for(viewer, listing=chosen, grades=("weak",)).count()
    own = publishing.own_listings(viewer, status="published")[:100]
    request.nav_key = "match"  # type: ignore[attr-defined]
    context = {
        "groups": [(s.own, card_of(s)) for s in shown],
        "pages": pages,
        "chosen": chosen,
        "own": own,
        "weak": weak,
        "received": queries.received_interests(viewer)[:10],
        "answered": answered,
    }
    return render(request, "match/inbox.html", context)


def _answer(request: HttpRequest, uid: str) -> HttpResponse:
    """The card anew after an answer, or back to the inbox without script."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if request.headers.get("HX-Request"):
        card = card_of(queries.get_suggestion(uid, viewer))
        return HttpResponse(match_card({"request": request, "csrf_token": get_token(request)}, card))
    return redirect("match_inbox")


@require_POST
def interested(request: HttpRequest, uid: str) -> HttpResponse:
    """Show interest in a suggestion's other side."""
    viewer = request.viewer  # type: ignore[attr-defined]
    suggestion = queries.get_suggestion(uid, viewer)
    interest = actions.express_interest(
        actor=viewer,
        to_listing=suggestion.other.record,
        from_listing=suggestion.own.record,
        message=request.POST.get("message", ""),
    )
    if interest.status == Interest.Status.ACCEPTED:
        return _to_introduction(request, interest)
    return _answer(request, uid)


def _to_introduction(request: HttpRequest, interest: Interest) -> HttpResponse:
    introduction = Introduction.objects.get(interest=interest)
    address = reverse("introduction", args=[introduction.uid])
    messages.success(request, t("双方都有意，联系方式已公开。", "Both sides agree; contacts are open."))
    if request.headers.get("HX-Request"):
        response = HttpResponse()
        response["HX-Redirect"] = address
        return response
    return redirect(address)


@require_POST
def dismiss(request: HttpRequest, uid: str) -> HttpResponse:
    """Not suitable (why), or not now."""
    viewer = request.viewer  # type: ignore[attr-defined]
    suggestion = queries.get_suggestion(uid, viewer)
    reason = request.POST.get("reason", "")
    actions.give_verdict(
        actor=viewer,
        suggestion=suggestion.record,
        side=suggestion.side,
        answer=request.POST.get("answer", Verdict.Answer.NOT_SUITABLE),
        reasons=[reason] if reason else [],
        remark=request.POST.get("remark", ""),
    )
    return _answer(request, uid)


def forward(request: HttpRequest, uid: str) -> HttpResponse:
    """Hand a suggestion to a colleague."""
    viewer = request.viewer  # type: ignore[attr-defined]
    suggestion = queries.get_suggestion(uid, viewer)
    if request.method == "POST":
        actions.forward(
            actor=viewer,
            suggestion=suggestion.record,
            side=suggestion.side,
            to_user_uid=request.POST.get("to", ""),
            note=request.POST.get("note", ""),
        )
        messages.success(request, t("已转给同事。", "Handed on."))
        return redirect("match_inbox")
    return render(
        request,
        "match/forward.html",
        {"suggestion": suggestion, "colleagues": _colleagues(viewer, suggestion.own.record)},
    )


def _colleagues(viewer: Any, listing: Listing) -> list[User]:
    grants = RoleGrant.objects.filter(scope="organisation", scope_id=listing.owner_organisation_id or 0)
    grants = grants | RoleGrant.objects.filter(
        scope="member", scope_id=listing.owner_member_id, role__in=["liaison", "editor", "member_admin"]
    )
    return list(
        User.objects.filter(pk__in=grants.values("user_id"), is_active=True).exclude(pk=viewer.user_id).order_by("name")
    )


@require_POST
def show_interest(request: HttpRequest, uid: str) -> HttpResponse:
    """Interest in a listing that one found oneself, with one of one's own listings or without."""
    viewer = request.viewer  # type: ignore[attr-defined]
    to_listing = publishing.get_listing(uid, viewer).record
    mine = request.POST.get("from", "")
    from_listing = publishing.get_listing(mine, viewer).record if mine else None
    interest = actions.express_interest(
        actor=viewer, to_listing=to_listing, from_listing=from_listing, message=request.POST.get("message", "")
    )
    if interest.status == Interest.Status.ACCEPTED:
        return _to_introduction(request, interest)
    messages.success(
        request, t("已告诉对方，三天内答复。", "The other side has been told and answers within three days.")
    )
    return redirect("listing", uid=uid)


def interest_page(request: HttpRequest, uid: str) -> HttpResponse:
    """One interest, for the side that answers and the side that waits."""
    viewer = request.viewer  # type: ignore[attr-defined]
    interest = queries.get_interest(uid, viewer)
    may_answer = speaks_for_listing(viewer, interest.to_listing) and interest.status == Interest.Status.WAITING
    introduction = Introduction.objects.filter(interest=interest).first()
    theirs = None
    if interest.from_listing is not None:
        try:
            theirs = publishing.get_listing(interest.from_listing.uid, viewer)
        except NotFound:
            theirs = None
    context = {
        "interest": interest,
        "to": publishing.get_listing(interest.to_listing.uid, viewer),
        "theirs": theirs,
        "may_answer": may_answer,
        "introduction": introduction,
        "named": _named(interest),
        "why": _why(interest, viewer) if may_answer else ([], []),
        "reasons": queries_reasons(),
    }
    return render(request, "match/interest.html", context)


def _why(interest: Interest, viewer: Viewer) -> tuple[list[Any], list[Any]]:
    """What fits and what does not, where the two were a match: from what the side that answers may read."""
    if interest.suggestion is None:
        return [], []
    found = queries.seen_suggestions([interest.suggestion], viewer)
    if not found:
        return [], []
    fitting, differing = reasons_of(found[0])
    return list(fitting), list(differing)


def queries_reasons() -> list[tuple[str, str]]:
    from duijie.match.actions.verdicts import REASONS

    return [(value, t(zh, en)) for value, (zh, en) in REASONS.items()]


def _named(interest: Interest) -> str:
    from duijie.match.actions.interest import shown_name

    zh, en = shown_name(interest)
    return t(zh.replace("{", "（"), en.replace("{", "("))


@require_POST
def answer_interest(request: HttpRequest, uid: str, verb: str) -> HttpResponse:
    """Agree, decline or withdraw."""
    viewer = request.viewer  # type: ignore[attr-defined]
    interest = queries.get_interest(uid, viewer)
    if verb == "accept":
        return _to_introduction(request, actions.accept_interest(actor=viewer, interest=interest))
    if verb == "decline":
        reason = request.POST.get("reason", "")
        actions.decline_interest(
            actor=viewer, interest=interest, reasons=[reason] if reason else [], remark=request.POST.get("remark", "")
        )
        messages.success(request, t("已婉拒，联系方式没有公开。", "Declined; contacts stay closed."))
    elif verb == "withdraw":
        actions.withdraw_interest(actor=viewer, interest=interest)
        messages.success(request, t("已撤回。", "Withdrawn."))
    else:
        raise NotFound
    return redirect("match_interest", uid=uid)


def introductions(request: HttpRequest) -> HttpResponse:
    """The viewer's introductions, the next step first."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if viewer.is_guest:
        return redirect(f"{reverse('account_login')}?next={request.get_full_path()}")
    rows = queries.introductions_of(viewer)
    pages = Pages.of(request, total=rows.count(), size=20)
    request.nav_key = "introductions"  # type: ignore[attr-defined]
    return render(request, "match/introductions.html", {"rows": rows[pages.start : pages.stop], "pages": pages})


def introduction(request: HttpRequest, uid: str) -> HttpResponse:
    """One introduction: contacts, messages, files, the next step."""
    viewer = request.viewer  # type: ignore[attr-defined]
    row = queries.get_introduction(uid, viewer)
    error = ""
    if request.method == "POST":
        try:
            _act(request, row)
            return redirect("introduction", uid=uid)
        except Fault as fault:
            error = fault.sentence
    context = {
        "row": row,
        "contacts": queries.contacts_of(row, viewer),
        "across": other_side(row, viewer),
        "talk": row.messages.select_related("author", "file").order_by("at"),
        "error": error,
        "first": publishing.get_listing(row.first_listing.uid, viewer) if row.first_listing else None,
        "second": publishing.get_listing(row.second_listing.uid, viewer),
    }
    return render(request, "match/introduction.html", context, status=422 if error else 200)


def _act(request: HttpRequest, row: Introduction) -> None:
    viewer = request.viewer  # type: ignore[attr-defined]
    verb = request.POST.get("do", "say")
    if verb == "say":
        file = request.FILES.get("file")
        actions.say(
            actor=viewer,
            introduction=row,
            text=request.POST.get("text", ""),
            file_chunks=file.chunks() if file else None,
            file_name=(file.name or "") if file else "",
            media_type=(file.content_type or "application/octet-stream") if file else "",
        )
    elif verb == "step":
        given = parse(NextStep, {"step": request.POST.get("step"), "on": request.POST.get("on")})
        actions.set_next_step(
            actor=viewer,
            introduction=row,
            step=given.step or "",
            on=given.on,
            promising=request.POST.get("promising") == "true",
        )
    elif verb == "end":
        actions.end_introduction(actor=viewer, introduction=row, reason=request.POST.get("reason", ""))
    elif verb == "hand_on":
        actions.hand_on(actor=viewer, introduction=row)
    else:
        raise NotFound


def introduction_file(request: HttpRequest, uid: str, file_uid: str) -> FileResponse:
    """A file handed over in an introduction, always as a download."""
    viewer = request.viewer  # type: ignore[attr-defined]
    row = queries.get_introduction(uid, viewer)
    message = row.messages.filter(file__uid=file_uid).select_related("file").first()
    if message is None or message.file is None:
        raise NotFound
    record = get_file(file_uid, viewer)
    return FileResponse(
        path_of(record).open("rb"), as_attachment=True, filename=record.name, content_type="application/octet-stream"
    )
