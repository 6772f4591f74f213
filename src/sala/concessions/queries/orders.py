"""Orders about concessions as a reader sees them: how each stands, what is late and with whom, and those of one concession."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, Min, OuterRef, Q, QuerySet

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.collection.models import Expected, ExpectedState
from sala.concessions.models import Concession, ConcessionOrder, FieldClass, Inspection, OrderKind
from sala.concessions.redaction import readable
from sala.core import clock
from sala.duties.models import Assignment, Call
from sala.duties.queries.calls import narrowed
from sala.duties.states import CHECKED, OPEN, State
from sala.people.models import Organisation
from sala.places.models import Area

NOUN = "concession"
WAITING = sorted(set(OPEN) - set(CHECKED))  # it lies with whoever must act
SETTLED = (State.ACCEPTED, State.WAIVED)
# of an order to inspect: what was seen on the ground came, by the form or by hand, whoever has still to send the part
CAME = ExpressionWrapper(
    Exists(
        Expected.objects.filter(assignment=OuterRef("pk"), state__in=(ExpectedState.RECEIVED, ExpectedState.APPROVED))
    )
    | Exists(Inspection.objects.filter(assignment=OuterRef("pk"), is_current=True)),
    output_field=BooleanField(),
)


@dataclass
class Standing:
    """How many concessions an order names, how many answered, were accepted, and are late with whoever must act."""

    asked: int = 0
    answered: int = 0
    accepted: int = 0
    late: int = 0


@dataclass
class Line:
    order: ConcessionOrder
    standing: Standing = field(default_factory=Standing)


def orders_for(actor: Actor) -> QuerySet[ConcessionOrder]:
    """Orders whose call the reader sees, the newest first."""
    rows = ConcessionOrder.objects.filter(call__in=visible(actor, Call).order_by().values("pk"))
    return rows.select_related("call__issuer__organisation").order_by("-call")


def seen_of(actor: Actor, call: Call) -> QuerySet[Assignment]:
    """The parts of an order that the reader sees."""
    return visible(actor, Assignment).filter(call=call, subject_type=NOUN)


def in_state(rows: QuerySet[Assignment], state: str, today: date | None = None) -> QuerySet[Assignment]:
    """Parts that are open, ended, in one state or late; late as the counts have it: it lies with whoever must act."""
    if state != "late":
        return narrowed(rows, {"state": state})
    return _late(rows, today or clock.today())


def _late(rows: QuerySet[Assignment], today: date) -> QuerySet[Assignment]:
    return rows.filter(state__in=WAITING, due_on__lt=today).annotate(came=CAME).filter(came=False)


def standings(actor: Actor, calls: Collection[int], today: date | None = None) -> dict[int, Standing]:
    """Call → how it stands, of the parts that the reader sees; in one statement."""
    today = today or clock.today()
    rows = visible(actor, Assignment).filter(call__in=calls, subject_type=NOUN).exclude(state=State.WITHDRAWN)
    counted = rows.annotate(came=CAME).order_by().values("call").annotate(
        asked=Count("pk"),
        answered=Count("pk", filter=Q(submissions__gt=0) | Q(came=True)),
        accepted=Count("pk", filter=Q(state__in=SETTLED)),
        late=Count("pk", filter=Q(state__in=WAITING, due_on__lt=today, came=False)),
    )  # fmt: skip
    return {row["call"]: Standing(row["asked"], row["answered"], row["accepted"], row["late"]) for row in counted}


def late_by_office(
    actor: Actor, call: int | None = None, today: date | None = None
) -> list[tuple[Organisation, int, date]]:
    """(office or company, how many concessions it is late with, since when), the most first; of one order or of all."""
    today = today or clock.today()
    rows = _late(visible(actor, Assignment).filter(subject_type=NOUN), today)
    rows = rows.filter(call=call) if call else rows.filter(call__in=orders_for(actor).order_by().values("pk"))
    counted = rows.order_by().values("position__organisation").annotate(number=Count("pk"), since=Min("due_on"))
    found = Organisation.objects.in_bulk([row["position__organisation"] for row in counted])
    told = [(found[row["position__organisation"]], row["number"], row["since"]) for row in counted]
    return sorted(told, key=lambda one: (-one[1], one[2], one[0].code))


def late_in(actor: Actor, place: Area, today: date | None = None) -> QuerySet[Assignment]:
    """Late parts of orders about concessions that lie in a place, as far as the reader may know that they lie there."""
    here = readable(actor, FieldClass.BASICS, FieldClass.PLACE).filter(
        area__path__startswith=place.path, same_as__isnull=True
    )
    rows = _late(visible(actor, Assignment).filter(subject_type=NOUN), today or clock.today())
    return rows.filter(
        subject_id__in=here.order_by().values("pk"), call__in=orders_for(actor).order_by().values("pk")
    ).order_by("due_on", "pk")  # fmt: skip


def named_for(actor: Actor, rows: Collection[Assignment]) -> list[tuple[Assignment, Concession | None, Area | None]]:
    """Each part with its concession, where the reader may know its name, and with its place, where that is open as well."""
    ids = [row.subject_id for row in rows if row.subject_id]
    known = readable(actor, FieldClass.BASICS).in_bulk(ids)
    placed = readable(actor, FieldClass.BASICS, FieldClass.PLACE).select_related("area").in_bulk(known)
    places = {pk: row.area for pk, row in placed.items()}
    return [(row, known.get(row.subject_id or 0), places.get(row.subject_id or 0)) for row in rows]


def orders_of(actor: Actor, concession: Concession) -> list[Assignment]:
    """What was ordered about one concession, as far as the reader sees it; the newest first."""
    rows = visible(actor, Assignment).filter(
        subject_type=NOUN, subject_id=concession.pk, call__in=ConcessionOrder.objects.values("pk")
    )
    return list(rows.exclude(state=State.DRAFT).select_related("call", "position__organisation").order_by("-pk"))


def notices_open(ids: Collection[int] | None = None) -> dict[int, date]:
    """Concession → the earliest day by which its company must answer an improvement notice, where it has not; one query."""
    rows = Assignment.objects.filter(
        subject_type=NOUN, state__in=WAITING, due_on__isnull=False,
        call__in=ConcessionOrder.objects.filter(kind=OrderKind.IMPROVE).values("pk"),
    )  # fmt: skip
    if ids is not None:
        rows = rows.filter(subject_id__in=ids)
    found: Any = rows.order_by().values("subject_id").annotate(day=Min("due_on"))
    return {row["subject_id"]: row["day"] for row in found}
