"""Rows of invented leases and concessions, drawn from a plan and from the places, offices and words that are installed."""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import shapely
from django.contrib.gis.geos import Point
from django.contrib.gis.geos.collections import MultiPolygon
from django.utils.translation import gettext as _

from config.demonstration.concessions_plan import CENT, STATES, WITH_GRANT, Project
from sala.concessions.models import (
    ApprovalStep,
    Commodity,
    Concession,
    ConcessionArea,
    ConcessionDocument,
    Grant,
    JobCount,
    Party,
    PlannedDevelopment,
    Shareholding,
)
from sala.concessions.operations.bulk import Drawn, Load
from sala.concessions.states import MOVES, Step
from sala.core import clock
from sala.core.language import Translated, in_each_language, languages
from sala.core.models import Term
from sala.documents.models import Document
from sala.people.models import Organisation
from sala.places.models import Area
from sala.places.queries import latest_boundaries

SOURCE = "Demonstration"
SAID = "ຂໍ້ມູນສົມມຸດເພື່ອສາທິດ"  # what stands as source of each entry
# steps that lead from the agreement to the state of today
AFTER_SIGNING: dict[str, tuple[Step, ...]] = {
    "registered": (Step.REGISTER,), "implementing": (Step.BEGIN,), "expired": (Step.EXPIRE,), "terminated": (Step.TERMINATE,),
}  # fmt: skip
# papers of a state, each with how many of ten have it
PAPERS: dict[str, dict[str, int]] = {
    "registered": {"agreement": 9, "certificate": 7}, "implementing": {"agreement": 9, "environmental_certificate": 7},
    "expired": {"agreement": 8}, "terminated": {"agreement": 8, "order": 10}, "request": {"request": 7},
}  # fmt: skip


class World:
    """Installed places, offices and words, from which rows are drawn."""

    def __init__(
        self, keeper: Organisation, chance: random.Random, papers: Mapping[str, Document], companies: Sequence[Party], stopped: str
    ):  # fmt: skip
        """papers: by their role; companies: parties that hold something in their sector; stopped: commodity, or empty."""
        self.keeper, self.chance, self.today = keeper, chance, clock.today()
        self.papers, self.companies, self.stopped = papers, companies, stopped
        self.roles = {term.code: term for term in Term.objects.filter(scheme="concession-paper")}
        areas = Area.objects.filter(ended_on__isnull=True, level__code="district").order_by("code")
        self.areas = list(areas) or [keeper.area]
        self.outlines = {
            pk: _shapely(row.geometry) for pk, row in latest_boundaries(self.areas).items() if row.geometry is not None
        }
        offices = Organisation.objects.filter(area__in=self.areas, sector=keeper.sector).order_by("code")
        self.offices = {office.area_id: office for office in offices}
        self.sectors = {term.code: term for term in Term.objects.filter(scheme="sector")}
        self.goods: dict[str, list[Term]] = {}
        for term in Term.objects.filter(scheme="commodity", retired=False):
            self.goods.setdefault(term.data.get("sector", ""), []).append(term)
        self.parents: list[Party] = []
        self.made: dict[int, Concession] = {}
        self.shapes: dict[int, shapely.Geometry] = {}

    def rows(self, projects: Sequence[Project]) -> Load:
        rows = Load()
        for one in projects:
            self._enter(one, rows)
        return rows

    def _enter(self, one: Project, rows: Load) -> None:
        area, good = self.chance.choice(self.areas), self.chance.choice(self.goods[one.sector])
        if one.answer and self.stopped:
            good = next((term for term in self.goods[one.sector] if term.code == self.stopped), good)
        twin = self.made.get(one.double_of.number) if one.double_of else None
        beside = self.made.get(one.overlaps.number) if one.overlaps else None
        if twin is not None:
            area, name = twin.area, twin.name
        else:
            area = beside.area if beside is not None else area
            name = Translated(
                {code: f"{good.name.text(code).text} {area.name.text(code).text} {one.number}" for code in languages()}
            )
        moment = clock.now()
        made = Concession(
            kind=one.kind, name=name, sector=self.sectors[one.sector], area=area, lead=self.offices.get(area.pk, self.keeper),
            level="province" if one.hectares < 150 else "country", state=STATES[one.fate], is_invented=True,
            outside_source=SOURCE, outside_id=str(one.number), source=SAID, entered_at=moment, changed_at=moment,
            requested_on=self.today - timedelta(days=self.chance.randrange(2000, 7000)),
        )  # fmt: skip
        self.made[one.number] = made
        rows.concessions.append(made)
        rows.commodities.append(Commodity(concession=made, commodity=good, hectares=one.hectares))
        if one.fate in WITH_GRANT:
            self._grant(one, made, rows)
        self._papers(one, made, rows)
        self._areas(one, made, area, rows)
        if one.developed:
            jobs = max(1, int(one.developed / 8))
            rows.jobs.append(
                JobCount(
                    concession=made,
                    kind="present",
                    as_of=self.today.replace(month=1, day=1),
                    total=jobs,
                    women=jobs // 3,
                )
            )

    def _grant(self, one: Project, made: Concession, rows: Load) -> None:
        years = self.chance.choice((20, 25, 30, 30, 30, 50))
        if one.fate == "expired":
            years = 5
            starts = self.today - timedelta(days=self.chance.randrange(5 * 366 + 1, 9 * 365))
        elif one.answer:
            starts = date(2013, 1, 1) + timedelta(days=self.chance.randrange(300))
        else:
            starts = self.today - timedelta(days=self.chance.randrange(900, 18 * 365))
        decided = starts - timedelta(days=self.chance.randrange(5, 60))
        rows.grants.append(
            Grant(concession=made, holder=self._holder(one, made, rows), granted_ha=one.hectares, decided_on=decided, signed_on=decided,
                  starts_on=starts, term_months=12 * years, level=made.level, number=f"{one.number}/{starts.year}",
                  document=self.papers.get("agreement"))
        )  # fmt: skip
        self._step(made, Step.RECOGNISE, decided, rows, from_state="proposed", hectares=one.hectares, note=one.answer)
        for step in AFTER_SIGNING.get(made.state, ()):
            day = starts + timedelta(days=self.chance.randrange(30, 300))
            if step == Step.EXPIRE:
                day = starts.replace(month=1, day=1, year=starts.year + years + 1)
            elif step == Step.TERMINATE:
                day = self.today - timedelta(days=self.chance.randrange(30, 800))
            self._step(made, step, day, rows)
        if one.fate in ("idle", "at work"):
            wanted = (
                one.developed
                if one.fate == "at work"
                else max(one.developed, (one.hectares * Decimal("0.8")).quantize(CENT))
            )
            rows.plan.append(PlannedDevelopment(concession=made, year=self.today.year - 1, hectares=wanted))

    def _step(
        self, made: Concession, step: Step, day: date, rows: Load, *, from_state: str = "signed", **told: Any
    ) -> None:
        move = MOVES[step]
        papers = (self.papers[role] for role in move.needs if role in self.papers)
        rows.steps.append(
            ApprovalStep(concession=made, verb=step, from_state=from_state, to_state=move.ends, level=made.level, decided_on=min(day, self.today),
                         document=next(papers, None), recorded_at=clock.now(), **told)
        )  # fmt: skip

    def _papers(self, one: Project, made: Concession, rows: Load) -> None:
        """The binder of each kind of paper, with the pages of this project; some are missing, as in life."""
        wanted = {} if one.fate == "ghost" else dict(PAPERS.get(made.state, {}))
        if one.fate == "private":
            wanted["title"] = 10
        for role, of_ten in wanted.items():
            if role in self.papers and self.chance.randrange(10) < of_ten:
                pages = f"{4 * one.number - 3}–{4 * one.number}"
                rows.papers.append(
                    ConcessionDocument(
                        concession=made,
                        document=self.papers[role],
                        role=self.roles[role],
                        pages=pages,
                        added_at=clock.now(),
                    )
                )

    def _holder(self, one: Project, made: Concession, rows: Load) -> Party:
        country = self.chance.choice(("XA", "XB", "XC", "XD"))  # codes that belong to no country
        common: dict[str, Any] = {"keeper": made.lead, "area": made.area, "source": SAID, "is_invented": True}
        if one.fate == "private":
            person = Party(
                name=in_each_language(lambda: _("Invented person %(number)s") % {"number": one.number}),
                kind="person",
                **common,
            )
            rows.parties.append(person)
            return person
        here = [
            party for party in self.companies if party.organisation and party.organisation.sector_id == made.sector.pk
        ]
        if here and one.number % 3 == 0:
            return here[0]
        holder = Party(name=self._company(one.number), kind="company", country=country, **common)
        rows.parties.append(holder)
        if one.number % 6 == 0:
            if len(self.parents) < 40:
                parent = Party(name=self._company(10_000 + one.number), kind="company", country=country, **common)
                self.parents.append(parent)
                rows.parties.append(parent)
            rows.shareholdings.append(
                Shareholding(
                    owner=self.chance.choice(self.parents),
                    owned=holder,
                    share=self.chance.choice((51, 75, 100)),
                    source=SOURCE,
                )
            )
        return holder

    def _company(self, number: int) -> Translated:
        return in_each_language(lambda: _("Invented company %(number)s") % {"number": number})

    def _areas(self, one: Project, made: Concession, area: Area, rows: Load) -> None:
        shape, point = self._located(one, area)
        accuracy = (
            self.chance.choice(("survey", "imagery", "paper", "sketch"))
            if shape is not None
            else "point"
            if point
            else "unit"
        )
        purpose = "granted" if one.fate in WITH_GRANT else "requested"
        days = self.chance.randrange(800, 3000) if one.fate == "idle" else self.chance.randrange(20, 600)
        measured = self.today - timedelta(days=days)
        rows.areas.append(
            Drawn(
                ConcessionArea(
                    concession=made, purpose=purpose, stated_ha=one.hectares, accuracy=accuracy, measured_on=measured
                ),
                shape,
                point,
            )
        )
        if shape is not None:
            self.shapes[one.number] = shape
        if one.developed:
            inner = self._developed(one, shape) if shape is not None else None
            rows.areas.append(
                Drawn(ConcessionArea(concession=made, purpose="implementation", stated_ha=one.developed,
                                     accuracy=accuracy if inner is not None else "unit", measured_on=measured), inner)
            )  # fmt: skip
        if one.fate == "in conflict":
            part = (one.hectares / 10).quantize(CENT)
            rows.areas.append(
                Drawn(
                    ConcessionArea(
                        concession=made, purpose="disputed", stated_ha=part, accuracy="unit", measured_on=measured
                    )
                )
            )

    def _developed(self, one: Project, shape: shapely.Geometry) -> shapely.Geometry | None:
        """A smaller shape within the granted one; of every eighth project it reaches over the border."""
        factor = math.sqrt(float(one.developed / one.hectares))
        inner = shapely.affinity.scale(shape, factor, factor, origin=shape.centroid)
        if one.number % 8 == 0:
            west, _south, east, _north = shape.bounds
            return shapely.affinity.translate(inner, xoff=(east - west) / 4)
        inner = inner.intersection(shape)
        return inner if inner.geom_type.endswith("Polygon") and inner.is_valid and not inner.is_empty else None

    def _located(self, one: Project, area: Area) -> tuple[shapely.Geometry | None, Point | None]:
        outline = self.outlines.get(area.pk)
        if outline is None or not one.place:
            return None, None
        # of every fifth, more is drawn than was granted
        hectares = float(one.hectares) * (1.25 if one.number % 5 == 0 else 1)
        beside = self.shapes.get(one.overlaps.number) if one.overlaps else None
        for middle in self._inside(outline) if beside is None else self._edge(beside):
            if one.place == "point":
                return None, Point(middle.x, middle.y, srid=4326)
            shape = self._blob(middle, hectares).intersection(outline)
            if shape.geom_type == "Polygon" and shape.is_valid and not shape.is_empty:
                return shape, None
        return None, None

    def _edge(self, shape: shapely.Geometry) -> Iterator[shapely.Point]:
        return (shapely.Point(place) for place in shape.exterior.coords)

    def _inside(self, outline: shapely.Geometry) -> Iterator[shapely.Point]:
        west, south, east, north = outline.bounds
        for _try in range(400):
            point = shapely.Point(self.chance.uniform(west, east), self.chance.uniform(south, north))
            if outline.contains(point):
                yield point

    def _blob(self, middle: shapely.Point, hectares: float) -> shapely.Polygon:
        """A rounded shape of about so many hectares: 24 corners at uneven distances."""
        corners = [self.chance.uniform(0.8, 1.2) for _corner in range(24)]
        doubled = sum(one * two for one, two in zip(corners, [*corners[1:], corners[0]], strict=True)) * math.sin(
            math.tau / 24
        )
        metres = math.sqrt(hectares * 10_000 * 2 / doubled)
        up, across = metres / 110_750, metres / (111_320 * math.cos(math.radians(middle.y)))
        turns = [math.tau * corner / 24 for corner in range(24)]
        return shapely.Polygon(
            (middle.x + across * far * math.cos(turn), middle.y + up * far * math.sin(turn))
            for far, turn in zip(corners, turns, strict=True)
        )


def _shapely(geometry: MultiPolygon) -> shapely.Geometry:
    return shapely.from_wkb(bytes(geometry.wkb))
