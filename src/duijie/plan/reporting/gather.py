"""What a report says, gathered from an edition and its figures: plain data in the report's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from duijie.core.access import ALLIANCE, ANY_OFFICER, MEMBER, PUBLIC, Grant, Viewer
from duijie.core.calendar import SHANGHAI, Period, PeriodKind, parse_period
from duijie.core.errors import Fault
from duijie.core.language import speaking, t
from duijie.members.models import Member
from duijie.members.queries import name_of
from duijie.plan.choices import ItemKind, ItemState
from duijie.plan.content import Content, Cut, IndicatorPart, PeriodPart
from duijie.plan.fields import shown_figure
from duijie.plan.figures import Figure, Reckoning, today_at, worst
from duijie.plan.measuring import filter_words, measure_named
from duijie.plan.reporting.lists import problems_of, project_rows, task_counts
from duijie.plan.sentences import LIGHT_WORDS, sentence, target_words

Table = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """What a report is of. audience: the token of those whom it is written for. states: where each item stood, by id."""

    content: Content
    period: PeriodPart
    known_at: dt.datetime
    language: str
    audience: str
    owner: str
    states: dict[str, tuple[str, str]]

    @property
    def as_of(self) -> dt.date:
        """The last day whose facts can be known: the period's, or the instant's where that is earlier."""
        return min(self.period.ends_on, today_at(self.known_at))

    @property
    def viewer(self) -> Viewer:
        """Somebody who sees what everybody in the audience sees, and nothing else: who reads the report is told no other name."""
        if self.audience == PUBLIC:
            return Viewer(via="system")
        alliance, member = self.content.alliance, self.content.member
        if alliance is not None:
            tokens = frozenset({PUBLIC, f"alliance:{alliance}", self.audience})
            return Viewer(
                tokens=tokens,
                grants=frozenset({Grant(ANY_OFFICER, ALLIANCE, alliance)}),
                alliance_ids=frozenset({alliance}),
                via="system",
            )
        assert member is not None
        tokens = frozenset({PUBLIC, f"member:{member}", self.audience})
        return Viewer(
            tokens=tokens,
            grants=frozenset({Grant(ANY_OFFICER, MEMBER, member)}),
            member_ids=frozenset({member}),
            via="system",
        )


def gather(asked: Asked, *, tick: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """The whole content of a report. `tick` is called before each measure is asked."""
    with speaking(asked.language):
        return _Gathering(asked, tick).content()


class _Gathering:
    """One report being put together."""

    def __init__(self, asked: Asked, tick: Callable[[], None]) -> None:
        self.asked, self.content_of_plan = asked, asked.content
        self.reckoning = Reckoning(asked.content, as_of=asked.as_of, known_at=asked.known_at, tick=tick)
        self.members = {m.pk: m for m in Member.objects.filter(pk__in=self.reckoning.circle.ids)}
        self.indicators = [i for i in asked.content.indicators if not i.retired]
        self.headlines = [i for i in self.indicators if i.headline] or self.indicators[:6]
        self.before = shifted(asked.period, -1)
        self.year_before = year_before(asked.period)

    def content(self) -> dict[str, Any]:
        asked = self.asked
        standing = [self._standing(i) for i in self.indicators]
        lights = {x["code"]: x["light"] for x in standing}
        projects = project_rows(self.reckoning, self.indicators, asked.period, asked.viewer, self.members)
        own_projects = self._own_projects()
        problems = problems_of(self._attention(), self.content_of_plan, asked.states, asked.as_of, self.members)
        return {
            "title": self._title(),
            "note": t("数据截至 {day}，按 {instant} 已入库的记录计算；计划第 {n} 版。", "Figures until {day}, from what was on record at {instant}; edition {n} of the plan.",
                      day=asked.as_of, instant=_instant(asked.known_at), n=asked.content.edition),
            "plan": self.content_of_plan.name,
            "owner": asked.owner,
            "language": asked.language,
            "period": {"code": asked.period.code, "label": asked.period.label, "from": asked.period.starts_on.isoformat(), "until": asked.period.ends_on.isoformat()},
            "as_of": asked.as_of.isoformat(),
            "known_at": asked.known_at.isoformat(),
            "edition": asked.content.edition,
            "summary": self._summary(standing),
            "standing": standing,
            "members": self._members(),
            "actions": self._actions(lights),
            "projects": projects,
            "own_projects": own_projects,
            "problems": problems,
            "definitions": self._definitions(),
            "figures": self._flat(),
        }  # fmt: skip

    def _title(self) -> str:
        label = self.asked.period.label
        return t("{plan}{period}工作成果报告", "Results of “{plan}”, {period}", plan=self.content_of_plan.name, period=label)  # fmt: skip

    # --- one line for each indicator -------------------------------------------------------------------------------------

    def _target_period(self, indicator: IndicatorPart) -> PeriodPart | None:
        """The longest period with a target of the indicator that holds the report's last day; none: the report's own."""
        day = self.asked.as_of
        used = {x.period for x in indicator.targets}
        found = [p for p in self.content_of_plan.periods if p.uid in used and p.starts_on <= day <= p.ends_on]
        return max(found, key=lambda p: (p.ends_on - p.starts_on, p.code)) if found else None

    def _whole(self, indicator: IndicatorPart) -> Figure:
        period = self._target_period(indicator)
        return self.reckoning.figure(indicator, period or self.asked.period, outlook=period is not None)

    def _of_days(self, indicator: IndicatorPart, period: PeriodPart | None) -> int | None:
        """The whole value of the days of a period; None where it cannot be said (reported figures of a period without a row)."""
        if period is None or not indicator.measure:
            found = self.content_of_plan.period(period.code) if period else None
            return self.reckoning.figure(indicator, found).value if found else None
        start = self.content_of_plan.starts_on if indicator.date_rule == "cumulative" else period.starts_on
        end = min(period.ends_on, self.asked.as_of)
        if end < start:
            return None
        return sum(self.reckoning.totals(indicator, start, end, Cut(), self.asked.known_at).values())

    def _standing(self, indicator: IndicatorPart) -> dict[str, Any]:
        whole = self._whole(indicator)
        own = [self.reckoning.figure(indicator, whole.period, cut) for cut in self.reckoning.cuts(indicator, whole.period) if not cut.is_whole]  # fmt: skip
        lights = [f.light for f in (whole, *own) if f.target is not None]
        now, before, last_year = (
            self._of_days(indicator, p) for p in (self.asked.period, self.before, self.year_before)
        )
        unit, name = indicator.unit, indicator.unit_name
        return {
            "code": indicator.code, "title": indicator.name, "unit": unit,
            "value": now, "shown": shown_figure(now, unit, name),
            "before": before, "before_shown": shown_figure(before, unit, name), "change": _change(now, before),
            "last_year": last_year, "last_year_shown": shown_figure(last_year, unit, name),
            "last_year_change": _change(now, last_year),
            "so_far": whole.value, "so_far_shown": shown_figure(whole.value, unit, name),
            "target": whole.target.value if whole.target else None, "target_words": target_words(whole) or (t("按成员设定", "by member") if any(f.target for f in own) else ""),
            "share": whole.standing.share, "light": worst(lights), "light_words": str(LIGHT_WORDS[worst(lights)]),
            "headline": indicator in self.headlines,
            "sentences": [sentence(f, self._who(f)) for f in (whole, *own) if f.target is not None],
        }  # fmt: skip

    def _who(self, figure: Figure) -> str:
        member = self.members.get(figure.cut.member or 0)
        return (member.short_name or name_of(member)) if member is not None else ""

    def _summary(self, standing: list[dict[str, Any]]) -> list[str]:
        counted = [x for x in standing if x["light"] != "unknown"]
        good = sum(x["light"] in ("achieved", "on_track") for x in counted)
        lines = [t("本期有数据且设目标的指标 {n} 项，其中达标或正常推进 {good} 项，偏慢或滞后 {bad} 项。",
                   "Of {n} indicators with targets and figures {good} are met or on track, {bad} are slow or behind.",
                   n=len(counted), good=good, bad=len(counted) - good)]  # fmt: skip
        for x in [x for x in standing if x["headline"]][:6]:
            line = t("{title}：本期 {value}", "{title}: {value} in the period", title=x["title"], value=x["shown"])
            if x["change"] is not None:
                line += t("，比上期{change}", ", {change} on the period before", change=_change_words(x["change"]))
            if x["target"] is not None and x["share"] is not None:
                line += t("；目标期累计 {so_far}，为目标的 {share}%", "; {so_far} so far, {share}% of the target", so_far=x["so_far_shown"], share=round(x["share"] * 100, 1))  # fmt: skip
            lines.append(line + t("。", "."))
        return lines

    # --- tables ----------------------------------------------------------------------------------------------------------

    def _members(self) -> Table:
        """A row for each member, a column for each headline indicator, the total below: members add up to it."""
        columns = [{"code": i.code, "title": i.name, "unit": i.unit, "unit_name": i.unit_name} for i in self.headlines]
        values: dict[str, dict[int | None, int | None]] = {}
        totals: dict[str, int | None] = {}
        for indicator in self.headlines:
            found = self.reckoning.figure(indicator, self.asked.period)
            values[indicator.code] = dict(found.totals)
            totals[indicator.code] = found.value
        owners: list[int | None] = list(self.reckoning.circle.ids)
        if any(None in column for column in values.values()):
            owners.append(None)
        rows = [
            {
                "member": name_of(self.members[pk]) if pk in self.members else t("未归成员", "No member"),
                "slug": self.members[pk].slug if pk in self.members else "",
                "values": [_cell(values[c["code"]].get(pk), totals[c["code"]]) for c in columns],
            }
            for pk in owners
        ]
        return {"columns": columns, "rows": rows, "total": [totals[c["code"]] for c in columns]}

    def _actions(self, lights: dict[str, str]) -> list[dict[str, Any]]:
        rows = []
        content = self.content_of_plan
        for item in content.items:
            if item.kind not in ("action", "goal", "scheme"):
                continue
            below = list(content.below(item.uid))
            codes = [i.code for x in below for i in content.indicators_of(x.uid)]
            done, running, all_tasks = task_counts(below, self.asked.states)
            rows.append(
                {
                    "code": item.code, "kind": ItemKind.named(item.kind), "title": item.name,
                    "responsible": "、".join(name_of(self.members[m]) for m in item.responsible if m in self.members),
                    "indicators": len(codes), "good": sum(lights.get(c) in ("achieved", "on_track") for c in codes),
                    "tasks": all_tasks, "done": done, "running": running,
                    "light": worst(lights.get(c, "unknown") for c in codes),
                    "light_words": str(LIGHT_WORDS[worst(lights.get(c, "unknown") for c in codes)]),
                }
            )  # fmt: skip
        return rows

    def _own_projects(self) -> list[dict[str, Any]]:
        return [
            {
                "code": x.code, "title": x.name,
                "responsible": "、".join(name_of(self.members[m]) for m in x.responsible if m in self.members),
                "starts_on": x.starts_on.isoformat() if x.starts_on else "",
                "ends_on": x.ends_on.isoformat() if x.ends_on else "",
                "state": ItemState.named(self.asked.states.get(x.uid, ("waiting", ""))[0]),
                "note": self.asked.states.get(x.uid, ("waiting", ""))[1],
            }
            for x in self.content_of_plan.items
            if x.kind == "project"
        ]  # fmt: skip

    def _attention(self) -> list[tuple[str, Figure]]:
        """Figures with a target that are not as they should be, the worst first."""
        found = []
        for indicator in self.indicators:
            period = self._target_period(indicator)
            if period is None:
                continue
            for figure in self.reckoning.figures(period, [indicator]):
                if figure.target is not None and figure.light in ("slow", "behind", "off", "unknown"):
                    found.append((self._who(figure), figure))
        order = {"off": 0, "behind": 1, "slow": 2, "unknown": 3}
        return sorted(found, key=lambda pair: (order[pair[1].light], pair[1].indicator.code, pair[0]))

    def _definitions(self) -> list[list[str]]:
        rows = []
        for i in self.indicators:
            said = i.definition or (str(measure_named(i.measure).definition) if i.measure else t("由成员上报、核实后计入。", "Reported by members and counted once verified."))  # fmt: skip
            measure = measure_named(i.measure) if i.measure else None
            rows.append(
                [
                    i.code,
                    i.name,
                    said,
                    str(measure.label) if measure else "",
                    filter_words(measure, i.filters) if measure else "",
                ]
            )
        return rows

    def _flat(self) -> list[dict[str, Any]]:
        """Every figure of the report's period and of the target periods, one line each, for the data package."""
        rows = []
        periods = {p.code: p for p in (self.asked.period, *(self._target_period(i) or self.asked.period for i in self.indicators))}  # fmt: skip
        for period in sorted(periods.values(), key=lambda p: (p.starts_on, p.code)):
            for figure in self.reckoning.figures(period, self.indicators):
                rows.append(self._line(figure))
            for indicator in self.headlines:
                whole = self.reckoning.figure(indicator, period)
                for member, value in sorted(whole.totals.items(), key=lambda kv: kv[0] or 0):
                    if not any(c.member == member for c in self.reckoning.cuts(indicator, period)):
                        rows.append(self._line(whole) | {"member": self._slug(member), "value": value, "target": None, "light": ""})  # fmt: skip
        return rows

    def _slug(self, member: int | None) -> str:
        return self.members[member].slug if member in self.members else ""

    def _line(self, figure: Figure) -> dict[str, Any]:
        return {
            "indicator": figure.indicator.code, "title": figure.indicator.name, "period": figure.period.code,
            "member": self._slug(figure.cut.member), "place": figure.cut.place, "breakdown": figure.cut.breakdown,
            "unit": figure.indicator.unit, "value": figure.value,
            "target": figure.target.value if figure.target else None, "light": figure.light,
            "from": figure.start.isoformat(), "until": figure.end.isoformat(),
        }  # fmt: skip


def _cell(value: int | None, total: int | None) -> int | None:
    """A member without facts has nothing where there is a total, and no figure where there is none."""
    return value if value is not None else (None if total is None else 0)


def _change(now: int | None, before: int | None) -> float | None:
    """The change in per cent; None where there is nothing to compare with."""
    return round((now - before) / before * 100, 1) if now is not None and before else None


def _change_words(change: float) -> str:
    size = f"{abs(change):g}%"
    if change > 0:
        return t("增长 {size}", "up {size}", size=size)
    return t("下降 {size}", "down {size}", size=size) if change < 0 else t("持平", "unchanged")


def _instant(instant: dt.datetime) -> str:
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def usual(period: PeriodPart) -> Period | None:
    """The calendar period of that code, where it is one."""
    try:
        found = parse_period(period.code)
    except Fault:
        return None
    return found if (found.first_day, found.last_day) == (period.starts_on, period.ends_on) else None


def shifted(period: PeriodPart, steps: int) -> PeriodPart:
    """The period of the same length before: the calendar's, or as many days."""
    found = usual(period)
    if found is not None:
        moved = found.shifted(steps)
        return PeriodPart("", moved.code, moved.first_day, moved.last_day)
    length = (period.ends_on - period.starts_on + dt.timedelta(days=1)) * steps
    return PeriodPart("", "", period.starts_on + length, period.ends_on + length)


def year_before(period: PeriodPart) -> PeriodPart | None:
    """The same period a year earlier; None for a year, whose period before it is."""
    found = usual(period)
    if found is None or found.kind is PeriodKind.YEAR:
        return None
    moved = Period(found.kind, found.year - 1, found.number)
    return PeriodPart("", moved.code, moved.first_day, moved.last_day)
