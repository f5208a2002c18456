"""One submission: its sheet as a form, its questions, its trail; the Excel template and the filled sheet."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from duijie.core.calendar import parse_period
from duijie.core.errors import Fault, Faults, NotFound
from duijie.core.files import XLSX
from duijie.core.indicators import name_of_indicator, unit_label
from duijie.core.language import Label, t
from duijie.core.models.indicators import plain_figures
from duijie.measure import actions, queries
from duijie.measure.actions import Cell
from duijie.measure.models import Remark, Submission
from duijie.measure.queries import Sheet
from duijie.measure.sheets import placed, read_sheet, write_sheet
from duijie.members.queries import name_of
from duijie.web.kit import Column, Table
from duijie.web.measure.frame import (
    OBSERVATION_STATUS,
    STEP_WORDS,
    crumb,
    posted,
    round_name,
    submission_badge,
    value_words,
)
from duijie.web.members.forms import for_people, posted_version, refusals, viewer_of_page

_DONE = {
    "submit": Label("已提交，等待核验。", "Submitted; it waits to be verified."),
    "verify": Label("已核验。", "Verified."),
    "return": Label("已退回。", "Returned."),
    "reopen": Label("已重新打开。", "Reopened."),
    "ask": Label("已发出疑问。", "The question is sent."),
    "answer": Label("已答复。", "Answered."),
    "settle": Label("已了结。", "Settled."),
}


@for_people
def submission_page(request: HttpRequest, submission: str) -> HttpResponse:
    """The sheet as a form for who fills it in, as a table for others."""
    request.nav_key = "reports"  # type: ignore[attr-defined]
    viewer = viewer_of_page(request)
    row = queries.submission(viewer, submission)
    if request.method == "POST":
        return _save(request, row)
    return _shown(request, row, {}, [], 200)


def _save(request: HttpRequest, row: Submission) -> HttpResponse:
    """Save all cells; with the second button hand them in too. A refusal shows the form again as it was filled in."""
    viewer = viewer_of_page(request)
    here = reverse("measure:submission", args=[row.uid])
    codes = list(row.round.items.values_list("indicator__code", flat=True))
    cells = {
        code: Cell(
            request.POST.get(f"v-{code}", ""), request.POST.get(f"s-{code}", ""), request.POST.get(f"r-{code}", "")
        )
        for code in codes
    }
    try:
        saved = actions.fill(actor=viewer, submission=row, cells=cells, version=posted_version(request.POST))
        if request.POST.get("then") == "submit":
            actions.submit(actor=viewer, submission=saved)
            messages.success(request, str(_DONE["submit"]))
        else:
            messages.success(request, t("已保存。", "Saved."))
        return HttpResponseRedirect(here)
    except Fault as fault:
        if fault.status in {401, 403, 404}:
            raise
        at, others = refusals(fault)
        return _shown(
            request, queries.submission(viewer, row.uid), at, others, 409 if fault.status in {409, 412} else 422
        )


def _shown(
    request: HttpRequest, row: Submission, at: dict[str, list[str]], others: list[str], status: int
) -> HttpResponse:
    viewer = viewer_of_page(request)
    sheet = queries.sheet_of(viewer, row)
    lines = [_line(request, sheet, line, at) for line in sheet.lines]
    period = parse_period(row.round.period)
    context = {
        "row": row, "sheet": sheet, "title": round_name(row.round), "member": name_of(row.member), "badge": submission_badge(row), "lines": lines,
        "others": others, "faults": [(line["code"], line["name"], e) for line in lines for e in line["errors"]],
        "last_label": period.shifted(-1).label(), "this_label": period.label(), "threads": _threads(viewer, row, sheet),
        "trail": [{"when": s.at, "word": STEP_WORDS[s.verb], "reason": s.reason} for s in row.steps.all()],
        "states": [(k, str(v)) for k, v in OBSERVATION_STATUS.items() if k != "I"], "version": request.POST.get("version", row.version),
        "open_doubts": sum(len(d) for d in sheet.doubts.values()),
        "crumbs": [crumb("rounds"), (round_name(row.round), reverse("measure:round", args=[row.round.uid])), (name_of(row.member), "")],
    }  # fmt: skip
    return render(request, "measure/submission.html", context, status=status)


def _line(request: HttpRequest, sheet: Sheet, line: Any, at: dict[str, list[str]]) -> dict[str, Any]:
    indicator = line.indicator
    code = indicator.code
    again = request.method == "POST"
    value = "" if line.value is None else plain_figures(line.value)
    errors = at.get(code, [])
    return {
        "code": code, "name": name_of_indicator(indicator), "unit": unit_label(indicator), "required": line.required,
        "definition": t(indicator.definition, indicator.definition_en or indicator.definition),
        "last": value_words(indicator, line.last.value) if line.last else "—",
        "last_url": reverse("measure:observation", args=[line.last.uid]) if line.last else "",
        "value": request.POST.get(f"v-{code}", "") if again else value,
        "plain": value_words(indicator, line.value) if line.value is not None else (t("缺失", "missing") if line.status == "M" else "—"),
        "status": request.POST.get(f"s-{code}", "A") if again else line.status, "status_word": OBSERVATION_STATUS[line.status],
        "reason": request.POST.get(f"r-{code}", "") if again else line.reason, "errors": errors,
        "doubts": [] if errors else [t(d.zh, d.en) for d in sheet.doubts.get(code, [])],
    }  # fmt: skip


def _threads(viewer: Any, row: Submission, sheet: Sheet) -> list[dict[str, Any]]:
    rows = queries.remarks(viewer, row)
    return [
        {
            "question": r, "about": name_of_indicator(r.indicator) if r.indicator else "",
            "answers": [a for a in rows if a.answers_id == r.pk], "may_settle": sheet.may_verify and r.settled_at is None,
        }
        for r in rows
        if r.answers_id is None
    ]  # fmt: skip


@require_POST
@for_people
def act(request: HttpRequest, submission: str) -> HttpResponse:
    """Submit, verify, return, reopen, ask, answer, settle."""
    viewer = viewer_of_page(request)
    row = queries.submission(viewer, submission)
    given, verb = request.POST, request.POST.get("verb", "")
    version, text = posted_version(given), given.get("text", "")

    def remark() -> Remark:
        found = next((r for r in queries.remarks(viewer, row) if r.uid == given.get("remark")), None)
        if found is None:
            raise NotFound
        return found

    deeds: dict[str, Any] = {
        "submit": lambda: actions.submit(actor=viewer, submission=row, version=version),
        "verify": lambda: actions.verify(actor=viewer, submission=row, version=version),
        "return": lambda: actions.return_submission(actor=viewer, submission=row, reason=text),
        "reopen": lambda: actions.reopen(actor=viewer, submission=row, reason=text),
        "ask": lambda: actions.ask(actor=viewer, submission=row, text=text, code=given.get("code", "")),
        "answer": lambda: actions.answer(actor=viewer, remark=remark(), text=text),
        "settle": lambda: actions.settle(actor=viewer, remark=remark()),
    }
    if verb not in deeds:
        raise NotFound
    return posted(request, deeds[verb], _DONE[verb], reverse("measure:submission", args=[row.uid]))


@for_people
def template(request: HttpRequest, submission: str) -> HttpResponse:
    """The Excel template, with what is filled in already."""
    viewer = viewer_of_page(request)
    row = queries.submission(viewer, submission)
    out = io.BytesIO()
    write_sheet(queries.sheet_of(viewer, row), out)
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{row.round.period}-{row.member.slug}.xlsx"'
    return response


@for_people
def sheet(request: HttpRequest, submission: str) -> HttpResponse:
    """The filled sheet: refused whole with every bad cell named, or taken over."""
    request.nav_key = "reports"  # type: ignore[attr-defined]
    viewer = viewer_of_page(request)
    row = queries.submission(viewer, submission)
    here = reverse("measure:submission", args=[row.uid])
    faults: list[Fault] = []
    if request.method == "POST":
        file = request.FILES.get("file")
        places: dict[str, str] = {}
        try:
            if file is None:
                raise Fault("missing", "请选择文件。", "Choose a file.", place="file", status=422)
            cells, places = read_sheet(file.read())
            actions.fill(actor=viewer, submission=row, cells=cells)
            messages.success(
                request,
                t("已读入 {n} 项，请检查后提交。", "{n} figures taken over; check them and submit.", n=len(cells)),
            )
            return HttpResponseRedirect(here)
        except Fault as fault:
            if fault.status in {401, 403, 404}:
                raise
            named = placed(fault, places)
            faults = named.faults if isinstance(named, Faults) else [named]
    columns = [Column("place", Label("位置", "Place")), Column("fault", Label("问题", "What is wrong"))]
    table = (
        Table(
            columns,
            [[f.place or "", f.sentence] for f in faults],
            tight=True,
            caption=t("需要修改的地方", "What to mend"),
        )
        if faults
        else None
    )
    context = {
        "row": row, "title": round_name(row.round), "member": name_of(row.member), "faults": table, "may_fill": queries.sheet_of(viewer, row).may_fill,
        "crumbs": [crumb("rounds"), (name_of(row.member), here), (t("上传表格", "Upload the sheet"), "")],
    }  # fmt: skip
    return render(request, "measure/submission_sheet.html", context, status=422 if faults else 200)
