"""What this app adds to the matrix: a source with its items, letters between nodes; who may read them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from duijie.federate.models import Item, Letter, Peer, Run, Source
from tests.factories import make_member
from tests.web.test_isolation import Secret, World

OFFICERS = {"liaison", "editor", "member_admin", "auditor", "leader", "platform"}


def extend(world: World, *, own: Any, other: Any, alliance: Any, firm: Any) -> None:
    source = Source.objects.create(
        member=own,
        name="龘龖来源",
        kind="feed",
        url="https://www.example.cn/龘",
        schedule="by_hand",
        listing_kind="policy",
    )
    run = Run.objects.create(
        source=source, status="failed", error_zh="靇龗打不开", error_en="靇龗 is shut", finished_at=timezone.now()
    )
    item = Item.objects.create(
        source=source, remote_id="r-1", title="爧爨条目", status="failed", run=run,
        log=[{"zh": "灪爩不对", "en": "灪爩 is wrong", "place": "title", "code": "x"}],
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
        reason_zh="齾龞被拒",
        reason_en="齾龞",
    )
    world.secrets += [
        Secret("龘龖", OFFICERS | {"key_own"}), Secret("靇龗", OFFICERS), Secret("爧爨", OFFICERS), Secret("灪爩", OFFICERS),
        Secret("齾龞", {"platform"}),
    ]  # fmt: skip
    world.values |= {
        "source": [source.uid], "run": [run.uid], "item": [item.uid], "peer": [peer.uid], "form": ["ttl", "jsonld", "rdf"],
        "action": ["package_search", "package_list", "organization_list", "status_show"],
    }  # fmt: skip
