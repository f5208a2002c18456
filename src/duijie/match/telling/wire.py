"""How a message goes over the wire to each kind of channel, signed as its maker publishes.

Standard Webhooks 1.0 (standardwebhooks.com) with a CloudEvents 1.0 body; DingTalk custom robots (sign = HMAC-SHA256 of
timestamp, newline, secret with the secret as key, base64, url-encoded, in the address); Feishu custom robots (the key is
timestamp, newline, secret, the message empty, base64, in the body); WeCom group robots (the key is in the address).
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from standardwebhooks import Webhook

from duijie.core.errors import Fault
from duijie.core.guarded_http import Answer
from duijie.match.models import Channel

JSON = {"Content-Type": "application/json; charset=utf-8"}
WECOM_MOST_BYTES = 2048


@dataclass(frozen=True)
class Letter:
    """An HTTP request, ready to go."""

    url: str
    body: bytes
    headers: dict[str, str]


def dingtalk_sign(secret: str, timestamp_ms: int) -> str:
    """DingTalk's signature, not yet url-encoded."""
    text = f"{timestamp_ms}\n{secret}".encode()
    return base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()


def feishu_sign(secret: str, timestamp: int) -> str:
    """Feishu's signature: what stands elsewhere as the message is the key here."""
    key = f"{timestamp}\n{secret}".encode()
    return base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()


def letter(channel: Channel, message_id: str, event: dict[str, Any], text: str, now: dt.datetime) -> Letter:
    """The request that tells `channel`: the CloudEvent for programs, the text for groups of people."""
    make = {
        Channel.Kind.STANDARD: _standard,
        Channel.Kind.WECOM: _wecom,
        Channel.Kind.DINGTALK: _dingtalk,
        Channel.Kind.FEISHU: _feishu,
    }[Channel.Kind(channel.kind)]
    return make(channel, message_id, event, text, now)


def _bytes(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _standard(channel: Channel, message_id: str, event: dict[str, Any], text: str, now: dt.datetime) -> Letter:
    body = _bytes(event)
    signature = Webhook(channel.secret).sign(message_id, now, body.decode())
    headers = {
        "Content-Type": "application/cloudevents+json; charset=utf-8",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }
    return Letter(channel.url, body, headers)


def _wecom(channel: Channel, message_id: str, event: dict[str, Any], text: str, now: dt.datetime) -> Letter:
    cut = text.encode()[:WECOM_MOST_BYTES].decode(errors="ignore")
    return Letter(channel.url, _bytes({"msgtype": "text", "text": {"content": cut}}), dict(JSON))


def _dingtalk(channel: Channel, message_id: str, event: dict[str, Any], text: str, now: dt.datetime) -> Letter:
    url = channel.url
    if channel.secret:
        stamp = int(now.timestamp() * 1000)
        joint = "&" if "?" in url else "?"
        url = f"{url}{joint}timestamp={stamp}&sign={quote_plus(dingtalk_sign(channel.secret, stamp))}"
    return Letter(url, _bytes({"msgtype": "text", "text": {"content": text}}), dict(JSON))


def _feishu(channel: Channel, message_id: str, event: dict[str, Any], text: str, now: dt.datetime) -> Letter:
    content: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
    if channel.secret:
        stamp = int(now.timestamp())
        content |= {"timestamp": str(stamp), "sign": feishu_sign(channel.secret, stamp)}
    return Letter(channel.url, _bytes(content), dict(JSON))


def demand_taken(channel: Channel, answer: Answer) -> None:
    """Raise Fault where the answer is no: a status other than 2xx, or a robot's own error code in a 200."""
    if not 200 <= answer.status < 300:
        raise Fault("http.status", f"对方答复 {answer.status}。", f"The other side answered {answer.status}.")
    if channel.kind == Channel.Kind.STANDARD:
        return
    try:
        said = json.loads(answer.body or b"{}")
        code = said.get("errcode", said.get("code", said.get("StatusCode", 0)))
    except (ValueError, AttributeError):
        raise Fault("robot.unreadable", "机器人的答复看不懂。", "The robot's answer is not readable.") from None
    if code not in (0, "0"):
        raise Fault("robot.refused", f"机器人拒收，代码 {code}。", f"The robot refused it with code {code}.")
