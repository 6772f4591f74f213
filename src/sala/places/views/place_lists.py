"""Lists of places as files: sending one, saying which column is what, its report, deciding on the rows in doubt."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sala.access.request import Request
from sala.access.scope import can, visible
from sala.core import clock, errands
from sala.core.errors import Invalid
from sala.core.models import Errand
from sala.places import operations, policy
from sala.places.errands import columns_of
from sala.places.forms.facilities import ListColumnsForm
from sala.places.forms.place_lists import NEW, REFUSE, PlaceListForm, PlaceRowForm
from sala.places.models import Area, PlaceList, PlaceListRow, RowState
from sala.places.place_headings import place_label, place_roles
from sala.places.reasons import areas_in, joined
from sala.places.views.changes import done
from sala.places.views.facilities import need_anywhere
from sala.places.views.facility_files import own_errand

PER_PAGE = 50


def lists(request: Request) -> HttpResponse:
    """Lists that were taken in, the newest first."""
    need_anywhere(request.actor, policy.ADD)
    page = Paginator(visible(request.actor, PlaceList).select_related("level"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "places/place_lists.html", {"page": page})


def upload(request: Request) -> HttpResponse:
    """First step: the file and what is known of it. A look at it guesses its columns."""
    need_anywhere(request.actor, policy.ADD)
    form = PlaceListForm(request.POST or None, request.FILES or None, initial={"as_of": clock.today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        told = {"name": data["file"].name, "level": data["level"].code, "system": data["system"],
                "as_of": data["as_of"].isoformat(), "source": data["source"], "sheet": ""}  # fmt: skip
        asked: list[Errand] = []
        path = Path(data["file"].temporary_file_path())
        if done(form, lambda: asked.append(_look(request, told, file=path, sha256=""))):
            return redirect(asked[0])
    return render(request, "places/place_list_upload.html", {"form": form})


def _look(request: Request, told: dict[str, Any], **file: Any) -> Errand:
    return errands.ask(request.actor, "place-look", title=told["name"], told=told, **file)


def columns(request: Request, token: str) -> HttpResponse:
    """Second step: which column is what. "Check" shows what would happen; sending it takes the list in."""
    need_anywhere(request.actor, policy.ADD)
    looked = own_errand(request, token, "place-look")
    told, found = looked.asked["told"], looked.found
    if request.GET.get("sheet") in found["sheets"] and request.GET["sheet"] != found["sheet"]:
        again = {**told, "sheet": request.GET["sheet"]}
        return redirect(_look(request, again, sha256=looked.sha256, size=looked.bytes))
    checked = own_errand(request, request.GET["checked"], "places") if request.GET.get("checked") else None
    labels = {role: place_label(role) for role in dict.fromkeys([*place_roles(told["system"]), *found["guess"]])}
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
    return render(request, "places/place_list_columns.html", context)


def _take_over(request: Request, looked: Errand, chosen: dict[str, str]) -> Errand:
    check = "check" in request.POST
    errand = errands.ask(
        request.actor, "places", title=looked.asked["told"]["name"], size=looked.bytes, sha256=looked.sha256,
        looked=str(looked.pk), told={**looked.asked["told"], "sheet": looked.found["sheet"]}, chosen=chosen, check=check,
    )  # fmt: skip
    if not check and not errand.is_open:
        messages.success(request, counted(errand.found["report"]))
    return errand


def counted(report: dict[str, Any]) -> str:
    words = _("%(new)d new, %(changed)d changed, %(unchanged)d unchanged, %(refused)d refused, %(waiting)d waiting.")
    return words % {name: report[name] for name in ("new", "changed", "unchanged", "refused", "waiting")}


def _shown(report: dict[str, Any]) -> dict[str, Any]:
    """A report in the reader's language: rows in doubt, refused ones, those with a remark, those that changed something."""
    lines = report["lines"]
    ids = {pk for line in lines for pk in areas_in(line["reasons"])}
    names = dict(Area.objects.filter(pk__in=ids).values_list("pk", "name"))
    told = [
        {**line, "why": joined(line["reasons"], names), "what": [place_label(name) for name in line["fields"]]}
        for line in lines
    ]
    return {
        "counts": counted(report),
        "waiting": [line for line in told if line["state"] == "waiting"],
        "refused": [line for line in told if line["state"] == "refused"],
        "remarks": [line for line in told if line["state"] not in ("refused", "waiting") and line["why"]],
        "changed": [line for line in told if line["state"] == "changed"],
        "columns": [(place_label(role), heading) for role, heading in report["columns"].items()],
    }


# ---- what came of one --------------------------------------------------------------------------------------------


def _batch(request: Request, pk: int) -> PlaceList:
    return get_object_or_404(visible(request.actor, PlaceList).select_related("level"), pk=pk)


def review(request: Request, pk: int) -> HttpResponse:
    """What became of a list: the rows that wait for a person first, each with what it may be; then the report."""
    batch = _batch(request, pk)
    rows = batch.rows.filter(state=RowState.PROPOSED).select_related("parent__parent")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    ids = {one["area"] for row in page for one in row.candidates} | {pk for row in page for pk in areas_in(row.reasons)}
    areas = {area.pk: area for area in Area.objects.filter(pk__in=ids).select_related("parent")}
    names = {pk: area.name for pk, area in areas.items()}
    report = _shown(batch.report)
    del report["waiting"]
    context = {
        "batch": batch,
        "page": page,
        "rows": [_row(request, row, areas, names) for row in page],
        "decided": batch.rows.exclude(state=RowState.PROPOSED).select_related("area"),
        "report": report,
    }
    return render(request, "places/place_list.html", context)


def _row(request: Request, row: PlaceListRow, areas: dict[int, Area], names: dict[int, Any]) -> dict[str, Any]:
    codes = [row.said["code"], *row.said["codes"].values()]
    return {
        "row": row,
        "codes": [code for code in codes if code],
        "why": joined(row.reasons, names),
        "candidates": [
            (areas[one["area"]], joined(one["reasons"], names)) for one in row.candidates if one["area"] in areas
        ],
        "may_be_new": all(reason["code"] != "code-other-name" for reason in row.reasons),
        "may_decide": can(request.actor, policy.ADD, row.parent),
    }


@require_POST
def decide(request: Request, pk: int, number: int) -> HttpResponse:
    """One row: the place that it is, a new one, or refused."""
    batch = _batch(request, pk)
    row = get_object_or_404(
        PlaceListRow.objects.select_related("batch__level", "parent__level"), batch=batch, number=number
    )
    form = PlaceRowForm(request.POST, areas=Area.objects.filter(level=batch.level, parent=row.parent))
    if not form.is_valid():
        raise Invalid(_("Say which place it is, that it is a new one, or refuse the row."))
    choice = form.cleaned_data["choice"]
    if choice == REFUSE:
        operations.refuse_place(request.actor, row, form.cleaned_data["reason"])
        messages.success(request, _("Row %(row)s was refused.") % {"row": number})
    elif choice == NEW:
        made = operations.place_is_new(request.actor, row)
        messages.success(request, _("Row %(row)s was entered as %(area)s.") % {"row": number, "area": made})
    else:
        operations.place_is_known(request.actor, row, choice)
        messages.success(request, _("Row %(row)s is %(area)s.") % {"row": number, "area": choice})
    return redirect(batch)
