"""Writing a kept content back over a plan's rows, for an amendment that was given up."""

from __future__ import annotations

import datetime as dt
from typing import Any

from duijie.plan.models import Baseline, ItemMember, Plan, PlanIndicator, PlanItem, PlanPeriod, Target


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def restore(plan: Plan, content: dict[str, Any]) -> None:
    """Make the rows of `plan` say what `content` says. Rows keep their ids; reported actuals and states of tasks stay."""
    for name in ("title", "title_en", "summary", "summary_en"):
        setattr(plan, name, content[name])
    plan.starts_on, plan.ends_on = (
        dt.date.fromisoformat(content["starts_on"]),
        dt.date.fromisoformat(content["ends_on"]),
    )
    plan.save()
    periods = _periods(plan, content["periods"])
    items = _items(plan, content["items"])
    kept = []
    for row in plan.indicators.all():
        PlanIndicator.objects.filter(pk=row.pk).update(code=f"~{row.pk}")
    for data in content["indicators"]:
        kept.append(_indicator(plan, data, items, periods).pk)
    plan.indicators.exclude(pk__in=kept).delete()
    plan.items.exclude(uid__in=[x["uid"] for x in content["items"]]).delete()
    plan.periods.exclude(uid__in=periods).delete()


def _periods(plan: Plan, rows: list[dict[str, Any]]) -> dict[str, PlanPeriod]:
    found = {}
    for data in rows:
        days = {
            "starts_on": dt.date.fromisoformat(data["starts_on"]),
            "ends_on": dt.date.fromisoformat(data["ends_on"]),
        }
        row, _ = PlanPeriod.objects.update_or_create(
            uid=data["uid"], defaults={"plan": plan, "code": data["code"], **days}
        )
        found[data["uid"]] = row
    return found


def _items(plan: Plan, rows: list[dict[str, Any]]) -> dict[str, PlanItem]:
    plain = ("kind", "code", "title", "title_en", "description", "project", "order", "organisation_id")
    found: dict[str, PlanItem] = {}
    # A code that moved from one item to another meanwhile must not stand in the way of either.
    for row in plan.items.all():
        PlanItem.objects.filter(pk=row.pk).update(code=f"~{row.pk}")
    for data in rows:
        values = {name: data[name] for name in plain}
        values |= {"plan": plan, "starts_on": _day(data["starts_on"]), "ends_on": _day(data["ends_on"])}
        found[data["uid"]], _ = PlanItem.objects.update_or_create(uid=data["uid"], defaults=values)
    for data in rows:
        row = found[data["uid"]]
        row.parent = found.get(data["parent"])
        row.save(update_fields=["parent"])
        row.item_members.all().delete()
        ItemMember.objects.bulk_create(
            ItemMember(item=row, member_id=pk, part=part) for part in ("responsible", "supporting") for pk in data[part]
        )
    return found


def _indicator(
    plan: Plan, data: dict[str, Any], items: dict[str, PlanItem], periods: dict[str, PlanPeriod]
) -> PlanIndicator:
    values = {k: v for k, v in data.items() if k not in ("uid", "item", "baselines", "targets")}
    row, _ = PlanIndicator.objects.update_or_create(
        uid=data["uid"], defaults={**values, "plan": plan, "item": items[data["item"]]}
    )
    row.baselines.exclude(uid__in=[b["uid"] for b in data["baselines"]]).delete()
    row.targets.exclude(uid__in=[x["uid"] for x in data["targets"]]).delete()
    for b in data["baselines"]:
        Baseline.objects.update_or_create(
            uid=b["uid"], defaults={**_cut(b), "indicator": row, "on": dt.date.fromisoformat(b["on"])}
        )
    for x in data["targets"]:
        more = {"period": periods[x["period"]], "value_high": x["value_high"]}
        Target.objects.update_or_create(uid=x["uid"], defaults={**_cut(x), "indicator": row, **more})
    return row


def _cut(data: dict[str, Any]) -> dict[str, Any]:
    return {
        "member_id": data["member"], "place": data["place"], "breakdown": data["breakdown"], "value": data["value"],
        "comment": data["comment"],
    }  # fmt: skip
