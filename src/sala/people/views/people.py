"""The list of people for those who administer them; what is kept of one, corrected, closed, opened again, erased."""

from typing import Any

from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from sala.access.form_page import button_form, form_page, need_anywhere
from sala.access.request import Request
from sala.people import operations, policy
from sala.people.forms import PersonForm, WhyForm
from sala.people.models import Person
from sala.people.queries.people import found_people, people_within

PER_PAGE = 50


def people(request: Request) -> HttpResponse:
    """By name, e-mail or telephone (?q=), open accounts, closed ones or all (?state=)."""
    need_anywhere(request.actor, policy.READ)
    chosen = {name: request.GET.get(name, "").strip()[:200] for name in ("q", "state")}
    rows = found_people(request.actor, policy.READ, chosen["q"], chosen["state"])
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "people/people.html", {"page": page, "chosen": chosen})


def _person(request: Request, pk: int) -> Person:
    need_anywhere(request.actor, policy.READ)
    found: Person = get_object_or_404(people_within(request.actor, policy.READ), pk=pk)
    return found


def person(request: Request, pk: int) -> HttpResponse:
    """Posts, present and past, and what may be done."""
    found = _person(request, pk)
    appointments = found.appointments.select_related("position__organisation")

    def may(verb: str) -> bool:
        rows = (
            people_within(request.actor, verb, wholly=True)
            if request.actor.has_anywhere(verb)
            else Person.objects.none()
        )
        return not found.erased_at and rows.filter(pk=found.pk).exists()

    context = {
        "person": found, "appointments": appointments, "may_correct": may(policy.INVITE),
        "may_close": may(policy.CLOSE) and found.pk != request.actor.person_id,
    }  # fmt: skip
    return render(request, "people/person.html", context)


def correct(request: Request, pk: int) -> HttpResponse:
    found = _person(request, pk)
    known = {"name": found.name, "phone": found.phone, "language": found.language}
    form = PersonForm(request.POST or None, initial=known)
    return form_page(
        request, form, lambda data: operations.correct_person(request.actor, found, **data),
        heading=_("Correct what is kept of this person"), back=found,
    )  # fmt: skip


def close(request: Request, pk: int) -> HttpResponse:
    return _with_reason(
        request, pk, operations.close_account, _("Close this account"), _("Close it"),
        _("Nobody signs in with it any more. Sessions, links and the keys made with it end now. It can be opened again."),
    )  # fmt: skip


def erase(request: Request, pk: int) -> HttpResponse:
    return _with_reason(
        request, pk, operations.erase_person, _("Erase who this was"), _("Erase"),
        _("Name, address, telephone and messages are taken out for good. The number stays, so that the history holds."),
    )  # fmt: skip


def _with_reason(request: Request, pk: int, work: Any, heading: str, button: str, lead: str) -> HttpResponse:
    found = _person(request, pk)
    form: Form = WhyForm(request.POST or None)
    return form_page(
        request, form, lambda data: work(request.actor, found, **data), heading=heading, back=found, button=button,
        lead=lead, danger=True, done=_("Done."),
    )  # fmt: skip


def reopen(request: Request, pk: int) -> HttpResponse:
    found = _person(request, pk)
    return form_page(
        request, button_form(request), lambda data: operations.open_account(request.actor, found),
        heading=_("Open this account again"), back=found, button=_("Open it again"), done=_("Done."),
    )  # fmt: skip
