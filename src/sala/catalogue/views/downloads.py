"""Taking data along: the original file, the normalised table in other formats, or the rows of a question.

Every download is counted, once however many parts of a file a program reads. A large table is written in another format by the worker; its page says so until it is there.
A column that is hidden from the reader is in none of them; the original file, which has all columns, is then not given.
"""

import tempfile
from pathlib import Path

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.catalogue.exports import TYPES, WRITERS, formats_of, is_ready, prepare, written
from sala.catalogue.forms.tables import asked_of
from sala.catalogue.models import Edition
from sala.catalogue.operations import count_use
from sala.catalogue.queries.columns import askable_columns, hidden_columns, may_take_original
from sala.catalogue.queries.table_answers import write_answer
from sala.catalogue.queries.table_query import Question, question
from sala.catalogue.views.finding import edition_of
from sala.core.errors import NotPermitted, NotReady
from sala.core.files import child, store
from sala.core.sending import begins_file, file_or_part

OF_QUESTIONS = ("csv", "xlsx", "parquet")
NAMES = {"csv": "CSV", "xlsx": "Excel", "parquet": "Parquet", "geojson": "GeoJSON", "gpkg": "GeoPackage"}
LOOK_AGAIN, ASK_AGAIN = 4, 60  # seconds until a browser looks again, until a program does


def download(request: Request, slug: str, part: str, number: int, kind: str) -> HttpResponseBase:
    """The whole edition; with the filter of its page in the address, the rows that fit it."""
    edition = edition_of(request, slug, part, number)
    sent = asked_of(request.GET)
    if kind == "original":
        response = _original(request, edition)
        suffix = Path(edition.file_name).suffix
    elif kind == "tif" and edition.raster:
        response = file_or_part(request, store.path_of(edition.raster["sha256"]), TYPES[kind])
        suffix = ".tif"
    elif sent and kind in OF_QUESTIONS and edition.is_table:
        response = answer_file(edition, question(sent, askable_columns(request.actor, edition)), kind)
        suffix = f".{kind}"
    elif kind in formats_of(edition):
        hidden = hidden_columns(request.actor, edition.distribution)
        if not is_ready(edition, kind, hidden):
            return _being_prepared(request, edition, kind, hidden)
        response = file_or_part(request, written(edition, kind, hidden), TYPES[kind])
        suffix = f".{kind}"
    else:
        raise Http404
    if begins_file(request, response):
        count_use(request.actor, edition.dataset, "download")
    name = f"{slug}-{slugify(edition.period) or number}{suffix}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _being_prepared(request: Request, edition: Edition, kind: str, hidden: frozenset[str]) -> HttpResponse:
    """A browser gets a page that looks again until the download begins; a program is told when to ask again."""
    if not prepare(edition, kind, hidden):
        raise NotReady(_("This file could not be written. Take another format along, and tell the operator."))
    if "text/html" not in request.headers.get("Accept", ""):
        words = _("The file is being prepared. Ask again at the same address in a minute.")
        raise NotReady(words, seconds=ASK_AGAIN)
    context = {"edition": edition, "dataset": edition.dataset, "kind": NAMES[kind], "again": request.get_full_path()}
    response = render(request, "catalogue/being_prepared.html", context, status=202)
    response["Refresh"], response["Cache-Control"] = str(LOOK_AGAIN), "no-store"
    return response


def _original(request: Request, edition: Edition) -> HttpResponseBase:
    if not may_take_original(request.actor, edition):
        raise NotPermitted(
            _("The file as delivered has columns that are not open to you. Take one of the other formats along.")
        )
    return file_or_part(request, store.path_of(edition.sha256), edition.media_type)


def picture(request: Request, slug: str, part: str, number: int) -> FileResponse:
    """The small picture of a raster, shown on its page beside the legend."""
    edition = edition_of(request, slug, part, number)
    if not edition.raster:
        raise Http404
    return FileResponse(store.path_of(edition.raster["picture_sha256"]).open("rb"), content_type="image/png")


def answer_file(edition: Edition, asked: Question, kind: str) -> FileResponse:
    """The whole answer to a question as a file that is gone once it was sent."""
    labels = {column["name"]: column["label"] for column in edition.columns}
    with tempfile.TemporaryDirectory() as folder:
        answered = target = Path(folder) / "answer.parquet"
        write_answer(edition, asked, answered)
        if kind != "parquet":
            target = Path(folder) / f"answer.{kind}"
            columns = [{"name": name, "label": labels.get(name, name)} for name in asked.names]
            child.run(WRITERS[kind], answered, target, columns)
        handle = target.open("rb")  # the open file outlives its folder
    return FileResponse(handle, content_type=TYPES[kind])
