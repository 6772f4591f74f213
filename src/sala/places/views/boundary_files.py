"""Boundary files: sending one, saying which column is what, and deciding on the rows in doubt."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import shapely
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db.models import Case, Value, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sala.access.request import Request
from sala.access.scope import require, visible
from sala.core.errors import Invalid, Missing
from sala.core.files import store
from sala.core.language import Translated, sorted_by
from sala.core.models import PackFact
from sala.places import guessing, layers, loading, operations, policy
from sala.places.forms import ColumnsForm, ConfirmForm, UploadForm
from sala.places.guessing import Columns
from sala.places.layers import Layer
from sala.places.maps import thumbnail
from sala.places.models import Area, BoundaryImport, ImportRow, ImportState, Level, RowState
from sala.places.operations import Delivery
from sala.places.operations.boundaries import finders, of_level
from sala.places.queries import areas_on
from sala.places.reasons import joined, words_of
from sala.places.reporting import names_for, report_of
from sala.places.views.changes import done

PER_PAGE = 25
PREVIEW = 5  # rows of a layer shown beside the choice of columns
SESSION = "boundary_files"


def imports(request: Request) -> HttpResponse:
    """Files that were sent, the newest first."""
    require(request.actor, policy.IMPORT, BoundaryImport())
    batches = visible(request.actor, BoundaryImport).select_related("vintage__level")
    page = Paginator(batches, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "places/imports.html", {"page": page})


def upload(request: Request) -> HttpResponse:
    """First step: the file and what is known of it. It is kept by its hash; the session remembers the rest."""
    require(request.actor, policy.IMPORT, BoundaryImport())
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        digest = _keep(data["file"])
        waiting = request.session.setdefault(SESSION, {})
        waiting[digest] = {"name": data["file"].name, "level": data["level"].code, "as_of": data["as_of"].isoformat(),
                           "source": data["source"], "licence": data["licence"]}  # fmt: skip
        request.session.modified = True
        return redirect("places:columns", digest)
    return render(request, "places/upload.html", {"form": form})


def _keep(file: UploadedFile) -> str:
    with tempfile.NamedTemporaryFile() as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        digest, _size = store.keep(Path(copy.name))
    return digest


def columns(request: Request, token: str) -> HttpResponse:
    """Second step: the layer, and which column is what. The guess is filled in; sending it imports."""
    require(request.actor, policy.IMPORT, BoundaryImport())
    told = request.session.get(SESSION, {}).get(token)
    if told is None:
        raise Missing(_("This file is not known any more. Send it again."))
    path, level = store.path_of(token), get_object_or_404(Level, code=told["level"])
    names = layers.names_of(path, told["name"])
    chosen = request.GET.get("layer", names[0] if len(names) == 1 else "")
    if chosen not in names:
        return render(request, "places/layers.html", {"layers": names, "told": told})
    layer, _left_out = of_level(layers.read(path, told["name"], chosen, loading.bounds()), level)
    day = date.fromisoformat(told["as_of"])
    finder, above = finders(level, day)
    guess = vars(guessing.columns_of(layer, finder, above))
    form = ColumnsForm(request.POST or None, initial=guess, columns=layer.columns, systems=_systems())
    if form.is_valid():
        made: list[operations.Outcome] = []
        delivery = _delivery(told, level, day, form.cleaned_data)
        if done(form, lambda: made.append(operations.import_boundaries(request.actor, layer, delivery))):
            _tell(request, made[0])
            return redirect(made[0].batch)
    context = {"form": form, "layer": layer, "told": told, "level": level, "preview": _preview(layer)}
    return render(request, "places/columns.html", context)


def _systems() -> list[tuple[str, str]]:
    return [(entry["code"], str(Translated(entry["name"]))) for entry in PackFact.get("code_systems") or []]


def _delivery(told: dict[str, str], level: Level, day: date, chosen: dict[str, Any]) -> Delivery:
    return Delivery(
        level=level, as_of=day, source=told["source"], licence=told["licence"], code_system=chosen["code_system"],
        columns=Columns(chosen["code"], chosen["name"], chosen["parent"]), exact=True,
    )  # fmt: skip


def _preview(layer: Layer) -> list[list[str]]:
    return [[shape.values.get(key, "") for key in layer.columns] for shape in layer.shapes[:PREVIEW]]


def _tell(request: Request, outcome: operations.Outcome) -> None:
    report = report_of(outcome)
    if outcome.repeated:
        messages.warning(request, report.lines[0])
        return
    counts = {"new": report.new, "changed": report.changed, "unchanged": report.unchanged, "rest": len(report.refused)}
    messages.success(
        request, _("%(new)d new, %(changed)d changed, %(unchanged)d unchanged, %(rest)d refused or waiting.") % counts
    )


# ---- review ------------------------------------------------------------------------------------------------------


def _batch(request: Request, pk: int) -> BoundaryImport:
    return get_object_or_404(visible(request.actor, BoundaryImport).select_related("vintage__level"), pk=pk)


def review(request: Request, pk: int) -> HttpResponse:
    """The rows of a file; those in doubt first, each with its candidates."""
    batch = _batch(request, pk)
    rows = batch.rows.select_related("area")
    state = request.GET.get("state", "")
    if state in RowState.values:
        rows = rows.filter(state=state)
    page = Paginator(rows.order_by(_open_first(), "number"), PER_PAGE).get_page(request.GET.get("page"))
    names = names_for(batch, page)
    areas = {area.pk: area for area in Area.objects.filter(pk__in=names).select_related("parent")}
    shapes = dict(batch.vintage.boundaries.values_list("area_id", "coarse"))
    context = {
        "batch": batch,
        "page": page,
        "state": state,
        "states": [(value, label, batch.rows.filter(state=value).count()) for value, label in RowState.choices],
        "lines": [words_of(line, names) for line in batch.report.get("lines", [])],
        "rows": [_shown(row, areas, names, shapes) for row in page],
        "others": _choices(batch),
        "is_open": batch.state != ImportState.WITHDRAWN,
    }
    return render(request, "places/review.html", context)


def _open_first() -> Case:
    return Case(When(state__in=[RowState.PROPOSED, RowState.UNMATCHED], then=Value(0)), default=Value(1))


def _choices(batch: BoundaryImport) -> Any:
    """Every area of the level on the day of the file."""
    areas = areas_on(batch.vintage.as_of, batch.vintage.level)
    return areas.select_related("parent").order_by(sorted_by("name"))


def _shown(
    row: ImportRow, areas: dict[int, Area], names: dict[int, Translated], shapes: dict[int, Any]
) -> dict[str, Any]:
    outline = shapes.get(row.area_id) if row.area_id else row.coarse
    candidates = [
        {"area": areas[found["area"]], "why": joined(found["reasons"], names)}
        for found in row.candidates
        if found["area"] in areas
    ]
    return {
        "row": row,
        "why": joined(row.reasons, names),
        "svg": thumbnail(shapely.from_wkb(bytes(outline.wkb))) if outline else "",
        "candidates": candidates,
        "is_open": row.state in (RowState.PROPOSED, RowState.UNMATCHED),
    }


@require_POST
def decide(request: Request, pk: int, number: int) -> HttpResponse:
    """Apply or refuse one row."""
    batch = _batch(request, pk)
    row = get_object_or_404(ImportRow, batch=batch, number=number)
    if "refuse" in request.POST:
        operations.refuse_row(request.actor, row, request.POST.get("reason", ""))
        messages.success(request, _("Row %(row)s was refused.") % {"row": number})
    else:
        form = ConfirmForm(request.POST, areas=_choices(batch))
        if not form.is_valid():
            raise Invalid(_("Choose an area for the shape, or refuse the row."))
        operations.confirm_row(request.actor, row, form.cleaned_data["chosen"])
        messages.success(request, _("Row %(row)s was applied.") % {"row": number})
    return redirect(batch)


@require_POST
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Take a whole file back."""
    batch = _batch(request, pk)
    gone = operations.withdraw_import(request.actor, batch, request.POST.get("reason", ""))
    messages.success(request, _("Withdrawn. %(count)d boundaries are gone; older ones show again.") % {"count": gone})
    return redirect(batch)
