"""Taking the register along, narrowed as the list is narrowed and under the same redaction."""

import tempfile
from pathlib import Path
from typing import IO

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render

from sala.access.form_page import need_anywhere
from sala.access.request import Request
from sala.concessions import operations, policy
from sala.concessions.exchange.giving import tables
from sala.concessions.exchange.land_matrix.writing import write
from sala.concessions.exchange.register import files
from sala.concessions.forms.narrow import NarrowForm
from sala.concessions.models import Concession
from sala.concessions.queries.register import in_order, register
from sala.concessions.queries.takings import takings
from sala.core import clock

IN_MEMORY = 8 * 1024**2


def asked_for(request: Request) -> tuple[NarrowForm, QuerySet[Concession]]:
    """What stands in the address, as on the list, and the entries it finds; none where it cannot be understood."""
    form = NarrowForm(request.GET, actor=request.actor)
    if not form.is_valid():
        return form, Concession.objects.none()
    wanted = form.narrowing()
    return form, in_order(register(request.actor, wanted), wanted.order)


def land_matrix(request: Request) -> FileResponse:
    """The zip of six tables of the Land Matrix."""
    form, rows = asked_for(request)
    _note(request, "land-matrix", form, rows)
    target = _spool()
    write(target, tables(request.actor, rows))
    return _sent(target, "land-matrix.zip", "application/zip")


def take(request: Request, kind: str) -> FileResponse:
    """The list as csv, xlsx, geojson or gpkg."""
    if kind not in files.TYPES:
        raise Http404
    form, found = asked_for(request)
    _note(request, kind, form, found)
    name = f"concessions-{clock.today():%Y-%m-%d}.{kind}"
    if kind in ("geojson", "gpkg"):
        with tempfile.TemporaryDirectory() as folder:
            handle = files.write_areas(request.actor, found, kind, Path(folder)).open("rb")  # outlives its folder
        return _sent(handle, name, files.TYPES[kind])
    target = _spool()
    if kind == "csv":
        files.write_csv(request.actor, found, target)
    else:
        files.write_workbook(request.actor, found, target, form.said())
    return _sent(target, name, files.TYPES[kind])


def dictionary(request: Request) -> FileResponse:
    """What the columns of the CSV and their codes mean, in the reader's language."""
    target = _spool()
    files.write_dictionary(target)
    return _sent(target, "concessions-columns.csv", files.TYPES["csv"])


def taken(request: Request) -> HttpResponse:
    """How often the list was taken along, for those who read the entries of the whole country."""
    need_anywhere(request.actor, policy.READ_ALL)
    return render(request, "concessions/takings.html", {"takings": takings(request.actor)})


def _note(request: Request, kind: str, form: NarrowForm, rows: QuerySet[Concession]) -> None:
    operations.note_register_taken(request.actor, kind=kind, concessions=rows.order_by().count(), narrowed=form.codes())


def _spool() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # FileResponse closes it


def _sent(target: IO[bytes], name: str, kind: str) -> FileResponse:
    target.seek(0)
    response = FileResponse(target, as_attachment=True, filename=name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    return response
