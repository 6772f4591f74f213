"""Invented concessions and layers that constrain, in the size of a country, for the benchmarks of the register."""

from datetime import date, timedelta
from decimal import Decimal

import numpy
import shapely
from django.db import connection

from bench.bulk import copy, ids
from sala.access.actor import command
from sala.catalogue.models import Dataset, Distribution, Edition
from sala.concessions.models import (
    AreaShape,
    Concession,
    ConcessionArea,
    ConcessionDocument,
    ConstraintLayer,
    Grant,
    Party,
)
from sala.core import clock
from sala.core.language import Translated
from sala.core.models import Term
from sala.documents.models import Document
from sala.people.models import Organisation
from sala.places.models import Area

WEST, SOUTH, EAST, NORTH = 101.0, 14.5, 107.0, 22.0  # about 600 × 800 km
MEDIAN_HA, SPREAD = 80, 1.6  # log-normal, as concessions are: many small ones and a few very large ones
PARTIES = 700
EVERY_PAPER = ("agreement", "certificate", "environmental_certificate")
AREA = "update {table} set {column} = round((st_area(s.geometry::geography) / 10000)::numeric, 2) from concessions_areashape s where s.area_id = {table}.id"
PIECES = """
    insert into concessions_areapiece (area_id, geometry)
    select area_id, (st_dump(st_subdivide(geometry, 128))).geom from concessions_areashape where geometry is not null
"""


def polygon(
    chance: numpy.random.Generator, hectares: float, corners: int, centre: tuple[float, float] | None = None
) -> shapely.Polygon:
    """A star-shaped polygon around a point, or somewhere in the field, of about so many hectares."""
    x, y = centre or (chance.uniform(WEST, EAST), chance.uniform(SOUTH, NORTH))
    radius = (hectares * 10_000 / numpy.pi) ** 0.5 / 111_000
    turn = numpy.sort(chance.uniform(0, 2 * numpy.pi, corners))
    reach = radius * chance.uniform(0.75, 1.2, corners)
    ring = numpy.column_stack([x + reach * numpy.cos(turn) / numpy.cos(numpy.radians(y)), y + reach * numpy.sin(turn)])
    return shapely.make_valid(shapely.Polygon(ring))


def coastline(chance: numpy.random.Generator, hectares: float, corners: int) -> shapely.Polygon:
    """A polygon of very many corners somewhere in the field, wild at every scale as rivers and forest edges are.

    Corners whose distance from the middle is thrown anew for each would be spikes of twenty kilometres, metres apart.
    """
    x, y = chance.uniform(WEST, EAST), chance.uniform(SOUTH, NORTH)
    radius = (hectares * 10_000 / numpy.pi) ** 0.5 / 111_000
    turn = numpy.linspace(0, 2 * numpy.pi, corners, endpoint=False)
    waves = numpy.zeros(corners // 2 + 1, complex)
    number = numpy.arange(2, len(waves))
    waves[2:] = numpy.exp(2j * numpy.pi * chance.random(len(number))) / number**1.3
    rough = numpy.fft.irfft(waves, corners)
    reach = radius * (1 + 0.25 * rough / numpy.abs(rough).max())
    ring = numpy.column_stack([x + reach * numpy.cos(turn) / numpy.cos(numpy.radians(y)), y + reach * numpy.sin(turn)])
    return shapely.make_valid(shapely.Polygon(ring))


def _multi(shape: shapely.Geometry) -> shapely.Geometry:
    parts = [part for part in getattr(shape, "geoms", [shape]) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts)


def make_concessions(count: int, seed: int = 7) -> None:
    """Concessions with holder, grant, granted area and papers; nine of ten in order."""
    chance = numpy.random.default_rng(seed)
    districts = list(Area.objects.filter(level__rank=2, ended_on__isnull=True).order_by("code"))
    lead = Organisation.objects.filter(kind="ministry").order_by("code").first()
    sectors = list(Term.objects.filter(scheme="sector", code__in=["agriculture", "tree_plantation", "mining"]))
    papers = {term.code: term for term in Term.objects.filter(scheme="concession-paper", code__in=EVERY_PAPER)}
    today, now = clock.today(), clock.now()
    document, _made = Document.objects.get_or_create(slug="bench-agreement", defaults={
        "kind": Term.objects.get(scheme="document-kind", code="agreement"), "owner": lead,
        "title": Translated(lo="ສັນຍາ", en="Agreement"), "is_invented": True,
    })  # fmt: skip
    parties = [
        Party(id=pk, number=f"P-{pk:06}", name=Translated(lo=f"ບໍລິສັດ {pk}", en=f"Company {pk}"), kind="company",
              area=districts[0], keeper=lead, keys=[f"company {pk}"], is_invented=True)
        for pk in ids(Party, PARTIES)
    ]  # fmt: skip
    concessions, grants, areas, shapes, roles = [], [], [], [], []
    numbers = [ids(model, count) for model in (Concession, Grant, ConcessionArea)]
    sizes = numpy.exp(chance.normal(numpy.log(MEDIAN_HA), SPREAD, count)).clip(1, 20_000)
    for turn, (pk, grant, area) in enumerate(zip(*numbers, strict=True)):
        decided = date(1995, 1, 1) + timedelta(int(chance.integers(0, 10_000)))
        months = int(chance.choice([240, 360, 600]))
        size = Decimal(f"{sizes[turn]:.2f}")
        concessions.append(
            Concession(
                id=pk, reference=f"LC-{pk:06}", kind="concession", name=Translated(lo=f"ໂຄງການ {pk}", en=f"Project {pk}"),
                sector=sectors[turn % len(sectors)], area=districts[turn % len(districts)], lead=lead, level="province",
                state="implementing", keys=[f"project {pk}"], entered_at=now, changed_at=now, is_invented=True,
            )
        )  # fmt: skip
        grants.append(
            Grant(
                id=grant, concession_id=pk, holder=parties[int(chance.integers(0, PARTIES))], granted_ha=size,
                decided_on=decided, signed_on=decided, starts_on=decided, term_months=months,
                ends_on=decided + timedelta(months * 30), valid=(decided, decided + timedelta(months * 30)), level="province",
            )
        )  # fmt: skip
        areas.append(
            ConcessionArea(id=area, concession_id=pk, purpose="granted", stated_ha=size, accuracy="survey", measured_on=today)
        )  # fmt: skip
        shape = _multi(polygon(chance, sizes[turn], int(chance.integers(60, 200))))
        shapes.append(AreaShape(area_id=area, geometry=shape.wkt, point=shape.representative_point().wkt))
        if turn % 10:
            roles += [
                ConcessionDocument(concession_id=pk, document=document, role=term, added_at=now)
                for term in papers.values()
            ]
    for rows in (parties, concessions, grants, areas, shapes):
        copy(rows)
    ConcessionDocument.objects.bulk_create(roles, batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute(AREA.format(table="concessions_concessionarea", column="mapped_ha"))
        cursor.execute(PIECES)
        cursor.execute("analyze")


def make_layers(count: int, polygons: int, vertices: int, large: int, seed: int = 11) -> None:
    """Layers of so many polygons each; `large` of them with a polygon of so many vertices besides."""
    chance = numpy.random.default_rng(seed)
    lead = Organisation.objects.filter(kind="ministry").order_by("code").first()
    place = Area.objects.order_by("level__rank", "code").first()
    now = clock.now()
    for number in range(count):
        dataset = Dataset.objects.create(
            slug=f"bench-layer-{number}", title=Translated(lo=f"ຊັ້ນ {number}", en=f"Layer {number}"), owner=lead, place=place,
            tier="government", is_invented=True,
        )  # fmt: skip
        distribution = Distribution.objects.create(dataset=dataset, code="layer", name=dataset.title)
        edition = Edition.objects.create(
            distribution=distribution, number=1, state="published", is_published=True, sha256=f"{number:064}", format="gpkg",
            released_at=now, received_at=now, published_at=now, bytes=0, file_name="layer.gpkg", period="2026",
            media_type="application/geopackage+sqlite3",
        )  # fmt: skip
        layer = ConstraintLayer.objects.create(
            code=f"layer-{number}", name=dataset.title, distribution=distribution, owner=lead, edition=edition,
            effect=("forbidden", "consent", "opinion")[number % 3], authority=dataset.title, is_invented=True,
        )  # fmt: skip
        shapes = [polygon(chance, float(chance.uniform(20, 400)), 40) for _each in range(polygons)]
        if number < large:
            shapes.append(coastline(chance, 900_000, vertices))
        with connection.cursor() as cursor:
            cursor.execute("create temporary table if not exists shapes (number bigint, geometry geometry)")
            cursor.execute("truncate shapes")
            with cursor.copy("copy shapes from stdin") as rows:
                for turn, shape in enumerate(shapes):
                    rows.write_row((turn, shapely.to_wkb(shapely.set_srid(shape, 4326), hex=True, include_srid=True)))
            cursor.execute(
                "insert into concessions_constraintpiece (layer_id, number, geometry)"
                " select %s, number, (st_dump(st_subdivide(st_collectionextract(geometry, 3), 128))).geom from shapes",
                [layer.pk],
            )
    with connection.cursor() as cursor:
        cursor.execute("analyze concessions_constraintpiece")


def actor():
    return command("bench")
