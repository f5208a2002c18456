"""Publishing an edition: the design and the data as they stand now, sealed for ever."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault
from duijie.engines.composite.uncertainty.tables import intervals_table
from duijie.measure.indices import composite, deals
from duijie.measure.indices.note import deals_note, note_of
from duijie.measure.models import Edition, IndexDesign, MarketDeal
from duijie.measure.rules import demand, place_in


@dataclass(frozen=True)
class _Made:
    content: bytes
    sources: dict[str, str]
    summary: dict[str, Any]
    note_zh: str
    note_en: str
    period: str


def publish_edition(
    *, actor: Viewer, design: IndexDesign, title: str = "", title_en: str = "", audience: str = "public", at: dt.datetime | None = None
) -> Edition:  # fmt: skip
    """Make the index from what is on record and publish it as the next edition.

    Raises NotAllowed, Conflict "edition.same" (nothing changed since the last one), Fault "index.…" whatever the engine refuses.
    """
    demand(actor, "edition.publish", place_in(design.alliance_id))
    if audience not in {"public", "alliance"}:
        raise Fault(
            "edition.audience",
            "发布范围应是公开或联盟内部。",
            "An edition is public or the alliance's.",
            place="audience",
            status=422,
        )
    made = _composite(design) if design.kind == IndexDesign.Kind.COMPOSITE else _deals(design)
    digest = composite.digest_of(made.content)
    with acting(actor, "edition.publish") as act:
        current = IndexDesign.objects.unscoped("an action checks for itself").select_for_update().get(pk=design.pk)
        before = Edition.objects.unscoped("numbering").filter(design=current).order_by("-number").first()
        if before is not None and before.digest == digest:
            raise Conflict(
                "edition.same", f"与第 {before.number} 版完全相同，没有可发布的变化。",
                f"The same as edition {before.number}: nothing has changed.",
            )  # fmt: skip
        number = before.number + 1 if before is not None else 1
        edition = Edition(
            design=current, number=number, kind=current.kind, period=made.period,
            title=title.strip()[:160] or f"{current.name}（{made.period}）",
            title_en=title_en.strip()[:200] or f"{current.name_en or current.name} ({made.period})",
            content=made.content.decode(), digest=digest, sources=made.sources, summary=made.summary,
            note_zh=made.note_zh, note_en=made.note_en,
            audience="public" if audience == "public" else f"alliance:{current.alliance_id}",
            is_demonstration=current.is_demonstration, published_at=at or timezone.now(), published_by=actor.reference(),
        )  # fmt: skip
        edition.save()
        act.done(
            edition, event="edition.published", ids=[edition.pk], detail={"digest": digest, "design": current.slug}
        )
    return edition


def _composite(design: IndexDesign) -> _Made:
    """Only what everybody the edition is for may see goes in: observations are read as the public and the alliance see them."""
    reader = Viewer(tokens=frozenset({"public", f"alliance:{design.alliance_id}"}))
    data = composite.data_of(reader, design)
    document = composite.pruned(design.document)
    several = len(data.panel.unit_list()) > 1
    if several:
        # The plan stands in the document, so that whoever has the package can run it again too.
        document["uncertainty"] = composite.plan_of(document)
    index = composite.make(document, data.panel)
    varied = composite.vary(document, data.panel, document["uncertainty"]) if several else None
    content = composite.content_of(document, index, varied)
    final, ranks, scores = index.final, index.ranks(), index.scores()
    period = final.period_list()[-1]
    intervals = {row[0]: (row[5], row[6]) for row in intervals_table(varied).rows} if varied is not None else {}
    rows = []
    for at in final.rows_of(period):
        unit = final.units[at]
        if not np.isnan(scores[at]):
            low, high = intervals.get(unit, (None, None))
            rows.append({"unit": unit, "name": final.names.get(unit, unit), "score": float(scores[at]), "rank": int(ranks[at]), "low": low, "high": high})  # fmt: skip
    rows.sort(key=lambda row: (row["rank"], row["unit"]))
    summary = {"rows": rows, "periods": final.period_list(), "indicators": len(index.framework.indicators)}
    return _Made(
        content, data.sources, summary, note_of(index, design.document, chinese=True), note_of(index, design.document, chinese=False), period
    )  # fmt: skip


def deal_rows() -> list[list[Any]]:
    """Every deal as the method reads it, in the order of days."""
    found = MarketDeal.objects.order_by("announced_on", "uid")
    return [[d.uid, d.market, d.announced_on.isoformat(), d.amount_minor / 100, d.industry, d.region] for d in found]


def _deals(design: IndexDesign) -> _Made:
    rows = deal_rows()
    content = deals.content_of(design.document, rows, {"zh": design.name, "en": design.name_en or design.name})
    document = json.loads(content)
    results = document["results"]
    monthly = results["whole"]["monthly"]
    period = max(p for p in monthly["periods"])
    year = period[:4]
    summary = {
        "deals": len(rows), "periods": monthly["periods"], "year": year,
        "last": monthly["index"][-1], "rolling": monthly["rolling"][-1], "winsorised": results["whole"]["winsorised"],
    }  # fmt: skip
    notes = [deals_note(design.document, results, len(rows), chinese=chinese) for chinese in (True, False)]
    return _Made(content, {}, summary, notes[0], notes[1], period)


def rebuild(edition: Edition) -> str:
    """The digest of the edition made again from what is inside it; equal to its own unless something was altered."""
    if edition.kind == IndexDesign.Kind.COMPOSITE:
        return composite.digest_of(composite.rebuilt(edition.content))
    return composite.digest_of(deals.rebuilt(json.loads(edition.content)))
