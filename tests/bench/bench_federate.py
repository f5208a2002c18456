"""Benchmarks of interfaces: a harvest through validation, OAI-PMH page by page with deletions in between, webhooks to many receivers.

    nice -n 10 .venv/bin/python -m tests.bench.bench_federate --records 100000 --receivers 1000

Processor seconds stand beside the clock: on a shared machine only those tell one run from another. SQLite in a folder of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAGE = 200


def _ready(data: str) -> None:
    os.environ["DUIJIE_DATA_DIR"] = data or tempfile.mkdtemp(prefix="duijie-bench-")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duijie.config.settings")
    os.environ["DUIJIE_ALLOW_PRIVATE_WEBHOOKS"] = "1"
    import django

    django.setup()
    if not data:
        from duijie.core.installing import bring_up_to_date

        bring_up_to_date()


class _Other(BaseHTTPRequestHandler):
    """A CKAN portal of so many packages, and a receiver that takes everything."""

    records, edition = 0, 1
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        start = int(query["start"][0])
        found = [
            {
                "id": f"p{n}",
                "title": f"第{n}项检测技术",
                "notes": f"压铸件气孔检测第{n}项，最小孔径0.{n % 9 + 1}毫米，第{self.edition}版",
                "tags": [{"name": "检测"}],
            }
            for n in range(start, min(start + PAGE, self.records))
        ]
        self._say(json.dumps({"success": True, "result": {"count": self.records, "results": found}}).encode())

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._say(b"ok")

    def _say(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None: ...


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # sixteen senders at once would find a queue of five full


class _Timed:
    def __enter__(self) -> _Timed:
        self.clock, self.processor = time.monotonic(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.clock, self.processor = time.monotonic() - self.clock, time.process_time() - self.processor


def _harvest(url: str, records: int) -> None:
    from duijie.core.access import SYSTEM
    from duijie.core.jobs import run_all
    from duijie.federate.actions import start_run
    from duijie.federate.models import Run, Source
    from duijie.members.models import Member

    member = Member.objects.create(slug="bench", name="压测园区", kind="park", region="330402")
    source = Source.objects.create(
        member=member, name="x", kind="ckan", url=url, schedule="by_hand", listing_kind="technology"
    )
    for what in ("first", "again, unchanged", "again, all changed"):
        _Other.edition += what.endswith("all changed")
        start_run(actor=SYSTEM, source=source)
        with _Timed() as took:
            run_all()
        run = Run.objects.unscoped("bench").filter(source=source).latest("pk")
        assert (run.status, run.gathered) == ("done", records), (run.status, run.error_zh)
        print(
            f"harvest, {what}: {records} records, {records / took.clock:.0f}/s by the clock, {records / took.processor:.0f} per processor second"
        )


def _oai(records: int) -> None:
    """Sickle harvests everything over HTTP while, every 5,000 records, a hundred listings end."""
    from sickle import Sickle

    from duijie.core.access import SYSTEM
    from duijie.federate.out import oai
    from duijie.federate.out.catalogue import note
    from duijie.members.models import Member
    from duijie.publish.actions.bulk import archive_many
    from duijie.publish.models import Listing

    member = Member.objects.get(slug="bench")
    own = Listing.objects.unscoped("bench").filter(owner_member=member)
    note(own.values_list("pk", flat=True))
    pages: list[float] = []

    class Timed(Sickle):  # type: ignore[misc]
        def harvest(self, **asked: Any) -> Any:
            with _Timed() as took:
                answer = super().harvest(**asked)
            pages.append(took.clock)
            return answer

    server = _pages_server()
    live: set[str] = set()
    gone: set[str] = set()
    client = Timed(f"http://127.0.0.1:{server.server_port}/members/bench/oai/")
    told = client.ListRecords(metadataPrefix="oai_dc", ignore_deleted=False)
    with _Timed() as whole:
        for number, record in enumerate(told, 1):
            if record.deleted:
                gone.add(record.header.identifier)
            else:
                live.add(record.header.identifier)
            if number % 5_000 == 2_500:
                rows = own.filter(status="published").select_related(
                    "owner_member", "owner_organisation", "visible_alliance"
                )
                batch = list(rows.order_by("?")[:100])
                archive_many(actor=SYSTEM, member=member, listings=batch, reason="x")
                note([x.pk for x in batch])
    left = own.filter(status="published").count()
    live -= gone  # told as live on an early page, as deleted on a later one
    assert len(live) == left, (len(live), left, len(gone))
    assert len(live | gone) == records, (len(live), len(gone))
    ordered = sorted(pages)
    print(
        f"OAI-PMH by Sickle: {records} records in {whole.clock:.0f} s, {records - left} deleted in between, all told; {len(pages)} pages of"
        f" {oai.PAGE}, median {1000 * statistics.median(pages):.0f} ms, p95 {1000 * ordered[int(len(ordered) * 0.95)]:.0f} ms"
    )
    server.shutdown()


def _pages_server() -> Any:
    """The installation's pages on a free port."""
    from socketserver import ThreadingMixIn
    from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

    from duijie.config.wsgi import application

    class Quiet(WSGIRequestHandler):
        def log_message(self, *args: Any) -> None: ...

    class Pages(ThreadingMixIn, WSGIServer):
        daemon_threads = True

    server = make_server("127.0.0.1", 0, application, Pages, Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _fan_out(url: str, receivers: int) -> None:
    from duijie.federate.subscriptions import tell_subscribers
    from duijie.match.models import Channel, Outgoing
    from duijie.match.telling.outbox import send_due
    from duijie.members.models import Member
    from duijie.publish.models import Listing

    member = Member.objects.get(slug="bench")
    secret = "whsec_" + "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
    Channel.objects.bulk_create(
        [
            Channel(
                kind="standard",
                name=str(n),
                url=f"{url}/{n}",
                secret=secret,
                member=member,
                events=["listing.published"],
            )
            for n in range(receivers)
        ]
    )
    listing = Listing.objects.unscoped("bench").filter(status="published", owner_member=member).first()
    assert listing is not None
    with _Timed() as took:
        assert tell_subscribers("listing.published", [listing.pk], 1) == receivers
        while send_due():
            pass
    assert Outgoing.objects.filter(status="sent").count() == receivers
    print(
        f"webhooks: {receivers} receivers told in {took.clock:.1f} s, {took.processor:.1f} processor seconds (the receivers' included)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=5_000)
    parser.add_argument("--receivers", type=int, default=1_000)
    parser.add_argument(
        "--data", default="", help="a migrated installation without a member “bench”; a fresh one is made without"
    )
    given = parser.parse_args()
    _ready(given.data)
    _Other.records = given.records
    server = _Server(("127.0.0.1", 0), _Other)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    _harvest(url, given.records)
    _oai(given.records)
    _fan_out(url, given.receivers)
    print(f"load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
