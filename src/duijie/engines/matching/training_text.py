"""The passages on which meaning vectors are trained: titles, and the sentences of bodies."""

from __future__ import annotations

import numpy as np

from duijie.engines.matching.arrays import Bags
from duijie.engines.matching.document import Document
from duijie.engines.matching.segment import Segment
from duijie.engines.matching.semantics import passages_of
from duijie.engines.matching.signature import FULL_CHARACTERS
from duijie.engines.matching.text import sentences

MOST_SENTENCES = 30


def passages_of_document(document: Document) -> list[str]:
    """Its head, then the sentences of its summary and body."""
    rest = sentences("\n".join((document.summary, document.body))[:FULL_CHARACTERS])
    return [document.head.replace("\n", " "), *rest[:MOST_SENTENCES]]


def passages_for(rows: Segment, *, most_documents: int) -> Bags:
    """Passages of the documents with the smallest keys (rows in order of keys); each distinct passage counts once."""
    texts: dict[str, None] = {}
    for row in np.arange(min(len(rows), most_documents)):
        texts.update(dict.fromkeys(passages_of_document(rows.document(int(row)))))
    return passages_of(list(texts))
