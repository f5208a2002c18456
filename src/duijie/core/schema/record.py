"""What a schema says about itself: labels in both languages, examples, units, choices."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator

from duijie.core.language import Label


class Record(BaseModel):
    """Base of every schema that people fill in: unknown fields are refused by name."""

    model_config = ConfigDict(extra="forbid", validate_default=False, use_enum_values=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_default(cls, data: Any) -> Any:
        """An empty cell or form field means what leaving it out means: the default, or "required" where there is none."""
        if not isinstance(data, dict):
            return data
        kept = {}
        for name, value in data.items():
            empty = value is None or (isinstance(value, str) and not value.strip())
            field = cls.model_fields.get(name)
            if empty and field is not None:
                if field.is_required():
                    continue
                value = field.get_default(call_default_factory=True)
            kept[name] = value
        return kept


@dataclass(frozen=True)
class Said:
    """What people are told about a field.

    weight: how much it counts for the completeness score (0: not at all). advice: what is said when it is missing.
    secret: never part of a teaser. group: the heading under which a form shows it.
    """

    label: Label
    help: Label | None = None
    example: str = ""
    unit: Label | None = None
    aliases: tuple[str, ...] = ()
    widget: str = ""
    group: Label | None = None
    weight: int = 0
    secret: bool = True


def said(
    zh: str,
    en: str,
    *,
    help_zh: str = "",
    help_en: str = "",
    example: str = "",
    unit: tuple[str, str] | None = None,
    aliases: tuple[str, ...] = (),
    widget: str = "",
    group: Label | None = None,
    weight: int = 0,
    secret: bool = True,
) -> Said:
    """Shorthand for `Said` inside `Annotated[...]`."""
    return Said(
        Label(zh, en),
        Label(help_zh, help_en or help_zh) if help_zh else None,
        example,
        Label(*unit) if unit else None,
        aliases,
        widget,
        group,
        weight,
        secret,
    )


class Choices(StrEnum):
    """A closed list: stored as a stable word, shown in both languages, understood in each.

    class Mode(Choices):
        LICENCE = "licence", "技术许可", "Licence", ("许可使用", "授权")

    The last part, where there is one, holds other names that people write.
    """

    zh: str
    en: str
    also: tuple[str, ...]

    def __new__(cls, value: str, zh: str = "", en: str = "", also: tuple[str, ...] = ()) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.zh, member.en, member.also = zh, en, also
        return member

    @property
    def label(self) -> Label:
        return Label(self.zh, self.en)

    def __str__(self) -> str:
        return str(self.value)

    @classmethod
    def named(cls, value: str) -> str:
        """The label of a stored value in the language in force; the value itself where it is not (or no longer) in the list."""
        return str(cls(value).label) if value in cls._value2member_map_ else value
