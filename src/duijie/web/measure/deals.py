"""Deals of the markets: the list behind the M&A index, and the sheet."""

from __future__ import annotations

import io

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from duijie.core.calendar import parse_date
from duijie.core.errors import Fault, Faults, NotAllowed
from duijie.core.files import XLSX
from duijie.core.language import Label, t
from duijie.core.sheets import write_table, write_template
from duijie.measure import actions, queries
from duijie.measure.actions.deals import columns, read_deals
from duijie.measure.models import MarketDeal
from duijie.measure.rules import anywhere, may
from duijie.web.kit import Column, Pages, Table
from duijie.web.kit.figures import money
from duijie.web.kit.names import industry_name, region_name
from duijie.web.measure.deal_edition import MARKET_WORDS
from duijie.web.measure.frame import crumb, demand_exportable, tabs_of, under_measure
from duijie.web.members.forms import for_people, viewer_of_page

MOST_EXPORTED = 50_000


def deals(request: HttpRequest) -> HttpResponse:
    """Deals by market, days and provinces; Excel and CSV of what is asked for with ?export=."""
    under_measure(request)
    viewer = viewer_of_page(request)
    asked = request.GET
    try:
        start, end = parse_date(asked.get("from", "")), parse_date(asked.get("to", ""))
    except Fault as fault:
        messages.error(request, fault.sentence)
        start = end = None
    market = asked.get("market", "")
    provinces = tuple(p for p in asked.get("provinces", "").split(",") if p.isdigit())
    found = queries.deals(market=market, start=start, end=end, provinces=provinces, text=asked.get("q", "")[:60])
    if asked.get("export") in {"xlsx", "csv"}:
        return _exported(found, asked["export"])
    pages = Pages.of(request, total=found.count(), size=50)
    rows = [
        [
            d.title, str(MARKET_WORDS[d.market]), d.announced_on.isoformat(), money(d.amount_minor, d.currency),
            industry_name(d.industry) if d.industry else "—", region_name(d.region) if d.region else "—",
        ]
        for d in found[pages.start : pages.stop]
    ]  # fmt: skip
    heads = [
        Column("title", Label("交易", "Deal")), Column("market", Label("市场", "Market")), Column("day", Label("公告日", "Announced"), "date"),
        Column("amount", Label("金额", "Amount"), "number"), Column("industry", Label("行业", "Industry")), Column("region", Label("地区", "Region")),
    ]  # fmt: skip
    query = request.GET.copy()
    exports = {}
    for word, form in (("Excel", "xlsx"), ("CSV", "csv")):
        query["export"] = form
        exports[word] = "?" + query.urlencode()
    context = {
        "tabs": tabs_of(viewer, "deals"), "table": Table(heads, rows, request, pages, caption=t("并购交易", "Deals"), exports=exports),
        "market": market, "markets": [(k, str(v)) for k, v in MARKET_WORDS.items()], "start": start, "end": end, "q": asked.get("q", ""),
        "total": pages.total, "may_import": may(viewer, "deals.import", anywhere(viewer)),
        "demonstration": bool(rows) and queries.deals()[0].is_demonstration,
    }  # fmt: skip
    return render(request, "measure/deals.html", context)


def _exported(found: QuerySet[MarketDeal], form: str) -> HttpResponse:
    demand_exportable(found.count(), MOST_EXPORTED)
    out = io.BytesIO()
    rows = (
        {
            "external_id": d.external_id, "title": d.title, "market": str(MARKET_WORDS[d.market]), "announced_on": d.announced_on,
            "amount": f"{d.amount_minor / 100:.2f}元", "industry": d.industry, "region": d.region, "source": d.source,
        }
        for d in found
    )  # fmt: skip
    write_table(columns(), rows, out, form=form)
    response = HttpResponse(out.getvalue(), content_type=XLSX if form == "xlsx" else "text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="deals.{form}"'
    return response


def template(request: HttpRequest) -> HttpResponse:
    out = io.BytesIO()
    write_template(columns(), out, title=t("并购交易", "Deals"))
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="deals.xlsx"'
    return response


@for_people
def import_page(request: HttpRequest) -> HttpResponse:
    """Deals by sheet: checked whole, then written."""
    under_measure(request)
    viewer = viewer_of_page(request)
    if not may(viewer, "deals.import", anywhere(viewer)):
        raise NotAllowed
    faults: list[Fault] = []
    counts: dict[str, int] = {}
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise Fault("missing", "请选择文件。", "Choose a file.", place="file", status=422)
            dry = request.POST.get("write") != "1"
            counts = actions.import_deals(actor=viewer, records=read_deals(file.read()), dry_run=dry)
            if not dry:
                messages.success(
                    request,
                    t(
                        "已写入：新增 {n}，更新 {m}。",
                        "Written: {n} new, {m} changed.",
                        n=counts["created"],
                        m=counts["changed"],
                    ),
                )
                return HttpResponseRedirect(reverse("measure:deals"))
        except Fault as fault:
            if fault.status in {403, 404}:
                raise
            faults = fault.faults if isinstance(fault, Faults) else [fault]
    heads = [Column("place", Label("位置", "Place")), Column("fault", Label("问题", "What is wrong"))]
    table = Table(heads, [[f.place or "", f.sentence] for f in faults], tight=True) if faults else None
    context = {"crumbs": [crumb("deals"), (t("导入交易", "Import deals"), "")], "faults": table, "counts": counts}
    return render(request, "measure/import_deals.html", context, status=422 if faults else 200)
