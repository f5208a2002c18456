"""Two installations as real processes: one harvests the other, matches run across, interest travels, both agree; in every step one is
killed with -9 and started again: nothing happens twice, nothing is lost. Forged, altered, late and replayed letters are refused and on
record.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.test_kills import Installation

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1800)]
PATIENCE_SECONDS = 300
TEXT = "铝合金压铸件内部气孔在线检测，X射线成像，最小孔径0.2毫米，节拍25秒"
_START = "import django; django.setup()\nfrom duijie.core.access import SYSTEM\nimport json\n"


class Node(Installation):
    """An installation with a member, its liaison and a key; its web server and worker can be killed."""

    def __init__(self, folder: Path, slug: str) -> None:
        super().__init__(folder)
        self.slug = slug
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment |= {
            "DUIJIE_SECRET_KEY": f"faults-{slug}", "DUIJIE_BASE_URL": self.url, "DUIJIE_ALLOW_PRIVATE_WEBHOOKS": "1",
            "DJANGO_SETTINGS_MODULE": "duijie.config.settings",
        }  # fmt: skip
        self.run("member", "add", f"{slug}高新区", "--slug", slug, "--kind", "park", "--region", "嘉兴")
        self.run("user", "create", f"{slug}@example.cn", "--name", f"联络{slug}", "--role", "联络员", "--where", slug)
        scopes = [
            word
            for s in ("listings:write", "listings:read", "matches:read", "matches:write")
            for word in ("--scope", s)
        ]
        self.key = self.run("key", "create", "faults", "--member", slug, *scopes).split()[-1]
        self.run("node", "show")

    def wait_until(self, question: Any, what: str) -> None:
        """As patient as a letter's pauses on a machine that is busy with other things."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if question():
                return
            time.sleep(0.5)
        raise AssertionError(
            f"waited in vain for {what}: {self.rows('federate.Letter', 'direction', 'kind', 'status', 'attempts', 'reason_code')}"
        )

    def again(self) -> None:
        """kill -9 of server and worker, and both started anew."""
        for name in ("web", "work"):
            if name in self.processes:
                self.kill(name)
        for name in ("web", "work"):
            self.start(name)
        self.up()

    def put(self, number: str, kind: str, title: str) -> str:
        body = json.dumps({"kind": kind, "title": title, "body": TEXT, "keywords": ["压铸", "气孔"]}).encode()
        made = self.call("PUT", f"/members/{self.slug}/listings/{number}", body)
        return str(made["listing"]["id"])

    def ask(self, code: str) -> Any:
        """What a piece of Python says of the installation's records."""
        done = subprocess.run(
            [sys.executable, "-c", _START + code], env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout)

    def rows(self, model: str, *fields: str) -> list[list[Any]]:
        app, name = model.split(".")
        return self.ask(  # type: ignore[no-any-return]
            f"from duijie.{app}.models import {name} as M\nrows = M.objects.order_by('pk')\n"
            f"rows = rows.unscoped('the test looks') if hasattr(rows, 'unscoped') else rows\n"
            f"print(json.dumps([list(r) for r in rows.values_list(*{fields!r})], default=str))"
        )  # fmt: skip


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Node, Node]]:
    Installation(tmp_path / "a").run("upgrade")
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    nodes = Node(tmp_path / "a", "zhejiang"), Node(tmp_path / "b", "jiangsu")
    yield nodes
    for node in nodes:
        node.stop()


def post_letter(node: Node, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(f"{node.url}/api/v1/node/letters", data=body, method="POST", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def signed(node: Node, to: Node, content: dict[str, Any], *, seconds_ago: int = 0) -> tuple[bytes, dict[str, str]]:
    """A letter as `node` would sign it."""
    said = node.ask(
        "import datetime as dt\nfrom django.utils import timezone\nfrom duijie.federate.nodes.signing import signed_headers\n"
        f"body = json.dumps({content!r}).encode()\n"
        f"headers = signed_headers({to.url + '/api/v1/node/letters'!r}, body, now=timezone.now() - dt.timedelta(seconds={seconds_ago}))\n"
        "print(json.dumps([body.decode(), headers]))"
    )  # fmt: skip
    return said[0].encode(), said[1]


def test_two_nodes_harvest_match_agree_and_survive_every_kill(two: tuple[Node, Node]) -> None:
    a, b = two
    for node in two:
        node.again()
    need = a.put("N-1", "need", "压铸件内部气孔在线检测")
    offers = [b.put("T-1", "technology", "压铸件气孔X射线在线检测装置"), b.put("T-2", "policy", "江苏人才政策")]
    a.run("node", "register", b.url, "--name", "江苏平台", "--slug", "jiangsu", "--region", "江苏省")
    b.run("node", "register", a.url, "--name", "浙江平台", "--slug", "zhejiang", "--region", "浙江省")
    time.sleep(0.5)
    a.again()  # killed while it may be harvesting
    b.again()

    def shown(node: Node, home: str) -> dict[str, str]:
        return {
            title: uid for title, uid, kept in node.rows("publish.Listing", "title", "uid", "home_node") if kept == home
        }

    a.wait_until(lambda: len(shown(a, "江苏平台")) == 2, "the harvest at A")
    b.wait_until(lambda: len(shown(b, "浙江平台")) == 1, "the harvest at B")
    mirror = shown(a, "江苏平台")["压铸件气孔X射线在线检测装置"]
    a.wait_until(
        lambda: any(m["other"]["id"] == mirror for m in a.call("GET", f"/matches?listing={need}")["items"]),
        "the match across",
    )
    with pytest.raises(
        AssertionError, match="江苏平台"
    ):  # never editable here, not even by the platform's administrator
        a.ask(
            "from dataclasses import replace\nfrom duijie.core.access import Grant, Viewer\nfrom duijie.publish.actions import close_listing\n"
            f"from duijie.publish.models import Listing\nrow = Listing.objects.unscoped('t').get(uid={mirror!r})\n"
            "close_listing(actor=Viewer(user_id=1, grants=frozenset({Grant('member_admin', 'member', row.owner_member_id)})), listing=row)"
        )

    b.kill("web")  # the home node is away: the letter waits
    a.call("POST", "/interests", json.dumps({"to": mirror, "own": need, "message": "想看看设备"}).encode())
    a.wait_until(
        lambda: [r for r in a.rows("federate.Letter", "kind", "attempts") if r[0] == "interest" and r[1] > 0],
        "a try in vain",
    )
    a.again()
    b.again()
    b.wait_until(lambda: b.call("GET", "/interests")["total"] == 1, "the interest at B")
    a.wait_until(
        lambda: ["interest", "sent"] in a.rows("federate.Letter", "kind", "status"), "the answer to the letter"
    )
    assert "联络" not in json.dumps(b.rows("federate.Letter", "body"), ensure_ascii=False), (
        "no contact before both agree"
    )
    waiting = b.call("GET", "/interests")["items"][0]

    b.call("POST", f"/interests/{waiting['id']}/accept", b"{}")
    b.again()  # killed right after it said yes
    a.again()
    a.wait_until(lambda: a.rows("match.Introduction", "status") == [["open"]], "the introduction at A")

    def contact(node: Node) -> str:
        rows = node.rows("federate.Across", "contact")
        return str(rows[0][0].get("name", "")) if rows else ""

    b.wait_until(lambda: contact(b) == "联络zhejiang", "A's contact at B")
    assert contact(a) == "联络jiangsu"
    for node in two:
        assert len(node.rows("match.Introduction", "uid")) == 1
        assert len(node.rows("match.Interest", "uid")) == 1
        letters = node.rows("federate.Letter", "direction", "kind", "status")
        assert all(row[2] in {"sent", "accepted"} for row in letters), letters
        node.run("audit", "verify")
    assert sorted(map(tuple, a.rows("federate.Letter", "direction", "kind"))) == [
        ("in", "accept"),
        ("out", "contact"),
        ("out", "interest"),
    ]
    sent = dict(map(tuple, a.rows("federate.Letter", "uid", "digest")))
    assert dict(map(tuple, b.rows("federate.Letter", "uid", "digest"))) == sent, (
        "both keep the same letters with the same digests"
    )

    # What the home node changes or takes away follows.
    b.call(
        "PUT", "/members/jiangsu/listings/T-2", json.dumps({"kind": "policy", "title": "江苏人才政策（修订）"}).encode()
    )
    b.call("POST", f"/listings/{offers[0]}/close", b'{"reason": "x"}')
    source = a.rows("federate.Source", "uid")[0][0]
    a.run("source", "run", source)
    state = {t: s for t, s, h in a.rows("publish.Listing", "title", "status", "home_node") if h}
    assert state == {"压铸件气孔X射线在线检测装置": "archived", "江苏人才政策（修订）": "published"}
    _refusals(a, b)
    _assistant(a, need)


def _assistant(a: Node, need: str) -> None:
    """The official SDK's client starts `duijie mcp` and runs each tool over standard input and output."""
    from mcp import StdioServerParameters

    from tests.federate.test_assistant import talk

    server = StdioServerParameters(
        command=sys.executable, args=["-m", "duijie", "mcp"], env=a.environment | {"DUIJIE_KEY": a.key}
    )
    names, (one, matched, left, found) = talk(
        server, ("listing", {"id": need}), ("match", {"id": need}), ("publish_draft", {"kind": "need", "title": "草稿"}),
        ("search", {"text": "气孔"}),
    )  # fmt: skip
    assert names == ["search", "listing", "match", "publish_draft"]
    assert one.structured_content["title"] == "压铸件内部气孔在线检测"
    assert (bool(matched.is_error), left.structured_content["status"]) == (False, "draft")
    assert need in {item["id"] for item in found.structured_content["items"]}


def _refusals(a: Node, b: Node) -> None:
    """Forged, altered, late, replayed, misdirected: each refused with its reason, and all on record."""
    listing = b.put("T-9", "technology", "另一项检测技术")
    from duijie.core.ids import new_id

    def letter(**more: Any) -> dict[str, Any]:
        thread = new_id()
        data = {"thread": thread, "to": listing, "member": {"slug": "zhejiang", "name": "x"}, "message": "m"}
        return {"id": thread, "kind": "interest", "to": b.url, "at": "2026-01-01T00:00:00+00:00", "data": data} | more

    before = len(b.rows("match.Interest", "uid"))
    body, headers = signed(a, b, letter())
    assert post_letter(b, body, headers)[0] == 200
    assert post_letter(b, body, headers)[1]["code"] == "letter.replayed"
    body, headers = signed(a, b, json.loads(body))
    assert post_letter(b, body, headers)[1]["again"] is True, "the same letter signed anew counts once"
    body, headers = signed(a, b, letter())
    altered = body.replace(b'"m"', b'"n"')
    assert post_letter(b, altered, headers)[1]["code"] == "letter.forged"
    body, headers = signed(a, b, letter(), seconds_ago=400)
    assert post_letter(b, body, headers)[1]["code"] == "letter.late"
    body, headers = signed(b, b, letter())  # B's own key is not one that B has registered
    assert post_letter(b, body, headers)[1]["code"] == "letter.unknown_key"
    theirs = a.ask("from duijie.federate.nodes.identity import own_key\nprint(json.dumps(own_key().key_id))")
    own = b.ask("from duijie.federate.nodes.identity import own_key\nprint(json.dumps(own_key().key_id))")
    forged = {name: value.replace(own, theirs) for name, value in headers.items()}
    assert post_letter(b, body, forged)[1]["code"] == "letter.forged"
    assert post_letter(b, body, {"Content-Type": "application/json"})[1]["code"] == "letter.unsigned"
    body, headers = signed(a, b, letter(to="http://elsewhere.example"))
    assert post_letter(b, body, headers)[1]["code"] == "letter.misdirected"
    early = letter(kind="contact")
    body, headers = signed(a, b, early)
    assert post_letter(b, body, headers)[1]["code"] in {"letter.no_thread", "letter.not_agreed"}
    assert len(b.rows("match.Interest", "uid")) == before + 1
    refused = [code for status, code in b.rows("federate.Letter", "status", "reason_code") if status == "refused"]
    assert len(refused) == 8, refused
    b.wait_until(
        lambda: (
            not b.ask(
                "from duijie.core.models import AuditLine\nprint(json.dumps(AuditLine.objects.filter(seal__isnull=True).count()))"
            )
        ),
        "the seals",
    )
    said = b.rows("core.AuditLine", "verb", "detail")
    assert sum(verb == "letter.refused" for verb, _ in said) == 8
    b.run("audit", "verify")
