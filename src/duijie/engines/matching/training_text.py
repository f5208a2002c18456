"""The passages on which meaning vectors are trained: titles, and the sentences of bodies."""

from __future__ import annotations

from duijie.engines.matching.arrays import Bags
from duijie.engines.matching.document import Document
from duijie.engines.matching.segment import Segment
from duijie.engines.matching.semantics import passages_of
from duijie.engines.matching.signature import FULL_CHARACTERS
from duijie.engines.matching.text import sentences

MOST_SENTENCES = 30
PASSAGE_CHARACTERS = 120
MOST_CHARACTERS = 500_000
"""How much text is learnt from: heads of all documents first, then first sentences, then second ones, and so on."""


def passages_of_document(document: Document) -> list[str]:
    """Its head, then the sentences of its summary and body."""
    rest = sentences("\n".join((document.summary, document.body))[:FULL_CHARACTERS])
    return [document.head.replace("\n", " "), *(each[:PASSAGE_CHARACTERS] for each in rest[:MOST_SENTENCES])]


def passages_for(rows: Segment, *, most_documents: int) -> Bags:
    """Passages of the documents with the smallest contents (rows in that order); each distinct passage counts once."""
    found = [passages_of_document(rows.document(row)) for row in range(min(len(rows), most_documents))]
    texts: dict[str, None] = {}
    read = 0
    for turn in range(MOST_SENTENCES + 1):
        for passages in found:
            if turn < len(passages) and passages[turn] not in texts and read < MOST_CHARACTERS:
                texts[passages[turn]] = None
                read += len(passages[turn])
    return passages_of(list(texts))
