"""OAI-PMH 2.0: ListRecords with resumption tokens, in the richest format that the repository has."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from lxml import etree

from duijie.core.errors import Fault
from duijie.federate.gather.base import Gathered, Order, Page, endless, plain_text, read_xml, record_in, unreadable
from duijie.federate.gather.catalogues import datasets_in

OAI = "{http://www.openarchives.org/OAI/2.0/}"
DC = "{http://purl.org/dc/elements/1.1/}"
PREFERRED = ("duijie", "dcat_ap", "oai_dc")


def pages(order: Order, cursor: Any) -> Iterator[Page]:
    """cursor: {"token", "prefix", "since", "seen": digests of the tokens used}."""
    state = dict(cursor or {})
    if not state:
        state = {"prefix": _prefix(order), "seen": [], "token": "", "since": ""}
    while True:
        query = {"verb": "ListRecords"}
        if state["token"]:
            query["resumptionToken"] = state["token"]
        else:
            query["metadataPrefix"] = state["prefix"]
            if order.options.get("subset"):
                query["set"] = order.options["subset"]
            if order.since:
                query["from"] = order.since
        root = _ask(order, query)
        state["since"] = state["since"] or root.findtext(f"{OAI}responseDate") or ""
        error = root.find(f"{OAI}error")
        if error is not None and error.get("code") == "noRecordsMatch":
            yield Page([], None, complete=not order.since, since=state["since"])
            return
        if error is not None:
            raise unreadable(
                f"OAI-PMH 仓库拒绝了请求（{error.get('code')}）", f"The repository refused ({error.get('code')})"
            )
        items = [_gathered(record, state["prefix"]) for record in root.iter(f"{OAI}record")]
        token = (root.findtext(f"{OAI}ListRecords/{OAI}resumptionToken") or "").strip()
        if token:
            mark = hashlib.sha256(token.encode()).hexdigest()[:12]
            if mark in state["seen"]:
                raise endless()
            state["seen"] = [*state["seen"], mark]
        state["token"] = token
        yield Page(items, dict(state) if token else None, complete=not order.since, since=state["since"])
        if not token:
            return


def _ask(order: Order, query: dict[str, str]) -> etree._Element:
    joint = "&" if "?" in order.url else "?"
    root = read_xml(order.client.get(f"{order.url}{joint}{urlencode(query)}", accept="text/xml").body)
    if root.tag != f"{OAI}OAI-PMH":
        raise unreadable("这个地址不是 OAI-PMH 仓库", "There is no OAI-PMH repository at this address")
    return root


def _prefix(order: Order) -> str:
    root = _ask(order, {"verb": "ListMetadataFormats"})
    offered = {node.text for node in root.iter(f"{OAI}metadataPrefix")}
    wanted = order.options.get("prefix") or ""
    for prefix in (wanted, *PREFERRED):
        if prefix and prefix in offered:
            return str(prefix)
    raise unreadable("仓库没有可用的元数据格式", "The repository offers no format that is understood")


def _gathered(record: etree._Element, prefix: str) -> Gathered:
    header = record.find(f"{OAI}header")
    remote_id = (header.findtext(f"{OAI}identifier") or "").strip()[:500] if header is not None else ""
    if not remote_id:
        fault = Fault("source.no_id", "这条记录没有编号。", "This record has no identifier.", status=422)
        return Gathered("?", faults=[fault])
    if header is not None and header.get("status") == "deleted":
        return Gathered(remote_id, deleted=True)
    metadata = record.find(f"{OAI}metadata")
    content = metadata[0] if metadata is not None and len(metadata) else None
    if content is None:
        fault = Fault("source.empty", "这条记录没有内容。", "This record is empty.", status=422)
        return Gathered(remote_id, faults=[fault])
    if prefix == "duijie" and (whole := record_in(content.text)):
        return Gathered(remote_id, title=str(whole["title"]), url=content.get("url", "")[:500], data=whole)
    if prefix == "dcat_ap":
        found = datasets_in(etree.tostring(content), "xml")
        if found:
            found[0].remote_id = remote_id
            return found[0]
    return _dublin(remote_id, content)


def _dublin(remote_id: str, content: etree._Element) -> Gathered:
    raw: dict[str, Any] = {}
    for node in content:
        if isinstance(node.tag, str) and node.tag.startswith(DC) and (node.text or "").strip():
            raw.setdefault(node.tag.removeprefix(DC), []).append(plain_text(node.text))
    links = [x for x in raw.get("identifier", []) if x.startswith(("http://", "https://"))]
    title = " ".join(raw.get("title", [])[:1])
    data = {"title": title, "body": "\n".join(raw.get("description", [])), "keywords": raw.get("subject", [])}
    return Gathered(remote_id, title=title, url=(links or [""])[0][:500], data=data, raw=raw)
