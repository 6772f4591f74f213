"""The register row by row, from one statement however many there are, each with only what the reader may read of it."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Case, Count, F, FloatField, Func, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse
from django.utils import timezone

from sala.access.actor import Actor
from sala.catalogue.exchange.records import absolute
from sala.concessions import redaction
from sala.concessions.exchange.register.columns import Column, columns, late_in
from sala.concessions.models import (
    STANDING,
    UNSETTLED,
    AffectedVillage,
    AreaPurpose,
    Assessment,
    Commodity,
    Concession,
    ConcessionArea,
    ConcessionDocument,
    Confirmation,
    FieldClass,
    Finding,
    Grant,
    JobCount,
    JobKind,
    Situation,
)
from sala.core import clock, money
from sala.core.language import in_language, languages
from sala.core.models import PackFact
from sala.ledger.queries.about import late_amount

AT_ONCE = 1000  # rows that are held at a time
POINT_FROM = (AreaPurpose.GRANTED, AreaPurpose.SURVEYED, AreaPurpose.IMPLEMENTATION, AreaPurpose.REQUESTED, AreaPurpose.STUDY)  # fmt: skip

Row = dict[str, Any]


class _Of(Func):
    """A number that a function of the database tells of a point."""

    output_field = FloatField()


def leaving(found: QuerySet[Concession]) -> QuerySet[Concession]:
    """What may leave: in a real country nothing that is invented does, so that nobody takes it for a record."""
    return found if PackFact.get("is_invented") else found.filter(is_invented=False)


def rows(actor: Actor, found: QuerySet[Concession]) -> Iterator[Row]:
    """Each concession as column → value (text, int, Decimal, date, bool, list of codes; None where nothing is told).

    found  what was asked for, in its order
    """
    classes = [name for name in FieldClass.values if name != FieldClass.BASICS]
    flags = {f"open_{name}": _flag(actor, name) for name in classes}
    accounts, today = redaction.accounts_open(actor), clock.today()
    late = {late_in(code): late_amount(accounts, redaction.NOUN, code, today) for code in money.known()}
    wanted = leaving(found).annotate(**flags, **_related(), **late)
    plain = ("pk", "reference", "kind", "state", "requested_on", "version", "changed_at", "is_invented", "outside_source", "outside_id")  # fmt: skip
    told = {f"told_{code}": in_language("name", code) for code in languages()}
    places = {
        "place": F("area__code"), "place_name": in_language("area__name"), "around": in_language("area__parent__name"),
        "kept_by": F("lead__code"), "sector_code": F("sector__code"), "asked_by": F("applicant__number"),
    }  # fmt: skip
    read = wanted.annotate(**told, **places).values(*plain, *told, *places, *flags, *_related(), *late)
    page, described = absolute(reverse("concessions:concessions")), columns()
    for row in read.iterator(chunk_size=AT_ONCE):
        yield _told(row, page, described)


def _flag(actor: Actor, field_class: str) -> Any:
    condition = redaction.condition(actor, FieldClass.BASICS, field_class)
    if condition is None:
        return Value(True, output_field=BooleanField())
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _related() -> dict[str, Any]:
    own = {"concession": OuterRef("pk")}
    grants = Grant.objects.filter(**own, replaced_by__isnull=True).order_by("pk")
    areas = ConcessionArea.objects.filter(**own, is_current=True).order_by("pk")
    present = Situation.objects.filter(**own, until__isnull=True).values("code")
    standing = Confirmation.objects.filter(**own, withdrawn_at__isnull=True).order_by("field_class")
    findings = Finding.objects.filter(**own, state__in=UNSETTLED).order_by().values("concession")
    return {
        "grants_now": ArraySubquery(grants.values(told=JSONObject(
            number="holder__number", name=in_language("holder__name"), country="holder__country", ha="granted_ha",
            decided_on="decided_on", starts_on="starts_on", ends_on="ends_on", months="term_months", level="level",
        ))),
        "areas_now": ArraySubquery(areas.values(told=JSONObject(
            purpose="purpose", stated="stated_ha", mapped="mapped_ha", accuracy="accuracy",
            lon=_Of("shape__point", function="ST_X"), lat=_Of("shape__point", function="ST_Y"),
        ))),
        "grown": ArraySubquery(
            Commodity.objects.filter(**own, is_current=True).order_by("commodity__order", "pk").values("commodity__code")
        ),
        "roles": ArraySubquery(
            ConcessionDocument.objects.filter(**own).order_by("role__code").values("role__code").distinct()
        ),
        "losing": ArraySubquery(AffectedVillage.objects.filter(**own).order_by("area__code").values("area__code").distinct()),
        "planned": Subquery(_jobs(own, JobKind.PLANNED)), "present": Subquery(_jobs(own, JobKind.PRESENT)),
        "called": Subquery(present[:1]),
        "open_findings": Coalesce(Subquery(findings.annotate(number=Count("pk")).values("number")), 0),
        "graded": Subquery(Assessment.objects.filter(**own, state__in=STANDING).values("valid_grade")[:1]),
        "stood_for": ArraySubquery(standing.values("field_class").distinct()),
    }  # fmt: skip


def _jobs(own: dict[str, Any], kind: str) -> Any:
    return JobCount.objects.filter(**own, kind=kind).order_by("-as_of", "-pk").values("total")[:1]


def _told(row: Row, page: str, described: Sequence[Column]) -> Row:
    grants, areas = row["grants_now"], row["areas_now"]
    sizes = {area["purpose"]: area for area in areas}
    where = next(
        (sizes[purpose] for purpose in POINT_FROM if sizes.get(purpose) and sizes[purpose]["lon"] is not None), None
    )
    granted = sizes.get(AreaPurpose.GRANTED)
    found = next((sizes[purpose] for purpose in POINT_FROM if purpose in sizes), None)
    around = row["around"]
    every: Row = {
        "reference": row["reference"], "link": f"{page}{row['reference']}/",
        **{f"name_{code}": row[f"told_{code}"] for code in languages()},
        "kind": row["kind"], "sector": row["sector_code"], "commodities": row["grown"], "state": row["state"],
        "place": row["place"], "place_name": f"{row['place_name']}, {around}" if around else row["place_name"],
        "kept_by": row["kept_by"], "longitude": where["lon"] if where else None,
        "latitude": where["lat"] if where else None,
        "granted_ha": _sum(grant["ha"] for grant in grants), "developed_ha": _size(sizes, AreaPurpose.IMPLEMENTATION),
        "requested_ha": _size(sizes, AreaPurpose.REQUESTED), "surveyed_ha": _size(sizes, AreaPurpose.SURVEYED),
        "drawn_ha": _exact(granted["mapped"]) if granted else None, "accuracy": found["accuracy"] if found else None,
        "applicant": row["asked_by"],
        "holders": [grant["number"] for grant in grants], "holder_names": "; ".join(grant["name"] for grant in grants),
        "holder_countries": [grant["country"] or "–" for grant in grants], "requested_on": row["requested_on"],
        "decided_on": _day(min, grants, "decided_on"), "starts_on": _day(min, grants, "starts_on"),
        "ends_on": _day(max, grants, "ends_on"), "term_months": max((g["months"] for g in grants if g["months"]), default=None),
        "level": next((grant["level"] for grant in grants if grant["level"]), None), "papers": row["roles"],
        "villages": row["losing"], "jobs_planned": row["planned"], "jobs_present": row["present"],
        **{late_in(code): _money(row[late_in(code)], code) for code in money.known()},
        "situation": row["called"], "findings_open": row["open_findings"], "grade": row["graded"], "confirmed": row["stood_for"],
        "outside_source": row["outside_source"], "outside_id": row["outside_id"], "version": row["version"],
        "changed_on": timezone.localdate(row["changed_at"]), "is_invented": row["is_invented"],
        "closed": [name for name in FieldClass.values if row.get(f"open_{name}") is False],
    }  # fmt: skip
    return {each.code: every[each.code] if _reads(row, each) else None for each in described}


def _money(amount: int | None, currency: str) -> Decimal | None:
    return None if amount is None else money.whole(amount, currency)


def _reads(row: Row, column: Column) -> bool:
    return column.field_class is None or bool(row[f"open_{column.field_class}"])


def _exact(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _sum(values: Any) -> Decimal | None:
    known = [Decimal(str(value)) for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None


def _size(sizes: dict[str, Row], purpose: str) -> Decimal | None:
    area = sizes.get(purpose)
    if area is None:
        return None
    return _exact(area["stated"] if area["stated"] is not None else area["mapped"])


def _day(choose: Any, grants: Sequence[Row], name: str) -> date | None:
    known = [grant[name] for grant in grants if grant[name]]
    return date.fromisoformat(choose(known)) if known else None
