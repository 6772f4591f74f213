"""Lists of facilities as files: taking the register along, sending a list, saying which column is what, its report."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.access.scope import visible
from sala.core import clock, errands
from sala.core.errors import Invalid, Missing
from sala.core.models import Errand, ErrandState
from sala.places import exports, lists, policy
from sala.places.errands import columns_of
from sala.places.forms.facilities import ListColumnsForm, ListForm
from sala.places.headings import label_of
from sala.places.models import Area, FacilityImport
from sala.places.reasons import areas_in, joined
from sala.places.views.changes import done
from sala.places.views.facilities import narrowed, need_anywhere

PER_PAGE = 50


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


def imports(request: Request) -> HttpResponse:
    """Lists that were taken in, the newest first."""
    need_anywhere(request.actor, policy.FACILITY_IMPORT)
    page = Paginator(visible(request.actor, FacilityImport), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "places/facility_imports.html", {"page": page})


def upload(request: Request) -> HttpResponse:
    """First step: the file and what is known of it. A look at it guesses its columns."""
    need_anywhere(request.actor, policy.FACILITY_IMPORT)
    form = ListForm(request.POST or None, request.FILES or None, initial={"as_of": clock.today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        told = {"name": data["file"].name, "kind": data["kind"].code if data["kind"] else "", "system": data["system"],
                "as_of": data["as_of"].isoformat(), "source": data["source"], "sheet": ""}  # fmt: skip
        asked: list[Errand] = []
        path = Path(data["file"].temporary_file_path())
        if done(form, lambda: asked.append(_look(request, told, file=path, sha256=""))):
            return redirect(asked[0])
    return render(request, "places/facility_upload.html", {"form": form})


def _look(request: Request, told: dict[str, Any], **file: Any) -> Errand:
    return errands.ask(request.actor, "facility-look", title=told["name"], told=told, **file)


def columns(request: Request, token: str) -> HttpResponse:
    """Second step: which column is what. "Check" shows what would happen; sending it takes the list over."""
    need_anywhere(request.actor, policy.FACILITY_IMPORT)
    looked = own_errand(request, token, "facility-look")
    told, found = looked.asked["told"], looked.found
    if request.GET.get("sheet") in found["sheets"] and request.GET["sheet"] != found["sheet"]:
        again = {**told, "sheet": request.GET["sheet"]}
        return redirect(_look(request, again, sha256=looked.sha256, size=looked.bytes))
    checked = own_errand(request, request.GET["checked"], "facilities") if request.GET.get("checked") else None
    labels = {role: label_of(role) for role in lists.roles(told["system"])}
    initial = checked.asked["chosen"] if checked else found["guess"]
    form = ListColumnsForm(request.POST or None, initial=initial, columns=columns_of(looked), labels=labels)
    if form.is_valid():
        asked: list[Errand] = []
        if done(form, lambda: asked.append(_take_over(request, looked, form.cleaned_data))):
            return redirect(asked[0])
    context = {
        "form": form,
        "told": told,
        "found": found,
        "headings": columns_of(looked).values(),
        "report": _shown(checked.found["report"]) if checked else None,
    }
    return render(request, "places/facility_columns.html", context)


def own_errand(request: Request, token: str, kind: str) -> Errand:
    """What was asked before, for whoever asked it."""
    rows = Errand.objects.filter(kind=kind, state=ErrandState.DONE, asker__person=request.actor.person_id)
    found = rows.filter(pk=token).first() if _is_uuid(token) else None
    if found is None:
        raise Missing(_("This file is not known any more. Send it again."))
    return found


def _is_uuid(token: str) -> bool:
    try:
        return bool(UUID(token))
    except ValueError:
        return False


def _take_over(request: Request, looked: Errand, chosen: dict[str, str]) -> Errand:
    check = "check" in request.POST
    errand = errands.ask(
        request.actor, "facilities", title=looked.asked["told"]["name"], size=looked.bytes, sha256=looked.sha256,
        looked=str(looked.pk), told={**looked.asked["told"], "sheet": looked.found["sheet"]}, chosen=chosen, check=check,
    )  # fmt: skip
    if not check and not errand.is_open:
        messages.success(request, counted(errand.found["report"]))
    return errand


def counted(report: dict[str, Any]) -> str:
    words = _("%(new)d new, %(changed)d changed, %(unchanged)d unchanged, %(refused)d refused.")
    return words % {name: report[name] for name in ("new", "changed", "unchanged", "refused")}


def report(request: Request, pk: int) -> HttpResponse:
    """What became of a list: how many rows were new, and why others were refused."""
    batch = get_object_or_404(visible(request.actor, FacilityImport), pk=pk)
    return render(request, "places/facility_import.html", {"batch": batch, "report": _shown(batch.report)})


def _shown(report: dict[str, Any]) -> dict[str, Any]:
    """A report in the reader's language: the refused rows, those with a remark, those that changed something."""
    lines = report["lines"]
    ids = {pk for line in lines for pk in areas_in(line["reasons"])}
    names = dict(Area.objects.filter(pk__in=ids).values_list("pk", "name"))
    told = [
        {**line, "why": joined(line["reasons"], names), "what": [label_of(name) for name in line["fields"]]}
        for line in lines
    ]
    return {
        "counts": counted(report),
        "refused": [line for line in told if line["state"] == "refused"],
        "remarks": [line for line in told if line["state"] != "refused" and line["why"]],
        "changed": [line for line in told if line["state"] == "changed"],
        "columns": [(label_of(role), heading) for role, heading in report["columns"].items()],
    }
