"""OAI-PMH 2.0 over datasets and documents: Dublin Core, sets by noun, what was withdrawn as deleted.

A resumption token says where the list goes on and what it was asked for; nothing is kept between requests. Lists go by
noun and number, so a row that is added meanwhile comes at the end and none is given twice.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, Greatest

from sala.access.actor import Actor
from sala.access.scope import once_visible
from sala.catalogue.exchange.records import absolute, with_change
from sala.catalogue.models import Dataset
from sala.documents.models import Document

SIZE = 100
NOUNS = ("dataset", "document")
PREFIX = "oai_dc"


class OaiError(Exception):
    """code: one of the standard's own"""

    def __init__(self, code: str, words: str):
        super().__init__(words)
        self.code = code


@dataclass(frozen=True)
class Wanted:
    """A list that is asked for, and where it goes on: after the row `last` of `noun`."""

    begin: str = ""
    end: str = ""
    set: str = ""
    noun: str = NOUNS[0]
    last: int = 0

    def token(self) -> str:
        return base64.urlsafe_b64encode(json.dumps(list(asdict(self).values())).encode()).decode()


def from_token(token: str) -> Wanted:
    try:
        begin, end, chosen, noun, last = json.loads(base64.urlsafe_b64decode(token.encode()))
        moment(begin), moment(end)
        if noun not in NOUNS or chosen not in ("", *NOUNS) or type(last) is not int or not 0 <= last < 2**62:
            raise ValueError
    except (ValueError, TypeError, RecursionError, OaiError):
        raise OaiError("badResumptionToken", "Begin the list anew.") from None
    return Wanted(begin, end, chosen, noun, last)


@dataclass(frozen=True)
class Item:
    """row: a dataset or document; `moment` is when it changed last"""

    noun: str
    row: Any
    moment: datetime

    @property
    def identifier(self) -> str:
        return f"oai:{host()}:{self.noun}/{self.row.slug}"

    @property
    def is_deleted(self) -> bool:
        return self.row.state == "withdrawn"

    def dublin_core(self) -> list[tuple[str, str, str]]:
        """(element, text, language), without empty ones."""
        row, said = self.row, []
        summary = row.description if self.noun == "dataset" else row.summary
        for element, texts in (("title", row.title), ("description", summary), ("creator", row.owner.name)):
            said += [(element, text, code) for code, text in texts.items()]
        said += [("subject", text, code) for topic in row.topics.all() for code, text in topic.name.items()]
        said += [("type", "Dataset" if self.noun == "dataset" else "Text", "")]
        said += [("identifier", absolute(row.get_absolute_url()), "")]
        if self.noun == "document":
            said += [("identifier", row.number, ""), ("date", row.issued_on.isoformat() if row.issued_on else "", "")]
        said += [("rights", text, code) for code, text in (row.licence.name if row.licence else {}).items()]
        return [each for each in said if each[1]]


def host() -> str:
    return settings.BASE_URL.partition("://")[2].split("/")[0].split(":")[0]


def moment(text: str, last: bool = False) -> datetime | None:
    """A day or an instant in UTC; last: the end of the day."""
    if not text:
        return None
    try:
        if len(text) == 10:
            found = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
            return found.replace(hour=23, minute=59, second=59, microsecond=999999) if last else found
        found = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        return found.replace(microsecond=999999) if last else found
    except ValueError:
        raise OaiError("badArgument", "Give dates as 2026-01-31 or 2026-01-31T00:00:00Z.") from None


def page_of(actor: Actor, wanted: Wanted) -> tuple[list[Item], Wanted | None]:
    """Items of one page, and how the list goes on; None at its end. Raises OaiError."""
    found: list[Item] = []
    for noun in NOUNS[NOUNS.index(wanted.noun) :]:
        if wanted.set in ("", noun):
            after = wanted.last if noun == wanted.noun else 0
            rows = _between(_rows(actor, noun), wanted).filter(pk__gt=after).order_by("pk")[: SIZE + 1 - len(found)]
            found += _items(noun, rows)
        if len(found) > SIZE:
            last = found[SIZE - 1]
            return found[:SIZE], Wanted(wanted.begin, wanted.end, wanted.set, last.noun, last.row.pk)
    if not found:
        raise OaiError("noRecordsMatch", "Nothing fits what was asked.")
    return found, None


def find(actor: Actor, identifier: str) -> Item:
    _oai, _host, name = [*identifier.split(":", 2), "", "", ""][:3]
    noun, _slash, slug = name.partition("/")
    found = _items(noun, _rows(actor, noun).filter(slug=slug)) if noun in NOUNS and slug else []
    if not found or found[0].identifier != identifier:
        raise OaiError("idDoesNotExist", "There is no such record, or it is not open to you.")
    return found[0]


def _rows(actor: Actor, noun: str) -> QuerySet:
    """What is released to the actor, and what was until it was withdrawn; each with `changed`."""
    kept = Q(is_published=True) | Q(state="withdrawn")
    if noun == "dataset":
        return with_change(actor, once_visible(actor, Dataset).filter(kept))
    documents = once_visible(actor, Document).filter(kept)
    return documents.annotate(
        changed=Greatest(Coalesce("published_at", "added_at"), Coalesce("withdrawn_at", "added_at"))
    )


def _between(rows: QuerySet, wanted: Wanted) -> QuerySet:
    begin, end = moment(wanted.begin), moment(wanted.end, last=True)
    if begin and end and begin > end:
        raise OaiError("badArgument", "The first date lies after the last.")
    if begin:
        rows = rows.filter(changed__gte=begin)
    return rows.filter(changed__lte=end) if end else rows


def _items(noun: str, rows: QuerySet) -> Sequence[Any]:
    related = rows.select_related("owner", "licence").prefetch_related("topics")
    return [Item(noun, row, row.changed) for row in related]
