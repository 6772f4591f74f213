"""Boundary files: sending one, saying which column is what, and deciding on the rows in doubt."""

from pathlib import Path
from typing import Any
from uuid import UUID

import shapely
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, Value, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sala.access.request import Request
from sala.access.scope import require, visible
from sala.core import errands
from sala.core.errors import Invalid, Missing
from sala.core.language import Translated, sorted_by
from sala.core.models import Errand, ErrandState, PackFact
from sala.places import operations, policy
from sala.places.errands import columns_of
from sala.places.forms import ColumnsForm, ConfirmForm, UploadForm
from sala.places.maps import thumbnail
from sala.places.models import Area, BoundaryImport, ImportRow, ImportState, Level, RowState
from sala.places.queries import areas_on
from sala.places.reasons import joined, words_of
from sala.places.reporting import names_for
from sala.places.views.changes import done

PER_PAGE = 25


def imports(request: Request) -> HttpResponse:
    """Files that were sent, the newest first."""
    require(request.actor, policy.IMPORT, BoundaryImport())
    batches = visible(request.actor, BoundaryImport).select_related("vintage__level")
    page = Paginator(batches, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "places/imports.html", {"page": page})


def upload(request: Request) -> HttpResponse:
    """First step: the file and what is known of it. A look at it finds its layers and guesses its columns."""
    require(request.actor, policy.IMPORT, BoundaryImport())
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        told = {"name": data["file"].name, "level": data["level"].code, "as_of": data["as_of"].isoformat(),
                "source": data["source"], "licence": data["licence"], "layer": ""}  # fmt: skip
        asked: list[Errand] = []
        path = Path(data["file"].temporary_file_path())
        if done(form, lambda: asked.append(_look(request, told, file=path, sha256=""))):
            return redirect(asked[0])
    return render(request, "places/upload.html", {"form": form})


def _look(request: Request, told: dict[str, Any], **file: Any) -> Errand:
    return errands.ask(request.actor, "boundary-look", title=told["name"], told=told, **file)


def columns(request: Request, token: str) -> HttpResponse:
    """Second step: the layer, and which column is what. The guess is filled in; sending it imports."""
    require(request.actor, policy.IMPORT, BoundaryImport())
    looked = _looked(request, token)
    told, found = looked.asked["told"], looked.found
    if request.GET.get("layer") in found["layers"] and request.GET["layer"] != told["layer"]:
        told = {**told, "layer": request.GET["layer"]}
        return redirect(_look(request, told, sha256=looked.sha256, size=looked.bytes))
    if "columns" not in found:
        return render(request, "places/layers.html", {"layers": found["layers"], "told": told})
    level = get_object_or_404(Level, code=told["level"])
    form = ColumnsForm(request.POST or None, initial=found["guess"], columns=columns_of(looked), systems=_systems())
    if form.is_valid():
        asked: list[Errand] = []
        if done(form, lambda: asked.append(_take_over(request, looked, told, form.cleaned_data))):
            if not asked[0].is_open:
                _tell(request, asked[0].found)
            return redirect(asked[0])
    layer = {
        "name": found["layer"],
        "columns": columns_of(looked),
        "shapes": found["shapes"],
        "faults": found["faults"],
    }
    context = {"form": form, "layer": layer, "told": told, "level": level, "preview": found["preview"]}
    return render(request, "places/columns.html", context)


def _looked(request: Request, token: str) -> Errand:
    """The look at a file, for whoever sent it."""
    rows = Errand.objects.filter(kind="boundary-look", state=ErrandState.DONE, asker__person=request.actor.person_id)
    found = rows.filter(pk=token).first() if _is_uuid(token) else None
    if found is None:
        raise Missing(_("This file is not known any more. Send it again."))
    return found


def _is_uuid(token: str) -> bool:
    try:
        return bool(UUID(token))
    except ValueError:
        return False


def _take_over(request: Request, looked: Errand, told: dict[str, Any], chosen: dict[str, Any]) -> Errand:
    return errands.ask(
        request.actor, "boundaries", title=told["name"], size=looked.bytes, sha256=looked.sha256, told=told,
        layer=looked.found["layer"], chosen=chosen,
    )  # fmt: skip


def _systems() -> list[tuple[str, str]]:
    return [(entry["code"], str(Translated(entry["name"]))) for entry in PackFact.get("code_systems") or []]


def _tell(request: Request, found: dict[str, Any]) -> None:
    if found["repeated"]:
        messages.warning(request, found["repeated"])
        return
    words = _("%(new)d new, %(changed)d changed, %(unchanged)d unchanged, %(rest)d refused or waiting.")
    messages.success(request, words % found)


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
