"""Tags that show form fields: label, help, error under the field, required mark; a summary of errors on top with links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from django.forms import BaseForm, BoundField
from django.utils.safestring import SafeString, mark_safe

from duijie.core.language import Label
from duijie.web.kit.fields import Choice, FormField, of_bound_field
from duijie.web.kit.library import register, render

INPUT_TYPES = {
    "email": "email",
    "password": "password",
    "search": "search",
    "date": "date",
    "datetime": "datetime-local",
    "tel": "tel",
    "url": "url",
}
# whole and decimal are text boxes: people paste "1,200" and full-width digits, which a number box would swallow.
INPUT_MODES = {"whole": "numeric", "decimal": "decimal", "email": "email", "tel": "tel", "url": "url"}
_BODIES = {
    "text": "text",
    "choice": "choice",
    "choices": "choices",
    "radios": "choices",
    "yes_no": "switch",
    "money": "money",
    "words": "chips",
    "region": "pick",
    "regions": "pick",
    "industry": "pick",
    "industries": "pick",
    "pick": "pick",
    "file": "file",
    "hidden": "hidden",
}


@register.simple_tag
def field(one: FormField) -> SafeString:
    """Show a `FormField`."""
    body = _BODIES.get(one.kind, "line")
    if body == "hidden":
        return render("fields/hidden", field=one)
    return render(
        "field",
        field=one,
        body=f"kit/fields/{body}.html",
        input_type=INPUT_TYPES.get(one.kind, "text"),
        input_mode=INPUT_MODES.get(one.kind, ""),
        is_group=body == "choices",
        is_switch=body == "switch",
    )


@register.simple_tag
def form_fields(fields: Iterable[FormField]) -> SafeString:
    """Show fields one after another; those of one group share a fieldset with its heading, where the first of them stands."""
    every = list(fields)
    order = list(dict.fromkeys(str(one.group) for one in every))
    every.sort(key=lambda one: order.index(str(one.group)))
    parts: list[str] = []
    for heading, members in groupby(every, key=lambda one: str(one.group)):
        inside = mark_safe("".join(field(one) for one in members))
        parts.append(render("fieldset", heading=heading, inside=inside) if heading else inside)
    return mark_safe("".join(parts))


@register.simple_tag
def form_field(
    bound: BoundField, label: str | Label = "", help: str | Label = "", autofocus: bool = False
) -> SafeString:
    """Show a field of a Django form, under another label or help where given."""
    one = of_bound_field(bound)
    return field(replace(one, label=label or one.label, help=help or one.help, autofocus=autofocus))


@register.simple_tag
def make_field(name: str, label: str, kind: str = "line", **options: Any) -> SafeString:
    """Show a field described in the template: `{% make_field "q" "关键词" kind="search" value=q %}`."""
    choices = [one if isinstance(one, Choice) else Choice(*one) for one in options.pop("choices", ())]
    return field(FormField(name, label, kind, choices=choices, **options))


@register.simple_tag
def error_summary(fields: Sequence[FormField] | BaseForm, others: Sequence[str] = ()) -> str:
    """What is wrong, on top of the form, each with a link to its field; nothing where nothing is. Takes the focus.

    others: sentences that belong to no field. A Django form may stand for `fields`.
    """
    told = list(others)
    if isinstance(fields, BaseForm):
        told += [str(error) for error in fields.non_field_errors()]
        fields = [of_bound_field(bound) for bound in fields]
    wrong = [(one, error) for one in fields for error in one.errors]
    count = len(wrong) + len(told)
    return render("error_summary", wrong=wrong, others=told, count=count) if count else ""
