"""Calls: the list, one call and how it stands, drafting, issuing, closing, withdrawing."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.core import clock, lao
from sala.core.language import in_language
from sala.documents.working_days import Calendar
from sala.duties import operations, policy
from sala.duties.asking import asker_of
from sala.duties.due import reckon
from sala.duties.errands import ask_letter
from sala.duties.forms import CallForm, ReasonForm
from sala.duties.models import Call, CallKind, CallState
from sala.duties.operations import missing_for_issue
from sala.duties.operations.issuing import due_date
from sala.duties.operations.speaking import require_speaking_for, speaks_for
from sala.duties.operations.threads import may_answer
from sala.duties.queries import (
    asked_by,
    found_subjects,
    narrowed,
    reviewed_by,
    shown_document,
    states_of,
    threads_on,
    waiting_for_check,
    with_everything,
)
from sala.duties.queries.calls import SHOWN
from sala.duties.standing_in import reached_many
from sala.duties.states import OPEN
from sala.duties.views.finding import call_or_404, need_anywhere
from sala.duties.views.standing import chosen_by, standing

PER_PAGE = 50


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
    found = call_or_404(request.actor, reference)
    actor, today, calendar = request.actor, clock.today(), Calendar()
    about = found_subjects(actor, [(found.subject_type, found.subject_id)] if found.subject_id else [])
    context = {
        "call": found,
        "about": next(iter(about.values()), None),
        "document": shown_document(actor, found),
        "asker": asker_of(found),
        "edit_url": asker_of(found).edit_url(found) if found.is_draft else "",
        "standing_url": asker_of(found).standing_url(found) if found.is_issued else "",
        "missing": missing_for_issue(found, today) if found.is_draft else {},
        "due": reckon(found.due_on, calendar=calendar) if found.due_on and found.state == CallState.ISSUED else None,
        "may_issue": found.is_draft and speaks_for(actor, found.issuer),
        "may_withdraw": may_withdraw(actor, found),
        "may_manage": found.state == CallState.ISSUED and can(actor, policy.MANAGE, found),
        "replaced_by": visible(actor, Call).filter(replaces=found).first(),
        "mine": waiting_for_check(actor, found),
        **_questions(actor, found),
        **standing(request, found, calendar),
    }
    return render(request, "duties/call.html", context)


def _questions(actor: Actor, found: Call) -> dict[str, Any]:
    threads = list(threads_on(found)) if found.is_issued else []
    return {
        "threads": threads,
        "may_ask": found.is_issued and actor.is_signed_in,
        "answers_here": bool(threads) and may_answer(actor, threads[0], found),
    }


def may_withdraw(actor: Actor, found: Call) -> bool:
    if found.state not in (CallState.DRAFT, CallState.ISSUED):
        return False
    return can(actor, policy.MANAGE if found.is_issued else policy.ISSUE, found)


def part(request: Request, reference: str) -> HttpResponse:
    """What the reader's posts review of a call, waiting ones first."""
    found = call_or_404(request.actor, reference)
    chosen = chosen_by(request)
    rows = with_everything(narrowed(reviewed_by(request.actor, found), chosen)).order_by("due_on", "id")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    counts = states_of(reviewed_by(request.actor, found))
    calendar, mine = Calendar(), request.actor.position_ids
    context = {
        "call": found, "page": page, "chosen": chosen, "counts": counts, "total": sum(counts.values()),
        "states": [(state, state.label) for state in SHOWN if counts.get(state)],
        "rows": [
            {"assignment": row, "due": reckon(row.due_on, calendar=calendar) if row.is_open and row.due_on else None,
             "waits_for_me": row.waits_for_id in mine and row.is_checked}
            for row in page
        ],
    }  # fmt: skip
    return render(request, "duties/part.html", context)


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
    found = call_or_404(request.actor, reference)
    require_speaking_for(request.actor, found.issuer)
    form = CallForm(request.POST or None, actor=request.actor, call=found, initial=as_drafted(found))
    if form.is_valid():
        operations.redraft_call(request.actor, found, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(found)
    return render(request, "duties/call_form.html", {"form": form, "heading": found.reference, "call": found})


def as_drafted(found: Call) -> dict[str, Any]:
    """What the form of a call shows of this one."""
    names = (
        "kind", "title", "purpose", "instruction", "legal_basis", "period", "due_on", "due_days", "opens_on", "minutes",
        "asker", "self_check", "is_public",
    )  # fmt: skip
    return {
        **{name: getattr(found, name) for name in names},
        "review_plan": found.review_plan,
        "area": found.area.code if found.area else "",
        "document": found.document.slug if found.document else "",
        "subject": f"{found.subject_type}:{found.subject_id}" if found.subject_id else "",
    }


def issue(request: Request, reference: str) -> HttpResponse:
    """Shows once more what goes to whom; the button issues it."""
    found = call_or_404(request.actor, reference)
    require_speaking_for(request.actor, found.issuer)
    if request.method == "POST":
        operations.issue_call(request.actor, found)
        messages.success(request, _("Issued. The posts asked were told."))
        return redirect(ask_letter(request.actor, found) if request.POST.get("letter") else found)
    rows = found.assignments.select_related("position__organisation")
    told = reached_many([row.position for row in rows])
    context = {
        "call": found,
        "number": len(rows),
        "rows": rows[:PER_PAGE],
        "vacant": [row.position for row in rows if told[row.position_id].vacant],
        "unreached": [row.position for row in rows if not told[row.position_id].people],
        "due_on": due_date(found, clock.today()),
        "missing": missing_for_issue(found, clock.today()) if found.is_draft else {},
    }
    return render(request, "duties/issue.html", context)


def withdraw(request: Request, reference: str) -> HttpResponse:
    found = call_or_404(request.actor, reference)
    require(request.actor, policy.MANAGE if found.is_issued else policy.ISSUE, found, acting=found.issuer_id)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        operations.withdraw_call(request.actor, found, reason=form.cleaned_data["reason"])
        messages.success(request, _("Withdrawn."))
        return redirect(found)
    context = {"form": form, "heading": _("Withdraw this call"), "back": found, "button": _("Withdraw"), "danger": True}
    return render(request, "duties/step.html", context)


def close(request: Request, reference: str) -> HttpResponse:
    """Close now; a reason is asked for while answers are missing."""
    found = call_or_404(request.actor, reference)
    require(request.actor, policy.MANAGE, found, acting=found.issuer_id)
    missing = asked_by(found).filter(state__in=OPEN).count()
    form = ReasonForm(request.POST or None)
    form.fields["reason"].required = bool(missing)
    if request.method == "POST" and form.is_valid():
        operations.close_call(request.actor, found, reason=form.cleaned_data["reason"])
        messages.success(request, _("Closed. Its figures are frozen."))
        return redirect(found)
    context = {
        "form": form, "heading": _("Close this call"), "back": found, "button": _("Close"), "danger": bool(missing),
        "warning": _("%(count)d answers are still missing. They end without an answer.") % {"count": missing} if missing else "",
    }  # fmt: skip
    return render(request, "duties/step.html", context)
