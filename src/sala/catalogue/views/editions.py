"""An edition: sending it, settling how it is read, looking at it, taking it through its states."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.catalogue import operations, policy, tables
from sala.catalogue.forms.datasets import EditionForm, PublishForm, ReasonForm, SettleForm
from sala.catalogue.layers import shapes_of
from sala.catalogue.models import Dataset, Distribution, Edition
from sala.catalogue.queries import compared, find_edition
from sala.core import errands
from sala.core.errors import Conflict, Invalid
from sala.core.files import child, store
from sala.core.language import current
from sala.places.maps import layer_map
from sala.places.models import Area

PER_PAGE = 50
LONGEST_COUNT = 12  # digits
MOST_HEAD = 1000  # rows above the headings

# step → (verb, heading, form)
STEPS = {
    "submit": (policy.SUBMIT, gettext_lazy("Send to the reviewer"), None),
    "return": (policy.REVIEW, gettext_lazy("Send back"), ReasonForm),
    "publish": (policy.PUBLISH, gettext_lazy("Publish"), PublishForm),
    "withdraw": (policy.WITHDRAW, gettext_lazy("Withdraw"), ReasonForm),
}


def part_of(request: Request, slug: str, part: str) -> Distribution:
    dataset = get_object_or_404(visible(request.actor, Dataset), slug=slug)
    return get_object_or_404(Distribution.objects.select_related("dataset"), dataset=dataset, code=part)


def edition_of(request: Request, slug: str, part: str, number: int) -> Edition:
    return find_edition(request.actor, slug, part, number)


def send(request: Request, slug: str, part: str) -> HttpResponse:
    distribution = part_of(request, slug, part)
    require(request.actor, policy.SUBMIT, distribution.dataset)
    form = EditionForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        upload, told = form.cleaned_data["file"], {name: form.cleaned_data[name] for name in ("period", "reason")}
        try:
            errand = errands.ask(
                request.actor, "edition", title=upload.name, file=Path(upload.temporary_file_path()),
                distribution=distribution.pk, name=upload.name, **told,
            )  # fmt: skip
        except (Invalid, Conflict) as error:
            for name, texts in (error.fields or {"file": [str(error)]}).items():
                form.add_error(name if name in form.fields else None, list(map(str, texts)))
        else:
            return redirect(errand)
    return render(request, "catalogue/send.html", {"form": form, "distribution": distribution})


def settle(request: Request, slug: str, part: str, number: int) -> HttpResponse:
    """Shows the guess on the real grid; confirming it reads the whole file."""
    edition = edition_of(request, slug, part, number)
    require(request.actor, policy.SUBMIT, edition.dataset)
    if "header_row" in request.GET or "sheet" in request.GET:
        edition.profile = _look_again(edition, request)
    remembered = {column.name: column for column in edition.distribution.dictionary.all()}
    form = SettleForm(request.POST or None, profile=edition.profile, remembered=remembered)
    if form.is_valid():
        level = form.cleaned_data.get("level")
        return redirect(errands.ask(
            request.actor, "settle", title=edition.file_name, size=edition.bytes, edition=edition.pk, recipe=form.recipe(),
            roles=form.roles(), level=level.code if level else "",
        ))  # fmt: skip
    return render(request, "catalogue/settle.html", {"form": form, "edition": edition, "profile": edition.profile})


def _look_again(edition: Edition, request: Request) -> dict:
    options: dict[str, Any] = {}
    if header_row := _counted(request.GET.get("header_row", "")):
        options["header_row"] = min(header_row, MOST_HEAD)
    if request.GET.get("sheet"):
        options["sheet"] = request.GET["sheet"]
    return child.run(
        "sala.core.files.table:profile", store.path_of(edition.sha256), edition.file_name, "/nonexistent", **options
    )


def edition(request: Request, slug: str, part: str, number: int) -> HttpResponse:
    """The table itself, a page at a time; ?row= starts at that row of the file and marks it."""
    found = edition_of(request, slug, part, number)
    marked = _counted(request.GET.get("row", ""))
    offset = (max(1, _counted(request.GET.get("page", "")) or 1) - 1) * PER_PAGE
    area = Area.objects.filter(code=request.GET["place"]).first() if request.GET.get("place") else None
    places = keys_of(found, area) if area and found.area_column else None
    table = None
    if found.is_table:
        table = tables.page(found, offset=offset, limit=PER_PAGE, places=places, around=marked)
    dictionary = {column.name: column for column in found.distribution.dictionary.all()}
    may = {verb.split(".")[1]: can(request.actor, verb, found.dataset) for verb in
           (policy.SUBMIT, policy.REVIEW, policy.PUBLISH, policy.WITHDRAW)}  # fmt: skip
    context = {
        "edition": found, "table": table, "dictionary": dictionary, "marked": marked, "area": area,
        "marked_column": request.GET.get("column", ""), "may": may, "results": found.results.select_related("rule"),
        "map": layer_map(shapes_of(found), found.dataset.place, current()) if found.is_layer and found.is_table else "",
        "next_page": offset // PER_PAGE + 2 if table and offset + PER_PAGE < table.total and marked is None else None,
        "previous": visible(request.actor, Edition).filter(distribution=found.distribution, number__lt=number).first(),
    }  # fmt: skip
    return render(request, "catalogue/edition.html", context)


def _counted(text: str) -> int | None:
    """A row or page as it stands in an address; None for what no table has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_COUNT else None


def keys_of(found: Edition, area: Area) -> list[str]:
    """The places of the table that mean this area or one within it."""
    inside = set(Area.objects.filter(path__startswith=area.path).values_list("pk", flat=True))
    return [key for key, ids in found.area_map.items() if inside.intersection(ids)]


def step(request: Request, slug: str, part: str, number: int, step: str) -> HttpResponse:
    """One step of the life of an edition, with a page that asks first."""
    if step not in STEPS:
        raise Http404
    found = edition_of(request, slug, part, number)
    verb, heading, form_class = STEPS[step]
    require(request.actor, verb, found.dataset)
    form = form_class(request.POST or None) if form_class else None
    if request.method == "POST" and (form is None or form.is_valid()):
        data = form.cleaned_data if form else {}
        if step == "publish":
            moment = data["not_before"].isoformat() if data["not_before"] else ""
            return redirect(errands.ask(
                request.actor, "publish", title=str(found), size=found.bytes, edition=found.pk, not_before=moment
            ))  # fmt: skip
        change: Any = {"submit": operations.submit_edition, "return": operations.return_edition,
                       "withdraw": operations.withdraw_edition}[step]  # fmt: skip
        change(request.actor, found, **data)
        messages.success(request, _("Done."))
        return redirect(found)
    return render(request, "catalogue/step.html", {"edition": found, "heading": heading, "form": form, "step": step})


def compare(request: Request, slug: str, part: str, number: int, other: int) -> HttpResponse:
    """What changed between two editions, by the key columns of the dictionary."""
    new, old = edition_of(request, slug, part, number), edition_of(request, slug, part, other)
    keys, difference = compared(new, old)
    return render(request, "catalogue/compare.html", {"new": new, "old": old, "keys": keys, "difference": difference})
