"""What a draft round would ask if it were issued today: answers and minutes by office and by place, what another open
round expects already, and what all offices together ask of the same places in the year.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.collection.models import About, Form
from sala.collection.queries import expecting
from sala.collection.queries.burden import minutes_this_year
from sala.core import clock
from sala.duties.models import Assignment, Call
from sala.places.models import Area

PLACES = 20  # shown on the page


@dataclass
class OfOffice:
    """What one office would owe. counts: answers by form, in the order asked; elsewhere: of them, those that another open
    round expects already, which are given once; minutes: of the others."""

    office: Assignment
    forms: Sequence[Form]
    counts: list[int]
    elsewhere: int = 0
    minutes: int = 0

    @property
    def by_form(self) -> list[tuple[Form, int]]:
        return list(zip(self.forms, self.counts, strict=True))


@dataclass
class OfPlace:
    """What would be asked of one place. minutes: of answers that are not expected elsewhere; this_year: what is asked of it
    this year already, by visits and answers."""

    area: Area
    expected: int
    elsewhere: int
    minutes: int
    this_year: int = 0


@dataclass
class Foreseen:
    """rounds: other open rounds, as far as the reader sees them, with how many of the same answers each expects; unnamed:
    how many the others expect. places: the most asked first; count: how many there are."""

    forms: Sequence[Form]
    offices: list[OfOffice] = field(default_factory=list)
    rounds: list[tuple[Call, int]] = field(default_factory=list)
    unnamed: int = 0
    places: list[OfPlace] = field(default_factory=list)
    count: int = 0

    @property
    def totals(self) -> list[int]:
        return [sum(row.counts[place] for row in self.offices) for place in range(len(self.forms))]

    @property
    def totals_by_form(self) -> list[tuple[Form, int]]:
        return list(zip(self.forms, self.totals, strict=True))

    @property
    def elsewhere(self) -> int:
        return sum(row.elsewhere for row in self.offices)

    @property
    def minutes(self) -> int:
        return sum(row.minutes for row in self.offices)

    @property
    def nothing(self) -> int:
        """Offices without anything to answer."""
        return sum(not any(row.counts) for row in self.offices)


def foreseen(actor: Actor, call: Call, forms: Sequence[Form], most: int = PLACES) -> Foreseen:
    """most: so many places. Those of forms about rows of another register count in the sums only: where such a row lies
    may be closed to the reader."""
    assignments = list(expecting.with_reach(call.assignments.order_by("position__organisation__code")))
    found = Foreseen(forms)
    rows = expecting.foresee(call, assignments, clock.today()) if assignments and forms else []
    by_form = {form.pk: place for place, form in enumerate(forms)}
    offices = {office.pk: OfOffice(office, forms, [0] * len(forms)) for office in assignments}
    rounds, places = Counter[int](), dict[int, Counter[str]]()
    for office_pk, form_pk, area, other, count in rows:
        office, form = offices[office_pk], forms[by_form[form_pk]]
        minutes = 0 if other else count * (form.minutes or 0)
        office.counts[by_form[form_pk]] += count
        office.minutes += minutes
        if other:
            office.elsewhere += count
            rounds[other] += count
        if form.about != About.OTHER:
            places.setdefault(area, Counter()).update(expected=count, elsewhere=count if other else 0, minutes=minutes)
    found.offices = sorted(offices.values(), key=lambda row: any(row.counts))  # those without anything first
    seen = visible(actor, Call).in_bulk(rounds)
    found.rounds = [(seen[pk], count) for pk, count in rounds.most_common() if pk in seen]
    found.unnamed = sum(count for pk, count in rounds.items() if pk not in seen)
    found.count = len(places)
    found.places = _most_asked(actor, places, most)
    return found


def _most_asked(actor: Actor, places: dict[int, Counter[str]], most: int) -> list[OfPlace]:
    chosen = sorted(places, key=lambda pk: (-places[pk]["minutes"], -places[pk]["expected"], pk))[:most]
    areas = Area.objects.select_related("parent").in_bulk(chosen)
    year = minutes_this_year(actor, areas.values())
    return [
        OfPlace(areas[pk], places[pk]["expected"], places[pk]["elsewhere"], places[pk]["minutes"], year.get(pk, 0))
        for pk in chosen
    ]
