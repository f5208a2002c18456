"""What people fill in in matching."""

from __future__ import annotations

from typing import Annotated

from duijie.core.schema import Day, Record, said
from duijie.core.schema.types import line


class NextStep(Record):
    """What comes next in an introduction, and by when."""

    step: Annotated[line(200) | None, said("下一步", "Next step", example="周四上午看样机")] = None
    on: Annotated[Day | None, said("日期", "By", example="2026-12-01")] = None
