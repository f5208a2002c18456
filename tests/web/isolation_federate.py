"""What this app adds to the matrix: a source with its items, letters between nodes; who may read them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from duijie.federate.models import Item, Letter, Peer, Run, Source
from tests.factories import make_member
from tests.web.matrix import Secret, World

OFFICERS = {"liaison", "editor", "member_admin", "auditor", "leader", "platform"}


def extend(world: World, *, own: Any, other: Any, alliance: Any, firm: Any) -> None:
    source = Source.objects.create(
        member=own,
        name="㐂㐃来源",
        kind="feed",
        url="https://www.example.cn/feed",
        schedule="by_hand",
        listing_kind="policy",
    )
    run = Run.objects.create(
        source=source, status="failed", error_zh="㐄㐅打不开", error_en="㐄㐅 is shut", finished_at=timezone.now()
    )
    item = Item.objects.create(
        source=source, remote_id="r-1", title="㐆㐇条目", status="failed", run=run,
        log=[{"zh": "㐈㐉不对", "en": "㐈㐉 is wrong", "place": "title", "code": "x"}],
    )  # fmt: skip
    node = make_member(slug="node-far")
    peer = Peer.objects.create(
        slug="far",
        name="远方平台",
        url="https://far.example.org",
        key_id="ed25519-x",
        public_key="A" * 43 + "=",
        member=node,
    )
    Letter.objects.create(
        direction="in",
        peer=peer,
        kind="interest",
        digest="0" * 64,
        status="refused",
        reason_zh="㐊㐋被拒",
        reason_en="㐊㐋",
    )
    world.secrets += [
        Secret("㐂㐃", OFFICERS | {"key_own"}), Secret("㐄㐅", OFFICERS), Secret("㐆㐇", OFFICERS), Secret("㐈㐉", OFFICERS),
        Secret("㐊㐋", {"platform"}),
    ]  # fmt: skip
    world.values |= {
        "source": [source.uid], "run": [run.uid], "item": [item.uid], "peer": [peer.uid], "form": ["ttl", "jsonld", "rdf"],
        "action": ["package_search", "package_list", "organization_list", "status_show"],
    }  # fmt: skip
