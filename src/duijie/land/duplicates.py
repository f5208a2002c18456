"""Does a project exist already? Compared by name, investor and what they have in common."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from django.db.models import Q

from duijie.core.errors import Conflict
from duijie.core.text import match_key
from duijie.land.models import Project

LIKE = 0.86
# Words that every project's name may carry and that tell none from another.
_COMMON = re.compile(r"(?:建设项目|投资项目|合作项目|项目|工程|有限责任公司|股份有限公司|有限公司|公司)")


def name_key(name: str) -> str:
    """The form in which project names are compared."""
    key = match_key(_COMMON.sub("", name))
    return (key or match_key(name))[:160]


def look_alikes(project: Project) -> list[Project]:
    """First signings that look like this one: the same name, or the same investor and nearly the same name."""
    rows = Project.objects.unscoped("a repeat is a repeat, whoever may see the other one").filter(
        relation="first", cancelled_on__isnull=True
    )
    if project.pk is not None:
        rows = rows.exclude(pk=project.pk)
    same = Q(name_key=project.name_key)
    if project.investor_organisation_id:
        same |= Q(investor_organisation_id=project.investor_organisation_id)
    elif project.investor:
        same |= Q(investor=project.investor)
    named = rows.filter(same).order_by("pk").values_list("pk", "name_key")[:50]
    alike = [pk for pk, key in named if key == project.name_key or _alike(key, project.name_key)]
    return list(rows.filter(pk__in=alike).select_related("owner_member").order_by("pk")) if alike else []


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= LIKE


def refuse_repeat(project: Project) -> None:
    """Raise Conflict "project.duplicate" where a first signing looks like another and nobody said why it is not."""
    if project.relation != "first" or project.distinct_reason:
        return
    alike = look_alikes(project)
    if alike:
        other = alike[0]
        zh_day, en_day = (
            (f"（{other.signed_on} 签约）", f" (signed {other.signed_on})") if other.signed_on else ("", "")
        )
        hidden = other.openness == "parties"
        name = "一个保密项目" if hidden else f"{other.owner_member.name}的“{other.name}”"
        name_en = "a confidential project" if hidden else f"“{other.name}” of {other.owner_member.name}"
        raise Conflict(
            "project.duplicate",
            f"与{name}{zh_day}疑似同一项目，一个项目只计一次；若是升级或增资请注明关系，确实不同请填写“不是重复的理由”。",
            f"This looks like {name_en}{en_day}, and a project counts once: say whether it is an upgrade or a capital increase, "
            "or why it is not the same.",
            place="name",
        )
