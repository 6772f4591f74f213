"""The one list of what organisations keep and of what hangs on posts, for closing the one and abolishing the other.

What stands on neither list stays as it was: a paper was issued by the office that issued it. Who takes over an office
reaches such rows all the same, since the closed office stands below its successor from then on.
"""

from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.concessions.operations.concessions import pass_lead
from sala.core import clock
from sala.duties.models.call import CallState
from sala.duties.states import OPEN
from sala.journal.operations import record
from sala.people import policy
from sala.people.kept import Hand, Kept, Lists
from sala.people.models import Organisation


def _lasting() -> Q:
    return Q(valid__overlap=DateRange(clock.today(), None))


def _not_ended() -> Q:
    return Q(ends_on__isnull=True) | Q(ends_on__gte=clock.today())


def _of_nobody() -> Q:
    return Q(state__in=OPEN, position__closed_on__isnull=False)


def _to(column: str, *others: str) -> Hand:
    """Writes the successor into the column, and into the others where they named the same organisation."""

    def hand(actor: Actor, row: Any, successor: Organisation, reason: str) -> None:
        before = getattr(row, f"{column}_id")
        changed = [column, *(other for other in others if getattr(row, f"{other}_id") == before)]
        for name in changed:
            setattr(row, name, successor)
        row.save(update_fields=changed)
        record(actor, policy.MOVE, row, change="passed to a successor", organisation=successor.pk, reason=reason)

    return hand


KEPT = Lists(
    of_organisations=[
        Kept("catalogue.Dataset", "owner", _("datasets"), hand=_to("owner", "publisher")),
        Kept("catalogue.DataService", "owner", _("data services"), hand=_to("owner")),
        Kept("catalogue.HarvestSource", "owner", _("other catalogues"), hand=_to("owner")),
        Kept("documents.Document", "owner", _("documents"), hand=_to("owner")),
        Kept("documents.Rule", "owner", _("rules of law"), hand=_to("owner")),
        Kept("documents.NonWorkingDay", "owner", _("days off"), hand=_to("owner")),
        Kept("collection.Form", "owner", _("forms"), hand=_to("owner")),
        Kept("maps.ThemeMap", "owner", _("theme maps"), hand=_to("owner")),
        Kept("bodies.Body", "secretariat", _("bodies"), lambda: Q(dissolved_on__isnull=True), _to("secretariat")),
        Kept("bodies.Project", "owner", _("projects"), hand=_to("owner")),
        Kept("bodies.Course", "owner", _("courses"), hand=_to("owner")),
        Kept("concessions.Concession", "lead", _("leases and concessions"), hand=pass_lead),
        Kept("concessions.Party", "keeper", _("parties"), hand=_to("keeper")),
        Kept("concessions.ConstraintLayer", "owner", _("layers that constrain"), hand=_to("owner")),
        Kept("site.Portal", "owner", _("front doors"), hand=_to("owner")),
        Kept("concessions.Due", "books", _("terms of payment"), _not_ended),
        Kept("ledger.Account", "owner", _("accounts"), lambda: Q(closed_on__isnull=True)),
        Kept("duties.Assignment", "position__organisation", _("open work of posts that were abolished"), _of_nobody),
    ],
    # open work is not here: it goes to the desk of the head of the unit, who gives it to another post
    of_posts=[
        Kept("duties.Duty", "position", _("duties"), _lasting),
        Kept("duties.Call", "issuer", _("calls"), lambda: Q(state__in=[CallState.DRAFT, CallState.ISSUED])),
        Kept("duties.CallTemplate", "owner", _("call templates"), lambda: Q(retired=False)),
        Kept("catalogue.PersonRequest", "position", _("requests of people"), lambda: Q(decision="")),
        Kept("bodies.Seat", "position", _("seats in bodies"), _lasting),
    ],
)
