"""What is matched: a document with its text and facets, free of any database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

PUBLIC = "public"
"""The audience token that everybody holds."""

KINDS = (
    "need", "technology", "expert", "instrument", "capacity", "site", "fund", "project_offer", "policy", "talent", "topic",
    "notice", "organisation", "post",
)  # fmt: skip
"""Kinds of document, new ones at the end (indexes store their places). `project_offer` is a project that seeks partners;
`organisation` is the profile of one; `post` is a vacancy, and `talent` the person who could fill it."""

FacetValue = str | int | float | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One listing (or profile) as the engine sees it.

    `id` is unique over all kinds; `version` is any text that changes with the content, kept for `MatchIndex.verify`.
    Regions are GB/T 2260 codes of 6 digits ("310000") or plain names; industries are GB/T 4754 codes ("C2614") or plain
    names. Amounts are in fen; either end may be open (None). `stage` is a technology readiness level 1 to 9: what an offer has
    reached, or the least that a need asks for. `owner` is the person, `organisation` the firm, that it belongs to: neither is
    ever matched with itself. Only a query that holds one of the `audience` tokens may see it. The names of `facets` that the
    engine reads are listed in `complements.FACETS`.
    """

    id: str
    kind: str
    title: str
    summary: str = ""
    body: str = ""
    keywords: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    amount_min_fen: int | None = None
    amount_max_fen: int | None = None
    stage: int | None = None
    owner: str = ""
    organisation: str = ""
    audience: frozenset[str] = frozenset({PUBLIC})
    facets: Mapping[str, FacetValue] = field(default_factory=dict, hash=False)
    version: str = ""

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("a document needs an id")
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of document: {self.kind!r}")

    @property
    def head(self) -> str:
        """Title and keywords: what the document is about, in short."""
        return "\n".join((self.title, *self.keywords))

    @property
    def full(self) -> str:
        """All of its text."""
        return "\n".join(part for part in (self.title, *self.keywords, self.summary, self.body) if part)


def to_record(document: Document) -> dict[str, Any]:
    """Plain values for storing as JSON; what stands at its default is left out."""
    record = asdict(document)
    record["audience"] = sorted(document.audience)
    for each in fields(Document):
        if record[each.name] in ("", None, (), {}) or (each.name == "audience" and record["audience"] == [PUBLIC]):
            del record[each.name]
    return record


_STATED = ("kind", "regions", "industries", "amount_min_fen", "amount_max_fen", "stage", "facets")


def to_statement(document: Document) -> dict[str, Any]:
    """What facets look at, as plain values: the same for all documents that state the same."""
    record = to_record(document)
    return {name: record[name] for name in _STATED if name in record}


def from_record(record: Mapping[str, Any]) -> Document:
    """The document that `to_record` was given."""
    values = dict(record)
    values.setdefault("title", "")
    for name in ("keywords", "regions", "industries"):
        values[name] = tuple(values.get(name, ()))
    values["audience"] = frozenset(values.get("audience", (PUBLIC,)))
    values["facets"] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in values.get("facets", {}).items()
    }
    return Document(**values)
