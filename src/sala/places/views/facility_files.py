"""Lists of facilities as files: taking the register along."""

from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase

from sala.access.request import Request
from sala.core import clock
from sala.core.errors import Invalid
from sala.places import exports
from sala.places.views.facilities import narrowed


def download(request: Request, kind: str) -> HttpResponseBase:
    """The narrowed register as CSV, Excel or GeoPackage."""
    if kind not in exports.WRITERS:
        raise Http404
    rows, form = narrowed(request)
    if not form.is_valid():
        raise Invalid(" ".join(str(text) for texts in form.errors.values() for text in texts))
    response = FileResponse(exports.write(rows, kind), content_type=exports.TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="facilities-{clock.today().isoformat()}.{kind}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
