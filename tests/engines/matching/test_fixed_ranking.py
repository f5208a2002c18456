"""What is ranked stays what it is: a fixed set of questions against a ranking that was kept when comparison ran in numpy.

`python -m tests.engines.matching.test_fixed_ranking` writes the ranking anew; do so only where another order is what is wanted.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from duijie.engines.generation import Generator
from duijie.engines.matching import Document, MatchIndex

KEPT = Path(__file__).with_name("fixed_ranking.json")
ROWS, QUESTIONS, TOP = 600, 10, 10
LIMITS = {"compared": (20_000, 800, 300), "candidates": (500, 30, 10)}
"""From how many rows on candidates are taken, and how many by terms and by meaning: in the one case all rows are compared, in the other some."""

LIKE = 2e-4
"""Vectors come from a factorisation that differs in its last digits between processors; within this, scores are the same."""

Ranking = dict[str, list[tuple[str, float, list[str], list[str]]]]


def documents(start: int, stop: int) -> list[Document]:
    generator = Generator(3, regions=["330400", "310000", "320500"], industries=["2614", "2641", "3311", "0111"])
    found = []
    for number in range(start, stop):
        made = generator.listing(number, kind="need" if number % 2 == 0 else "technology")
        found.append(Document(
            id=made.external_id, kind=made.kind, title=made.title, body=made.body, keywords=made.keywords,
            regions=(made.region,), industries=(made.industry,), amount_min_fen=made.amount_low_minor,
            amount_max_fen=made.amount_high_minor, stage=number % 9 + 1 if number % 3 else None,
            owner=f"owner{number % 40}", organisation=f"firm{number % 90}",
        ))  # fmt: skip
    return found


def ranking() -> Ranking:
    """Per question the first matches: id, score, the terms of the reasons, and the facets that fit."""
    with MatchIndex.in_memory() as index:
        index.upsert(documents(0, ROWS))
        index.refresh()
        return {
            question.id: [
                (match.id, match.score, [term.term for term in match.reasons.terms], [fit.facet for fit in match.reasons.fitting])
                for match in index.match(question, top=TOP) if match.reasons
            ]
            for question in documents(ROWS, ROWS + QUESTIONS)
        }  # fmt: skip


def limit(patch: pytest.MonkeyPatch, way: str) -> None:
    large, by_terms, by_meaning = LIMITS[way]
    patch.setattr("duijie.engines.matching.segment.EXHAUSTIVE_ROWS", large)
    patch.setattr("duijie.engines.matching.index.BY_TERMS", by_terms)
    patch.setattr("duijie.engines.matching.index.BY_MEANING", by_meaning)


@pytest.mark.parametrize("way", LIMITS)
def test_the_fixed_questions_are_answered_as_before(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    limit(monkeypatch, way)
    kept: Ranking = json.loads(KEPT.read_text(encoding="utf-8"))[way]
    found = ranking()
    assert list(found) == list(kept)
    for question, lines in found.items():
        wanted = {identity: (score, terms, fits) for identity, score, terms, fits in kept[question]}
        assert {one: tuple(rest) for one, _, *rest in lines} == {one: tuple(rest) for one, (_, *rest) in wanted.items()}
        for (identity, score, *_), (_, level, *_) in zip(lines, kept[question], strict=True):
            assert score == pytest.approx(wanted[identity][0], abs=LIKE)
            assert score == pytest.approx(level, abs=LIKE)


def main() -> None:
    with pytest.MonkeyPatch.context() as patch:
        found = {}
        for way in LIMITS:
            limit(patch, way)
            found[way] = ranking()
    lines = (json.dumps({way: kept}, ensure_ascii=False)[1:-1].replace("]], ", "]],\n") for way, kept in found.items())
    KEPT.write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
