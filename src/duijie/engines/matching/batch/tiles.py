"""The offers laid out for scoring: tiles of some thousand offers, each with its own short posting lists."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duijie.engines.matching.batch.inputs import Plan, Weights

UNUSED = -1


@dataclass(frozen=True)
class Tiles:
    """Posting lists by tile. `sparse_code[column]` and `dense_code[column]` number the columns that any offer uses.

    The list of sparse column c in tile t is `places[starts[t, c]:starts[t, c + 1]]` (offset of the offer in the tile) with
    `values` beside it, positions counted from `bases[t]`; the dense column d of tile t is `dense[t, d]`.
    """

    offers: int
    tile_rows: int
    sparse_code: NDArray[np.int32]
    dense_code: NDArray[np.int32]
    bases: NDArray[np.int64]
    starts: NDArray[np.int32]
    places: NDArray[np.uint16]
    values: NDArray[np.float32]
    dense: NDArray[np.float32]


def lay_out(offers: Weights, plan: Plan) -> Tiles:
    """Tiles of (offers, words) weights; memory beside them stays within one tile."""
    rows, words = offers.shape
    tile_rows = min(plan.tile_rows, max(rows, 1))
    tiles = -(-rows // tile_rows)
    frequency = np.bincount(offers.indices, minlength=words)
    is_dense = frequency >= max(plan.dense_share * rows, 1.0)
    is_sparse = (frequency > 0) & ~is_dense
    sparse_code = np.where(is_sparse, np.cumsum(is_sparse) - 1, UNUSED).astype(np.int32)
    dense_code = np.where(is_dense, np.cumsum(is_dense) - 1, UNUSED).astype(np.int32)
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
        codes, row_of, data = sparse_code[part.indices[~thick]], row_of[~thick], part.data[~thick]
        order = np.argsort(codes, kind="stable")
        end = bases[tile] + len(order)
        bases[tile + 1] = end
        starts[tile, 1:] = np.cumsum(np.bincount(codes, minlength=sparse_words))
        places[bases[tile] : end] = row_of[order]
        values[bases[tile] : end] = data[order]
    return Tiles(rows, tile_rows, sparse_code, dense_code, bases, starts, places, values, dense)


@dataclass(frozen=True)
class Rows:
    """Needs of one block with their words numbered as in the tiles: sparse words, then dense ones; others are dropped."""

    sparse_starts: NDArray[np.int64]
    sparse_words: NDArray[np.int32]
    sparse_weights: NDArray[np.float32]
    dense_starts: NDArray[np.int64]
    dense_words: NDArray[np.int32]
    dense_weights: NDArray[np.float32]


def rows_of(needs: Weights, tiles: Tiles) -> Rows:
    """Number the words of (rows, words) needs as the tiles do."""
    return Rows(*_coded(needs, tiles.sparse_code), *_coded(needs, tiles.dense_code))


def _coded(needs: Weights, code: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]:
    words = code[needs.indices]
    # Weights of nought add nothing and would only cost time.
    used = (words != UNUSED) & (needs.data > 0)
    before = np.concatenate([[0], np.cumsum(used)])
    return before[needs.indptr].astype(np.int64), words[used], needs.data[used]
