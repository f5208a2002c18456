"""Deals and projects in the matrix of who may see what."""

from __future__ import annotations

from typing import Any

from duijie.core.access import SYSTEM
from duijie.core.schema import parse
from duijie.land import actions
from duijie.land.schemas import DealRecord, FigureRecord, ProjectRecord, ZoneRecord

OWN_STAFF = {"liaison", "editor", "member_admin", "auditor", "leader"}
OFFICERS = OWN_STAFF | {"other_liaison", "secretariat"}
PARTIES = OWN_STAFF | {"firm"}


def extend(world: Any, *, own: Any, other: Any, alliance: Any, firm: Any) -> None:
    """A confidential and an open deal, a comment, a project for each openness, a joint zone."""
    from tests.web.matrix import Secret

    def deal(word: str, **more: Any) -> Any:
        values = {
            "title": f"{word}产线",
            "kind": "investment",
            "own_organisations": [firm.uid],
            "stage_on": "2020-01-06",
            **more,
        }
        return actions.create_deal(actor=SYSTEM, member=own, record=parse(DealRecord, values))

    def project(word: str, openness: str, **more: Any) -> Any:
        values = {"name": f"{word}项目", "openness": openness, "total": "1亿元", "signed_on": "2020-02-03", **more}
        return actions.create_project(actor=SYSTEM, member=own, record=parse(ProjectRecord, values))

    secret_deal, open_deal = deal("㑂㑃", confidential="是"), deal("㑄㑅")
    actions.comment(actor=SYSTEM, deal=open_deal, text="㑆㑇报价")
    blocker = actions.raise_blocker(actor=SYSTEM, deal=secret_deal, text="㑈㑉卡点", to_member=own)
    projects = [project("㑊㑋", "parties"), project("㑌㑍", "alliance"), project("㑎㑏", "public")]
    record = parse(FigureRecord, {"kind": "paid_in", "month": "2020-03", "amount": "100万元", "evidence": "㑐㑑凭证"})
    figure = actions.record_figure(actor=SYSTEM, project=projects[0], record=record)[0]
    zone = actions.write_zone(
        actor=SYSTEM, record=parse(ZoneRecord, {"name": "共建", "slug": "matrix-zone", "kind": "shared", "partners": ["own||"]})
    )  # fmt: skip
    everybody = {*world.users}
    world.secrets += [
        Secret("㑂㑃", PARTIES, ""),
        Secret("㑄㑅", OFFICERS | {"firm"}, ""),
        Secret("㑆㑇报价", PARTIES, ""),
        Secret("㑈㑉卡点", PARTIES, ""),
        Secret("㑊㑋", OWN_STAFF, ""),
        Secret("㑌㑍", OFFICERS, ""),
        Secret("㑎㑏", everybody, ""),
        Secret("㑐㑑凭证", OWN_STAFF, ""),
    ]
    world.values |= {
        "deal": [secret_deal.uid, open_deal.uid], "project": [p.uid for p in projects], "zone": [zone.slug],
        "blocker": [blocker.uid], "blocker_uid": [blocker.uid], "figure_uid": [figure.uid],
    }  # fmt: skip
