"""What the sweep does for deals and projects: tells of steps that are due and stages that take too long; keeps lateness current."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from duijie.core.notifications import tell
from duijie.core.workdays import next_working_day
from duijie.land.actions.keeping import lateness
from duijie.land.choices import PATH, Stage
from duijie.land.models import Deal, MilestoneDay, Project
from duijie.land.moves import SERVICE_LEVEL
from duijie.land.service import in_stage
from duijie.land.states import actual_days, planned_days
from duijie.members.queries import staff_of_member

AT_ONCE = 500


def remind(today: dt.date | None = None) -> int:
    """Tell those in charge of steps due by tomorrow, and liaison officers of stages past their service level; each once.

    Returns how many notices were new.
    """
    day = today or timezone.localdate()
    return _remind_of_steps(day) + _remind_of_stages(day)


def _name(deal: Deal) -> str:
    return "保密项目" if deal.confidential else deal.title


def _remind_of_steps(day: dt.date) -> int:
    rows = Deal.objects.unscoped("the sweep reminds everybody of their own").filter(
        next_on__gte=day - dt.timedelta(days=3), next_on__lte=next_working_day(day), owner_user__isnull=False,
        stage__in=PATH[:-1],
    )  # fmt: skip
    told = 0
    for deal in rows.order_by("next_on", "pk")[:AT_ONCE]:
        told += tell(
            [deal.owner_user_id], kind="deal.due", zh=f"{deal.next_on} 到期：{_name(deal)}的下一步",
            en=f"Due on {deal.next_on}: the next step of {_name(deal)}", address=f"/deals/{deal.uid}/",
            key=f"deal.due:{deal.uid}:{deal.next_on}",
        )  # fmt: skip
    return told


def _remind_of_stages(day: dt.date) -> int:
    told = 0
    for stage, level in SERVICE_LEVEL.items():
        if level is None:
            continue
        latest = day - dt.timedelta(days=level)
        rows = Deal.objects.unscoped("the sweep reminds everybody of their own").filter(
            stage=stage, stage_since__lt=latest, stage_since__gte=latest - dt.timedelta(days=level + 14)
        )
        for deal in rows.order_by("stage_since", "pk")[:AT_ONCE]:
            if not in_stage(deal, day).over:
                continue
            told += tell(
                staff_of_member(deal.owner_member_id), kind="deal.overdue",
                zh=f"{_name(deal)}在“{Stage(stage).zh}”超过 {level} 个工作日",
                en=f"{_name(deal)} has been in “{Stage(stage).en}” for more than {level} working days",
                address=f"/deals/{deal.uid}/", key=f"deal.over:{deal.uid}:{stage}:{deal.stage_since}",
            )  # fmt: skip
    return told


def refresh_lateness(today: dt.date | None = None) -> int:
    """Count anew how late open milestones are, for projects that have a plan. Returns how many changed."""
    day = today or timezone.localdate()
    planned = MilestoneDay.objects.filter(actual=False, day__lt=day).values("project_id")
    rows = Project.objects.unscoped("the sweep keeps every project's lateness").filter(pk__in=planned)
    changed = 0
    for project in rows.filter(cancelled_on__isnull=True).exclude(stage="full_output").order_by("pk"):
        milestones = list(project.milestones.all())
        moves = list(project.deal.moves.all()) if project.deal else []
        late = lateness(planned_days(milestones), actual_days(moves, milestones, None), day)
        if late != project.late_days:
            changed += Project.objects.unscoped("as above").filter(pk=project.pk).update(late_days=late)
    return changed
