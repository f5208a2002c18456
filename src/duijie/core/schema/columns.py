"""A schema's fields as columns of a sheet."""

from __future__ import annotations

from duijie.core.schema.description import FieldDescription
from duijie.core.sheets import Column


def column_of(described: FieldDescription) -> Column:
    """The column for a field of a schema."""
    said = described.said
    return Column(
        name=described.name,
        label_zh=said.label.zh,
        label_en=said.label.en,
        aliases=said.aliases,
        kind=described.kind,
        required=described.required,
        unit=said.unit.zh if said.unit else "",
        example=said.example,
        choices=described.choices,
        help_zh=said.help.zh if said.help else "",
        help_en=said.help.en if said.help else "",
    )
