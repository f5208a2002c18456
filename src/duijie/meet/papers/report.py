"""The event's report as Word and Excel, from one list of sections."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook

from duijie.core.access import Viewer
from duijie.core.language import ENGLISH, current_language, t
from duijie.core.money import Money, format_money
from duijie.core.word import WordDocument
from duijie.engines.spreadsheets import harmless
from duijie.meet.choices import Answer, EventKind, IntentKind, IntentStatus, RegistrationStatus
from duijie.meet.models import Event
from duijie.meet.queries.figures import EventFigures, figures_of_event
from duijie.meet.queries.outcomes import follow_ups, intents
from duijie.meet.queries.registrations import registrations


@dataclass(frozen=True)
class Part:
    """A section of the report: a sentence and a table."""

    title: str
    text: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Any]]


def money_of(minor: int | None, currency: str) -> str:
    return format_money(Money(minor, currency)) if minor is not None else t("未定", "open")


def figure_rows(figures: EventFigures) -> list[tuple[str, Any]]:
    """The figures with their names, for page, Word and Excel alike."""
    rows: list[tuple[str, Any]] = [
        (t("报名单位", "Organisations registered"), figures.registered),
        (t("确认参会单位", "Confirmed"), figures.confirmed),
        (t("到场代表", "Representatives who came"), f"{figures.arrived} / {figures.people}"),
        (t("会面请求", "Requests"), figures.requested),
    ]
    rows += [
        (t("其中：{x}", "of these {x}", x=Answer.named(answer)), f"{n}（{figures.share(answer)}%）")
        for answer, n in sorted(figures.requests.items())
    ]
    rows += [
        (t("排定会面", "Meetings arranged"), figures.meetings),
        (t("已完成会面", "Meetings held"), figures.held),
        (t("未到场会面", "Meetings missed"), figures.missed),
        (t("至少有一场会面的单位", "Participants with a meeting"), figures.with_meetings),
        (t("平均每家会面", "Average of each"), figures.average),
        (t("平均评价（5 分）", "Average rating (of 5)"), figures.rating if figures.rating is not None else "—"),
        (t("签署意向（首次）", "Intents signed (first signings)"), figures.intents),
        (t("升级", "Upgrades"), figures.upgrades),
    ]
    rows += [
        (t("意向金额", "Sum of intents"), money_of(n, currency)) for currency, n in sorted(figures.amounts.items())
    ]
    return rows


def parts_of(viewer: Viewer, event: Event) -> list[Part]:
    """What the report says, for the planners. Raises NotAllowed."""
    figures = figures_of_event(viewer, event)
    signed = list(intents(viewer, event).exclude(status="withdrawn"))
    guests = list(registrations(viewer, event))
    todo = list(follow_ups(viewer, event))
    sums = "、".join(money_of(n, currency) for currency, n in sorted(figures.amounts.items()))
    summary = t(
        "{title}于 {day} 举办，{n} 家单位参会，完成会面 {held} 场，签署意向 {signed} 项{sums}。",
        "{title} on {day}: {n} participants, {held} meetings held, {signed} intents signed{sums}.",
        title=event.title, day=event.starts_on, n=figures.confirmed, held=figures.held, signed=figures.intents,
        sums=t("，金额 {x}", ", {x}", x=sums) if sums else "",
    )  # fmt: skip
    return [
        Part(t("总体情况", "Overview"), summary, [t("指标", "Figure"), t("数值", "Value")], figure_rows(figures)),
        Part(
            t("签署意向", "Intents"), "",
            [t("项目", "Project"), t("双方", "Both sides"), t("类别", "Kind"), t("金额", "Sum"), t("状态", "State")],
            [
                [i.title, f"{i.first_organisation} — {i.second_organisation}", IntentKind.named(i.kind),
                 money_of(i.amount_minor, i.currency),
                 t("升级", "upgrade") if i.upgrade_of_id else IntentStatus.named(i.status)]
                for i in signed
            ],
        ),
        Part(
            t("后续事项", "To do"), "",
            [t("事项", "What"), t("双方", "Both sides"), t("期限", "By"), t("完成", "Done")],
            [
                [f.text, f"{f.first_organisation} — {f.second_organisation}", str(f.due_on),
                 t("是", "yes") if f.done_at else ""]
                for f in todo
            ],
        ),
        Part(
            t("参会单位", "Participants"), "",
            [t("单位", "Organisation"), t("所在成员", "Member"), t("类别", "Comes as"), t("状态", "State")],
            [[r.organisation.name, r.organisation.home_member.name, r.kind, RegistrationStatus.named(r.status)] for r in guests],
        ),
    ]  # fmt: skip


def word_report(viewer: Viewer, event: Event) -> bytes:
    english = current_language() == ENGLISH
    note = t("{kind} · 主办：{host}", "{kind} · host: {host}", kind=EventKind.named(event.kind), host=event.host_member)
    document = WordDocument(t("{title}成果报告", "Report: {title}", title=event.title), note=note, english=english)
    for part in parts_of(viewer, event):
        document.heading(part.title)
        if part.text:
            document.paragraph(part.text)
        if part.rows:
            document.table(list(part.heads), [list(row) for row in part.rows])
        elif not part.text:
            document.paragraph(t("无。", "None."))
    return document.to_bytes()


def excel_report(viewer: Viewer, event: Event) -> bytes:
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    for part in parts_of(viewer, event):
        sheet = book.create_sheet(part.title[:31])
        sheet.append(list(part.heads))
        for row in part.rows:
            sheet.append([harmless(value) for value in row])
        sheet.freeze_panes = "A2"
        for letter in "ABCDE"[: len(part.heads)]:
            sheet.column_dimensions[letter].width = 28
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
