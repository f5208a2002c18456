"""Matching: text to features, candidates, ranking and reasons; evaluation, the two-sided market and batches.

The engine in five lines::

    index = MatchIndex.open(folder)                 # or MatchIndex.in_memory()
    index.upsert([Document(id="L1", kind="technology", title="..."), ...])
    index.commit()                                  # visible and durable from here on
    index.refresh()                                 # now and then: learn the texts anew (seconds to minutes)
    for match in index.match(Document(id="L2", kind="need", title="...", body="..."), top=10):
        match.id, match.rank, match.score, match.probability, match.grade, match.reasons.sentences("zh")

Public names, all importable from here:

* `Document` (and `KINDS`, `PUBLIC`): what is matched; `to_record`, `from_record` for storing.
* `MatchIndex`: `upsert`, `delete`, `commit`, `refresh`, `fresh`, `reload`, `get`, `match`, `why_not`, `verify`, `close`.
* `Match`, `Reasons`, `SharedTerm`, `Snippet`, `Explanation`, `FacetFit`, `Fit`, `Discrepancies`: what comes back.
* `Ranking`, `default_ranking`, `GRADE_WORDS`: the numeric weights.
* `COMPLEMENTS`, `FACETS`, `complementary_kinds`, `complement_of`, `facet_fits`: which kinds complete each other, by which facets.
"""

from duijie.engines.matching.complements import COMPLEMENTS, FACETS, complement_of, complementary_kinds, facet_fits
from duijie.engines.matching.document import KINDS, PUBLIC, Document, from_record, to_record
from duijie.engines.matching.facets import FacetFit, Fit
from duijie.engines.matching.index import Discrepancies, Match, MatchIndex
from duijie.engines.matching.ranking import GRADE_WORDS, Ranking, default_ranking
from duijie.engines.matching.reasons import Explanation, Reasons, SharedTerm, Snippet

__all__ = [
    "COMPLEMENTS", "FACETS", "GRADE_WORDS", "KINDS", "PUBLIC", "Discrepancies", "Document", "Explanation", "FacetFit", "Fit",
    "Match", "MatchIndex", "Ranking", "Reasons", "SharedTerm", "Snippet", "complement_of", "complementary_kinds",
    "default_ranking", "facet_fits", "from_record", "to_record",
]  # fmt: skip
