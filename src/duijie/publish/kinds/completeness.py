"""How complete a listing is, and what would help most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from duijie.core.language import Label
from duijie.core.schema import FieldDescription, describe
from duijie.publish.kinds.draft import ListingDraft
from duijie.publish.kinds.registry import KINDS

# A sentence shorter than this says something, but too little to be found by: it earns half.
SHORT_TEXT = 12
TITLE_WEIGHT = 10


@dataclass(frozen=True)
class Missing:
    """A field that is empty or says too little. gain: points of the score that filling it in would add."""

    name: str
    label: Label
    advice: Label
    gain: int


def completeness(kind: str, values: Mapping[str, Any]) -> tuple[int, list[Missing]]:
    """Score 0 to 100 of a listing of `kind` and what is missing, most valuable first.

    `values`: fields of `ListingDraft`, with facets under "facets" or flat beside them. The score is the share of the weights
    in the schemas that is filled in; a listing whose kind has no use for a field is not asked for it.
    """
    facets = values.get("facets") or {}
    known = {**{k: v for k, v in values.items() if k != "facets"}, **facets}
    total, earned = TITLE_WEIGHT, float(TITLE_WEIGHT * bool(known.get("title")))
    gaps: list[tuple[float, FieldDescription, bool]] = []
    for description in _asked_for(kind):
        weight = description.said.weight
        share = _share(description, known.get(description.name))
        total += weight
        earned += weight * share
        if share < 1:
            gaps.append((weight * (1 - share), description, share > 0))
    gaps.sort(key=lambda gap: -gap[0])
    return round(100 * earned / total), [
        Missing(d.name, _label(kind, d), _advice(kind, d, short), max(1, round(100 * gain / total)))
        for gain, d, short in gaps
    ]


def _asked_for(kind: str) -> list[FieldDescription]:
    definition = KINDS[kind]
    spare = {"stage"} if definition.stages is None else set()
    if kind in {"notice", "policy", "expert", "instrument", "site", "capacity"}:
        spare.add("amount")  # these carry their prices and sums in facets, where they carry any
    fields = [*describe(ListingDraft), *describe(definition.schema)]
    return [d for d in fields if d.said.weight and d.name not in spare]


def _share(description: FieldDescription, value: Any) -> float:
    if value is None or value == "" or value == []:
        return 0.0
    if description.kind == "text" and isinstance(value, str) and len(value.strip()) < SHORT_TEXT:
        return 0.5 if description.name in {"body", "problem", "summary"} else 1.0
    return 1.0


def _label(kind: str, description: FieldDescription) -> Label:
    return KINDS[kind].amount_label if description.name == "amount" else description.label


def _advice(kind: str, description: FieldDescription, short: bool) -> Label:
    label, said = _label(kind, description), description.said
    if short:
        return Label(f"“{label.zh}”可以再写具体些。", f"Say more under “{label.en}”.")
    zh, en = f"补充“{label.zh}”", f"Add “{label.en}”"
    if said.help:
        return Label(f"{zh}：{said.help.zh}。", f"{en}: {said.help.en}.")
    if said.example:
        return Label(f"{zh}，例如“{said.example}”。", f"{en}, e.g. “{said.example}”.")
    return Label(f"{zh}。", f"{en}.")
