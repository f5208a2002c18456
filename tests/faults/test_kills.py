"""`kill -9` of the worker and the server in the middle of imports, publishing and indexing: nothing that was acknowledged is lost,
nothing is doubled, the index heals by itself, the audit chain holds. Real processes, a real database file.
"""

from __future__ import annotations

import csv
import io
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.faults
ROOT = Path(__file__).resolve().parents[2]
ROWS = 400
PATIENCE_SECONDS = 120


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Installation:
    """A whole installation in a folder: commands, processes that can be killed, and its API."""

    def __init__(self, folder: Path) -> None:
        self.port = _free_port()
        self.environment = {
            k: v for k, v in os.environ.items() if not k.startswith(("DUIJIE_", "DJANGO_", "PYTEST"))
        } | {
            "PYTHONPATH": str(ROOT / "src"),
            "DUIJIE_DATA_DIR": str(folder),
            "DUIJIE_SECRET_KEY": "faults",
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.key = ""

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "duijie", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (arguments, done.stdout, done.stderr[-2000:])
        return done.stdout

    def start(self, name: str) -> None:
        options = ["--port", str(self.port), "--threads", "4"] if name == "web" else []
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", "duijie", name, *options],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self, name: str) -> None:
        """kill -9 of the process and its children."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for name in list(self.processes):
            self.kill(name)

    def call(self, method: str, address: str, body: bytes | None = None, kind: str = "application/json") -> Any:
        """A request; None where the server is away."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1{address}",
            data=body,
            method=method,
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": kind},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from error
        except (urllib.error.URLError, ConnectionError, TimeoutError, json.JSONDecodeError):
            return None

    def wait_until(self, question: Any, what: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if question():
                return
            time.sleep(0.2)
        raise AssertionError(f"waited in vain for {what}")

    def is_well(self) -> bool:
        """What `duijie doctor` says of records, indexes, events and jobs."""
        command = [sys.executable, "-m", "duijie", "doctor"]
        return subprocess.run(command, env=self.environment, capture_output=True, check=False).returncode == 0

    def up(self) -> None:
        self.wait_until(lambda: self.call("GET", "/kinds") is not None, "the server")


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path / "data")
    made.run("upgrade")
    made.run("member", "add", "测试园区", "--slug", "park", "--kind", "park", "--region", "嘉兴")
    made.key = made.run(
        "key", "create", "faults", "--member", "park", "--scope", "listings:write", "--scope", "listings:read"
    ).split()[-1]
    yield made
    made.stop()


def _sheet() -> bytes:
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(["编号", "标题", "内容"])
    for number in range(ROWS):
        writer.writerow([f"K{number:05d}", f"检测设备{number}", f"第{number}条，需要在线检测"])
    return target.getvalue().encode()


def _multipart(fields: dict[str, str], file: bytes) -> tuple[bytes, str]:
    mark = "duijie-boundary"
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()
    ]
    parts.append(
        f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'.encode() + file + b"\r\n"
    )
    return b"".join([*parts, f"--{mark}--\r\n".encode()]), f"multipart/form-data; boundary={mark}"


def test_an_import_survives_kills_of_its_worker(installation: Installation) -> None:
    """The worker is killed again and again while it imports; every row is there once, and the index agrees."""
    installation.start("web")
    installation.up()
    body, kind = _multipart({"kind": "need", "apply": "true"}, _sheet())
    batch = installation.call("POST", "/members/park/imports", body, kind)
    draw = random.Random(7)
    for _ in range(3):
        installation.start("work")
        time.sleep(1.5 + 2.5 * draw.random())
        installation.kill("work")
    installation.start("work")
    installation.wait_until(
        lambda: (installation.call("GET", f"/imports/{batch['id']}") or {}).get("status") == "applied", "the import"
    )
    found = installation.call("GET", f"/imports/{batch['id']}")
    assert (found["rows_new"], found["rows_bad"]) == (ROWS, 0)
    installation.wait_until(
        lambda: (installation.call("GET", "/listings?kind=need") or {}).get("total") == ROWS, "the index"
    )
    installation.wait_until(installation.is_well, "both indexes to agree with the records")
    installation.stop()
    installation.run("audit", "verify")


def test_what_was_acknowledged_survives_kills_of_the_server(installation: Installation) -> None:
    """Listings are put while the server is killed; each one that was answered is there, and none twice."""
    installation.start("web")
    installation.start("work")
    installation.up()
    acknowledged: list[str] = []
    draw = random.Random(11)
    for round_number in range(2):
        for number in range(8):
            external_id = f"P{round_number}-{number}"
            data = json.dumps({"kind": "need", "title": f"应答{external_id}"}).encode()
            if installation.call("PUT", f"/members/park/listings/{external_id}", data) is not None:
                acknowledged.append(external_id)
        installation.kill("web" if draw.random() < 0.7 else "work")
        for name in ("web", "work"):
            if name not in installation.processes:
                installation.start(name)
        installation.up()
    assert len(acknowledged) == 16
    for external_id in acknowledged:
        assert installation.call("GET", f"/members/park/listings/{external_id}")["title"] == f"应答{external_id}"
    installation.wait_until(
        lambda: (installation.call("GET", "/listings?kind=need") or {}).get("total") == len(acknowledged), "the index"
    )
    installation.stop()
    installation.run("audit", "verify")


def test_an_index_that_is_lost_or_damaged_is_built_anew(installation: Installation, tmp_path: Path) -> None:
    (tmp_path / "five.csv").write_text("编号,标题\n" + "".join(f"L{n},检测{n}\n" for n in range(5)), encoding="utf-8")
    installation.run("listing", "import", str(tmp_path / "five.csv"), "--member", "park", "--kind", "need")
    installation.run("work", "--once")
    assert len(installation.run("listing", "search", "检测").splitlines()) == 5
    index = tmp_path / "data" / "index"
    for damaged in index.rglob("*.term"):
        damaged.write_bytes(b"damage")
    installation.run("doctor", "--rebuild")
    assert len(installation.run("listing", "search", "检测").splitlines()) == 5
    assert "✗" not in installation.run("doctor")
