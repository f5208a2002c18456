"""A schema as a list of field descriptions: what forms, sheet templates, the command line and the docs are made from."""

from __future__ import annotations

import datetime as dt
import types
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Union, get_args, get_origin

from duijie.core.language import Label
from duijie.core.schema.record import Choices, Record, Said
from duijie.core.schema.types import AmountValue, ChoiceOf, Shown


@dataclass(frozen=True)
class FieldDescription:
    """One field. kind: line, text, money, whole, decimal, date, yes_no, words, region, regions, industries, choice, choices."""

    name: str
    said: Said
    kind: str
    required: bool
    many: bool
    choices: tuple[Choices, ...]

    @property
    def label(self) -> Label:
        return self.said.label


_PLAIN: dict[Any, str] = {
    str: "line",
    int: "whole",
    float: "decimal",
    bool: "yes_no",
    dt.date: "date",
    AmountValue: "money",
}


def _parts(annotation: Any) -> list[Any]:
    """The annotation and everything inside its Optional and Annotated layers."""
    found = [annotation]
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType) or origin is Annotated:
        for inner in get_args(annotation):
            if inner is not type(None):
                found += _parts(inner)
    return found


def _kind(parts: list[Any]) -> str:
    for part in parts:
        if isinstance(part, Shown):
            return part.kind
    for part in parts:
        if isinstance(part, ChoiceOf):
            return "choices" if part.many else "choice"
    for part in parts:
        if part in _PLAIN if isinstance(part, type) else False:
            return _PLAIN[part]
    if any(get_origin(part) is list for part in parts):
        return "words"
    return "line"


@lru_cache(maxsize=128)
def describe(schema: type[Record]) -> tuple[FieldDescription, ...]:
    """Every field of `schema` that carries a `said(...)`, in order."""
    hints = _annotations(schema)
    found = []
    for name, info in schema.model_fields.items():
        parts = _parts(hints[name])
        said = next((p for p in parts if isinstance(p, Said)), None)
        if said is None:
            continue
        marked = next((p for p in parts if isinstance(p, ChoiceOf)), None)
        kind = _kind(parts)
        found.append(
            FieldDescription(
                name=name,
                said=said,
                kind=said.widget or kind,
                required=info.is_required(),
                many=kind in {"words", "regions", "industries", "choices"},
                choices=tuple(marked.kind) if marked else (),
            )
        )
    return tuple(found)


def _annotations(schema: type[Record]) -> dict[str, Any]:
    import typing

    return typing.get_type_hints(schema, include_extras=True)
