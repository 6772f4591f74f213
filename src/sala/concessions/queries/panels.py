"""What stands beside the numbers of a place: what is lacking, findings, deadlines, what was changed. One list for the page
and the paper; a part that has something to tell of concessions adds its own to PANELS.
"""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.concessions.models import Activity, FindingCode, FindingState
from sala.concessions.queries.findings import counts, findings_for
from sala.concessions.queries.inspections import inspections_for
from sala.concessions.queries.lacking import LACKS
from sala.concessions.queries.orders import late_in
from sala.concessions.queries.overview import Ask, Panel
from sala.concessions.queries.register import FEW, Narrowing, register
from sala.core import clock, numbers
from sala.places.models import Area

WEEK = timedelta(days=7)
MONTHS = 12
LATE = "late"  # as the list of concessions asks for them


def lacks(actor: Actor, place: Area) -> Panel | None:
    """How many entries lack what; each leads to them."""
    lines = []
    for key, lack in LACKS.items():
        number = register(actor, Narrowing(place=place, lacks=key)).count()
        if number:
            lines.append((lack.name, _told(actor, number), _list(place, lacks=key)))
    return Panel(_("What is lacking"), lines) if lines else None


def findings(actor: Actor, place: Area) -> Panel | None:
    """Findings that nobody has decided about, for those who read what authorities think."""
    found = counts(findings_for(actor, place=place, state=FindingState.OPEN))
    page = reverse("concessions:findings")
    lines = [
        (label, numbers.display(found[code]), f"{page}?{urlencode({'place': place.code, 'code': code, 'state': FindingState.OPEN})}")
        for code, label in FindingCode.choices if found.get(code)
    ]  # fmt: skip
    return Panel(_("Open findings"), lines) if lines else None


def deadlines(actor: Actor, place: Area) -> Panel | None:
    """Grants that end within a year, and those that ended while the entry is still in force."""
    number = register(actor, Narrowing(place=place, ending=MONTHS)).count()
    if not number:
        return None
    words = _("Their term ends within 12 months")
    return Panel(_("Deadlines"), [(words, _told(actor, number), _list(place, ending=MONTHS, order="ends"))])


def arrears(actor: Actor, place: Area) -> Panel | None:
    """Entries for which something is past its due date, for those who read money."""
    number = register(actor, Narrowing(place=place, arrears=LATE)).count()
    if not number:
        return None
    return Panel(_("Late payments"), [(_("Something is past its due date"), _told(actor, number), _list(place, arrears=LATE))])  # fmt: skip


def inspections(actor: Actor, place: Area) -> Panel | None:
    """What was seen on the ground, and how often something did not fit, for those who read it by office."""
    rows = inspections_for(actor, place=place).order_by()
    found = dict(rows.values_list("activity").annotate(number=Count("pk")).values_list("activity", "number"))
    page = reverse("concessions:inspections")
    lines: list[tuple[Any, str, str]] = [
        (label, numbers.display(found[code]), f"{page}?{urlencode({'place': place.code, 'activity': code})}")
        for code, label in Activity.choices if found.get(code)
    ]  # fmt: skip
    if odd := inspections_for(actor, place=place, odd=True).count():
        lines.append((_("Something does not fit"), numbers.display(odd), f"{page}?{urlencode({'place': place.code, 'odd': 'on'})}"))  # fmt: skip
    return Panel(_("Inspections"), lines) if lines else None


def orders(actor: Actor, place: Area) -> Panel | None:
    """Concessions about which somebody is late with an order that the reader sees; it leads to who, and about which."""
    late = late_in(actor, place).order_by().count()
    if not late:
        return None
    page = f"{reverse('concessions:orders')}?{urlencode({'place': place.code})}"
    return Panel(_("Orders"), [(_("Late with an answer"), _told(actor, late), page)])


def changed(actor: Actor, place: Area) -> Panel | None:
    """Entries that are new or were changed since this day a week ago."""
    since = clock.today() - WEEK
    number = register(actor, Narrowing(place=place, since=since)).count()
    if not number:
        return None
    words = _("Entered or changed in the last 7 days")
    return Panel(
        _("This week"), [(words, _told(actor, number), _list(place, since=since.isoformat(), order="changed"))]
    )


PANELS: list[Ask] = [lacks, findings, inspections, orders, deadlines, arrears, changed]


def panels(actor: Actor, place: Area) -> list[Panel]:
    return [panel for ask in PANELS if (panel := ask(actor, place)) is not None]


def _told(actor: Actor, number: int) -> str:
    few = not actor.has_post and not actor.is_everything and number < FEW
    return _("fewer than 3") if few else numbers.display(number)


def _list(place: Area, **asked: object) -> str:
    return f"{reverse('concessions:concessions')}?{urlencode({'place': place.code, **asked})}"
