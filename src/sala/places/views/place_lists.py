"""Lists of places as files: what tells the two kinds from other lists, the report of one, deciding on its rows."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from sala.access.request import Request
from sala.access.scope import can, visible
from sala.core.errors import Invalid
from sala.places import operations, policy
from sala.places.forms.place_lists import NEW, REFUSE, ChangeListForm, PlaceListForm, PlaceRowForm
from sala.places.models import Area, ListSays, PlaceList, PlaceListRow, RowState
from sala.places.place_changes import change_of
from sala.places.place_headings import change_label, change_roles, place_label, place_roles
from sala.places.reasons import areas_in, joined
from sala.places.views.list_files import PER_PAGE, ListKind, shown


def _told(data: Mapping[str, Any]) -> dict[str, str]:
    return {"level": data["level"].code, "system": data["system"]}


def _labels(told: Mapping[str, Any], guess: Mapping[str, str]) -> dict[str, str]:
    return {role: place_label(role) for role in dict.fromkeys([*place_roles(told["system"]), *guess])}


def _change_labels(told: Mapping[str, Any], guess: Mapping[str, str]) -> dict[str, str]:
    return {role: change_label(role) for role in dict.fromkeys([*change_roles(told["system"]), *guess])}


def counted(report: Mapping[str, Any]) -> str:
    words = _("%(new)d new, %(changed)d changed, %(unchanged)d unchanged, %(refused)d refused, %(waiting)d waiting.")
    return words % {name: report[name] for name in ("new", "changed", "unchanged", "refused", "waiting")}


def _changes_counted(report: Mapping[str, Any]) -> str:
    words = _("%(waiting)d waiting, %(unchanged)d so already, %(refused)d refused.")
    return words % {name: report[name] for name in ("waiting", "unchanged", "refused")}


_START = ("places:index", gettext_lazy("Places"))
PLACES = ListKind(
    verb=policy.ADD, rows=lambda: PlaceList.objects.filter(says=ListSays.PLACES).select_related("level"), form=PlaceListForm,
    look="place-look", take="places", told=_told, labels=_labels, label=place_label, counted=counted, start=_START,
    urls={"index": "places:lists", "upload": "places:list_upload", "columns": "places:list_columns"},
    title=gettext_lazy("Lists of new places"), send=gettext_lazy("Send a list of places"), has_review=True,
    lead=gettext_lazy("A list of villages from Excel enters those that the register does not know yet. The same list again changes nothing."),
)  # fmt: skip
CHANGES = ListKind(
    verb=policy.ADD, rows=lambda: PlaceList.objects.filter(says=ListSays.CHANGES).select_related("level"), form=ChangeListForm,
    look="place-change-look", take="place-changes", told=_told, labels=_change_labels, label=change_label, counted=_changes_counted,
    start=_START, urls={"index": "places:change_lists", "upload": "places:change_upload", "columns": "places:change_columns"},
    title=gettext_lazy("Lists of changes of places"), send=gettext_lazy("Send a list of changes"), has_review=True,
    lead=gettext_lazy("A list from Excel says which places are renamed, moved to another area, or end, from which day and on what decision. You make each change or refuse it."),
)  # fmt: skip
KINDS = {ListSays.PLACES: PLACES, ListSays.CHANGES: CHANGES}


# ---- what came of one --------------------------------------------------------------------------------------------


def _batch(request: Request, pk: int) -> PlaceList:
    return get_object_or_404(visible(request.actor, PlaceList).select_related("level"), pk=pk)


def review(request: Request, pk: int) -> HttpResponse:
    """What became of a list: the rows that wait for a person first, each with what it may be; then the report."""
    batch = _batch(request, pk)
    rows = batch.rows.filter(state=RowState.PROPOSED).select_related("parent__parent", "area__level", "area__parent")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    ids = {one["area"] for row in page for one in row.candidates} | {pk for row in page for pk in areas_in(row.reasons)}
    areas = {area.pk: area for area in Area.objects.filter(pk__in=ids).select_related("parent")}
    names = {pk: area.name for pk, area in areas.items()}
    kind = KINDS[ListSays(batch.says)]
    report = shown(kind, batch.report)
    del report["waiting"]
    context = {
        "batch": batch,
        "kind": kind,
        "page": page,
        "rows": [
            _change(request, row) if batch.says == ListSays.CHANGES else _row(request, row, areas, names)
            for row in page
        ],
        "decided": batch.rows.exclude(state=RowState.PROPOSED).select_related("area"),
        "report": report,
    }
    return render(request, f"places/list_of_{batch.says}.html", context)


def _change(request: Request, row: PlaceListRow) -> dict[str, Any]:
    change = change_of(row)
    return {
        "row": row,
        "change": change,
        "may_decide": all(can(request.actor, policy.CHANGE, area) for area in change.touched),
    }


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


@require_POST
def make(request: Request, pk: int) -> HttpResponse:
    """The ticked rows of a list of changes, all or none of them."""
    batch = _batch(request, pk)
    ticked = [int(text) for text in request.POST.getlist("row") if text.isascii() and text.isdigit()]
    rows = list(_rows(batch).filter(number__in=ticked))
    if not rows:
        raise Invalid(_("Tick the rows whose changes are to be made."))
    operations.make_changes(request.actor, rows)
    words = ngettext("%(count)d change was made.", "%(count)d changes were made.", len(rows))
    messages.success(request, words % {"count": len(rows)})
    return redirect(batch)


@require_POST
def refuse(request: Request, pk: int, number: int) -> HttpResponse:
    """One row of a list of changes; the same words in a later list are refused too."""
    batch = _batch(request, pk)
    row = get_object_or_404(_rows(batch), number=number)
    operations.refuse_place(request.actor, row, request.POST.get("reason", "")[:300])
    messages.success(request, _("Row %(row)s was refused.") % {"row": number})
    return redirect(batch)


def _rows(batch: PlaceList) -> Any:
    return PlaceListRow.objects.filter(batch=batch).select_related(
        "batch__level", "parent__level", "area__level", "area__parent"
    )
