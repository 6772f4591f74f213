"""What is open to everybody, by which decision; opening and closing it."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sala.access.form_page import form_page, need_anywhere
from sala.access.request import Request
from sala.access.scope import require, visible
from sala.concessions import operations, policy
from sala.concessions.calculations.spans import holds
from sala.concessions.forms.releases import CloseForm, ReleaseForm
from sala.concessions.models import FieldClass, Release
from sala.concessions.queries.openness import Openness, least, openness
from sala.concessions.queries.register import FEW
from sala.core import clock
from sala.documents.models import Document


class Releases:
    """Where the reader stands after a change."""

    def get_absolute_url(self) -> str:
        return reverse("concessions:releases")


def releases(request: Request) -> HttpResponse:
    """Every class of fields: open or closed, since when, for whom; and the decisions, as far as the reader sees them."""
    rows = list(visible(request.actor, Release).select_related("sector", "decision").order_by("field_class", "-valid"))
    seen = set(
        visible(request.actor, Document).filter(pk__in=[row.decision_id for row in rows]).values_list("pk", flat=True)
    )
    today = clock.today()
    may_release = request.actor.has_anywhere(policy.RELEASE)
    told = openness(row for row in rows if holds(row.valid, today))
    lines = {
        row.pk: (row, row.decision_id in seen, _said(told[row.pk], exact=may_release) if row.pk in told else None)
        for row in rows
    }
    context = {
        "classes": [
            (label, [lines[row.pk] for row in rows if row.field_class == code]) for code, label in FieldClass.choices
        ],
        "least": least(), "may_release": may_release,
    }  # fmt: skip
    return render(request, "concessions/releases.html", context)


def _said(found: Openness, *, exact: bool) -> list[tuple[str, int, bool]]:
    """(what becomes of them, how many, whether only "fewer than 3" is told) of what is open and of what stays closed."""
    numbers = [
        (_("open"), found.open),
        (_("not confirmed by an office"), found.unconfirmed),
        (_("without what an entry has to say before it is opened"), found.incomplete),
        (_("confidential"), found.confidential),
    ]
    return [(words, number, not exact and number < FEW) for words, number in numbers if number]


def open_class(request: Request) -> HttpResponse:
    need_anywhere(request.actor, policy.RELEASE)
    form = ReleaseForm(request.POST or None, actor=request.actor)

    def release(data: dict) -> Releases:
        operations.open_class(request.actor, **data)
        return Releases()

    return form_page(
        request, form, release, heading=_("Open fields to everybody"), button=_("Open"),
        lead=_("Of every entry that is not confidential, for whose fields an office stands, and that says enough. Names come first."),
    )  # fmt: skip


def close_class(request: Request, pk: int) -> HttpResponse:
    row = get_object_or_404(visible(request.actor, Release).select_related("decision"), pk=pk)
    require(request.actor, policy.RELEASE, row)
    form = CloseForm(request.POST or None, initial={"on": clock.today()})

    def close(data: dict) -> Releases:
        operations.close_class(request.actor, row, **data)
        return Releases()

    return form_page(
        request, form, close, heading=_("Close these fields again"), button=_("Close"), danger=True, lead=row.get_field_class_display(),
    )  # fmt: skip
