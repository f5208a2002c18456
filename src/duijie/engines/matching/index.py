"""The index: documents in, matches out."""

from __future__ import annotations

import hashlib
import heapq
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from duijie.engines.matching import complements, semantics
from duijie.engines.matching.arrays import Bags, Rows
from duijie.engines.matching.candidates import BY_MEANING, BY_TERMS, EXHAUSTIVE_ROWS, best_eligible
from duijie.engines.matching.corpus import CorpusModel, stable_hash
from duijie.engines.matching.document import PUBLIC, Document
from duijie.engines.matching.encoder import Encoder, blended, similarities
from duijie.engines.matching.features import FEATURES, Comparer
from duijie.engines.matching.layout import Living, lay_out
from duijie.engines.matching.query import Query, query_of
from duijie.engines.matching.ranking import Grade, Ranking, default_ranking, probability_of
from duijie.engines.matching.reasons import Explanation, Reasoner, Reasons
from duijie.engines.matching.segment import Segment, segment_of
from duijie.engines.matching.state import Place, State
from duijie.engines.matching.storage import Storage
from duijie.engines.matching.training_text import passages_for

Progress = Callable[[str, int, int], None]
"""Called with the name of a step, how much of it is done, and of how much."""

DIMENSIONS = 300
MOST_GRAMS = 20_000
SAMPLE_DOCUMENTS = 20_000
SCORE_DECIMALS = 6
ENCODED = 200
ENCODED_CHARACTERS = 600
"""How many candidates an optional encoder reads, and how much of each."""

EVERYBODY = frozenset({PUBLIC})
MOST_SEGMENTS = 8


@dataclass(frozen=True, slots=True)
class Match:
    """A document found for a query. `score` is a logit; `probability` that of "suitable"; `comparison` the raw features."""

    id: str
    document: Document
    rank: int
    score: float
    probability: float
    grade: Grade
    reasons: Reasons | None


@dataclass(frozen=True, slots=True)
class Discrepancies:
    """How an index differs from what it should hold: ids, in ascending order."""

    missing: tuple[str, ...]
    stale: tuple[str, ...]
    extra: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.stale or self.extra)


class MatchIndex:
    """Documents in, matches out. `in_memory()` or `open(folder)`; one writer, any number of readers (threads or processes).

    Changes are gathered by `upsert` and `delete`, become visible (and durable) with `commit`, and are compared by the corpus
    model of the last `refresh`. `encoder` may be set to an `encoder.Encoder`: the first candidates are then moved by its cosines, times
    `encoder_weight`. After a `refresh` the ranking depends on the set of texts alone, not on their ids nor on how it came about.
    """

    def __init__(self, storage: Storage, ranking: Ranking | None = None) -> None:
        self._storage = storage
        self.ranking = ranking or default_ranking()
        self.encoder: Encoder | None = None
        self.encoder_weight = 1.0
        self._state = storage.load()
        self._added: dict[str, Document] = {}
        self._deleted: set[str] = set()
        self._local = threading.local()

    @classmethod
    def in_memory(cls, ranking: Ranking | None = None) -> MatchIndex:
        """An empty index that leaves nothing behind."""
        return cls(Storage(None), ranking)

    @classmethod
    def open(cls, folder: Path, ranking: Ranking | None = None, *, writable: bool = True) -> MatchIndex:
        """The index in this folder, made where there is none; raises BlockingIOError where another process writes to it."""
        return cls(Storage(folder, writable=writable), ranking)

    def close(self) -> None:
        """Give up the folder; what was not committed is lost."""
        self._storage.close()

    def __enter__(self) -> MatchIndex:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._state)

    # writing

    def upsert(self, documents: Iterable[Document]) -> None:
        """Add documents, or put them in place of those with the same ids, at the next commit."""
        for document in documents:
            self._deleted.discard(document.id)
            self._added[document.id] = document

    def delete(self, identities: Iterable[str]) -> None:
        """Remove documents at the next commit; unknown ids are ignored."""
        for identity in identities:
            self._added.pop(identity, None)
            self._deleted.add(identity)

    def commit(self, progress: Progress | None = None) -> None:
        """Make all gathered changes visible and durable, as one."""
        if not self._added and not self._deleted:
            return
        state = self._state
        alive = [each.copy() for each in state.alive]
        for identity in (*self._added, *self._deleted):
            place = state.find(identity)
            if place is not None:
                alive[place.segment][place.row] = False
        segments = list(state.segments)
        audiences = list(state.audiences)
        if self._added:
            segments.append(self._new_segment(list(self._added.values()), audiences, state.model, progress))
            alive.append(np.ones(len(segments[-1]), dtype=bool))
        segments, alive = self._merged(segments, alive)
        new = State(tuple(segments), tuple(alive), state.model, tuple(audiences), state.generation + 1)
        self._state = self._storage.save(new)
        self._added, self._deleted = {}, set()

    @staticmethod
    def _merged(
        segments: list[Segment], alive: list[NDArray[np.bool_]]
    ) -> tuple[list[Segment], list[NDArray[np.bool_]]]:
        """The same rows in fewer segments where there are too many: small ones are joined, dead rows dropped."""
        small = [place for place, segment in enumerate(segments) if len(segment) < EXHAUSTIVE_ROWS // 2]
        if len(segments) <= MOST_SEGMENTS or len(small) < 2:
            return segments, alive
        joined = Segment.joined([segments[place].take(np.flatnonzero(alive[place])) for place in small])
        kept = [place for place in range(len(segments)) if place not in set(small)]
        return [*(segments[place] for place in kept), joined], [
            *(alive[place] for place in kept),
            np.ones(len(joined), dtype=bool),
        ]

    def _new_segment(
        self, documents: list[Document], audiences: list[frozenset[str]], model: CorpusModel, progress: Progress | None
    ) -> Segment:
        known = {tokens: place for place, tokens in enumerate(audiences)}
        places = []
        for document in documents:
            if document.audience not in known:
                known[document.audience] = len(audiences)
                audiences.append(document.audience)
            places.append(known[document.audience])
        parts = []
        for start in range(0, len(documents), 5_000):
            chunk = documents[start : start + 5_000]
            parts.append(segment_of(chunk, places[start : start + 5_000], model.vectors.dimensions))
            if progress:
                progress("read", min(start + 5_000, len(documents)), len(documents))
        return Segment.joined(parts).with_model(model)

    @property
    def fresh(self) -> bool:
        """Whether the corpus model was made from exactly the documents that are in the index now."""
        return self._state.model.fingerprint == self._fingerprint(self._state)

    @staticmethod
    def _fingerprint(state: State) -> str:
        """A digest of the set of keys and sizes, whatever their order."""
        if not state.segments:
            return ""
        pairs = list(zip(state.segments, state.alive, strict=True))
        keys = np.concatenate([segment.keys[alive] for segment, alive in pairs])
        sizes = np.concatenate([np.diff(segment.records.offsets)[alive] for segment, alive in pairs])
        order = np.lexsort((sizes, keys))
        return hashlib.sha256(np.stack([keys[order], sizes[order]]).astype("<i8").tobytes()).hexdigest()

    def refresh(self, progress: Progress | None = None) -> None:
        """Commit, train the corpus model anew on all documents, and lay them out in one segment in the order of their contents.

        On disk this is done a batch at a time: memory holds a batch of documents, the postings, and the texts of the sample.
        """
        self.commit(progress)
        state = self._state
        if progress:
            progress("model", 0, 2)
        living = Living.of(state.segments, state.alive)
        if not len(living):
            return
        passages: Bags = passages_for(
            living.taken(0, min(len(living), SAMPLE_DOCUMENTS)), most_documents=SAMPLE_DOCUMENTS
        )
        vectors = semantics.train(passages, dimensions=DIMENSIONS, most_grams=MOST_GRAMS, power=0.25)
        model = CorpusModel.counted(living.terms(), vectors, self._fingerprint(state))
        if progress:
            progress("model", 1, 2)
        whole = self._laid_out(living, model, state.generation + 1)
        new = State((whole,), (np.ones(len(whole), dtype=bool),), model, state.audiences, state.generation + 1)
        self._state = self._storage.save(new)
        if progress:
            progress("model", 2, 2)

    def _laid_out(self, living: Living, model: CorpusModel, generation: int) -> Segment:
        if self._storage.folder is None:
            return living.taken(0, len(living)).with_model(model)
        folder = self._storage.new_segment(generation)
        whole = lay_out(living, model, folder)
        self._storage.adopt(whole, folder)
        return whole

    # reading

    def reload(self) -> bool:
        """Take in what another process has committed since; True where there was something."""
        state = self._storage.newer_than(self._state.generation)
        if state is None:
            return False
        self._state = state
        return True

    def get(self, identity: str) -> Document | None:
        """The document as it was last committed."""
        place = self._state.find(identity)
        return None if place is None else self._state.segments[place.segment].document(place.row)

    def __contains__(self, identity: str) -> bool:
        return self._state.find(identity) is not None

    def compare(self, query: Document, identities: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Raw features of these documents (all in the index) and of the reference sample: what `training` learns from."""
        state = self._state
        prepared = query_of(query, state.model)
        lines = []
        for identity in identities:
            place = state.find(identity)
            if place is None:
                raise KeyError(identity)
            lines.append((place.segment, place.row))
        values = np.zeros((len(lines), len(FEATURES)))
        for number, segment in enumerate(state.segments):
            mine = [place for place, (each, _) in enumerate(lines) if each == number]
            rows = np.array([lines[place][1] for place in mine], dtype=np.int64)
            values[mine] = self._comparer.compare(prepared, state.model, segment, rows)
        return values, self._reference(prepared, state)

    def compare_documents(
        self, query: Document, documents: Sequence[Document]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """`compare` with documents as given, indexed or not (what was judged may be over by now)."""
        state = self._state
        prepared = query_of(query, state.model)
        given = segment_of(documents, [0] * len(documents), state.model.vectors.dimensions).with_model(state.model)
        rows = np.arange(len(given), dtype=np.int64)
        return self._comparer.compare(prepared, state.model, given, rows), self._reference(prepared, state)

    def match(
        self,
        query: Document,
        *,
        top: int = 50,
        kinds: Iterable[str] | None = None,
        audience: frozenset[str] = EVERYBODY,
        exclude: Iterable[str] = (),
        reasons: bool | int = True,
    ) -> list[Match]:
        """The best documents for the query, best first; `top` 0 gives all that may be matched.

        `kinds` narrows the complementary kinds; `audience` holds the viewer's tokens; `exclude` holds ids never to be given.
        Never given: the query itself, its owner's, its organisation's, what no token of the audience opens, and what a facet
        that must hold excludes. Equal scores are ordered by a hash of the text, then by id. `reasons` may be a number: how many of the first
        matches are given theirs.
        """
        state = self._state
        wanted = tuple(
            kind for kind in complements.complementary_kinds(query.kind) if kinds is None or kind in set(kinds)
        )
        excluded = frozenset(stable_hash(identity) for identity in exclude)
        prepared = query_of(query, state.model)
        reference = self._reference(prepared, state)
        contents, places, scores = [], [], []
        for number, segment in enumerate(state.segments):
            rows = self._rows(prepared, state, number, wanted, audience, excluded, everything=not top)
            logits = self.ranking.logits(self._comparer.compare(prepared, state.model, segment, rows), reference)
            contents.append(segment.contents[rows])
            places.append(np.stack([np.full(rows.size, number), rows], axis=1))
            scores.append(logits)
        if not contents:
            return []
        all_contents, all_places = np.concatenate(contents), np.concatenate(places)
        all_scores = self._encoded(query, state, all_contents, all_places, np.concatenate(scores))
        chosen = self._chosen(prepared, state, all_contents, all_places, all_scores, top)[: top or None]
        reasoner = Reasoner(query, state.model) if reasons else None
        with_reasons = len(chosen) if reasons is True else int(reasons)
        return [
            self._match(rank, score, document, reasoner if rank <= with_reasons else None)
            for rank, (score, document) in enumerate(chosen, 1)
        ]

    def _rows(
        self, query: Query, state: State, number: int, kinds: tuple[str, ...], audience: frozenset[str], exclude: frozenset[int],
        *, everything: bool,
    ) -> Rows:  # fmt: skip
        """The rows of a segment to be compared: all that may be matched, or the candidates among them in a large segment."""
        segment, allowed = state.segments[number], state.open_rows(number, kinds, audience)
        eligible = partial(state.eligible, query.document, number, exclude)
        if everything or segment.postings is None:
            rows = np.flatnonzero(allowed)
            return rows[eligible(rows)]
        rows, scores = segment.postings.near(query, state.model, segment.lengths, allowed, self._zeros(len(segment)))
        parts = [best_eligible(rows, scores, segment.contents, BY_TERMS, eligible)]
        if segment.lists is not None:
            rows, scores = segment.lists.near(query)
            seen = allowed[rows]
            parts.append(best_eligible(rows[seen], scores[seen], segment.contents, BY_MEANING, eligible))
        return np.unique(np.concatenate(parts))

    def _zeros(self, size: int) -> NDArray[np.float64]:
        """So many zeros, for whoever leaves zeros behind; kept, for at a million rows making them costs more than using them."""
        if not hasattr(self._local, "zeros") or self._local.zeros.size < size:
            self._local.zeros = np.zeros(size)
        zeros: NDArray[np.float64] = self._local.zeros
        return zeros

    def _encoded(
        self,
        query: Document,
        state: State,
        contents: NDArray[np.int64],
        places: NDArray[np.int64],
        scores: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """The scores, the first ENCODED of them moved by the optional encoder."""
        if self.encoder is None or not scores.size:
            return scores
        first = np.lexsort((contents, -scores))[:ENCODED]
        texts = [
            state.segments[int(number)].document(int(row)).full[:ENCODED_CHARACTERS] for number, row in places[first]
        ]
        cosines = similarities(self.encoder, query.full[:ENCODED_CHARACTERS], texts)
        moved = scores.copy()
        moved[first] = blended(scores[first], cosines, self.encoder_weight)
        return moved

    def _chosen(
        self,
        query: Query,
        state: State,
        contents: NDArray[np.int64],
        places: NDArray[np.int64],
        scores: NDArray[np.float64],
        top: int,
    ) -> list[tuple[float, Document]]:
        """Facets come last: rows are taken by text score until no other could reach the first `top`."""
        order = np.lexsort((contents, -scores))
        limit = top or len(order)
        found: list[tuple[float, int, int]] = []
        highest: list[float] = []
        weigher = complements.Weigher(query.document)
        most_bonus = weigher.most(complements.complementary_kinds(query.document.kind))
        lines = zip(
            order.tolist(), scores[order].tolist(), contents[order].tolist(), places[order].tolist(), strict=True
        )
        for place, score, content, (number, row) in lines:
            if len(highest) >= limit and round(score + most_bonus, SCORE_DECIMALS) < highest[0]:
                break
            bonus = weigher.of(state.segments[number].statement(row)) if most_bonus or weigher.speaks else 0.0
            if bonus is None:
                continue
            total = round(score + bonus, SCORE_DECIMALS)
            found.append((-total, content, place))
            (heapq.heappush if len(highest) < limit else heapq.heappushpop)(highest, total)
        found.sort()
        return self._read(state, places, found, limit)

    @staticmethod
    def _read(
        state: State, places: NDArray[np.int64], found: list[tuple[float, int, int]], limit: int
    ) -> list[tuple[float, Document]]:
        """The first of the sorted (score taken negative, content, place) with their documents; equal texts by id."""
        while limit < len(found) and found[limit][:2] == found[limit - 1][:2]:
            limit += 1
        read = []
        for negative, content, place in found[:limit]:
            number, row = places[place].tolist()
            read.append((negative, content, state.segments[number].document(row)))
        read.sort(key=lambda each: (each[0], each[1], each[2].id))
        return [(-negative, document) for negative, _, document in read]

    def _match(self, rank: int, score: float, document: Document, reasoner: Reasoner | None) -> Match:
        probability = probability_of(score)
        reasons = reasoner.reasons(document) if reasoner else None
        return Match(document.id, document, rank, score, probability, self.ranking.grade(probability), reasons)

    def reasons_between(self, query: Document, document: Document) -> Reasons:
        """The reasons of a pair as given, indexed or not: so that a reader is told only from the texts that are open to them."""
        model = self._state.model
        # The last two: a pair is told from both of its sides, and one of them stands in the next pair, too.
        kept: list[tuple[Reasoner, CorpusModel]] = getattr(self._local, "reasoners", [])
        known = next((one for one in kept if one[0].asking is query and one[1] is model), None)
        known = known or (Reasoner(query, model), model)
        self._local.reasoners = [known, *(one for one in kept if one is not known)][:2]
        return known[0].reasons(document)

    def why_not(self, query: Document, identity: str, *, audience: frozenset[str] = EVERYBODY) -> Explanation | None:
        """Why a document is, or is not, a match; None where it is not in the index or the audience may not see it."""
        state = self._state
        place = state.find(identity)
        if place is None:
            return None
        segment = state.segments[place.segment]
        document = segment.document(place.row)
        if not document.audience & audience:
            return None
        prepared = query_of(query, state.model)
        logit = self._logit(prepared, state, place)
        fits = complements.facet_fits(query, document)
        score = round(logit + complements.bonus(fits), SCORE_DECIMALS)
        probability = probability_of(score)
        return Reasoner(query, state.model).explain(document, score, probability, self.ranking.grade(probability))

    def _logit(self, query: Query, state: State, place: Place) -> float:
        rows: Rows = np.array([place.row], dtype=np.int64)
        values = self._comparer.compare(query, state.model, state.segments[place.segment], rows)
        return float(self.ranking.logits(values, self._reference(query, state))[0])

    def _reference(self, query: Query, state: State) -> NDArray[np.float64]:
        found = state.reference(query.document.kind)
        if found is None:
            return np.zeros((0, len(FEATURES)))
        return self._comparer.compare(query, state.model, *found, again=True)

    @property
    def _comparer(self) -> Comparer:
        if not hasattr(self._local, "comparer"):
            self._local.comparer = Comparer()
        comparer: Comparer = self._local.comparer
        return comparer

    def verify(self, expected: Mapping[str, str]) -> Discrepancies:
        """Compare with what should be there: version by id."""
        held: dict[int, int] = {}
        for segment, alive in zip(self._state.segments, self._state.alive, strict=True):
            held.update(zip(segment.keys[alive].tolist(), segment.versions[alive].tolist(), strict=True))
        keys = {identity: stable_hash(identity) for identity in expected}
        unknown = set(held) - set(keys.values())
        extra = (
            segment.document(int(row)).id
            for segment, alive in zip(self._state.segments, self._state.alive, strict=True)
            for row in np.flatnonzero(alive)
            if int(segment.keys[row]) in unknown
        )
        return Discrepancies(
            missing=tuple(sorted(identity for identity, key in keys.items() if key not in held)),
            stale=tuple(
                sorted(
                    one
                    for one, version in expected.items()
                    if held.get(keys[one], -1) not in (-1, stable_hash(version))
                )
            ),
            extra=tuple(sorted(extra)) if unknown else (),
        )
