"""A nasty little HTTP server that answers as a test tells it, and empty indexes for each test."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from duijie.match.index import close_match_index
from duijie.publish.search import search_index


@dataclass
class Asked:
    """One request: method, path, query (first values), headers (lower case), body."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class Said:
    """An answer. stream: called with the socket's file instead of sending a body."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    stream: Callable[[Any], None] | None = None


@dataclass
class Elsewhere:
    """The other side. pages: path -> what it says (bytes, Said, or a function of the request)."""

    url: str = ""
    pages: dict[str, Any] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def answer(self, asked: Asked) -> Said:
        said = self.pages.get(asked.path, Said(b"nothing here", 404))
        if callable(said):
            said = said(asked)
        return Said(said) if isinstance(said, bytes) else said


@pytest.fixture
def elsewhere(settings: Any) -> Iterator[Elsewhere]:
    settings.ALLOW_PRIVATE_WEBHOOKS = True
    found = Elsewhere()

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            query = {k: v[0] for k, v in parse_qs(parts.query, keep_blank_values=True).items()}
            headers = {k.lower(): v for k, v in self.headers.items()}
            asked = Asked(self.command, parts.path, query, headers, self.rfile.read(length))
            found.asked.append(asked)
            said = found.answer(asked)
            with contextlib.suppress(OSError):
                self.send_response(said.status)
                for name, value in said.headers.items():
                    self.send_header(name, value)
                if said.stream is None and "Content-Length" not in said.headers:
                    self.send_header("Content-Length", str(len(said.body)))
                self.end_headers()
                if said.stream is not None:
                    said.stream(self.wfile)
                else:
                    self.wfile.write(said.body)

        do_GET = do_POST = do_PUT = _do

        def log_message(self, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    found.url = f"http://127.0.0.1:{server.server_port}"
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses between tries are seconds; a test need not wait for them."""
    monkeypatch.setattr("duijie.federate.running.client_of.__kwdefaults__", {"pauses": (0.0, 0.0)})


@pytest.fixture(autouse=True)
def _closed_indexes() -> Iterator[None]:
    close_match_index()
    search_index().clear()
    yield
    close_match_index()
    search_index().close()
