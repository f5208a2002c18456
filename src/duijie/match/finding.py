"""Finding partners: the index kept equal to the records, suggestions written for what changed, reasons for each side.

Runs in the worker. Everything here may be repeated: the result depends on the records alone.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from duijie.engines.matching import Document, Match, MatchIndex, Reasons
from duijie.match.documents import MATCHED, asking_first, document_of, documents_of, teaser_of
from duijie.match.eyes import Eyes
from duijie.match.index import match_index, writing_lock
from duijie.match.models import Introduction, Suggestion, Verdict
from duijie.members.queries import limits_of_standing
from duijie.publish.models import Disclosure, Listing
from duijie.publish.models.listings import Status

logger = logging.getLogger(__name__)
TOP = 20
LEAST_PROBABILITY = 0.05  # below this a pair is not even shown among the weak ones
BATCH = 200


def _listings() -> models.QuerySet[Listing]:
    rows = Listing.objects.unscoped("matching reads every published listing")
    return rows.select_related("owner_member", "owner_organisation")


def published() -> models.QuerySet[Listing]:
    return _listings().filter(status=Status.PUBLISHED, kind__in=MATCHED)


def published_among(**named: Iterable[Any]) -> list[Listing]:
    """Those of the listings named by `pk__in` or `uid__in` that are published and take part.

    Looked up by their names alone: asked for status and kind as well, SQLite walks through all that is published.
    """
    rows = _listings().filter(**{name: list(values) for name, values in named.items()})
    return [x for x in rows if x.status == Status.PUBLISHED and x.kind in MATCHED]


def sync_index(ids: Iterable[int]) -> list[Listing]:
    """Bring the match index up to date for these listings; returns those that are published and take part."""
    ids = sorted(set(ids))
    rows = published_among(pk__in=ids)
    live = {x.pk for x in rows}
    gone = Listing.objects.unscoped("matching forgets what is no longer published").filter(pk__in=set(ids) - live)
    with writing_lock():
        index = match_index(writable=True)
        index.delete(list(gone.values_list("uid", flat=True)))
        index.upsert(documents_of(rows).values())
        index.commit()
    return rows


def close_suggestions(ids: Iterable[int]) -> None:
    """Listings that are no longer published take their suggestions off both desks."""
    ids = list(ids)
    over = Listing.objects.unscoped("suggestions of what is over").filter(pk__in=ids).exclude(status=Status.PUBLISHED)
    gone = list(over.values_list("pk", flat=True))
    either = models.Q(asking_id__in=gone) | models.Q(giving_id__in=gone)
    Suggestion.objects.filter(either, open=True).update(open=False)


@dataclass
class Pair:
    """A found pair, as it will be written."""

    asking: Listing
    giving: Listing
    match: Match
    query_is_asking: bool


def suggest_for(listings: Sequence[Listing], *, top: int = TOP) -> int:
    """Find the complements of each listing and write the suggestions, with each side's reasons. Returns how many."""
    written = 0
    index = match_index(writable=True)
    for start in range(0, len(listings), BATCH):
        batch = listings[start : start + BATCH]
        documents = documents_of(batch)
        eyes = Eyes(batch)
        found: list[Pair] = []
        for listing in batch:
            document = documents.get(listing.uid)
            if document is not None:
                found += _pairs(index, listing, document, eyes, top)
        written += _write(index, found, {x.pk for x in batch})
    return written


def _refused(listing: Listing) -> list[str]:
    """Partners that either side has called not suitable, and those with whom there is an introduction already."""
    said_no = Verdict.objects.filter(answer=Verdict.Answer.NOT_SUITABLE)
    asked = said_no.filter(suggestion__asking=listing).values_list("suggestion__giving__uid", flat=True)
    given = said_no.filter(suggestion__giving=listing).values_list("suggestion__asking__uid", flat=True)
    met = Introduction.objects.filter(models.Q(first_listing=listing) | models.Q(second_listing=listing))
    pairs = met.values_list("first_listing__uid", "second_listing__uid")
    return [*asked, *given, *(uid for pair in pairs for uid in pair if uid and uid != listing.uid)]


def _pairs(index: MatchIndex, listing: Listing, document: Document, eyes: Eyes, top: int) -> list[Pair]:
    matches = index.match(document, top=top * 2, audience=eyes.of(listing), exclude=_refused(listing), reasons=False)
    matches = [m for m in matches if m.probability >= LEAST_PROBABILITY]
    others = {x.uid: x for x in published_among(uid__in=(m.id for m in matches))}
    other_eyes = Eyes(others.values())
    pairs: list[Pair] = []
    for match in matches:
        other = others.get(match.id)
        # Both must be able to see the other (at least as a teaser), or nobody could answer.
        if other is None or not other_eyes.of(other) & document.audience:
            continue
        asking, giving = asking_first(listing, other)
        pairs.append(Pair(asking, giving, match, asking.pk == listing.pk))
        if len(pairs) == top:
            break
    return pairs


def _disclosed(listings: Iterable[Listing]) -> set[tuple[int, str]]:
    ids = {x.pk for x in listings if x.confidential}
    return set(Disclosure.objects.filter(listing_id__in=ids).values_list("listing_id", "token")) if ids else set()


class Texts:
    """What reasons are told from, each document made once: a listing stands in twenty pairs, and the engine keeps what it prepared
    of a document as long as it is handed the same one."""

    def __init__(self, disclosed: set[tuple[int, str]]) -> None:
        self._disclosed, self._limits = disclosed, limits_of_standing()
        self._made: dict[tuple[int, int, bool], Document] = {}

    def full(self, listing: Listing) -> Document:
        return self._document(listing, whole=True)

    def readable(self, listing: Listing, reader: Listing) -> Document:
        """`listing` as far as the owner of `reader` may read it."""
        owner = reader.owner_organisation_id
        token = f"org:{owner}" if owner else f"staff:{reader.owner_member_id}"
        return self._document(listing, whole=not listing.confidential or (listing.pk, token) in self._disclosed)

    def _document(self, listing: Listing, *, whole: bool) -> Document:
        key = (listing.pk, listing.version, whole)
        if key not in self._made:
            self._made[key] = document_of(listing, limits=self._limits) if whole else teaser_of(listing)
        return self._made[key]


def told(reasons: Reasons) -> dict[str, Any]:
    """Reasons as they are kept: sentences in both languages, the shared terms, where they stand in the other's text, and each
    facet that both sides have stated."""
    return {
        "zh": reasons.sentences("zh"),
        "en": reasons.sentences("en"),
        "terms": [term.term for term in reasons.terms],
        "snippets": [
            {"field": t.in_document.field, "text": t.in_document.text, "marks": [list(m) for m in t.in_document.marks]}
            for t in reasons.terms[:3]
        ],
        "facets": [
            {"facet": f.facet, "fit": f.fit.value, "asked": f.asked, "given": f.given}
            for f in (*reasons.fitting, *reasons.differing)
        ],
        "fits": [fit.facet for fit in reasons.fitting],
        "differs": [{"facet": f.facet, "asked": f.asked, "given": f.given} for f in reasons.differing],
        "missing": [fit.facet for fit in reasons.missing],
    }


def _write(index: MatchIndex, pairs: list[Pair], queried: set[int]) -> int:
    """Write found pairs; suggestions of the queried listings that were not found again are taken off the desks."""
    texts = Texts(_disclosed(x for pair in pairs for x in (pair.asking, pair.giving)))
    # A pair may be found from both of its sides in one batch; the later finding completes the earlier.
    values: dict[tuple[int, int], dict[str, Any]] = {}
    for pair in pairs:
        values.setdefault((pair.asking.pk, pair.giving.pk), {}).update(_values(index, pair, texts))
    with transaction.atomic():
        kept = _upsert(values)
        stale = Suggestion.objects.filter(models.Q(asking_id__in=queried) | models.Q(giving_id__in=queried), open=True)
        stale.exclude(pk__in=kept).filter(_outdated()).update(open=False)
    return len(kept)


def _upsert(values: dict[tuple[int, int], dict[str, Any]]) -> set[int]:
    """Write suggestions by pair in a fixed number of statements; returns their ids."""
    if not values:
        return set()
    now = timezone.now()
    rows = [Suggestion(asking_id=a, giving_id=g, changed_at=now, **found) for (a, g), found in values.items()]
    # Both ranks are written when both sides were asked; otherwise the other side's rank stays as it is.
    for names in {frozenset(found) for found in values.values()}:
        part = [row for row, found in zip(rows, values.values(), strict=True) if frozenset(found) == names]
        Suggestion.objects.bulk_create(
            part,
            batch_size=200,
            update_conflicts=True,
            update_fields=[*sorted(names), "changed_at"],
            unique_fields=["asking", "giving"],
        )
    asking, giving = {a for a, _ in values}, {g for _, g in values}
    found = Suggestion.objects.filter(asking_id__in=asking, giving_id__in=giving).values_list(
        "pk", "asking_id", "giving_id"
    )
    return {pk for pk, a, g in found if (a, g) in values}


def _outdated() -> models.Q:
    """Suggestions made from an earlier version of either listing."""
    return ~models.Q(asking_version=models.F("asking__version")) | ~models.Q(giving_version=models.F("giving__version"))


def _values(index: MatchIndex, pair: Pair, texts: Texts) -> dict[str, Any]:
    asking, giving, match = pair.asking, pair.giving, pair.match
    values: dict[str, Any] = {
        "asking_version": asking.version,
        "giving_version": giving.version,
        "score": match.score,
        "probability": match.probability,
        "grade": match.grade,
        "worth": match.probability,
        "reasons_for_asking": told(index.reasons_between(texts.full(asking), texts.readable(giving, asking))),
        "reasons_for_giving": told(index.reasons_between(texts.full(giving), texts.readable(asking, giving))),
        "open": True,
    }
    values["liking_of_asking" if pair.query_is_asking else "liking_of_giving"] = match.probability
    values["rank_for_asking" if pair.query_is_asking else "rank_for_giving"] = match.rank
    return values


def refresh_reasons(listing_ids: Iterable[int]) -> None:
    """Tell the reasons anew where a confidential listing has been opened to the other side."""
    ids = list(listing_ids)
    either = models.Q(asking_id__in=ids) | models.Q(giving_id__in=ids)
    rows = list(Suggestion.objects.filter(either, open=True).select_related("asking", "giving"))
    index = match_index(writable=True)
    texts = Texts(_disclosed(x for row in rows for x in (row.asking, row.giving)))
    for suggestion in rows:
        asking, giving = suggestion.asking, suggestion.giving
        suggestion.reasons_for_asking = told(index.reasons_between(texts.full(asking), texts.readable(giving, asking)))
        suggestion.reasons_for_giving = told(index.reasons_between(texts.full(giving), texts.readable(asking, giving)))
        suggestion.save(update_fields=["reasons_for_asking", "reasons_for_giving", "changed_at"])


__all__ = ["close_suggestions", "refresh_reasons", "suggest_for", "sync_index"]
