"""The lists of a report: projects of the period, tasks, problems with what would help."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from duijie.core.access import Viewer
from duijie.core.language import t
from duijie.members.models import Member
from duijie.members.queries import name_of
from duijie.plan.content import Content, IndicatorPart, ItemPart, PeriodPart
from duijie.plan.fields import shown_figure
from duijie.plan.figures import Figure, Reckoning
from duijie.plan.measuring import measure_named, question_of
from duijie.plan.sentences import LIGHT_WORDS, sentence

MOST_PROJECTS = 500
States = Mapping[str, tuple[str, str]]


def project_rows(
    reckoning: Reckoning, indicators: Sequence[IndicatorPart], period: PeriodPart, viewer: Viewer,
    members: Mapping[int, Member],
) -> dict[str, Any]:  # fmt: skip
    """The records behind the computed indicators of a period, each once, with its amounts; how many are counted only."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    hidden: set[tuple[str, str]] = set()
    asked: set[str] = set()
    for indicator in indicators:
        key = f"{indicator.measure}:{sorted(indicator.filters.items())}"
        if not indicator.measure or key in asked or len(rows) >= MOST_PROJECTS:
            continue
        asked.add(key)
        end = min(period.ends_on, reckoning.as_of)
        if end < period.starts_on:
            continue
        question = question_of(reckoning.content, reckoning.circle, indicator, period.starts_on, end, known_at=reckoning.known_for(period))  # fmt: skip
        for record in measure_named(indicator.measure).records(question, viewer):
            name = (record.kind, record.uid)
            if not record.title:
                hidden.add(name)
                continue
            if name not in rows and len(rows) >= MOST_PROJECTS:
                break
            row = rows.setdefault(
                name,
                {
                    "kind": record.kind, "id": record.uid, "title": record.title, "on": record.effective_on.isoformat(),
                    "member": _name(members, record.member_id), "counts": [],
                    "amounts": [],
                },
            )  # fmt: skip
            if indicator.unit in ("CNY", "USD"):
                row["amounts"].append([indicator.name, shown_figure(record.value, indicator.unit), record.value, indicator.unit])  # fmt: skip
            else:
                row["counts"].append(indicator.name)
    ordered = sorted(rows.values(), key=lambda r: (r["member"], r["on"], r["title"], r["id"]))
    return {"rows": ordered, "counted_only": len(hidden - set(rows)), "cut_off": len(rows) >= MOST_PROJECTS}


def task_counts(items: Iterable[ItemPart], states: States) -> tuple[int, int, int]:
    """(done, under way, all) of the tasks and projects among these items; what was dropped is not counted."""
    found = [states.get(x.uid, ("waiting", ""))[0] for x in items if x.kind in ("task", "project")]
    kept = [s for s in found if s != "dropped"]
    return kept.count("done"), kept.count("running"), len(kept)


def problems_of(
    attention: Sequence[tuple[str, Figure]], content: Content, states: States, day: dt.date,
    members: Mapping[int, Member],
) -> list[dict[str, str]]:  # fmt: skip
    """What does not go as promised, each with a suggestion: figures behind, then tasks past their day."""
    found = [
        {
            "light": figure.light, "light_words": str(LIGHT_WORDS[figure.light]),
            "title": figure.indicator.name, "text": sentence(figure, who), "advice": _advice(figure),
        }
        for who, figure in attention
    ]  # fmt: skip
    for item in content.items:
        state = states.get(item.uid, ("waiting", ""))[0]
        if item.kind in ("task", "project") and item.ends_on and item.ends_on < day and state in ("waiting", "running"):
            who = "、".join(name_of(members[m]) for m in item.responsible if m in members) or t(
                "责任成员", "its members"
            )
            found.append(
                {
                    "light": "behind", "light_words": str(LIGHT_WORDS["behind"]), "title": f"{item.code} {item.name}",
                    "text": t("应于 {day} 完成，目前未完成。", "Due on {day} and not done.", day=item.ends_on),
                    "advice": t("请{who}说明原因和新的时间表，必要时提请计划调整。", "{who} should give reasons and new dates, or ask for an amendment.", who=who),
                }
            )  # fmt: skip
    return found


def _advice(figure: Figure) -> str:
    """What would be needed to keep the promise: so much a month until the period's end."""
    if figure.value is None or figure.target is None:
        return t("请责任成员尽快上报或补录记录。", "Its members should report, or enter the records, soon.")
    left = (figure.period.ends_on - figure.end).days / 30.4375
    missing = figure.target.value - figure.value
    if figure.indicator.relation == "at_most" or missing <= 0:
        return t("请控制后续新增，避免突破上限。", "Hold back what is still to come, so as to stay below the ceiling.")
    unit, name = figure.indicator.unit, figure.indicator.unit_name
    if left < 0.5:
        return t("期末前仍差 {missing}，请提级调度。", "{missing} are missing before its end; take it up a level.", missing=shown_figure(missing, unit, name))  # fmt: skip
    monthly = shown_figure(math.ceil(missing / left), unit, name)
    return t("还差 {missing}，此后每月需 {monthly} 才能达标。", "{missing} are missing; {monthly} a month are needed from now on.", missing=shown_figure(missing, unit, name), monthly=monthly)  # fmt: skip


def _name(members: Mapping[int, Member], member_id: int | None) -> str:
    found = members.get(member_id) if member_id is not None else None
    return name_of(found) if found is not None else ""
