"""Key figures and rules of a part: read by whoever sees their columns, declared, changed and ended by its owner."""

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from sala.access.request import Request
from sala.access.scope import require
from sala.catalogue import operations, policy
from sala.catalogue.models import Distribution, KeyFigure, QualityRule
from sala.catalogue.operations.declaring import check_columns
from sala.catalogue.queries import find_dataset
from sala.catalogue.queries.columns import hidden_columns
from sala.core.language import Translated

router = Router(tags=["datasets"])


class KeyFigureChange(Schema):
    """filter: column → value that a row must have; places: decimals shown."""

    name: dict[str, str] | None = None
    value_column: str | None = None
    unit: str | None = None
    places: int | None = None
    filter: dict[str, str] | None = None


class KeyFigureIn(Schema):
    """filter: column → value that a row must have; places: decimals shown."""

    code: str
    name: dict[str, str]
    value_column: str
    unit: str = ""
    places: int = 0
    filter: dict[str, str] = {}


class KeyFigureOut(Schema):
    code: str
    name: dict[str, str]
    value_column: str
    unit: str
    places: int
    filter: dict[str, Any]


class RuleChange(Schema):
    """kind: filled, unique, at_least, at_most, one_of or place."""

    column: str | None = None
    kind: str | None = None
    value: str | None = None


class RuleIn(Schema):
    """kind: filled, unique, at_least, at_most, one_of or place; value: a number, or values with commas between."""

    column: str
    kind: str
    value: str = ""


class RuleOut(Schema):
    pk: int
    column: str
    kind: str
    value: str


def _part(request: Request, slug: str, part: str) -> Distribution:
    found = Distribution.objects.select_related("dataset")
    return get_object_or_404(found, dataset=find_dataset(request.actor, slug), code=part)


def _own_part(request: Request, slug: str, part: str) -> Distribution:
    """The part, for whoever may describe it: before anything is said of what is declared there."""
    found = _part(request, slug, part)
    require(request.actor, policy.EDIT, found.dataset)
    return found


def _fields(sent: Schema) -> dict[str, Any]:
    told = {name: value for name, value in sent.dict(exclude_unset=True).items() if value is not None}
    if "name" in told:
        told["name"] = Translated(told["name"])
    return told


@router.get("/datasets/{slug}/{part}/key-figures", response=list[KeyFigureOut], summary="Its key figures")
def key_figures(request: Request, slug: str, part: str):
    found = _part(request, slug, part)
    hidden = hidden_columns(request.actor, found)
    return [row for row in found.key_figures.all() if not hidden & {row.value_column, *row.filter}]


@router.post("/datasets/{slug}/{part}/key-figures", response={201: KeyFigureOut}, summary="Declare a key figure")
def declare_figure(request: Request, slug: str, part: str, sent: KeyFigureIn):
    found = _own_part(request, slug, part)
    _check_figure(found, sent)
    return 201, operations.declare_figure(request.actor, found, **_fields(sent))


@router.patch("/datasets/{slug}/{part}/key-figures/{code}", response=KeyFigureOut, summary="Change a key figure")
def change_figure(request: Request, slug: str, part: str, code: str, sent: KeyFigureChange):
    found = _own_part(request, slug, part)
    _check_figure(found, sent)
    figure = get_object_or_404(KeyFigure, distribution=found, code=code)
    return operations.change_figure(request.actor, figure, **_fields(sent))


@router.delete("/datasets/{slug}/{part}/key-figures/{code}", response={204: None}, summary="End a key figure")
def end_figure(request: Request, slug: str, part: str, code: str):
    found = _own_part(request, slug, part)
    operations.end_figure(request.actor, get_object_or_404(KeyFigure, distribution=found, code=code))
    return 204, None


def _check_figure(part: Distribution, sent: KeyFigureIn | KeyFigureChange) -> None:
    for name in sent.filter or {}:
        check_columns(part, {"filter": name})
    if sent.value_column is not None:
        check_columns(part, {"value_column": sent.value_column})


@router.get("/datasets/{slug}/{part}/rules", response=list[RuleOut], summary="Rules its rows must keep")
def rules(request: Request, slug: str, part: str):
    found = _part(request, slug, part)
    hidden = hidden_columns(request.actor, found)
    return [row for row in found.rules.order_by("pk") if row.column not in hidden]


@router.post("/datasets/{slug}/{part}/rules", response={201: RuleOut}, summary="Declare a rule")
def declare_rule(request: Request, slug: str, part: str, sent: RuleIn):
    found = _own_part(request, slug, part)
    check_columns(found, {"column": sent.column})
    return 201, operations.declare_rule(request.actor, found, **_fields(sent))


@router.patch("/datasets/{slug}/{part}/rules/{int:pk}", response=RuleOut, summary="Change a rule")
def change_rule(request: Request, slug: str, part: str, pk: int, sent: RuleChange):
    found = _own_part(request, slug, part)
    if sent.column is not None:
        check_columns(found, {"column": sent.column})
    rule = get_object_or_404(QualityRule, distribution=found, pk=pk)
    return operations.change_rule(request.actor, rule, **_fields(sent))


@router.delete("/datasets/{slug}/{part}/rules/{int:pk}", response={204: None}, summary="End a rule")
def end_rule(request: Request, slug: str, part: str, pk: int):
    found = _own_part(request, slug, part)
    operations.end_rule(request.actor, get_object_or_404(QualityRule, distribution=found, pk=pk))
    return 204, None
