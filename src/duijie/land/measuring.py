"""Reading the ledger: sums by member for a question, and the facts behind them.

Whole months without a fine filter come from the monthly sums; the days at the edges of a period, and filters that slices don't
know, from the postings. As known at an instant: what is known now, less what was recorded since (or the postings up to the
instant, where that instant is long ago). Every way gives the same figure; a test compares them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from duijie.core.access import GUEST, Viewer
from duijie.core.measures import Counted, Question
from duijie.land.counting import LARGE_MINOR, Code
from duijie.land.ledger import ALL_SLICES, month_of
from duijie.land.models import Deal, JointZone, Posting, Project, Shape, Slice, Tally
from duijie.land.rules import READ
from duijie.land.states import division_of, industry_label
from duijie.members.models import Membership

LONG_AGO = dt.timedelta(days=92)
FEW_MEMBERS = 20


@dataclass(frozen=True)
class Where:
    """Filters as the ledger understands them. fine: conditions on shapes that slices cannot answer."""

    slices: frozenset[int] | None = None
    shape: Q | None = None
    fine: bool = False


def where_of(filters: Mapping[str, Any], fixed: Mapping[str, Any] | None = None) -> Where:
    """Filters of a question (and those that a measure always has) as conditions on slices and shapes."""
    given = {k: v for k, v in {**filters, **(fixed or {})}.items() if v not in (None, "", [], ())}
    if not given:
        return Where()
    shape, part, fine = Q(), Q(), False
    for name, value in given.items():
        on_shape, on_slice = _condition(name, value)
        shape &= on_shape
        if on_slice is None:
            fine = True
        else:
            part &= on_slice
    if fine:
        return Where(None, shape, True)
    return Where(frozenset(Slice.objects.filter(part).values_list("pk", flat=True)), shape, False)


def _condition(name: str, value: Any) -> tuple[Q, Q | None]:
    """One filter on shapes, and on slices where they know enough."""
    if name == "kind":
        return Q(kind=value), Q(kind=value)
    if name in ("foreign", "technology"):
        return Q(**{name: value}), Q(**{name: value})
    if name == "origin":
        prefix = region_prefix(value)
        return Q(origin__startswith=prefix), Q(province=prefix) if len(prefix) == 2 else None
    if name == "region":
        return Q(region__startswith=region_prefix(value)), None
    if name == "industry":
        return _industry(value)
    if name == "minimum_minor":
        large = value == LARGE_MINOR
        return Q(amount_minor__gte=value), Q(large=True) if large else None
    if name == "zone":
        zone = JointZone.objects.filter(Q(slug=value) | Q(uid=value)).values_list("pk", flat=True).first()
        return Q(zone_id=zone or -1), None
    if name == "source":
        return Q(source=value), None
    if name == "source_key":
        return Q(source_key=value), None
    raise ValueError(f"no filter {name!r}")


def _industry(code: str) -> tuple[Q, Q | None]:
    """A class of industry with everything inside it."""
    code = industry_label(code)
    inside = Q(industry__startswith=code)
    if len(code) <= 3:
        return inside, Q(division__startswith=code)
    return inside, None


def region_prefix(code: str) -> str:
    """The leading digits that a division shares with everything inside it: 33 of 330000, 3304 of 330400."""
    code = division_of(code)
    if len(code) == 6:
        return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
    return code


@dataclass(frozen=True)
class Window:
    """Members (None: all) whose facts count from one day to another."""

    start: dt.date
    end: dt.date
    members: frozenset[int] | None


def windows_of(question: Question) -> list[Window]:
    """The question's period for each group of members that were in the alliance for the same part of it."""
    if question.start > question.end:
        return []
    if question.alliance_id is None:
        return [Window(question.start, question.end, question.member_ids)]
    spans: dict[tuple[dt.date, dt.date], set[int]] = {}
    rows = Membership.objects.filter(alliance_id=question.alliance_id).values_list("member_id", "since", "until")
    for member_id, since, until in rows:
        if question.member_ids is not None and member_id not in question.member_ids:
            continue
        start, end = max(question.start, since or question.start), min(question.end, until or question.end)
        if start <= end:
            spans.setdefault((start, end), set()).add(member_id)
    return [Window(start, end, frozenset(ids)) for (start, end), ids in sorted(spans.items())]


def totals(code: Code, question: Question, fixed: Mapping[str, Any] | None = None) -> dict[int | None, int]:
    """The figure by member; members without any are left out."""
    where = where_of(question.filters, fixed)
    found: Counter[int] = Counter()
    for window in windows_of(question):
        for member_id, value in _in_window(code, window, where, question.known_at):
            found[member_id] += value
    return {member_id: value for member_id, value in found.items() if value}


def _in_window(code: Code, window: Window, where: Where, known_at: dt.datetime | None) -> Iterator[tuple[int, int]]:
    if known_at is not None and known_at < timezone.now() - LONG_AGO:
        yield from _posted(code, window.start, window.end, window, where, Q(recorded_at__lte=known_at))
        return
    if known_at is not None:
        later = Q(recorded_at__gt=known_at)
        for member_id, value in _posted(code, window.start, window.end, window, where, later):
            yield member_id, -value
    if where.fine:
        yield from _posted(code, window.start, window.end, window, where, Q())
        return
    first, last = month_of(window.start), month_of(window.end)
    if window.start.day > 1:
        first += 1
    if (window.end + dt.timedelta(days=1)).day > 1:
        last -= 1
    if first > last:
        yield from _posted(code, window.start, window.end, window, where, Q())
        return
    yield from _tallied(code, first, last, window, where)
    if window.start < _first_day(first):
        yield from _posted(code, window.start, _first_day(first) - dt.timedelta(days=1), window, where, Q())
    if window.end >= _first_day(last + 1):
        yield from _posted(code, _first_day(last + 1), window.end, window, where, Q())


def _first_day(month: int) -> dt.date:
    return dt.date(month // 12, month % 12 + 1, 1)


def _tallied(code: Code, first: int, last: int, window: Window, where: Where) -> Iterator[tuple[int, int]]:
    rows = Tally.objects.filter(code=int(code), month__gte=first, month__lte=last)
    if where.slices is None:
        rows = rows.filter(slice_id=ALL_SLICES)
    elif not where.slices:
        return
    else:
        rows = rows.filter(slice_id__in=sorted(where.slices))
    # Sums come by member anyway: naming many members to the database costs more than leaving out the others here.
    few = window.members is not None and len(window.members) <= FEW_MEMBERS
    if few:
        rows = rows.filter(member_id__in=sorted(window.members or ()))
    sums = rows.order_by().values_list("member_id").annotate(total=Sum("value"))
    yield from sums if few or window.members is None else (row for row in sums if row[0] in window.members)


def postings(code: Code, start: dt.date, end: dt.date, window: Window, where: Where, known: Q) -> QuerySet[Posting]:
    """The postings of a code between two days, both included."""
    rows = Posting.objects.filter(known, code=int(code), effective_on__gte=start, effective_on__lte=end)
    if where.shape is not None:
        rows = rows.filter(shape_id__in=Shape.objects.filter(where.shape).values("pk"))
    if window.members is not None:
        rows = rows.filter(member_id__in=sorted(window.members))
    return rows.order_by()


def _posted(
    code: Code, start: dt.date, end: dt.date, window: Window, where: Where, known: Q
) -> Iterator[tuple[int, int]]:
    rows = postings(code, start, end, window, where, known)
    yield from rows.values_list("member_id").annotate(total=Sum("value"))


def records(code: Code, question: Question, viewer: Viewer, fixed: Mapping[str, Any] | None = None) -> list[Counted]:
    """The facts behind a figure in the order of their days; what the viewer may not see is counted without a name."""
    where = where_of(question.filters, fixed)
    known = Q() if question.known_at is None else Q(recorded_at__lte=question.known_at)
    lines: list[tuple[dt.date, int | None, int | None, int, int]] = []
    for window in windows_of(question):
        rows = postings(code, window.start, window.end, window, where, known)
        names = ("effective_on", "project_id", "deal_id", "member_id")
        lines += [row for row in rows.values_list(*names).annotate(total=Sum("value")) if row[4]]
    lines.sort(key=lambda row: (row[0], row[1] or 0, row[2] or 0, row[3]))
    projects = _named(Project, {row[1] for row in lines if row[1]}, viewer)
    deals = _named(Deal, {row[2] for row in lines if row[2]}, viewer)
    found = []
    for day, project_id, deal_id, member_id, value in lines:
        if project_id is not None:
            kind, (uid, title) = "project", projects[project_id]
        else:
            kind, (uid, title) = "deal", deals[deal_id or 0]
        found.append(Counted(kind, uid, title, f"/{kind}s/{uid}/" if title else "", day, member_id, value))
    return found


def _named(model: Any, ids: set[int], viewer: Viewer) -> dict[int, tuple[str, str]]:
    """(uid, title) of each, without a title where the viewer may not see it; a key without the scope for deals sees what everybody does."""
    if viewer.key_scopes is not None and READ not in viewer.key_scopes:
        viewer = GUEST
    title = "name" if model is Project else "title"
    found: dict[int, tuple[str, str]] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        rows = model.objects.visible_to(viewer).filter(pk__in=some)
        found |= {pk: (uid, name) for pk, uid, name in rows.values_list("pk", "uid", title)}
        if missing := [pk for pk in some if pk not in found]:
            rows = model.objects.unscoped("its id alone, by which it is counted once").filter(pk__in=missing)
            found |= {pk: (uid, "") for pk, uid in rows.values_list("pk", "uid")}
    return found
