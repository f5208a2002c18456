"""Types of this app's schemas that read what people write: instants, people, pairs."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any

from duijie.core.calendar import SHANGHAI
from duijie.core.errors import Fault
from duijie.core.schema.types import Shown, split_list, understood
from duijie.core.text import half_width, shorten

_INSTANT = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[T ]*(\d{1,2})[:时点](\d{1,2})?分?(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?"
)


def read_instant(value: Any) -> dt.datetime:
    """2026-12-03 09:20, 2026年12月3日 9点20分, ISO with a zone; without a zone the clock of Shanghai.

    Raises Fault "instant.unreadable".
    """
    if isinstance(value, dt.datetime):
        return value if value.tzinfo else value.replace(tzinfo=SHANGHAI)
    text = half_width(str(value)).strip() if not isinstance(value, bool | list | dict) else ""
    found = _INSTANT.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        year, month, day, hour, minute, zone = found.groups()
        instant = dt.datetime(int(year), int(month), int(day), int(hour), int(minute or 0), tzinfo=SHANGHAI)
        if zone:
            offset = dt.datetime.fromisoformat(f"2000-01-01T00:00:00{zone.replace('Z', '+00:00')}").tzinfo
            instant = instant.replace(tzinfo=offset)
        if not 1900 <= instant.year <= 2199:
            raise ValueError
        return instant
    except ValueError:
        quoted = shorten(str(value), 40)
        raise Fault(
            "instant.unreadable",
            f"“{quoted}”不是日期和时间，请写成 2026-12-03 09:20。",
            f"“{quoted}” is not a date and time; write 2026-12-03 09:20.",
            status=422,
        ) from None


Instant = Annotated[dt.datetime, Shown("datetime"), understood(read_instant)]


def read_people(value: Any) -> list[dict[str, str]]:
    """姓名/职务/账号, several separated by commas or lines: [{"name", "title", "account"}]. Raises Fault "people.unreadable"."""
    if isinstance(value, list) and all(isinstance(x, dict) for x in value):
        items = [(str(x.get("name", "")), str(x.get("title", "")), str(x.get("account", ""))) for x in value]
    else:
        parts = [[half_width(p).strip() for p in re.split(r"[/／]", item)] for item in split_list(value)]
        items = [(p[0], p[1] if len(p) > 1 else "", p[2] if len(p) > 2 else "") for p in parts]
    found = []
    for name, title, account in items:
        if not name or len(name) > 80 or len(title) > 80:
            quoted = shorten(f"{name}/{title}", 40)
            raise Fault(
                "people.unreadable",
                f"“{quoted}”看不懂，请写“姓名/职务/账号”，多人用顿号隔开。",
                f"“{quoted}”: write name/title/account, several separated by commas.",
                status=422,
            )
        found.append({"name": name, "title": title, "account": account})
    if len(found) > 20:
        raise Fault("list.too_long", "最多 20 人。", "At most 20 people.", status=422)
    return found


People = Annotated[list[dict[str, str]], Shown("words"), understood(read_people)]
