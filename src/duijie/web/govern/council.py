"""The council of an alliance: its charter, offices, motions, meetings and resolutions on one page; the forms for each."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from duijie.core.calendar import parse_date
from duijie.core.errors import NotAllowed
from duijie.core.language import Label, t
from duijie.core.word import MEDIA_TYPE
from duijie.govern import actions, queries
from duijie.govern.choices import Majority, MotionStatus, OfficeKind, Question, Voting
from duijie.govern.documents import minutes_document
from duijie.govern.models import Charter, Motion, Office
from duijie.govern.places import USUAL_PAPERS, charter_on
from duijie.govern.schemas import CharterRecord, MeetingRecord, MotionRecord, OfficeRecord
from duijie.members.models import Alliance, Member
from duijie.members.queries import get_alliance, name_of
from duijie.web.govern.budget_tables import budget_table, shown_year
from duijie.web.govern.posting import posted
from duijie.web.govern.rota import alliance_crumb
from duijie.web.govern.subjects import asked_for
from duijie.web.kit import Cell, Column, Pages, Table
from duijie.web.kit.parts import badge
from duijie.web.members.forms import FormPage, for_people, posted_version, viewer_of_page

STATUS_BADGES = {"discussion": "line", "voting": "river", "carried": "good", "rejected": "", "withdrawn": ""}


def council_crumb(alliance: Alliance) -> tuple[str, str]:
    return t("理事会", "Council"), reverse("govern:council", args=[alliance.slug])


def status_badge(motion: Motion) -> str:
    return badge(MotionStatus.named(motion.status), STATUS_BADGES[motion.status])


def council(request: HttpRequest, slug: str) -> HttpResponse:
    """The public part for everybody; motions and meetings for the council."""
    viewer = viewer_of_page(request)
    alliance = get_alliance(viewer, slug)
    sees = queries.sees_council(viewer, alliance)
    found = queries.motions(viewer, alliance=alliance)
    resolved = queries.resolutions(viewer, alliance=alliance)
    open_duties = queries.duties(viewer, alliance=alliance, status="open")
    today = timezone.localdate()
    year, years = shown_year(request, alliance)
    context = {
        "alliance": alliance,
        "name": name_of(alliance),
        "charter": charter_on(alliance),
        "offices": [(OfficeKind.named(o.kind), o) for o in queries.offices(viewer, alliance)],
        "sees": sees,
        "rights": queries.rights_in(viewer, alliance),
        "may_propose": sees and bool(viewer.grants),
        "motions": [(m, status_badge(m), Question.named(m.kind)) for m in found[:12]] if sees else [],
        "motion_count": found.count() if sees else 0,
        "voting": found.filter(status="voting").count() if sees else 0,
        "meetings": list(queries.meetings(viewer, alliance)[:6]) if sees else [],
        "resolutions": list(resolved[:8]),
        "resolution_count": resolved.count(),
        "duties": list(open_duties[:8]),
        "duty_count": open_duties.count(),
        "late": open_duties.filter(due_on__lt=today).count(),
        "applications": queries.applications(viewer, alliance=alliance).filter(status__in=["received", "incomplete", "examined"]).count() if sees else 0,
        "year": year,
        "budget": budget_table(queries.budget(viewer, alliance, year)) if years else None,
        "today": today,
        "crumbs": [alliance_crumb(alliance), (t("理事会", "Council"), "")],
    }  # fmt: skip
    return render(request, "govern/council.html", context)


def motions(request: HttpRequest, slug: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    alliance = get_alliance(viewer, slug)
    if not queries.sees_council(viewer, alliance):
        raise NotAllowed(
            "议案只对本联盟理事会的成员开放；通过后的决议人人可看。",
            "Motions are for the council; resolutions are public.",
        )
    status, text = request.GET.get("status", ""), request.GET.get("q", "")
    found = queries.motions(viewer, alliance=alliance, status=status, text=text)
    pages = Pages.of(request, total=found.count(), size=30)
    rows = [
        [
            Cell(m.title, reverse("govern:motion", args=[m.uid])), Question.named(m.kind), _proposer(m), status_badge(m),
            m.created_at.date().isoformat(),
        ]
        for m in found[pages.start : pages.stop]
    ]  # fmt: skip
    columns = [
        Column("title", Label("议案", "Motion")), Column("kind", Label("事项", "Question")),
        Column("by", Label("提案", "Proposed by")), Column("status", Label("状态", "State")),
        Column("at", Label("提出", "On"), "date"),
    ]  # fmt: skip
    table = Table(
        columns, rows, request, pages, caption=t("议案", "Motions"), empty=t("没有符合条件的议案。", "No motion fits.")
    )
    context = {
        "table": table, "alliance": alliance, "name": name_of(alliance), "q": text, "status": status,
        "statuses": [(s.value, s.label) for s in MotionStatus],
        "crumbs": [alliance_crumb(alliance), council_crumb(alliance), (t("议案", "Motions"), "")],
    }  # fmt: skip
    return render(request, "govern/motions.html", context)


def _proposer(motion: Motion) -> str:
    return str(motion.proposed_by or motion.proposed_by_organisation or t("秘书处", "Secretariat"))


def charter(request: HttpRequest, slug: str) -> HttpResponse:
    """The charter in force with its rules in words, and the versions before it."""
    viewer = viewer_of_page(request)
    alliance = get_alliance(viewer, slug)
    every = queries.charters(viewer, alliance)
    asked = request.GET.get("version", "")
    shown = next((c for c in every if str(c.number) == asked), charter_on(alliance))
    context = {
        "alliance": alliance,
        "name": name_of(alliance),
        "charter": shown,
        "versions": every,
        "rules": _rules_in_words(shown) if shown else [],
        "rights": queries.rights_in(viewer, alliance),
        "crumbs": [alliance_crumb(alliance), council_crumb(alliance), (t("章程", "Charter"), "")],
    }
    return render(request, "govern/charter.html", context)


def _rules_in_words(charter: Charter) -> list[tuple[str, str]]:
    comma, colon = t("、", ", "), t("：", ": ")
    special = [f"{Question.named(k)}{colon}{Majority.named(v)}" for k, v in charter.majorities.items()]
    others = f"{t('其他', 'Others')}{colon}{Majority.named('simple')}"
    names = {one.slug: name_of(one) for one in Member.objects.filter(slug__in=list(charter.votes))}
    votes = comma.join(f"{names.get(slug, slug)} {count}" for slug, count in charter.votes.items())
    return [
        (t("表决权", "Votes"), Voting.named(charter.voting) + (t("（{votes}）", " ({votes})", votes=votes) if votes and charter.voting == "weighted" else "")),
        (t("法定到会", "Quorum"), f"{charter.quorum_percent} %"),
        (t("通过要求", "Majorities"), t("；", "; ").join([*special, others])),
        (t("发起成员否决权", "Founders' veto"), comma.join(Question.named(k) for k in charter.veto_kinds) or t("无", "none")),
        (t("代理", "Proxies"), t("一个成员最多代理 {n} 票", "one holds {n} at most", n=charter.proxy_limit)),
        (t("通讯表决", "By circulation"), t("至少 {n} 天", "at least {n} days", n=charter.notice_days)),
        (t("见习期", "Probation"), t("{n} 个月", "{n} months", n=charter.probation_months)),
        (t("任期", "Terms"), t("理事长 {a} 个月、秘书长 {b} 个月", "chair {a} months, secretary-general {b}", a=charter.chair_months, b=charter.secretary_months)),
        (t("申请材料", "Papers to apply"), comma.join(charter.required_papers or USUAL_PAPERS)),
    ]  # fmt: skip


@for_people
def new_charter(request: HttpRequest, slug: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    alliance = get_alliance(viewer, slug)

    def save(record: CharterRecord, form: QueryDict) -> str:
        actions.adopt_charter(actor=viewer, alliance=alliance, record=record)
        return reverse("govern:charter", args=[alliance.slug])

    held = charter_on(alliance)
    values: dict[str, Any] = {"effective_on": timezone.localdate().isoformat()}
    if held is not None and held.alliance_id == alliance.pk:
        by_majority = {
            name: [k for k, v in held.majorities.items() if v == name]
            for name in ("two_thirds", "absolute", "unanimous")
        }
        same = (
            "title", "text", "voting", "quorum_percent", "proxy_limit", "notice_days", "probation_votes", "probation_months",
            "chair_months", "secretary_months", "required_papers",
        )  # fmt: skip
        values |= {name: getattr(held, name) for name in same} | by_majority
        values |= {"veto": held.veto_kinds, "votes": [f"{k}={v}" for k, v in held.votes.items()]}
    return FormPage(
        request, CharterRecord, t("登记章程", "Record the charter"), save, values=values,
        crumbs=[alliance_crumb(alliance), council_crumb(alliance)],
        lead=t("新版从生效日起适用；已经开始的表决仍按开始时的规则。", "A new version counts from its day; votes that have begun keep their rules."),
        done=Label("章程已登记。", "The charter is on record."),
    ).response()  # fmt: skip


@for_people
def new_office(request: HttpRequest, slug: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    alliance = get_alliance(viewer, slug)

    def save(record: OfficeRecord, form: QueryDict) -> str:
        actions.appoint(actor=viewer, alliance=alliance, record=record)
        return reverse("govern:council", args=[alliance.slug])

    return FormPage(
        request, OfficeRecord, t("登记任职", "Fill an office"), save, values={"since": timezone.localdate().isoformat()},
        crumbs=[alliance_crumb(alliance), council_crumb(alliance)], done=Label("任职已登记。", "On record."),
    ).response()  # fmt: skip


@require_POST
@for_people
def end_office(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    office = get_object_or_404(Office.objects.select_related("alliance"), uid=uid)

    def do() -> None:
        day = parse_date(request.POST.get("last_day", "")) or timezone.localdate()
        actions.end_office(actor=viewer, office=office, last_day=day, reason=request.POST.get("reason", ""))

    return posted(
        request, do, reverse("govern:council", args=[office.alliance.slug]), Label("任期已结束。", "The term ends.")
    )


@for_people
def new_motion(request: HttpRequest, slug: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    alliance = get_alliance(viewer, slug)
    own = [m.member for m in alliance.memberships.select_related("member") if m.member_id in viewer.member_ids]

    def save(record: MotionRecord, form: QueryDict) -> str:
        motion = actions.propose_motion(actor=viewer, alliance=alliance, record=record)
        return reverse("govern:motion", args=[motion.uid])

    return FormPage(
        request, MotionRecord, t("提出议案", "Propose a motion"), save,
        values=({"proposed_by": own[0].name} if own else {}) | {"way": "circulation", "ballot": "open"} | asked_for(request),
        crumbs=[alliance_crumb(alliance), council_crumb(alliance)],
        lead=t("议案先讨论、可修改，秘书处开启表决后就不能再改。", "It is discussed and may be amended until the secretariat opens the vote."),
        done=Label("议案已提出。", "The motion is before the council."), draft=f"motion-{slug}",
    ).response()  # fmt: skip


@for_people
def new_meeting(request: HttpRequest, slug: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    alliance = get_alliance(viewer, slug)

    def save(record: MeetingRecord, form: QueryDict) -> str:
        meeting = actions.call_meeting(actor=viewer, alliance=alliance, record=record)
        return reverse("govern:meeting", args=[meeting.uid])

    return FormPage(
        request, MeetingRecord, t("召开理事会", "Call a meeting"), save, crumbs=[alliance_crumb(alliance), council_crumb(alliance)],
        done=Label("会议通知已发出。", "Everybody has been told."),
    ).response()  # fmt: skip


@for_people
def meeting(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_meeting(viewer, uid)
    rights = queries.rights_in(viewer, found.alliance)
    if request.method == "POST":
        return posted(
            request,
            lambda: actions.write_minutes(
                actor=viewer, meeting=found, chaired_by=request.POST.get("chaired_by", ""),
                present=request.POST.get("present", "").replace("，", "、").replace(",", "、").split("、"),
                notes=request.POST.get("notes", ""), version=posted_version(request.POST),
            ),
            request.path, Label("纪要已保存。", "The minutes are saved."),
        )  # fmt: skip
    on_it = queries.motions(viewer, alliance=found.alliance).filter(meeting=found)
    context = {
        "meeting": found,
        "motions": [(m, status_badge(m)) for m in on_it],
        "rights": rights,
        "present": "、".join(found.present),
        "crumbs": [alliance_crumb(found.alliance), council_crumb(found.alliance), (found.title, "")],
    }
    return render(request, "govern/meeting.html", context)


@for_people
def minutes(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_meeting(viewer, uid)
    response = HttpResponse(minutes_document(viewer, found), content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="minutes-{found.uid}.docx"'
    return response
