"""Lists of facilities as files: taking the register along; what tells them from other lists, and the report of one."""

from collections.abc import Mapping
from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sala.access.request import Request
from sala.access.scope import visible
from sala.core import clock
from sala.core.errors import Invalid
from sala.places import exports, lists, policy
from sala.places.forms.facilities import ListForm
from sala.places.headings import label_of
from sala.places.models import FacilityImport
from sala.places.views.facilities import narrowed
from sala.places.views.list_files import ListKind, shown


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


# ---- lists that come in ------------------------------------------------------------------------------------------


def _told(data: Mapping[str, Any]) -> dict[str, str]:
    return {"kind": data["kind"].code if data["kind"] else "", "system": data["system"]}


def _labels(told: Mapping[str, Any], _guess: Mapping[str, str]) -> dict[str, str]:
    return {role: label_of(role) for role in lists.roles(told["system"])}


def counted(report: Mapping[str, Any]) -> str:
    words = _("%(new)d new, %(changed)d changed, %(unchanged)d unchanged, %(refused)d refused.")
    return words % {name: report[name] for name in ("new", "changed", "unchanged", "refused")}


FACILITIES = ListKind(
    verb=policy.FACILITY_IMPORT, rows=FacilityImport.objects.all, form=ListForm, look="facility-look", take="facilities",
    told=_told, labels=_labels, label=label_of, counted=counted, start=("facilities:index", gettext_lazy("Facilities")),
    urls={"index": "facilities:imports", "upload": "facilities:upload", "columns": "facilities:columns"},
    title=gettext_lazy("Lists of facilities"), send=gettext_lazy("Send a list of facilities"),
    lead=gettext_lazy("A list from Excel enters what is new and changes what it knows better. The same list again changes nothing."),
)  # fmt: skip


def report(request: Request, pk: int) -> HttpResponse:
    """What became of a list: how many rows were new, and why others were refused."""
    batch = get_object_or_404(visible(request.actor, FacilityImport), pk=pk)
    return render(
        request,
        "places/facility_import.html",
        {"batch": batch, "kind": FACILITIES, "report": shown(FACILITIES, batch.report)},
    )
