"""Out: OAI-PMH by its rules, DCAT-AP by shapes, CKAN by a harvester's calls, feeds and calendars; each only what the asker may see."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from icalendar import Calendar
from rdflib import Graph
from rdflib.namespace import DCTERMS

from duijie.core.access import SYSTEM
from duijie.core.events import dispatch_all
from duijie.federate.models import CatalogueEntry
from duijie.federate.out import oai
from duijie.federate.out.catalogue import heal
from duijie.members.models import Member
from duijie.publish.actions import change_listing, close_listing, create_listing
from duijie.publish.models import Listing
from duijie.publish.schemas import as_data
from tests.factories import make_alliance, make_member
from tests.federate.test_source_doors import key_of

pytestmark = pytest.mark.django_db
OAI = "{http://www.openarchives.org/OAI/2.0/}"


def put(member: Member, title: str, kind: str = "need", **more: Any) -> Listing:
    data = {"kind": kind, "title": title, "body": f"{title}的详细内容", "keywords": ["压铸", "检测"]} | more
    return create_listing(actor=SYSTEM, member=member, data=data, put_forward=True)


def ask(path: str = "/oai/", **query: str) -> ElementTree.Element:
    response = Client().get(path, {name.rstrip("_"): value for name, value in query.items()})
    assert (response.status_code, response["Content-Type"]) == (200, "text/xml; charset=utf-8")
    return ElementTree.fromstring(response.content)


def error(root: ElementTree.Element) -> str | None:
    found = root.find(f"{OAI}error")
    return found.get("code") if found is not None else None


def identifiers(root: ElementTree.Element) -> list[str]:
    return [str(node.text).rpartition(":")[2] for node in root.iter(f"{OAI}identifier")]


def test_each_verb_answers_and_each_mistake_has_its_code() -> None:
    park = make_member("南湖高新区", slug="nanhu")
    one = put(park, "铸件气孔检测")
    dispatch_all()
    root = ask(verb="Identify")
    said = {node.tag.removeprefix(OAI): node.text for node in root[2]}
    assert (said["deletedRecord"], said["granularity"], said["protocolVersion"]) == (
        "persistent",
        "YYYY-MM-DDThh:mm:ssZ",
        "2.0",
    )
    assert said["baseURL"] == "http://127.0.0.1:8000/oai/"
    formats = [n.text for n in ask(verb="ListMetadataFormats").iter(f"{OAI}metadataPrefix")]
    assert formats == ["oai_dc", "dcat_ap", "duijie"]
    sets = [n.text for n in ask(verb="ListSets").iter(f"{OAI}setSpec")]
    assert {"kind", "kind:need", "member", "member:nanhu"} <= set(sets)
    whole = f"oai:127.0.0.1:{one.uid}"
    for prefix in formats:
        record = ask(verb="GetRecord", identifier=whole, metadataPrefix=str(prefix))
        assert (error(record), identifiers(record)) == (None, [one.uid]), prefix
    mistakes = [
        ({}, "badVerb"), ({"verb": "Destroy"}, "badVerb"), ({"verb": "GetRecord"}, "badArgument"),
        ({"verb": "Identify", "until": "2026-01-01"}, "badArgument"),
        ({"verb": "GetRecord", "identifier": whole, "metadataPrefix": "marc"}, "cannotDisseminateFormat"),
        ({"verb": "GetRecord", "identifier": "oai:127.0.0.1:X", "metadataPrefix": "oai_dc"}, "idDoesNotExist"),
        ({"verb": "ListMetadataFormats", "identifier": "x"}, "idDoesNotExist"),
        ({"verb": "ListRecords", "metadataPrefix": "marc"}, "cannotDisseminateFormat"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "kind:fund"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from_": "2026-13-01"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from_": "2026-01-01", "until": "2026-01-02T00:00:00Z"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from_": "2030-01-02", "until": "2030-01-01"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "2001-01-01"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "resumptionToken": "junk"}, "badResumptionToken"),
        ({"verb": "ListRecords", "resumptionToken": "", "metadataPrefix": "oai_dc"}, "badArgument"),
        ({"verb": "ListSets", "resumptionToken": "x"}, "badResumptionToken"),
    ]  # fmt: skip
    for query, code in mistakes:
        assert error(ask(**query)) == code, query
    twice = Client().get("/oai/?verb=Identify&verb=Identify")
    assert error(ElementTree.fromstring(twice.content)) == "badVerb"
    posted = Client().post("/oai/", "verb=Identify", content_type="application/x-www-form-urlencoded")
    assert b"repositoryName" in posted.content
    assert ElementTree.fromstring(Client().get("/oai/?verb=%01<&x=%0b").content).tag == f"{OAI}OAI-PMH"


def test_what_closes_or_narrows_is_deleted_for_ever_and_what_was_never_open_is_never_named() -> None:
    alliance = make_alliance(slug="parks")
    park = make_member(slug="nanhu", alliances=[alliance])
    closed, narrowed, kept = put(park, "将关闭"), put(park, "将收窄"), put(park, "留着")
    put(park, "仅联盟可见", visibility="alliance", visible_alliance="parks")
    create_listing(actor=SYSTEM, member=park, data={"kind": "need", "title": "草稿"})
    secret = put(park, "保密的真标题", confidential=True, teaser="某企业寻求检测")
    dispatch_all()
    close_listing(actor=SYSTEM, listing=closed)
    change_listing(actor=SYSTEM, listing=narrowed, data=as_data(narrowed) | {"visibility": "member"})
    dispatch_all()
    root = ask(verb="ListRecords", metadataPrefix="oai_dc")
    gone = [
        str(h.find(f"{OAI}identifier").text)[-26:] for h in root.iter(f"{OAI}header") if h.get("status") == "deleted"
    ]  # type: ignore[union-attr]
    assert sorted(gone) == sorted([closed.uid, narrowed.uid])
    assert sorted(identifiers(root)) == sorted([closed.uid, narrowed.uid, kept.uid, secret.uid])
    text = Client().get("/oai/?verb=ListRecords&metadataPrefix=oai_dc").content.decode()
    assert ("某企业寻求检测" in text, "保密的真标题" in text, "仅联盟可见" in text) == (True, False, False)
    assert identifiers(ask(verb="ListIdentifiers", metadataPrefix="duijie")).count(secret.uid) == 0
    assert heal() == 0


def test_a_list_survives_changes_between_its_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oai, "PAGE", 3)
    park = make_member(slug="nanhu")
    every = [put(park, f"第{n}条") for n in range(8)]
    dispatch_all()
    seen: list[str] = []
    root = ask("/members/nanhu/oai/", verb="ListRecords", metadataPrefix="oai_dc", set="kind:need")
    sizes = []
    while True:
        seen += identifiers(root)
        token = root.find(f".//{OAI}resumptionToken")
        assert token is not None
        sizes.append((token.get("cursor"), token.get("completeListSize")))
        if not token.text:
            break
        if len(sizes) == 1:  # a listing already given changes, one not yet given closes, one is new
            CatalogueEntry.objects.update(stamp="2026-01-01T00:00:00Z")
            token.text = oai.Question.of_token(token.text).token()
            root = ask("/members/nanhu/oai/", verb="ListRecords", metadataPrefix="oai_dc", set="kind:need")
            seen = identifiers(root)
            token = root.find(f".//{OAI}resumptionToken")
            assert token is not None
            close_listing(actor=SYSTEM, listing=every[7])
            fresh = put(park, "新来的")
            dispatch_all()
        root = ask("/members/nanhu/oai/", verb="ListRecords", resumptionToken=str(token.text))
        assert error(root) is None
    assert set(seen) == {x.uid for x in every} | {fresh.uid}
    assert sizes[0] == ("0", "8")


def test_sickle_harvests_everything_with_the_deletions(
    live_server: Any, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    from sickle import Sickle

    monkeypatch.setattr(oai, "PAGE", 4)
    settings.BASE_URL = live_server.url
    park = make_member(slug="nanhu")
    every = [put(park, f"第{n}条") for n in range(11)]
    for one in every[:3]:
        close_listing(actor=SYSTEM, listing=one)
    # What was closed before its entry was made was never in the catalogue; these were.
    for one in every[3:]:
        assert one.status == "published"
    dispatch_all()
    close_listing(actor=SYSTEM, listing=every[3])
    dispatch_all()
    client = Sickle(f"{live_server.url}/oai/")
    assert client.Identify().deletedRecord == "persistent"
    records = list(client.ListRecords(metadataPrefix="oai_dc"))
    assert sorted(r.header.identifier[-26:] for r in records) == sorted(x.uid for x in every[3:])
    assert [r.header.identifier[-26:] for r in records if r.header.deleted] == [every[3].uid]
    assert len(list(client.ListRecords(metadataPrefix="oai_dc", ignore_deleted=True))) == 7
    assert {s.setSpec for s in client.ListSets()} >= {"kind:need", "member:nanhu"}
    live = next(r for r in records if not r.header.deleted)
    assert live.metadata["subject"] == ["压铸", "检测"]
    record = ElementTree.fromstring(client.GetRecord(identifier=live.header.identifier, metadataPrefix="dcat_ap").raw)
    content = record.find(f"{OAI}metadata")
    assert content is not None
    graph = Graph().parse(data=ElementTree.tostring(content[0]), format="xml")
    assert [str(t) for t in graph.objects(None, DCTERMS.identifier)] == [live.header.identifier[-26:]]


SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix : <urn:shapes#> .
:Catalog a sh:NodeShape ; sh:targetClass dcat:Catalog ;
  sh:property [ sh:path dct:title ; sh:minCount 1 ; sh:nodeKind sh:Literal ] , [ sh:path dct:description ; sh:minCount 1 ; sh:nodeKind sh:Literal ] ,
    [ sh:path dct:publisher ; sh:minCount 1 ; sh:maxCount 1 ; sh:class foaf:Agent ] , [ sh:path dcat:dataset ; sh:class dcat:Dataset ] ,
    [ sh:path foaf:homepage ; sh:maxCount 1 ; sh:class foaf:Document ] , [ sh:path dct:language ; sh:class dct:LinguisticSystem ] .
:Dataset a sh:NodeShape ; sh:targetClass dcat:Dataset ;
  sh:property [ sh:path dct:title ; sh:minCount 1 ; sh:nodeKind sh:Literal ] , [ sh:path dct:description ; sh:minCount 1 ; sh:nodeKind sh:Literal ] ,
    [ sh:path dct:publisher ; sh:maxCount 1 ; sh:class foaf:Agent ] , [ sh:path dcat:distribution ; sh:class dcat:Distribution ] ,
    [ sh:path dct:issued ; sh:maxCount 1 ] , [ sh:path dct:modified ; sh:maxCount 1 ] , [ sh:path dct:spatial ; sh:class dct:Location ] ,
    [ sh:path dcat:landingPage ; sh:class foaf:Document ; sh:nodeKind sh:IRI ] , [ sh:path dcat:keyword ; sh:nodeKind sh:Literal ] .
:Distribution a sh:NodeShape ; sh:targetClass dcat:Distribution ;
  sh:property [ sh:path dcat:accessURL ; sh:minCount 1 ; sh:nodeKind sh:IRI ] , [ sh:path dcat:mediaType ; sh:maxCount 1 ; sh:class dct:MediaType ] .
:Agent a sh:NodeShape ; sh:targetClass foaf:Agent ; sh:property [ sh:path foaf:name ; sh:minCount 1 ; sh:nodeKind sh:Literal ] .
"""


@pytest.mark.parametrize(("form", "name"), [("ttl", "turtle"), ("jsonld", "json-ld"), ("rdf", "xml")])
def test_the_catalogue_fits_the_shapes_in_every_form(form: str, name: str) -> None:
    from pyshacl import validate

    park = make_member("南湖高新区", slug="nanhu")
    put(park, "铸件气孔检测", regions="嘉兴市南湖区")
    put(park, "没有详情", kind="policy", body="")
    put(park, "保密的真标题", confidential=True, teaser="某企业寻求检测")
    graphs = []
    for address in (f"/catalogue.{form}", f"/members/nanhu/catalogue.{form}"):
        response = Client().get(address)
        assert response.status_code == 200
        assert "保密的真标题" not in response.content.decode()
        graphs.append(Graph().parse(data=response.content, format=name))
    for graph in graphs:
        fits, _, words = validate(graph, shacl_graph=Graph().parse(data=SHAPES, format="turtle"))
        assert fits, words
    assert Client().get(f"/catalogue.{form}?page=2").status_code == 404


def test_a_ckan_harvesters_calls_are_answered() -> None:
    park, other = make_member("南湖高新区", slug="nanhu"), make_member(slug="other")
    one = put(park, "铸件气孔检测")
    put(other, "别家的", kind="policy")

    def do(action: str, base: str = "", **given: Any) -> Any:
        answer = Client().get(f"{base}/api/3/action/{action}", given).json()
        assert answer["success"], answer
        return answer["result"]

    assert do("status_show")["ckan_version"]
    found = do(
        "package_search",
        q="*:*",
        rows=1000,
        start=0,
        sort="id asc",
        fq="+metadata_modified:[2020-01-01T00:00:00Z TO *] organization:nanhu",
    )
    assert (found["count"], [p["title"] for p in found["results"]]) == (1, ["铸件气孔检测"])
    assert do("package_search", fq="metadata_modified:[2099-01-01T00:00:00Z TO *]")["count"] == 0
    assert do("package_search", base="/members/nanhu")["count"] == 1
    shown = do("package_show", id=one.uid.lower())
    assert (shown["id"], shown["organization"]["name"], [t["name"] for t in shown["tags"]]) == (
        one.uid,
        "nanhu",
        ["压铸", "检测"],
    )
    assert sorted(do("package_list")) == sorted(
        x.lower() for x in Listing.objects.unscoped("t").values_list("uid", flat=True)
    )
    assert sorted(do("organization_list")) == ["nanhu", "other"]
    assert do("organization_show", id="nanhu", include_datasets="true")["packages"][0]["id"] == one.uid
    assert do("group_list") == ["need", "policy"]
    assert do("group_show", id="need")["package_count"] == 1
    posted = Client().post("/api/3/action/package_show", json.dumps({"id": one.uid}), content_type="application/json")
    assert posted.json()["result"]["id"] == one.uid
    for action, query, status in (("package_show", "id=x", 404), ("package_show", "", 409), ("nothing", "", 400), ("package_search", "rows=x", 409)):  # fmt: skip
        refused = Client().get(f"/api/3/action/{action}?{query}")
        assert (refused.status_code, refused.json()["success"]) == (status, False)


def test_feeds_and_calendars_show_what_the_asker_may_see() -> None:
    alliance = make_alliance(slug="parks")
    park = make_member("南湖高新区", slug="nanhu", alliances=[alliance])
    put(park, "公开的", expires_on="2099-05-01", facets={"deadline": "2099-03-01"})
    put(park, "联盟的", visibility="alliance", visible_alliance="parks", expires_on="2099-06-01")
    key = key_of(park, "feeds:read")
    for address in (
        "/feeds/nanhu.atom",
        "/feeds/nanhu.json",
        "/feeds/nanhu.csv",
        "/feeds/all.ics",
        "/catalogue.ttl",
        "/api/3/action/package_search",
    ):
        guest, member = Client().get(address), Client().get(address, headers=key)
        texts = [(b"".join(r.streaming_content) if r.streaming else r.content).decode() for r in (guest, member)]
        assert ["公开的" in texts[0], "联盟的" in texts[0], "联盟的" in texts[1].encode().decode()] == [
            True,
            False,
            True,
        ], address
        assert Client().get(address, headers=key_of(park, "listings:read")).status_code == 403, address
    calendar = Calendar.from_ical(Client().get("/feeds/nanhu.ics").content)
    events = {str(e["summary"]): str(e["dtstart"].dt) for e in calendar.walk("VEVENT")}
    assert events == {"截止：公开的": "2099-05-01", "期限：公开的": "2099-03-01"}
    sheet = b"".join(r.streaming_content) if (r := Client().get("/feeds/nanhu.csv?kind=need")).streaming else r.content
    assert sheet.decode("utf-8-sig").splitlines()[0].startswith("编号,标题")
