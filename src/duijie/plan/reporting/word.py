"""The report and the one-page brief as Word documents, in the officials' usual form."""

from __future__ import annotations

import datetime as dt
from typing import Any

from duijie.core.language import speaking, t
from duijie.core.word import WordDocument
from duijie.plan.fields import shown_figure
from duijie.plan.reporting.stable import stable

Content = dict[str, Any]


def report(content: Content) -> bytes:
    """总体情况、各成员情况、各专项行动进展、项目清单、存在问题与建议，附口径说明."""
    with speaking(content["language"]):
        document = _document(content)
        document.heading(t("总体情况", "Summary"))
        for line in content["summary"]:
            document.paragraph(line)
        _standing(document, content)
        _members(document, content)
        _actions(document, content)
        _projects(document, content)
        _problems(document, content)
        _definitions(document, content)
        return stable(document.to_bytes(), dt.datetime.fromisoformat(content["known_at"]))


def brief(content: Content) -> bytes:
    """One page: what was reached, the headline figures, what needs attention."""
    with speaking(content["language"]):
        document = _document(content, t("（简报）", " (brief)"))
        for line in content["summary"][:4]:
            document.paragraph(line)
        rows = [x for x in content["standing"] if x["headline"]][:6]
        document.table(
            [t("指标", "Indicator"), t("本期", "This period"), t("目标期累计", "So far"), t("目标", "Target"), t("状态", "State")],
            [[x["title"], x["shown"], x["so_far_shown"], x["target_words"] or "—", x["light_words"]] for x in rows],
        )  # fmt: skip
        worst = content["problems"][:4]
        if worst:
            document.paragraph(t("需要关注：", "Needs attention:"), bold=True)
            document.bullets([f"{p['title']}：{p['advice']}" for p in worst])
        return stable(document.to_bytes(), dt.datetime.fromisoformat(content["known_at"]))


def _document(content: Content, more: str = "") -> WordDocument:
    return WordDocument(content["title"] + more, note=content["note"], english=content["language"] == "en", number=content["owner"])  # fmt: skip


def _standing(document: WordDocument, content: Content) -> None:
    head = [
        t("指标", "Indicator"), t("本期", "This period"), t("上期", "Before"), t("环比", "Change"), t("上年同期", "A year ago"),
        t("目标期累计", "So far"), t("目标", "Target"), t("完成率", "Reached"), t("状态", "State"),
    ]  # fmt: skip
    rows = [
        [
            x["title"], x["shown"], x["before_shown"], _per_cent(x["change"], True), x["last_year_shown"], x["so_far_shown"],
            x["target_words"] or "—", _per_cent(x["share"] * 100 if x["share"] is not None else None), x["light_words"],
        ]
        for x in content["standing"]
    ]  # fmt: skip
    document.table(head, rows, caption=t("主要指标完成情况", "Indicators"))


def _per_cent(value: float | None, signed: bool = False) -> str:
    if value is None:
        return "—"
    return (f"{value:+.1f}%" if signed else f"{value:.1f}%").replace(".0%", "%")


def _members(document: WordDocument, content: Content) -> None:
    document.heading(t("各成员情况", "Members"))
    table = content["members"]
    head = [t("成员", "Member"), *(c["title"] for c in table["columns"])]
    rows = [[row["member"], *_shown(row["values"], table["columns"])] for row in table["rows"]]
    rows.append([t("合计", "Total"), *_shown(table["total"], table["columns"])])
    document.table(head, rows, caption=t("各成员本期情况", "This period by member"))
    sentences = [s for x in content["standing"] for s in x["sentences"] if "：" in s or ": " in s]
    document.bullets(sentences[:40])


def _shown(values: list[int | None], columns: list[dict[str, Any]]) -> list[str]:
    return [shown_figure(v, c["unit"], c["unit_name"]) for v, c in zip(values, columns, strict=True)]


def _actions(document: WordDocument, content: Content) -> None:
    document.heading(t("各专项行动进展", "Actions"))
    head = [
        t("编号", "Code"), t("行动", "Action"), t("责任成员", "Responsible"), t("指标（正常/全部）", "Indicators (well/all)"),
        t("任务（完成/全部）", "Tasks (done/all)"), t("状态", "State"),
    ]  # fmt: skip
    rows = [
        [
            x["code"],
            x["title"],
            x["responsible"],
            f"{x['good']}/{x['indicators']}",
            f"{x['done']}/{x['tasks']}",
            x["light_words"],
        ]
        for x in content["actions"]
    ]
    document.table(head, rows)


def _projects(document: WordDocument, content: Content) -> None:
    document.heading(t("项目清单", "Projects"))
    if content["own_projects"]:
        head = [t("编号", "Code"), t("重大项目", "Major project"), t("责任成员", "Responsible"), t("完成时限", "Due"), t("进展", "State")]  # fmt: skip
        rows = [[x["code"], x["title"], x["responsible"], x["ends_on"] or "—", x["state"]] for x in content["own_projects"]]  # fmt: skip
        document.table(head, rows, caption=t("计划内重大项目", "Major projects of the plan"))
    projects = content["projects"]
    head = [t("序号", "No."), t("项目", "Project"), t("成员", "Member"), t("日期", "Day"), t("金额", "Amount"), t("计入指标", "Counts for")]  # fmt: skip
    rows = [
        [n, x["title"], x["member"], x["on"], "；".join(f"{a[0]} {a[1]}" for a in x["amounts"]) or "—", "、".join(x["counts"]) or "—"]
        for n, x in enumerate(projects["rows"], start=1)
    ]  # fmt: skip
    if rows:
        document.table(head, rows, caption=t("本期计入统计的项目和记录", "Records that count in this period"))
    else:
        document.paragraph(t("本期没有可公开列出的记录。", "No record of this period can be listed."))
    if projects["counted_only"]:
        document.paragraph(t("另有 {n} 条未公开的记录只计数、不列出。", "{n} records that are not open are counted only.", n=projects["counted_only"]))  # fmt: skip
    if projects["cut_off"]:
        document.paragraph(t("清单较长，此处只列前 {n} 条，全部见数据包。", "The list is long; the first {n} stand here.", n=len(rows)))  # fmt: skip


def _problems(document: WordDocument, content: Content) -> None:
    document.heading(t("存在问题与建议", "Problems and suggestions"))
    if not content["problems"]:
        document.paragraph(t("各项指标和任务均按计划推进，没有需要提请关注的问题。", "All goes as planned; nothing needs attention."))  # fmt: skip
    for problem in content["problems"]:
        document.heading(f"{problem['title']}（{problem['light_words']}）", level=2)
        document.paragraph(problem["text"])
        document.paragraph(t("建议：{advice}", "Suggestion: {advice}", advice=problem["advice"]))


def _definitions(document: WordDocument, content: Content) -> None:
    document.heading(t("附：统计口径", "Appendix: definitions"))
    head = [t("编号", "Code"), t("指标", "Indicator"), t("口径", "Definition")]
    document.table(
        head,
        [
            [r[0], r[1], r[2] + (t("（{only}）", " ({only})", only=r[4]) if r[4] else "")]
            for r in content["definitions"]
        ],
    )
