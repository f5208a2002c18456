"""Writing the map's records: points, cells, figures, the boundary."""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from typing import Any

from django.db import models

from duijie.atlas.models import Boundary, ChainLink, IndustryFigure, MapPoint, PeopleCell
from duijie.atlas.rules import demand_boundary, demand_write
from duijie.atlas.schemas import ChainLinkRecord, IndustryFigureRecord, MapPointRecord, PeopleCellRecord
from duijie.atlas.shapes import count_shapes
from duijie.core.access import PUBLIC, Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, NotFound, Stale
from duijie.core.files import path_of, store
from duijie.engines.clusters import to_gcj02
from duijie.members.models import Member

MOST_BOUNDARY_BYTES = 20 * 1024 * 1024


def put_point(
    *, actor: Viewer, member: Member, record: MapPointRecord, version: int | None = None, dry_run: bool = False
) -> tuple[MapPoint, str]:
    """Create or change the point with this external id at `member`; with "created", "changed" or "unchanged"."""
    if record.opened_year and record.closed_year and record.closed_year < record.opened_year:
        raise Fault(
            "years.order", "停用年份早于启用年份。", "It closes before it opens.", place="closed_year", status=422
        )
    values = {
        "kind": record.kind,
        "name": record.name,
        "region": record.region,
        "industry": _one_industry(record.industry) if record.industry else "",
        "size": record.size,
        "opened_year": record.opened_year,
        "closed_year": record.closed_year,
        **_place(record),
    }
    key = {"member": member, "external_id": record.external_id}
    return _put(actor, member, MapPoint, "map_point.put", key, values, version, dry_run)


def put_cell(
    *, actor: Viewer, member: Member, record: PeopleCellRecord, version: int | None = None, dry_run: bool = False
) -> tuple[PeopleCell, str]:
    """Create or change the population cell with this external id at `member`."""
    values = {"region": record.region, "people": record.people, "area_m2": record.area_m2, **_place(record)}
    key = {"member": member, "external_id": record.external_id}
    return _put(actor, member, PeopleCell, "people_cell.put", key, values, version, dry_run)


def put_figure(
    *, actor: Viewer, member: Member, record: IndustryFigureRecord, version: int | None = None, dry_run: bool = False
) -> tuple[IndustryFigure, str]:
    """Create or change the figure of an industry in a region and year. Raises Conflict where another member brought it."""
    if record.firms is None and record.employees is None and record.output is None:
        raise Fault(
            "figure.empty",
            "企业数、从业人数、产值至少填一项。",
            "Give firms, employees or output.",
            place="employees",
            status=422,
        )
    key = {"region": record.region, "industry": _one_industry(record.industry), "year": record.year}
    other = IndustryFigure.objects.filter(**key).exclude(member=member).select_related("member").first()
    if other is not None:
        raise Conflict(
            "figure.elsewhere",
            f"这个数已由“{other.member.name}”提交。",
            f"“{other.member.name}” has brought this figure already.",
            place="industry",
        )
    values = {
        "member": member,
        "firms": record.firms,
        "employees": record.employees,
        "output_minor": _one_amount(record) if record.output else None,
    }
    return _put(actor, member, IndustryFigure, "industry_figure.put", key, values, version, dry_run)


def put_link(
    *, actor: Viewer, member: Member, record: ChainLinkRecord, version: int | None = None, dry_run: bool = False
) -> tuple[ChainLink, str]:
    """Create or change a link of a chain. Raises Fault "link.self", "link.loop", Conflict where another member brought it."""
    supplier, user = _one_industry(record.supplier, "supplier"), _one_industry(record.user, "user")
    if supplier == user:
        raise Fault(
            "link.self", "上游和下游是同一个行业。", "Supplier and user are one industry.", place="user", status=422
        )
    key = {"chain": record.chain, "supplier": supplier, "user": user}
    other = ChainLink.objects.filter(**key).exclude(member=member).select_related("member").first()
    if other is not None:
        raise Conflict(
            "link.elsewhere",
            f"这一环已由“{other.member.name}”提交。",
            f"“{other.member.name}” has brought this link already.",
            place="supplier",
        )
    links = set(ChainLink.objects.filter(chain=record.chain).values_list("supplier", "user"))
    if _has_loop(links | {(supplier, user)}):
        raise Fault(
            "link.loop",
            "加上这一环，产业链就成了环。",
            "With this link the chain would be a loop.",
            place="user",
            status=422,
        )
    need = float(record.need) if record.need is not None else 1.0
    return _put(actor, member, ChainLink, "chain_link.put", key, {"member": member, "need": need}, version, dry_run)


def remove_link(*, actor: Viewer, link: ChainLink) -> None:
    """Take a link out of its chain."""
    with acting(actor, "chain_link.remove") as act:
        demand_write(actor, link.member)
        reference, member_id, pk = (link._meta.model_name or "", link.uid), link.member_id, link.pk
        if not ChainLink.objects.filter(pk=pk).delete()[0]:
            raise NotFound
        act.done(reference, member_id=member_id, ids=[pk])


def _has_loop(links: set[tuple[str, str]]) -> bool:
    suppliers: dict[str, set[str]] = {}
    for supplier, user in links:
        suppliers.setdefault(user, set()).add(supplier)
    try:
        TopologicalSorter(suppliers).prepare()
    except CycleError:
        return True
    return False


def remove_point(*, actor: Viewer, point: MapPoint) -> None:
    """Take a point off the map: something that was never there; what has closed gets its last year instead."""
    with acting(actor, "map_point.remove") as act:
        demand_write(actor, point.member)
        reference = (point._meta.model_name or "", point.uid)
        member_id, pk = point.member_id, point.pk
        if not MapPoint.objects.filter(pk=pk).delete()[0]:
            raise NotFound
        act.done(reference, member_id=member_id, ids=[pk])


def _put(
    actor: Viewer,
    member: Member,
    model: type[models.Model],
    verb: str,
    key: dict[str, Any],
    values: dict[str, Any],
    version: int | None,
    dry_run: bool,
) -> tuple[Any, str]:
    with acting(actor, verb, dry_run=dry_run) as act:
        demand_write(actor, member)
        current: Any = model._default_manager.select_for_update().filter(**key).first()
        if version is not None and version != (current.version if current else 0):
            raise Stale
        if current is None:
            current = model._default_manager.create(**key, **values)
            act.done(current, member_id=member.pk, ids=[current.pk])
            return current, "created"
        if all(getattr(current, name) == value for name, value in values.items()):
            act.nothing_changed()
            return current, "unchanged"
        for name, value in values.items():
            setattr(current, name, value)
        current.version += 1
        current.save()
        act.done(current, member_id=member.pk, ids=[current.pk])
    return current, "changed"


def _place(record: MapPointRecord | PeopleCellRecord) -> dict[str, float]:
    lon, lat = to_gcj02(record.longitude, record.latitude, record.coordinate_system or "GCJ-02")
    return {"longitude": round(float(lon), 6), "latitude": round(float(lat), 6)}


def _one_industry(codes: list[str], place: str = "industry") -> str:
    if len(codes) != 1:
        raise Fault("industry.one", "请只填一个行业。", "Give one industry.", place=place, status=422)
    return codes[0]


def _one_amount(record: IndustryFigureRecord) -> int:
    amount = record.output
    assert amount is not None
    if amount.currency != "CNY" or amount.low_minor is None or amount.low_minor != amount.high_minor:
        raise Fault(
            "output.one",
            "产值请填一个人民币金额。",
            "Give the output as one amount in CNY.",
            place="output",
            status=422,
        )
    return int(amount.low_minor)


def load_boundary(
    *, actor: Viewer, name: str, coordinate_system: str, approval_number: str, chunks: Iterable[bytes], file_name: str
) -> Boundary:
    """Keep approved boundary shapes (GeoJSON) and put them in force in place of those before.

    Raises Fault "boundary.*" where the file is no collection of areas or the approval number is missing.
    """
    demand_boundary(actor)
    if not approval_number.strip():
        raise Fault(
            "boundary.approval",
            "请填写审图号。",
            "Give the approval number of the map.",
            place="approval_number",
            status=422,
        )
    if coordinate_system not in ("WGS-84", "GCJ-02", "BD-09"):
        raise Fault(
            "boundary.system", "请选择坐标系。", "Choose the coordinate system.", place="coordinate_system", status=422
        )
    with acting(actor, "boundary.load") as act:
        kept = store(
            chunks, name=file_name, media_type="application/geo+json", audience=[PUBLIC],
            created_by_id=actor.user_id, largest_bytes=MOST_BOUNDARY_BYTES,
        )  # fmt: skip
        shapes = count_shapes(path_of(kept).read_bytes())
        Boundary.objects.filter(in_force=True).update(in_force=False)
        made = Boundary.objects.create(
            name=name.strip()[:120] or file_name[:120],
            coordinate_system=coordinate_system,
            approval_number=approval_number.strip()[:60],
            file=kept,
            shapes=shapes,
            in_force=True,
        )
        act.done(made, ids=[made.pk], detail={"approval_number": made.approval_number})
    return made


def withdraw_boundary(*, actor: Viewer, boundary: Boundary) -> None:
    """Draw the map without boundaries again."""
    demand_boundary(actor)
    with acting(actor, "boundary.withdraw") as act:
        if not Boundary.objects.filter(pk=boundary.pk, in_force=True).update(in_force=False):
            act.nothing_changed()
            return
        act.done(boundary, ids=[boundary.pk])
