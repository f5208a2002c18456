"""The cockpit 驾驶舱: a wall page of live figures that a leader reads from five metres; every figure opens its records."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control

from duijie.core import regions
from duijie.core.calendar import SHANGHAI, last_day_before, parse_instant
from duijie.core.language import t
from duijie.members.models import Member
from duijie.members.queries import name_of
from duijie.plan import queries
from duijie.plan.choices import unit_label
from duijie.plan.fields import plain_figure
from duijie.plan.models import Plan
from duijie.plan.wall import Wall, fingerprint, wall_of
from duijie.web.kit.charts import Chart, MapView, Point, Series
from duijie.web.kit.figures import scaled
from duijie.web.members.forms import viewer_of_page
from duijie.web.members.places import spot
from duijie.web.plan.showing import light_badge, line_of_wall

MOST_IN_FLOW = 10  # members with a band of their own; more cannot be read from five metres


def cockpit(request: HttpRequest) -> HttpResponse:
    """The plan under way, or that of ?plan=. Asked again by the page itself every half minute (?seen= what it shows).

    ?known=2026-04-10 08:00 shows what was known then, and stays. Raises Fault "instant.unreadable" (400).
    """
    viewer = viewer_of_page(request)
    request.theme = request.GET.get("theme") or "dark"  # type: ignore[attr-defined]
    plan = queries.current_plan(viewer, request.GET.get("plan", ""))
    if plan is None:
        return render(request, "plan/cockpit_empty.html", {})
    known_at = parse_instant(request.GET.get("known", ""))
    content = queries.content(viewer, plan, known_at=known_at)
    day = min(last_day_before(known_at or timezone.now()), content.ends_on)
    wall = wall_of(plan, content, day, known_at)
    seen = _etag(plan, wall)
    at = wall.at.astimezone(SHANGHAI)
    if request.headers.get("HX-Request") and request.GET.get("seen") == seen:
        response = HttpResponse(at.strftime("%H:%M:%S"))
        response["HX-Retarget"], response["HX-Reswap"] = "#wall-at", "innerHTML"
        return response
    if request.headers.get("If-None-Match") == f'"{seen}"':
        return HttpResponse(status=304)
    context = _context(plan, content.name, wall, request.GET.get("known", "")) | {
        "seen": seen, "at": at.strftime("%H:%M:%S"), "day": day,
        "poll": "" if known_at else reverse("plans:cockpit") + f"?plan={plan.uid}&seen={seen}",
    }  # fmt: skip
    part = "plan/cockpit_body.html" if request.headers.get("HX-Request") else "plan/cockpit.html"
    response = render(request, part, context)
    response["ETag"] = f'"{seen}"'
    patch_cache_control(response, no_cache=True, private=True)
    return response


def _etag(plan: Plan, wall: Wall) -> str:
    text = repr((plan.pk, plan.edition, timezone.localdate(), t("zh", "en"), fingerprint(wall)))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _context(plan: Plan, name: str, wall: Wall, known: str) -> dict[str, Any]:
    members = {m.pk: m for m in Member.objects.filter(pk__in=wall.members)}
    tiles = []
    for figure in wall.figures:
        value = plain_figure(figure.value, figure.indicator.unit)
        number, scale = scaled(value) if value is not None else ("—", "")
        share = figure.standing.share if figure.target is not None else None
        tiles.append(
            {
                "label": figure.indicator.name, "number": number, "scale": scale,
                "unit": unit_label(figure.indicator.unit, figure.indicator.unit_name), "line": line_of_wall(plan, figure, known),
                "badge": light_badge(figure.light) if figure.target is not None else "",
                "percent": round(share * 100) if share is not None else None, "bar": min(100, round((share or 0) * 100)),
                "elapsed": round(figure.standing.elapsed * 100),
            }
        )  # fmt: skip
    return {
        "plan": plan, "name": name, "tiles": tiles, "wall": wall, "owner": name_of(plan.owner),
        "known": bool(known), "map": _map(plan, wall, members), "flow": _flow(wall, members), "trend": _trend(plan, wall),
        "period": wall.period.label if wall.period else "",
    }  # fmt: skip


def _map(plan: Plan, wall: Wall, members: dict[int, Member]) -> MapView | None:
    counted = next((f for f in wall.figures if f.is_computed and f.totals), None)
    points = []
    for pk, member in members.items():
        place = spot(member)
        if place is None:
            continue
        value = wall.by_member.get(pk)
        shown = plain_figure(value, counted.indicator.unit) if counted and value else None
        address = reverse("plans:indicator", args=[plan.uid, counted.indicator.uid]) + f"?member={member.slug}" if counted else ""  # fmt: skip
        points.append(Point(member.short_name or name_of(member), *place, shown, "", address))
    if not points:
        return None
    title = counted.indicator.name if counted else t("成员", "Members")
    return MapView(title, points, unit=unit_label(counted.indicator.unit) if counted else "", height=26)


def _flow(wall: Wall, members: dict[int, Member]) -> Chart | None:
    if wall.flow_of is None or not wall.flow:
        return None
    sums: Counter[int] = Counter()
    for _, pk, value in wall.flow:
        sums[pk] += value
    named = {pk for pk, _ in sums.most_common(MOST_IN_FLOW)} if len(sums) > MOST_IN_FLOW + 1 else set(sums)
    others = t("其他 {n} 个成员", "{n} other members", n=len(sums) - len(named))
    streams: Counter[tuple[str, str]] = Counter()
    for code, pk, value in wall.flow:
        region = regions.get(code)
        origin = (region.name if region else code) + " "  # a member may bear the region's name
        streams[origin, (members[pk].short_name or name_of(members[pk])) if pk in named else others] += value
    links = [(*ends, float(plain_figure(value, wall.flow_of.unit) or 0)) for ends, value in streams.items()]
    title = t("从哪里来：{what}", "Where from: {what}", what=wall.flow_of.name)
    return Chart("sankey", title, links=links, unit=unit_label(wall.flow_of.unit, wall.flow_of.unit_name), height=26)


def _trend(plan: Plan, wall: Wall) -> Chart | None:
    figure = wall.trend_of
    if figure is None or not wall.trend:
        return None
    unit = figure.indicator.unit
    address = reverse("plans:indicator", args=[plan.uid, figure.indicator.uid])
    values = [plain_figure(v, unit) for _, v in wall.trend]
    return Chart(
        "bar", t("近月走势：{what}", "By month: {what}", what=figure.indicator.name), [m for m, _ in wall.trend],
        [Series(figure.indicator.name, values, urls=[address] * len(values))], unit=unit_label(unit, figure.indicator.unit_name),
        as_of=figure.end, records_url=address, height=26,
    )  # fmt: skip
