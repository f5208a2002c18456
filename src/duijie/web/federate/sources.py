"""A member's sources: the list, plugging one in with a live preview, its runs, its items, each replayed at a click."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from duijie.core.access import Viewer
from duijie.core.errors import Fault, NotFound
from duijie.core.language import Label, t
from duijie.core.schema import parse
from duijie.federate import actions, queries
from duijie.federate.models import Item, Run, Source
from duijie.federate.rules import demand, may
from duijie.federate.schemas import Schedule, SourceKind, SourceRecord
from duijie.members.models import Member
from duijie.members.queries import get_member, members_served_by, name_of
from duijie.publish.kinds import KINDS
from duijie.web.govern.sheets import sheet_answer
from duijie.web.kit import Cell, Choice, Column, FormField, Table, fields_of_schema
from duijie.web.kit.names import ago
from duijie.web.kit.pages import Pages
from duijie.web.kit.tables import sort_of
from duijie.web.members.forms import for_people, pickers, posted_version, read_form, refusals, viewer_of_page

KIND_NAMES = {**{k.value: k.label for k in SourceKind}, "node": Label("对接平台", "Duijie node")}
STATES: dict[str, tuple[Label, str]] = {
    "waiting": (Label("排队中", "Waiting"), "line"),
    "running": (Label("采集中", "Running"), "river"),
    "done": (Label("完成", "Done"), "good"),
    "failed": (Label("失败", "Failed"), "bad"),
    "stopped": (Label("已停止", "Stopped"), "warn"),
}
ITEM_STATES: dict[str, tuple[Label, str]] = {
    "done": (Label("已写入", "Written"), "good"),
    "skipped": (Label("没有变化", "Unchanged"), "line"),
    "failed": (Label("有错", "At fault"), "bad"),
    "archived": (Label("已归档", "Archived"), "warn"),
}
SORTS = {"name": "name", "last": "last_at", "live": "live"}


def members_with_sources(viewer: Viewer) -> list[Member]:
    """The members for which the viewer may plug sources in."""
    return [m for m in members_served_by(viewer, "key.create") if may(viewer, "source.write", m)]


@for_people
def every_source(request: HttpRequest) -> HttpResponse:
    """All sources in the viewer's charge; with one member only, that member's list."""
    viewer = viewer_of_page(request)
    return _list(request, viewer, None)


@for_people
def sources(request: HttpRequest, slug: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    return _list(request, viewer, get_member(viewer, slug))


def _list(request: HttpRequest, viewer: Viewer, member: Member | None) -> HttpResponse:
    request.nav_key = "sources"  # type: ignore[attr-defined]
    sort = sort_of(request, list(SORTS), "name")
    rows = queries.sources(viewer, member)
    if member is not None and not may(viewer, "source.write", member) and not rows.exists():
        demand(viewer, "source.write", member)
    key = SORTS[sort.removeprefix("-")]
    rows = rows.order_by(f"-{key}" if sort.startswith("-") else key, "pk")
    pages = Pages.of(request, total=rows.count(), size=30)
    columns = [
        Column("name", Label("来源", "Source"), sortable=True),
        Column("member", Label("成员", "Member")),
        Column("kind", Label("类型", "Kind")),
        Column("schedule", Label("频率", "How often")),
        Column("last", Label("上次采集", "Last run"), "date", sortable=True),
        Column("state", Label("结果", "Result")),
        Column("live", Label("信息", "Listings"), "number", sortable=True),
    ]
    own = members_with_sources(viewer)
    adding = (
        member if member is not None and may(viewer, "source.write", member) else (own[0] if len(own) == 1 else None)
    )
    context = {
        "member": member,
        "table": Table(
            columns,
            [_row(s) for s in rows[pages.start : pages.stop]],
            request,
            pages,
            sort=sort,
            caption=t("来源", "Sources"),
        ),
        "any": pages.total,
        "new_url": reverse("new_source", args=[adding.slug]) if adding else "",
        "members": own if adding is None else [],
        "crumbs": _crumbs(member),
    }
    return render(request, "federate/sources.html", context)


def _crumbs(member: Member | None, *more: tuple[str, str]) -> list[tuple[str, str]]:
    if member is None:
        return [(t("数据来源", "Sources"), ""), *more]
    first = (name_of(member), reverse("members:member", args=[member.slug]))
    return [first, (t("数据来源", "Sources"), reverse("sources", args=[member.slug]) if more else ""), *more]


def _row(source: Any) -> list[Any]:
    address = reverse("source", args=[source.uid])
    state, _ = STATES.get(source.last_status or "", (Label("还没有采集", "Not yet"), "line"))
    said = str(state)
    if source.last_status == "done" and source.last_failed:
        said = t("完成，{n} 条有错", "Done, {n} at fault", n=source.last_failed)
    return [
        Cell(source.name if source.active else t("{n}（已停用）", "{n} (off)", n=source.name), address),
        Cell(source.member.short_name or source.member.name, reverse("sources", args=[source.member.slug])),
        str(KIND_NAMES[source.kind]),
        Schedule.named(source.schedule),
        Cell(ago(source.last_at) if source.last_at else "—"),
        Cell(said, problem=said if source.last_status == "failed" else ""),
        Cell(source.live or 0, f"{address}items/"),
    ]


def _form_fields(values: dict[str, Any], at: dict[str, list[str]]) -> list[FormField]:
    fields = fields_of_schema(SourceRecord, values, at, sources=_pickers())
    return [replace(one, kind="password") if one.name == "credential" else one for one in fields]


def _pickers() -> dict[str, str]:
    return pickers() | {"default_regions": reverse("pick_regions"), "default_industries": reverse("pick_industries")}


def _values(source: Source) -> dict[str, Any]:
    defaults, fields = source.mapping.get("defaults", {}), source.mapping.get("fields", {})
    return {
        "name": source.name, "kind": source.kind, "url": source.url, "schedule": source.schedule,
        "listing_kind": source.listing_kind, "publish": source.publish, "subset": source.options.get("subset", ""),
        "credential_header": source.credential_header, "fields": "\n".join(f"{k}={v}" for k, v in fields.items()),
        "default_regions": defaults.get("regions", []), "default_industries": defaults.get("industries", []),
        "default_keywords": defaults.get("keywords", []),
    }  # fmt: skip


@for_people
def new_source(request: HttpRequest, slug: str) -> HttpResponse:
    """Plug a source in: look at what it would bring first, then keep it and run it."""
    viewer = viewer_of_page(request)
    member = get_member(viewer, slug)
    demand(viewer, "source.write", member)
    return _form(request, viewer, member, None)


@for_people
def edit_source(request: HttpRequest, source: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_source(source, viewer)
    demand(viewer, "source.write", found.member)
    if found.kind == "node":
        raise NotFound
    return _form(request, viewer, found.member, found)


def _form(request: HttpRequest, viewer: Viewer, member: Member, source: Source | None) -> HttpResponse:
    request.nav_key = "sources"  # type: ignore[attr-defined]
    values = _values(source) if source else {"kind": "feed", "schedule": "daily", "listing_kind": "policy"}
    at: dict[str, list[str]] = {}
    others: list[str] = []
    preview: actions.Preview | None = None
    status = 200
    if request.method == "POST":
        values = values | read_form(request.POST, SourceRecord)
        try:
            record = parse(SourceRecord, values)
            if request.POST.get("do") != "preview":
                return redirect(_kept(request, viewer, member, source, record))
            preview = actions.preview_source(actor=viewer, member=member, record=record, kept=source)
        except Fault as fault:
            if fault.status in {401, 403, 404}:
                raise
            at, others = refusals(fault)
            known = set(SourceRecord.model_fields)
            others += [sentence for name, told in at.items() if name not in known for sentence in told]
            status = 409 if fault.status in {409, 412} else 422
    title = t("修改来源", "Change the source") if source else t("接入来源", "Plug a source in")
    context = {
        "title": title, "member": member, "source": source, "fields": _form_fields(values, at), "others": others,
        "preview": preview, "table": _preview_table(preview) if preview else None, "at": at,
        "version": request.POST.get("version") or (source.version if source else None),
        "crumbs": _crumbs(member, (title, "")),
        "back": reverse("source", args=[source.uid]) if source else reverse("sources", args=[member.slug]),
    }  # fmt: skip
    return render(request, "federate/source_form.html", context, status=status)


def _kept(request: HttpRequest, viewer: Viewer, member: Member, source: Source | None, record: SourceRecord) -> str:
    if source is not None:
        version = posted_version(request.POST)
        actions.change_source(actor=viewer, source=source, record=record, expected_version=version)
        messages.success(request, t("已保存。", "Saved."))
        return reverse("source", args=[source.uid])
    made = actions.create_source(actor=viewer, member=member, record=record)
    actions.start_run(actor=viewer, source=made)
    messages.success(request, t("已接入，正在第一次采集。", "Plugged in; the first run is under way."))
    return reverse("source", args=[made.uid])


def _preview_table(preview: actions.Preview) -> Table:
    columns = [
        Column("title", Label("标题", "Title")),
        Column("kind", Label("类别", "Kind")),
        Column("body", Label("内容", "Details")),
        Column("place", Label("地区", "Regions")),
        Column("verdict", Label("能否写入", "Fit to write")),
    ]
    rows = []
    for one in preview.items:
        draft = one.row.values.draft if one.row else None
        faults = "；".join(t(f["zh"], f["en"]) for f in one.faults)
        rows.append(
            [
                Cell(one.title, one.url if one.url.startswith("https://") else ""),
                str(KINDS[str(draft.kind)].label) if draft else "",
                ((draft.summary or draft.body or "") if draft else "")[:90],
                "、".join(draft.regions) if draft else "",
                Cell(t("可以", "Yes") if draft else t("不能", "No"), problem=faults),
            ]
        )
    return Table(columns, rows, caption=t("预览", "Preview"))


@for_people
def source_page(request: HttpRequest, source: str) -> HttpResponse:
    """One source: how it stands, its latest run, the runs before."""
    request.nav_key = "sources"  # type: ignore[attr-defined]
    viewer = viewer_of_page(request)
    found = queries.get_source(source, viewer)
    runs = queries.runs(found, viewer)
    pages = Pages.of(request, total=runs.count(), size=15)
    latest = runs.first()
    context = {
        "source": found,
        "member": found.member,
        "kind": KIND_NAMES[found.kind],
        "schedule": Schedule.named(found.schedule),
        "counts": queries.counts(viewer, found),
        "latest": latest,
        "table": _runs_table(request, list(runs[pages.start : pages.stop]), pages),
        "may_run": may(viewer, "source.write", found.member),
        "listing_kind": KINDS[found.listing_kind].label,
        "crumbs": _crumbs(found.member, (found.name, "")),
    }
    return render(request, "federate/source.html", context)


def _runs_table(request: HttpRequest, runs: list[Run], pages: Pages) -> Table:
    columns = [
        Column("at", Label("时间", "When"), "date"),
        Column("state", Label("结果", "Result")),
        Column("gathered", Label("取到", "Gathered"), "number"),
        Column("created", Label("新增", "New"), "number"),
        Column("changed", Label("更新", "Changed"), "number"),
        Column("unchanged", Label("不变", "Unchanged"), "number"),
        Column("failed", Label("有错", "At fault"), "number"),
        Column("archived", Label("归档", "Archived"), "number"),
    ]
    rows = []
    for run in runs:
        state, _ = STATES[run.status]
        why = t(run.error_zh, run.error_en) if run.error_zh else ""
        items = f"{reverse('source_items', args=[run.source.uid])}?run={run.uid}"
        rows.append(
            [
                Cell(ago(run.created_at), items),
                Cell(str(state), problem=why),
                run.gathered, run.created, run.changed, run.unchanged,
                Cell(run.failed, f"{items}&status=failed" if run.failed else ""), run.archived,
            ]
        )  # fmt: skip
    return Table(columns, rows, request, pages, caption=t("采集记录", "Runs"), tight=True)


@for_people
def source_items(request: HttpRequest, source: str) -> HttpResponse:
    """What became of each thing of a source, with the sentences that kept it out; filtered, paged, searched."""
    request.nav_key = "sources"  # type: ignore[attr-defined]
    viewer = viewer_of_page(request)
    found = queries.get_source(source, viewer)
    status, text = request.GET.get("status", ""), request.GET.get("q", "").strip()
    run = queries.get_run(request.GET["run"], viewer) if request.GET.get("run") else None
    rows = queries.items(viewer, source=found, run=run, status=status if status in ITEM_STATES else "", text=text)
    if request.GET.get("format") in {"xlsx", "csv"}:
        return sheet_answer("items", _ITEM_HEADS, (_item_row(item) for item in rows), request.GET["format"])
    pages = Pages.of(request, total=rows.count(), size=30)
    context = {
        "exports": _exports(request),
        "source": found, "run": run, "pages": pages, "status": status, "q": text,
        "lines": [_line(item) for item in rows[pages.start : pages.stop]],
        "may_run": may(viewer, "source.write", found.member),
        "states": [Choice("", t("全部", "All")), *(Choice(k, str(v[0])) for k, v in ITEM_STATES.items())],
        "crumbs": _crumbs(
            found.member, (found.name, reverse("source", args=[found.uid])), (t("逐条记录", "Item by item"), "")
        ),
    }  # fmt: skip
    return render(request, "federate/items.html", context)


_ITEM_HEADS = [
    (Label("对方编号", "Id there"), "line"), (Label("标题", "Title"), "line"), (Label("状态", "State"), "line"),
    (Label("原因", "Why"), "text"), (Label("对方网址", "Address there"), "line"), (Label("本平台网址", "Address here"), "line"),
    (Label("处理日期", "On"), "date"),
]  # fmt: skip


def _item_row(item: Item) -> list[Any]:
    why = "；".join(f"{e.get('place') or ''} {t(e['zh'], e['en'])}".strip() for e in item.log)
    here = settings.BASE_URL + reverse("listing", args=[item.listing.uid]) if item.listing else ""
    day = timezone.localdate(item.changed_at)
    return [item.remote_id, item.title, str(ITEM_STATES[item.status][0]), why, item.url, here, day]


def _exports(request: HttpRequest) -> dict[str, str]:
    """The list as it is narrowed, as Excel and as CSV."""
    query = request.GET.copy()
    query.pop("page", None)
    found = {}
    for name, form in (("Excel", "xlsx"), ("CSV", "csv")):
        query["format"] = form
        found[name] = f"?{query.urlencode()}"
    return found


def _line(item: Item) -> dict[str, Any]:
    word, kind = ITEM_STATES[item.status]
    log = [(entry.get("place") or "", t(entry["zh"], entry["en"])) for entry in item.log]
    return {"item": item, "word": word, "kind": kind, "log": log}


@for_people
def run_progress(request: HttpRequest, run: str) -> HttpResponse:
    """The progress of a run, for the page that polls it; when it is over the page is shown anew."""
    found = queries.get_run(run, viewer_of_page(request))
    response = render(request, "federate/run_progress.html", {"latest": found, "source": found.source})
    if found.is_over and request.headers.get("HX-Request"):
        response["HX-Refresh"] = "true"
    return response


@require_POST
@for_people
def source_do(request: HttpRequest, source: str) -> HttpResponse:
    """Run, stop, switch, archive what vanished, take one item over, take the source away."""
    viewer = viewer_of_page(request)
    found = queries.get_source(source, viewer)
    demand(viewer, "source.write", found.member)
    try:
        address = _act(request, viewer, found)
    except Fault as fault:
        if fault.status in {403, 404}:
            raise
        messages.error(request, fault.sentence)
        address = request.POST.get("back", "") or reverse("source", args=[found.uid])
    if not address.startswith("/") or address.startswith("//"):
        address = reverse("source", args=[found.uid])
    return HttpResponseRedirect(address)


def _act(request: HttpRequest, viewer: Viewer, source: Source) -> str:
    verb = request.POST.get("do", "")
    here = reverse("source", args=[source.uid])
    if verb in {"run", "whole"}:
        actions.start_run(actor=viewer, source=source, whole=verb == "whole")
    elif verb == "stop":
        actions.stop_run(actor=viewer, run=queries.get_run(request.POST.get("run", ""), viewer))
    elif verb in {"on", "off"}:
        actions.switch_source(actor=viewer, source=source, active=verb == "on")
    elif verb == "archive":
        actions.archive_held(actor=viewer, run=queries.get_run(request.POST.get("run", ""), viewer))
        messages.success(request, t("已归档。", "Archived."))
    elif verb == "take":
        item = actions.take_over_item(actor=viewer, item=queries.get_item(request.POST.get("item", ""), viewer))
        done = item.status in {Item.Status.DONE, Item.Status.SKIPPED}
        words = (
            t("已采用来源内容。", "The source's content was taken over.")
            if done
            else t("仍然有错。", "Still at fault.")
        )
        (messages.success if done else messages.error)(request, words)
        return request.POST.get("back", "") or here
    elif verb == "delete":
        actions.delete_source(actor=viewer, source=source, archive=request.POST.get("archive") == "true")
        messages.success(request, t("来源已移除。", "The source was taken away."))
        return reverse("sources", args=[source.member.slug])
    else:
        raise NotFound
    return here
