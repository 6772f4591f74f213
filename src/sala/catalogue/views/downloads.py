"""Taking data along: the original file, or the normalised table in other formats. Every download is counted."""

import tempfile
from pathlib import Path

from django.http import FileResponse, Http404
from django.utils.text import slugify

from sala.access.request import Request
from sala.catalogue.models import Edition
from sala.catalogue.operations import count_use
from sala.catalogue.views.editions import edition_of
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
    "geojson": "sala.core.files.layer_export:write_geojson",
    "gpkg": "sala.core.files.layer_export:write_gpkg",
}


def download(request: Request, slug: str, part: str, number: int, kind: str) -> FileResponse:
    edition = edition_of(request, slug, part, number)
    name = f"{slug}-{slugify(edition.period) or number}"
    if kind == "original":
        suffix = Path(edition.file_name).suffix
        response = FileResponse(store.path_of(edition.sha256).open("rb"), content_type=edition.media_type)
        name += suffix
    elif kind == "tif" and edition.raster:
        response = FileResponse(store.path_of(edition.raster["sha256"]).open("rb"), content_type=TYPES[kind])
        name += ".tif"
    elif kind in formats_of(edition):
        response = FileResponse(written(edition, kind).open("rb"), content_type=TYPES[kind])
        name += f".{kind}"
    else:
        raise Http404
    count_use(request.actor, edition.dataset, "download")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
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


def written(edition: Edition, kind: str) -> Path:
    """The edition in another format, written once and kept beside the store by hash."""
    source = store.path_of(edition.table_sha256)
    if kind == "parquet":
        return source
    target = source.with_name(f"{source.name}.{kind}")
    if not target.exists():
        columns = [{"name": column["name"], "label": column["label"]} for column in edition.columns]
        with tempfile.TemporaryDirectory(dir=source.parent) as folder:
            fresh = Path(folder) / f"out.{kind}"
            child.run(WRITERS[kind], source, fresh, columns)
            fresh.replace(target)
    return target
