"""A nasty other side: each refused or cut off with one clear sentence, nothing half done, nobody held up."""

from __future__ import annotations

import contextlib
import gzip
import json
import time
from typing import Any

import pytest

from duijie.core import guarded_http
from duijie.core.errors import Fault
from duijie.core.guarded_http import fetch, post
from duijie.core.schema import parse
from duijie.federate import running
from duijie.federate.gather import base
from duijie.match import actions as matching
from duijie.match.schemas import ChannelRecord
from duijie.publish.models import Listing
from tests.factories import make_member, viewer
from tests.federate.conftest import Asked, Elsewhere, Said
from tests.federate.help import atom, counts, every, items, plug, run

pytestmark = pytest.mark.django_db
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>
<feed xmlns="http://www.w3.org/2005/Atom"><title>&c;</title><entry><id>1</id><title>&c;</title></entry></feed>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>&f;</title></entry></feed>"""
TURTLE = "@prefix dcat: <http://www.w3.org/ns/dcat#> ."
REMOTE_CONTEXT = json.dumps({"@context": "http://127.0.0.1:1/secret", "@type": "x"}).encode()


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("feed", b"<feed><entry><id>1</id>", "source.unreadable"), ("feed", b"<html><body>hello</body></html>", "source.unreadable"),
        ("feed", LAUGHS, "source.entities"), ("feed", OUTSIDE, "source.entities"), ("feed", LAUGHS.decode().encode("utf-16"), "source.entities"),
        ("oai", b"<OAI-PMH><broken", "source.unreadable"), ("oai", LAUGHS, "source.entities"), ("oai", b"<rss/>", "source.unreadable"),
        ("oai", '<?xml version="1.0" encoding="utf-8"?><a>中文</a>'.encode("gbk"), "source.unreadable"),
        ("ckan", b"<html>not json</html>", "source.unreadable"), ("ckan", b'{"success": false}', "source.unreadable"),
        ("ckan", "{\"success\": \"中文\"}".encode("gbk"), "source.unreadable"), ("ckan", b"[" * 100_000, "source.unreadable"),
        ("dcat", b"this is no turtle", "source.unreadable"), ("dcat", REMOTE_CONTEXT, "source.remote_context"),
        ("dcat", b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><broken', "source.unreadable"),
        ("sheet", b"PK\x03\x04 no workbook", "sheet.broken"), ("sheet", b"\x00\x01\x02", "sheet."), ("sheet", b"<html><table></table></html>", "sheet."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_in_one_sentence(
    elsewhere: Elsewhere, kind: str, content: bytes, code: str
) -> None:
    elsewhere.pages = dict.fromkeys(("/x", "/api/3/action/package_search"), content)
    park = make_member()
    done = run(plug(park, kind, elsewhere.url if kind == "ckan" else f"{elsewhere.url}/x"))
    assert (done.status, done.error_code.startswith(code), done.error_zh.endswith("。")) == ("failed", True, True), (
        done.error_zh
    )
    assert every(Listing).count() == 0


def test_a_charset_that_is_not_what_it_says(elsewhere: Elsewhere) -> None:
    """GBK that calls itself UTF-8 in the header is read by what stands in it."""
    text = atom(("1", "人才新政", "补贴")).decode().replace('encoding="utf-8"', 'encoding="gbk"')
    elsewhere.pages["/feed"] = Said(text.encode("gbk"), headers={"Content-Type": "application/atom+xml"})
    source = plug(make_member(), "feed", f"{elsewhere.url}/feed")
    assert counts(run(source)) == {"gathered": 1, "created": 1}
    assert items(source)["1"].title == "人才新政"


def test_pages_that_go_round_are_stopped(elsewhere: Elsewhere) -> None:
    one = '<record><header><identifier>oai:x:1</identifier><datestamp>2026-01-01</datestamp></header><metadata><dc xmlns="http://www.openarchives.org/OAI/2.0/oai_dc/"><title xmlns="http://purl.org/dc/elements/1.1/">甲</title></dc></metadata></record>'
    head = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-01-01T00:00:00Z</responseDate>'

    def oai(asked: Asked) -> bytes:
        if asked.query["verb"] == "ListMetadataFormats":
            return f"{head}<ListMetadataFormats><metadataFormat><metadataPrefix>oai_dc</metadataPrefix></metadataFormat></ListMetadataFormats></OAI-PMH>".encode()
        turn = "b" if asked.query.get("resumptionToken") == "a" else "a"
        return f"{head}<ListRecords>{one}<resumptionToken>{turn}</resumptionToken></ListRecords></OAI-PMH>".encode()

    elsewhere.pages["/oai"] = oai
    elsewhere.pages["/api/3/action/package_search"] = json.dumps(
        {"success": True, "result": {"count": 9999, "results": [{"id": "1", "title": "甲"}]}}
    ).encode()
    elsewhere.pages["/c.ttl"] = f"{TURTLE} <urn:v> <http://www.w3.org/ns/hydra/core#next> <c.ttl> .".encode()
    elsewhere.pages["/api/v1/node/listings"] = b'{"items": [], "next": "A"}'
    for kind, url in (("oai", "/oai"), ("ckan", ""), ("dcat", "/c.ttl")):
        done = run(plug(make_member(), kind, elsewhere.url + url))
        assert (done.status, done.error_code) == ("failed", "source.cyclic"), kind
    assert len(elsewhere.asked) < 12


def test_ids_that_change_do_not_double_what_is_archived(elsewhere: Elsewhere) -> None:
    """A portal that makes new ids for everything: the old are held for a person's word, never dropped behind their back."""

    def packages(prefix: str) -> bytes:
        results = [{"id": f"{prefix}{n}", "title": f"条目{n}"} for n in range(20)]
        return json.dumps({"success": True, "result": {"count": 20, "results": results}}).encode()

    elsewhere.pages["/api/3/action/package_search"] = packages("a")
    source = plug(make_member(), "ckan", elsewhere.url, listing_kind="policy")
    run(source)
    elsewhere.pages["/api/3/action/package_search"] = packages("b")
    assert counts(run(source)) == {"gathered": 20, "created": 20, "archived": 20} or counts(run(source))["held"] == 20


def drip(handle: Any, part: bytes, pause: float, seconds: float) -> None:
    end = time.monotonic() + seconds
    with contextlib.suppress(OSError):
        while time.monotonic() < end:
            handle.write(part)
            handle.flush()
            time.sleep(pause)


def test_a_gigabyte_is_refused_when_declared_and_cut_off_when_streamed(elsewhere: Elsewhere) -> None:
    elsewhere.pages["/declared"] = Said(headers={"Content-Length": str(1 << 30)}, stream=lambda handle: None)
    elsewhere.pages["/streamed"] = Said(stream=lambda handle: drip(handle, b"x" * (1 << 20), 0, 60))
    elsewhere.pages["/bomb"] = Said(gzip.compress(b"\0" * (200 << 20)), headers={"Content-Encoding": "gzip"})
    started = time.monotonic()
    for path in ("/declared", "/streamed", "/bomb"):
        with pytest.raises(Fault) as refused:
            fetch(elsewhere.url + path, most_bytes=8 << 20, seconds=20)
        assert refused.value.code == "http.too_large", path
    assert time.monotonic() - started < 15


def test_slow_headers_and_slow_bodies_are_cut_off_in_time(elsewhere: Elsewhere) -> None:
    import socket
    import threading

    elsewhere.pages["/body"] = Said(
        headers={"Content-Type": "text/plain"}, stream=lambda handle: drip(handle, b"x", 0.1, 20)
    )
    listener = socket.create_server(("127.0.0.1", 0))

    def slow_headers() -> None:
        while True:
            try:
                held, _ = listener.accept()
            except OSError:
                return
            handle = held.makefile("wb")
            handle.write(b"HTTP/1.1 200 OK\r\n")
            threading.Thread(target=drip, args=(handle, b"X: y\r\n", 0.1, 20), daemon=True).start()

    threading.Thread(target=slow_headers, daemon=True).start()
    for url in (f"{elsewhere.url}/body", f"http://127.0.0.1:{listener.getsockname()[1]}/"):
        for ask in (lambda u: fetch(u, seconds=1.0), lambda u: post(u, b"", {}, seconds=1.0)):
            started = time.monotonic()
            with pytest.raises(Fault) as refused:
                ask(url)
            assert (refused.value.code, time.monotonic() - started < 10) == ("http.slow", True)
    listener.close()


def test_a_body_that_stops_short_is_no_body(elsewhere: Elsewhere) -> None:
    elsewhere.pages["/short"] = Said(headers={"Content-Length": "1000"}, stream=lambda handle: handle.write(b"half"))
    with pytest.raises(Fault) as refused:
        fetch(f"{elsewhere.url}/short", seconds=5)
    assert refused.value.code == "http.failed"


@pytest.mark.parametrize(
    "url",
    ["https://127.0.0.1/x", "https://localhost/x", "https://10.1.2.3/", "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data/", "https://[::1]/",
     "https://[::ffff:10.0.0.1]/", "https://0.0.0.0/", "http://example.cn/", "ftp://example.cn/", "https://user:pw@example.cn/", "file:///etc/passwd", "https://2130706433/"],
)  # fmt: skip
def test_nothing_inside_is_called(url: str, settings: Any) -> None:
    """Neither as a source, nor as a webhook."""
    settings.ALLOW_PRIVATE_WEBHOOKS = False
    park = make_member()
    for make in (
        lambda: plug(park, "feed", url),
        lambda: matching.create_channel(
            actor=viewer("liaison", park),
            member=park,
            record=parse(ChannelRecord, {"kind": "standard", "name": "x", "url": url}),
        ),
        lambda: fetch(url),
    ):
        with pytest.raises(Fault) as refused:
            make()
        assert refused.value.code in {"address.refused", "invalid"}


def test_a_redirect_inside_is_not_followed(
    elsewhere: Elsewhere, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first hop is allowed by hand, as a public address would be; the second is checked like any other."""
    elsewhere.pages["/out"] = Said(status=302, headers={"Location": "https://169.254.169.254/latest/"})
    elsewhere.pages["/round"] = Said(status=302, headers={"Location": "/round"})
    resolve = guarded_http.resolve

    def first_only(host: str, port: int) -> str:
        if host != "127.0.0.1":
            settings.ALLOW_PRIVATE_WEBHOOKS = False
        return resolve(host, port)

    monkeypatch.setattr(guarded_http, "resolve", first_only)
    with pytest.raises(Fault) as refused:
        fetch(f"{elsewhere.url}/out")
    assert refused.value.code == "address.refused"
    settings.ALLOW_PRIVATE_WEBHOOKS = True
    with pytest.raises(Fault) as refused:
        fetch(f"{elsewhere.url}/round")
    assert refused.value.code == "http.redirects"


def test_a_source_that_fails_midway_keeps_what_it_wrote_and_archives_nothing(
    elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duijie.federate.gather.ckan.ROWS", 2)
    state = {"broken": False}

    def answer(asked: Asked) -> Any:
        start = int(asked.query["start"])
        if start and state["broken"]:
            return Said(b"", 500)
        results = [{"id": str(n), "title": f"条目{n}"} for n in range(start, min(start + 2, 4))]
        return json.dumps({"success": True, "result": {"count": 4, "results": results}}).encode()

    elsewhere.pages["/api/3/action/package_search"] = answer
    source = plug(make_member(), "ckan", elsewhere.url, listing_kind="policy")
    assert counts(run(source)) == {"gathered": 4, "created": 4}
    state["broken"] = True
    broken = run(source)
    assert (broken.status, counts(broken)) == ("failed", {"gathered": 2, "unchanged": 2})
    assert every(Listing).filter(status="published").count() == 4
    assert base.is_short_lived(Fault("source.status", "", ""))
    assert running.BACK_OFF[0].total_seconds() == 120
