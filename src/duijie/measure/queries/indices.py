"""Reading designs, consultations, judgements, editions and deals."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet

from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.measure.models import Consultation, Edition, IndexDesign, Judgement, MarketDeal


def designs(viewer: Viewer) -> QuerySet[Any]:
    """Designs that the viewer works on, by name."""
    return IndexDesign.objects.visible_to(viewer).select_related("alliance").order_by("name", "pk")


def design(viewer: Viewer, slug: str) -> IndexDesign:
    """A design by its short name or id. Raises NotFound."""
    found: IndexDesign | None = designs(viewer).filter(slug=slug).first() or designs(viewer).filter(uid=slug).first()
    if found is None:
        raise NotFound
    return found


def editions(viewer: Viewer, *, slug: str = "") -> QuerySet[Any]:
    """Editions that the viewer may see, latest first; without their contents."""
    found = Edition.objects.visible_to(viewer).select_related("design", "design__alliance").defer("content", "sources")
    return (found.filter(design__slug=slug) if slug else found).order_by("-published_at", "-pk")


def edition(viewer: Viewer, uid: str) -> Edition:
    """One edition, whole. Raises NotFound."""
    found: Edition | None = (
        Edition.objects.visible_to(viewer).select_related("design", "design__alliance").filter(uid=uid).first()
    )
    if found is None:
        raise NotFound
    return found


def consultations(viewer: Viewer, of: IndexDesign) -> list[Consultation]:
    """Consultations of a design that the viewer works on, latest first."""
    if not designs(viewer).filter(pk=of.pk).exists():
        return []
    return list(Consultation.objects.filter(design=of).order_by("-pk"))


def consultation(viewer: Viewer, uid: str) -> Consultation:
    """A consultation of a design that the viewer works on. Raises NotFound."""
    found = Consultation.objects.select_related("design").filter(uid=uid).first()
    if found is None or not designs(viewer).filter(pk=found.design_id).exists():
        raise NotFound
    return found


def judgements(viewer: Viewer, of: Consultation) -> list[Judgement]:
    """The judgements of a consultation that the viewer may read: handed in, or the own one."""
    found = Judgement.objects.visible_to(viewer).filter(consultation=of).select_related("expert")
    return list(found.order_by("pk"))


def my_judgements(viewer: Viewer) -> QuerySet[Any]:
    """What is asked of this viewer as an expert."""
    found = Judgement.objects.visible_to(viewer).select_related("consultation", "consultation__design")
    return found.filter(expert_id=viewer.user_id or 0).order_by("-pk")


def judgement(viewer: Viewer, uid: str) -> Judgement:
    """A judgement that the viewer may read. Raises NotFound."""
    rows = Judgement.objects.visible_to(viewer).select_related("consultation", "consultation__design")
    found: Judgement | None = rows.filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found


def deals(
    *,
    market: str = "",
    start: dt.date | None = None,
    end: dt.date | None = None,
    provinces: tuple[str, ...] = (),
    text: str = "",
) -> QuerySet[MarketDeal]:
    """Deals of the markets, latest first; what was announced in public is for everybody."""
    found = MarketDeal.objects.all()
    if market:
        found = found.filter(market=market)
    if start is not None:
        found = found.filter(announced_on__gte=start)
    if end is not None:
        found = found.filter(announced_on__lte=end)
    if text:
        found = found.filter(title__icontains=text)
    if provinces:
        from django.db.models import Q

        inside = Q()
        for province in provinces:
            inside |= Q(region__startswith=province)
        found = found.filter(inside)
    return found.order_by("-announced_on", "-pk")
