"""Nobody sees what is not theirs: every page and every operation of the API, for every role, own and other member, every visibility."""

from __future__ import annotations

import re

import pytest

from duijie.publish.models import Listing
from duijie.publish.models.listings import Status
from tests.web.matrix import ROLES, World, addresses, client_of, db, text_of, whole, world

# What a program says of a value is no word for people.
UNSPOKEN = re.compile(r"object at 0x[0-9a-f]{6}|Money\(|Decimal\(\'|datetime\.date|<(?:QuerySet|generator)|Label\(")
__all__ = ["db", "whole", "world"]


@pytest.fixture(autouse=True)
def _empty_indexes() -> None:
    """The world's own: what it indexed stays for the whole file."""


@pytest.mark.parametrize("name", ROLES)
def test_nobody_reads_a_word_that_is_not_for_them(world: World, name: str) -> None:
    """Every address x every role: no secret word where it must not stand, search snippets and counts included."""
    every = list(dict.fromkeys(addresses(world)))
    assert len(every) > 900
    leaks: list[str] = []
    seen: set[str] = set()
    client, headers = client_of(world, name)
    for address in every:
        if name in world.keys and not address.startswith("/api/"):
            continue
        response = client.get(address, headers=headers)
        assert response.status_code < 500, address
        text = text_of(response)
        assert not UNSPOKEN.search(text), address
        found = [secret for secret in world.secrets if secret.word in text]
        seen |= {secret.word for secret in found}
        leaks += [f"{name} reads {secret.word} at {address}" for secret in found if name not in secret.allowed]
    assert not leaks, "\n".join(leaks)
    # The matrix would be empty if nobody saw anything: who may read did read.
    if name in world.users and name not in ("auditor", "leader", "platform", "secretariat"):
        assert {secret.word for secret in world.secrets if name in secret.allowed} <= seen


def test_searches_count_and_quote_only_what_is_in_sight(world: World) -> None:
    for name in world.names:
        client, headers = client_of(world, name)
        for secret in world.secrets:
            if not secret.uid:
                continue
            answer = client.get("/api/v1/listings", {"q": secret.word}, headers=headers)
            assert answer.status_code == 200, (name, answer.content)
            found = answer.json()
            row = Listing.objects.unscoped("the test knows").get(uid=secret.uid)
            indexed = row.status == Status.PUBLISHED
            assert found["total"] == (1 if name in secret.allowed and indexed else 0), (name, secret, found)
            assert sum(f["count"] for f in found["facets"]["kind"]) == found["total"]
            if name in world.users:
                page = text_of(client.get("/search/", {"q": secret.word}))
                assert (secret.uid in page) == (found["total"] == 1), (name, secret)
