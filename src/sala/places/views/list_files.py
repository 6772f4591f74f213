"""Lists as files, whatever they list: those that were taken in, sending one, saying which column is what.

What tells one kind of list from another is its ListKind, which the address gives.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sala.access.form_page import need_anywhere
from sala.access.request import Request
from sala.access.scope import visible
from sala.core import clock, errands
from sala.core.errors import Missing
from sala.core.models import Errand, ErrandState
from sala.places.errands import columns_of
from sala.places.forms.facilities import ListColumnsForm
from sala.places.models import Area
from sala.places.reasons import areas_in, joined
from sala.places.views.changes import done

PER_PAGE = 50


@dataclass(frozen=True)
class ListKind:
    """One kind of list.

    rows     those that were taken in, with what the page of them tells     look, take  names of the errands
    told     what is said of a list besides its name, day and source, as plain texts
    labels   what a column can be, role → heading, for what was told and what was guessed
    label    heading of a role          counted   how many rows came to what, in words
    start    name of the address above, and its words
    urls     names of the addresses: index, upload, columns
    """

    verb: str
    rows: Callable[[], models.QuerySet[Any]]
    form: Callable[..., forms.Form]
    look: str
    take: str
    told: Callable[[Mapping[str, Any]], dict[str, str]]
    labels: Callable[[Mapping[str, Any], Mapping[str, str]], dict[str, str]]
    label: Callable[[str], str]
    counted: Callable[[Mapping[str, Any]], str]
    start: tuple[str, Any]
    urls: Mapping[str, str]
    title: Any
    send: Any
    lead: Any
    has_review: bool = False


def lists(request: Request, kind: ListKind) -> HttpResponse:
    """Lists that were taken in, the newest first."""
    need_anywhere(request.actor, kind.verb)
    rows = kind.rows()
    seen = rows.filter(pk__in=visible(request.actor, rows.model).values("pk"))
    page = Paginator(seen, PER_PAGE).get_page(request.GET.get("page"))
    told = [(batch, kind.counted(batch.report)) for batch in page]
    return render(request, "places/lists.html", {"page": page, "rows": told, "kind": kind})


def upload(request: Request, kind: ListKind) -> HttpResponse:
    """First step: the file and what is known of it. A look at it guesses its columns."""
    need_anywhere(request.actor, kind.verb)
    form = kind.form(request.POST or None, request.FILES or None, initial={"as_of": clock.today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        told = {"name": data["file"].name, "as_of": data["as_of"].isoformat(), "source": data["source"], "sheet": "",
                **kind.told(data)}  # fmt: skip
        asked: list[Errand] = []
        path = Path(data["file"].temporary_file_path())
        if done(form, lambda: asked.append(_look(request, kind, told, file=path, sha256=""))):
            return redirect(asked[0])
    return render(request, "places/list_upload.html", {"form": form, "kind": kind})


def _look(request: Request, kind: ListKind, told: dict[str, Any], **file: Any) -> Errand:
    return errands.ask(request.actor, kind.look, title=told["name"], told=told, **file)


def columns(request: Request, token: str, kind: ListKind) -> HttpResponse:
    """Second step: which column is what. "Check" shows what would happen; sending it takes the list in."""
    need_anywhere(request.actor, kind.verb)
    looked = own_errand(request, token, kind.look)
    told, found = looked.asked["told"], looked.found
    if request.GET.get("sheet") in found["sheets"] and request.GET["sheet"] != found["sheet"]:
        again = {**told, "sheet": request.GET["sheet"]}
        return redirect(_look(request, kind, again, sha256=looked.sha256, size=looked.bytes))
    checked = own_errand(request, request.GET["checked"], kind.take) if request.GET.get("checked") else None
    initial = checked.asked["chosen"] if checked else found["guess"]
    labels = kind.labels(told, found["guess"])
    form = ListColumnsForm(request.POST or None, initial=initial, columns=columns_of(looked), labels=labels)
    if form.is_valid():
        asked: list[Errand] = []
        if done(form, lambda: asked.append(_take_over(request, kind, looked, form.cleaned_data))):
            return redirect(asked[0])
    context = {
        "form": form,
        "kind": kind,
        "told": told,
        "found": found,
        "headings": columns_of(looked).values(),
        "report": shown(kind, checked.found["report"]) if checked else None,
    }
    return render(request, "places/list_columns.html", context)


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


def _take_over(request: Request, kind: ListKind, looked: Errand, chosen: dict[str, str]) -> Errand:
    check = "check" in request.POST
    errand = errands.ask(
        request.actor, kind.take, title=looked.asked["told"]["name"], size=looked.bytes, sha256=looked.sha256,
        looked=str(looked.pk), told={**looked.asked["told"], "sheet": looked.found["sheet"]}, chosen=chosen, check=check,
    )  # fmt: skip
    if not check and not errand.is_open:
        messages.success(request, kind.counted(errand.found["report"]))
    return errand


def shown(kind: ListKind, report: Mapping[str, Any]) -> dict[str, Any]:
    """A report in the reader's language: rows in doubt, refused ones, those with a remark, those that changed something."""
    lines = report["lines"]
    ids = {pk for line in lines for pk in areas_in(line["reasons"])}
    names = dict(Area.objects.filter(pk__in=ids).values_list("pk", "name"))
    told = [
        {**line, "why": joined(line["reasons"], names), "what": [kind.label(name) for name in line["fields"]]}
        for line in lines
    ]
    return {
        "counts": kind.counted(report),
        "waiting": [line for line in told if line["state"] == "waiting"],
        "refused": [line for line in told if line["state"] == "refused"],
        "remarks": [line for line in told if line["state"] not in ("refused", "waiting") and line["why"]],
        "changed": [line for line in told if line["state"] == "changed"],
        "columns": [(kind.label(role), heading) for role, heading in report["columns"].items()],
    }
