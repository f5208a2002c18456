"""Two installations as real processes: one harvests the other, matches run across, interest travels, both agree; in every step one is
killed with -9 and started again: nothing happens twice, nothing is lost. Forged, altered, late and replayed letters are refused and on
record. The official SDK's client runs each tool of `duijie mcp`.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import secrets
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms

from duijie.core.ids import new_id
from tests.faults.nodes import Node, together
from tests.faults.test_kills import Installation

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1800)]
NOTICES = 600  # three pages
OTHERS = ("水稻病虫害防治无人机", "污水处理膜材料", "肿瘤早筛试剂盒", "光伏逆变器", "锂电池回收工艺", "智能仓储机器人")
OFFERED = NOTICES + len(OTHERS) + 1


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation whose tables are made, once for all."""
    folder = tmp_path_factory.mktemp("nodes") / "template"
    Installation(folder).run("upgrade")
    return folder


@pytest.fixture
def two(template: Path, tmp_path: Path) -> Iterator[tuple[Node, Node]]:
    made: dict[str, Node] = {}

    def make(slug: str) -> None:
        made[slug] = Node(template, tmp_path / slug, slug)

    together(lambda: make("zhejiang"), lambda: make("jiangsu"))
    yield made["zhejiang"], made["jiangsu"]
    for node in made.values():
        node.stop()


MIRRORS = "SELECT count(*) FROM publish_listing WHERE home_node <> ''"
RUN = "SELECT status, gathered FROM federate_run ORDER BY id"


def test_two_nodes_harvest_match_agree_and_survive_every_kill(two: tuple[Node, Node]) -> None:
    a, b = two
    for node in two:
        node.start("web")
    together(a.up, b.up)
    need = a.put("N-1", "need", "压铸件内部气孔在线检测")
    offer = b.put("T-1", "technology", "压铸件气孔X射线在线检测装置")
    b.put_many(
        [{"external_id": f"G-{n}", "kind": "notice", "title": f"江苏公告第{n}号"} for n in range(NOTICES)]
        + [{"external_id": f"O-{n}", "kind": "technology", "title": title} for n, title in enumerate(OTHERS)]
    )
    together(
        lambda: a.run("node", "register", b.url, "--name", "江苏平台", "--slug", "jiangsu", "--region", "江苏省"),
        lambda: b.run("node", "register", a.url, "--name", "浙江平台", "--slug", "zhejiang", "--region", "浙江省"),
    )

    # Harvest: A's worker is killed between two pages.
    b.start("work")
    b.wait_until(lambda: b.one(MIRRORS) == 1, "the harvest at B")
    a.start("work")
    a.wait_until(lambda: (a.rows(RUN) or [("", 0)])[0][1] >= 250, "the first page at A")
    a.kill("work")
    assert 0 < a.one(MIRRORS) < OFFERED
    a.start("work")
    a.wait_until(lambda: a.rows(RUN)[0][0] == "done", "the end of the harvest at A")
    a.kill("work")  # while it looks for partners of what has come
    assert a.one(MIRRORS) == OFFERED
    assert a.one("SELECT count(DISTINCT title) FROM publish_listing WHERE home_node = '江苏平台'") == OFFERED
    assert a.rows("SELECT gathered, created, failed FROM federate_run") == [(OFFERED, OFFERED, 0)]

    # Match: found after the kill.
    a.start("work")
    pairs = (
        "SELECT giving.uid FROM match_suggestion s JOIN publish_listing asking ON asking.id = s.asking_id "
        f"JOIN publish_listing giving ON giving.id = s.giving_id WHERE asking.uid = '{need}' AND giving.title LIKE '压铸件%'"
    )
    a.wait_until(lambda: a.rows(pairs), "the match across")
    (mirror,) = a.rows(pairs)
    assert mirror in {m["other"]["id"] for m in a.call("GET", f"/matches?listing={need}")["items"]}

    # Interest: its home is away, and then A is killed with the letter still to be sent.
    b.down()
    assert a.call("POST", "/interests", json.dumps({"to": mirror, "own": need, "message": "想看看设备"}).encode())
    a.wait_until(
        lambda: a.rows("SELECT 1 FROM federate_letter WHERE kind = 'interest' AND attempts > 0"), "a try in vain"
    )
    a.down()
    b.begin()
    b.up()
    a.begin()
    b.wait_until(lambda: b.rows("SELECT 1 FROM match_interest"), "the interest at B")
    sent = "SELECT status FROM federate_letter WHERE direction = 'out' AND kind = '{}'"
    a.wait_until(lambda: a.one(sent.format("interest")) == "sent", "the answer to the letter")
    assert "联络" not in "".join(b.rows("SELECT body FROM federate_letter")), "no contact before both agree"

    # Both agree: B is killed right after its yes, A right after it has heard of it.
    (waiting,) = b.call("GET", "/interests")["items"]
    assert b.call("POST", f"/interests/{waiting['id']}/accept", b"{}")
    b.down()
    a.up()
    b.begin()
    a.wait_until(lambda: a.rows("SELECT status FROM match_introduction") == ["open"], "the introduction at A")
    a.down()
    a.begin()
    contact = "SELECT contact FROM federate_across"
    b.wait_until(lambda: json.loads(b.one(contact)).get("name") == "联络zhejiang", "A's contact at B")
    assert json.loads(a.one(contact))["name"] == "联络jiangsu"
    b.wait_until(lambda: b.one(sent.format("accept")) == "sent", "the answer to the yes")
    a.wait_until(lambda: a.one(sent.format("contact")) == "sent", "the answer to the contact")

    # Nothing twice, nothing lost, and both keep the same letters with the same digests.
    for node in two:
        assert node.one("SELECT count(*) FROM match_introduction") == 1
        assert node.one("SELECT count(*) FROM match_interest") == 1
    letters = "SELECT direction, kind, status FROM federate_letter ORDER BY kind"
    assert a.rows(letters) == [("in", "accept", "accepted"), ("out", "contact", "sent"), ("out", "interest", "sent")]
    assert b.rows(letters) == [("out", "accept", "sent"), ("in", "contact", "accepted"), ("in", "interest", "accepted")]
    digests = "SELECT uid, digest FROM federate_letter ORDER BY uid"
    assert a.rows(digests) == b.rows(digests)
    _follows(a, b, offer)
    a.up()
    b.up()
    _refusals(a, b)
    together(lambda: a.run("audit", "verify"), lambda: b.run("audit", "verify"))


def _follows(a: Node, b: Node, offer: str) -> None:
    """What the home node changes or takes away is so here after the next harvest, and nothing else is touched."""
    b.put("G-1", "notice", "江苏公告第1号（修订）", body="", keywords=[])
    assert b.call("POST", f"/listings/{offer}/close", b'{"reason": "x"}')
    a.run("source", "run", a.one("SELECT uid FROM federate_source"))
    assert a.rows("SELECT created, changed, archived, failed FROM federate_run ORDER BY id DESC LIMIT 1") == [
        (0, 1, 1, 0)
    ]
    assert a.rows("SELECT title FROM publish_listing WHERE status = 'archived'") == ["压铸件气孔X射线在线检测装置"]
    assert (
        a.one("SELECT count(*) FROM publish_listing WHERE title = '江苏公告第1号（修订）' AND status = 'published'")
        == 1
    )


class Pen:
    """Signs letters with a node's own key, as the node would."""

    def __init__(self, node: Node) -> None:
        self.key_id = node.node_key_id
        self.private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(node.node_key))

    def signed(self, url: str, body: bytes, *, seconds_ago: int = 0, name: str = "") -> dict[str, str]:
        """The headers of `body` as a letter; name: of another key than its own."""
        private = self.private

        class Keys(HTTPSignatureKeyResolver):
            def resolve_private_key(self, key_id: str) -> Any:
                return private

        class Wire:
            method, headers = "POST", {"Content-Type": "application/json"}

        wire = Wire()
        wire.url = url  # type: ignore[attr-defined]
        wire.headers = dict(Wire.headers)
        HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=Keys()).sign(
            wire, key_id=name or self.key_id, created=dt.datetime.now(dt.UTC) - dt.timedelta(seconds=seconds_ago),
            nonce=secrets.token_urlsafe(18), label="duijie", tag="duijie-letter",
            covered_component_ids=("@method", "@authority", "@path", "content-type"), body=body,
        )  # fmt: skip
        return wire.headers


def _answer(node: Node, body: bytes, headers: dict[str, str]) -> Any:
    """What the node says to a letter: what became of it, or the code of the refusal."""
    request = urllib.request.Request(f"{node.url}/api/v1/node/letters", data=body, method="POST", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return json.loads(error.read())["code"]


def _refusals(a: Node, b: Node) -> None:
    """Forged, altered, late, replayed, misdirected: each refused with its reason, and all on record."""
    listing = b.put("T-9", "technology", "另一项检测技术")
    url = f"{b.url}/api/v1/node/letters"
    pen, other_pen = Pen(a), Pen(b)

    def letter(**more: Any) -> bytes:
        thread = new_id()
        data = {"thread": thread, "to": listing, "member": {"slug": "zhejiang", "name": "x"}, "message": "m"}
        content = {"id": thread, "kind": "interest", "to": b.url, "at": "2026-01-01T00:00:00+00:00", "data": data}
        return json.dumps(content | more).encode()

    body = letter()
    headers = pen.signed(url, body)
    taken = _answer(b, body, headers)
    assert (taken["status"], taken["again"]) == ("accepted", False)
    assert _answer(b, body, pen.signed(url, body))["again"] is True, "the same letter signed anew counts once"
    fresh = letter()
    refusals = [
        _answer(b, body, headers),
        _answer(b, fresh.replace(b'"m"', b'"n"'), pen.signed(url, fresh)),
        _answer(b, fresh, pen.signed(url, fresh, seconds_ago=400)),
        _answer(b, fresh, other_pen.signed(url, fresh)),  # B's own key is not one that B has registered
        _answer(b, fresh, other_pen.signed(url, fresh, name=pen.key_id)),
        _answer(b, fresh, {"Content-Type": "application/json"}),
        _answer(b, misdirected := letter(to="http://elsewhere.example"), pen.signed(url, misdirected)),
        _answer(b, early := letter(kind="contact"), pen.signed(url, early)),
    ]
    assert refusals == [
        f"letter.{code}"
        for code in ("replayed", "forged", "late", "unknown_key", "forged", "unsigned", "misdirected", "no_thread")
    ]
    assert b.one("SELECT count(*) FROM match_interest") == 2, "the one across and the one that was good"
    kept = "SELECT reason_code FROM federate_letter WHERE status = 'refused' ORDER BY id"
    assert b.rows(kept) == refusals
    said = b.rows("SELECT detail FROM core_auditline WHERE verb = 'letter.refused' ORDER BY id")
    assert [json.loads(each)["code"] for each in said] == refusals
    digests = b.rows("SELECT digest FROM federate_letter WHERE status = 'refused' ORDER BY id")
    assert [json.loads(each)["digest"] for each in said] == digests
    b.wait_until(
        lambda: b.one("SELECT count(*) FROM core_auditline l LEFT JOIN core_auditseal s ON s.line_id = l.id WHERE s.line_id IS NULL") == 0,
        "the seals",
    )  # fmt: skip


def test_the_sdks_client_runs_each_tool_over_standard_input_and_output(template: Path, tmp_path: Path) -> None:
    from mcp import StdioServerParameters

    from tests.federate.test_assistant import talk

    node = Node(template, tmp_path / "mcp", "zhejiang")
    (tmp_path / "n.csv").write_text("编号,标题,内容\nN-1,压铸件内部气孔在线检测,想在线检出\n", encoding="utf-8")
    node.commands(
        ["listing", "import", str(tmp_path / "n.csv"), "--member", "zhejiang", "--kind", "need"], ["work", "--once"]
    )
    need = node.one("SELECT uid FROM publish_listing")
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "duijie", "mcp"], env=node.environment | {"DUIJIE_KEY": node.key}
    )
    names, (one, matched, left, found) = talk(
        server, ("listing", {"id": need}), ("match", {"id": need}), ("publish_draft", {"kind": "need", "title": "草稿"}),
        ("search", {"text": "气孔"}),
    )  # fmt: skip
    assert names == ["search", "listing", "match", "publish_draft"]
    assert one.structured_content["title"] == "压铸件内部气孔在线检测"
    assert matched.structured_content == {"listing": need, "total": 0, "items": []}
    assert left.structured_content["status"] == "draft"
    assert [item["id"] for item in found.structured_content["items"]] == [need]
    assert node.rows("SELECT title, status FROM publish_listing ORDER BY id") == [
        ("压铸件内部气孔在线检测", "published"), ("草稿", "draft"),
    ]  # fmt: skip
