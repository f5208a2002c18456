"""`duijie match` on two files and the platform rank alike up to near-ties, on real needs and achievements that come in through the sheet door."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from duijie.cli.match import match
from duijie.core.events import dispatch_all
from duijie.core.jobs import run_all
from duijie.match.documents import documents_of
from duijie.match.finding import published
from duijie.match.index import match_index
from duijie.match.upkeep import learn
from duijie.publish.actions import imports
from duijie.publish.models import ImportBatch, Listing
from tests.factories import make_member, viewer

pytestmark = [pytest.mark.django_db, pytest.mark.reference]
NEEDS, OFFERS, TOP = 12, 400, 10


def _part(source: Path, target: Path, count: int) -> list[str]:
    with source.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.reader(handle))[: count + 1]
    with target.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(rows)
    return [row[0] for row in rows[1:]]


def test_the_platform_and_the_command_rank_alike(reference: Path, tmp_path: Path) -> None:
    needs, offers = tmp_path / "needs.csv", tmp_path / "offers.csv"
    need_ids = _part(reference / "matching" / "needs.csv", needs, NEEDS)
    _part(reference / "matching" / "offers.csv", offers, OFFERS)
    out = tmp_path / "out.csv"
    done = CliRunner().invoke(match, [str(needs), str(offers), "-o", str(out), "--top", str(TOP)])
    assert done.exit_code == 0, done.output
    by_command: dict[str, list[str]] = {}
    with out.open(encoding="utf-8-sig", newline="") as handle:
        for row in csv.DictReader(handle):
            by_command.setdefault(row["need_id"], []).append(row["offer_id"])

    asking, giving = make_member("需求方园区"), make_member("成果方园区")
    for member, kind, path in ((asking, "need", needs), (giving, "technology", offers)):
        batch = imports.start_import(
            actor=viewer("liaison", member), member=member, kind=kind, chunks=[path.read_bytes()], name=path.name, apply_when_good=True
        )
        run_all()
        batch = ImportBatch.objects.get(pk=batch.pk)
        assert (batch.status, batch.rows_bad) == ("applied", 0), batch.faults[:3]
    dispatch_all()
    learn()
    index = match_index(writable=True)
    external = dict(Listing.objects.unscoped("test").values_list("uid", "external_id"))
    listings = {x.external_id: x for x in published().filter(kind="need")}
    for need_id in need_ids:
        document = documents_of([listings[need_id]])[listings[need_id].uid]
        found = index.match(document, top=TOP, reasons=False)
        # Texts are learnt in the order of their ids, which differ between the two; near-ties may change places, no more.
        ranked = [external[m.id] for m in found]
        assert ranked[0] == by_command[need_id][0]
        assert len(set(ranked) & set(by_command[need_id])) >= TOP - 1
