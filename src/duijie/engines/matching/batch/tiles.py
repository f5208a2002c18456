"""The offers laid out for scoring: tiles of some thousand offers, each with its own short posting lists."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duijie.engines.matching.batch.inputs import Plan, Weights

UNUSED = -1


@dataclass(frozen=True)
class Tiles:
    """Posting lists. `rare_code`, `sparse_code` and `dense_code` number the columns of each class, UNUSED elsewhere.

    The list of rare column c over all offers is `rare_offers[rare_starts[c]:rare_starts[c + 1]]` with `rare_values` beside
    it. That of sparse column c in tile t is `places[starts[t, c]:starts[t, c + 1]]` (offset of the offer in the tile) with
    `values` beside it, positions counted from `bases[t]`. The dense column d of tile t is `dense[t, d]`, and
    `highest[t, d]` its greatest weight.
    """

    offers: int
    tile_rows: int
    rare_code: NDArray[np.int32]
    sparse_code: NDArray[np.int32]
    dense_code: NDArray[np.int32]
    rare_starts: NDArray[np.int64]
    rare_offers: NDArray[np.int32]
    rare_values: NDArray[np.float32]
    bases: NDArray[np.int64]
    starts: NDArray[np.int32]
    places: NDArray[np.uint16]
    values: NDArray[np.float32]
    dense: NDArray[np.float32]
    highest: NDArray[np.float32]

    @property
    def count(self) -> int:
        """Number of tiles."""
        return self.starts.shape[0]


def lay_out(offers: Weights, plan: Plan) -> Tiles:
    """Tiles of (offers, words) weights; memory beside them stays within one tile and the rare words."""
    rows, width = offers.shape
    tile_rows = min(plan.tile_rows, max(rows, 1))
    tiles = -(-rows // tile_rows)
    frequency = np.bincount(offers.indices, minlength=width)
    is_dense = frequency >= max(plan.dense_share * rows, 1.0)
    is_rare = (frequency > 0) & ~is_dense & (frequency < plan.rare_share * rows)
    is_sparse = (frequency > 0) & ~is_dense & ~is_rare
    rare_code, sparse_code, dense_code = (_numbered(chosen) for chosen in (is_rare, is_sparse, is_dense))
    sparse_words = int(is_sparse.sum())
    entries = int(frequency[is_sparse].sum())
    starts = np.zeros((tiles, sparse_words + 1), dtype=np.int32)
    bases = np.zeros(tiles + 1, dtype=np.int64)
    places = np.empty(entries, dtype=np.uint16)
    values = np.empty(entries, dtype=np.float32)
    dense = np.zeros((tiles, int(is_dense.sum()), tile_rows), dtype=np.float32)
    for tile in range(tiles):
        part = offers[tile * tile_rows : (tile + 1) * tile_rows]
        row_of = np.repeat(np.arange(part.shape[0]), np.diff(part.indptr))
        thick = is_dense[part.indices]
        dense[tile, dense_code[part.indices[thick]], row_of[thick]] = part.data[thick]
        thin = is_sparse[part.indices]
        codes, row_of, data = sparse_code[part.indices[thin]], row_of[thin], part.data[thin]
        order = np.argsort(codes, kind="stable")
        end = bases[tile] + len(order)
        bases[tile + 1] = end
        starts[tile, 1:] = np.cumsum(np.bincount(codes, minlength=sparse_words))
        places[bases[tile] : end] = row_of[order]
        values[bases[tile] : end] = data[order]
    return Tiles(
        rows, tile_rows, rare_code, sparse_code, dense_code, *_rare_lists(offers, is_rare, rare_code, frequency), bases,
        starts, places, values, dense, dense.max(axis=2, initial=0),
    )  # fmt: skip


def _numbered(chosen: NDArray[np.bool_]) -> NDArray[np.int32]:
    return np.where(chosen, np.cumsum(chosen) - 1, UNUSED).astype(np.int32)


def _rare_lists(
    offers: Weights, is_rare: NDArray[np.bool_], rare_code: NDArray[np.int32], frequency: NDArray[np.intp]
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]:
    found = np.flatnonzero(is_rare[offers.indices])
    order = found[np.argsort(rare_code[offers.indices[found]], kind="stable")]
    owners = (np.searchsorted(offers.indptr, order, side="right") - 1).astype(np.int32)
    starts = np.concatenate([[0], np.cumsum(frequency[is_rare])]).astype(np.int64)
    return starts, owners, offers.data[order].astype(np.float32)


@dataclass(frozen=True)
class Rows:
    """Needs of one block with their words numbered as in the tiles, by class: row starts, words, weights."""

    rare: Coded
    sparse: Coded
    dense: Coded


Coded = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]


def rows_of(needs: Weights, tiles: Tiles) -> Rows:
    """Number the words of (rows, words) needs as the tiles do; words that no offer uses are dropped."""
    return Rows(*(_coded(needs, code) for code in (tiles.rare_code, tiles.sparse_code, tiles.dense_code)))


def _coded(needs: Weights, code: NDArray[np.int32]) -> Coded:
    words = code[needs.indices]
    # Weights of nought add nothing and would only cost time.
    used = (words != UNUSED) & (needs.data > 0)
    before = np.concatenate([[0], np.cumsum(used)])
    return before[needs.indptr].astype(np.int64), words[used], needs.data[used]
