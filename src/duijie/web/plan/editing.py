"""Writing the tree: items, indicators, periods, baselines, targets; saying where a task stands."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST

from duijie.core.errors import NotFound
from duijie.core.language import Label, t
from duijie.core.measures import measures
from duijie.members.models import Member
from duijie.members.queries import name_of
from duijie.plan import actions, queries
from duijie.plan.content import working_copy
from duijie.plan.measuring import circle_of
from duijie.plan.models import Plan, PlanIndicator, PlanItem, PlanPeriod, Target
from duijie.plan.rules import demand_state
from duijie.plan.schemas import (
    BaselineRecord,
    IndicatorRecord,
    ItemRecord,
    PeriodRecord,
    StateRecord,
    TargetRecord,
)
from duijie.web.kit import Choice
from duijie.web.members.forms import FormPage, for_people, posted_version, viewer_of_page
from duijie.web.plan.plans import go_on, writable
from duijie.web.plan.showing import plan_crumb, plans_crumb


def _draft(plan: Plan) -> str:
    return reverse("plans:plan", args=[plan.uid]) + "?draft=1"


_MEMBERS = {"responsible": ("pick_members", True), "supporting": ("pick_members", True), "organisation": ("pick_organisations", False)}  # fmt: skip


def item_options(plan: Plan, but: PlanItem | None = None) -> list[Choice]:
    """The items of a plan to choose from, by code."""
    rows = plan.items.order_by("order", "pk")
    return [Choice(x.code, f"{x.code} {t(x.title, x.title_en or x.title)}") for x in rows if but is None or x.pk != but.pk]  # fmt: skip


def indicator_options(plan: Plan) -> list[Choice]:
    """The indicators that are measured, by code."""
    rows = plan.indicators.filter(retired=False).order_by("code")
    return [Choice(x.code, f"{x.code} {t(x.title, x.title_en or x.title)}") for x in rows]


def period_options(plan: Plan) -> list[Choice]:
    return [Choice(p.code, p.label) for p in working_copy(plan).periods]


def member_options(plan: Plan) -> Sequence[Choice]:
    """The members that the plan speaks of, by slug."""
    ids = circle_of(working_copy(plan)).ids
    found = Member.objects.in_bulk(ids)
    return [Choice(found[pk].slug, name_of(found[pk])) for pk in ids if pk in found]


def item_of(plan: Plan, uid: str) -> PlanItem:
    found = plan.items.filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found


def indicator_of(plan: Plan, uid: str) -> PlanIndicator:
    found = plan.indicators.filter(uid=uid).select_related("item").first()
    if found is None:
        raise NotFound
    return found


@for_people
def new_item(request: HttpRequest, plan: str) -> HttpResponse:
    record = writable(request, plan)
    return _item_form(request, record, None, {"parent": request.GET.get("parent", "")}, t("添加条目", "Add an item"))


@for_people
def edit_item(request: HttpRequest, plan: str, plan_item: str) -> HttpResponse:
    record = writable(request, plan)
    item = item_of(record, plan_item)
    return _item_form(request, record, item, actions.item_record_of(item), t("修改条目", "Change the item"))


def _item_form(
    request: HttpRequest, plan: Plan, item: PlanItem | None, values: dict[str, object], title: str
) -> HttpResponse:
    viewer = viewer_of_page(request)

    def save(record: ItemRecord, posted: QueryDict) -> str:
        actions.write_item(
            actor=viewer, plan=plan, record=record, item=item, version=posted_version(posted), add_only=item is None
        )
        return _draft(plan)

    return FormPage(
        request, ItemRecord, title, save, values=values, crumbs=[plans_crumb(), plan_crumb(plan)],
        options={"parent": item_options(plan, item)}, picks=_MEMBERS,
        version=item.version if item else None, done=Label("条目已保存。", "The item is saved."), draft="" if item else f"item-{plan.uid}",
    ).response()  # fmt: skip


@require_POST
@for_people
def remove_item(request: HttpRequest, plan: str, plan_item: str) -> HttpResponse:
    viewer, record = viewer_of_page(request), writable(request, plan)
    item = item_of(record, plan_item)
    return go_on(request, lambda: actions.remove_item(actor=viewer, plan=record, item=item), Label("条目已删除。", "The item is gone."), _draft(record))  # fmt: skip


@for_people
def state(request: HttpRequest, plan: str, plan_item: str) -> HttpResponse:
    """Where a task stands, as its member says."""
    request.nav_key = "plans"  # type: ignore[attr-defined]
    viewer = viewer_of_page(request)
    record = queries.get_plan(viewer, plan)
    item = item_of(record, plan_item)
    if not queries.sees_working_copy(viewer, record):
        shown = next((x for x in queries.content(viewer, record).items if x.uid == item.uid), None)
        if shown is None:  # it stands in the working copy alone
            raise NotFound
        item.title = shown.title
    demand_state(viewer, record, item)

    def save(given: StateRecord, posted: QueryDict) -> str:
        actions.set_state(actor=viewer, plan=record, item=item, record=given, version=posted_version(posted))
        return reverse("plans:plan", args=[record.uid])

    return FormPage(
        request, StateRecord, t("更新进展：{title}", "Progress: {title}", title=item.title), save,
        values={"state": item.state, "note": item.state_note}, version=item.version,
        crumbs=[plans_crumb(), plan_crumb(record)], done=Label("进展已更新。", "Progress is told."),
    ).response()  # fmt: skip


@for_people
def new_indicator(request: HttpRequest, plan: str) -> HttpResponse:
    record = writable(request, plan)
    return _indicator_form(request, record, None, {"item": request.GET.get("item", "")}, t("添加指标", "Add an indicator"))  # fmt: skip


@for_people
def edit_indicator(request: HttpRequest, plan: str, plan_indicator: str) -> HttpResponse:
    record = writable(request, plan)
    found = indicator_of(record, plan_indicator)
    values = actions.indicator_record_of(found)
    values["filters"] = "; ".join(f"{k}={v}" for k, v in found.filters.items())
    return _indicator_form(request, record, found, values, t("修改指标", "Change the indicator"))


def _indicator_form(
    request: HttpRequest, plan: Plan, found: PlanIndicator | None, values: dict[str, object], title: str
) -> HttpResponse:
    viewer = viewer_of_page(request)

    def save(record: IndicatorRecord, posted: QueryDict) -> str:
        actions.write_indicator(
            actor=viewer,
            plan=plan,
            record=record,
            indicator=found,
            version=posted_version(posted),
            add_only=found is None,
        )
        return _draft(plan)

    return FormPage(
        request, IndicatorRecord, title, save, values=values, crumbs=[plans_crumb(), plan_crumb(plan)],
        version=found.version if found else None, done=Label("指标已保存。", "The indicator is saved."),
        lead=t("选了统计口径，数由平台按记录计算；不选，由成员上报、核实后计入。", "With a measure the platform computes it from the records; without one members report it and it is verified."),
        options={"item": item_options(plan), "measure": [Choice(m.code, str(m.label)) for m in measures()]},
    ).response()  # fmt: skip


@require_POST
@for_people
def remove_indicator(request: HttpRequest, plan: str, plan_indicator: str) -> HttpResponse:
    viewer, record = viewer_of_page(request), writable(request, plan)
    found = indicator_of(record, plan_indicator)
    return go_on(request, lambda: actions.remove_indicator(actor=viewer, plan=record, indicator=found), Label("指标已停用或删除。", "The indicator is retired or gone."), _draft(record))  # fmt: skip


@for_people
def new_period(request: HttpRequest, plan: str) -> HttpResponse:
    viewer, found = viewer_of_page(request), writable(request, plan)

    def save(record: PeriodRecord, posted: QueryDict) -> str:
        actions.add_period(actor=viewer, plan=found, record=record)
        return _draft(found)

    return FormPage(
        request, PeriodRecord, t("添加期间", "Add a period"), save, crumbs=[plans_crumb(), plan_crumb(found)],
        done=Label("期间已添加。", "The period is there."),
    ).response()  # fmt: skip


@require_POST
@for_people
def period_step(request: HttpRequest, plan: str, code: str) -> HttpResponse:
    """Close a period, or reopen it with a reason."""
    viewer, record = viewer_of_page(request), writable(request, plan)
    period = PlanPeriod.objects.filter(plan=record, code=code).first()
    if period is None:
        raise NotFound
    address = reverse("plans:plan", args=[record.uid])
    if request.POST.get("verb") == "reopen":
        reason = request.POST.get("reason", "")
        return go_on(request, lambda: actions.reopen_period(actor=viewer, plan=record, period=period, reason=reason), Label("期间已重新打开。", "The period is open again."), address)  # fmt: skip
    return go_on(request, lambda: actions.close_period(actor=viewer, plan=record, period=period), Label("期间已关闭，数据已封存。", "The period is closed; its figures stand."), address)  # fmt: skip


@for_people
def new_target(request: HttpRequest, plan: str) -> HttpResponse:
    viewer, found = viewer_of_page(request), writable(request, plan)

    def save(record: TargetRecord, posted: QueryDict) -> str:
        actions.set_target(actor=viewer, plan=found, record=record)
        return _draft(found)

    return FormPage(
        request, TargetRecord, t("设定目标", "Set a target"), save, crumbs=[plans_crumb(), plan_crumb(found)],
        values={"indicator": request.GET.get("indicator", ""), "period": request.GET.get("period", "")},
        options={"indicator": indicator_options(found), "period": period_options(found), "member": member_options(found)},
        done=Label("目标已设定。", "The target is set."),
    ).response()  # fmt: skip


@require_POST
@for_people
def remove_target(request: HttpRequest, plan: str, number: int) -> HttpResponse:
    viewer, record = viewer_of_page(request), writable(request, plan)
    target = Target.objects.filter(pk=number, indicator__plan=record).select_related("period").first()
    if target is None:
        raise NotFound
    return go_on(request, lambda: actions.remove_target(actor=viewer, plan=record, target=target), Label("目标已删除。", "The target is gone."), _draft(record))  # fmt: skip


@for_people
def new_baseline(request: HttpRequest, plan: str) -> HttpResponse:
    viewer, found = viewer_of_page(request), writable(request, plan)

    def save(record: BaselineRecord, posted: QueryDict) -> str:
        actions.set_baseline(actor=viewer, plan=found, record=record)
        return _draft(found)

    return FormPage(
        request, BaselineRecord, t("添加基期值", "Add a baseline"), save, crumbs=[plans_crumb(), plan_crumb(found)],
        values={"indicator": request.GET.get("indicator", "")},
        options={"indicator": indicator_options(found), "member": member_options(found)}, done=Label("基期值已保存。", "The baseline is saved."),
    ).response()  # fmt: skip
