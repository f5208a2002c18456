"""A segment: documents added together, as arrays that are written once and then only read (mapped from files)."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from duijie.engines.matching.arrays import Bags, Rows
from duijie.engines.matching.corpus import CorpusModel, stable_hash
from duijie.engines.matching.document import KINDS, Document, from_record, to_record
from duijie.engines.matching.semantics import GRAM_SIZES
from duijie.engines.matching.signature import (
    Bag,
    Signature,
    bag_of,
    full_text,
    gram_ids,
    head_units,
    signature_of,
    units_of,
)

_BAGS = ("head", "full", "words", "meaning")
_PLAIN = ("keys", "kinds", "owners", "organisations", "audiences", "blob", "blob_offsets")
_DERIVED = ("head_norms", "vectors", "vector_scales")


@dataclass(frozen=True)
class Derived:
    """What depends on the corpus model: the length of each head as a weighted vector, and the meaning vector in 8 bits."""

    head_norms: NDArray[np.float32]
    vectors: NDArray[np.int8]
    vector_scales: NDArray[np.float32]


@dataclass(frozen=True)
class Segment:
    """Rows of documents. `audiences` are places in the index's table of audience sets; 0 in `owners` means none is named."""

    keys: NDArray[np.int64]
    kinds: NDArray[np.uint8]
    owners: NDArray[np.int64]
    organisations: NDArray[np.int64]
    audiences: NDArray[np.int32]
    head: Bags
    full: Bags
    words: Bags
    meaning: Bags
    blob: NDArray[np.uint8]
    blob_offsets: NDArray[np.int64]
    derived: Derived

    def __len__(self) -> int:
        return int(self.keys.size)

    @cached_property
    def key_order(self) -> NDArray[np.int64]:
        """Rows in ascending order of keys."""
        return np.argsort(self.keys, kind="stable")

    def document(self, row: int) -> Document:
        """The document of a row, as it was given."""
        raw = self.blob[self.blob_offsets[row] : self.blob_offsets[row + 1]].tobytes()
        return from_record(json.loads(raw))

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
        return Segment(**{**{name: getattr(self, name) for name in (*_PLAIN, *_BAGS)}, "derived": derive(self, model)})

    def take(self, rows: Rows) -> Segment:
        """The given rows in the given order, in memory."""
        blobs = Bags(self.blob_offsets, self.blob, self.blob).take(rows)  # bytes are ragged rows like any other
        derived = self.derived
        return Segment(
            keys=self.keys[rows], kinds=self.kinds[rows], owners=self.owners[rows], organisations=self.organisations[rows],
            audiences=self.audiences[rows], **{name: getattr(self, name).take(rows) for name in _BAGS},
            blob=blobs.ids, blob_offsets=blobs.offsets,
            derived=Derived(derived.head_norms[rows], derived.vectors[rows], derived.vector_scales[rows]),
        )  # fmt: skip

    @staticmethod
    def joined(parts: Sequence[Segment]) -> Segment:
        """The rows of all parts, one part after the other."""
        blobs = Bags.joined([Bags(part.blob_offsets, part.blob, part.blob) for part in parts])
        columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _PLAIN[:5]}
        derived = {name: np.concatenate([getattr(part.derived, name) for part in parts]) for name in _DERIVED}
        bags = {name: Bags.joined([getattr(part, name) for part in parts]) for name in _BAGS}
        return Segment(
            **columns, **bags, blob=blobs.ids.astype(np.uint8), blob_offsets=blobs.offsets, derived=Derived(**derived)
        )

    def save(self, folder: Path) -> None:
        """Write every array to a file of its own and see it onto the disk."""
        folder.mkdir(parents=True)
        arrays = {name: getattr(self, name) for name in _PLAIN}
        arrays |= {name: getattr(self.derived, name) for name in _DERIVED}
        for name in _BAGS:
            bags: Bags = getattr(self, name)
            arrays |= {f"{name}_offsets": bags.offsets, f"{name}_ids": bags.ids, f"{name}_counts": bags.counts}
        for name, array in arrays.items():
            with (folder / f"{name}.npy").open("wb") as file:
                np.save(file, array)
                file.flush()
                os.fsync(file.fileno())

    @classmethod
    def load(cls, folder: Path) -> Segment:
        """Map what `save` wrote; nothing is read before it is used."""

        def read(name: str) -> NDArray[np.generic]:
            path = folder / f"{name}.npy"
            array: NDArray[np.generic] = np.load(path, mmap_mode="r", allow_pickle=False)
            return array

        bags = {name: Bags(read(f"{name}_offsets"), read(f"{name}_ids"), read(f"{name}_counts")) for name in _BAGS}  # type: ignore[arg-type]
        plain = {name: read(name) for name in _PLAIN}
        return cls(**plain, **bags, derived=Derived(**{name: read(name) for name in _DERIVED}))  # type: ignore[arg-type]


def meaning_bag(document: Document) -> Bag:
    """The grams that make a document's meaning vector: those of the head count as often as the whole of the body."""
    units = head_units(document)
    rest = units_of(full_text(document))
    return bag_of(np.concatenate([gram_ids(units, GRAM_SIZES), gram_ids(rest, GRAM_SIZES)]))


def quantised(vectors: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Rows in 8 bits with a scale each."""
    peaks = np.abs(vectors).max(axis=1, initial=0)
    scales = np.where(peaks > 0, peaks / 127, 1).astype(np.float32)
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales


def derive(rows: Segment, model: CorpusModel, *, batch: int = 20_000) -> Derived:
    """What depends on the model, for all rows, in batches of bounded memory."""
    norms, vectors, scales = [], [], []
    for start in range(0, len(rows), batch):
        chosen = np.arange(start, min(start + batch, len(rows)), dtype=np.int64)
        head = rows.head.take(chosen)
        weights = (1 + np.log(head.counts.astype(np.float32))) * model.head.smooth_weight(head.ids)
        norms.append(np.sqrt(head.float_sums(weights.astype(np.float64) ** 2)))
        values, scale = quantised(model.vectors.embed(rows.meaning.take(chosen)))
        vectors.append(values)
        scales.append(scale)
    if not norms:
        return Derived(*empty_derived(0, model.vectors.dimensions))
    return Derived(
        np.maximum(np.concatenate(norms), 1e-6).astype(np.float32), np.concatenate(vectors), np.concatenate(scales)
    )


def empty_derived(rows: int, dimensions: int) -> tuple[NDArray[np.float32], NDArray[np.int8], NDArray[np.float32]]:
    """Placeholders before a model is known."""
    return np.ones(rows, np.float32), np.zeros((rows, dimensions), np.int8), np.ones(rows, np.float32)


def segment_of(documents: Sequence[Document], audiences: Sequence[int], dimensions: int) -> Segment:
    """Rows of new documents, without what depends on a model; `audiences` are their places in the index's table."""
    signatures: list[Signature] = [signature_of(document) for document in documents]
    raw = [json.dumps(to_record(document), ensure_ascii=False).encode("utf-8", "replace") for document in documents]
    offsets = np.zeros(len(raw) + 1, dtype=np.int64)
    np.cumsum([len(each) for each in raw], out=offsets[1:])
    return Segment(
        keys=np.array([stable_hash(document.id) for document in documents], dtype=np.int64),
        kinds=np.array([KINDS.index(document.kind) for document in documents], dtype=np.uint8),
        owners=np.array(
            [stable_hash(document.owner) if document.owner else 0 for document in documents], dtype=np.int64
        ),
        organisations=np.array(
            [stable_hash(document.organisation) if document.organisation else 0 for document in documents],
            dtype=np.int64,
        ),
        audiences=np.array(audiences, dtype=np.int32),
        head=Bags.of([signature.head for signature in signatures]),
        full=Bags.of([signature.full for signature in signatures]),
        words=Bags.of([signature.words for signature in signatures]),
        meaning=Bags.of([meaning_bag(document) for document in documents]),
        blob=np.frombuffer(b"".join(raw), dtype=np.uint8),
        blob_offsets=offsets,
        derived=Derived(*empty_derived(len(documents), dimensions)),
    )
