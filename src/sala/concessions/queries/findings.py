"""Findings and situations as lists, for those who see the concession and may read what authorities think of it."""

from collections import Counter
from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.concessions.models import Concession, ConstraintLayer, FieldClass, Finding, FindingState, Screening, Situation
from sala.concessions.redaction import readable
from sala.core.models import Term
from sala.places.models import Area

SHOWN = 5  # screenings of one concession on its page


def findings_for(actor: Actor, *, place: Area | None = None, code: str = "", state: str = "", grave: bool = False
                 ) -> QuerySet[Finding]:  # fmt: skip
    """Findings of concessions whose judgement the actor reads, grave ones first."""
    rows = Finding.objects.filter(concession__in=readable(actor, FieldClass.JUDGEMENT))
    if place is not None:
        rows = rows.filter(concession__area__path__startswith=place.path)
    if code:
        rows = rows.filter(code=code)
    if state:
        rows = rows.filter(state=state)
    if grave:
        rows = rows.filter(is_grave=True)
    related = ("concession__area", "concession__lead", "document")
    return rows.select_related(*related).order_by("-is_grave", "code", "concession__reference", "key")


def names() -> dict[str, Any]:
    """Code of a paper or of a layer that constrains → what it is called. Two statements."""
    papers = Term.objects.filter(scheme="concession-paper").values_list("code", "name")
    return {**dict(ConstraintLayer.objects.values_list("code", "name")), **dict(papers)}


def judgement_of(actor: Actor, concession: Concession, there: Collection[str]) -> dict[str, Any]:
    """What stands on the page of one concession: its present situation, findings that are not corrected, screenings.

    there  names of those of these relations that have any row
    """
    open_now = concession.findings.exclude(state=FindingState.CORRECTED).select_related("concession")
    screened = visible(actor, Screening).filter(concession=concession).order_by("-made_at")[:SHOWN]
    return {
        "situation": concession.situations.filter(until__isnull=True).first() if "situations" in there else None,
        "findings": list(open_now.order_by("-is_grave", "code", "key")) if "findings" in there else [],
        "screenings": list(screened) if "screenings" in there else [],
    }


def counts(rows: QuerySet[Finding]) -> dict[str, int]:
    """Code of finding → how many of these rows; in one statement."""
    return dict(rows.order_by().values_list("code").annotate(number=Count("pk")).values_list("code", "number"))


def situations_on(actor: Actor, day: date, place: Area | None = None) -> QuerySet[Situation]:
    """What each concession was called on a day, of those whose judgement the actor reads."""
    rows = Situation.objects.filter(
        Q(until__isnull=True) | Q(until__gt=day), since__lte=day, concession__in=readable(actor, FieldClass.JUDGEMENT)
    )
    if place is not None:
        rows = rows.filter(concession__area__path__startswith=place.path)
    return rows.select_related("concession__area", "concession__sector").order_by("code", "concession__reference")


def tally(actor: Actor, day: date, place: Area | None = None) -> Counter[str]:
    """Class → how many concessions on the day."""
    rows = situations_on(actor, day, place).order_by().values_list("code").annotate(number=Count("pk"))
    return Counter(dict(rows.values_list("code", "number")))


def changes_between(actor: Actor, since: date, until: date, place: Area | None = None) -> list[dict[str, Any]]:
    """Concessions that are called otherwise at the end than at the beginning: [{"concession", "before", "after"}].

    Only rows that began in between are looked at, so it does not grow with the register.
    """
    rows = situations_on(actor, until, place).filter(since__gt=since)
    before = {
        row.concession_id: row
        for row in situations_on(actor, since, place).filter(concession__in=[row.concession_id for row in rows])
    }
    return [
        {"concession": row.concession, "before": before.get(row.concession_id), "after": row}
        for row in rows
        if before.get(row.concession_id) is None or before[row.concession_id].code != row.code
    ]
