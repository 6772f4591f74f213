"""The catalogue in DCAT-AP 3: a dataset, its distributions, who answers for it, and pages of the whole."""

from collections.abc import Sequence
from datetime import date, datetime

from sala.access.scope import Tier
from sala.catalogue.exchange.graph import Literal, Node
from sala.catalogue.exchange.records import Part, Record, absolute
from sala.core import periods
from sala.core.models import PackFact, Term
from sala.people.models import Organisation, Position

EUROPA = "http://publications.europa.eu/resource/authority/"  # lists that DCAT-AP wants values of
RIGHTS = {Tier.PUBLIC: "PUBLIC", Tier.GOVERNMENT: "RESTRICTED", Tier.NAMED: "RESTRICTED", Tier.OWN: "NON_PUBLIC"}
FILE_TYPES = {"csv": "CSV", "geojson": "GEOJSON", "gpkg": "GPKG", "xlsx": "XLSX", "parquet": "PARQUET", "pdf": "PDF"}
MEDIA_TYPES = "http://www.iana.org/assignments/media-types/"


def dataset(record: Record) -> Node:
    found = record.dataset
    node = Node(record.page, ("dcat:Dataset",))
    node.texts("dct:title", found.title)
    node.texts("dct:description", found.description or found.title)
    node.add("dct:identifier", Literal(found.slug))
    node.add("dct:publisher", agent(found.publisher or found.owner))
    node.add("dct:creator", agent(found.owner))
    if found.contact:
        node.add("dcat:contactPoint", _contact(found.contact))
    node.add("dct:issued", _moment(found.created_at))
    node.add("dct:modified", _moment(record.modified))
    node.add("dct:accessRights", _listed(f"access-right/{RIGHTS[Tier(found.tier)]}", "dct:RightsStatement"))
    if found.frequency:
        node.add("dct:accrualPeriodicity", _frequency(found.frequency))
    for topic in record.topics:
        node.texts("dcat:keyword", topic.name)
        node.add("dcat:theme", _topic(topic))
    node.add("dct:spatial", _location(record))
    for period in {part.edition.period for part in record.parts if part.edition.period}:
        node.add("dct:temporal", _period(period))
    for origin in record.origins:
        source = absolute(origin.source.get_absolute_url()) if origin.source else ""
        node.add("prov:wasDerivedFrom", Node(source) if source else None)
    for part in record.parts:
        node.add("dcat:distribution", distribution(record, part))
    node.add("dcat:landingPage", Node(record.page + "#page", ("foaf:Document",)))
    return node


def distribution(record: Record, part: Part) -> Node:
    edition = part.edition
    node = Node(part.page, ("dcat:Distribution",))
    node.texts("dct:title", part.distribution.name)
    node.add("dcat:accessURL", Node(part.page + "#page", ("rdfs:Resource",)))
    node.add("dcat:downloadURL", Node(part.download(), ("rdfs:Resource",)))
    node.add("dcat:mediaType", Node(MEDIA_TYPES + part.media_type.partition(";")[0], ("dct:MediaType",)))
    kind = FILE_TYPES.get(edition.format if part.format == "original" else part.format)
    if kind:
        node.add("dct:format", _listed(f"file-type/{kind}", "dct:MediaTypeOrExtent"))
    if record.dataset.licence:
        node.add("dct:license", _licence(record.dataset.licence))
    if edition.published_at:
        node.add("dct:issued", _moment(edition.published_at))
    return node


def agent(found: Organisation) -> Node:
    node = Node(absolute(found.get_absolute_url()), ("foaf:Agent",))
    node.texts("foaf:name", found.name)
    return node


def catalogue(records: Sequence[Record], total: int, links: dict[str, str], page: str) -> list[Node]:
    """One page of the catalogue: what it is, where the other pages are, and its datasets."""
    name: dict[str, str] = PackFact.words("name") or {"en": "Sala"}
    home = Node(absolute("/datasets/"), ("dcat:Catalog", "hydra:Collection"))
    home.texts("dct:title", name)
    home.texts("dct:description", name)
    publisher = Node(absolute("/about/"), ("foaf:Agent",))
    publisher.texts("foaf:name", name)
    home.add("dct:publisher", publisher)
    home.add("foaf:homepage", Node(absolute("/"), ("foaf:Document",)))
    home.add("hydra:totalItems", Literal(str(total), datatype="xsd:integer"))
    view = Node(page, ("hydra:PartialCollectionView",))
    for relation, address in links.items():
        view.add(f"hydra:{relation}", Node(address))
    home.add("hydra:view", view)
    for service in _services():
        home.add("dcat:service", service)
    found = [dataset(record) for record in records]
    for each in found:
        home.add("dcat:dataset", Node(each.iri))
    return [home, *found]


def _services() -> list[Node]:
    """Where programs ask instead of reading."""
    found = []
    for path, title in (("/ogc/", "OGC API"), ("/api/3/action/", "CKAN API"), ("/api/v1/", "Sala API")):
        node = Node(absolute(path), ("dcat:DataService",))
        node.add("dct:title", Literal(title, "en"))
        node.add("dcat:endpointURL", Node(absolute(path) + "#service", ("rdfs:Resource",)))
        found.append(node)
    return found


def _contact(post: Position) -> Node:
    """Typed as vcard:Kind itself: readers do not infer it from a narrower type."""
    node = Node("", ("vcard:Kind",))
    node.texts("vcard:fn", post.title)
    if post.email:
        node.add("vcard:hasEmail", Node(f"mailto:{post.email}"))
    return node


def _listed(entry: str, kind: str) -> Node:
    return Node(EUROPA + entry, (kind,))


def _frequency(term: Term) -> Node:
    """With its label: the list it stands in is not part of what is read."""
    node = Node(f"{EUROPA}frequency/{term.code}", ("dct:Frequency", "skos:Concept"))
    node.texts("skos:prefLabel", term.name)
    return node


def _topic(term: Term) -> Node:
    node = Node(absolute(f"/datasets/?topic={term.code}"), ("skos:Concept",))
    node.texts("skos:prefLabel", term.name)
    return node


def _licence(term: Term) -> Node:
    node = Node("", ("dct:LicenseDocument",))
    node.add("dct:identifier", Literal(term.code))
    node.texts("dct:title", term.name)
    return node


def _location(record: Record) -> Node:
    place = record.dataset.place
    node = Node("", ("dct:Location",))
    node.add("dct:identifier", Literal(place.code))
    node.texts("skos:prefLabel", place.name)
    if record.bounds:
        west, south, east, north = record.bounds
        ring = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
        node.add("dcat:bbox", Literal(f"POLYGON(({ring}))", datatype="geo:wktLiteral"))
    return node


def _period(text: str) -> Node:
    period = periods.parse(text)
    node = Node("", ("dct:PeriodOfTime",))
    for predicate, day in (("dcat:startDate", period.start), ("dcat:endDate", period.end)):
        node.add(predicate, _day(day))
    return node


def _day(day: date) -> Literal:
    return Literal(day.isoformat(), datatype="xsd:date")


def _moment(value: datetime) -> Literal:
    return Literal(value.isoformat(timespec="seconds"), datatype="xsd:dateTime")
