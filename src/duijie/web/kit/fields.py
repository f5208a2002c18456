"""Form fields as descriptions. A `FormField` says what to show; it comes from a schema (`fields_of_schema`), from a Django form
(`{% form_field form.name %}`) or is written by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.forms import BoundField

from duijie.core.language import Label
from duijie.core.money import CURRENCIES, Money
from duijie.core.schema import FieldDescription, Record, describe
from duijie.web.kit.names import industry_name, region_name

PICKERS = {"region": "regions", "regions": "regions", "industry": "industries", "industries": "industries"}
MANY = {"regions", "industries", "words", "choices"}


@dataclass(frozen=True)
class Choice:
    value: str
    label: Label | str
    help: Label | str = ""


@dataclass(frozen=True)
class FormField:
    """One field.

    kind: line, text, money, whole, decimal, date, datetime, yes_no, words, region, regions, industry, industries, choice,
    choices, radios, email, password, search, tel, url, file, hidden, pick (type-ahead over `source`).
    value: text; a list of values for words, choices, pickers. labels: {value: name} of what a picker already holds.
    errors: sentences. source: address of a picker's JSON endpoint. bare_unit: what a bare figure in a money field is
    multiplied by (10000 for 万元). max_bytes, accept: for files. many: a pick that takes several.
    """

    name: str
    label: Label | str
    kind: str = "line"
    value: Any = ""
    help: Label | str = ""
    errors: Sequence[str] = ()
    required: bool = False
    choices: Sequence[Choice] = ()
    unit: Label | str = ""
    example: str = ""
    labels: Mapping[str, str] | None = None
    source: str = ""
    max_length: int | None = None
    max_bytes: int = 0
    accept: str = ""
    autocomplete: str = ""
    autofocus: bool = False
    rows: int = 4
    bare_unit: int = 1
    group: Label | str = ""
    disabled: bool = False
    many: bool = False
    id_prefix: str = "f-"
    say_optional: bool = False

    @property
    def id(self) -> str:
        return f"{self.id_prefix}{self.name}"

    @property
    def described_by(self) -> str:
        """Ids of what is read out after the label."""
        parts = [
            f"{self.id}-error" if self.errors else "",
            f"{self.id}-help" if str(self.help) else "",
            f"{self.id}-echo" if self.kind == "money" else "",
        ]
        return " ".join(filter(None, parts))

    @property
    def takes_many(self) -> bool:
        return self.many or self.kind in MANY

    @property
    def values(self) -> list[str]:
        """The value as a list of words."""
        if self.value is None or self.value == "":
            return []
        return [str(v) for v in self.value] if isinstance(self.value, list | tuple | set) else [str(self.value)]

    @property
    def text(self) -> str:
        return "" if self.value is None else str(self.value)

    @property
    def is_on(self) -> bool:
        """Whether a switch is on."""
        return self.value in (True, "true", "on", "1", 1)

    def chosen(self) -> list[tuple[Choice, bool]]:
        """Each choice and whether it is the value's."""
        held = set(self.values)
        return [(choice, choice.value in held) for choice in self.choices]

    def chips(self) -> list[tuple[str, str]]:
        """(value, name) of what a picker or word field holds."""
        return [(value, self._name_of(value)) for value in self.values]

    def _name_of(self, value: str) -> str:
        if self.labels and value in self.labels:
            return self.labels[value]
        list_name = PICKERS.get(self.kind)
        if list_name == "regions":
            return region_name(value)
        return industry_name(value) if list_name == "industries" else value

    def with_errors(self, *errors: str) -> FormField:
        return replace(self, errors=errors)


def without_label(sentence: str, label: str) -> str:
    """A refusal without the name of its field before it, which the form shows anyway."""
    for mark in ("：", ": "):
        sentence = sentence.removeprefix(f"{label}{mark}")
    return sentence


def amount_as_typed(value: Any) -> Any:
    """An amount as a person would type it, exact and understood in both languages: 300000-500000元."""
    if not isinstance(value, Mapping):
        return value
    currency = value.get("currency", "CNY")
    ends = [value.get("low_minor"), value.get("high_minor")]
    low, high = (None if end is None else f"{Money(end, currency).major.normalize():f}" for end in ends)
    unit = CURRENCIES[currency].zh
    if low is not None and high is not None:
        return f"{low}{unit}" if low == high else f"{low}-{high}{unit}"
    return f"{low}{unit}以上" if low is not None else f"不超过{high}{unit}"


def _of_description(said: FieldDescription, value: Any, errors: Sequence[str], sources: Mapping[str, str]) -> FormField:
    return FormField(
        name=said.name,
        label=said.label,
        kind=said.kind,
        value="" if value is None else amount_as_typed(value) if said.kind == "money" else value,
        help=said.said.help or "",
        errors=[without_label(error, str(said.label)) for error in errors],
        required=said.required,
        choices=tuple(Choice(str(choice), choice.label) for choice in said.choices),
        unit=said.said.unit or "",
        example=said.said.example,
        source=sources.get(PICKERS.get(said.kind, ""), ""),
        group=said.said.group or "",
    )


def fields_of_schema(
    schema: type[Record],
    values: Mapping[str, Any] | None = None,
    errors: Mapping[str, Sequence[str]] | None = None,
    *,
    only: Iterable[str] | None = None,
    sources: Mapping[str, str] | None = None,
) -> list[FormField]:
    """The fields of a schema, in its order (or in that of `only`), with values and the errors of each by name.

    sources: {"regions": address, "industries": address} of the type-ahead endpoints.
    """
    described = {said.name: said for said in describe(schema)}
    names = list(only) if only is not None else list(described)
    held, wrong, where = values or {}, errors or {}, sources or {}
    return [_of_description(described[n], held.get(n), wrong.get(n, ()), where) for n in names]


_WIDGETS = {
    "Textarea": "text",
    "Select": "choice",
    "SelectMultiple": "choices",
    "CheckboxSelectMultiple": "choices",
    "RadioSelect": "radios",
    "CheckboxInput": "yes_no",
    "PasswordInput": "password",
    "EmailInput": "email",
    "NumberInput": "whole",
    "DateInput": "date",
    "HiddenInput": "hidden",
    "FileInput": "file",
    "ClearableFileInput": "file",
    "URLInput": "url",
}


def of_bound_field(bound: BoundField) -> FormField:
    """A field of a Django form, for pages whose forms others make (sign-in)."""
    widget = bound.field.widget
    value = bound.value()
    return FormField(
        name=bound.html_name,
        label=str(bound.label),
        kind=_WIDGETS.get(type(widget).__name__, "line"),
        value="" if value is None else value,
        help=str(bound.help_text or ""),
        errors=[str(error) for error in bound.errors],
        required=bound.field.required,
        choices=tuple(Choice(str(v), str(label)) for v, label in getattr(bound.field, "choices", ())),
        autocomplete=str(widget.attrs.get("autocomplete", "")),
        max_length=getattr(bound.field, "max_length", None),
        id_prefix="id_",
    )
