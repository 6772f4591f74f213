"""What was changed when, and what was known on a day: read from the changes, field by field."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import get_current_timezone

from sala.access.actor import Actor
from sala.concessions import redaction
from sala.concessions.field_classes import FIELDS, MODELS, ROW, values_of
from sala.concessions.models import Change, Concession


def history(actor: Actor, concession: Concession, subject: str = "") -> QuerySet[Change]:
    """Changes of the classes that the actor reads, the newest first; of one subject ("grant:12") where it is given."""
    classes = redaction.classes_of(actor, concession)
    rows = Change.objects.filter(concession=concession, field_class__in=list(classes))
    if subject:
        rows = rows.filter(subject=subject)
    return rows.select_related("position__organisation", "document").order_by("-recorded_at", "-id")


RELATED = (
    "grants", "areas", "commodities", "places", "documents", "villages", "jobs", "plan", "obligations", "dues", "declared",
)  # fmt: skip


@dataclass
class Known:
    """What was known of one row. values: field → value as JSON; differs: fields that are another one today."""

    subject: str
    values: dict[str, Any]
    differs: set[str] = field(default_factory=set)

    @property
    def kind(self) -> str:
        return self.subject.partition(":")[0]


def end_of(day: date) -> datetime:
    """The first instant after a day, in the country's time."""
    return datetime.combine(day + timedelta(days=1), time.min, get_current_timezone())


def known_on(actor: Actor, concession: Concession, day: date) -> list[Known]:
    """What the register said at the end of a day: today's rows with every later change undone, redacted for the actor.

    A row that was entered later is left out; one that was taken out later is there again.
    """
    classes = redaction.classes_of(actor, concession)
    moment = end_of(day)
    if concession.entered_at >= moment:
        return []
    found = {row.subject: row for row in _today(concession)}
    later = Change.objects.filter(concession=concession, recorded_at__gte=moment).order_by("-recorded_at", "-id")
    for change in later:
        _undo(found, change)
    shown = []
    for known in found.values():
        allowed = {name for name, of in FIELDS[MODELS[known.kind]].items() if of in classes}
        values = {name: value for name, value in known.values.items() if name in allowed}
        if values:
            shown.append(Known(known.subject, values, known.differs & allowed))
    return sorted(shown, key=lambda known: (list(MODELS).index(known.kind), known.subject))


def _today(concession: Concession) -> list[Known]:
    rows: list[Any] = [concession]
    for related in RELATED:
        rows += list(getattr(concession, related).all())
    names = {model: name for name, model in MODELS.items()}
    return [
        Known(names[type(row)] if row is concession else f"{names[type(row)]}:{row.pk}", values_of(row)) for row in rows
    ]


def _undo(found: dict[str, Known], change: Change) -> None:
    known = found.get(change.subject)
    if change.field != ROW:
        if known is not None:
            known.values[change.field] = change.old
            known.differs.add(change.field)
    elif change.new is not None:  # it was entered after the day
        if known is not None:
            for name in change.new:
                known.values.pop(name, None)
            if not any(value not in (None, "", [], {}) for value in known.values.values()):
                del found[change.subject]
    else:  # it was taken out after the day
        known = found.setdefault(change.subject, Known(change.subject, {}))
        known.values.update(change.old or {})
        known.differs.update(change.old or {})
