"""One consistent view of an index: what a query reads while the next commit is being prepared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from duijie.engines.matching.arrays import Ragged, Rows
from duijie.engines.matching.complements import complementary_kinds
from duijie.engines.matching.corpus import CorpusModel, stable_hash
from duijie.engines.matching.document import KINDS, PUBLIC, Document
from duijie.engines.matching.segment import Segment

KEPT_MASKS = 64
REFERENCE_DOCUMENTS = 4_000
REFERENCE_TERMS = 120_000
LEAST_REFERENCE = 96
"""How many documents say what an ordinary comparison is."""


@dataclass(frozen=True)
class Place:
    """Where a document stands: segment and row."""

    segment: int
    row: int


@dataclass
class State:
    """Segments with the rows that are alive in each, the model, and the sets of audience tokens in use. Never changed once shared."""

    segments: tuple[Segment, ...]
    alive: tuple[NDArray[np.bool_], ...]
    model: CorpusModel
    audiences: tuple[frozenset[str], ...]
    generation: int = 0
    _references: dict[str, tuple[Segment, Rows] | None] = field(default_factory=dict)
    _masks: dict[tuple[int, tuple[str, ...], frozenset[str]], NDArray[np.bool_]] = field(default_factory=dict)

    def __len__(self) -> int:
        return int(sum(alive.sum() for alive in self.alive))

    def find(self, identity: str) -> Place | None:
        """The living row of an id."""
        for number in range(len(self.segments) - 1, -1, -1):
            row = self.segments[number].find(identity)
            if row >= 0 and self.alive[number][row]:
                return Place(number, row)
        return None

    def documents(self) -> Iterator[Document]:
        """All living documents."""
        for segment, alive in zip(self.segments, self.alive, strict=True):
            for row in np.flatnonzero(alive):
                yield segment.document(int(row))

    def open_rows(self, number: int, kinds: tuple[str, ...], audience: frozenset[str]) -> NDArray[np.bool_]:
        """The living rows of one segment of these kinds that the audience may see; kept for the next question."""
        name = (number, kinds, audience)
        if name not in self._masks:
            while len(self._masks) >= KEPT_MASKS:
                self._masks.pop(next(iter(self._masks)), None)
            segment = self.segments[number]
            wanted = np.zeros(len(KINDS), dtype=bool)
            wanted[[KINDS.index(kind) for kind in kinds]] = True
            seen = np.array([bool(tokens & audience) for tokens in self.audiences], dtype=bool)
            self._masks[name] = self.alive[number] & wanted[segment.kinds] & seen[segment.audiences]
        return self._masks[name]

    def eligible(self, query: Document, number: int, exclude: frozenset[int], rows: Rows) -> NDArray[np.bool_]:
        """Which of the rows are not the query itself, its owner's, its organisation's or excluded."""
        segment = self.segments[number]
        mask: NDArray[np.bool_] = segment.keys[rows] != stable_hash(query.id)
        if query.owner:
            mask &= segment.owners[rows] != stable_hash(query.owner)
        if query.organisation:
            mask &= segment.organisations[rows] != stable_hash(query.organisation)
        if exclude:
            mask &= ~np.isin(segment.keys[rows], np.fromiter(exclude, dtype=np.int64))
        return mask

    def reference(self, kind: str) -> tuple[Segment, Rows] | None:
        """Public documents of the kinds that complete this one, those with the smallest contents: what "ordinary" means."""
        if kind not in self._references:
            self._references[kind] = self._reference(kind)
        return self._references[kind]

    def _reference(self, kind: str) -> tuple[Segment, Rows] | None:
        wanted = np.zeros(len(KINDS), dtype=bool)
        wanted[[KINDS.index(each) for each in complementary_kinds(kind)]] = True
        public = np.array([PUBLIC in tokens for tokens in self.audiences], dtype=bool)
        if not self.segments:
            return None
        parts = []
        for segment, alive in zip(self.segments, self.alive, strict=True):
            rows = np.flatnonzero(alive & wanted[segment.kinds] & public[segment.audiences])
            contents = segment.contents[rows]
            if rows.size > REFERENCE_DOCUMENTS:
                border = np.partition(contents, REFERENCE_DOCUMENTS - 1)[REFERENCE_DOCUMENTS - 1]
                rows = rows[contents <= border]
            rows = rows[np.lexsort((segment.keys[rows], segment.contents[rows]))[:REFERENCE_DOCUMENTS]]
            # What is too much of one segment is too much of all: nothing is read that is not taken.
            parts.append(segment.take(_few(rows, segment.terms)))
        joined = Segment.joined(parts)
        order = _few(joined.content_order[:REFERENCE_DOCUMENTS], joined.terms)
        return joined.take(order), np.arange(order.size, dtype=np.int64)


def _few(rows: Rows, terms: Ragged) -> Rows:
    """The first of the rows, as long as their terms are not too many; LEAST_REFERENCE of them in any case."""
    sizes = terms.offsets[rows + 1] - terms.offsets[rows]
    return rows[(np.cumsum(sizes) <= REFERENCE_TERMS) | (np.arange(rows.size) < LEAST_REFERENCE)]
