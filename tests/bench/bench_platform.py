"""The platform under load: search page, listing page, publish until matched and visible, import, memory, requests a second.

usage: python tests/bench/bench_platform.py [--listings 20000] [--database sqlite|postgresql] [--folder DIR] [--import-rows N]

Loads the listings by `duijie generate N --index` into a folder (and a database) of its own that is kept, so that a repeat
measures at once; then serves it with `duijie serve` and asks over HTTP. Prints a Markdown table. `--postgres` names the server.
"""

from __future__ import annotations

import argparse
import csv
import http.client
import io
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 900
Figures = dict[str, str]


class Installation:
    """An installation in a folder: its commands, its server, requests to it."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("DUIJIE_", "DJANGO_"))} | {
            "PYTHONPATH": str(ROOT / "src"),
            "DUIJIE_DATA_DIR": str(folder),
            "DUIJIE_SECRET_KEY": "bench",
        }
        if database_url:
            self.environment["DUIJIE_DATABASE_URL"] = database_url

    def run(self, *words: str) -> str:
        """A command's standard output; what it says besides goes to our standard error as it comes."""
        done = subprocess.run(
            [sys.executable, "-m", "duijie", *words],
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout

    @contextmanager
    def serving(self) -> Iterator[int]:
        """The server with its worker; gives the process id of the group."""
        server = subprocess.Popen(
            [sys.executable, "-m", "duijie", "serve", "--port", str(self.port)],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            self.wait(lambda: self.get("/readyz")[0] == 200, "the server")
            yield server.pid
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(30)

    def get(self, address: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        return self.send("GET", address, b"", headers or {})

    def send(self, method: str, address: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """Status and content; (0, b"") where nobody listens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(method, address, body or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except OSError:
            return 0, b""
        finally:
            connection.close()

    def wait(self, question: Callable[[], bool], what: str, pause_seconds: float = 0.02) -> float:
        """Seconds until the answer is yes."""
        started = time.perf_counter()
        while not question():
            if time.perf_counter() - started > PATIENCE_SECONDS:
                raise TimeoutError(what)
            time.sleep(pause_seconds)
        return time.perf_counter() - started


def milliseconds(seconds: list[float]) -> str:
    """Median and 95th percentile."""
    return f"p50 {np.percentile(seconds, 50) * 1000:.0f} ms, p95 {np.percentile(seconds, 95) * 1000:.0f} ms (n = {len(seconds)})"


def timed(work: Callable[[], tuple[int, bytes]]) -> float:
    started = time.perf_counter()
    status, content = work()
    seconds = time.perf_counter() - started
    assert status == 200, (status, content[:300])
    return seconds


def memory(group: int) -> dict[str, float]:
    """Proportional memory in MiB of each process of the group, by the word that says what it is."""
    found: dict[str, float] = {}
    for folder in Path("/proc").iterdir():
        try:
            if not folder.name.isdigit() or os.getpgid(int(folder.name)) != group:
                continue
            words = (folder / "cmdline").read_bytes().decode().split("\0")
            rollup = (folder / "smaps_rollup").read_text()
        except OSError:
            continue
        kind = next((word for word in words if word in ("serve", "web", "work")), "web")
        pss = re.search(r"^Pss:\s+(\d+)", rollup, re.M)
        found[kind] = found.get(kind, 0.0) + int(pss[1] if pss else 0) / 1024
    return found


def load(place: Installation, listings: int) -> dict[str, float]:
    """The listings and both indexes, once; seconds of each step, remembered in the folder."""
    mark = place.folder / "loaded.json"
    if mark.exists():
        found: dict[str, float] = json.loads(mark.read_text())
        return found
    place.run("upgrade")
    done = subprocess.run(
        [sys.executable, "-m", "duijie", "generate", str(listings), "--index"],
        env=place.environment,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    seconds = {name: float(took) for name, took in re.findall(r"^([a-z ]+): ([\d.]+) s$", done.stderr, re.M)}
    seconds["load"] = float(re.findall(r"listings in ([\d.]+) s", done.stderr)[-1])
    place.run("member", "add", "压测发布园区", "--slug", "bench", "--kind", "park", "--region", "嘉兴")
    words = ("key", "create", "bench", "--member", "bench", "--scope", "listings:write", "--scope", "listings:read")
    (place.folder / "key").write_text(place.run(*words).split()[-1])
    mark.write_text(json.dumps(seconds))
    return seconds


class Texts:
    """Generated texts: the words people search for and what they publish."""

    def __init__(self, listings: int) -> None:
        from duijie.cli.generate import _generator

        self.generator, self.listings = _generator(1), listings
        self.random = random.Random(7)

    def searches(self, count: int) -> list[str]:
        """Addresses of the search page: six characters out of a title, one in three with a kind, one in three with a region."""
        found = []
        for _ in range(count):
            title = self.generator.listing(self.random.randrange(self.listings)).title
            query = {"q": title[:6]}
            if self.random.random() < 0.33:
                query["kind"] = self.random.choice(["need", "technology"])
            if self.random.random() < 0.33:
                query["region"] = self.random.choice(self.generator.regions)
            found.append("/search/?" + urllib.parse.urlencode(query))
        return found

    def fresh(self, number: int, kind: str) -> Any:
        """A listing that is not among those loaded."""
        return self.generator.listing(10_000_000 + number, kind=kind)


def pages(place: Installation, texts: Texts, count: int, figures: Figures) -> list[str]:
    """Search pages and listing pages, one after the other; gives the addresses of listings for later."""
    searches = texts.searches(count + 10)
    for address in searches[:10]:
        place.get(address)
    figures["search page"] = milliseconds([timed(lambda a=a: place.get(a)) for a in searches[10:]])
    found: dict[str, None] = {}
    for address in searches[:40]:
        for uid in re.findall(rb"/listings/([0-9A-Z]{26})/", place.get(address)[1]):
            found.setdefault(uid.decode())
    listings = [f"/listings/{uid}/" for uid in found][:count]
    for address in listings[:5]:
        place.get(address)
    figures["listing page"] = milliseconds([timed(lambda a=a: place.get(a)) for a in listings])
    return [*searches, *listings]


def publish(place: Installation, texts: Texts, key: str, count: int, figures: Figures) -> None:
    """From the request to publish until search finds it and suggestions are written."""
    from duijie.match.models import Suggestion

    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    acknowledged, visible, matched = [], [], []
    for number in range(-1, count):
        made = texts.fresh(number, "need")
        # A letter first: figures alone are part of the code that they stand in, and no word of their own.
        name = f"bench-k{uuid.uuid4().hex[:9]}"
        body = json.dumps(
            {"kind": "need", "title": made.title, "body": made.body, "keywords": [name], "regions": [made.region]}
        )
        started = time.perf_counter()
        status, content = place.send("PUT", f"/api/v1/members/bench/listings/{name}", body.encode(), headers)
        assert status == 201, content[:300]
        acknowledged.append(time.perf_counter() - started)
        uid = json.loads(content)["listing"]["id"]
        word = name.removeprefix("bench-")
        place.wait(lambda w=word: json.loads(place.get(f"/api/v1/listings?q={w}", headers)[1])["total"] > 0, "search")
        visible.append(time.perf_counter() - started)
        place.wait(lambda u=uid: Suggestion.objects.filter(asking__uid=u).exists(), "matching")
        matched.append(time.perf_counter() - started)
    # The first waits for the worker, which compares its indexes with the records when it starts.
    figures["first publication after the start"] = f"{max(visible[0], matched[0]):.1f} s"
    del acknowledged[0], visible[0], matched[0]
    figures["publish until acknowledged"] = milliseconds(acknowledged)
    figures["publish until found by search"] = milliseconds(visible)
    figures["publish until matched and visible"] = milliseconds(
        [max(a, b) for a, b in zip(visible, matched, strict=True)]
    )


def crowd(place: Installation, addresses: list[str], clients: int, seconds: float, figures: Figures) -> None:
    """Requests a second of many clients at once, each asking as soon as it was answered."""
    took: list[float] = []
    over = time.perf_counter() + seconds

    def ask(seed: int) -> None:
        chosen = random.Random(seed)
        while time.perf_counter() < over:
            took.append(timed(lambda: place.get(chosen.choice(addresses))))

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    figures[f"{clients} clients"] = f"{len(took) / seconds:.0f} requests/s, {milliseconds(took)}"


def bring_in(place: Installation, texts: Texts, key: str, rows: int, figures: Figures) -> None:
    """A sheet through the real import job: uploaded, checked, applied."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(["编号", "标题", "内容", "预算", "地区"])
    run = uuid.uuid4().hex[:6]
    for number in range(rows):
        made = texts.fresh(1_000_000 + number, "need")
        writer.writerow([f"{run}-{number}", made.title, made.body, f"{number % 90 + 10}万", made.region])
    boundary = uuid.uuid4().hex
    parts = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("kind", "need"), ("apply", "true"))
    )
    body = (
        parts + f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="rows.csv"\r\n'
        f"Content-Type: text/csv\r\n\r\n{target.getvalue()}\r\n--{boundary}--\r\n"
    ).encode()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": f"multipart/form-data; boundary={boundary}"}
    started = time.perf_counter()
    status, content = place.send("POST", "/api/v1/members/bench/imports", body, headers)
    assert status == 202, content[:300]
    address = f"/api/v1/imports/{json.loads(content)['id']}"

    def state(*wanted: str) -> bool:
        now = json.loads(place.get(address, headers)[1])
        assert now["status"] != "failed" and not now["rows_bad"], now["faults"][:3]
        return now["status"] in wanted

    place.wait(lambda: state("applying", "applied"), "the check", 0.2)
    checked = time.perf_counter() - started
    place.wait(lambda: state("applied"), "the import", 0.2)
    whole = time.perf_counter() - started
    figures[f"import of {rows:,} rows"] = (
        f"{rows / whole:,.0f} rows/s (checking {rows / checked:,.0f}, writing {rows / (whole - checked):,.0f})"
    )


def database(arguments: argparse.Namespace) -> str:
    """The address of the database; one is made on the server where there is none."""
    if arguments.database == "sqlite":
        return ""
    import psycopg

    name = f"duijie_bench_{arguments.listings}"
    with psycopg.connect(f"{arguments.postgres}/postgres", autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            connection.execute(f'CREATE DATABASE "{name}"')
    return f"{arguments.postgres}/{name}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listings", type=int, default=20_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--postgres", default="postgres://postgres@127.0.0.1:5432")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--publish", type=int, default=20)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--import-rows", type=int, default=20_000)
    arguments = parser.parse_args()
    name = f"duijie-bench-{arguments.listings}-{arguments.database}"
    folder: Path = arguments.folder or Path(tempfile.gettempdir()) / name
    folder.mkdir(parents=True, exist_ok=True)
    place = Installation(folder, database(arguments))
    seconds = load(place, arguments.listings)

    os.environ.update(place.environment, DJANGO_SETTINGS_MODULE="duijie.config.settings")
    sys.path.insert(0, str(ROOT / "src"))
    import django

    django.setup()
    figures: Figures = {
        "load": f"{arguments.listings / seconds['load']:,.0f} listings/s",
        **{
            name: f"{seconds[name]:.0f} s"
            for name in ("search index", "match index", "corpus model")
            if name in seconds
        },
    }
    key = (folder / "key").read_text()
    texts = Texts(arguments.listings)
    with place.serving() as group:
        addresses = pages(place, texts, arguments.requests, figures)
        publish(place, texts, key, arguments.publish, figures)
        crowd(place, addresses, arguments.clients, 20.0, figures)
        used = memory(group)
        figures["memory, serving"] = ", ".join(f"{kind} {used[kind]:.0f} MiB" for kind in sorted(used))
        if arguments.import_rows:
            bring_in(place, texts, key, arguments.import_rows, figures)
            used = memory(group)
            figures["memory, after the import"] = ", ".join(f"{kind} {used[kind]:.0f} MiB" for kind in sorted(used))
    print(
        f"| {arguments.listings:,} listings, {arguments.database} | load average {os.getloadavg()[0]:.1f} |\n|---|---|"
    )
    for what, figure in figures.items():
        print(f"| {what} | {figure} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
