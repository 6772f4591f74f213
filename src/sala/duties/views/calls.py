"""Calls: the list, one call, drafting, issuing, withdrawing."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.core import clock, lao
from sala.core.errors import NotPermitted, SignInNeeded
from sala.core.language import in_language
from sala.documents.working_days import Calendar
from sala.duties import operations, policy
from sala.duties.due import reckon
from sala.duties.forms import CallForm, ReasonForm
from sala.duties.models import Assignment, Call, CallKind, CallState
from sala.duties.operations import missing_for_issue
from sala.duties.operations.speaking import require_speaking_for, speaks_for
from sala.duties.queries import found_subjects, shown_document
from sala.duties.standing_in import reached
from sala.people.models import Position

PER_PAGE = 50


def _call(request: Request, reference: str) -> Call:
    rows = visible(request.actor, Call).select_related("issuer__organisation__area", "area", "document")
    return get_object_or_404(rows, reference=reference)


def calls(request: Request) -> HttpResponse:
    """Calls the reader may see, newest first, by state, kind and word."""
    chosen = {name: request.GET.get(name, "").strip() for name in ("state", "kind", "q")}
    rows = visible(request.actor, Call).select_related("issuer__organisation")
    for name in ("state", "kind"):
        if chosen[name]:
            rows = rows.filter(**{name: chosen[name]})
    if chosen["q"]:
        word = lao.stored(chosen["q"])
        rows = rows.alias(shown=in_language("title"))
        rows = rows.filter(shown__icontains=word) | rows.filter(reference__iexact=word)
    page = Paginator(rows.order_by("-id"), PER_PAGE).get_page(request.GET.get("page"))
    calendar = Calendar()
    due = {
        row.pk: reckon(row.due_on, calendar=calendar) for row in page if row.due_on and row.state == CallState.ISSUED
    }
    context = {
        "page": page, "chosen": chosen, "due": due, "states": CallState.choices, "kinds": CallKind.choices,
        "may_issue": request.actor.has_anywhere(policy.ISSUE),
    }  # fmt: skip
    return render(request, "duties/calls.html", context)


def call(request: Request, reference: str) -> HttpResponse:
    """What was asked, why, of whom, and how it stands. Answers are on the pages of the assignments."""
    found = _call(request, reference)
    about = found_subjects(request.actor, [(found.subject_type, found.subject_id)] if found.subject_id else [])
    assignments = list(
        found.assignments.select_related("position__organisation__area", "validating_position__organisation", "area")
    )
    open_to_reader = set(visible(request.actor, Assignment).filter(call=found).values_list("pk", flat=True))
    is_draft = found.state == CallState.DRAFT
    calendar = Calendar()
    context = {
        "call": found,
        "about": next(iter(about.values()), None),
        "document": shown_document(request.actor, found),
        "rows": [
            {
                "assignment": row,
                "due": reckon(row.due_on, calendar=calendar) if row.is_open and row.due_on else None,
                "is_open": row.pk in open_to_reader,
                **(standing(row.position) if is_draft or row.is_open else {}),
            }
            for row in assignments
        ],
        "missing": missing_for_issue(found, clock.today()) if is_draft else {},
        "is_draft": is_draft,
        "may_issue": is_draft and speaks_for(request.actor, found.issuer),
        "may_withdraw": may_withdraw(request, found),
    }
    return render(request, "duties/call.html", context)


def standing(position: Position) -> dict[str, bool]:
    """Whether a post is vacant, and whether anybody at all is told about its work."""
    who = reached(position)
    return {"vacant": who.vacant, "told": bool(who.people)}


def may_withdraw(request: Request, found: Call) -> bool:
    if found.state not in (CallState.DRAFT, CallState.ISSUED):
        return False
    return can(request.actor, policy.MANAGE if found.is_issued else policy.ISSUE, found)


def need_anywhere(actor: Actor, verb: str) -> None:
    """Answer those who hold the right nowhere before they fill in a form; the operation asks again."""
    if not actor.is_signed_in and not actor.holdings:
        raise SignInNeeded(_("This needs a position in government. Sign in with your link."))
    if not actor.has_anywhere(verb):
        raise NotPermitted(_("None of your posts may do this. Ask your administrator for the right."))


def draft(request: Request) -> HttpResponse:
    """A new call. ?post= and ?subject= fill in what another page knows."""
    begun = {"position": request.GET.get("post", ""), "subject": request.GET.get("subject", "")}
    form = CallForm(request.POST or None, actor=request.actor, initial=begun)
    need_anywhere(request.actor, policy.ISSUE)
    if form.is_valid():
        data = dict(form.cleaned_data)
        post, checker = data.pop("position"), data.pop("validating_position")
        asked = [operations.Asked(post, checker=checker)] if post else []
        made = operations.draft_call(request.actor, asked=asked, **data)
        messages.success(request, _("The draft is kept. Read it once more, then issue it."))
        return redirect(made)
    return render(request, "duties/call_form.html", {"form": form, "heading": _("New call")})


def redraft(request: Request, reference: str) -> HttpResponse:
    found = _call(request, reference)
    require_speaking_for(request.actor, found.issuer)
    form = CallForm(request.POST or None, actor=request.actor, call=found, initial=_as_drafted(found))
    if form.is_valid():
        operations.redraft_call(request.actor, found, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(found)
    return render(request, "duties/call_form.html", {"form": form, "heading": found.reference, "call": found})


def _as_drafted(found: Call) -> dict:
    return {
        **{name: getattr(found, name) for name in ("kind", "title", "purpose", "instruction", "legal_basis", "period")},
        "due_on": found.due_on,
        "opens_on": found.opens_on,
        "area": found.area.code if found.area else "",
        "document": found.document.slug if found.document else "",
        "subject": f"{found.subject_type}:{found.subject_id}" if found.subject_id else "",
        "is_public": found.is_public,
    }


def issue(request: Request, reference: str) -> HttpResponse:
    """Shows once more what goes to whom; the button issues it."""
    found = _call(request, reference)
    require_speaking_for(request.actor, found.issuer)
    if request.method == "POST":
        operations.issue_call(request.actor, found)
        messages.success(request, _("Issued. The post asked was told."))
        return redirect(found)
    assignment = found.assignments.select_related("position__organisation").first()
    context = {"call": found, "assignment": assignment, "missing": missing_for_issue(found, clock.today())}
    return render(request, "duties/issue.html", context)


def withdraw(request: Request, reference: str) -> HttpResponse:
    found = _call(request, reference)
    require(request.actor, policy.MANAGE if found.is_issued else policy.ISSUE, found, acting=found.issuer_id)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        operations.withdraw_call(request.actor, found, reason=form.cleaned_data["reason"])
        messages.success(request, _("Withdrawn."))
        return redirect(found)
    context = {"form": form, "heading": _("Withdraw this call"), "back": found, "button": _("Withdraw"), "danger": True}
    return render(request, "duties/step.html", context)
