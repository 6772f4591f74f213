"""Tiles and archives over HTTP. Who sees them is asked at each request; what may be kept, and for how long, is said."""

import gzip
from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sala.access.request import Request
from sala.access.scope import is_open, once_visible, visible
from sala.catalogue.models import Edition
from sala.catalogue.queries import find_edition
from sala.catalogue.queries.columns import closed_columns
from sala.core.errors import Gone, Missing
from sala.core.files import store
from sala.core.middleware import same_for_everybody
from sala.core.sending import file_or_part
from sala.maps.collections import newest_raster
from sala.maps.models import ArchiveState, Layer, TileArchive
from sala.maps.queries import collection_of, find_layer
from sala.maps.queries.for_tiles import drawn_for, stored_for_all
from sala.maps.queries.layers import label_of
from sala.maps.tiles import grid, live, pictures
from sala.maps.tiles.building import path_of
from sala.maps.tiles.reading import archive as opened
from sala.maps.tiles.reading import plain

TYPE = "application/vnd.mapbox-vector-tile"
ARCHIVE = "application/vnd.pmtiles"
HOUR = 3600
PACKED_FROM = 200  # bytes; smaller answers are sent as they are


@require_safe
def tile(request: Request, code: str, z: int, x: int, y: int) -> HttpResponseBase:
    """A tile of the newest edition that the reader sees, or of ?edition=; from its archive where there is one."""
    grid.check(z, x, y)
    stored = None if request.GET.get("edition") else stored_for_all(code)
    if stored is not None and z <= stored.max_zoom:
        etag = f'"{stored.digest}-{z}-{x}-{y}"'
        if request.headers.get("If-None-Match") == etag:
            return same_for_everybody(_described(HttpResponse(status=304), etag, is_public=True))
        found = opened(path_of(stored.digest)).tile(z, x, y) or b""
        return same_for_everybody(_described(_sent(request, found, packed=bool(found)), etag, is_public=True))
    return _live(request, code, z, x, y)


def _live(request: Request, code: str, z: int, x: int, y: int) -> HttpResponseBase:
    wanted = request.GET.get("edition", "")
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 9 else None
    drawn = drawn_for(request.actor, code, number)
    if drawn is None:
        layer = find_layer(request.actor, code)
        found = collection_of(request.actor, layer) if layer.is_live else None
        if found is None:
            raise _nothing_drawn(request, layer, number)
        drawn = found, bool(label_of(layer, found))
    collection, labelled = drawn
    mark = f'"{collection.version}-{z}-{x}-{y}"' if collection.version else ""
    if mark and request.headers.get("If-None-Match") == mark:
        return _described(HttpResponse(status=304), mark, is_public=False)
    content = live.tile(collection, code, z, x, y, labelled=labelled)
    mark = mark or f'"{sha256(content).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == mark:
        return _described(HttpResponse(status=304), mark, is_public=False)
    return _described(_sent(request, content), mark, is_public=False)


def _nothing_drawn(request: Request, layer: Layer, number: int | None) -> Missing:
    """What to raise where there is nothing to draw; Gone is raised for an edition that was withdrawn."""
    if layer.distribution is not None and number is not None:
        find_edition(request.actor, layer.distribution.dataset.slug, layer.distribution.code, number)
    return Missing(_("This layer has no edition that is open to you."))


@require_safe
def picture_tile(request: Request, code: str, z: int, x: int, y: int) -> HttpResponseBase:
    """A tile of a raster, of the newest edition that the reader sees or of ?edition=."""
    grid.check(z, x, y)
    layer = find_layer(request.actor, code)
    wanted = request.GET.get("edition", "")
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 9 else None
    edition = newest_raster(request.actor, layer.distribution_id, number) if layer.distribution_id else None
    if edition is None or edition.raster is None:
        raise _nothing_drawn(request, layer, number)
    mark = f'"{edition.raster["sha256"][:32]}-{pictures.RECIPE}-{z}-{x}-{y}"'
    everybody = is_open(edition)
    if request.headers.get("If-None-Match") == mark:
        return _described(HttpResponse(status=304), mark, is_public=everybody)
    content = pictures.tile(store.path_of(edition.raster["sha256"]), edition.raster, z, x, y)
    return _described(HttpResponse(content, content_type="image/png"), mark, is_public=everybody)


def _sent(request: HttpRequest, content: bytes, packed: bool = False) -> HttpResponse:
    """The bytes as this reader takes them: packed with gzip or not."""
    takes = "gzip" in request.headers.get("Accept-Encoding", "")
    if packed and not takes:
        content, packed = plain(content), False
    elif not packed and takes and len(content) > PACKED_FROM:
        content, packed = gzip.compress(content, compresslevel=1), True
    response = HttpResponse(content, content_type=TYPE)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _described(response: HttpResponseBase, etag: str, is_public: bool) -> HttpResponseBase:
    response.headers["ETag"] = etag
    kept = f"public, max-age={HOUR}" if is_public else "private, no-cache"
    response.headers["Cache-Control"] = kept
    patch_vary_headers(response, ("Accept-Encoding",))
    return response


@require_safe
def archive(request: Request, code: str, digest: str) -> HttpResponseBase:
    """A whole archive, or the bytes of it that are asked for. One of a withdrawn edition answers 410."""
    row = (
        TileArchive.objects.select_related("edition__distribution__dataset")
        .filter(layer__code=code, digest=digest)
        .first()
    )
    path = path_of(digest)
    closed = closed_columns(row.edition.distribution) if row else frozenset()
    if row is None or row.state != ArchiveState.READY or not path.is_file() or closed.intersection(row.columns):
        raise Missing(_("Check the address, or search for what you need."))
    if not visible(request.actor, Edition).filter(pk=row.edition_id, is_published=True).exists():
        if row.edition.state == "withdrawn" and once_visible(request.actor, Edition).filter(pk=row.edition_id).exists():
            raise Gone(
                _("“%(title)s” was withdrawn: %(reason)s") % {"title": row.edition, "reason": row.edition.reason or "–"}
            )
        raise Missing(_("Check the address, or search for what you need."))
    everybody = is_open(row.edition)
    answer = _described(file_or_part(request, path, ARCHIVE, digest), f'"{digest}"', is_public=everybody)
    return same_for_everybody(answer) if everybody else answer
