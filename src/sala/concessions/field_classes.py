"""Which class each field belongs to, so that one list decides what is confirmed, opened, redacted and told together."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models

from sala.concessions.models import (
    AffectedVillage,
    Commodity,
    Concession,
    ConcessionArea,
    ConcessionDocument,
    ConcessionPlace,
    Declared,
    Due,
    FieldClass,
    Grant,
    JobCount,
    Obligation,
    PlannedDevelopment,
)

ROW = "row"  # field of a change that tells a whole row

Values = dict[str, Any]

BASICS, PLACE, HECTARES, HOLDER, TERMS = (
    FieldClass.BASICS, FieldClass.PLACE, FieldClass.HECTARES, FieldClass.HOLDER, FieldClass.TERMS,
)  # fmt: skip

# model → field → its class; "" stands for every other field of the model. What is in no class is the program's own.
FIELDS: dict[type[models.Model], dict[str, FieldClass]] = {
    Concession: {
        "kind": BASICS, "name": BASICS, "purpose": BASICS, "sector": BASICS, "state": BASICS, "lead": PLACE,
        "applicant": HOLDER, "area": PLACE, "level": TERMS, "requested_on": TERMS, "follows": TERMS, "open_contracting_id": TERMS,
        "open_contracting_url": TERMS,
        "is_confidential": TERMS, "confidential_reason": TERMS, "source": FieldClass.PAPERS, "same_as": BASICS,
    },
    Commodity: {"commodity": BASICS, "as_of": BASICS, "is_current": BASICS, "document": BASICS, "hectares": HECTARES},
    ConcessionPlace: {"area": PLACE, "share": PLACE},
    Grant: {
        "holder": HOLDER, "share": HOLDER, "granted_ha": HECTARES,
        **dict.fromkeys(
            ("decided_on", "signed_on", "starts_on", "term_months", "ends_on", "valid", "body", "body_name", "level",
             "number", "legal_basis", "document", "replaces"), TERMS,
        ),
    },
    ConcessionArea: dict.fromkeys(
        ("purpose", "stated_ha", "mapped_ha", "accuracy", "method", "paper_crs", "measured_on", "is_current", "document", "note"),
        HECTARES,
    ),
    ConcessionDocument: {
        **dict.fromkeys(("document", "role", "pages", "issued_on"), FieldClass.PAPERS), "issued_to": HOLDER,
    },
    AffectedVillage: dict.fromkeys(
        ("area", "hectares_lost", "households", "households_moved", "consultation", "consulted_on",
         "compensation_promised", "compensation_paid", "currency", "document", "note"), FieldClass.VILLAGES,
    ),
    JobCount: dict.fromkeys(
        ("kind", "as_of", "total", "women", "foreign", "seasonal", "document"), FieldClass.JOBS
    ),
    PlannedDevelopment: dict.fromkeys(("year", "hectares", "document"), TERMS),
    Obligation: dict.fromkeys(("kind", "text", "due_on", "met_on", "document"), TERMS),
    Due: dict.fromkeys(
        ("grant", "kind", "basis", "area_basis", "hectares", "rate", "amount", "currency", "months", "days", "starts_on",
         "ends_on", "document", "books", "note"), FieldClass.MONEY,
    ),
    Declared: dict.fromkeys(
        ("due", "starts_on", "ends_on", "value", "currency", "reported_on", "reported_by", "document"), FieldClass.MONEY
    ),
}  # fmt: skip

# classes that a row concerns although none of its fields is of them: the shape of an area stands in a table of its own
BESIDES: dict[type[models.Model], frozenset[FieldClass]] = {
    ConcessionArea: frozenset({FieldClass.SHAPE, FieldClass.PLACE}),
}

# what a change is about, as it stands in Change.subject; a row of a concession has its id behind a colon
SUBJECTS: dict[type[models.Model], str] = {
    Concession: "concession",
    Commodity: "commodity",
    ConcessionPlace: "place",
    Grant: "grant",
    ConcessionArea: "area",
    ConcessionDocument: "paper",
    AffectedVillage: "village",
    JobCount: "jobs",
    PlannedDevelopment: "plan",
    Obligation: "obligation",
    Due: "due",
    Declared: "declared",
}
MODELS: dict[str, type[models.Model]] = {subject: model for model, subject in SUBJECTS.items()}


def subject_of(row: models.Model) -> str:
    """ "concession", or "grant:12"."""
    name = SUBJECTS[type(row)]
    return name if isinstance(row, Concession) else f"{name}:{row.pk}"


def as_json(value: Any) -> Any:
    """A value as a change keeps it: days as ISO text, decimals as text, ranges as their two ends."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if hasattr(value, "lower") and hasattr(value, "upper") and not isinstance(value, str):
        return [as_json(value.lower), as_json(value.upper)]
    if isinstance(value, dict):
        return dict(value)
    return value


def values_of(row: models.Model) -> Values:
    """The fields of a row that belong to a class, as they are now."""
    names = FIELDS[type(row)]
    return {
        field.name: as_json(getattr(row, field.attname)) for field in row._meta.concrete_fields if field.name in names
    }
