"""Who owes what: the list, what has no owner, naming a duty and ending it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.core import clock, subjects
from sala.duties import operations, policy
from sala.duties.forms import DutyForm, EndForm, FilterForm
from sala.duties.models import Duty, DutyKind
from sala.duties.queries import found_subjects, matrix_of, shown_document
from sala.duties.queries import without_owner as ownerless
from sala.duties.views.finding import need_anywhere
from sala.people.models import AppointmentKind
from sala.people.queries import appointments_on

PER_PAGE = 50
MOST_OWNERLESS = 200


def duties(request: Request) -> HttpResponse:
    """Duties in force today, by kind, noun, place and organisation. A subject is named to whoever may see it."""
    rows, chosen, form = filtered(request)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "chosen": chosen,
        "form": form,
        "rows": shown(request, list(page)),
        "kinds": DutyKind.choices,
        "nouns": [subjects.by_noun(noun) for noun in _nouns_in_use()],
        "may_edit": request.actor.has_anywhere(policy.EDIT),
    }
    return render(request, "duties/duties.html", context)


def _nouns_in_use() -> list[str]:
    used = Duty.objects.order_by("subject_type").values_list("subject_type", flat=True).distinct()
    return [noun for noun in used if subjects.knows(noun)]


def filtered(request: Request) -> tuple[QuerySet[Duty], dict[str, str], FilterForm]:
    """Duties in force today that the reader asks for. Words that may mean several rows come back to choose from."""
    chosen = {name: request.GET.get(name, "").strip() for name in ("kind", "noun")}
    form = FilterForm(request.GET, actor=request.actor)
    rows = visible(request.actor, Duty).filter(valid__contains=clock.today())
    rows = rows.select_related("position__organisation__area", "area")
    if chosen["kind"]:
        rows = rows.filter(kind=chosen["kind"])
    if chosen["noun"]:
        rows = rows.filter(subject_type=chosen["noun"])
    named = form.cleaned_data if form.is_valid() else {}
    if not form.is_valid():
        rows = rows.none()
    if area := named.get("place"):
        rows = rows.filter(position__organisation__area__path__startswith=area.path)
    if office := named.get("office"):
        rows = rows.filter(position__organisation__path__startswith=office.path)
    if post := named.get("post"):
        rows = rows.filter(position=post)
    return rows.order_by("position__organisation__code", "position__code", "kind", "id"), chosen, form


def shown(request: Request, rows: list[Duty]) -> list[dict]:
    """Each duty with its subject (None when it is not open to the reader) and whether its post is held."""
    found = found_subjects(request.actor, [(row.subject_type, row.subject_id) for row in rows])
    held = set(
        appointments_on(clock.today())
        .filter(kind=AppointmentKind.HOLDER, position__in=[row.position_id for row in rows])
        .values_list("position_id", flat=True)
    )
    return [
        {
            "duty": row,
            "noun": subjects.by_noun(row.subject_type) if subjects.knows(row.subject_type) else None,
            "subject": found.get((row.subject_type, row.subject_id)),
            "vacant": row.position_id not in held,
        }
        for row in rows
    ]


def duty(request: Request, pk: int) -> HttpResponse:
    rows = visible(request.actor, Duty).select_related("position__organisation__area", "area", "document")
    found = get_object_or_404(rows, pk=pk)
    context = {
        "duty": found,
        "row": shown(request, [found])[0],
        "document": shown_document(request.actor, found),
        "may_end": found.valid.upper is None and can(request.actor, policy.EDIT, found),
    }
    return render(request, "duties/duty.html", context)


def without_owner(request: Request) -> HttpResponse:
    """What should have an owner and has none, as far as the reader sees it."""
    groups = [
        {"noun": subject, "count": rows.count(), "rows": list(rows[:MOST_OWNERLESS])}
        for subject, rows in ownerless(request.actor)
    ]
    context = {"groups": groups, "may_edit": request.actor.has_anywhere(policy.EDIT), "most": MOST_OWNERLESS}
    return render(request, "duties/without_owner.html", context)


def assign(request: Request) -> HttpResponse:
    """Name a duty. ?post=, ?subject= and ?kind= fill in what another page knows."""
    need_anywhere(request.actor, policy.EDIT)
    begun = {"position": request.GET.get("post", ""), "subject": request.GET.get("subject", ""),
             "kind": request.GET.get("kind", ""), "start": clock.today()}  # fmt: skip
    form = DutyForm(request.POST or None, actor=request.actor, initial=begun)
    if form.is_valid():
        made = operations.assign_duty(request.actor, **form.cleaned_data)
        messages.success(request, _("The duty is named."))
        return redirect(made)
    return render(request, "duties/step.html", {"form": form, "heading": _("Name a duty"), "button": _("Save")})


def end(request: Request, pk: int) -> HttpResponse:
    found = get_object_or_404(visible(request.actor, Duty).select_related("position__organisation__area"), pk=pk)
    require(request.actor, policy.EDIT, found)
    form = EndForm(request.POST or None, initial={"on": clock.today()})
    if form.is_valid():
        operations.end_duty(request.actor, found, **form.cleaned_data)
        messages.success(request, _("The duty ends on that day."))
        return redirect(found)
    context = {"form": form, "heading": _("End this duty"), "back": found, "button": _("End"), "danger": True}
    return render(request, "duties/step.html", context)


def matrix(request: Request) -> HttpResponse:
    """Subjects against kinds of duty: who owns, reports, validates, approves what, where, with vacancies and overlaps."""
    rows, chosen, form = filtered(request)
    chosen["only"] = request.GET.get("only", "")
    lines = matrix_of(request.actor, rows)
    if chosen["only"] == "vacant":
        lines = [line for line in lines if line.vacant]
    elif chosen["only"] == "overlap":
        lines = [line for line in lines if line.overlaps]
    page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "chosen": chosen, "form": form, "kinds": DutyKind.choices,
        "nouns": [subjects.by_noun(noun) for noun in _nouns_in_use()],
    }  # fmt: skip
    return render(request, "duties/matrix.html", context)
