"""DCAT-AP 3: a catalogue in pages, and each listing as a dataset with its page and its data as distributions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from rdflib import RDF, RDFS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, SKOS

from duijie.core import regions
from duijie.federate.out.reading import address_of, data_address_of, description_of, legal
from duijie.members.models import Member
from duijie.publish.kinds import KINDS
from duijie.publish.queries import SeenListing, as_record

HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
DUIJIE = Namespace("urn:duijie:terms#")
CHINESE = URIRef("http://publications.europa.eu/resource/authority/language/ZHO")
FORMATS = {
    "ttl": ("turtle", "text/turtle"),
    "jsonld": ("json-ld", "application/ld+json"),
    "rdf": ("xml", "application/rdf+xml"),
}
_PREFIXES = {"dcat": DCAT, "dct": DCTERMS, "foaf": FOAF, "skos": SKOS, "hydra": HYDRA, "dj": DUIJIE}
CONTEXT = {name: str(space) for name, space in _PREFIXES.items()} | {"xsd": str(XSD)}


@dataclass(frozen=True)
class CatalogPage:
    """A page of a catalogue: its address without the page, which one it is, how many there are."""

    address: str
    title: str
    number: int
    count: int
    total: int
    member: Member | None = None


def empty_graph() -> Graph:
    graph = Graph(bind_namespaces="none")
    for name, space in _PREFIXES.items():
        graph.bind(name, space)
    return graph


def _zh(text: str) -> Literal:
    return Literal(legal(text), lang="zh")


def _agent(graph: Graph, member: Member | None) -> URIRef:
    path = f"/members/{member.slug}/" if member else "/"
    node = URIRef(f"{settings.BASE_URL}{path}#agent")
    graph.add((node, RDF.type, FOAF.Agent))
    graph.add((node, FOAF.name, _zh(member.name if member else "对接")))
    if member and member.name_en:
        graph.add((node, FOAF.name, Literal(member.name_en, lang="en")))
    return node


def add_dataset(graph: Graph, one: SeenListing) -> URIRef:
    """The triples of one listing; returns its node."""
    row = one.record
    node = URIRef(f"{address_of(one.uid)}#dataset")
    add = graph.add
    add((node, RDF.type, DCAT.Dataset))
    add((node, DCTERMS.identifier, Literal(one.uid)))
    add((node, DCTERMS.title, _zh(one.title)))
    add((node, DCTERMS.description, _zh(description_of(one))))
    add((node, DCTERMS.publisher, _agent(graph, row.owner_member)))
    add((node, DCAT.landingPage, URIRef(address_of(one.uid))))
    add((URIRef(address_of(one.uid)), RDF.type, FOAF.Document))
    add((node, DUIJIE.kind, Literal(row.kind)))
    if row.published_at:
        add((node, DCTERMS.issued, Literal(row.published_at)))
    add((node, DCTERMS.modified, Literal(row.changed_at)))
    for word in row.keywords if one.full else [KINDS[row.kind].label.zh]:
        add((node, DCAT.keyword, _zh(word)))
    for code in row.regions:
        place = URIRef(f"urn:duijie:region:{code}")
        add((node, DCTERMS.spatial, place))
        add((place, RDF.type, DCTERMS.Location))
        if regions.get(code):
            add((place, SKOS.prefLabel, _zh(regions.full_name(code))))
    _add_distributions(graph, node, one)
    record = as_record(one)
    if record is not None:
        add((node, DUIJIE.record, Literal(legal(json.dumps(record, ensure_ascii=False, sort_keys=True)))))
    return node


def _add_distributions(graph: Graph, node: URIRef, one: SeenListing) -> None:
    for name, address, media_type in (("html", address_of(one.uid), "text/html"), ("json", data_address_of(one.uid), "application/json")):  # fmt: skip
        part = URIRef(f"{address_of(one.uid)}#{name}")
        media = URIRef(f"https://www.iana.org/assignments/media-types/{media_type}")
        graph.add((node, DCAT.distribution, part))
        graph.add((part, RDF.type, DCAT.Distribution))
        graph.add((part, DCAT.accessURL, URIRef(address)))
        graph.add((URIRef(address), RDF.type, RDFS.Resource))
        graph.add((part, DCAT.mediaType, media))
        graph.add((media, RDF.type, DCTERMS.MediaType))


def catalogue(page: CatalogPage, listings: Sequence[SeenListing]) -> Graph:
    """One page of a catalogue, with where the next one is."""
    graph = empty_graph()
    node = URIRef(f"{page.address}#catalog")
    graph.add((node, RDF.type, DCAT.Catalog))
    graph.add((node, DCTERMS.title, _zh(page.title)))
    words = (
        "成员发布的供需、政策、成果、载体等信息" if page.member is None else f"{page.member.name}发布的供需、政策等信息"
    )
    graph.add((node, DCTERMS.description, _zh(words)))
    graph.add((node, DCTERMS.publisher, _agent(graph, page.member)))
    graph.add((node, DCTERMS.language, CHINESE))
    graph.add((CHINESE, RDF.type, DCTERMS.LinguisticSystem))
    home = URIRef(f"{settings.BASE_URL}/members/{page.member.slug}/" if page.member else f"{settings.BASE_URL}/")
    graph.add((node, FOAF.homepage, home))
    graph.add((home, RDF.type, FOAF.Document))
    for one in listings:
        graph.add((node, DCAT.dataset, add_dataset(graph, one)))
    view = URIRef(f"{page.address}?page={page.number}")
    graph.add((view, RDF.type, HYDRA.PartialCollectionView))
    graph.add((view, HYDRA.totalItems, Literal(page.total)))
    graph.add((view, HYDRA.first, URIRef(f"{page.address}?page=1")))
    graph.add((view, HYDRA.last, URIRef(f"{page.address}?page={page.count}")))
    if page.number < page.count:
        graph.add((view, HYDRA.next, URIRef(f"{page.address}?page={page.number + 1}")))
    if page.number > 1:
        graph.add((view, HYDRA.previous, URIRef(f"{page.address}?page={page.number - 1}")))
    return graph


def written(graph: Graph, form: str) -> bytes:
    """The graph as `form` ("ttl", "jsonld" or "rdf"). JSON-LD carries its context, so that no reader fetches one."""
    name, _ = FORMATS[form]
    if name == "json-ld":
        return str(graph.serialize(format=name, context=CONTEXT, auto_compact=False, indent=1)).encode()
    return str(graph.serialize(format=name)).encode()


__all__ = ["FORMATS", "CatalogPage", "add_dataset", "catalogue", "empty_graph", "written"]
