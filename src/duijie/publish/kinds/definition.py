"""What the exchange knows of a kind of listing, beside the listing's common part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from duijie.core.errors import Fault
from duijie.core.language import Label
from duijie.core.schema import Choices, Record

Side = Literal["wants", "offers", "tells"]
Upgrader = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class KindDefinition:
    """One kind of listing.

    icon: a Tabler icon's name. colour: a design token (`--kind-<colour>` in the style sheet). side: whether such a listing
    wants something, offers something or tells something. complements: kinds that may answer it, likeliest first.
    validity_days: how long it stays published unless its owner says otherwise; None where the listing's own window says so.
    amount_label: what the listing's amount means for this kind. listed / carded / filters: facets (or fields of the
    common part) shown in a table row, on a card, and beside the search results, in order.
    upgraders: from a stored schema version to the next one.
    """

    kind: str
    label: Label
    icon: str
    colour: str
    side: Side
    schema: type[Record]
    amount_label: Label
    hint: Label
    example: Mapping[str, Any]
    complements: tuple[str, ...] = ()
    stages: type[Choices] | None = None
    validity_days: int | None = 365
    schema_version: int = 1
    listed: tuple[str, ...] = ()
    carded: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    upgraders: Mapping[int, Upgrader] = field(default_factory=dict)

    def upgraded(self, facets: Mapping[str, Any], version: int) -> dict[str, Any]:
        """`facets` as stored at `version`, in the shape of the schema as it stands.

        Raises `Fault` "kind.version" for a version that is newer than this one or that no upgrader starts from.
        """
        current = dict(facets)
        if version > self.schema_version:
            raise _unreadable(self, version)
        while version < self.schema_version:
            if version not in self.upgraders:
                raise _unreadable(self, version)
            current = self.upgraders[version](current)
            version += 1
        return current

    def stage_of(self, text: str) -> str:
        """The stored word of a stage given by word, Chinese or English name. Raises `Fault`."""
        from duijie.core.schema.types import read_choice

        if self.stages is None:
            raise Fault(
                "kind.no_stage", f"“{self.label.zh}”没有阶段。", f"A {self.label.en.lower()} has no stage.", status=422
            )
        return read_choice(self.stages, text)


def _unreadable(definition: KindDefinition, version: int) -> Fault:
    return Fault(
        "kind.version",
        f"“{definition.label.zh}”的第 {version} 版字段无法读取，现行第 {definition.schema_version} 版。",
        f"Version {version} of the facets of “{definition.label.en}” cannot be read; the present one is "
        f"{definition.schema_version}.",
        status=422,
    )
