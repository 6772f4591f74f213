"""Taking data along: the original file, the normalised table in other formats, or the rows of a question.

Every download is counted. A column that is hidden from the reader is in none of them; the original file, which has all
columns, is then not given.
"""

import tempfile
from hashlib import sha256
from pathlib import Path

from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.utils.text import slugify
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.request import Request
from sala.catalogue.forms.tables import asked_of
from sala.catalogue.models import Edition
from sala.catalogue.operations import count_use
from sala.catalogue.queries.columns import askable_columns, hidden_columns
from sala.catalogue.queries.table_answers import write_answer
from sala.catalogue.queries.table_query import Question, question
from sala.catalogue.views.finding import edition_of
from sala.core.errors import NotPermitted
from sala.core.files import child, store

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
    "tif": "image/tiff; application=geotiff; profile=cloud-optimized",
}
WRITERS = {
    "csv": "sala.core.files.export:write_csv",
    "xlsx": "sala.core.files.export:write_xlsx",
    "parquet": "sala.core.files.export:write_parquet",
    "geojson": "sala.core.files.layer_export:write_geojson",
    "gpkg": "sala.core.files.layer_export:write_gpkg",
}
OF_QUESTIONS = ("csv", "xlsx", "parquet")


def download(request: Request, slug: str, part: str, number: int, kind: str) -> HttpResponseBase:
    """The whole edition; with the filter of its page in the address, the rows that fit it."""
    edition = edition_of(request, slug, part, number)
    sent = asked_of(request.GET)
    if kind == "original":
        response = _original(request.actor, edition)
        suffix = Path(edition.file_name).suffix
    elif kind == "tif" and edition.raster:
        response = FileResponse(store.path_of(edition.raster["sha256"]).open("rb"), content_type=TYPES[kind])
        response["ETag"], suffix = f'"{edition.sha256}"', ".tif"
    elif sent and kind in OF_QUESTIONS and edition.is_table:
        response = answer_file(edition, question(sent, askable_columns(request.actor, edition)), kind)
        suffix = f".{kind}"
    elif kind in formats_of(edition):
        hidden = hidden_columns(request.actor, edition.distribution)
        response = FileResponse(written(edition, kind, hidden).open("rb"), content_type=TYPES[kind])
        response["ETag"] = f'"{edition.sha256}"'
        suffix = f".{kind}"
    else:
        raise Http404
    count_use(request.actor, edition.dataset, "download")
    name = f"{slug}-{slugify(edition.period) or number}{suffix}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _original(actor: Actor, edition: Edition) -> FileResponse:
    if hidden_columns(actor, edition.distribution):
        raise NotPermitted(
            _("The file as delivered has columns that are not open to you. Take one of the other formats along.")
        )
    response = FileResponse(store.path_of(edition.sha256).open("rb"), content_type=edition.media_type)
    response["ETag"] = f'"{edition.sha256}"'
    return response


def picture(request: Request, slug: str, part: str, number: int) -> FileResponse:
    """The small picture of a raster, shown on its page beside the legend."""
    edition = edition_of(request, slug, part, number)
    if not edition.raster:
        raise Http404
    return FileResponse(store.path_of(edition.raster["picture_sha256"]).open("rb"), content_type="image/png")


def formats_of(edition: Edition) -> list[str]:
    """Formats in which an edition can be had besides the original."""
    if edition.raster:
        return ["tif"]
    if not edition.is_table:
        return []
    if edition.is_layer:
        return ["gpkg", "geojson", "parquet"]
    return ["csv", *(["xlsx"] if edition.fits_workbook else []), "parquet"]


def written(edition: Edition, kind: str, hidden: frozenset[str] = frozenset()) -> Path:
    """The edition in another format, written once for each set of columns and kept beside the store by hash."""
    source = store.path_of(edition.table_sha256)
    if kind == "parquet" and not hidden:
        return source
    columns = [column for column in edition.columns if column["name"] not in hidden]
    seen = "." + sha256("\n".join(column["name"] for column in columns).encode()).hexdigest()[:16] if hidden else ""
    target = source.with_name(f"{source.name}{seen}.{kind}")
    if not target.exists():
        with tempfile.TemporaryDirectory(dir=source.parent) as folder:
            fresh = Path(folder) / f"out.{kind}"
            labelled = [{"name": column["name"], "label": column["label"]} for column in columns]
            child.run(WRITERS[kind], source, fresh, labelled)
            fresh.replace(target)
    return target


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
