"""Inspections: the list, one with its map and photos, entering one by hand, and forms whose answers are inspections."""

from collections.abc import Iterable
from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from sala.access.form_page import button_form, form_page, need_anywhere
from sala.access.request import Request
from sala.access.scope import can, require, sees, visible
from sala.collection.models import Form, Picture
from sala.collection.operations.photos import open_photos
from sala.collection.policy import EDIT
from sala.concessions import policy
from sala.concessions.calculations.inspections import ring_of
from sala.concessions.forms.inspections import AsideInspection, InspectionEntry, InspectionsForm, MappingForm
from sala.concessions.models import Concession, Inspection, InspectionForm, PhotoPlace
from sala.concessions.operations import inspections as operations
from sala.concessions.operations.inspection_forms import FIELDS, map_form
from sala.concessions.operations.inspections import Sent
from sala.concessions.queries.inspections import inspections_for
from sala.concessions.queries.picture import picture
from sala.concessions.views.writing import found_for, write
from sala.concessions.words.inspections import told
from sala.core.csv_page import csv_response
from sala.core.files import store

PAGE = 50


def index(request: Request) -> HttpResponse:
    form = InspectionsForm(request.GET, actor=request.actor)
    data = form.cleaned_data if form.is_valid() else {}
    rows = inspections_for(
        request.actor, place=data.get("place"), activity=data.get("activity", ""), odd=bool(data.get("odd")),
        q=data.get("q", ""),
    )  # fmt: skip
    if request.GET.get("format") == "csv":
        return csv_response("inspections.csv", _columns(), (_line(row) for row in rows.iterator(chunk_size=1000)))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form, "page": page, "lines": [(row, [told(flag) for flag in row.flags]) for row in page],
        "may_write_forms": request.actor.has_anywhere(EDIT), "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "concessions/inspections.html", context)


def _columns() -> list[Any]:
    return [_("Reference"), _("Concession"), _("Place"), _("Day of the inspection"), _("Who went"), _("What was seen"),
            _("Developed hectares"), _("Kilometres walked"), _("Per cent of it inside"), _("What does not fit"), _("Counts")]  # fmt: skip


def _line(row: Inspection) -> list[Any]:
    return [
        row.concession.reference, str(row.concession.name), str(row.concession.area.name), row.inspected_on.isoformat(), row.team,
        row.get_activity_display(), row.developed_ha, row.track_km, row.share_inside, " ".join(told(flag) for flag in row.flags),
        _("yes") if row.is_current else _("no"),
    ]  # fmt: skip


def _one(request: Request, reference: str, pk: int) -> Inspection:
    return get_object_or_404(inspections_for(request.actor), concession__reference=reference.upper(), pk=pk)


def inspection(request: Request, reference: str, pk: int) -> HttpResponse:
    row = _one(request, reference, pk)
    photos = list(row.photos.all())
    small = set(Picture.objects.filter(pk__in=[one.sha256 for one in photos]).exclude(small="").values_list("pk", flat=True))  # fmt: skip
    track = operations.track_of(row)
    answer = row.reading.submission if row.reading else None
    areas = list(row.concession.areas.filter(is_current=True))
    context = {
        "row": row, "concession": row.concession, "flags": [told(flag) for flag in row.flags],
        "photos": [(one, one.sha256 in small) for one in photos],
        "picture": picture(areas, row.concession.area, walk=track, spots=[one.point for one in photos if one.point and one.place != PhotoPlace.ELSEWHERE]),
        "answer": answer if answer and sees(request.actor, answer) else None, "is_answer": answer is not None,
        "may_set_aside": row.reading_id is None and row.is_current and can(request.actor, policy.INSPECT, row.concession),
        "may_take": row.is_current and row.developed_ha is not None and can(request.actor, policy.ENTER, row.concession),
        "goes_round": ring_of(track) is not None, "sees_document": bool(row.document and sees(request.actor, row.document)),
    }  # fmt: skip
    return render(request, "concessions/inspection.html", context)


def photo(request: Request, reference: str, pk: int, number: int) -> FileResponse:
    """The small copy of a photo."""
    row = get_object_or_404(_one(request, reference, pk).photos, pk=number)
    found = get_object_or_404(Picture.objects.exclude(small=""), pk=row.sha256)
    response = FileResponse(store.path_of(found.small).open("rb"), content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    return response


def kept(files: Iterable[UploadedFile]) -> list[Sent]:
    """Photos as they were sent, kept by their content and looked into by the child. Of two with one name both stay."""
    found: dict[str, Sent] = {}
    for number, file in enumerate(files, 1):
        digest, _size = store.keep_stream(cast(BinaryIO, file.file))
        name = (file.name or "photo")[-150:]
        found[name if name not in found else f"{number}-{name}"] = Sent(digest, name if name not in found else f"{number}-{name}")  # fmt: skip
    open_photos({one.sha256 for one in found.values()})
    return list(found.values())


def enter(request: Request, reference: str) -> HttpResponse:
    found = found_for(request, reference, policy.INSPECT)

    def work(data: dict[str, Any]) -> Inspection:
        data.pop("version")
        photos = kept(data.pop("photos"))
        return operations.enter_inspection(request.actor, found, photos=photos, **data)

    return write(
        request, found, InspectionEntry, work, heading=_("An inspection"), button=_("Enter"),
        lead=_("For those who went without the form on the phone. The walk and the photos are held against the granted area."),
    )  # fmt: skip


def set_aside(request: Request, reference: str, pk: int) -> HttpResponse:
    row = _one(request, reference, pk)
    require(request.actor, policy.INSPECT, row.concession)
    return form_page(
        request, AsideInspection(request.POST or None),
        lambda data: operations.set_aside_inspection(request.actor, row, **data),
        heading=_("This inspection does not count any more"), back=row, button=_("Set aside"), danger=True,
    )  # fmt: skip


def take(request: Request, reference: str, pk: int) -> HttpResponse:
    row = _one(request, reference, pk)
    require(request.actor, policy.ENTER, row.concession)

    def work(data: dict[str, Any]) -> Concession:
        operations.take_developed(request.actor, row)
        return row.concession

    return form_page(
        request, button_form(request), work, heading=_("Take it as the developed area"), back=row, button=_("Take it"),
        lead=_("The hectares of the inspection become the developed area of its day. The figure before stays readable."),
    )  # fmt: skip


# ---- forms whose answers are inspections ---------------------------------------------------------------------------


def forms(request: Request) -> HttpResponse:
    need_anywhere(request.actor, EDIT)
    rows = visible(request.actor, Form).filter(about_noun="concession").select_related("owner")
    mapped = {row.form_id: row for row in InspectionForm.objects.filter(form__in=rows)}
    context = {"lines": [(row, mapped.get(row.pk), can(request.actor, EDIT, row)) for row in rows]}
    return render(request, "concessions/inspection_forms.html", context)


def mapping(request: Request, slug: str) -> HttpResponse:
    form = get_object_or_404(visible(request.actor, Form), slug=slug, about_noun="concession")
    require(request.actor, EDIT, form)
    known = InspectionForm.objects.filter(form=form).first()
    asked = MappingForm(request.POST or None, form=form, initial=known.fields if known else _guessed(form))
    return form_page(
        request, asked, lambda data: map_form(request.actor, form, data).form, heading=_("Its answers are inspections"),
        back=form, lead=_("Say which question says what. From then on each approved answer is an inspection of its concession."),
    )  # fmt: skip


def _guessed(form: Form) -> dict[str, Any]:
    """Questions that are called as what they say."""
    version = form.versions.first()
    names = {each["name"] for each in (version.questions() if version else [])}
    return {name: [name] if several else name for name, (_label, _types, several) in FIELDS.items() if name in names}
