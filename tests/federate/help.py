"""Shorthand of the tests: a source made and run, feeds and tables written."""

from __future__ import annotations

from typing import Any

from duijie.core.jobs import run_all
from duijie.core.schema import parse
from duijie.federate.actions import create_source, start_run
from duijie.federate.models import Item, Run, Source
from duijie.federate.schemas import SourceRecord
from duijie.members.models import Member
from duijie.publish.models import Listing
from tests.factories import viewer


def plug(member: Member, kind: str, url: str, **more: Any) -> Source:
    record = parse(SourceRecord, {"name": f"来源 {kind}", "kind": kind, "url": url, "schedule": "by_hand"} | more)
    return create_source(actor=viewer("member_admin", member), member=member, record=record)


def run(source: Source, **more: Any) -> Run:
    """Harvest once, to the end."""
    made = start_run(actor=viewer("member_admin", source.member), source=source, **more)
    run_all()
    return every(Run).select_related("source").get(pk=made.pk)


def every(model: Any) -> Any:
    return model.objects.unscoped("the test looks at everything")


def counts(of: Run) -> dict[str, int]:
    """What a run came to, without the zeros."""
    names = ("gathered", "created", "changed", "unchanged", "failed", "archived", "held")
    return {name: getattr(of, name) for name in names if getattr(of, name)}


def listings(member: Member) -> dict[str, Listing]:
    """Title -> listing."""
    return {x.title: x for x in every(Listing).filter(owner_member=member)}


def items(source: Source) -> dict[str, Item]:
    """Remote id -> item."""
    return {x.remote_id: x for x in every(Item).filter(source=source).select_related("listing")}


def atom(*entries: tuple[str, str, str]) -> bytes:
    """An Atom feed of (id, title, content)."""
    each = "".join(
        f"<entry><id>{i}</id><title>{t}</title><updated>2026-11-01T00:00:00Z</updated>"
        f'<link href="https://news.example.cn/{i}"/><content type="html">&lt;p&gt;{c}&lt;/p&gt;</content></entry>'
        for i, t, c in entries
    )
    return f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>公开</title>{each}</feed>'.encode()
