"""The twelve kinds by name, in the order in which pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duijie.publish.kinds.capacity import CAPACITY
from duijie.publish.kinds.definition import KindDefinition, Side
from duijie.publish.kinds.expert import EXPERT
from duijie.publish.kinds.fund import FUND
from duijie.publish.kinds.instrument import INSTRUMENT
from duijie.publish.kinds.need import NEED
from duijie.publish.kinds.notice import NOTICE
from duijie.publish.kinds.policy import POLICY
from duijie.publish.kinds.project import PROJECT
from duijie.publish.kinds.site import SITE
from duijie.publish.kinds.talent import TALENT
from duijie.publish.kinds.technology import TECHNOLOGY
from duijie.publish.kinds.topic import TOPIC

KINDS: Mapping[str, KindDefinition] = {
    definition.kind: definition
    for definition in (
        NEED, TECHNOLOGY, EXPERT, INSTRUMENT, CAPACITY, SITE, FUND, PROJECT, POLICY, TALENT, TOPIC, NOTICE,
    )
}  # fmt: skip


def side_of(kind: str, facets: Mapping[str, Any]) -> Side:
    """Whether a listing wants, offers or tells: the kind's side, but a person who seeks a post offers themselves."""
    if kind == "talent" and facets.get("form") == "person":
        return "offers"
    return KINDS[kind].side
