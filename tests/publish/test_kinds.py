"""The twelve kinds: every schema understands its own example, in the words people use, and says what is missing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duijie.core.errors import Fault, Faults
from duijie.core.language import Label
from duijie.core.schema import Record, describe, parse
from duijie.publish.kinds import KINDS, KindChoice, KindDefinition, ListingDraft, completeness, parse_listing, side_of
from duijie.publish.kinds.docs import render
from duijie.publish.models.listings import Kind

ALL = list(KINDS.values())


def test_the_registry_holds_the_twelve_kinds_of_the_table_in_order() -> None:
    assert list(KINDS) == list(Kind.values)
    assert [choice.value for choice in KindChoice] == list(KINDS)


@pytest.mark.parametrize("definition", ALL, ids=lambda d: d.kind)
def test_its_example_is_understood_and_scores(definition: KindDefinition) -> None:
    parsed = parse_listing({"kind": definition.kind, **definition.example})
    facets = parsed.facet_values
    assert set(facets) == set(definition.example["facets"]) - _defaults(definition, parsed.facets)
    assert parse(definition.schema, facets).model_dump(mode="json") == parsed.facets.model_dump(mode="json")
    score, missing = completeness(definition.kind, {**parsed.draft.model_dump(), "facets": facets})
    assert 55 <= score < 100
    assert [m.gain for m in missing] == sorted((m.gain for m in missing), reverse=True)


def _defaults(definition: KindDefinition, facets: Record) -> set[str]:
    """Facets whose stated value is the default: they are not stored."""
    return {
        n for n, f in definition.schema.model_fields.items() if not f.is_required() and getattr(facets, n) == f.default
    }


@pytest.mark.parametrize("definition", ALL, ids=lambda d: d.kind)
def test_what_pages_show_are_fields_of_it(definition: KindDefinition) -> None:
    names = {d.name for d in describe(definition.schema)}
    assert names.isdisjoint(d.name for d in describe(ListingDraft))
    assert {*definition.listed, *definition.carded, *definition.filters} <= names
    assert set(definition.complements) <= set(KINDS)
    assert all(d.label.zh and d.label.en for d in describe(definition.schema))


@pytest.mark.parametrize("definition", ALL, ids=lambda d: d.kind)
def test_no_two_fields_answer_to_one_name(definition: KindDefinition) -> None:
    own = [name for d in describe(definition.schema) for name in (d.label.zh, d.label.en.casefold(), d.name)]
    assert len(set(own)) == len(own) - sum(d.label.en.casefold() == d.name for d in describe(definition.schema))


def test_a_listing_is_read_flat_or_nested_alike() -> None:
    nested = parse_listing(
        {"kind": "需求", "title": "找人做涂层", "facets": {"deadline": "2027年3月1日", "need_type": "技术难题"}}
    )
    flat = parse_listing({"kind": "need", "title": "找人做涂层", "deadline": "2027-03-01", "need_type": "technology"})
    assert nested == flat
    assert flat.facet_values == {"deadline": "2027-03-01", "need_type": "technology"}


def test_amounts_digits_and_lists_are_understood_as_people_write_them() -> None:
    parsed = parse_listing(
        {
            "kind": "成果",
            "title": "水性漆",
            "amount": "１２万",
            "keywords": "涂料、水性；家具",
            "maturity": "７",
            "stage": "中试",
        }
    )
    assert parsed.draft.amount is not None
    assert (parsed.draft.amount.low_minor, parsed.draft.amount.high_minor) == (12_000_000, 12_000_000)
    assert parsed.draft.keywords == ["涂料", "水性", "家具"]
    assert parsed.draft.stage == "pilot"
    assert parsed.facet_values == {"maturity": 7}


def test_every_fault_is_told_at_once_with_its_place() -> None:
    with pytest.raises(Faults) as refused:
        parse_listing({"kind": "technology", "amount": "很多", "facets": {"maturity": 12, "colour": "红"}})
    assert {(f.place, f.code) for f in refused.value.faults} == {
        ("title", "missing"),
        ("amount", "money.unreadable"),
        ("facets.maturity", "less_than_equal"),
        ("facets.colour", "extra_forbidden"),
    }


@pytest.mark.parametrize(
    ("data", "place", "code"),
    [
        ({"kind": "宝贝", "title": "x"}, "kind", "choice.unknown"),
        ({"kind": "need", "title": "x", "stage": "中试"}, "stage", "choice.unknown"),
        ({"kind": "notice", "title": "x", "stage": "中试"}, "stage", "kind.no_stage"),
        ({"kind": "need", "title": "x", "facets": "无"}, "facets", "dict_type"),
        ({"kind": "need", "title": "字" * 257}, "title", "text.too_long"),
        ({"kind": "need", "title": "x", "facets": {"deadline": "明年"}}, "facets.deadline", "date.unreadable"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused_where_it_stands(data: dict[str, object], place: str, code: str) -> None:
    with pytest.raises(Faults) as refused:
        parse_listing(data)
    assert [(f.place, f.code) for f in refused.value.faults] == [(place, code)]


def test_empty_cells_are_as_good_as_left_out() -> None:
    bare = parse_listing({"kind": "need", "title": "x"})
    assert parse_listing({"kind": "need", "title": "x", "summary": " ", "keywords": "", "deadline": None}) == bare


def test_long_term_means_no_day() -> None:
    parsed = parse_listing({"kind": "site", "title": "厂房", "expires_on": "长期有效"})
    assert parsed.draft.expires_on is None


def test_the_most_valuable_gap_comes_first_with_advice() -> None:
    score, missing = completeness("need", {"title": "找人"})
    assert score == 8
    assert [m.name for m in missing[:3]] == ["problem", "target_figures", "body"]
    assert missing[0].advice == Label(
        "补充“要解决的问题”：现在卡在哪里，造成多大损失。", "Add “Problem”: Where it sticks and what that costs."
    )
    assert "预算" in {m.label.zh for m in missing}


def test_a_short_text_earns_half_and_asks_for_more() -> None:
    short, gaps = completeness("need", {"title": "找人", "problem": "坏了"})
    long, _ = completeness("need", {"title": "找人", "problem": "铸件壁厚处总有气孔，人工挑不干净。"})
    assert 8 < short < long
    assert Label("“要解决的问题”可以再写具体些。", "Say more under “Problem”.") in [g.advice for g in gaps]


@given(st.sampled_from(sorted(KINDS)), st.data())
def test_filling_in_one_more_field_never_lowers_the_score(kind: str, data: st.DataObject) -> None:
    names = [d.name for d in (*describe(ListingDraft), *describe(KINDS[kind].schema))]
    filled = data.draw(st.sets(st.sampled_from(names)))
    more = data.draw(st.sampled_from(names))
    before, gaps = completeness(kind, dict.fromkeys(filled, "写得足够长的一句话，不会嫌短。"))
    after, _ = completeness(kind, dict.fromkeys({*filled, more}, "写得足够长的一句话，不会嫌短。"))
    assert 0 <= before <= after <= 100
    assert not filled & {g.name for g in gaps}


def test_a_person_who_seeks_a_post_offers() -> None:
    assert (side_of("talent", {}), side_of("talent", {"form": "person"}), side_of("fund", {})) == (
        "wants",
        "offers",
        "offers",
    )


class OlderFacets(Record):
    """Stands for a schema that has moved on."""


def test_stored_facets_are_brought_up_version_by_version() -> None:
    need = KINDS["need"]
    later = KindDefinition(
        **{**{f: getattr(need, f) for f in need.__dataclass_fields__}, "schema_version": 3,
           "upgraders": {1: lambda v: {**v, "two": 1}, 2: lambda v: {**v, "three": v["two"] + 1}}}
    )  # fmt: skip
    assert later.upgraded({"one": 1}, 1) == {"one": 1, "two": 1, "three": 2}
    assert later.upgraded({"two": 5}, 2) == {"two": 5, "three": 6}
    assert need.upgraded({"a": 1}, 1) == {"a": 1}
    with pytest.raises(Fault, match="第 9 版"):
        need.upgraded({}, 9)


def test_the_page_of_kinds_is_what_the_registry_says() -> None:
    page = Path(__file__).parents[2] / "docs" / "kinds.md"
    assert page.read_text(encoding="utf-8") == render(), "run: python -m duijie.publish.kinds.docs"


def test_dates_in_facets_are_days() -> None:
    parsed = parse_listing({"kind": "policy", "title": "补助", "window_until": dt.date(2027, 1, 15)})
    assert parsed.facet_values == {"window_until": "2027-01-15"}
