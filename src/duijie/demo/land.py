"""What landed in the demonstration region: the projects behind the published sums, joint zones, and deals that are under way.

Among the projects of each group stand some that must not count: registered twice, upgrades, called off, from elsewhere, in other
currencies, signed after the period, and amounts that were wrong at first and corrected since.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import yaml

from duijie.core.access import SYSTEM, Viewer
from duijie.core.calendar import parse_date
from duijie.core.schema import parse
from duijie.demo.reading import DATA
from duijie.land import actions
from duijie.land.models import JointZone, Project
from duijie.land.schemas import (
    DealRecord,
    FigureRecord,
    MilestoneRecord,
    MoveRecord,
    ProjectRecord,
    RelocationRecord,
    ZoneRecord,
    read_rate,
)
from duijie.members.models import Member, User
from duijie.members.viewers import viewer_of

Tell = Callable[[str], object]
_EVIDENCE = {
    "intent": ("note", "意向书已签"), "signed": ("contract", "投资协议"), "registered": ("registration", "营业执照已领"),
    "construction": ("permit", "施工许可证"), "completed": ("acceptance", "竣工验收备案"),
    "production": ("production", "试生产报告"), "full_output": ("report", "规上统计报表"), "lost": ("reason", ""),
}  # fmt: skip


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, Any] = yaml.load((DATA / "land.yaml").read_text(encoding="utf-8"), Loader=loader)
    return found


def load(*, tell: Tell = lambda line: None, today: dt.date | None = None) -> None:
    """Load joint zones, the projects of the groups with what must not count among them, and the deals of today."""
    day = today or dt.date.today()  # noqa: DTZ011 (callers pass the day)
    members = {m.slug: m for m in Member.objects.all()}
    for row in _data()["rates"]:
        yuan = read_rate(row["yuan"])
        assert yuan is not None
        actions.keep_rate(actor=SYSTEM, currency=row["currency"], on=dt.date.fromisoformat(row["day"]), yuan=yuan)
    for row in _data()["zones"]:
        actions.write_zone(actor=SYSTEM, record=parse(ZoneRecord, row))
    tell(f"共建区 joint zones: {JointZone.objects.count()}")
    for group in _data()["groups"]:
        _load_group(group, members[group["member"]])
    tell(f"项目 projects: {Project.objects.unscoped('counted').count()}")
    deals = [_load_deal(row, members, day) for row in _data()["deals"]]
    tell(f"项目线索 deals: {len(deals)}")
    _load_relocations()


def parts_of(total: int, count: int, rule: random.Random) -> list[int]:
    """`count` whole numbers of about the same size, each at least 1, that add up to `total`; round where they can be."""
    weights = [rule.uniform(0.35, 1.9) for _ in range(count)]
    whole = sum(weights)
    step = 100 if total > count * 1000 else 10 if total > count * 100 else 1
    found = [max(int(total * w / whole) // step * step, 1) for w in weights]
    found[-1] += total - sum(found)
    if found[-1] <= 0:
        biggest = found.index(max(found))
        found[biggest] += found[-1] - 1
        found[-1] = 1
    return found


def _days(group: dict[str, Any], rule: random.Random) -> list[dt.date]:
    first, last = dt.date.fromisoformat(group["from"]), dt.date.fromisoformat(group["to"])
    span = (last - first).days
    return sorted(first + dt.timedelta(days=rule.randint(0, span)) for _ in range(group["count"]))


def _names(group: dict[str, Any], rule: random.Random) -> Iterator[tuple[str, str]]:
    """(investor, name of the project): no two alike within a group."""
    brands = list(_data()["brands"])
    rule.shuffle(brands)
    words = group["words"]
    for number in range(group["count"] + 8):
        brand = brands[number % len(brands)]
        turn = "" if number < len(brands) else ("二" if number < 2 * len(brands) else "三")
        word = words[number % len(words)]
        yield f"上海{brand}{turn}实业有限公司", f"{brand}{turn}{word}项目"


def _load_group(group: dict[str, Any], member: Member) -> None:
    rule = random.Random(f"duijie {group['key']}")
    names, days = list(_names(group, rule)), _days(group, rule)
    totals = parts_of(group["total"], group["count"], rule) if "total" in group else []
    contracted = parts_of(group["contracted"], group["count"], rule) if "contracted" in group else []
    paid = parts_of(group["paid"], group["count"], rule) if "paid" in group else []
    made = []
    for number, day in enumerate(days):
        investor, name = names[number]
        values = _values(group, number, investor, name, day)
        if totals:
            # One in nine was registered with a wrong sum that is corrected below.
            values["total"] = f"{totals[number] * (3 if number % 9 == 4 else 1)}万元"
        if contracted:
            values["contracted"] = f"{contracted[number]}万美元"
            values["total"] = f"{contracted[number] * 5 // 2}万美元"
        project = actions.create_project(actor=SYSTEM, member=member, record=parse(ProjectRecord, values))
        if totals and number % 9 == 4:
            right = parse(ProjectRecord, values | {"total": f"{totals[number]}万元"})
            actions.change_project(actor=SYSTEM, project=project, record=right)
        if paid:
            _pay(project, paid[number], day)
        made.append(project)
    _load_monthly(group, made, rule)
    _load_what_must_not_count(group, member, made, names[group["count"] :], rule)


def _values(group: dict[str, Any], number: int, investor: str, name: str, day: dt.date) -> dict[str, Any]:
    industries = group["industries"]
    values = {
        "name": name, "investor": investor, "kind": group.get("kind", "产业投资"), "origin": group["origin"],
        "industry": industries[number % len(industries)], "signed_on": day, "foreign": group.get("foreign", False),
        "source": group.get("source", "驻点招商"), "source_label": group.get("source_label"),
        "external_id": f"{group['key']}-{number + 1:03}", "evidence": f"投资协议 {day.year}-{number + 1:03}",
        "openness": "公开" if number % 3 == 0 else "联盟内",
        "technology": group["key"] in ("XZ", "HY") and number % 4 == 1,
    }  # fmt: skip
    if "region" in group:
        values["region"] = group["region"]
    if number < group.get("zoned", 0):
        values["zone"] = group["zone"]
    return values


def _pay(project: Project, amount: int, signed: dt.date) -> None:
    month = min(dt.date(2017, 12, 1), signed)
    record = {"kind": "实到资金", "amount": f"{amount}万元", "month": f"{month:%Y-%m}", "evidence": "验资报告"}
    actions.record_figure(actor=SYSTEM, project=project, record=parse(FigureRecord, record))


def _load_monthly(group: dict[str, Any], projects: list[Project], rule: random.Random) -> None:
    """Each month's sum paid in to three of the group's projects; one of them corrected after it was reported."""
    for place, (month, total) in enumerate(group.get("monthly", {}).items()):
        chosen = [projects[(place + step) % len(projects)] for step in range(3)]
        for project, amount in zip(chosen, parts_of(total, 3, rule), strict=True):
            values = {"kind": "实到资金", "amount": f"{amount}万元", "month": month, "evidence": f"验资报告 {month}"}
            if project is chosen[0]:
                wrong = parse(FigureRecord, values | {"amount": f"{amount + 300}万元"})
                actions.record_figure(actor=SYSTEM, project=project, record=wrong)
                values["reason"] = "上报时多计一笔转账"
            actions.record_figure(actor=SYSTEM, project=project, record=parse(FigureRecord, values))


def _load_what_must_not_count(
    group: dict[str, Any], member: Member, made: list[Project], names: list[tuple[str, str]], rule: random.Random
) -> None:
    """A repeat, an upgrade, one called off, one from elsewhere, one after the period."""
    first, last = made[0], made[-1]
    day = last.signed_on or dt.date(2017, 7, 1)
    money = {"contracted": "900万美元"} if "contracted" in group else {"total": "8800万元"}

    def more(number: int, **values: Any) -> Project:
        investor, name = names[number]
        base = _values(group, group["count"] + number, investor, name, day) | money | values
        return actions.create_project(actor=SYSTEM, member=member, record=parse(ProjectRecord, base))

    more(0, name=first.name, investor=first.investor, relation="重复登记", relates_to=first.external_id)
    more(1, name=f"{first.name}（技改）", relation="升级", relates_to=first.external_id)
    off = more(2)
    actions.cancel_project(actor=SYSTEM, project=off, on=day + dt.timedelta(days=40), reason="投资方资金链断裂")
    elsewhere = {"origin": "江苏省苏州市"}
    if "contracted" in group:
        elsewhere |= {"contracted": "600万欧元", "signed_on": "2017-04-20"}
    if "source_label" not in group and "zone" not in group:
        more(3, **elsewhere)
    if group["key"] in ("XZ", "PH"):
        more(4, signed_on=dt.date(2018, 3, 6))


def _load_deal(row: dict[str, Any], members: dict[str, Member], today: dt.date) -> int:
    member, actor = members[row["member"]], _liaison(row["member"])
    walk = list(row["walk"].items())
    began = today - dt.timedelta(days=walk[0][1])
    values = {
        "title": row["title"], "kind": row["kind"], "industry": row["industry"], "amount": row["amount"],
        "origin": row["origin"], "foreign": row.get("foreign"), "confidential": row.get("confidential"),
        "other_names": [row["other"]], "source": row.get("source", "自行登记"), "source_label": row.get("label"),
        "stage": "lead", "stage_on": began, "next_step": row.get("next"),
        "next_on": today + dt.timedelta(days=row["in"]) if "in" in row else None,
        "external_id": f"{row['member']}-{began:%y%m%d}-{walk[-1][1]}",
    }  # fmt: skip
    deal = actions.create_deal(actor=actor, member=member, record=parse(DealRecord, values))
    for stage, ago in walk[1:]:
        kind, text = _EVIDENCE.get(stage, ("note", "已联系"))
        step = {"stage": stage, "effective_on": today - dt.timedelta(days=ago), kind: text or row.get("why", "")}
        if stage == "lost":
            step["end_reason"] = row["lost"]
        deal = actions.move_deal(actor=actor, deal=deal, record=parse(MoveRecord, step))
    if "blocker" in row:
        to = members[row["blocker"]["to"]]
        actions.raise_blocker(actor=actor, deal=deal, text=row["blocker"]["text"], to_member=to)
    _plan_and_pay(deal.pk, actor, walk, today)
    return int(deal.pk)


def _plan_and_pay(deal_id: int, actor: Viewer, walk: list[tuple[str, int]], today: dt.date) -> None:
    """Planned milestones of a deal's project, and money paid in since it was signed."""
    project = Project.objects.unscoped("the demonstration's own").filter(deal_id=deal_id).first()
    if project is None or project.signed_on is None:
        return
    ago = dict(walk)
    for place, (milestone, after) in enumerate((("construction", 90), ("production", 420))):
        planned = project.signed_on + dt.timedelta(days=after + 15 * place)
        plan = parse(MilestoneRecord, {"milestone": milestone, "planned_on": planned})
        actions.set_milestone(actor=actor, project=project, record=plan)
    if "registered" in ago:
        month = (today.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
        share = 40 if "production" in ago else 25 if "construction" in ago else 10
        amount = project.total_cny_minor * share // 100 // 1_000_000
        record = {"kind": "实到资金", "amount": f"{amount}万元", "month": f"{month:%Y-%m}", "evidence": "验资报告"}
        actions.record_figure(actor=actor, project=project, record=parse(FigureRecord, record))


def _liaison(slug: str) -> Viewer:
    found = User.objects.filter(username=slug).first()
    return viewer_of(found) if found else SYSTEM


def _load_relocations() -> None:
    rows = Project.objects.unscoped("the demonstration's own").filter(external_id__in=["PH-003", "HY-004"])
    for project in rows:
        values = {
            "origin": "上海", "destination": project.region, "effective_on": parse_date("2017-10-12"),
            "reason": "疏解上海中心城区的制造环节，研发和总部留在上海",
        }  # fmt: skip
        actions.relocate(actor=SYSTEM, project=project, record=parse(RelocationRecord, values))
