"""One schema per kind of record; from it come the form, the API body, the sheet template, the command line and the docs.

    class Need(Record):
        problem: Annotated[LongText | None, said("要解决的问题", "Problem", example="…")] = None

`parse(Need, data)` understands what people write and raises `Faults` with a sentence and a place for each thing it refuses.
"""

from duijie.core.schema.description import FieldDescription, describe
from duijie.core.schema.parse import parse, parse_partial
from duijie.core.schema.record import Choices, Record, Said, said
from duijie.core.schema.types import (
    Amount,
    AmountValue,
    CreditCode,
    Day,
    Decimal2,
    Exact,
    IndustryCodes,
    Line,
    LongText,
    RegionCode,
    RegionCodes,
    ShortLine,
    Web,
    Whole,
    Words,
    YesNo,
    choice,
    choices,
)

__all__ = [
    "Amount",
    "AmountValue",
    "Choices",
    "CreditCode",
    "Day",
    "Decimal2",
    "Exact",
    "FieldDescription",
    "IndustryCodes",
    "Line",
    "LongText",
    "Record",
    "RegionCode",
    "RegionCodes",
    "Said",
    "ShortLine",
    "Web",
    "Whole",
    "Words",
    "YesNo",
    "choice",
    "choices",
    "describe",
    "parse",
    "parse_partial",
    "said",
]
