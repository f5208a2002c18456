"""HTTP to addresses that users typed in: never into the installation's own network.

The name is resolved once, every address it has must be public, and the connection goes to the address that was checked (so
that a name that answers differently the second time leads nowhere else). No redirect is followed; the time and the size of
the answer are bounded. DUIJIE_ALLOW_PRIVATE_WEBHOOKS=1 lifts the rule for networks that have no outside.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from duijie.core.errors import Fault

TIMEOUT_SECONDS = 10.0
MOST_BYTES = 64 * 1024
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
        self.sock = context.wrap_socket(plain, server_hostname=self.host)


class _Plain(http.client.HTTPConnection):
    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=TIMEOUT_SECONDS)
        self._address = address

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """POST to a URL that a user typed in. Raises Fault "address.refused" or "http.failed" (nothing came back in time)."""
    host, port, path = check_address(url)
    address = resolve(host, port)
    kind = _Secure if urlsplit(url).scheme == "https" else _Plain
    connection = kind(host, port, address)
    started = time.monotonic()
    try:
        connection.request("POST", path, body=body, headers={"User-Agent": "Duijie", **headers})
        response = connection.getresponse()
        read = _read(response, started)
        return Answer(response.status, read, round(1000 * (time.monotonic() - started)))
    except (OSError, http.client.HTTPException) as error:
        # Only the kind of failure: a message may quote what answered.
        raise Fault("http.failed", "对方没有应答。", f"There was no answer ({type(error).__name__}).") from error
    finally:
        connection.close()


def _read(response: http.client.HTTPResponse, started: float) -> bytes:
    """At most MOST_BYTES, within the time limit however slowly they drip."""
    found = b""
    while len(found) < MOST_BYTES:
        if time.monotonic() - started > TIMEOUT_SECONDS:
            raise TimeoutError
        part = response.read1(4096)
        if not part:
            break
        found += part
    return found[:MOST_BYTES]
