"""All pairs with the full ranking: exact lexical candidates of every need, ordered by what `MatchIndex.match` would score."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from duijie.engines.matching import complements
from duijie.engines.matching.batch.blocks import Finished
from duijie.engines.matching.batch.inputs import Plan
from duijie.engines.matching.batch.lexical import bags_of, bm25_weights
from duijie.engines.matching.batch.run import Progress, all_pairs
from duijie.engines.matching.batch.solve import NEVER
from duijie.engines.matching.document import Document
from duijie.engines.matching.index import EVERYBODY, SCORE_DECIMALS, MatchIndex

CANDIDATES = 200


class FullRanking:
    """A rescoring hook that scores pairs as the index in a folder does; opens the folder in each process that uses it.

    NEVER is given to a need's own listing, its owner's, its organisation's, what no token of `audience` opens, and what a
    facet that must hold excludes. All offers must be in the index.
    """

    def __init__(
        self, folder: Path, needs: Sequence[Document], offers: Sequence[Document], audience: frozenset[str] = EVERYBODY
    ) -> None:
        self.folder = folder
        self.needs = needs
        self.offers = offers
        self.audience = audience
        self._index: MatchIndex | None = None

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_index": None}

    @property
    def index(self) -> MatchIndex:
        """The index, opened to read."""
        if self._index is None:
            self._index = MatchIndex.open(self.folder, writable=False)
        return self._index

    def name(self) -> str:
        """A digest of the documents and the weights: another run may not continue in the same folder."""
        digest = hashlib.sha256(f"{self.index.ranking} {sorted(self.audience)}".encode())
        for document in (*self.needs, *self.offers):
            digest.update(f"{document.id}\0{document.version}\1".encode("utf-8", "replace"))
        return digest.hexdigest()

    def __call__(self, need: int, candidates: NDArray[np.int32]) -> NDArray[np.float64]:
        """Scores (logits of "suitable", facets included) of the candidates, rows of `offers`."""
        query = self.needs[need]
        documents = [self.offers[row] for row in candidates.tolist()]
        values, reference = self.index.compare(query, [document.id for document in documents])
        scores: NDArray[np.float64] = self.index.ranking.logits(values, reference)
        for place, document in enumerate(documents):
            fits = complements.facet_fits(query, document)
            if self._never(query, document) or complements.excluded_by(fits):
                scores[place] = NEVER
            else:
                bonus = sum(facet.weight * fit.value for facet, fit in fits)
                scores[place] = round(float(scores[place]) + bonus, SCORE_DECIMALS)
        return scores

    def _never(self, query: Document, document: Document) -> bool:
        return (
            query.id == document.id
            or bool(query.owner and query.owner == document.owner)
            or bool(query.organisation and query.organisation == document.organisation)
            or not document.audience & self.audience
        )


def match_all_documents(
    index_folder: Path,
    needs: Sequence[Document],
    offers: Sequence[Document],
    folder: Path,
    *,
    top: int = 50,
    candidates: int = CANDIDATES,
    audience: frozenset[str] = EVERYBODY,
    workers: int = 2,
    ray_address: str | None = None,
    progress: Progress | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Finished | None:
    """The best offers of every need by the full ranking, into `folder` (see `all_pairs`: resumable, the same anywhere).

    Every need gets its `candidates` best offers by the words they share, which the index in `index_folder` then orders.
    Rows of the result are places in `needs` and `offers`. On Ray the index folder must be readable by every worker.
    """
    hook = FullRanking(index_folder, needs, offers, audience)
    weights = bm25_weights(bags_of(need.full for need in needs), bags_of(offer.full for offer in offers))
    plan = Plan(top=top, candidates=candidates, block_rows=256)
    return all_pairs(
        *weights, folder, plan=plan, rescore=hook, rescore_name=hook.name(), workers=workers, ray_address=ray_address,
        progress=progress, stop=stop,
    )  # fmt: skip
