"""Seeded sparse weights that look like listings: Zipf-Mandelbrot words, half of them from the listing's own subject.

Used where matching many against many is tested or timed without any text.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse


@dataclass(frozen=True)
class Shape:
    """How synthetic listings look. A listing draws about `tokens` words, `own_share` of them from its subject's words.

    Words are Zipf-Mandelbrot with exponent 1: the chance of the word at rank r is proportional to 1 / (r + offset).
    With the defaults the commonest word stands in a third of the listings, and two listings share 1.7 words.
    """

    vocabulary: int = 50_000
    tokens: float = 70.0
    own_share: float = 0.5
    subjects: int = 200
    subject_words: int = 2_000
    common_offset: float = 10.0
    subject_offset: float = 5.0


def counts(rows: int, shape: Shape, generator: np.random.Generator, words_of: np.ndarray) -> sparse.csr_matrix:
    """Word counts of `rows` listings; `words_of` (subjects, subject_words) names each subject's words by rank."""
    own = generator.poisson(shape.tokens * shape.own_share, rows)
    common = generator.poisson(shape.tokens * (1 - shape.own_share), rows)
    subject = generator.integers(0, shape.subjects, rows)
    own_rows = np.repeat(np.arange(rows), own)
    own_rank = _ranks(shape.subject_words, shape.subject_offset, len(own_rows), generator)
    common_rows = np.repeat(np.arange(rows), common)
    columns = np.concatenate(
        [
            words_of[subject[own_rows], own_rank],
            _ranks(shape.vocabulary, shape.common_offset, len(common_rows), generator),
        ]
    )
    row = np.concatenate([own_rows, common_rows])
    matrix = sparse.csr_matrix(
        (np.ones(len(row), dtype=np.float32), (row, columns)), shape=(rows, shape.vocabulary), dtype=np.float32
    )
    matrix.sum_duplicates()
    return matrix


def _ranks(words: int, offset: float, size: int, generator: np.random.Generator) -> np.ndarray:
    cumulative = np.cumsum(1 / (np.arange(1, words + 1) + offset))
    return np.searchsorted(cumulative / cumulative[-1], generator.random(size), side="right").clip(max=words - 1)


def weights(
    needs: int, offers: int, *, seed: int, shape: Shape | None = None
) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """(needs, vocabulary) and (offers, vocabulary) float32 weights whose products are BM25 scores (k1 1.2, b 0.75)."""
    shape = shape or Shape()
    generator = np.random.default_rng(seed)
    words_of = np.stack(
        [generator.choice(shape.vocabulary, shape.subject_words, replace=False) for _ in range(shape.subjects)]
    )
    need_counts = counts(needs, shape, generator, words_of)
    offer_counts = counts(offers, shape, generator, words_of)
    frequency = np.bincount(offer_counts.indices, minlength=shape.vocabulary)
    idf = np.log(1 + (offers - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
    length = np.asarray(offer_counts.sum(axis=1)).ravel()
    norm = (1.2 * (0.25 + 0.75 * length / max(length.mean(), 1e-9))).astype(np.float32)
    row_of = np.repeat(np.arange(offers), np.diff(offer_counts.indptr))
    offer_counts.data = offer_counts.data * np.float32(2.2) / (offer_counts.data + norm[row_of])
    need_counts.data = need_counts.data * idf[need_counts.indices]
    return need_counts, offer_counts
