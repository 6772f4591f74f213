"""The file that an office takes into its map program: the areas it may change, with lasting numbers and its own style."""

from pathlib import Path

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, JSONObject

from sala.access.actor import Actor
from sala.access.scope import permitted
from sala.concessions import policy
from sala.concessions.exchange.register.shapes import write_parquet
from sala.concessions.exchange.returned.style import qml
from sala.concessions.models import AreaLoan, AreaPurpose, AreaShape, Concession
from sala.concessions.queries.picture import DRAWN
from sala.core.files import child
from sala.core.language import in_language, languages
from sala.core.models import PackFact
from sala.maps.collections import Collection

LAYER = "areas"
MOST = 20_000  # areas in one file


def columns() -> list[str]:
    names = [f"name_{code}" for code in languages()]
    return ["area_id", "reference", *names, "purpose", "stated_ha", "mapped_ha", "accuracy", "measured_on", "version", "loan"]  # fmt: skip


def within_reach(actor: Actor, found: QuerySet[Concession]) -> QuerySet[AreaShape]:
    """Current areas with a shape, of those concessions that the actor may change."""
    mine = permitted(actor, policy.ENTER, Concession).filter(pk__in=found.order_by().values("pk"), same_as__isnull=True)
    return AreaShape.objects.filter(
        geometry__isnull=False, area__is_current=True, area__concession__in=mine.order_by().values("pk")
    )


def write(loan: AreaLoan, folder: Path) -> Path:
    """The areas of a loan as a GeoPackage with one layer and its style."""
    of = "area__concession__"
    shown = JSONObject(
        area_id=F("area_id"), reference=F(f"{of}reference"),
        **{f"name_{code}": in_language(f"{of}name", code) for code in languages()},
        purpose=F("area__purpose"), stated_ha=F("area__stated_ha"), mapped_ha=F("area__mapped_ha"),
        accuracy=F("area__accuracy"), measured_on=Coalesce(Cast("area__measured_on", CharField()), Value("")),
        version=F(f"{of}version"), loan=Value(loan.pk),
    )  # fmt: skip
    names = columns()
    rows = AreaShape.objects.filter(area_id__in=loan.areas).annotate(shown=shown)
    source, target = folder / "areas.parquet", folder / "areas.gpkg"
    write_parquet(Collection(rows=rows, names=tuple(names), number="area_id", labels=dict), source)
    looks = [(code, str(AreaPurpose(code).label), (colour, colour, 90 if filled else 0)) for code, (colour, filled) in DRAWN.items()]  # fmt: skip
    child.run(
        "sala.core.files.layer_export:write_gpkg",
        source,
        target,
        names,
        layer=LAYER,
        style=qml(looks, names),
        notice=PackFact.notice(),
    )
    return target
