"""HTTP to addresses that users typed in: never into the installation's own network.

The name is resolved once, every address it has must be public, and the connection goes to the address that was checked (so
that a name that answers differently the second time leads nowhere else). A POST follows no redirect; a GET follows a few, each
hop checked like the first and never from https to http. Time is bounded as a whole, not from byte to byte: when it is over the
connection is cut, so that neither slow headers nor a slow body hold anybody up. Size is bounded as it arrives, packed and
unpacked. DUIJIE_ALLOW_PRIVATE_WEBHOOKS=1 lifts the rule for networks that have no outside.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from django.conf import settings

from duijie.core.errors import Fault

TIMEOUT_SECONDS = 10.0
MOST_BYTES = 64 * 1024
LARGEST_FETCH = 32 * 1024 * 1024
FETCH_SECONDS = 60.0
MOST_REDIRECTS = 4
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Ways to write an IPv4 address inside an IPv6 one, which would lead past the rule: 6to4, NAT64, Teredo.
_DISGUISES = [ipaddress.ip_network(text) for text in ("2002::/16", "64:ff9b::/96", "2001::/32", "64:ff9b:1::/48")]


@dataclass(frozen=True)
class Answer:
    """What came back: status, the first MOST_BYTES of the body, how long it took."""

    status: int
    body: bytes
    took_ms: int


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if any(ip in network for network in _DISGUISES):
            return False
    return ip.is_global and not ip.is_multicast


def _refuse(zh: str, en: str) -> Fault:
    return Fault("address.refused", zh, en, place="url", status=422)


def check_address(url: str) -> tuple[str, int, str]:
    """(host, port, path with query) of a URL that may be called. Raises Fault "address.refused"."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _refuse("地址写得不对。", "The address is malformed.") from None
    schemes = {"https", "http"} if settings.ALLOW_PRIVATE_WEBHOOKS else {"https"}
    if parts.scheme not in schemes or not host:
        raise _refuse("地址应以 https:// 开头。", "The address must begin with https://.")
    if parts.username or parts.password:
        raise _refuse("地址中不能有用户名和密码。", "The address must hold no username or password.")
    if any(ord(c) <= 32 or ord(c) == 127 for c in url) or not url.isascii():
        raise _refuse("地址中有不能用的字符。", "The address holds characters that it may not.")
    path = parts.path or "/"
    return host, port or (443 if parts.scheme == "https" else 80), path + (f"?{parts.query}" if parts.query else "")


def resolve(host: str, port: int) -> str:
    """The address to connect to; every address that the name has must be public. Raises Fault "address.refused"."""
    try:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise _refuse(f"找不到主机“{host}”。", f"The host “{host}” is not found.") from None
    if not settings.ALLOW_PRIVATE_WEBHOOKS and not all(is_public(address) for address in found):
        raise _refuse("不能发往内部网络的地址。", "Addresses of internal networks are not called.")
    return found[0]


class _Secure(http.client.HTTPSConnection):
    """TLS to a checked address, with the certificate checked against the name."""

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
        self._address = address

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        context: ssl.SSLContext = self._context  # type: ignore[attr-defined]
        self.held: socket.socket = plain
        self.sock = context.wrap_socket(plain, server_hostname=self.host)
        self.held = self.sock


class _Plain(http.client.HTTPConnection):
    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=TIMEOUT_SECONDS)
        self._address = address

    def connect(self) -> None:
        self.sock = self.held = socket.create_connection((self._address, self.port), self.timeout)


class _Deadline:
    """Cuts a connection when its time is over, whatever it is waiting for."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.over = seconds, False
        self._connection: http.client.HTTPConnection | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def watch(self, connection: http.client.HTTPConnection) -> None:
        self._connection = connection
        if self.over:
            raise TimeoutError

    def _cut(self) -> None:
        self.over = True
        # Not `sock`: the connection gives that up to the response as soon as it has the headers of a last answer.
        held = getattr(self._connection, "held", None)
        if held is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(held, socket.SHUT_RDWR)

    def __enter__(self) -> _Deadline:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


def _failed(error: Exception, deadline: _Deadline) -> Fault:
    """Only the kind of failure: a message may quote what answered."""
    if deadline.over or isinstance(error, TimeoutError):
        return Fault(
            "http.slow", "对方应答太慢，已断开。", f"The answer was too slow; cut off after {deadline.seconds:.0f} s."
        )
    return Fault("http.failed", "对方没有应答。", f"There was no answer ({type(error).__name__}).")


def _connected(url: str, deadline: _Deadline) -> tuple[http.client.HTTPConnection, str]:
    host, port, path = check_address(url)
    address = resolve(host, port)
    kind = _Secure if urlsplit(url).scheme == "https" else _Plain
    connection = kind(host, port, address)
    deadline.watch(connection)
    return connection, path


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, most_bytes: int = MOST_BYTES, seconds: float = TIMEOUT_SECONDS
) -> Answer:
    """POST to a URL that a user typed in. Raises Fault "address.refused", "http.failed" or "http.slow"."""
    started = time.monotonic()
    with _Deadline(seconds) as deadline:
        connection, path = _connected(url, deadline)
        try:
            connection.request("POST", path, body=body, headers={"User-Agent": "Duijie", **headers})
            response = connection.getresponse()
            read = b""
            while len(read) < most_bytes and (part := response.read1(65536)):
                read += part
            if deadline.over:
                raise TimeoutError
            return Answer(response.status, read[:most_bytes], round(1000 * (time.monotonic() - started)))
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _failed(error, deadline) from error
        finally:
            connection.close()


@dataclass(frozen=True)
class Fetched:
    """What a GET brought: where it came from in the end, status, headers (names in lower case), body."""

    url: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def fetch(
    url: str,
    headers: Mapping[str, str] | None = None,
    *,
    most_bytes: int = LARGEST_FETCH,
    seconds: float = FETCH_SECONDS,
) -> Fetched:
    """GET a URL that a user typed in. `headers` (a credential, say) go to the first host only.

    Raises Fault "address.refused" (of any hop), "http.failed", "http.slow", "http.too_large", "http.redirects".
    """
    sent = {"User-Agent": "Duijie", "Accept-Encoding": "gzip"} | dict(headers or {})
    first = urlsplit(url)
    with _Deadline(seconds) as deadline:
        for _ in range(MOST_REDIRECTS + 1):
            found = _get(url, sent, most_bytes, deadline)
            target = found.headers.get("location")
            if found.status not in _REDIRECTS or not target:
                return found
            url = urljoin(url, target)
            after = urlsplit(url)
            if first.scheme == "https" and after.scheme != "https":
                raise _refuse(
                    "对方转到了不加密的地址，没有跟随。", "A redirect to an unencrypted address was not followed."
                )
            if (after.scheme, after.netloc) != (first.scheme, first.netloc):
                sent = {"User-Agent": "Duijie", "Accept-Encoding": "gzip"}
    raise Fault("http.redirects", "对方一再转向，没有跟随下去。", "Too many redirects; not followed any further.")


def _get(url: str, headers: Mapping[str, str], most_bytes: int, deadline: _Deadline) -> Fetched:
    connection, path = _connected(url, deadline)
    try:
        connection.request("GET", path, headers=dict(headers))
        response = connection.getresponse()
        said = {name.lower(): value for name, value in response.getheaders()}
        declared = said.get("content-length", "")
        if declared.isascii() and declared.isdigit() and int(declared[:18]) > most_bytes:
            raise too_large(most_bytes)
        body = b"".join(_bounded(response, said.get("content-encoding", ""), most_bytes))
        if deadline.over:
            raise TimeoutError
        return Fetched(url, response.status, said, body)
    except (OSError, http.client.HTTPException, zlib.error, ValueError) as error:
        raise _failed(error, deadline) from error
    finally:
        connection.close()


def too_large(most_bytes: int) -> Fault:
    limit = most_bytes // (1024 * 1024)
    return Fault(
        "http.too_large", f"对方的内容超过 {limit} MB，没有读取。", f"The answer exceeds {limit} MB and was not read."
    )


def _bounded(response: http.client.HTTPResponse, encoding: str, most_bytes: int) -> Iterator[bytes]:
    """The body in parts, unpacked where it is gzip. Raises Fault "http.too_large" as soon as it grows beyond `most_bytes`."""
    if encoding.strip().lower() not in {"", "identity", "gzip", "x-gzip"}:
        raise Fault(
            "http.encoding", "对方用了不支持的压缩方式。", "The answer is packed in a way that is not supported."
        )
    packed = zlib.decompressobj(31) if "gzip" in encoding.lower() else None
    total = 0
    while part := response.read1(65536):
        if packed is not None:
            part = packed.decompress(part, most_bytes - total + 1)
        total += len(part)
        if total > most_bytes:
            raise too_large(most_bytes)
        yield part
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)
