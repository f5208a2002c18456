"""Real needs and achievements: in through the sheet and through the API, and ranked by the platform as by `duijie match`."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections import defaultdict
from pathlib import Path

import pytest
from django.test import Client
from openpyxl import Workbook

from duijie.cli import tables
from duijie.cli.language import Language
from duijie.cli.match import falling
from duijie.core.jobs import run_all
from duijie.core.schema import parse
from duijie.engines.matching import MatchIndex
from duijie.match.finding import suggest_for, sync_index
from duijie.match.models import Suggestion
from duijie.match.upkeep import learn
from duijie.members import actions
from duijie.members.models import Member
from duijie.members.schemas import ApiKeyRecord
from duijie.publish.actions import imports
from duijie.publish.models import ImportBatch, Listing
from tests.factories import make_member, viewer

pytestmark = [pytest.mark.django_db, pytest.mark.reference]
TOP = 20
EACH = 14  # every fourteenth need is asked for partners: the whole would take minutes
Rows = list[dict[str, str]]


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def through_the_sheet(park: Member, kind: str, rows: Rows) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    names = {"need_id": "编号", "offer_id": "编号", "title": "标题", "content": "内容"}
    sheet.append([names[name] for name in rows[0]])
    for row in rows:
        sheet.append(list(row.values()))
    target = io.BytesIO()
    book.save(target)
    batch = imports.start_import(
        actor=viewer("liaison", park), member=park, kind=kind, chunks=[target.getvalue()], name="表.xlsx",
        apply_when_good=True,
    )  # fmt: skip
    run_all()
    kept = ImportBatch.objects.get(pk=batch.pk)
    assert (kept.status, kept.rows_new, kept.faults) == ("applied", len(rows), [])


def through_the_api(park: Member, kind: str, rows: Rows) -> None:
    record = parse(ApiKeyRecord, {"name": "系统", "scopes": ["listings:write"]})
    _, secret = actions.create_api_key(actor=viewer("member_admin", park), record=record, member=park)
    for start in range(0, len(rows), 1000):
        body = [
            {
                "kind": kind,
                "external_id": next(iter(row.values())),
                "title": row["title"],
                "body": row.get("content", ""),
            }
            for row in rows[start : start + 1000]
        ]
        answer = Client().put(
            f"/api/v1/members/{park.slug}/listings",
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )
        assert (answer.status_code, answer.json()["created"]) == (200, len(body))


def ranking_of_the_platform(needs: list[Listing]) -> dict[str, list[tuple[str, float]]]:
    found: dict[str, list[tuple[str, float]]] = defaultdict(list)
    rows = Suggestion.objects.filter(asking__in=needs).order_by("asking_id", "rank_for_asking")
    for asking, giving, score in rows.values_list("asking__external_id", "giving__external_id", "score"):
        found[asking].append((giving, score))
    return dict(found)


def ranking_of_the_command(folder: Path) -> dict[str, list[tuple[str, float]]]:
    """What `duijie match` writes for the sample of needs, from the same two files, by its own steps."""
    language = Language("zh")
    needs = tables.documents(tables.read_table(folder / "needs.csv", language), "need", language)
    offers = tables.documents(tables.read_table(folder / "offers.csv", language), "technology", language)
    names = {document.id: identity for identity, document in offers}
    with MatchIndex.in_memory() as index:
        index.upsert(document for _, document in (*needs, *offers))
        index.refresh()
        return {
            identity: [
                (names[found.id], score)
                for _, found, score in falling((m.id, m) for m in index.match(need, top=TOP, reasons=False))
            ]
            for identity, need in needs[::EACH]
        }


@pytest.mark.timeout(900)
def test_the_platform_and_the_command_rank_alike(reference: Path) -> None:
    folder = reference / "matching"
    needs, offers = read(folder / "needs.csv"), read(folder / "offers.csv")
    asking, giving = make_member(), make_member()
    through_the_sheet(asking, "need", needs)
    through_the_api(giving, "technology", offers)
    published = Listing.objects.unscoped("test").order_by("pk")
    assert published.filter(status="published").count() == len(needs) + len(offers) == 168 + 8432
    sync_index(published.values_list("pk", flat=True))
    learn()
    asked = list(published.filter(kind="need").select_related("owner_member", "owner_organisation")[::EACH])
    suggest_for(asked, top=TOP)

    by_platform = ranking_of_the_platform(asked)
    by_command = ranking_of_the_command(folder)
    assert len(by_platform) == len(asked)
    for need, partners in by_platform.items():
        told = by_command[need][: len(partners)]
        assert [offer for offer, _ in partners] == [offer for offer, _ in told]
        assert [round(score, 6) for _, score in partners] == [round(score, 6) for _, score in told]
    for told in by_command.values():
        assert all(first > second for (_, first), (_, second) in itertools.pairwise(told))
