"""DCAT-AP catalogues as JSON-LD, Turtle or RDF/XML, whole or in pages (hydra:next)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF
from rdflib.term import Node

from duijie.core.errors import Fault
from duijie.core.guarded_http import Fetched
from duijie.federate.gather.base import (
    Gathered,
    Order,
    Page,
    endless,
    plain_text,
    plain_xml,
    read_json,
    record_in,
    unreadable,
)

HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
DUIJIE = Namespace("urn:duijie:terms#")
ACCEPT = "text/turtle, application/ld+json;q=0.9, application/rdf+xml;q=0.8"
_FORMATS = {
    "application/ld+json": "json-ld", "application/json": "json-ld", "text/turtle": "turtle",
    "application/x-turtle": "turtle", "application/rdf+xml": "xml", "application/xml": "xml", "text/xml": "xml",
    "application/n-triples": "nt",
}  # fmt: skip


def pages(order: Order, cursor: Any) -> Iterator[Page]:
    """cursor: {"url", "seen"}."""
    state = dict(cursor or {"url": order.url, "seen": []})
    taken = 0
    while True:
        if state["url"] in state["seen"]:
            raise endless()
        found = order.client.get(state["url"], accept=ACCEPT)
        graph = read_graph(found.body, _form(found), found.url)
        items = _datasets(graph)
        taken += len(items)
        following = next((str(x) for p in ("next", "nextPage") for x in graph.objects(None, HYDRA[p])), "")
        state = {"url": urljoin(found.url, following) if following else "", "seen": [*state["seen"], state["url"]]}
        over = not following or taken >= order.enough
        yield Page(items[: order.enough], None if over else state)
        if over:
            return


def _form(found: Fetched) -> str:
    known = _FORMATS.get(found.media_type)
    if known:
        return known
    start = found.body.lstrip()[:1]
    return (
        "json-ld" if start in (b"{", b"[") else "xml" if start == b"<" and b"rdf:RDF" in found.body[:4000] else "turtle"
    )


def read_graph(content: bytes, form: str, address: str) -> Graph:
    """The triples. No context or entity is fetched from anywhere: what a graph needs stands in it."""
    if form == "json-ld":
        _demand_own_context(read_json(content))
    elif form == "xml":
        plain_xml(content)
    graph = Graph(bind_namespaces="none")
    try:
        graph.parse(data=content, format=form, publicID=address)
    except Fault:
        raise
    except Exception as error:  # each parser of the library has errors of its own
        raise unreadable(
            f"内容不是可读的 {form}", f"The content is not readable {form}", type(error).__name__
        ) from None
    return graph


def _demand_own_context(node: Any, depth: int = 0) -> None:
    if depth > 200:
        raise unreadable("JSON-LD 嵌套太深", "The JSON-LD is nested too deeply")
    if isinstance(node, dict):
        context = node.get("@context")
        each = context if isinstance(context, list) else [context]
        if any(isinstance(c, str) or (isinstance(c, dict) and "@import" in c) for c in each):
            raise Fault(
                "source.remote_context",
                "JSON-LD 的 @context 引用了外部地址，没有读取；请对方写在文件里，或改用 Turtle。",
                "The JSON-LD takes its @context from elsewhere, which is not fetched; put it into the file or use Turtle.",
                status=422,
            )
        for value in node.values():
            _demand_own_context(value, depth + 1)
    elif isinstance(node, list):
        for value in node:
            _demand_own_context(value, depth + 1)


def datasets_in(content: bytes, form: str) -> list[Gathered]:
    return _datasets(read_graph(content, form, "urn:duijie:here"))


def _datasets(graph: Graph) -> list[Gathered]:
    nodes = sorted(set(graph.subjects(RDF.type, DCAT.Dataset)), key=str)
    return [_gathered(graph, node) for node in nodes]


def _words(graph: Graph, node: Node, predicate: URIRef) -> list[str]:
    """Literals, the Chinese ones where there are any."""
    found = list(graph.objects(node, predicate))
    chinese = [x for x in found if isinstance(x, Literal) and (x.language or "").startswith("zh")]
    plain = [x for x in found if not (isinstance(x, Literal) and x.language)]
    return sorted(plain_text(x) for x in (chinese or plain or found))


def _gathered(graph: Graph, node: Node) -> Gathered:
    title = " ".join(_words(graph, node, DCTERMS.title)[:1])
    identifier = " ".join(_words(graph, node, DCTERMS.identifier)[:1])
    remote_id = identifier or (str(node) if isinstance(node, URIRef) else title)
    data = {
        "title": title,
        "body": "\n".join(_words(graph, node, DCTERMS.description)),
        "keywords": _words(graph, node, DCAT.keyword),
    }
    raw: dict[str, Any] = {}
    for predicate, value in graph.predicate_objects(node):
        name = str(predicate).replace("#", "/").rsplit("/", 1)[-1]
        if isinstance(value, Literal) and predicate != DUIJIE.record:
            raw.setdefault(name, []).append(plain_text(value))
    pages_there = [str(x) for p in (DCAT.landingPage, FOAF.page) for x in graph.objects(node, p)]
    url = (pages_there or [str(node) if str(node).startswith("http") else ""])[0]
    whole = record_in(next(iter(graph.objects(node, DUIJIE.record)), None))
    return Gathered(remote_id[:500], title=title, url=url[:500], data=whole or data, raw=raw)
