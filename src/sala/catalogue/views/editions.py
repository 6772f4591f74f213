"""An edition: sending it, settling how it is read, looking at it, taking it through its states."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.catalogue import operations, policy
from sala.catalogue.forms.datasets import EditionForm, PublishForm, ReasonForm, SettleForm
from sala.catalogue.layers import shapes_of
from sala.catalogue.models import Edition
from sala.catalogue.queries import compared
from sala.catalogue.queries.columns import hidden_columns
from sala.catalogue.views.finding import edition_of, part_of
from sala.catalogue.views.tables import counted, read_table
from sala.core import errands
from sala.core.errors import Conflict, Invalid
from sala.core.files import child, store
from sala.core.language import current
from sala.places.maps import layer_map
from sala.places.models import Area

MOST_HEAD = 1000  # rows above the headings

# step → (verb, heading, form)
STEPS = {
    "submit": (policy.SUBMIT, gettext_lazy("Send to the reviewer"), None),
    "return": (policy.REVIEW, gettext_lazy("Send back"), ReasonForm),
    "publish": (policy.PUBLISH, gettext_lazy("Publish"), PublishForm),
    "withdraw": (policy.WITHDRAW, gettext_lazy("Withdraw"), ReasonForm),
}


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
    form = SettleForm(
        request.POST or None, profile=edition.profile, remembered=remembered,
        recipe=operations.remembered(edition.distribution),
    )  # fmt: skip
    if form.is_valid():
        level = form.cleaned_data.get("level")
        return redirect(errands.ask(
            request.actor, "settle", title=edition.file_name, size=edition.bytes, edition=edition.pk, recipe=form.recipe(),
            roles=form.roles(), level=level.code if level else "",
        ))  # fmt: skip
    return render(request, "catalogue/settle.html", {"form": form, "edition": edition, "profile": edition.profile})


def _look_again(edition: Edition, request: Request) -> dict:
    """The file as it is read with another sheet or row of headings. The row of one sheet says nothing of another."""
    options: dict[str, Any] = {}
    sheet, header_row = request.GET.get("sheet", ""), counted(request.GET.get("header_row", ""))
    if sheet:
        options["sheet"] = sheet
    is_of_other_sheet = sheet not in ("", edition.profile.get("sheet")) and header_row == edition.profile.get(
        "header_row"
    )
    if header_row and not is_of_other_sheet:
        options["header_row"] = min(header_row, MOST_HEAD)
    earlier = operations.remembered(edition.distribution)
    options["recipe"] = {key: value for key, value in earlier.items() if key not in ("sheet", "header_row")}
    return child.run(
        "sala.core.files.table:profile", store.path_of(edition.sha256), edition.file_name, "/nonexistent", **options
    )


def edition(request: Request, slug: str, part: str, number: int) -> HttpResponse:
    """The table itself, a page at a time; ?row= starts at that row of the file and marks it."""
    found = edition_of(request, slug, part, number)
    area = Area.objects.filter(code=request.GET["place"]).first() if request.GET.get("place") else None
    may = {verb.split(".")[1]: can(request.actor, verb, found.dataset) for verb in
           (policy.SUBMIT, policy.REVIEW, policy.PUBLISH, policy.WITHDRAW)}  # fmt: skip
    hidden = hidden_columns(request.actor, found.distribution)
    context = {
        "edition": found, "area": area, "may": may, "hidden": hidden, "withheld": {found.distribution_id} if hidden else set(),
        "results": [result for result in found.results.select_related("rule") if result.rule.column not in hidden],
        "faults": [] if hidden else found.faults, "placed": None if found.area_column in hidden else found.placed,
        "map": layer_map(shapes_of(found), found.dataset.place, current()) if found.is_layer and found.is_table else "",
        "previous": visible(request.actor, Edition).filter(distribution=found.distribution, number__lt=number).first(),
        **(read_table(request, found, area) if found.is_table else {}),
    }  # fmt: skip
    return render(request, "catalogue/edition.html", context)


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
    keys, difference = compared(request.actor, new, old)
    return render(request, "catalogue/compare.html", {"new": new, "old": old, "keys": keys, "difference": difference})
