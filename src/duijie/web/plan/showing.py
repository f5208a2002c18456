"""What the pages of plans have in common: the plan and edition asked for, the day, lights, figures as lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from duijie.core.access import Viewer
from duijie.core.calendar import parse_date, parse_instant
from duijie.core.errors import Fault
from duijie.core.language import Label, t
from duijie.members.models import Member
from duijie.members.queries import name_of
from duijie.plan import queries
from duijie.plan.choices import ItemKind, ItemState, PlanStatus
from duijie.plan.content import Content, Cut, IndicatorPart, ItemPart, PeriodPart
from duijie.plan.fields import shown_figure
from duijie.plan.figures import ORDER, Figure, Reckoning, worst
from duijie.plan.models import Plan
from duijie.plan.sentences import LIGHT_ICONS, LIGHT_KINDS, LIGHT_WORDS, sentence, target_words
from duijie.web.kit.parts import badge
from duijie.web.members.forms import viewer_of_page

STATUS_KINDS = {"draft": "line", "submitted": "warn", "approved": "river", "published": "good", "closed": ""}


def plans_crumb() -> tuple[str, str]:
    return t("行动计划", "Plans"), reverse("plans:list")


def plan_crumb(plan: Plan) -> tuple[str, str]:
    return t(plan.title, plan.title_en or plan.title), reverse("plans:plan", args=[plan.uid])


def light_badge(light: str) -> SafeString:
    """The state of a figure as a word with a shape and a colour."""
    return badge(LIGHT_WORDS[light], LIGHT_KINDS[light], LIGHT_ICONS[light])


def status_badge(plan: Plan) -> SafeString:
    return badge(PlanStatus(plan.status).label, STATUS_KINDS[plan.status])


@dataclass
class Asked:
    """The plan that a page is about, as it was asked for: edition, day, instant."""

    request: HttpRequest
    plan: Plan
    content: Content
    viewer: Viewer
    day: dt.date
    known_at: dt.datetime | None
    draft: bool = False
    members: dict[int, Member] = field(default_factory=dict)

    @classmethod
    def of(cls, request: HttpRequest, uid: str) -> Asked:
        """From the address: ?edition=2, ?draft=1, ?on=2025-06-30, ?known=2025-07-10 08:00.

        A day that cannot be read is said and left out. Raises Fault "instant.unreadable" (400) for an instant.
        """
        request.nav_key = "plans"  # type: ignore[attr-defined]
        viewer = viewer_of_page(request)
        plan = queries.get_plan(viewer, uid)
        known_at = _instant(request)
        number = request.GET.get("edition", "")
        draft = (request.GET.get("draft") == "1" or plan.edition == 0) and queries.sees_working_copy(viewer, plan)
        content = queries.content(
            viewer, plan, edition=int(number) if number.isascii() and number.isdigit() and len(number) < 6 else None,
            known_at=known_at, draft=draft,
        )  # fmt: skip
        day = _day(request) or min(timezone.localdate(), content.ends_on)
        found = cls(request, plan, content, viewer, day, known_at, draft)
        found.members = {m.pk: m for m in Member.objects.filter(pk__in=_mentioned(content))}
        return found

    def reckoning(self) -> Reckoning:
        made = Reckoning(self.content, as_of=self.day, known_at=self.known_at)
        missing = [pk for pk in made.circle.ids if pk not in self.members]
        if missing:
            self.members |= {m.pk: m for m in Member.objects.filter(pk__in=missing)}
        return made

    def period(self) -> PeriodPart | None:
        """The period of ?period=, else the one that holds the day."""
        asked = self.content.period(self.request.GET.get("period", ""))
        return asked or self.content.current_period(self.day)

    def name(self, member: int | None) -> str:
        found = self.members.get(member) if member is not None else None
        return (found.short_name or name_of(found)) if found is not None else ""

    def query(self, **more: str) -> str:
        """The query string that asks for the same edition and days."""
        kept = {k: v for k in ("edition", "draft", "on", "known") if (v := self.request.GET.get(k))}
        found = urlencode({**kept, **{k: v for k, v in more.items() if v}})
        return f"?{found}" if found else ""

    def notice(self) -> str:
        """What a reader must know about what stands here: an old edition, the working copy, another day."""
        plan, edition = self.plan, self.content.edition
        if self.draft:
            return t(
                "这是正在编制的版本，尚未通过审议。", "This is the working copy; the leaders have not approved it."
            )
        if edition and edition != plan.edition:
            return t("这是第 {n} 版，现行的是第 {now} 版。", "This is edition {n}; edition {now} is in force.", n=edition, now=plan.edition)  # fmt: skip
        return ""


def _mentioned(content: Content) -> set[int]:
    found = {m for item in content.items for m in (*item.responsible, *item.supporting)}
    return found | {x.cut.member for i in content.indicators for x in i.targets if x.cut.member is not None}


def _day(request: HttpRequest) -> dt.date | None:
    try:
        return parse_date(request.GET.get("on", ""))
    except Fault as fault:
        messages.error(request, fault.sentence)
        return None


def _instant(request: HttpRequest) -> dt.datetime | None:
    return parse_instant(request.GET.get("known", ""))


# --- figures as lines ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A figure as one line of a page."""

    name: str
    who: str
    value: str
    target: str
    percent: float | None
    elapsed: float
    light: str
    badge: SafeString
    url: str
    sentence: str
    records_url: str = ""

    @property
    def bar(self) -> float:
        """The share reached, for a bar that ends at 100."""
        return min(100.0, self.percent or 0.0)


def line_of(asked: Asked, figure: Figure) -> Line:
    indicator, period = figure.indicator, figure.period
    who = asked.name(figure.cut.member) or figure.cut.breakdown
    share = figure.standing.share
    address = reverse("plans:indicator", args=[asked.plan.uid, indicator.uid])
    slug = asked.members[figure.cut.member].slug if figure.cut.member in asked.members else ""
    return Line(
        name=indicator.name,
        who=who,
        value=shown_figure(figure.value, indicator.unit, indicator.unit_name),
        target=target_words(figure),
        percent=round(share * 100, 1) if share is not None else None,
        elapsed=round(figure.standing.elapsed * 100, 1),
        light=figure.light,
        badge=light_badge(figure.light),
        url=address + asked.query(period=period.code, member=slug),
        sentence=sentence(figure, who),
        records_url=address + asked.query(period=period.code, member=slug) + "#records",
    )


def line_of_wall(plan: Plan, figure: Figure, known: str = "") -> dict[str, str]:
    """What stands under a large figure: its target, and the address of its records, as known when the figure is."""
    address = reverse("plans:indicator", args=[plan.uid, figure.indicator.uid])
    return {
        "target": target_words(figure),
        "url": f"{address}?{urlencode({'period': figure.period.code} | ({'known': known} if known else {}))}",
    }


def period_for(asked: Asked, indicator: IndicatorPart, wanted: PeriodPart | None) -> PeriodPart | None:
    """The period wanted where the indicator has a target in it; else the longest of its own that holds the day."""
    used = {x.period for x in indicator.targets}
    if wanted is None or wanted.uid in used or not used:
        return wanted
    own = [p for p in asked.content.periods if p.uid in used]
    holding = [p for p in own if p.starts_on <= asked.day <= p.ends_on] or own
    return max(holding, key=lambda p: (p.ends_on - p.starts_on, p.code))


@dataclass
class Node:
    """An item of the tree with its figures, its light and what hangs below."""

    item: ItemPart
    kind: str
    who: str
    supporting: str
    state: str
    state_kind: str
    note: str
    overdue: bool
    lines: list[Line]
    children: list[Node]
    light: str = "unknown"

    @property
    def badge(self) -> SafeString:
        return light_badge(self.light) if self.light != "unknown" else format_html("")


_STATE_KINDS = {"waiting": "line", "running": "river", "done": "good", "dropped": ""}


def tree_of(asked: Asked, reckoning: Reckoning, wanted: PeriodPart | None) -> list[Node]:
    """The whole tree; an item's light is the worst below it."""
    states = queries.states(asked.plan)

    def node(item: ItemPart) -> Node:
        lines = []
        for indicator in asked.content.indicators_of(item.uid):
            period = period_for(asked, indicator, wanted)
            if period is None:
                continue
            figures = reckoning.figures(period, [indicator])
            # The whole of an indicator whose targets are of single members only stands there as a sum, not as a promise.
            lines += [line_of(asked, f) for f in figures if f.target is not None or len(figures) == 1]
        children = [node(child) for child in asked.content.children(item.uid)]
        row = states.get(item.uid)
        state = row.state if row is not None else "waiting"
        return Node(
            item, ItemKind.named(item.kind), "、".join(filter(None, map(asked.name, item.responsible))),
            "、".join(filter(None, map(asked.name, item.supporting))),
            str(ItemState(state).label) if item.kind in ("task", "project") else "", _STATE_KINDS[state],
            row.state_note if row is not None else "",
            bool(item.kind in ("task", "project") and item.ends_on and item.ends_on < asked.day and state in ("waiting", "running")),
            lines, children, worst([*(x.light for x in lines), *(c.light for c in children)]),
        )  # fmt: skip

    return [node(item) for item in asked.content.items if not item.parent]


def lines_below(nodes: Iterable[Node]) -> list[Line]:
    return [line for n in nodes for line in (*n.lines, *lines_below(n.children))]


def light_counts(lines: Sequence[Line]) -> list[tuple[str, Label, SafeString, int]]:
    """(light, word, badge, how many) of the lights that occur, the worst first."""
    counts = {light: sum(x.light == light for x in lines) for light in ORDER}
    return [(light, LIGHT_WORDS[light], light_badge(light), n) for light, n in counts.items() if n]


def whole_or_member(asked: Asked, slug: str) -> Cut:
    """The cut of ?member=; the whole where it names nobody here."""
    for pk, member in asked.members.items():
        if member.slug == slug:
            return Cut(pk)
    return Cut()
