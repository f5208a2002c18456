"""Joint zones: registering and changing, with partners, areas and shares."""

from __future__ import annotations

import re
from typing import Any

from django.db import IntegrityError, transaction

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, NotFound, Stale
from duijie.land.models import JointZone, ZonePartner
from duijie.land.rules import demand
from duijie.land.schemas import ZoneRecord
from duijie.members.models import Member
from duijie.members.places import find_member

Partner = tuple[Member | None, str, int | None, int | None]
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def read_partners(record: ZoneRecord) -> list[Partner]:
    """The partners of a record: member or name, area in m², share in hundredths of a percent.

    Raises Fault "zone.partner", "zone.shares" (they add up to something else than 100 %), "zone.areas" (more than the zone).
    """
    found: list[Partner] = []
    for item in record.partners:
        parts = [part.strip() for part in item.split("|")] + ["", ""]
        name, area, share = parts[:3]
        try:
            found.append(
                (_member(name), name, int(area) if area else None, round(float(share) * 100) if share else None)
            )
        except ValueError:
            raise Fault(
                "zone.partner",
                f"“{item[:40]}”看不懂，请写成“名称|面积|份额”。",
                f"“{item[:40]}”: write name|area|share.",
                place="partners",
                status=422,
            ) from None
    _check(record, found)
    return found


def _member(name: str) -> Member | None:
    try:
        return find_member(name, place="partners")
    except Fault as fault:
        if fault.code == "member.unknown":
            return None
        raise


def _check(record: ZoneRecord, partners: list[Partner]) -> None:
    shares = [share for *_, share in partners if share is not None]
    if shares and (len(shares) != len(partners) or sum(shares) != 10_000):
        total = sum(shares) / 100
        raise Fault(
            "zone.shares",
            f"各方份额合计应为 100%，现在是 {total:g}%。",
            f"The shares must add up to 100 %; they come to {total:g} %.",
            place="partners",
            status=422,
        )
    areas = [area for *_, area, _ in partners if area is not None]
    if record.area_square_metres is not None and areas:
        whole, parts = record.area_square_metres, sum(areas)
        if parts > whole or (len(areas) == len(partners) and parts != whole):
            raise Fault(
                "zone.areas",
                f"各方面积合计 {parts} 平方米，与总面积 {whole} 平方米不符。",
                f"The partners' areas come to {parts} m², the zone's is {whole} m².",
                place="partners",
                status=422,
            )


def write_zone(
    *, actor: Viewer, record: ZoneRecord, zone: JointZone | None = None, version: int | None = None
) -> JointZone:
    """Register a joint zone, or change one: by an officer of a partner or the secretariat of an alliance of one."""
    partners = read_partners(record)
    members = {member.pk for member, *_ in partners if member is not None}
    held = set(zone.partners.exclude(member=None).values_list("member_id", flat=True)) if zone else members
    demand(actor, "zone.change", {pk for pk in held if pk is not None})
    demand(actor, "zone.change", members)
    if not _SLUG.fullmatch(record.slug):
        raise Fault(
            "slug.unreadable",
            f"“{record.slug}”不能用作网址简称，只能用小写字母、数字和连字符。",
            f"“{record.slug}” cannot be a short name: lower-case letters, digits and hyphens.",
            place="slug",
            status=422,
        )
    with acting(actor, "zone.change" if zone else "zone.create") as act:
        row = zone and JointZone.objects.select_for_update().filter(pk=zone.pk).first()
        if zone is not None and row is None:
            raise NotFound
        if row is not None and version is not None and row.version != version:
            raise Stale
        row = row or JointZone(version=0)
        for name, value in _values(record).items():
            setattr(row, name, value)
        row.version += 1
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:
            raise Conflict(
                "slug.taken",
                f"网址简称“{record.slug}”已被使用。",
                f"The short name “{record.slug}” is taken.",
                place="slug",
            ) from None
        row.partners.all().delete()
        ZonePartner.objects.bulk_create(
            ZonePartner(
                zone=row, member=member, name="" if member else name, area_square_metres=area, share_basis_points=share
            )
            for member, name, area, share in partners
        )
        act.done(row, member_id=min(members) if members else None, ids=[row.pk], members=sorted(members))
    return row


def _values(record: ZoneRecord) -> dict[str, Any]:
    values = record.model_dump(exclude={"partners"})
    for name in ("name_en", "summary", "industry"):
        values[name] = values[name] or ""
    return values


def zone_record_of(zone: JointZone) -> dict[str, Any]:
    """The zone as its schema gives it."""
    values: dict[str, Any] = {n: getattr(zone, n) for n in ZoneRecord.model_fields if n != "partners"}
    values["partners"] = [
        "|".join(
            (
                p.member.name if p.member else p.name,
                str(p.area_square_metres or ""),
                f"{p.share_basis_points / 100:g}" if p.share_basis_points is not None else "",
            )
        )
        for p in zone.partners.select_related("member")
    ]
    return values
