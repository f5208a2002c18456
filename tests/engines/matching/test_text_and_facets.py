"""Text made comparable, facets told apart, and complements read from both sides."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duijie.engines.matching import (
    Document,
    Fit,
    complement_of,
    complementary_kinds,
    facet_fits,
    from_record,
    to_record,
)
from duijie.engines.matching.complements import COMPLEMENTS, excluded_by, is_silent
from duijie.engines.matching.facets import budget, industry, region, stage, ticket, timing, yuan
from duijie.engines.matching.signature import (
    ONE,
    THREE,
    TWO,
    counts_of,
    gram_ids,
    in_head,
    orders_of,
    terms_of,
    units_of,
)
from duijie.engines.matching.text import (
    MAX_CHARACTERS,
    figures,
    normalise,
    normalise_aligned,
    sentences,
    without_headings,
    word_places,
    words,
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ＰＶＣ管材", "pvc管材"),
        ("鋁合金壓鑄", "铝合金压铸"),
        ("１２０℃", "120°c"),
        ("茶\u200b叶😀", "茶 叶 "),
        ("㎏", "kg"),
        ("", ""),
    ],
)
def test_texts_are_brought_to_one_form(text: str, wanted: str) -> None:
    assert normalise(text) == wanted


@given(st.text(max_size=200))
def test_a_long_text_is_brought_to_the_form_of_its_characters(text: str) -> None:
    """Long texts are looked up at once, short ones character by character."""
    pieces = [normalise_aligned(character) for character in text]
    result, places = normalise_aligned(text)
    assert result == normalise(text) == "".join(piece for piece, _ in pieces)
    stands = [place for place, (piece, _) in enumerate(pieces) for _ in piece]
    assert stands == (list(range(len(text))) if places is None else places)


def test_only_so_much_of_a_text_is_read() -> None:
    assert len(normalise("压" * 100_000)) == MAX_CHARACTERS


def test_headings_of_forms_are_taken_out_and_the_rest_stays() -> None:
    left = without_headings("一、需求内容及预期目标\n降低气孔率。\n二、现有工作基础：\n已有产线。现状：人工检测")
    assert left.split() == ["降低气孔率。", "已有产线。", "人工检测"]


def test_words_and_their_places() -> None:
    text = normalise("红茶萎凋设备，5G通信 12 的")
    assert words(text) == ["红茶", "设备", "5g", "通信"]
    for place in word_places(text):
        assert text[place.start : place.end] == place.word
    assert "萎凋" in [place.word for place in word_places(text)]


def test_figures_carry_their_unit_and_relation() -> None:
    found = figures(normalise("气孔率≤1%，不少于1,000吨，温度120℃，第3条"))
    assert [(each.value, each.unit, each.relation) for each in found] == [
        (1.0, "%", "<="),
        (1000.0, "t", ">="),
        (120.0, "°c", ""),
    ]
    assert sentences(normalise("甲。乙；\n丙")) == ["甲", "乙", "丙"]


def test_runs_do_not_cross_marks_or_numbers() -> None:
    units = units_of("压铸，件12模 pvc管")
    assert units.codes.size == 6
    assert units.continues.tolist() == [False, True, False, False, False, True]
    assert gram_ids(units, ONE).size == 6
    assert gram_ids(units, TWO).size == 3  # 压铸, pvc管, and pvc by itself
    assert gram_ids(units, THREE).size == 0


def test_terms_know_order_head_and_count() -> None:
    terms = terms_of(Document(id="a", kind="need", title="压铸", body="压铸压铸件"))
    ones = orders_of(terms) == ONE
    assert sorted(counts_of(terms[ones]).tolist()) == [1, 3, 3]
    assert int(in_head(terms[ones]).sum()) == 2
    assert np.array_equal(terms, terms_of(Document(id="b", kind="technology", title="壓鑄", body="压铸压铸件")))


def side(**given: object) -> Document:
    return Document(id="x", kind="need", title="t", **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "given", "fit"),
    [("310115", "310000", Fit.FITS), ("320100", "320500", Fit.PARTLY), ("310000", "330000", Fit.DIFFERS), ("000000", "330000", Fit.FITS),
     ("上海", "上海市浦东新区", Fit.FITS)],
)  # fmt: skip
def test_regions_fit_by_city_partly_by_province(asked: str, given: str, fit: Fit) -> None:
    assert region(side(regions=(asked,)), side(regions=(given,))).fit is fit


def test_other_facets_fit_differ_or_stay_open() -> None:
    assert industry(side(industries=("C2614",)), side(industries=("C26",))).fit is Fit.FITS
    assert industry(side(industries=("C2614",)), side(industries=("C2710",))).fit is Fit.DIFFERS
    assert budget(side(amount_max_fen=60_000_000), side(amount_min_fen=50_000_000)).fit is Fit.FITS
    assert budget(side(amount_max_fen=45_000_000), side(amount_min_fen=50_000_000)).fit is Fit.PARTLY
    assert budget(side(), side(amount_min_fen=1)).fit is Fit.UNKNOWN
    assert ticket(side(amount_min_fen=5, amount_max_fen=6), side(amount_min_fen=7)).fit is Fit.DIFFERS
    assert [stage(side(stage=6), side(stage=level)).fit for level in (7, 5, 4)] == [Fit.FITS, Fit.PARTLY, Fit.DIFFERS]
    assert (
        timing(side(facets={"deadline": "2025-06-30"}), side(facets={"available_from": "2025-07-01"})).fit
        is Fit.DIFFERS
    )
    assert yuan(6_000_000_000) == "6000万元"


def test_a_condition_that_does_not_hold_excludes_from_either_side() -> None:
    project = Document(
        id="p",
        kind="project_offer",
        title="电池项目",
        industries=("C3841",),
        amount_min_fen=10**9,
        amount_max_fen=2 * 10**9,
    )
    fund = Document(id="f", kind="fund", title="医药基金", industries=("C2710",), amount_max_fen=10**8)
    for one, other in ((project, fund), (fund, project)):
        assert {fit.facet for fit in excluded_by(facet_fits(one, other))} >= {"industry", "amount"}
    assert not is_silent(project)
    assert is_silent(Document(id="q", kind="need", title="t"))


def test_every_complement_is_known_from_both_sides() -> None:
    for row in COMPLEMENTS:
        assert complement_of(row.asking, row.giving) == (row, True)
        assert row.giving in complementary_kinds(row.asking)
        assert row.asking in complementary_kinds(row.giving)
    assert complement_of("need", "need") is None


def test_a_document_comes_back_from_its_record() -> None:
    document = Document(
        id="1",
        kind="fund",
        title="基金",
        keywords=("甲",),
        audience=frozenset({"a", "b"}),
        facets={"rounds": ("A轮",), "n": 3},
    )
    assert from_record(to_record(document)) == document
    with pytest.raises(ValueError, match="unknown kind"):
        Document(id="1", kind="unknown", title="t")
