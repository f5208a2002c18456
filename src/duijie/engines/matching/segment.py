"""A segment: documents added together, as arrays that are written once and then only read (mapped from files)."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duijie.engines.matching.arrays import Ragged, Rows
from duijie.engines.matching.candidates import EXHAUSTIVE_ROWS, Lists, Postings
from duijie.engines.matching.corpus import CorpusModel, digest_of, stable_hash
from duijie.engines.matching.document import KINDS, Document, from_record, to_record, to_statement
from duijie.engines.matching.signature import ONE, ORDERS, TWO, Terms, counts_of, ids_of, in_head, orders_of, terms_of

COLUMNS = ("keys", "contents", "kinds", "owners", "organisations", "audiences", "versions")
RAGGED = ("terms", "records", "statements")
HEAD_UNITS, BODY, SUMS = 12, 13, 14
DERIVED = ("sums", "vectors", "vector_scales")


@dataclass(frozen=True)
class Derived:
    """What depends on the corpus model.

    `sums` has 14 columns: for each order of terms the squared rarities of the head, the rarities of the head, the standings in the
    whole; then distinct units of the head, and the share of distinct grams that stand outside it. `vectors` are meaning vectors in 8 bits, to be multiplied by `vector_scales`.
    """

    sums: NDArray[np.float32]
    vectors: NDArray[np.int8]
    vector_scales: NDArray[np.float32]


@dataclass(frozen=True)
class Segment:
    """Rows of documents. `audiences` are places in the index's table of audience sets; 0 in `owners` means none is named.

    `keys` are hashes of ids, by which a row is found; `contents` are hashes of the texts as they are counted. Whatever needs an
    order takes that of the contents, so that the same texts rank alike whatever ids they go by. `statements` are records without
    their texts: all that facets look at, quick to read.
    Large segments have postings and lists, from which candidates are taken."""

    keys: NDArray[np.int64]
    contents: NDArray[np.int64]
    kinds: NDArray[np.uint8]
    owners: NDArray[np.int64]
    organisations: NDArray[np.int64]
    audiences: NDArray[np.int32]
    versions: NDArray[np.int64]
    terms: Ragged
    records: Ragged
    statements: Ragged
    derived: Derived
    postings: Postings | None = None
    lists: Lists | None = None

    def __len__(self) -> int:
        return int(self.keys.size)

    @cached_property
    def key_order(self) -> NDArray[np.int64]:
        """Rows in ascending order of keys."""
        return np.argsort(self.keys, kind="stable")

    @cached_property
    def content_order(self) -> NDArray[np.int64]:
        """Rows in ascending order of contents; equal ones by key."""
        return np.lexsort((self.keys, self.contents)).astype(np.int64)

    @cached_property
    def lengths(self) -> NDArray[np.float32]:
        """How many runs of two units stand in each row, side by side in memory."""
        return np.ascontiguousarray(self.derived.sums[:, 8 + TWO])

    def document(self, row: int) -> Document:
        """The document of a row, as it was given."""
        if (known := self._read.get(row)) is not None:
            return known
        document = from_record(json.loads(self.records.row(row).tobytes()))
        if len(self) < EXHAUSTIVE_ROWS:  # a small segment is asked for all of its documents again and again
            self._read[row] = document
        return document

    def statement(self, row: int) -> dict[str, Any]:
        """What `document.to_statement` gave for the document of a row."""
        stated: dict[str, Any] = json.loads(self.statements.row(row).tobytes().decode())
        return stated

    @cached_property
    def _read(self) -> dict[int, Document]:
        return {}

    def find(self, identity: str) -> int:
        """Row of the document with this id, -1 where there is none."""
        key, order = stable_hash(identity), self.key_order
        place = int(np.searchsorted(self.keys, key, sorter=order))
        while place < len(self) and int(self.keys[order[place]]) == key:
            row = int(order[place])
            if self.document(row).id == identity:
                return row
            place += 1
        return -1

    def with_model(self, model: CorpusModel) -> Segment:
        """The same rows with what depends on the model computed anew."""
        derived = derive(self, model)
        if len(self) < EXHAUSTIVE_ROWS:
            return replace(self, derived=derived, postings=None, lists=None)
        lists = Lists.of(derived.vectors) if model.vectors.ids.size else None
        return replace(self, derived=derived, postings=self.postings or Postings.of(self.terms), lists=lists)

    def take(self, rows: Rows) -> Segment:
        """The given rows in the given order, in memory."""
        derived = Derived(**{name: getattr(self.derived, name)[rows] for name in DERIVED})
        columns: dict[str, Any] = {name: getattr(self, name)[rows] for name in COLUMNS}
        ragged: dict[str, Any] = {name: getattr(self, name).take(rows) for name in RAGGED}
        return Segment(**columns, **ragged, derived=derived)

    @staticmethod
    def joined(parts: Sequence[Segment]) -> Segment:
        """The rows of all parts, one part after the other."""
        columns: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS}
        ragged: dict[str, Any] = {name: Ragged.joined([getattr(part, name) for part in parts]) for name in RAGGED}
        derived = {name: np.concatenate([getattr(part.derived, name) for part in parts]) for name in DERIVED}
        return Segment(**columns, **ragged, derived=Derived(**derived))

    def save(self, folder: Path) -> None:
        """Write every array to a file of its own and see it onto the disk."""
        folder.mkdir(parents=True)
        arrays = {name: getattr(self, name) for name in COLUMNS}
        arrays |= {name: getattr(self.derived, name) for name in DERIVED}
        for name in RAGGED:
            ragged: Ragged = getattr(self, name)
            arrays |= {f"{name}_offsets": ragged.offsets, f"{name}_values": ragged.values}
        for group in (self.postings, self.lists):
            if group is not None:
                kind = type(group).__name__.lower()
                arrays |= {f"{kind}_{each.name}": getattr(group, each.name) for each in fields(group)}
        for name, array in arrays.items():
            with (folder / f"{name}.npy").open("wb") as file:
                np.save(file, array)
                file.flush()
                os.fsync(file.fileno())

    @classmethod
    def load(cls, folder: Path) -> Segment:
        """Map what `save` wrote; nothing is read before it is used."""

        def read(name: str) -> NDArray[Any]:
            path = folder / f"{name}.npy"
            # A plain view: slices of numpy's own kind of mapped array cost ten times as much.
            array: NDArray[Any] = np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
            return array

        ragged: dict[str, Any] = {name: Ragged(read(f"{name}_offsets"), read(f"{name}_values")) for name in RAGGED}
        columns: dict[str, Any] = {name: read(name) for name in COLUMNS}
        groups: dict[str, Any] = {}
        for name, kind in (("postings", Postings), ("lists", Lists)):
            if (folder / f"{name}_offsets.npy").exists():
                groups[name] = kind(**{each.name: read(f"{name}_{each.name}") for each in fields(kind)})
        return cls(**columns, **ragged, derived=Derived(**{name: read(name) for name in DERIVED}), **groups)


def quantised(vectors: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Rows in 8 bits with a scale each."""
    peaks = np.abs(vectors).max(axis=1, initial=0)
    scales = np.where(peaks > 0, peaks / 127, 1).astype(np.float32)
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales


def derive(rows: Segment, model: CorpusModel, *, batch: int = 20_000) -> Derived:
    """What depends on the model, for all rows, in batches of bounded memory."""
    size = len(rows)
    dimensions = model.vectors.dimensions
    derived = Derived(
        np.zeros((size, SUMS), np.float32), np.zeros((size, dimensions), np.int8), np.ones(size, np.float32)
    )
    for start in range(0, size, batch):
        part = slice(start, min(start + batch, size))
        terms = rows.terms.take(np.arange(part.start, part.stop, dtype=np.int64))
        derived.sums[part] = _sums(terms, model)
        derived.vectors[part], derived.vector_scales[part] = quantised(model.vectors.embed(terms))
    return derived


def _sums(terms: Ragged, model: CorpusModel) -> NDArray[np.float32]:
    values: Terms = terms.values.astype(np.uint32, copy=False)
    owners, order, head = terms.owners(), orders_of(values), in_head(values)
    places = owners * len(ORDERS) + order
    rare = model.head.smooth_weight(ids_of(values)).astype(np.float64) * head
    columns: list[NDArray[Any]] = [
        np.bincount(places, weights=weights, minlength=len(terms) * len(ORDERS)).reshape(-1, len(ORDERS))
        for weights in (rare**2, rare, counts_of(values))
    ]
    units = np.bincount(owners[head & (order == ONE)], minlength=len(terms))
    inside = np.bincount(owners[head & (order <= TWO)], minlength=len(terms))
    whole = np.bincount(owners[order <= TWO], minlength=len(terms))
    columns += [units[:, None], (1 - inside / np.maximum(whole, 1))[:, None]]
    return np.concatenate(columns, axis=1).astype(np.float32)


def segment_of(documents: Sequence[Document], audiences: Sequence[int], dimensions: int) -> Segment:
    """Rows of new documents, without what depends on a model; `audiences` are their places in the index's table."""
    size = len(documents)
    terms = [terms_of(document) for document in documents]
    raw = [json.dumps(to_record(document), ensure_ascii=False).encode("utf-8", "replace") for document in documents]
    stated = [
        json.dumps(to_statement(document), ensure_ascii=False).encode("utf-8", "replace") for document in documents
    ]
    return Segment(
        keys=np.array([stable_hash(document.id) for document in documents], dtype=np.int64),
        contents=np.array([digest_of(each.tobytes()) for each in terms], dtype=np.int64),
        kinds=np.array([KINDS.index(document.kind) for document in documents], dtype=np.uint8),
        owners=np.array(
            [stable_hash(document.owner) if document.owner else 0 for document in documents], dtype=np.int64
        ),
        organisations=np.array(
            [stable_hash(document.organisation) if document.organisation else 0 for document in documents],
            dtype=np.int64,
        ),
        audiences=np.array(audiences, dtype=np.int32),
        versions=np.array([stable_hash(document.version) for document in documents], dtype=np.int64),
        terms=Ragged.of(terms, np.uint32),
        records=Ragged.of([np.frombuffer(each, dtype=np.uint8) for each in raw], np.uint8),
        statements=Ragged.of([np.frombuffer(each, dtype=np.uint8) for each in stated], np.uint8),
        derived=Derived(
            np.zeros((size, SUMS), np.float32), np.zeros((size, dimensions), np.int8), np.ones(size, np.float32)
        ),
    )
