"""A deal's project: born when the deal is signed, called off when it is withdrawn, following the deal's moves."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.events import emit
from duijie.land.actions.figures import Given, new_figure
from duijie.land.actions.keeping import keep_version, settle
from duijie.land.choices import OVER, PLACE
from duijie.land.duplicates import name_key, refuse_repeat
from duijie.land.models import Deal, Figure, Project
from duijie.land.states import ProjectRows


def follow_deal(actor: Viewer, deal: Deal, now: dt.datetime, evidence: dict[str, str]) -> Project | None:
    """Bring a deal's project up to the deal's moves, inside the action that moved it."""
    rows = Project.objects.unscoped("a deal finds its own project").select_for_update(of=("self",))
    project = rows.select_related("owner_member").filter(deal=deal).first()
    if project is None:
        if deal.stage not in PLACE or PLACE[deal.stage] < PLACE["signed"]:
            return None
        return _found(actor, deal, now, evidence)
    off = deal.stage in OVER or PLACE[deal.stage] < PLACE["signed"]
    if off != (project.cancelled_on is not None):
        project.cancelled_on = deal.stage_since if off else None
        project.cancel_reason = deal.end_remark if off else ""
        project.version += 1
        keep_version(project, actor, now, "project.follow")
    settle(project, now)
    return project  # type: ignore[no-any-return]


def _found(actor: Viewer, deal: Deal, now: dt.datetime, evidence: dict[str, str]) -> Project:
    """The project of a deal that was signed. A look-alike is told about and not refused: the contract is signed."""
    other = next(
        (p for p in deal.parties.select_related("organisation") if p.side == "other" and not p.member_id), None
    )
    project = Project(
        name=deal.title, name_key=name_key(deal.title), deal=deal, owner_member=deal.owner_member, kind=deal.kind,
        openness="parties" if deal.confidential else "alliance", summary=deal.summary, region=deal.region,
        industry=deal.industry, origin=deal.origin, foreign=deal.foreign, technology=deal.kind == "technology",
        source=deal.source, source_ref=deal.source_ref, source_label=deal.source_label,
    )  # fmt: skip
    if other is not None:
        project.investor_organisation = other.organisation
        project.investor = other.organisation.name if other.organisation else other.name
    refuse_repeat(project)
    project.save(force_insert=True)
    project.signed_on = deal.stage_since
    version, figures = keep_version(project, actor, now, "project.found"), list[Figure]()
    if deal.amount_minor:
        contract = evidence.get("contract", "")
        given = Given("total", deal.amount_minor, deal.currency, "", None, None, contract)
        figures.append(new_figure(project, given, actor, now))
        figures[0].save(force_insert=True)
    settle(project, now, ProjectRows([version], figures, [], [], list(deal.moves.all())), fresh=True)
    emit("project.created", ids=[project.pk], deal=deal.pk, at=timezone.now().isoformat())
    return project
