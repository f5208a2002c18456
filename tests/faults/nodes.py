"""An installation for the tests of two nodes: made from a template, with a member, its liaison and a key; killed and started anew."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.faults.test_kills import Installation

PATIENCE_SECONDS = 240
TEXT = "铝合金压铸件内部气孔在线检测，X射线成像，最小孔径0.2毫米，节拍25秒"
SCOPES = ("listings:write", "listings:read", "matches:read", "matches:write")
_COMMANDS = """
import json, sys
from duijie.cli.main import main
for arguments in json.loads(sys.argv[1]):
    try:
        main(arguments, standalone_mode=False)
    except SystemExit as end:
        if end.code:
            raise
"""
_OWN_KEY = """
from duijie.federate.models import NodeKey
from duijie.federate.secrets import unlock
key = NodeKey.objects.get()
print(key.key_id, unlock(key.private))
"""


class Node(Installation):
    """`template`: the folder of an installation with its tables made, which is copied."""

    def __init__(self, template: Path, folder: Path, slug: str) -> None:
        shutil.copytree(template, folder)
        super().__init__(folder)
        self.slug, self.folder = slug, folder
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment |= {
            "DUIJIE_SECRET_KEY": f"faults-{slug}", "DUIJIE_BASE_URL": self.url, "DUIJIE_ALLOW_PRIVATE_WEBHOOKS": "1",
            "DJANGO_SETTINGS_MODULE": "duijie.config.settings",
        }  # fmt: skip
        scopes = [word for scope in SCOPES for word in ("--scope", scope)]
        said = self.commands(
            ["member", "add", f"{slug}高新区", "--slug", slug, "--kind", "park", "--region", "嘉兴"],
            ["user", "create", f"{slug}@example.cn", "--name", f"联络{slug}", "--role", "联络员", "--where", slug],
            ["node", "show"],
            ["key", "create", "faults", "--member", slug, *scopes],
            then=_OWN_KEY,
        )
        self.key, self.node_key_id, self.node_key = said.split()[-3:]

    def commands(self, *lines: list[str], then: str = "") -> str:
        """Several commands (and then a piece of Python) in one process, since starting one is most of its time."""
        return self.python(_COMMANDS + then, json.dumps(lines))

    def python(self, code: str, *arguments: str) -> str:
        """What a piece of Python prints in the installation's environment."""
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (arguments, done.stdout, done.stderr[-2000:])
        return done.stdout

    def wait_until(self, question: Any, what: str) -> None:
        """As patient as a letter's pauses on a machine that is busy with other things."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if question():
                return
            time.sleep(0.05)
        letters = self.rows("SELECT direction, kind, status, attempts, reason_code FROM federate_letter")
        raise AssertionError(f"{self.slug} waited in vain for {what}; letters: {letters}")

    def rows(self, statement: str) -> list[Any]:
        """What stands in the installation's database: rows, or plain values where a row has one column."""
        with closing(sqlite3.connect(self.folder / "duijie.sqlite3", timeout=30)) as connection:
            found = connection.execute(statement).fetchall()
        return [row[0] if len(row) == 1 else row for row in found]

    def one(self, statement: str) -> Any:
        return self.rows(statement)[0]

    def down(self) -> None:
        """kill -9 of the server and the worker."""
        self.stop()

    def begin(self) -> None:
        self.start("web")
        self.start("work")

    def put(self, number: str, kind: str, title: str, **more: Any) -> str:
        body = {"kind": kind, "title": title, "body": TEXT, "keywords": ["压铸", "气孔"]} | more
        made = self.call("PUT", f"/members/{self.slug}/listings/{number}", json.dumps(body).encode())
        return str(made["listing"]["id"])

    def put_many(self, listings: list[dict[str, Any]]) -> None:
        said = self.call("PUT", f"/members/{self.slug}/listings", json.dumps(listings).encode())
        assert said is not None, "the server is away"


def together(*deeds: Any) -> None:
    """Do several things at the same time, since each is mostly waiting."""
    with ThreadPoolExecutor(len(deeds)) as pool:
        for done in [pool.submit(deed) for deed in deeds]:
            done.result()
