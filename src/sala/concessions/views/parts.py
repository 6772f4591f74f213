"""Entering what belongs to a concession: grants, areas, papers, steps, villages, jobs, confirmations."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.concessions import operations, policy
from sala.concessions.forms.parts import (
    AreaForm,
    AsideForm,
    ConfirmForm,
    CorrectFurtherPlaceForm,
    CorrectGrantForm,
    CorrectJobsForm,
    CorrectVillageForm,
    FurtherPlaceForm,
    GrantForm,
    JobsForm,
    PaperForm,
    StepForm,
    VillageForm,
)
from sala.concessions.models import Concession
from sala.concessions.views.writing import found_for, write


def _nothing(result: Any) -> None:
    """What was made has no page of its own: the reader goes back to the concession."""


def add_grant(request: Request, reference: str) -> HttpResponse:
    found = found_for(request, reference, policy.ENTER)
    return write(
        request, found, GrantForm, lambda data: _nothing(operations.grant(request.actor, found, **data)),
        heading=_("Holder and term"), lead=_("What the agreement says. The last day is reckoned from the term."),
    )  # fmt: skip


def correct_grant(request: Request, reference: str, pk: int) -> HttpResponse:
    found = found_for(request, reference, policy.ENTER)
    row = get_object_or_404(found.grants.select_related("holder"), pk=pk)
    return write(
        request, found, partial(_about, CorrectGrantForm, "grant", row),
        lambda data: _nothing(operations.correct_grant(request.actor, row, data.pop("version"), **data)),
        heading=_("Correct the grant"), lead=_("For what was entered wrongly. What changed by decision is a new grant."),
    )  # fmt: skip


def remove_grant(request: Request, reference: str, pk: int) -> HttpResponse:
    found = found_for(request, reference, policy.ENTER)
    row = get_object_or_404(found.grants.select_related("holder"), pk=pk)
    return write(
        request, found, AsideForm, lambda data: operations.remove_grant(request.actor, row, **data),
        heading=_("This grant was entered by mistake"), button=_("Take out"), danger=True, lead=str(row.holder.name),
    )  # fmt: skip


def add_place(request: Request, reference: str) -> HttpResponse:
    found = found_for(request, reference, policy.ENTER)
    return write(
        request, found, FurtherPlaceForm,
        lambda data: _nothing(operations.add_further_place(request.actor, found, data.pop("area"), **data)),
        heading=_("A further place"), lead=_("A place beside the main one that it reaches into."),
    )  # fmt: skip


def correct_place(request: Request, reference: str, pk: int) -> HttpResponse:
    found = found_for(request, reference, policy.ENTER)
    row = get_object_or_404(found.places.select_related("area"), pk=pk)
    return write(
        request, found, partial(_about, CorrectFurtherPlaceForm, "place", row),
        lambda data: _nothing(operations.correct_further_place(request.actor, row, data.pop("version"), **data)),
        heading=_("Correct the share of the place"), lead=str(row.area.name),
    )  # fmt: skip


def remove_place(request: Request, reference: str, pk: int) -> HttpResponse:
    found = found_for(request, reference, policy.ENTER)
    row = get_object_or_404(found.places.select_related("area"), pk=pk)
    return write(
        request, found, AsideForm, lambda data: operations.remove_further_place(request.actor, row, **data),
        heading=_("Take out this place"), button=_("Take out"), danger=True, lead=str(row.area.name),
    )  # fmt: skip


def _about(form: Any, name: str, row: Any, *args: Any, concession: Concession, **options: Any) -> Any:
    """A form that corrects a row of the concession. name: of its parameter for the row."""
    row.concession = concession
    return form(*args, **{name: row}, **options)


def add_area(request: Request, reference: str) -> HttpResponse:
    found = found_for(request, reference, policy.ENTER)
    forms: list[AreaForm] = []

    def make(*args: Any, **options: Any) -> AreaForm:
        forms.append(AreaForm(*args, **options))
        return forms[-1]

    def enter(data: dict[str, Any]) -> None:
        operations.set_area(request.actor, found, **data)
        if forms[-1].mended:
            messages.warning(request, _("The drawing crossed itself and was mended. Look at the map whether it is still the area that was meant."))  # fmt: skip

    return write(
        request, found, make, enter, heading=_("An area"),
        lead=_("Give the hectares of the paper, and the shape where you have it. The earlier area stays readable."),
    )  # fmt: skip


def set_aside_area(request: Request, reference: str, pk: int) -> HttpResponse:
    found = found_for(request, reference, policy.ENTER)
    row = get_object_or_404(found.areas.filter(is_current=True), pk=pk)
    return write(
        request, found, AsideForm, lambda data: operations.set_aside_area(request.actor, row, **data),
        heading=_("This area does not count any more"), button=_("Set aside"), danger=True, lead=row.get_purpose_display(),
    )  # fmt: skip


PAPER = ("document", "role", "pages", "issued_to", "issued_on")


def add_paper(request: Request, reference: str) -> HttpResponse:
    found = found_for(request, reference, policy.ENTER)

    def add(data: dict[str, Any]) -> None:
        operations.add_paper(request.actor, found, **{name: data[name] for name in PAPER})

    return write(request, found, PaperForm, add, heading=_("Add a paper"))


def remove_paper(request: Request, reference: str, pk: int) -> HttpResponse:
    found = found_for(request, reference, policy.ENTER)
    row = get_object_or_404(found.documents.select_related("role", "document"), pk=pk)
    return write(
        request, found, AsideForm, lambda data: operations.remove_paper(request.actor, row, reason=data["reason"]),
        heading=_("Take out this paper"), button=_("Take out"), danger=True, lead=str(row.role),
    )  # fmt: skip


def take_step(request: Request, reference: str) -> HttpResponse:
    found = found_for(request, reference, policy.DECIDE)

    def take(data: dict[str, Any]) -> None:
        operations.take_step(request.actor, found, data.pop("step"), **data)

    return write(
        request, found, partial(StepForm, initial={"step": request.GET.get("step", "")}), take, heading=_("The next step"), button=_("Record"),
        lead=_("The state is “%(state)s”.") % {"state": found.get_state_display()},
    )  # fmt: skip


def tell_village(request: Request, reference: str) -> HttpResponse:
    found = found_for(request, reference, policy.ENTER)

    def tell(data: dict[str, Any]) -> None:
        operations.tell_village(request.actor, found, data.pop("area"), **data)

    return write(request, found, VillageForm, tell, heading=_("A village"))


def correct_village(request: Request, reference: str, pk: int) -> HttpResponse:
    found = found_for(request, reference, policy.ENTER)
    row = get_object_or_404(found.villages.select_related("area"), pk=pk)
    return write(
        request, found, partial(_about, CorrectVillageForm, "village", row),
        lambda data: _nothing(operations.correct_village(request.actor, row, data.pop("version"), **data)),
        heading=_("Correct what was said of the village"), lead=str(row.area.name),
    )  # fmt: skip


def remove_village(request: Request, reference: str, pk: int) -> HttpResponse:
    found = found_for(request, reference, policy.ENTER)
    row = get_object_or_404(found.villages.select_related("area"), pk=pk)
    return write(
        request, found, AsideForm, lambda data: operations.remove_village(request.actor, row, reason=data["reason"]),
        heading=_("Take out this village"), button=_("Take out"), danger=True, lead=str(row.area.name),
    )  # fmt: skip


def count_jobs(request: Request, reference: str) -> HttpResponse:
    found = found_for(request, reference, policy.ENTER)
    return write(
        request,
        found,
        JobsForm,
        lambda data: _nothing(operations.count_jobs(request.actor, found, **data)),
        heading=_("Jobs"),
    )


def correct_jobs(request: Request, reference: str, pk: int) -> HttpResponse:
    found = found_for(request, reference, policy.ENTER)
    row = get_object_or_404(found.jobs, pk=pk)
    return write(
        request, found, partial(_about, CorrectJobsForm, "count", row),
        lambda data: _nothing(operations.correct_jobs(request.actor, row, data.pop("version"), **data)),
        heading=_("Correct the count of jobs"),
    )  # fmt: skip


def confirm(request: Request, reference: str) -> HttpResponse:
    found = found_for(request, reference, policy.CONFIRM)

    def stand_for(data: dict[str, Any]) -> None:
        operations.confirm(request.actor, found, *data["classes"], version=data["version"])

    return write(
        request, found, ConfirmForm, stand_for, heading=_("Confirm"), button=_("Confirm"),
        lead=_("Your office stands for what is ticked, as it is now. A later change has to be confirmed anew."),
    )  # fmt: skip
