"""Two officers at one card in the same moment, as threads with connections of their own: one is served, the other is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from duijie.core.access import Viewer
from duijie.core.errors import Conflict, Fault, Stale
from duijie.core.schema import parse
from duijie.land import actions
from duijie.land.models import Deal, DealMove, Figure, Posting, Project
from duijie.land.replay import check
from duijie.land.schemas import DealRecord, FigureRecord, MoveRecord, ProjectRecord
from tests.at_once import at_once, on_disk, refused  # noqa: F401 (the fixture acts on every test)
from tests.factories import make_user, viewer
from tests.land.conftest import Land

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def officers(land: Land) -> list[Viewer]:
    return [viewer(make_user("liaison", land.own)) for _ in range(2)]


def move(actor: Viewer, deal: Deal, stage: str, **more: str) -> Callable[[], Any]:
    record = parse(MoveRecord, {"stage": stage, "effective_on": "2017-03-01", **more})
    return lambda: actions.move_deal(actor=actor, deal=deal, record=record, version=deal.version)


@pytest.mark.parametrize("other", ["signed", "lost"])
def test_two_move_one_card_and_one_is_told(other: str, land: Land, officers: list[Viewer]) -> None:
    deal = land.deal()
    deal = land.move(deal, "intent", "2017-02-01")
    more = {"contract": "协议 2 号"} if other == "signed" else {"reason": "选址未定"}
    found = at_once(move(officers[0], deal, "signed", contract="协议 1 号"), move(officers[1], deal, other, **more))
    assert [type(fault) for fault in refused(found)] == [Stale]
    deal.refresh_from_db()
    assert (deal.version, DealMove.objects.filter(deal=deal).count()) == (3, 3)
    assert Project.objects.unscoped("test").count() == int(deal.stage == "signed")
    assert check() == []


def test_two_write_one_deal_and_no_word_is_lost_unsaid(land: Land, officers: list[Viewer]) -> None:
    deal = land.deal()
    records = [parse(DealRecord, {"title": f"产线{n}", "kind": "investment"}) for n in range(2)]
    found = at_once(
        *(lambda a=a, r=r: actions.change_deal(actor=a, deal=deal, record=r, version=1) for a, r in zip(officers, records, strict=True))
    )  # fmt: skip
    assert [type(fault) for fault in refused(found)] == [Stale]
    served = next(one for one in found if not isinstance(one, Fault))[0]
    deal.refresh_from_db()
    assert (deal.title, deal.version) == (served.title, 2)


def test_a_number_that_two_register_at_once_is_one_deal(land: Land, officers: list[Viewer]) -> None:
    record = parse(DealRecord, {"title": "产线", "kind": "investment", "external_id": "D-1"})
    found = at_once(*(lambda a=a: actions.create_deal(actor=a, member=land.own, record=record) for a in officers))
    assert [(type(fault), fault.code) for fault in refused(found)] == [(Conflict, "external_id.taken")]
    assert Deal.objects.unscoped("test").count() == 1


def test_a_project_that_two_register_at_once_counts_once(land: Land, officers: list[Viewer]) -> None:
    record = parse(ProjectRecord, {"name": "异质结电池", "total": "1亿元", "signed_on": "2017-03-01"})
    found = at_once(*(lambda a=a: actions.create_project(actor=a, member=land.own, record=record) for a in officers))
    assert [fault.code for fault in refused(found)] == ["project.duplicate"]
    assert Project.objects.unscoped("test").count() == 1


def test_a_month_that_two_report_at_once_counts_once(land: Land, officers: list[Viewer]) -> None:
    project = land.project()
    records = [parse(FigureRecord, {"kind": "实到资金", "month": "2017-05", "amount": amount}) for amount in ("20万元", "30万元")]  # fmt: skip
    found = at_once(
        *(lambda a=a, r=r: actions.record_figure(actor=a, project=project, record=r) for a, r in zip(officers, records, strict=True))
    )  # fmt: skip
    assert [(type(fault), fault.code) for fault in refused(found)] == [(Conflict, "figure.exists")]
    stands = Figure.objects.filter(project=project, kind="paid_in")
    assert stands.count() == 1
    assert check() == []
    assert Posting.objects.filter(project_id=project.pk).exists()


def test_on_the_pages_the_second_is_told_and_sees_how_it_stands(land: Land) -> None:
    deal = land.deal()
    clients = []
    for _ in range(2):
        client = Client()
        client.force_login(make_user("liaison", land.own))
        clients.append(client)
    values = {"stage": "contact", "version": "1", "effective_on": "2017-02-01"}
    first, second = (client.post(f"/deals/{deal.uid}/move/", values) for client in clients)
    assert (first.status_code, second.status_code) == (302, 409)
    assert "已被他人修改" in second.content.decode()
    assert DealMove.objects.filter(deal=deal).count() == 2
