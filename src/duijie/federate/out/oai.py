"""OAI-PMH 2.0: the six verbs over the catalogue, for the whole or for one member.

Resumption tokens are stateless: they hold the question and the place reached in the order (stamp, number). What changes while
somebody pages moves to the end with a later stamp, so that nothing is left out. [openarchives.org/OAI/openarchivesprotocol.html]
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db.models import Min, Q, QuerySet
from django.utils import timezone
from lxml import etree

from duijie.core.access import GUEST
from duijie.federate.models import CatalogueEntry
from duijie.federate.out import dcat
from duijie.federate.out.reading import address_of, description_of, host, legal, seen_by_uid
from duijie.members.models import Member
from duijie.publish.kinds import KINDS
from duijie.publish.queries import SeenListing, as_record

NS = "http://www.openarchives.org/OAI/2.0/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC = "http://purl.org/dc/elements/1.1/"
TERMS = "urn:duijie:terms#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PAGE = 100
FORMATS = {
    "oai_dc": ("http://www.openarchives.org/OAI/2.0/oai_dc.xsd", OAI_DC),
    "dcat_ap": ("https://www.w3.org/2000/07/rdf.xsd", RDF),
    "duijie": ("{base}/oai/duijie.xsd", TERMS),
}
_ALLOWED: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "Identify": (frozenset(), frozenset()),
    "ListMetadataFormats": (frozenset(), frozenset({"identifier"})),
    "ListSets": (frozenset(), frozenset({"resumptionToken"})),
    "GetRecord": (frozenset({"identifier", "metadataPrefix"}), frozenset()),
    "ListIdentifiers": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"})),
    "ListRecords": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"})),
}
_LISTS = frozenset({"ListIdentifiers", "ListRecords"})
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_SECOND = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$")


class Refused(Exception):
    """An error of the protocol: its code and a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


@dataclass(frozen=True)
class Repository:
    """base_url: its own address. member: whose listings, None for all."""

    base_url: str
    name: str
    email: str
    member: Member | None = None

    def entries(self) -> QuerySet[CatalogueEntry]:
        rows = CatalogueEntry.objects.select_related("member")
        return rows.filter(member=self.member) if self.member else rows


@dataclass(frozen=True)
class Question:
    """What a list asks for, and how far it has got: after the entry (stamp, number), `done` entries in."""

    prefix: str
    start: str = ""
    until: str = ""
    subset: str = ""
    stamp: str = ""
    number: int = 0
    done: int = 0
    total: int = 0

    def token(self) -> str:
        content = [self.prefix, self.start, self.until, self.subset, self.stamp, self.number, self.done, self.total]
        return base64.urlsafe_b64encode(json.dumps(content, separators=(",", ":")).encode()).decode().rstrip("=")

    @classmethod
    def of_token(cls, token: str) -> Question:
        try:
            padded = token + "=" * (-len(token) % 4)
            content = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            *texts, stamp, number, done, total = content
            known = all(isinstance(x, str) for x in (*texts, stamp)) and len(texts) == 4
            if not known or not all(type(x) is int and 0 <= x < 2**53 for x in (number, done, total)):
                raise ValueError
            moment(stamp)
        except (ValueError, TypeError, binascii.Error, Refused, RecursionError):
            raise Refused("badResumptionToken", "The resumptionToken is not one of ours.") from None
        prefix, start, until, subset = texts
        return cls(prefix, start, until, subset, stamp, number, done, total)


def moment(text: str, *, end: bool = False) -> dt.datetime:
    """A date or an instant of the protocol. `end`: a day counts to its last second."""
    try:
        if _DAY.match(text):
            day = dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
            return day + dt.timedelta(hours=23, minutes=59, seconds=59) if end else day
        if _SECOND.match(text):
            return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        pass
    raise Refused("badArgument", f"{text[:40]} is neither YYYY-MM-DD nor YYYY-MM-DDThh:mm:ssZ.")


def stamped(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def identifier_of(listing_uid: str) -> str:
    return f"oai:{host()}:{listing_uid}"


def respond(repository: Repository, arguments: Sequence[tuple[str, str]]) -> bytes:
    """The answer to a request, always a whole document; what is wrong stands in it as the protocol's error."""
    root = etree.Element(f"{{{NS}}}OAI-PMH", nsmap={None: NS, "xsi": XSI})
    root.set(f"{{{XSI}}}schemaLocation", f"{NS} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd")
    _text(root, "responseDate", stamped(timezone.now()))
    request = _text(root, "request", repository.base_url)
    try:
        verb, given = _checked(arguments)
    except Refused as refused:
        _error(root, refused)
        return _bytes(root)
    request.set("verb", verb)
    for name, value in given.items():
        request.set(name, legal(value))
    answer = etree.Element(f"{{{NS}}}{verb}")
    try:
        _VERBS[verb](repository, answer, given)
        root.append(answer)
    except Refused as refused:
        if refused.code == "badArgument":
            request.attrib.clear()
        _error(root, refused)
    return _bytes(root)


def _bytes(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _error(root: etree._Element, refused: Refused) -> None:
    _text(root, "error", refused.sentence).set("code", refused.code)


def _text(parent: etree._Element, name: str, text: str, space: str = NS) -> etree._Element:
    node = etree.SubElement(parent, f"{{{space}}}{name}")
    node.text = legal(text)
    return node


def _checked(arguments: Sequence[tuple[str, str]]) -> tuple[str, dict[str, str]]:
    names = [name for name, _ in arguments]
    verbs = [value for name, value in arguments if name == "verb"]
    if len(verbs) != 1 or verbs[0] not in _ALLOWED:
        raise Refused("badVerb", "Name one of the six verbs, once.")
    verb = verbs[0]
    given = {name: value for name, value in arguments if name != "verb"}
    if len(names) != len(set(names)):
        raise Refused("badArgument", "An argument is given more than once.")
    needed, optional = _ALLOWED[verb]
    if "resumptionToken" in given and (verb in _LISTS or verb == "ListSets"):
        if len(given) > 1:
            raise Refused("badArgument", "A resumptionToken stands alone.")
        return verb, given
    if needed - set(given):
        raise Refused("badArgument", f"Missing: {', '.join(sorted(needed - set(given)))}.")
    if set(given) - needed - optional:
        raise Refused("badArgument", f"Not known: {', '.join(sorted(set(given) - needed - optional))[:100]}.")
    return verb, given


def _identify(repository: Repository, answer: etree._Element, given: Mapping[str, str]) -> None:
    first = repository.entries().aggregate(first=Min("stamp"))["first"] or timezone.now()
    for name, text in (
        ("repositoryName", repository.name),
        ("baseURL", repository.base_url),
        ("protocolVersion", "2.0"),
        ("adminEmail", repository.email),
        ("earliestDatestamp", stamped(first)),
        ("deletedRecord", "persistent"),
        ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
    ):
        _text(answer, name, text)


def _list_formats(repository: Repository, answer: etree._Element, given: Mapping[str, str]) -> None:
    names = list(FORMATS)
    if "identifier" in given:
        entry = _entry(repository, given["identifier"])
        if not entry.deleted and _formats_of(seen_by_uid([entry.listing_uid]).get(entry.listing_uid)) == names[:2]:
            names = names[:2]
    for name in names:
        schema, space = FORMATS[name]
        node = etree.SubElement(answer, f"{{{NS}}}metadataFormat")
        _text(node, "metadataPrefix", name)
        _text(node, "schema", schema.format(base=settings.BASE_URL))
        _text(node, "metadataNamespace", space)


def _formats_of(one: SeenListing | None) -> list[str]:
    return ["oai_dc", "dcat_ap", "duijie"] if one is not None and as_record(one) is not None else ["oai_dc", "dcat_ap"]


def _entry(repository: Repository, identifier: str) -> CatalogueEntry:
    entry = repository.entries().filter(listing_uid=identifier.rpartition(":")[2]).first()
    if entry is None or identifier != identifier_of(entry.listing_uid):
        raise Refused("idDoesNotExist", "There is no such record.")
    return entry


def _list_sets(repository: Repository, answer: etree._Element, given: Mapping[str, str]) -> None:
    if "resumptionToken" in given:
        raise Refused("badResumptionToken", "The sets come in one piece.")
    sets = [("kind", "类别 Kinds"), *((f"kind:{k.kind}", f"{k.label.zh} {k.label.en}") for k in KINDS.values())]
    if repository.member is None:
        ids = CatalogueEntry.objects.order_by().values("member").distinct()
        members = Member.objects.filter(pk__in=ids).order_by("slug")
        sets += [("member", "成员 Members"), *((f"member:{m.slug}", m.name) for m in members)]
    for spec, name in sets:
        node = etree.SubElement(answer, f"{{{NS}}}set")
        _text(node, "setSpec", spec)
        _text(node, "setName", name)


def _get_record(repository: Repository, answer: etree._Element, given: Mapping[str, str]) -> None:
    entry = _entry(repository, given["identifier"])
    prefix = given["metadataPrefix"]
    one = seen_by_uid([entry.listing_uid]).get(entry.listing_uid)
    if prefix not in FORMATS or (not entry.deleted and prefix not in _formats_of(one)):
        raise Refused("cannotDisseminateFormat", "The record does not come in this format.")
    _add_record(answer, entry, one, prefix)


def _list(repository: Repository, answer: etree._Element, given: Mapping[str, str], *, whole: bool) -> None:
    token = given.get("resumptionToken")
    question = Question.of_token(token) if token is not None else _question(given)
    if question.prefix not in FORMATS:
        raise Refused("cannotDisseminateFormat", "There is no such metadataPrefix.")
    rows = _asked(repository, question)
    if token is None:
        question = replace(question, total=rows.count())
    if question.stamp:
        at = moment(question.stamp)
        rows = rows.filter(stamp__gte=at).filter(Q(stamp__gt=at) | Q(pk__gt=question.number))
    batch = list(rows.order_by("stamp", "pk")[: PAGE + 1])
    more, batch = len(batch) > PAGE, batch[:PAGE]
    if not batch and token is None:
        raise Refused("noRecordsMatch", "Nothing fits.")
    seen = seen_by_uid([e.listing_uid for e in batch if not e.deleted]) if whole or question.prefix == "duijie" else {}
    for entry in batch:
        if whole:
            _add_record(answer, entry, seen.get(entry.listing_uid), question.prefix)
        else:
            _add_header(answer, entry)
    if more or token is not None:
        following = ""
        if more:
            last = batch[-1]
            done = question.done + len(batch)
            following = replace(question, stamp=stamped(last.stamp), number=last.pk, done=done).token()
        node = _text(answer, "resumptionToken", following)
        node.set("completeListSize", str(max(question.total, question.done + len(batch))))
        node.set("cursor", str(question.done))


def _question(given: Mapping[str, str]) -> Question:
    start, until = given.get("from", ""), given.get("until", "")
    if start:
        moment(start)
    if until:
        moment(until, end=True)
    if start and until and len(start) != len(until):
        raise Refused("badArgument", "from and until are of different granularity.")
    if start and until and moment(start) > moment(until, end=True):
        raise Refused("badArgument", "from is later than until.")
    return Question(given["metadataPrefix"], start, until, given.get("set", ""))


def _asked(repository: Repository, question: Question) -> QuerySet[CatalogueEntry]:
    rows = repository.entries()
    try:
        if question.start:
            rows = rows.filter(stamp__gte=moment(question.start))
        if question.until:
            rows = rows.filter(stamp__lte=moment(question.until, end=True))
    except Refused:
        raise Refused("badResumptionToken", "The resumptionToken is not one of ours.") from None
    if question.subset:
        group, _, name = question.subset.partition(":")
        if group == "kind":
            rows = rows.filter(kind=name) if name else rows
        elif group == "member" and repository.member is None:
            rows = rows.filter(member__slug=name) if name else rows
        else:
            rows = rows.none()
    if question.prefix == "duijie":  # only what is told whole comes in this format
        rows = rows.exclude(listing_uid__in=_teasers()) if _has_teasers() else rows
    return rows


def _teasers() -> Any:
    from duijie.publish.models import Listing

    return Listing.objects.visible_to(GUEST).filter(confidential=True).values("uid")


def _has_teasers() -> bool:
    return bool(_teasers().exists())


def _add_header(parent: etree._Element, entry: CatalogueEntry) -> None:
    header = etree.SubElement(parent, f"{{{NS}}}header")
    if entry.deleted:
        header.set("status", "deleted")
    _text(header, "identifier", identifier_of(entry.listing_uid))
    _text(header, "datestamp", stamped(entry.stamp))
    _text(header, "setSpec", f"kind:{entry.kind}")
    _text(header, "setSpec", f"member:{entry.member.slug}")


def _add_record(parent: etree._Element, entry: CatalogueEntry, one: SeenListing | None, prefix: str) -> None:
    """A live record, or its grave. A listing that closed a moment ago, before its entry follows, is a grave already."""
    record = etree.SubElement(parent, f"{{{NS}}}record")
    if one is None or one.record.status != "published":
        entry.deleted = True
    _add_header(record, entry)
    if entry.deleted or one is None:
        return
    metadata = etree.SubElement(record, f"{{{NS}}}metadata")
    if prefix == "oai_dc":
        _add_dublin(metadata, one)
    elif prefix == "dcat_ap":
        graph = dcat.empty_graph()
        dcat.add_dataset(graph, one)
        metadata.append(etree.fromstring(dcat.written(graph, "rdf")))
    else:
        node = etree.SubElement(metadata, f"{{{TERMS}}}record", nsmap={"dj": TERMS})
        node.set("url", address_of(one.uid))
        node.text = legal(json.dumps(as_record(one), ensure_ascii=False, sort_keys=True))


def _add_dublin(metadata: etree._Element, one: SeenListing) -> None:
    node = etree.SubElement(metadata, f"{{{OAI_DC}}}dc", nsmap={"oai_dc": OAI_DC, "dc": DC, "xsi": XSI})
    node.set(f"{{{XSI}}}schemaLocation", f"{OAI_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd")
    row = one.record
    _text(node, "title", one.title, DC)
    for word in row.keywords if one.full else []:
        _text(node, "subject", word, DC)
    _text(node, "description", description_of(one), DC)
    _text(node, "publisher", row.owner_member.name, DC)
    if one.full and row.owner_organisation:
        _text(node, "creator", row.owner_organisation.name, DC)
    if row.published_at:
        _text(node, "date", row.published_at.date().isoformat(), DC)
    _text(node, "type", KINDS[row.kind].label.en, DC)
    _text(node, "identifier", address_of(one.uid), DC)
    _text(node, "language", "zh", DC)
    for code in row.regions:
        _text(node, "coverage", code, DC)


_VERBS: dict[str, Any] = {
    "Identify": _identify,
    "ListMetadataFormats": _list_formats,
    "ListSets": _list_sets,
    "GetRecord": _get_record,
    "ListIdentifiers": lambda repository, answer, given: _list(repository, answer, given, whole=False),
    "ListRecords": lambda repository, answer, given: _list(repository, answer, given, whole=True),
}
SCHEMA = f"""<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{TERMS}" elementFormDefault="qualified">
  <xs:element name="record"><xs:complexType><xs:simpleContent><xs:extension base="xs:string">
    <xs:attribute name="url" type="xs:anyURI"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>
</xs:schema>
"""
