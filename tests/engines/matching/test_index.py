"""The index as a whole: what it gives, what it never gives, and that only the set of documents counts."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from duijie.engines.matching import Document, Match, MatchIndex
from duijie.engines.matching.corpus import digest_of
from duijie.engines.matching.signature import terms_of

OFFERS = (
    Document(id="t1", kind="technology", title="铝合金压铸件气孔缺陷在线检测系统", organisation="甲大学", owner="王"),
    Document(id="t2", kind="technology", title="水产养殖水质在线监测与增氧控制", organisation="乙研究所"),
    Document(
        id="t3",
        kind="technology",
        title="茶叶萎凋发酵智能控制装备",
        organisation="丙公司",
        audience=frozenset({"alliance:1"}),
    ),
    Document(id="t4", kind="technology", title="压铸模具涂层延寿技术", organisation="丁公司"),
    Document(id="e1", kind="expert", title="压铸工艺与缺陷分析专家", organisation="甲大学"),
    Document(id="n1", kind="need", title="降低铝合金压铸件气孔率", organisation="戊公司", owner="李"),
)
NEED = OFFERS[-1]


def ids(found: list[Match]) -> list[str]:
    return [each.id for each in found]


@pytest.fixture
def index() -> MatchIndex:
    made = MatchIndex.in_memory()
    made.upsert(OFFERS)
    made.refresh()
    return made


def test_the_nearest_offer_comes_first_with_a_reason_that_stands_in_both(index: MatchIndex) -> None:
    best = index.match(NEED)[0]
    assert best.id == "t1"
    assert best.rank == 1
    for term in best.reasons.terms:
        assert term.term in NEED.title
        assert term.term in best.document.title


def test_own_organisation_owner_itself_and_invisible_ones_are_never_given(index: MatchIndex) -> None:
    assert "t3" not in ids(index.match(NEED))
    assert "t3" in ids(index.match(NEED, audience=frozenset({"public", "alliance:1"})))
    same = Document(id="x", kind="need", title=NEED.title, organisation="甲大学")
    assert {"t1", "e1"}.isdisjoint(ids(index.match(same)))
    mine = Document(id="x", kind="need", title=NEED.title, owner="王")
    assert "t1" not in ids(index.match(mine))
    assert ids(index.match(OFFERS[0])) == ["n1"]


def test_kinds_top_and_exclusions_narrow_the_answer(index: MatchIndex) -> None:
    assert ids(index.match(NEED, kinds=["expert"])) == ["e1"]
    assert len(index.match(NEED, top=2)) == 2
    assert "t1" not in ids(index.match(NEED, exclude=["t1"]))


def test_the_ranking_depends_on_the_set_of_documents_alone() -> None:
    one, other = MatchIndex.in_memory(), MatchIndex.in_memory()
    one.upsert(OFFERS)
    one.refresh()
    for document in reversed(OFFERS):
        other.upsert([document, Document(id="gone", kind="technology", title="压铸件")])
        other.commit()
    other.delete(["gone"])
    other.refresh()
    first, second = (
        [(each.id, each.score, each.probability) for each in made.match(NEED, top=0)] for made in (one, other)
    )
    assert first == second


def test_changes_are_seen_after_commit_and_outlive_the_process(tmp_path: Path) -> None:
    with MatchIndex.open(tmp_path / "index") as made:
        made.upsert(OFFERS)
        assert len(made) == 0
        made.commit()
        made.refresh()
        before = [(each.id, each.score) for each in made.match(NEED)]
    with MatchIndex.open(tmp_path / "index") as again:
        assert [(each.id, each.score) for each in again.match(NEED)] == before
        again.delete(["t1"])
        again.commit()
        assert "t1" not in ids(again.match(NEED))
        assert again.get("t1") is None
        assert again.get("t2") == OFFERS[1]


def test_verify_names_what_is_missing_stale_and_extra() -> None:
    made = MatchIndex.in_memory()
    made.upsert([Document(id=each, kind="need", title="压铸", version="1") for each in "abc"])
    made.commit()
    found = made.verify({"a": "1", "b": "2", "d": "1"})
    assert (found.missing, found.stale, found.extra) == (("d",), ("b",), ("c",))
    assert not made.verify({"a": "1", "b": "1", "c": "1"})


def test_a_reader_takes_in_what_the_writer_committed(tmp_path: Path) -> None:
    with MatchIndex.open(tmp_path / "index") as writer:
        reader = MatchIndex.open(tmp_path / "index", writable=False)
        assert not reader.reload()
        writer.upsert(OFFERS)
        writer.commit()
        assert reader.reload()
        assert ids(reader.match(NEED)) == ids(writer.match(NEED))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "😀😀😀",
        "的了和与",
        "E = mc² + ∑∫",
        "laser welding of aluminium",
        "鋁合金壓鑄件氣孔",
        "压" * 100_000,
        "\x00\ud800\u200b",
    ],
)
def test_odd_texts_break_nothing_and_take_no_longer(index: MatchIndex, text: str) -> None:
    start = time.process_time()
    index.upsert([Document(id="odd", kind="technology", title=text, body=text)])
    index.commit()
    assert "odd" in ids(index.match(NEED, top=0))
    assert len(index.match(Document(id="q", kind="need", title=text, body=text), top=0)) == 5 + 0
    assert time.process_time() - start < 5  # seconds of processor time, on a slow machine: it is bounded, not quick


def test_why_not_answers_for_any_document_that_may_be_seen(index: MatchIndex) -> None:
    answer = index.why_not(NEED, "t2")
    assert answer is not None
    assert answer.sentences("zh")
    assert index.why_not(NEED, "t3") is None
    assert index.why_not(NEED, "unknown") is None


def test_the_reference_sample_is_the_same_however_the_rows_are_spread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duijie.engines.matching.state.REFERENCE_TERMS", 400)
    monkeypatch.setattr("duijie.engines.matching.state.LEAST_REFERENCE", 3)
    made = [
        Document(id=f"t{n}", kind="technology", title=f"{chr(0x4E00 + n)}种压铸工艺" * (n % 5 + 1)) for n in range(60)
    ]
    sizes = {int(digest_of(terms_of(each).tobytes())): terms_of(each).size for each in made}
    expected, read = [], 0
    for content in sorted(sizes):
        read += sizes[content]
        if read <= 400:
            expected.append(content)
    assert 3 < len(expected) < 60
    for step in (60, 7):
        index = MatchIndex.in_memory()
        for start in range(0, 60, step):
            index.upsert(made[start : start + step])
            index.commit()
        found = index._state.reference("need")
        assert found is not None
        segment, rows = found
        assert segment.contents[rows].tolist() == expected
