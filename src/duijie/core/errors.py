"""One small hierarchy of refusals. Every door shows the same sentence; the code is stable and documented.

A Fault is raised wherever something is refused. It carries both languages, the place of the fault (a field, a cell,
a line) and the HTTP status that the API answers with as application/problem+json.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from duijie.core.language import t


class Fault(Exception):
    """Something was refused, and why.

    code: stable word for programs, e.g. "money.not_a_number". place: where the fault is, e.g. "budget", "Sheet1!C7".
    """

    status = 400

    def __init__(
        self, code: str, zh: str, en: str, *, place: str | None = None, status: int | None = None, **detail: Any
    ) -> None:
        super().__init__(zh)
        self.code, self.zh, self.en, self.place, self.detail = code, zh, en, place, detail
        if status is not None:
            self.status = status

    @property
    def sentence(self) -> str:
        return t(self.zh, self.en)

    def at(self, place: str) -> Fault:
        """The same fault, found at `place`."""
        self.place = place
        return self

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}" if self.place else self.sentence


class Faults(Fault):
    """Several faults of one record, told at once so that nobody mends them one by one."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        first = self.faults[0]
        super().__init__(
            "invalid",
            "；".join(f.zh for f in self.faults),
            "; ".join(f.en for f in self.faults),
            place=first.place,
            status=422,
        )


class NotAllowed(Fault):
    """The actor may not do this. Says whom to ask."""

    status = 403

    def __init__(
        self, zh: str = "您没有权限做这件事。", en: str = "You are not allowed to do this.", **kw: Any
    ) -> None:
        super().__init__("not_allowed", zh, en, **kw)


class NotFound(Fault):
    """Nothing here that the viewer may see (existing and hidden look alike)."""

    status = 404

    def __init__(
        self,
        zh: str = "没有找到，或者您无权查看。",
        en: str = "Not found, or not visible to you.",
        **kw: Any,
    ) -> None:
        super().__init__("not_found", zh, en, **kw)


class Conflict(Fault):
    """The record is no longer what the actor saw, or its state does not allow this."""

    status = 409


class Stale(Fault):
    """The ETag given is not that of the record as it stands."""

    status = 412

    def __init__(self) -> None:
        super().__init__(
            "stale",
            "这条记录在您读取之后已被他人修改，请重新读取后再提交。",
            "This record was changed after you read it; read it again and resubmit.",
        )
