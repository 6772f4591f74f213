"""The part of Solr's query language that clients of CKAN send: field:value terms, their negation, lists and ranges."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware
from django.utils.translation import gettext as _

from sala.access.scope import Tier
from sala.catalogue.models import Dataset
from sala.core.errors import Invalid

TERM = re.compile(r'([+-]?)([A-Za-z_]+):("(?:[^"\\]|\\.)*"|\[[^\]]*\]|\([^)]*\)|[^\s()]+)')
RANGE = re.compile(r"\[\s*(\S+)\s+TO\s+(\S+)\s*\]")
LOOKUPS = {
    "name": "slug", "id": "slug", "organization": "owner__code", "owner_org": "owner__code",
    "license_id": "licence__code", "frequency": "frequency__code", "place": "place__code", "concept": "concept",
}  # fmt: skip
MOMENTS = {"metadata_created": "created_at", "metadata_modified": "changed"}
FIXED = {"type": "dataset", "dataset_type": "dataset", "state": "active", "site_id": None}
TOPICS = ("groups", "tags")
OTHERS = (*TOPICS, "res_format", "private", "capacity")
FIELDS = sorted([*LOOKUPS, *MOMENTS, *FIXED, *OTHERS])
MOST = 100  # terms


@dataclass
class Asked:
    """words  what is left to search for    conditions  joined by AND, none of which repeats a row

    formats       (wanted, formats of resources)
    needs_change  a condition asks when a dataset was changed
    """

    words: str
    conditions: list[Q]
    formats: list[tuple[bool, list[str]]]
    needs_change: bool = False


def read(*texts: str) -> Asked:
    """What q and fq ask together. Raises Invalid for a field that cannot be asked: what is hidden is never a filter."""
    asked = Asked("", [], [])
    rest = []
    for text in texts:
        text = text.replace("*:*", " ")
        terms = list(TERM.finditer(text))
        if len(terms) > MOST:
            raise Invalid(_("These are too many terms. Ask in several steps."), {"fq": [_("too many terms")]})
        for term in terms:
            _take(asked, term[1] == "-", term[2], term[3])
        rest.append(re.sub(r"\b(AND|OR|NOT)\b|[+()]", " ", TERM.sub(" ", text)))
    asked.words = " ".join(" ".join(rest).split())
    return asked


def _take(asked: Asked, negated: bool, name: str, value: str) -> None:
    values = _values(value)
    if name in FIXED:
        fits = FIXED[name] is None or FIXED[name] in values
        condition = Q() if fits else Q(pk__in=[])
    elif name in LOOKUPS:
        condition = Q() if values == ["*"] else Q(**{f"{LOOKUPS[name]}__in": values})
    elif name in TOPICS:
        condition = Q() if values == ["*"] else Q(pk__in=_of_topics(values))
    elif name in MOMENTS:
        condition = _between(name, value)
        asked.needs_change |= name == "metadata_modified"
    elif name == "res_format":
        asked.formats.append((not negated, [one.lower() for one in values]))
        return
    elif name in ("private", "capacity"):
        condition = Q(tier=Tier.PUBLIC) if values in (["false"], ["public"]) else ~Q(tier=Tier.PUBLIC)
    else:
        words = _("“%(name)s” is not a field that can be asked. These can: %(fields)s.") % {
            "name": name,
            "fields": ", ".join(FIELDS),
        }
        raise Invalid(words, {"fq": [words]})
    asked.conditions.append(~condition if negated else condition)


def _of_topics(codes: list[str]) -> QuerySet:
    return Dataset.topics.through.objects.filter(term__code__in=codes).values("dataset_id")


def _values(text: str) -> list[str]:
    if text.startswith("("):
        found = re.findall(r'"((?:[^"\\]|\\.)*)"|([^\s()]+)', text)
        return [quoted or plain for quoted, plain in found if plain not in ("OR", "AND")]
    return [re.sub(r"\\(.)", r"\1", text.strip('"'))]


def _between(name: str, text: str) -> Q:
    found = RANGE.fullmatch(text)
    if not found:
        words = _("Give a range such as [2026-01-01T00:00:00Z TO *].")
        raise Invalid(words, {"fq": [words]})
    condition = Q()
    for bound, lookup in zip(found.groups(), ("gte", "lte"), strict=True):
        if bound != "*":
            condition &= Q(**{f"{MOMENTS[name]}__{lookup}": _instant(bound)})
    return condition


def _instant(text: str) -> datetime:
    try:
        found = parse_datetime(text) or parse_datetime(f"{text}T00:00:00Z")
    except ValueError:
        found = None
    if found is None:
        words = _("“%(text)s” is not a date such as 2026-01-01T00:00:00Z.") % {"text": text}
        raise Invalid(words, {"fq": [words]})
    return make_aware(found) if is_naive(found) else found


def orders(text: str) -> list[tuple[str, bool]]:
    """(field, descending) of a sort such as "metadata_modified desc, name asc". Raises Invalid."""
    known = {"score", "name", "id", "title_string", "metadata_created", "metadata_modified"}
    found = []
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, _space, direction = part.partition(" ")
        if name not in known or direction.strip().lower() not in ("", "asc", "desc"):
            words = _("“%(part)s” cannot be sorted by. These can: %(fields)s.") % {"part": part, "fields": ", ".join(sorted(known))}  # fmt: skip
            raise Invalid(words, {"sort": [words]})
        found.append((name, direction.strip().lower() == "desc"))
    return found
