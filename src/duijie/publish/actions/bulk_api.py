"""Up to a thousand listings in one request: parsed together, refused together or one by one, written in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Fault, Faults
from duijie.members.models import Member
from duijie.publish.actions.bulk import Row, Tally, upsert_many
from duijie.publish.actions.writing import check_dates
from duijie.publish.models import Listing
from duijie.publish.schemas import read_listing, resolve_circle, resolve_organisation


def _read(number: int, data: Any, member: Member, seen: dict[str, int]) -> Row:
    if not isinstance(data, dict):
        raise Fault("json.not_an_object", "每一项应为一个对象。", "Each item must be an object.", status=422)
    values = read_listing(data)
    check_dates(values)
    external_id = values.draft.external_id
    if not external_id:
        raise Fault("missing", "编号：必须填写。", "External id: is required.", place="external_id", status=422)
    if external_id in seen:
        raise Fault(
            "sheet.repeated_id",
            f"编号“{external_id}”与第 {seen[external_id] + 1} 项重复。",
            f"The id “{external_id}” stands in item {seen[external_id] + 1} already.",
            place="external_id",
            status=422,
        )
    seen[external_id] = number
    organisation = resolve_organisation(values.draft.owner_organisation, member)
    return Row(number, external_id, values, organisation, resolve_circle(values.draft))


def _placed(fault: Fault, number: int) -> list[Fault]:
    each = fault.faults if isinstance(fault, Faults) else [fault]
    return [f.at(f"[{number}].{f.place}" if f.place else f"[{number}]") for f in each]


def put_rows(
    *, actor: Viewer, member: Member, rows: Sequence[Any], all_or_nothing: bool, dry_run: bool, put_forward: bool
) -> dict[str, Any]:
    """Upsert `rows`; the report says of each what became of it. With all_or_nothing a fault refuses all (Faults)."""
    good: list[Row] = []
    bad: dict[int, list[Fault]] = {}
    seen: dict[str, int] = {}
    for number, data in enumerate(rows):
        try:
            good.append(_read(number, data, member, seen))
        except Fault as fault:
            bad[number] = _placed(fault, number)
    if bad and all_or_nothing:
        raise Faults([fault for faults in bad.values() for fault in faults])
    tally = Tally()
    with acting(actor, "listing.bulk", dry_run=dry_run) as act:
        if good:
            tally = upsert_many(actor=actor, member=member, rows=good, put_forward=put_forward)
        written = dict(
            Listing.objects.unscoped("the report names what this request wrote")
            .filter(owner_member=member, external_id__in=[row.external_id for row in good])
            .values_list("external_id", "uid")
        )
        created, changed = set(tally.created), {pk for pk, _ in tally.changed}
        by_pk = dict(
            Listing.objects.unscoped("the report names what this request wrote")
            .filter(pk__in=created | changed)
            .values_list("uid", "pk")
        )
        act.nothing_changed()  # upsert_many has written the lines and the event
    report: list[dict[str, Any]] = []
    for row in good:
        uid = written.get(row.external_id)
        pk = by_pk.get(uid or "")
        what = "created" if pk in created else "changed" if pk in changed else "unchanged"
        report.append({"external_id": row.external_id, "what": what, "id": None if dry_run else uid, "errors": []})
    for number, faults in bad.items():
        data = rows[number]
        external_id = data.get("external_id") if isinstance(data, dict) else None
        errors = [{"code": f.code, "detail": f.sentence, "place": f.place} for f in faults]
        report.append(
            {
                "external_id": external_id if isinstance(external_id, str) else None,
                "what": "refused",
                "id": None,
                "errors": errors,
            }
        )
    return {
        "created": len(tally.created),
        "changed": len(tally.changed),
        "unchanged": tally.unchanged,
        "refused": len(bad),
        "rows": report,
    }
