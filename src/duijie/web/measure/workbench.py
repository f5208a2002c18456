"""The index workbench: the tree, the steps with a live view, weights by sliders, results, sensitivity, publishing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from duijie.core.access import Viewer
from duijie.core.errors import Fault, NotAllowed, NotFound
from duijie.core.indicators import indicator_by_code, name_of_indicator
from duijie.core.indicators import indicators as all_indicators
from duijie.core.language import Label, t
from duijie.core.models import Job
from duijie.engines.composite import CompositeError, load_document
from duijie.measure import actions, queries
from duijie.measure.indices import composite, tree
from duijie.measure.indices.deals import compute
from duijie.measure.jobs import VARY, start_uncertainty
from duijie.measure.models import IndexDesign
from duijie.measure.queries.rounds import alliances_served
from duijie.measure.rules import may, place_in
from duijie.measure.schemas import IndexRecord
from duijie.members.queries import name_of
from duijie.web.govern.posting import whole_posted
from duijie.web.kit import Cell, Column, Table
from duijie.web.measure import views_of_data as views
from duijie.web.measure.frame import crumb, element_name, posted, tabs_of, under_measure
from duijie.web.measure.step_forms import read_steps, step_forms
from duijie.web.measure.step_settings import Range
from duijie.web.members.forms import FormPage, for_people, posted_version, viewer_of_page

_SAVED = Label("已保存。", "Saved.")


def design_of(request: HttpRequest, slug: str) -> tuple[Viewer, IndexDesign]:
    """The viewer and a design that the viewer works on."""
    under_measure(request)
    viewer = viewer_of_page(request)
    return viewer, queries.design(viewer, slug)


def design_name(design: IndexDesign) -> str:
    return t(design.name, design.name_en or design.name)


def frame(design: IndexDesign, here: str, viewer: Viewer) -> dict[str, Any]:
    """Title, crumbs and tabs of a design."""
    names = {
        "design": Label("指标体系", "Framework"), "design_steps": Label("步骤", "Steps"), "design_weights": Label("权重", "Weights"),
        "design_results": Label("结果", "Results"), "design_sensitivity": Label("敏感性", "Sensitivity"), "design_experts": Label("专家", "Experts"),
        "design_document": Label("规格文件", "Document"),
    }  # fmt: skip
    if design.kind == IndexDesign.Kind.DEALS:
        names = {"design": Label("方法", "Method")}
    return {
        "design": design, "lead": t(design.description, design.description_en or design.description), "title": design_name(design), "version": design.version,
        "parts": [{"label": label, "url": reverse(f"measure:{key}", args=[design.slug]), "active": key == here} for key, label in names.items()],
        "crumbs": [crumb("workbench"), (design_name(design), "")],
        "may_publish": may(viewer, "edition.publish", place_in(design.alliance_id)),
    }  # fmt: skip


@for_people
def workbench(request: HttpRequest) -> HttpResponse:
    """All designs that this person works on."""
    under_measure(request)
    viewer = viewer_of_page(request)
    if not (viewer.is_platform or alliances_served(viewer)):
        raise NotAllowed("编制指数由联盟秘书处负责。", "Indices are made by the alliance's secretariat.")
    columns = [
        Column("name", Label("指数", "Index")), Column("kind", Label("类型", "Kind")), Column("alliance", Label("联盟", "Alliance")),
        Column("periods", Label("期间", "Periods")),
    ]  # fmt: skip
    kinds = {"composite": t("综合指数", "Composite"), "deals": t("交易指数", "Deals")}
    rows = [
        [
            Cell(design_name(d), reverse("measure:design", args=[d.slug])),
            kinds[d.kind],
            d.alliance.name,
            "、".join(d.periods) or "—",
        ]
        for d in queries.designs(viewer)
    ]
    context = {"tabs": tabs_of(viewer, "workbench"), "table": Table(columns, rows, caption=t("指数方案", "Designs"))}
    return render(request, "measure/workbench.html", context)


@for_people
def new_design(request: HttpRequest) -> HttpResponse:
    under_measure(request)
    viewer = viewer_of_page(request)
    own = alliances_served(viewer)
    if not own:
        raise NotAllowed

    def save(record: IndexRecord, data: QueryDict) -> str:
        return reverse("measure:design", args=[actions.make_design(actor=viewer, record=record).slug])

    return FormPage(
        request, IndexRecord, t("新指数", "New index"), save, values={"alliance": own[0].name}, crumbs=[crumb("workbench")],
        done=Label("已建立，接着搭指标体系。", "Made; build its framework next."), draft="index-new",
    ).response()  # fmt: skip


@for_people
def about(request: HttpRequest, design: str) -> HttpResponse:
    """Names, description, periods, members compared."""
    viewer, found = design_of(request, design)
    values = {
        "name": found.name, "name_en": found.name_en, "slug": found.slug, "alliance": found.alliance.slug, "description": found.description,
        "description_en": found.description_en, "periods": found.periods, "units": found.units,
    }  # fmt: skip

    def save(record: IndexRecord, data: QueryDict) -> str:
        actions.rename_design(actor=viewer, design=found, record=record, version=posted_version(data))
        return reverse("measure:design", args=[found.slug])

    return FormPage(
        request, IndexRecord, t("名称和范围", "Names and range"), save, values=values, version=found.version, done=_SAVED,
        only=["name", "name_en", "description", "description_en", "periods", "units"], crumbs=[crumb("workbench"), (design_name(found), reverse("measure:design", args=[found.slug]))],
    ).response()  # fmt: skip


@for_people
def framework(request: HttpRequest, design: str) -> HttpResponse:
    """The tree, with forms to add, move, weigh and remove."""
    viewer, found = design_of(request, design)
    context = frame(found, "design", viewer)
    if found.kind == IndexDesign.Kind.DEALS:
        context["document"] = json.dumps(found.document, ensure_ascii=False, indent=2)
        try:
            results = compute(found.document, actions.editions.deal_rows())
            context["chart"] = views.deals_chart(results)
        except Fault as fault:
            context["refusal"] = fault.sentence
        return render(request, "measure/design_deals.html", context)
    used = {str(e["code"]) for e in tree.elements(found.document)}
    context |= {
        "rows": views.tree_rows(found.document), "posts": views.posts(found.document), "nodes": [(c, views.label_of(found.document, c)) for c in tree.parent_codes(found.document)],
        "free": [(i.code, f"{name_of_indicator(i)}（{i.code}）") for i in all_indicators() if i.code not in used],
    }  # fmt: skip
    return render(request, "measure/design.html", context)


@require_POST
@for_people
def change_tree(request: HttpRequest, design: str) -> HttpResponse:
    """One change of the tree, by button."""
    viewer, found = design_of(request, design)
    given, document = request.POST, found.document

    def changed() -> dict[str, Any]:
        verb, code = given.get("verb", ""), given.get("code", "")
        deeds: dict[str, Callable[[], dict[str, Any]]] = {
            "add_node": lambda: tree.add_node(
                document, code, given.get("name", ""), given.get("name_en", ""), given.get("parent", "")
            ),
            "add_indicator": lambda: _add_many(document, given.getlist("indicator"), given.get("parent", "")),
            "remove": lambda: tree.remove(document, code),
            "posts": lambda: tree.with_posts(document, _posted_posts(given, document)),
            "change": lambda: tree.change_element(document, code, **_element_values(given)),
        }
        if verb not in deeds:
            raise NotFound
        return deeds[verb]()

    def act() -> object:
        document = changed()
        tree.read_parent_loops(document)
        return actions.change_design(actor=viewer, design=found, document=document, version=posted_version(given))

    return posted(request, act, _SAVED, reverse("measure:design", args=[found.slug]))


def _posted_posts(
    given: QueryDict, document: dict[str, Any]
) -> dict[str, tuple[float | None, float | None, float | None]]:
    def number(code: str, part: str) -> float | None:
        text = given.get(f"{part}-{code}", "").strip()
        return signed_number(text, code) if text else None

    codes = [str(e["code"]) for e in document.get("indicators", []) if f"low-{e['code']}" in given]
    return {code: (number(code, "low"), number(code, "high"), number(code, "target")) for code in codes}


def _add_many(document: dict[str, Any], codes: list[str], parent: str) -> dict[str, Any]:
    if not codes:
        raise Fault("missing", "请选择指标。", "Choose an indicator.", place="indicator", status=422)
    for code in codes:
        document = tree.add_indicator(document, indicator_by_code(code), parent)
    return document


def _element_values(given: QueryDict) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if given.get("parent"):
        values["parent"] = given["parent"]
    if given.get("weight"):
        values["weight"] = number_of(str(given["weight"]), "weight")
    if given.get("direction") in {"1", "-1"}:
        values["direction"] = int(str(given["direction"]))
    if "denominator" in given:
        values["denominator"] = given["denominator"] or None
    return values


def number_of(text: str, place: str) -> float:
    """A number of zero or more from a form. Raises Fault "number.unreadable"."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1e12:
        raise Fault(
            "number.unreadable",
            "这里要写不小于零的数。",
            "A number of zero or more is wanted here.",
            place=place,
            status=422,
        )
    return value


def signed_number(text: str, place: str) -> float:
    """A finite number from a form. Raises Fault "number.unreadable"."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) < 1e15:
        raise Fault(
            "number.unreadable",
            f"{place}：“{text[:20]}”不是数字。",
            f"{place}: “{text[:20]}” is not a number.",
            place=place,
            status=422,
        )
    return value


@for_people
def steps(request: HttpRequest, design: str) -> HttpResponse:
    """Which method at each step; what it does to the data is shown beside as it is chosen."""
    viewer, found = design_of(request, design)
    if request.method == "POST":

        def act() -> object:
            document = tree.with_steps(found.document, read_steps(request.POST, found.document))
            return actions.change_design(
                actor=viewer, design=found, document=document, version=posted_version(request.POST)
            )

        try:
            act()
        except Fault as fault:
            if fault.status in {401, 403, 404}:
                raise
            if fault.status == 422:
                return _steps_page(request, viewer, found, refused=fault)
            messages.error(request, fault.sentence)
        else:
            messages.success(request, str(_SAVED))
        return HttpResponseRedirect(reverse("measure:design_steps", args=[found.slug]))
    return _steps_page(request, viewer, found)


def _steps_page(
    request: HttpRequest, viewer: Viewer, found: IndexDesign, *, refused: Fault | None = None
) -> HttpResponse:
    """The form as the document has it; as it was posted, where that was refused."""
    given = request.POST if refused is not None else None
    context = frame(found, "design_steps", viewer) | {
        "forms": step_forms(found.document, _range_of(found), given),
        "own": _has_own_steps(found.document),
        "refused": refused.sentence if refused is not None else "",
    }
    context |= _previewed(viewer, found, found.document, "")
    return render(request, "measure/design_steps.html", context, status=200 if refused is None else refused.status)


def _range_of(found: IndexDesign) -> Range:
    """The periods and members that a design's methods may name."""
    members = composite.members_of(found)
    return Range(tuple(found.periods), tuple((member.slug, name_of(member)) for member in members))


def _has_own_steps(document: dict[str, Any]) -> bool:
    """Whether the document does more than the form shows (several steps of a kind, derived columns...)."""
    kinds = [next(iter(s)) if isinstance(s, dict) else s for s in document.get("steps", [])]
    return len(kinds) != len(set(kinds)) or bool(set(kinds) & {"derive", "adjust"})


@require_POST
@for_people
def preview(request: HttpRequest, design: str) -> HttpResponse:
    """The live view: what the steps as they are chosen now do to the data. Nothing is saved."""
    viewer, found = design_of(request, design)
    try:
        document = tree.with_steps(found.document, read_steps(request.POST, found.document))
    except Fault as fault:
        return render(request, "measure/preview.html", {"refusal": fault.sentence})
    return render(request, "measure/preview.html", _previewed(viewer, found, document, request.POST.get("look", "")))


def reader_of(design: IndexDesign) -> Viewer:
    """Who an edition is read by: only what the public and the alliance may see goes into an index."""
    return Viewer(tokens=frozenset({"public", f"alliance:{design.alliance_id}"}))


def _previewed(viewer: Viewer, found: IndexDesign, document: dict[str, Any], look: str) -> dict[str, Any]:
    try:
        data = composite.data_of(reader_of(found), found)
        index = composite.make(document, data.panel)
    except Fault as fault:
        return {"refusal": fault.sentence}
    codes = list(index.framework.indicators)
    chosen = look if look in codes else (codes[0] if codes else "")
    return {
        "stages": views.stages(index, chosen),
        "look": chosen,
        "looks": [(c, element_name(index, c)) for c in codes],
        "statistics": views.statistics(index),
        "preview_url": reverse("measure:design_preview", args=[found.slug]),
    }


@for_people
def weights(request: HttpRequest, design: str) -> HttpResponse:
    """Weights by sliders, with the ranks as they would be."""
    viewer, found = design_of(request, design)
    if request.method == "POST":

        def act() -> object:
            document = tree.with_weights(found.document, _posted_weights(request.POST, found.document))
            return actions.change_design(
                actor=viewer, design=found, document=document, version=posted_version(request.POST)
            )

        return posted(request, act, _SAVED, reverse("measure:design_weights", args=[found.slug]))
    context = frame(found, "design_weights", viewer) | {"groups": views.weight_groups(found.document)}
    context |= _weighed(found, found.document)
    return render(request, "measure/design_weights.html", context)


def _posted_weights(given: QueryDict, document: dict[str, Any]) -> dict[str, float]:
    codes = {str(e["code"]) for e in tree.elements(document)}
    return {
        name[2:]: number_of(str(value), name[2:])
        for name, value in given.items()
        if name.startswith("w-") and name[2:] in codes
    }


@require_POST
@for_people
def weights_preview(request: HttpRequest, design: str) -> HttpResponse:
    """What-if: ranks with the sliders as they stand, beside the ranks as saved. Nothing is saved."""
    _, found = design_of(request, design)
    try:
        document = tree.with_weights(found.document, _posted_weights(request.POST, found.document))
    except Fault as fault:
        return render(request, "measure/weights_preview.html", {"refusal": fault.sentence})
    return render(request, "measure/weights_preview.html", _weighed(found, document))


def _weighed(found: IndexDesign, document: dict[str, Any]) -> dict[str, Any]:
    try:
        data = composite.data_of(reader_of(found), found)
        before, after = composite.make(found.document, data.panel), composite.make(document, data.panel)
    except Fault as fault:
        return {"refusal": fault.sentence}
    return {"moves": views.moves(before, after), "shares": views.shares(after)}


@for_people
def results(request: HttpRequest, design: str) -> HttpResponse:
    """The index as it stands now, before it is published."""
    viewer, found = design_of(request, design)
    context = frame(found, "design_results", viewer)
    try:
        data = composite.data_of(reader_of(found), found)
        index = composite.make(found.document, data.panel)
        context |= views.results(index) | {"flags": [f.sentence(t("zh", "en")) for f in index.flags]}
    except Fault as fault:
        context["refusal"] = fault.sentence
    return render(request, "measure/design_results.html", context)


@for_people
def sensitivity(request: HttpRequest, design: str) -> HttpResponse:
    """How much the ranks hang on each choice: a job with progress and stop, and what came of the last one."""
    viewer, found = design_of(request, design)
    if request.method == "POST":
        return posted(
            request, lambda: start_uncertainty(actor=viewer, design=found, replications=whole_posted(request, "replications")),
            Label("已开始计算。", "The run has begun."), reverse("measure:design_sensitivity", args=[found.slug]),
        )  # fmt: skip
    last = Job.objects.filter(kind=VARY, params__design=found.pk).order_by("-pk").first()
    context = frame(found, "design_sensitivity", viewer) | {
        "job": last,
        "own_job": last is not None and last.owner_user_id == viewer.user_id,
    }
    if last is not None and last.status == Job.Status.DONE:
        context |= views.sensitivity(last.result)
        context["is_old"] = last.result.get("version") != found.version
    elif last is not None and last.error:
        context["refusal"] = t(last.error["zh"], last.error["en"])
    return render(request, "measure/design_sensitivity.html", context)


@for_people
def document(request: HttpRequest, design: str) -> HttpResponse:
    """The document itself, as `duijie index` reads it: for everything that the forms do not show."""
    viewer, found = design_of(request, design)
    text, refusal = json.dumps(found.document, ensure_ascii=False, indent=2), ""
    if request.method == "POST":
        text = request.POST.get("document", "")[:400_000]
        try:
            try:
                parsed = dict(load_document(text, "document"))
            except CompositeError as error:
                raise Fault(f"index.{error.code}", error.sentence("zh"), error.sentence("en"), status=422) from None
            actions.change_design(actor=viewer, design=found, document=parsed, version=posted_version(request.POST))
            messages.success(request, str(_SAVED))
            return HttpResponseRedirect(
                reverse("measure:design_document" if found.kind == "composite" else "measure:design", args=[found.slug])
            )
        except Fault as fault:
            if fault.status in {403, 404}:
                raise
            refusal = fault.sentence
    context = frame(found, "design_document", viewer) | {"document": text, "refusal": refusal}
    return render(request, "measure/design_document.html", context, status=422 if refusal else 200)


@require_POST
@for_people
def publish(request: HttpRequest, design: str) -> HttpResponse:
    """Publish an edition."""
    viewer, found = design_of(request, design)
    try:
        made = actions.publish_edition(
            actor=viewer, design=found, title=request.POST.get("title", ""), title_en=request.POST.get("title_en", ""),
            audience=request.POST.get("audience", "public"),
        )  # fmt: skip
    except Fault as fault:
        if fault.status in {401, 403, 404}:
            raise
        messages.error(request, fault.sentence)
        return HttpResponseRedirect(reverse("measure:design_results", args=[found.slug]))
    messages.success(
        request, t("第 {n} 版已发布，此后不再改动。", "Edition {n} is published and will not change.", n=made.number)
    )
    return HttpResponseRedirect(reverse("measure:edition", args=[made.uid]))
