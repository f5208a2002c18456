"""From texts to the weights of the lexical first stage: products of the two matrices are BM25 scores on words."""

from __future__ import annotations

import itertools
import multiprocessing
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from duijie.engines.matching.batch.inputs import Weights
from duijie.engines.matching.text import normalise, without_headings, words

K1, B = 1.2, 0.75
CHUNK_TEXTS = 2_000
MOST_CHARACTERS = 6_000


@dataclass(frozen=True)
class WordBags:
    """The distinct words of each text: row i is `words[offsets[i]:offsets[i + 1]]` (CRC-32 of the word, ascending), with
    how often each stands (255 at most)."""

    offsets: NDArray[np.int64]
    words: NDArray[np.uint32]
    counts: NDArray[np.uint8]

    def __len__(self) -> int:
        return self.offsets.size - 1

    @staticmethod
    def joined(parts: Iterable[WordBags]) -> WordBags:
        """The rows of all parts, one part after the other."""
        kept = list(parts)
        sizes = [np.zeros(1, dtype=np.int64), *(np.diff(part.offsets) for part in kept)]
        return WordBags(
            np.cumsum(np.concatenate(sizes)),
            np.concatenate([np.zeros(0, dtype=np.uint32), *(part.words for part in kept)]),
            np.concatenate([np.zeros(0, dtype=np.uint8), *(part.counts for part in kept)]),
        )


def bags_of_chunk(texts: Sequence[str]) -> WordBags:
    """Words of some texts, cut as the ranking cuts them; at most MOST_CHARACTERS of each text are read."""
    found = [words(without_headings(normalise(text[:MOST_CHARACTERS]))) for text in texts]
    lengths = np.fromiter((len(each) for each in found), dtype=np.int64, count=len(found))
    hashes = np.fromiter(
        (zlib.crc32(word.encode("utf-8", "replace")) for each in found for word in each),
        dtype=np.int64,
        count=lengths.sum(),
    )
    # One number for text and word, so that all texts of the chunk are sorted and counted at once.
    keys, counts = np.unique((np.repeat(np.arange(len(found)), lengths) << 32) | hashes, return_counts=True)
    offsets = np.searchsorted(keys, np.arange(len(found) + 1, dtype=np.int64) << 32)
    return WordBags(offsets, (keys & 0xFFFFFFFF).astype(np.uint32), np.minimum(counts, 255).astype(np.uint8))


def bags_of(texts: Iterable[str], *, processes: int = 1, progress: Callable[[int], None] | None = None) -> WordBags:
    """Words of all texts. Cutting holds the interpreter, so more than one core needs more than one process; the result is
    the same for any number. `progress` is told the number of texts read."""
    parts = []
    done = 0
    for part in _chunks(texts, processes):
        parts.append(part)
        done += len(part)
        if progress:
            progress(done)
    return WordBags.joined(parts)


def _chunks(texts: Iterable[str], processes: int) -> Iterator[WordBags]:
    source = iter(texts)
    chunks = iter(lambda: list(itertools.islice(source, CHUNK_TEXTS)), [])
    if processes <= 1:
        yield from map(bags_of_chunk, chunks)
        return
    # Spawned, not forked: a forked child of a process with threads can hang.
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        while batch := list(itertools.islice(chunks, 4 * processes)):
            yield from pool.map(bags_of_chunk, batch)


def bm25_weights(needs: WordBags, offers: WordBags) -> tuple[Weights, Weights]:
    """(needs, words) and (offers, words) float32 weights over the words that stand in any offer, ascending.

    The need's weight of a word is its count times log(1 + (N - n + 0.5) / (n + 0.5)), where n of the N offers have it; the
    offer's is the saturated count f (k1 + 1) / (f + k1 (1 - b + b length / mean length)).
    """
    vocabulary, column, frequency = np.unique(offers.words, return_inverse=True, return_counts=True)
    rare = np.log(1 + (len(offers) - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
    starts = offers.offsets
    running = np.concatenate([[0], np.cumsum(offers.counts, dtype=np.int64)])
    lengths = (running[starts[1:]] - running[starts[:-1]]).astype(np.float32)
    mean = np.float32(max(lengths.mean(), 1.0)) if len(lengths) else np.float32(1)
    norms = np.repeat(np.float32(K1) * (np.float32(1 - B) + np.float32(B) * lengths / mean), np.diff(starts))
    counts = offers.counts.astype(np.float32)
    saturated = counts * np.float32(K1 + 1) / (counts + norms)
    given = sparse.csr_matrix((saturated, column.astype(np.int32), starts), shape=(len(offers), vocabulary.size))
    places = np.searchsorted(vocabulary, needs.words)
    known = places < vocabulary.size
    known[known] = vocabulary[places[known]] == needs.words[known]
    kept = places[known].astype(np.int32)
    before = np.concatenate([[0], np.cumsum(known)])[needs.offsets]
    values = needs.counts[known].astype(np.float32) * rare[kept]
    return sparse.csr_matrix((values, kept, before), shape=(len(needs), vocabulary.size)), given
