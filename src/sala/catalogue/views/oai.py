"""OAI-PMH at /oai: the six verbs, by GET or by POST of a form. It only reads."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from sala.access.request import Request
from sala.catalogue.exchange import oai
from sala.catalogue.exchange.oai import Item, OaiError, Wanted
from sala.catalogue.exchange.records import absolute
from sala.core import clock
from sala.core.models import PackFact

OAI = "http://www.openarchives.org/OAI/2.0/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC = "http://purl.org/dc/elements/1.1/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XML = "http://www.w3.org/XML/1998/namespace"
for name, address in (("", OAI), ("oai_dc", OAI_DC), ("dc", DC), ("xsi", XSI)):
    register_namespace(name, address)

UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ARGUMENTS: dict[str, set[str]] = {
    "Identify": set(), "ListMetadataFormats": {"identifier"}, "ListSets": {"resumptionToken"}, "GetRecord": {"identifier", "metadataPrefix"},
    "ListIdentifiers": {"from", "until", "set", "metadataPrefix", "resumptionToken"},
    "ListRecords": {"from", "until", "set", "metadataPrefix", "resumptionToken"},
}  # fmt: skip
Sent = dict[str, str]


@csrf_exempt
@require_http_methods(["GET", "POST"])
def endpoint(request: Request) -> HttpResponse:
    sent: Sent = (request.POST if request.method == "POST" else request.GET).dict()
    root = Element(
        f"{{{OAI}}}OAI-PMH", {f"{{{XSI}}}schemaLocation": f"{OAI} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"}
    )
    _text(root, "responseDate", _stamp(clock.now()))
    asked = _text(root, "request", absolute(request.path))
    try:
        verb = sent.pop("verb", "")
        if verb not in VERBS:
            raise OaiError("badVerb", f"Ask with one of {', '.join(VERBS)}.")
        sent.pop("lang", None)
        if unknown := set(sent) - ARGUMENTS[verb]:
            raise OaiError("badArgument", f"{min(unknown)} is not an argument of {verb}.")
        answer = VERBS[verb](request, sent)
        asked.attrib.update({"verb": verb} | {name: _clean(value) for name, value in sent.items()})
        root.append(answer)
    except OaiError as error:
        SubElement(root, f"{{{OAI}}}error", code=error.code).text = str(error)
    return HttpResponse(tostring(root, encoding="utf-8", xml_declaration=True), content_type="text/xml; charset=utf-8")


def _identify(request: Request, sent: Sent) -> Element:
    found = _element("Identify")
    _text(found, "repositoryName", str(PackFact.words("name")) or "Sala")
    _text(found, "baseURL", absolute(request.path))
    _text(found, "protocolVersion", "2.0")
    _text(found, "adminEmail", settings.DEFAULT_FROM_EMAIL)
    _text(found, "earliestDatestamp", "2000-01-01T00:00:00Z")
    _text(found, "deletedRecord", "transient")
    _text(found, "granularity", "YYYY-MM-DDThh:mm:ssZ")
    return found


def _formats(request: Request, sent: Sent) -> Element:
    if sent.get("identifier"):
        oai.find(request.actor, sent["identifier"])
    found = _element("ListMetadataFormats")
    each = SubElement(found, f"{{{OAI}}}metadataFormat")
    _text(each, "metadataPrefix", oai.PREFIX)
    _text(each, "schema", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd")
    _text(each, "metadataNamespace", OAI_DC)
    return found


def _sets(request: Request, sent: Sent) -> Element:
    if sent.get("resumptionToken"):
        raise OaiError("badResumptionToken", "The list of sets is given at once.")
    found = _element("ListSets")
    for noun in oai.NOUNS:
        each = SubElement(found, f"{{{OAI}}}set")
        _text(each, "setSpec", noun)
        _text(each, "setName", f"{noun}s")
    return found


def _record(request: Request, sent: Sent) -> Element:
    _check_prefix(sent)
    if not sent.get("identifier"):
        raise OaiError("badArgument", "Name the record with identifier.")
    found = _element("GetRecord")
    found.append(_written(oai.find(request.actor, sent["identifier"])))
    return found


def _listed(verb: str, write: Callable[[Item], Element]) -> Callable[[Request, Sent], Element]:
    def answer(request: Request, sent: Sent) -> Element:
        items, further = oai.page_of(request.actor, _wanted(sent))
        found = _element(verb)
        found.extend([write(item) for item in items])
        if further or sent.get("resumptionToken"):
            _text(found, "resumptionToken", further.token() if further else "")
        return found

    return answer


def _wanted(sent: Sent) -> Wanted:
    if "resumptionToken" in sent:
        if len(sent) > 1:
            raise OaiError("badArgument", "A resumption token stands alone.")
        return oai.from_token(sent["resumptionToken"])
    _check_prefix(sent)
    begin, end, chosen = sent.get("from", ""), sent.get("until", ""), sent.get("set", "")
    oai.moment(begin), oai.moment(end)
    if begin and end and len(begin) != len(end):
        raise OaiError("badArgument", "Give both dates in the same form.")
    if chosen not in ("", *oai.NOUNS):
        raise OaiError("noRecordsMatch", "There is no such set.")
    return Wanted(begin, end, chosen)


def _check_prefix(sent: Sent) -> None:
    if not sent.get("metadataPrefix"):
        raise OaiError("badArgument", "Name the format with metadataPrefix.")
    if sent["metadataPrefix"] != oai.PREFIX:
        raise OaiError("cannotDisseminateFormat", f"Records are given as {oai.PREFIX}.")


def _header(item: Item) -> Element:
    found = _element("header")
    if item.is_deleted:
        found.set("status", "deleted")
    _text(found, "identifier", item.identifier)
    _text(found, "datestamp", _stamp(item.moment))
    _text(found, "setSpec", item.noun)
    return found


def _written(item: Item) -> Element:
    found = _element("record")
    found.append(_header(item))
    if not item.is_deleted:
        core = SubElement(SubElement(found, f"{{{OAI}}}metadata"), f"{{{OAI_DC}}}dc")
        for element, text, language in item.dublin_core():
            said = SubElement(core, f"{{{DC}}}{element}", {f"{{{XML}}}lang": language} if language else {})
            said.text = _clean(text)
    return found


def _element(name: str) -> Element:
    return Element(f"{{{OAI}}}{name}")


def _text(parent: Element, name: str, text: str) -> Element:
    found = SubElement(parent, f"{{{OAI}}}{name}")
    found.text = _clean(text)
    return found


def _clean(text: str) -> str:
    """Without the signs that XML cannot hold."""
    return UNWRITABLE.sub("", text)


def _stamp(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


VERBS: dict[str, Callable[[Request, Sent], Element]] = {
    "Identify": _identify, "ListMetadataFormats": _formats, "ListSets": _sets, "GetRecord": _record,
    "ListIdentifiers": _listed("ListIdentifiers", _header), "ListRecords": _listed("ListRecords", _written),
}  # fmt: skip
