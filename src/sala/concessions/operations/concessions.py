"""Entering a concession, changing what is said of it, and telling that two entries are one."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.concessions import policy
from sala.concessions.calculations.names import name_keys
from sala.concessions.field_classes import values_of
from sala.concessions.models import Commodity, Concession, ConcessionPlace
from sala.concessions.operations import changes
from sala.concessions.operations.changes import Why
from sala.concessions.operations.numbering import next_references
from sala.concessions.operations.releases import is_open
from sala.core import clock
from sala.core.checking import check
from sala.core.errors import Invalid
from sala.core.language import Translated
from sala.core.models import Term
from sala.core.operation import lock, operation
from sala.documents.models import Document
from sala.journal.operations import record
from sala.people.models import Organisation
from sala.places.models import Area


@operation
def enter(actor: Actor, *, kind: str, name: Mapping[str, str], sector: Term, area: Area, lead: Organisation,
          commodities: Iterable[Term] = (), places: Iterable[Area] = (), document: Document | None = None, reason: str = "",
          **fields: Any) -> Concession:  # fmt: skip
    """Enter a lease or a concession, requested or granted long ago. It gets the next reference.

    area    the smallest place that holds all of it          lead    the office that keeps the entry
    places  further areas it reaches into                    fields  further fields of Concession
    """
    now = clock.now()
    concession = Concession(
        reference=next_references()[0], kind=kind, name=Translated(name), sector=sector, area=area, lead=lead,
        entered_at=now, changed_at=now, **fields,
    )  # fmt: skip
    require(actor, policy.ENTER, concession)
    keep_in_step(concession)
    check(concession)
    concession.save()
    why = Why(reason, document)
    changes.entered(actor, concession, concession, why)
    for term in commodities:
        _add(actor, concession, Commodity(concession=concession, commodity=term), why)
    for place in places:
        _add(actor, concession, ConcessionPlace(concession=concession, area=place), why)
    record(actor, policy.ENTER, concession, change="registered", document=document, reason=reason)
    return concession


def _add(actor: Actor, concession: Concession, row: Commodity | ConcessionPlace, why: Why) -> None:
    check(row)
    row.save()
    changes.entered(actor, concession, row, why)


@operation
def change(actor: Actor, concession: Concession, version: int, *, reason: str, document: Document | None = None,
           effective_on: date | None = None, commodities: Iterable[Term] | None = None, **fields: Any) -> Concession:  # fmt: skip
    """Change what is said of a concession itself; grants, areas and the rest have operations of their own.

    version      that the change was prepared on: Conflict when somebody was faster
    commodities  all that are current, where they are given; one that is left out is kept as no longer current
    """
    concession = lock(concession)
    require(actor, policy.ENTER, concession)
    changes.require_version(concession, version)
    if not reason.strip():
        raise Invalid(_("Say why, so that the next reader understands."), {"reason": [_("Say why.")]})
    before = values_of(concession)
    for field, value in fields.items():
        setattr(concession, field, value)
    if "area" in fields or "lead" in fields:
        require(actor, policy.ENTER, concession)
    if "follows" in fields:
        _check_line(concession)
    keep_in_step(concession)
    check(concession)
    why = Why(reason, document, effective_on)
    concession.save()
    different = changes.changed(actor, concession, concession, before, why)
    if commodities is not None and _set_commodities(actor, concession, list(commodities), why):
        different["commodities"] = []
    if different:
        changes.touch(concession)
        record(
            actor,
            policy.ENTER,
            concession,
            change="changed",
            reason=reason,
            document=document,
            fields=sorted(different),
        )
    return concession


def pass_lead(actor: Actor, concession: Concession, office: Organisation, reason: str) -> None:
    """The office that leads it was closed; its successor leads. The operation that closes an office has its own rule.

    What was confirmed stays confirmed: it is the same entry in other hands. What somebody else wrote since it was read
    stays as well; one that another office leads by now is left to it.
    """
    closed = concession.lead_id
    concession = lock(concession)
    if concession.lead_id != closed:
        return
    before = values_of(concession)
    concession.lead = office
    concession.save(update_fields=["lead"])
    changes.changed(actor, concession, concession, before, Why(reason, None, None), unsettles=False)
    changes.touch(concession)
    record(actor, policy.ENTER, concession, change="changed", reason=reason, fields=["lead"])


def _set_commodities(actor: Actor, concession: Concession, terms: list[Term], why: Why) -> bool:
    current = {row.commodity_id: row for row in concession.commodities.filter(is_current=True)}
    wanted = {term.pk for term in terms}
    for pk, row in current.items():
        if pk not in wanted:
            before = values_of(row)
            row.is_current = False
            row.save(update_fields=["is_current"])
            changes.changed(actor, concession, row, before, why)
    new = [term for term in terms if term.pk not in current]
    for term in new:
        _add(actor, concession, Commodity(concession=concession, commodity=term, as_of=why.effective_on), why)
    return bool(new) or set(current) != wanted


def _check_line(concession: Concession) -> None:
    """Raises Invalid where a concession would go on from itself, by way of others."""
    above, seen = concession.follows, {concession.pk}
    while above is not None:
        if above.pk in seen:
            words = _("That one goes on from this one. Choose an older lease or concession.")
            raise Invalid(words, {"follows": [words]})
        seen.add(above.pk)
        above = above.follows


def keep_in_step(concession: Concession, sectors: set[int | None] | None = None) -> None:
    """Columns that follow from others: search keys of the names, and whether everybody sees it (see releases.is_open)."""
    concession.keys = name_keys(concession.name.values())
    concession.is_public = is_open(concession, sectors)
