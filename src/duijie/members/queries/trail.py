"""The audit trail and the jobs, for those in charge."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.calendar import midnight_in_china
from duijie.core.errors import NotAllowed
from duijie.core.models import AuditLine, Job
from duijie.members.models import Alliance, Membership
from duijie.members.places import current_memberships
from duijie.members.rules import Place, demand, may

COLUMNS = ("id", "at", "actor", "via", "verb", "object_kind", "object_ref", "member_id", "request_id", "detail")


def audit_lines(
    viewer: Viewer,
    *,
    verb: str = "",
    actor: str = "",
    object_ref: str = "",
    member_id: int | None = None,
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[AuditLine]:
    """The lines that the viewer may read, the newest first: all for the platform and its auditor, else those of one's members.

    `verb` matches a beginning ("organisation."). Days are days in Shanghai, both included. Raises NotAllowed.
    """
    found = AuditLine.objects.filter(_readable(viewer))
    if verb:
        found = found.filter(verb__startswith=verb)
    if actor:
        found = found.filter(actor=actor)
    if object_ref:
        found = found.filter(object_ref=object_ref)
    if member_id is not None:
        found = found.filter(member_id=member_id)
    if since is not None:
        found = found.filter(at__gte=midnight_in_china(since))
    if until is not None:
        found = found.filter(at__lt=midnight_in_china(until + timedelta(days=1)))
    return found.select_related("seal").order_by("-id")


def audit_rows(lines: QuerySet[AuditLine]) -> Iterator[list[str]]:
    """Rows for an export, a heading first, read in parts so that a long trail needs no memory."""
    yield [*COLUMNS, "seal"]
    for line in lines.iterator(chunk_size=2000):
        row = [getattr(line, name) for name in COLUMNS]
        row[1] = timezone.localtime(line.at).isoformat(timespec="seconds")
        seal = getattr(line, "seal", None)
        yield ["" if value is None else str(value) for value in row] + [seal.digest if seal else ""]


def may_read_audit(viewer: Viewer) -> bool:
    return any(
        (g.role, g.scope) in {("platform", "platform"), ("secretariat", "alliance"), ("member_admin", "member")}
        or g.role == "auditor"
        for g in viewer.grants
    )


def _readable(viewer: Viewer) -> Q:
    if viewer.is_system or may(viewer, "audit.read", Place()):
        return Q()
    if viewer.key_scopes is not None or not may_read_audit(viewer):
        demand(viewer, "audit.read", Place())
        raise NotAllowed
    alliances = {g.scope_id for g in viewer.grants if g.scope == "alliance" and g.role in {"secretariat", "auditor"}}
    below = Alliance.objects.filter(Q(pk__in=alliances) | Q(parent__in=alliances) | Q(parent__parent__in=alliances))
    inside = Membership.objects.filter(current_memberships(), alliance__in=below)
    members = {g.scope_id for g in viewer.grants if g.scope == "member" and g.role in {"member_admin", "auditor"}}
    members |= set(inside.values_list("member_id", flat=True))
    return Q(member_id__in=members)


def jobs(viewer: Viewer, *, status: str = "") -> QuerySet[Job]:
    """Long work, the newest first: all for the platform's administrator, one's own for everybody else."""
    found = Job.objects.all()
    if not may(viewer, "jobs.see", Place()):
        own = Q(owner_user_id=viewer.user_id) if viewer.user_id is not None else Q(pk__in=[])
        found = found.filter(own | Q(owner_member_id__in=viewer.member_ids))
    if status:
        found = found.filter(status=status)
    return found.order_by("-id")
