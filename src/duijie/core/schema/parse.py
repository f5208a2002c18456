"""Parsing into a schema, with every fault told at once in both languages and with its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from duijie.core.errors import Fault, Faults
from duijie.core.schema.description import describe
from duijie.core.schema.record import Record

R = TypeVar("R", bound=Record)

_SENTENCES: dict[str, tuple[str, str]] = {
    "missing": ("必须填写。", "is required."),
    "extra_forbidden": ("没有这个字段。", "There is no such field."),
    "string_type": ("这里要写文字。", "Text is wanted here."),
    "int_parsing": ("这里要写整数。", "A whole number is wanted here."),
    "int_type": ("这里要写整数。", "A whole number is wanted here."),
    "bool_type": ("这里要写是或否。", "Yes or no is wanted here."),
    "list_type": ("这里要写列表。", "A list is wanted here."),
    "date_type": ("这里要写日期，例如 2026-11-21。", "A date is wanted here, e.g. 2026-11-21."),
    "model_type": ("这里要写一个对象。", "An object is wanted here."),
    "dict_type": ("这里要写一个对象。", "An object is wanted here."),
}
_LIMITS: dict[str, tuple[str, str, str]] = {
    "greater_than_equal": ("不能小于 {}。", "must be at least {}.", "ge"),
    "greater_than": ("必须大于 {}。", "must be greater than {}.", "gt"),
    "less_than_equal": ("不能大于 {}。", "must be at most {}.", "le"),
    "less_than": ("必须小于 {}。", "must be less than {}.", "lt"),
    "too_long": ("最多 {} 项。", "At most {} items.", "max_length"),
    "string_too_long": ("最多 {} 个字。", "At most {} characters.", "max_length"),
    "string_too_short": ("至少 {} 个字。", "At least {} characters.", "min_length"),
}


def _fault(error: Any, labels: Mapping[str, tuple[str, str]], prefix: str) -> Fault:
    place = ".".join(str(part) for part in error["loc"] if not str(part).startswith(("function-", "union")))
    top = str(error["loc"][0]) if error["loc"] else ""
    zh_label, en_label = labels.get(top, (top, top))
    context = error.get("ctx") or {}
    if error["type"] == "fault":
        code, zh, en = context["code"], context["zh"], context["en"]
    elif error["type"] in _LIMITS:
        zh, en, key = _LIMITS[error["type"]]
        code, zh, en = error["type"], zh.format(context[key]), en.format(context[key])
    elif error["input"] is None and error["type"] != "extra_forbidden":
        code, (zh, en) = "missing", _SENTENCES["missing"]
    else:
        code = error["type"]
        zh, en = _SENTENCES.get(code, ("填写的内容不对。", "The value is not valid."))
    return Fault(
        code,
        _named(zh_label, zh, "："),
        _named(en_label, en, ": "),
        place=f"{prefix}{place}" or None,
        status=422,
    )


def _named(label: str, sentence: str, colon: str) -> str:
    """The sentence after the name of its field, unless it begins with that name already."""
    return sentence if not label or sentence.startswith(label) else f"{label}{colon}{sentence}"


def _filled(schema: type[Record], data: Any) -> Any:
    """`data` without what was left empty, so that each such field has its default."""
    if not isinstance(data, Mapping):
        return data
    return {
        key: value
        for key, value in data.items()
        if key not in schema.model_fields
        or schema.model_fields[key].is_required()
        or not (value is None or value == [] or (isinstance(value, str) and not value.strip()))
    }


def parse(schema: type[R], data: Any, *, prefix: str = "") -> R:
    """`data` as a `schema`. Raises `Faults` naming every field at fault; `prefix` goes before each place."""
    try:
        return schema.model_validate(_filled(schema, data))
    except ValidationError as error:
        labels = {d.name: (d.label.zh, d.label.en) for d in describe(schema)}
        raise Faults([_fault(e, labels, prefix) for e in error.errors(include_url=False)]) from None


def parse_partial(schema: type[R], data: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """What can be understood of `data`, field by field, and the faults of the rest; for forms that are still being filled in."""
    try:
        return schema.model_validate(_filled(schema, data)).model_dump(), []
    except ValidationError as error:
        labels = {d.name: (d.label.zh, d.label.en) for d in describe(schema)}
        errors = error.errors(include_url=False)
        bad = {str(e["loc"][0]) for e in errors if e["loc"]}
        good = {
            key: value for key, value in _filled(schema, data).items() if key not in bad and key in schema.model_fields
        }
        missing = {k for k in bad if k in schema.model_fields and schema.model_fields[k].is_required()}
        partial = (
            schema.model_construct(**good).model_dump(warnings=False)
            if missing
            else schema.model_validate(good).model_dump()
        )
        return partial, [_fault(e, labels, "") for e in errors]
