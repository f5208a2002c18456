"""What really happened against what was promised: computed, reported, corrected, closed, as known at any instant."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from duijie.core.errors import Conflict, Fault, NotAllowed, Stale
from duijie.core.language import speaking
from duijie.plan import actions, queries
from duijie.plan.content import Content, Cut
from duijie.plan.figures import Figure, Reckoning
from duijie.plan.models import Actual
from duijie.plan.sentences import sentence
from tests.factories import make_member, viewer
from tests.plan.conftest import FACTS, Fact
from tests.plan.making import YEAR, Made, make_plan

pytestmark = pytest.mark.django_db
JUNE = dt.date(YEAR, 6, 30)
END = dt.date(YEAR, 12, 31)


def instant(month: int, day: int) -> dt.datetime:
    return dt.datetime(YEAR, month, day, 12, tzinfo=dt.UTC)


def content(made: Made) -> Content:
    return queries.content(made.secretary, made.again())


def figure(
    made: Made, code: str = "1-1", *, as_of: dt.date = JUNE, member: int | None = None, **known: object
) -> Figure:
    found = content(made)
    indicator, period = found.indicator(code), found.period(str(YEAR))
    assert indicator is not None
    assert period is not None
    reckoning = Reckoning(found, as_of=as_of, **known)  # type: ignore[arg-type]
    return reckoning.figure(indicator, period, Cut(member), outlook=True)


def test_a_computed_figure_counts_its_members_facts_of_the_period_and_opens_them() -> None:
    made = make_plan()
    one, other, _ = made.members
    made.indicator("1-1", filters="source=上海")
    made.target("1-1", "6", member=one.slug)
    made.publish()
    stranger = make_member()
    part = make_member(kind="town", parent=one)
    FACTS.extend(
        [
            Fact(one.pk, dt.date(YEAR, 1, 1), source="上海"),
            Fact(part.pk, dt.date(YEAR, 6, 30), source="上海", secret=True),
            Fact(one.pk, dt.date(YEAR, 3, 1), source="杭州"),
            Fact(one.pk, dt.date(YEAR - 1, 12, 31), source="上海"),
            Fact(one.pk, dt.date(YEAR, 7, 1), source="上海"),
            Fact(other.pk, dt.date(YEAR, 2, 1), source="上海"),
            Fact(stranger.pk, dt.date(YEAR, 2, 1), source="上海"),
        ]
    )
    own = figure(made, member=one.pk)
    assert (own.value, own.target.value if own.target else None, own.standing.share) == (2, 6, 2 / 6)
    whole = figure(made)
    assert (whole.value, whole.totals) == (3, {one.pk: 2, other.pk: 1})
    assert figure(made, as_of=END, member=one.pk).value == 3
    found = content(made)
    behind = queries.records_behind(viewer(), Reckoning(found, as_of=JUNE), own)
    assert (len(behind.records), behind.counted_only, behind.total) == (1, 1, 2)
    assert behind.note == "另有 1 条未公开的记录只计数、不列出。"
    with speaking("en"):
        assert behind.note == "1 records that are not open are counted only."


FACT = st.builds(
    Fact,
    member_id=st.integers(0, 3),
    on=st.dates(dt.date(YEAR - 1, 11, 1), dt.date(YEAR + 1, 2, 1)),
    amount=st.integers(0, 10**12),
    known=st.one_of(st.none(), st.datetimes(dt.datetime(YEAR, 1, 1), dt.datetime(YEAR + 1, 3, 1), timezones=st.just(dt.UTC))),  # noqa: DTZ001
    off=st.one_of(st.none(), st.datetimes(dt.datetime(YEAR, 1, 1), dt.datetime(YEAR + 1, 3, 1), timezones=st.just(dt.UTC))),  # noqa: DTZ001
)  # fmt: skip


@given(facts=st.lists(FACT, max_size=30), late=st.lists(FACT, max_size=8), as_of=st.dates(dt.date(YEAR, 1, 1), END))
@settings(max_examples=40, deadline=None)
def test_members_add_up_to_the_whole_and_the_past_stays_as_it_was(
    facts: list[Fact], late: list[Fact], as_of: dt.date
) -> None:
    with transaction.atomic():
        FACTS.clear()
        made = make_plan()
        ids = [m.pk for m in made.members] + [make_member(parent=made.members[0]).pk]
        made.indicator("1-1", unit="CNY", measure="test.money")
        made.publish()
        FACTS.extend(Fact(ids[f.member_id], f.on, f.amount, "", f.known, f.off) for f in facts)
        found = content(made)
        known = dt.datetime(YEAR + 1, 3, 2, tzinfo=dt.UTC)

        def values() -> tuple[list[int | None], int | None]:
            reckoning = Reckoning(found, as_of=as_of, known_at=known)
            indicator, period = found.indicators[0], found.periods[0]
            return [f.value for f in reckoning.members_figures(indicator, period)], reckoning.figure(indicator, period).value  # fmt: skip

        by_member, whole = values()
        assert sum(v or 0 for v in by_member) == whole
        after = known + dt.timedelta(seconds=1)
        FACTS.extend(Fact(ids[f.member_id], f.on, f.amount, "", after, None) for f in late)
        for fact in FACTS[::2]:
            if fact.off is None:
                fact.off = after
        assert values() == (by_member, whole)
        transaction.set_rollback(True)


def test_a_reported_figure_counts_once_somebody_else_has_verified_it() -> None:
    made = make_plan()
    one, other, _ = made.members
    made.indicator("1-1", measure="", unit="persons")
    made.target("1-1", "30", member=one.slug)
    made.publish()
    liaison = viewer("liaison", one)
    with pytest.raises(NotAllowed):
        made.report(viewer("liaison", other), "1-1", "12", member=one.slug)
    row = made.report(liaison, "1-1", "12", member=one.slug)
    assert figure(made, member=one.pk).value is None
    with pytest.raises(NotAllowed):
        actions.verify_actual(actor=liaison, actual=row)
    first, second = made.secretary, viewer("secretariat", made.alliance)
    actions.verify_actual(actor=first, actual=row)
    with pytest.raises(Conflict) as refusal:
        actions.return_actual(actor=second, actual=row, reason="晚了一步")
    assert (refusal.value.code, "已被同事核实" in refusal.value.zh) == ("actual.decided", True)
    with pytest.raises(Stale):
        actions.verify_actual(actor=second, actual=row, version=1)
    assert (figure(made, member=one.pk).value, figure(made).value) == (12, 12)


def test_a_second_report_is_refused_and_a_correction_replaces_once_verified() -> None:
    made = make_plan()
    one = made.members[0]
    made.indicator("1-1", measure="")
    made.publish()
    liaison = viewer("liaison", one)
    row = made.report(liaison, "1-1", "5", member=one.slug)
    with pytest.raises(Conflict) as refusal:
        made.report(liaison, "1-1", "6", member=one.slug)
    assert refusal.value.code == "actual.twice"
    actions.verify_actual(actor=made.secretary, actual=row)
    then = timezone.now()
    corrected = made.report(liaison, "1-1", "4", member=one.slug, correction="重复统计一场")
    assert figure(made, member=one.pk).value == 5
    actions.verify_actual(actor=made.secretary, actual=corrected)
    assert figure(made, member=one.pk).value == 4
    assert figure(made, member=one.pk, known_at=then).value == 5
    assert [a.value for a in Actual.objects.order_by("pk")] == [5, 4]


def test_what_was_returned_is_reported_again_without_more_ado() -> None:
    made = make_plan()
    made.indicator("1-1", measure="")
    made.publish()
    liaison = viewer("liaison", made.members[0])
    row = made.report(liaison, "1-1", "5", member=made.members[0].slug)
    actions.return_actual(actor=made.secretary, actual=row, reason="请附签到表")
    again = made.report(liaison, "1-1", "5", member=made.members[0].slug)
    assert again.replaces == row


def test_a_closed_period_takes_nothing_more_until_it_is_reopened_with_a_reason() -> None:
    made = make_plan(starts="2023-01-01", ends="2026-12-31")
    one = made.members[0]
    made.indicator("1-1")
    made.indicator("1-2", measure="")
    made.period("2024")
    plan = made.publish()
    period = plan.periods.get(code="2023")
    FACTS.append(Fact(one.pk, dt.date(2023, 5, 1), known=dt.datetime(2023, 5, 2, tzinfo=dt.UTC)))
    actions.close_period(actor=made.secretary, plan=plan, period=period)
    FACTS.append(Fact(one.pk, dt.date(2023, 6, 1), known=timezone.now() + dt.timedelta(hours=1)))
    found = content(made)
    part, indicator = found.period("2023"), found.indicator("1-1")
    assert part is not None
    assert indicator is not None
    assert Reckoning(found, as_of=dt.date(2024, 1, 1)).figure(indicator, part).value == 1
    with pytest.raises(Conflict) as refusal:
        made.report(viewer("liaison", one), "1-2", "3", period="2023", member=one.slug)
    assert refusal.value.code == "period.closed"
    actions.open_amendment(actor=made.secretary, plan=plan, reason="x")
    with pytest.raises(Conflict) as refusal:
        made.target("1-1", "9", period="2023")
    assert refusal.value.code == "period.closed"
    with pytest.raises(Fault):
        actions.reopen_period(actor=made.secretary, plan=plan, period=period, reason="")
    actions.reopen_period(actor=made.secretary, plan=plan, period=period, reason="统计局核定数有变")
    assert Reckoning(found, as_of=dt.date(2024, 1, 1)).figure(indicator, part).value == 2


def test_bad_input_has_one_sentence_and_leaves_nothing() -> None:
    made = make_plan()
    made.indicator("1-1")
    made.indicator("1-2", relation="区间")
    made.indicator("1-3", unit="CNY", measure="test.money", filters="minimum=1亿")
    made.indicator("1-4", measure="")
    made.baseline("1-1", "3", "2024-12-31")
    refusals = [
        (lambda: made.indicator("2-1", unit=""), "missing", "unit"),
        (lambda: made.indicator("2-1", unit="斗"), "choice.unknown", "unit"),
        (lambda: made.indicator("2-1", measure="test.nothing"), "measure.unknown", "measure"),
        (lambda: made.indicator("2-1", measure="test.money"), "measure.unit", "unit"),
        (lambda: made.indicator("2-1", filters="colour=red"), "measure.filter", "filters"),
        (lambda: made.indicator("2-1", filters="minimum=很多"), "money.unreadable", "filters"),
        (lambda: made.indicator("2-1", measure="", filters="source=上海"), "measure.missing", "filters"),
        (lambda: made.period("2028"), "period.outside", "code"),
        (lambda: made.period("下个月"), "period.unreadable", "code"),
        (lambda: made.target("1-1", "6", period="2026"), "period.unknown", "period"),
        (lambda: made.target("1-9", "6"), "indicator.unknown", "indicator"),
        (lambda: made.target("1-1", "六七场左右"), "number.unreadable", "value"),
        (lambda: made.target("1-1", "6.5"), "figure.too_fine", "value"),
        (lambda: made.target("1-2", "6"), "target.range", "value_high"),
        (lambda: made.target("1-2", "6", value_high="5"), "target.range", "value_high"),
        (lambda: made.target("1-1", "6", value_high="8"), "target.range", "value_high"),
        (lambda: made.target("1-3", "2亿美元"), "figure.currency", "value"),
        (lambda: made.target("1-1", "6", breakdown="颜色=红"), "measure.filter", "breakdown"),
        (lambda: made.baseline("1-1", "3", "2025-12-31") and made.target("1-1", "6"), "baseline.after_target", "period"),
        (lambda: made.report(viewer("liaison", made.members[0]), "1-4", "3", member=made.members[0].slug), "plan.not_published", None),
    ]  # fmt: skip
    for attempt, code, place in refusals:
        with pytest.raises(Fault) as refusal:
            attempt()
        fault = refusal.value.faults[0] if hasattr(refusal.value, "faults") else refusal.value
        assert (fault.code, fault.place) == (code, place), fault
    assert made.plan.indicators.filter(targets__isnull=False).count() == 0
    made.publish()
    with pytest.raises(Conflict) as refusal:
        made.report(viewer("liaison", made.members[0]), "1-1", "3", member=made.members[0].slug)
    assert refusal.value.code == "actual.computed"


def test_a_figure_is_a_plain_sentence_in_both_languages() -> None:
    made = make_plan()
    one = made.members[0]
    made.indicator("1-1", unit_name="场", title="招商推介会")
    made.target("1-1", "6", member=one.slug)
    made.publish()
    FACTS.extend(Fact(one.pk, dt.date(YEAR, month, 8)) for month in (1, 3, 5))
    found = figure(made, member=one.pk)
    assert found.light == "on_track"
    assert sentence(found, "秀洲").startswith(
        "秀洲：2025年目标不少于 6 场，截至 2025-06-30 已有 3 场，完成 50%，时间已过 49.6%，正常推进。按目前速度，期末预计 7 场（八成可能在 "
    )  # fmt: skip
    assert sentence(found, "Xiuzhou", "en").startswith(
        "Xiuzhou: target for 2025 at least 6 items; 3 items by 2025-06-30, 50% of it with 49.6% of the time gone: on track."
    )
