"""A motion: its text, papers, discussion, amendments, the vote and its result."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from duijie.core.calendar import parse_date
from duijie.core.errors import Fault, NotFound
from duijie.core.files import download
from duijie.core.language import Label, t
from duijie.govern import actions, queries
from duijie.govern.choices import Choice as Vote
from duijie.govern.choices import Majority, Outcome, Question, Way
from duijie.govern.documents import vote_sentence
from duijie.govern.models import Amendment, Contribution, Motion, MotionPaper, OpenBallot, Resolution, Seat
from duijie.web.govern.budget_tables import line_choices, lines_table
from duijie.web.govern.council import council_crumb, status_badge
from duijie.web.govern.posting import posted
from duijie.web.govern.rota import alliance_crumb
from duijie.web.govern.subjects import subject_link
from duijie.web.kit import Choice
from duijie.web.members.forms import for_people, posted_version, viewer_of_page


@for_people
def motion(request: HttpRequest, uid: str) -> HttpResponse:
    found = queries.get_motion(viewer_of_page(request), uid)
    return render(request, "govern/motion.html", context_of(request, found))


def context_of(request: HttpRequest, found: Motion) -> dict[str, Any]:
    viewer = viewer_of_page(request)
    mine = queries.my_votes(viewer, found)
    seats = list(Seat.objects.visible_to(viewer).filter(motion=found).order_by("pk"))
    rights = queries.rights_in(viewer, found.alliance)
    voted = sum(s.votes for s in seats if s.voted_at)
    may_decide = rights["council_run"] or found.proposed_by_id in viewer.member_ids
    own_keys = {v.seat.key for v in mine if v.own}
    return {
        "motion": found,
        "kind": Question.named(found.kind),
        "subject": subject_link(viewer, found.subject_kind, found.subject_ref),
        "way": Way.named(found.way),
        "status": status_badge(found),
        "secret": found.ballot == "secret",
        "proposer": found.proposed_by or found.proposed_by_organisation or t("秘书处", "Secretariat"),
        "papers": list(MotionPaper.objects.visible_to(viewer).filter(motion=found).select_related("file").order_by("pk")),
        "amendments": list(Amendment.objects.visible_to(viewer).filter(motion=found).order_by("pk")),
        "said": list(Contribution.objects.visible_to(viewer).filter(motion=found).select_related("author").order_by("pk")),
        "mine": mine,
        "waiting": [v for v in mine if v.waits],
        "choices": [Choice(c.value, c.label) for c in Vote],
        "seats": seats,
        "holders": [Choice(s.key, s.name) for s in seats if s.key not in own_keys],
        "voted": voted,
        "entitled": sum(s.votes for s in seats),
        "share": round(100 * voted / max(1, sum(s.votes for s in seats))),
        "majority": Majority.named(found.rule["majority"]) if found.rule else "",
        "rights": rights,
        "runs": rights["council_run"],
        "may_decide": may_decide,
        "lines": lines_table(request, found, may_decide and found.status == "discussion"),
        "line_choices": line_choices(request, found) if found.status == "discussion" else [],
        "meetings": [Choice(m.uid, m.title) for m in queries.meetings(viewer, found.alliance).filter(held=False)] if rights["council_run"] else [],
        "earliest": timezone.localdate(),
        "over": found.deadline is not None and found.deadline <= timezone.now(),
        "crumbs": [alliance_crumb(found.alliance), council_crumb(found.alliance), (found.title, "")],
    } | (_result(request, found) if found.is_decided else {})  # fmt: skip


def _result(request: HttpRequest, found: Motion) -> dict[str, Any]:
    viewer = viewer_of_page(request)
    ballots = []
    if found.ballot == "open":
        rows = OpenBallot.objects.visible_to(viewer).filter(seat__motion=found).select_related("seat")
        ballots = [(b.seat.name, Vote.named(b.choice), b.choice, b.seat.votes) for b in rows.order_by("seat_id")]
    return {
        "outcome": Outcome.named(found.result["outcome"]),
        "sentence": vote_sentence(found),
        "recounted": queries.recounted(found),
        "ballots": ballots,
        "numbers": [(number, Vote.named(choice)) for number, choice in found.result.get("ballots", [])],
        "resolution": Resolution.objects.filter(motion=found).first(),
    }


def _back(found: Motion, anchor: str = "") -> str:
    return reverse("govern:motion", args=[found.uid]) + anchor


@require_POST
@for_people
def add_paper(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_motion(viewer, uid)

    def do() -> None:
        file = request.FILES.get("file")
        if file is None:
            raise Fault("file.missing", "请选择文件。", "Choose a file.", place="file", status=422)
        actions.add_paper(
            actor=viewer, motion=found, chunks=file.chunks(), name=file.name or "file",
            media_type=file.content_type or "application/octet-stream", title=request.POST.get("title", ""),
        )  # fmt: skip

    return posted(request, do, _back(found, "#papers"), Label("材料已加入。", "The paper is there."))


@for_people
def paper(request: HttpRequest, uid: str, number: int) -> FileResponse:
    viewer = viewer_of_page(request)
    found = queries.get_motion(viewer, uid)
    one = MotionPaper.objects.visible_to(viewer).filter(motion=found, pk=number).select_related("file").first()
    if one is None:
        raise NotFound
    return download(one.file)


@require_POST
@for_people
def say(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_motion(viewer, uid)
    return posted(
        request, lambda: actions.speak(actor=viewer, motion=found, text=request.POST.get("text", "")), _back(found, "#said"),
        Label("意见已发表。", "Said."),
    )  # fmt: skip


@require_POST
@for_people
def amend(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_motion(viewer, uid)
    return posted(
        request,
        lambda: actions.propose_amendment(
            actor=viewer, motion=found, text=request.POST.get("text", ""), reason=request.POST.get("reason", "")
        ),
        _back(found, "#amendments"), Label("修改意见已提出。", "The amendment is proposed."),
    )  # fmt: skip


@require_POST
@for_people
def decide_amendment(request: HttpRequest, uid: str, amendment_uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_motion(viewer, uid)
    one = Amendment.objects.visible_to(viewer).filter(motion=found, uid=amendment_uid).select_related("motion").first()
    if one is None:
        raise NotFound
    accept = request.POST.get("answer") == "accept"
    done = Label("已采纳，议案文本已更新。", "Taken into the text.") if accept else Label("未采纳。", "Not taken.")
    return posted(
        request,
        lambda: actions.decide_amendment(actor=viewer, amendment=one, accept=accept),
        _back(found, "#amendments"),
        done,
    )


@require_POST
@for_people
def open_vote(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_motion(viewer, uid)

    def do() -> None:
        actions.open_vote(
            actor=viewer,
            motion=found,
            last_day=parse_date(request.POST.get("last_day", "")),
            version=posted_version(request.POST),
        )

    return posted(
        request,
        do,
        _back(found, "#vote"),
        Label("表决已开始，各成员已收到通知。", "The vote is open; everybody was told."),
    )


@require_POST
@for_people
def schedule(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_motion(viewer, uid)
    chosen = request.POST.get("meeting", "")
    meeting = queries.get_meeting(viewer, chosen) if chosen else None
    return posted(
        request, lambda: actions.put_on_agenda(actor=viewer, motion=found, meeting=meeting), _back(found), Label("已列入议程。", "On the agenda.")
    )  # fmt: skip


@require_POST
@for_people
def withdraw(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_motion(viewer, uid)
    return posted(request, lambda: actions.withdraw_motion(actor=viewer, motion=found), _back(found), Label("议案已撤回。", "Withdrawn."))  # fmt: skip


@require_POST
@for_people
def close(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_motion(viewer, uid)
    return posted(request, lambda: actions.close_vote(actor=viewer, motion=found), _back(found, "#result"), Label("表决已结束，结果已封存。", "Closed and sealed."))  # fmt: skip


@require_POST
@for_people
def hands(request: HttpRequest, uid: str) -> HttpResponse:
    """A show of hands in a meeting: one choice for each seat that voted."""
    viewer = viewer_of_page(request)
    found = queries.get_motion(viewer, uid)
    choices = {name[5:]: value for name, value in request.POST.items() if name.startswith("seat-") and value}
    return posted(
        request, lambda: actions.record_show_of_hands(actor=viewer, motion=found, choices={k: str(v) for k, v in choices.items()}),
        _back(found, "#vote"), Label("举手结果已记录。", "The hands are recorded."),
    )  # fmt: skip


@require_POST
@for_people
def proxy(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_motion(viewer, uid)
    giver, holder = request.POST.get("giver", ""), request.POST.get("holder", "")

    def do() -> None:
        if holder:
            actions.give_proxy(actor=viewer, motion=found, giver=giver, holder=holder)
        else:
            actions.take_back_proxy(actor=viewer, motion=found, giver=giver)

    done = Label("已委托。", "The proxy is given.") if holder else Label("已收回委托。", "The proxy is taken back.")
    return posted(request, do, _back(found, "#vote"), done)


@require_POST
@for_people
def vote(request: HttpRequest, uid: str) -> HttpResponse:
    """Cast a vote. The numbers of a secret ballot are shown in this very answer: no session, message or address keeps them."""
    viewer = viewer_of_page(request)
    found = queries.get_motion(viewer, uid)
    numbers: list[str] = []

    def do() -> None:
        numbers.extend(
            actions.cast_vote(
                actor=viewer, motion=found, seat=request.POST.get("seat", ""), choice=request.POST.get("choice", "")
            )
        )

    answered = posted(request, do, _back(found, "#vote"), Label("已表决。", "Your vote is in."))
    if not numbers:
        return answered
    shown = context_of(request, queries.get_motion(viewer, uid)) | {"receipt": numbers}
    response = render(request, "govern/motion.html", shown)
    response["Cache-Control"] = "no-store"
    return response
