"""Putting many generated listings into an exchange: members and firms to hold them, then the ordinary bulk action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from duijie.core.access import SYSTEM
from duijie.core.creditcode import check_character
from duijie.members.models import Member, Organisation
from duijie.publish.actions.bulk import Row, load_many, upsert_many
from duijie.publish.schemas import Circle, read_listing

MEMBERS, FIRMS_EACH = 10, 50


@dataclass
class LoadTarget:
    """Ten members with fifty verified firms each; rows are dealt out in turn."""

    members: list[Member]
    firms: dict[int, list[Organisation]]
    turn: int = 0
    circle: Circle = field(default_factory=lambda: Circle(None, []))

    @classmethod
    def prepare(cls, seed: int) -> LoadTarget:
        """Make (or find again) the members and firms of this seed."""
        from django.utils import timezone

        members, firms = [], {}
        for number in range(MEMBERS):
            member, _ = Member.objects.get_or_create(
                slug=f"load-{seed}-{number}",
                defaults={
                    "name": f"压测园区{seed}-{number}",
                    "kind": "park",
                    "region": "330400",
                    "review_needed": False,
                },
            )
            members.append(member)
            found = list(Organisation.objects.filter(home_member=member, external_id__startswith="load-"))
            if not found:
                found = Organisation.objects.bulk_create(
                    [_firm(member, seed, number * FIRMS_EACH + i, timezone.now()) for i in range(FIRMS_EACH)]
                )
            firms[member.pk] = found
        return cls(members, firms)

    def write(self, rows: Sequence[dict[str, Any]], *, quietly: bool = False) -> None:
        """Publish the rows in the name of the next member; quietly: they are new, and nobody is told of each."""
        member = self.members[self.turn % len(self.members)]
        self.turn += 1
        firms = self.firms[member.pk]
        parsed = [
            Row(n, row["external_id"], read_listing(row), firms[n % len(firms)], self.circle)
            for n, row in enumerate(rows)
        ]
        if quietly:
            load_many(actor=SYSTEM, member=member, rows=parsed)
            return
        upsert_many(actor=SYSTEM, member=member, rows=parsed, put_forward=True)


def _firm(member: Member, seed: int, number: int, now: Any) -> Organisation:
    first = f"91330402MA{seed % 100:02d}{number:05d}"
    return Organisation(
        home_member=member,
        kind="firm",
        name=f"压测企业{seed}-{number}",
        credit_code=first + check_character(first),
        external_id=f"load-{number}",
        region="330402",
        verified_at=now,
    )
