"""A member's interface: its colour, mark, own host name, and the sites that may embed its listings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.db.models import F

from duijie.core.access import PUBLIC, Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, Stale
from duijie.core.files import store
from duijie.federate.models import Interface
from duijie.federate.rules import demand
from duijie.federate.schemas import InterfaceRecord
from duijie.members.models import Member

LEAST_CONTRAST = 4.5
LARGEST_MARK = 256 * 1024
MOST_ORIGINS = 20
_COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")
_HOST = re.compile(r"^(?=.{4,120}$)([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}$")
_MARKS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def contrast_with_white(colour: str) -> float:
    """WCAG 2's contrast ratio of white words on `colour` (#rrggbb)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)


def interface_of(member: Member) -> Interface:
    """The member's interface; an unsaved one with nothing set where there is none."""
    return Interface.objects.select_related("mark").filter(member=member).first() or Interface(member=member)


def change_interface(
    *, actor: Viewer, member: Member, record: InterfaceRecord, mark: bytes | None = None, version: int | None = None
) -> Interface:
    """Write a member's interface. `mark`: a PNG or JPEG of at most 256 kB; None leaves the one there is."""
    demand(actor, "interface.write", member)
    colour = _colour(record.colour or member.colour)
    host, origins = _host(record.host), _origins(record.origins)
    with acting(actor, "interface.change") as act:
        Interface.objects.get_or_create(member=member)
        current = Interface.objects.select_for_update().get(member=member)
        if version is not None and version != current.version:
            raise Stale
        if mark is not None:
            current.mark = store(
                [mark], name=f"{member.slug}-mark", media_type=_media_type(mark), audience=[PUBLIC],
                created_by_id=actor.user_id, largest_bytes=LARGEST_MARK,
            )  # fmt: skip
        current.host, current.origins, current.version = host, origins, current.version + 1
        try:
            with transaction.atomic():
                current.save()
        except IntegrityError:
            raise Conflict(
                "host.taken",
                f"域名“{host}”已由另一成员使用。",
                f"The host name “{host}” is another member's.",
                place="host",
            ) from None
        if colour != member.colour:
            Member.objects.filter(pk=member.pk).update(colour=colour, version=F("version") + 1)
        act.done(current_name(member), member_id=member.pk, event="member.changed", ids=[member.pk])
    return current


def current_name(member: Member) -> tuple[str, str]:
    return ("interface", member.uid)


def _colour(text: str) -> str:
    if not _COLOUR.match(text):
        raise Fault(
            "colour.form", "颜色写成 #1f5a8a 这样。", "A colour is written like #1f5a8a.", place="colour", status=422
        )
    ratio = contrast_with_white(text)
    if ratio < LEAST_CONTRAST:
        raise Fault(
            "colour.pale",
            f"这个颜色上的白字看不清（对比度 {ratio:.1f}，至少 {LEAST_CONTRAST}），请选深一些的。",
            f"White words on this colour are not legible (contrast {ratio:.1f}, at least {LEAST_CONTRAST}); choose a darker one.",
            place="colour",
            status=422,
        )
    return text.lower()


def _host(text: str | None) -> str | None:
    host = (text or "").strip().lower().rstrip(".")
    if not host:
        return None
    if not _HOST.match(host):
        raise Fault(
            "host.form", f"“{host[:60]}”不是域名。", f"“{host[:60]}” is not a host name.", place="host", status=422
        )
    return host


def _origins(given: Sequence[str]) -> list[str]:
    found: dict[str, None] = {}
    for text in given:
        parts = urlsplit(text.strip())
        local = parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1"}
        if not (parts.scheme == "https" or local) or not parts.hostname or parts.path not in {"", "/"} or parts.query:
            raise Fault(
                "origin.form",
                f"“{text[:60]}”应写成 https://www.example.cn，到域名为止。",
                f"“{text[:60]}”: write https://www.example.cn, up to the host name only.",
                place="origins",
                status=422,
            )
        if not re.fullmatch(r"[A-Za-z0-9.-]+(:\d{1,5})?", parts.netloc):
            raise Fault("origin.form", f"“{text[:60]}”里有不能用的字符。", f"“{text[:60]}” holds characters it may not.", place="origins", status=422)  # fmt: skip
        found[f"{parts.scheme}://{parts.netloc.lower()}"] = None
    if len(found) > MOST_ORIGINS:
        raise Fault(
            "origin.many",
            f"最多 {MOST_ORIGINS} 个网站。",
            f"At most {MOST_ORIGINS} sites.",
            place="origins",
            status=422,
        )
    return list(found)


def _media_type(mark: bytes) -> str:
    for start, media_type in _MARKS.items():
        if mark.startswith(start):
            return media_type
    if mark[:4] == b"RIFF" and mark[8:12] == b"WEBP":
        return "image/webp"
    raise Fault(
        "mark.form",
        "标志应为 PNG、JPEG 或 WebP 图片。",
        "A mark is a PNG, JPEG or WebP picture.",
        place="mark",
        status=422,
    )
