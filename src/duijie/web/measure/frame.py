"""What the pages of measuring share: tabs, crumbs, posting with a refusal as a message, figures as they are shown."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from duijie.core.access import Viewer
from duijie.core.errors import Fault, Faults
from duijie.core.indicators import Indicator
from duijie.core.language import Label, t
from duijie.core.models.indicators import plain_figures
from duijie.engines.composite import Index
from duijie.engines.composite.results import rows_in_order
from duijie.measure.models import Round, Submission
from duijie.measure.queries.rounds import alliances_served

_TABS = {
    "indices": Label("指数", "Indices"),
    "indicators": Label("指标", "Indicators"),
    "rounds": Label("采集", "Collection"),
    "deals": Label("并购交易", "Deals"),
    "workbench": Label("编制", "Workbench"),
}
DOWNLOADS = (("xlsx", "Excel"), ("docx", "Word"), ("png", "PNG"), ("svg", "SVG"), ("csv", "CSV"), ("zip", "ZIP"))
ROUND_STATUS = {
    "draft": Label("准备中", "Prepared"),
    "open": Label("填报中", "Open"),
    "closed": Label("已结束", "Closed"),
}
SUBMISSION_STATUS = {
    "filling": (Label("填报中", "Filling in"), "line"),
    "submitted": (Label("待核验", "To verify"), "warn"),
    "verified": (Label("已核验", "Verified"), "river"),
    "published": (Label("已发布", "Published"), "good"),
}
OBSERVATION_STATUS = {
    "A": Label("正常", "Normal"), "P": Label("初步", "Provisional"), "E": Label("估计", "Estimated"), "I": Label("补值", "Imputed"),
    "B": Label("口径变化", "Break"), "M": Label("缺失", "Missing"),
}  # fmt: skip
STEP_WORDS = {
    "opened": Label("开始填报", "Opened"), "submitted": Label("提交", "Submitted"), "returned": Label("退回", "Returned"),
    "verified": Label("核验通过", "Verified"), "published": Label("发布", "Published"), "reopened": Label("重新打开", "Reopened"),
}  # fmt: skip


def tabs_of(viewer: Viewer, here: str) -> list[dict[str, object]]:
    """The tabs of this stage; the workbench for those who make indices."""
    shown = [key for key in _TABS if key not in {"workbench", "rounds"}]
    if not viewer.is_guest:
        shown.insert(2, "rounds")
    if viewer.is_platform or alliances_served(viewer):
        shown.append("workbench")
    return [{"label": _TABS[key], "url": reverse(f"measure:{key}"), "active": key == here} for key in shown]


def under_measure(request: HttpRequest) -> None:
    """Let the navigation show this page under its entry."""
    request.nav_key = "measure"  # type: ignore[attr-defined]


def crumb(key: str) -> tuple[str, str]:
    """The crumb of one of the lists."""
    return str(_TABS[key]), reverse(f"measure:{key}")


def shown(value: Decimal | float | None, decimals: int | None = None) -> str:
    """A figure for people: at most `decimals` places, a dash where there is none."""
    if value is None or value != value:
        return "—"
    number = Decimal(str(value))
    if decimals is not None:
        number = round(number, decimals)
    text = plain_figures(number)
    whole, _, part = text.partition(".")
    grouped = f"{int(whole):,}" if whole not in {"-0", "-"} else whole
    return f"{grouped}.{part}" if part else grouped


def scored(value: float | None) -> str:
    """A score or a level of an index, always with one decimal, so that a column of them stands in line; a dash where there is none."""
    return "—" if value is None or value != value else f"{value:,.1f}"


def element_name(index: Index, code: str) -> str:
    """An element's name in the language in force; a column that is no element is called by its code."""
    if code not in index.framework:
        return code
    element = index.framework[code]
    return t(element.name or code, element.name_en or element.name or code)


def rows_with_a_score(index: Index, period: str) -> list[int]:
    """The rows of a period that have a result, the best first."""
    scores = index.scores()
    return [int(row) for row in rows_in_order(index, period) if scores[row] == scores[row]]


def four_figures(value: float) -> str:
    """A computed figure at four significant figures, never with an exponent; what rounding left of a zero is zero."""
    return shown(Decimal("0") if abs(value) < 1e-9 else Decimal(f"{value:.4g}") if value == value else None)


def value_words(indicator: Indicator, value: Decimal | None) -> str:
    return shown(value, indicator.decimals)


def demand_exportable(count: int, most: int) -> None:
    """Raise Fault "export.too_many" where a file would hold more rows than it may: a part of what was asked for is not handed out."""
    if count > most:
        raise Fault(
            "export.too_many", f"共 {count} 行，一个文件最多 {most} 行，请缩小范围再导出。",
            f"There are {count} rows and a file holds {most}; narrow the list and export again.", status=422,
        )  # fmt: skip


def posted(request: HttpRequest, act: Callable[[], object], done: Label, back: str) -> HttpResponse:
    """Do what a button asks for; a refusal stands as a message on the page it came from."""
    try:
        act()
        messages.success(request, str(done))
    except Fault as fault:
        if fault.status in {401, 403, 404}:
            raise
        for one in fault.faults[:6] if isinstance(fault, Faults) else [fault]:
            messages.error(request, one.sentence)
    return HttpResponseRedirect(back)


def round_name(round: Round) -> str:
    return t(round.title, round.title_en or round.title)


def submission_badge(row: Submission) -> Any:
    from duijie.web.kit.parts import badge

    label, kind = SUBMISSION_STATUS[row.status]
    return badge(label, kind)


def note_parts(text: str) -> list[tuple[bool, str]]:
    """(is a heading, words) of a method note."""
    return [(part.startswith("# "), part.removeprefix("# ")) for part in text.split("\n\n")]
