"""Pages of answers: what waits, the list, many at once."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Max, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from sala.access.form_page import need_anywhere
from sala.access.request import Request
from sala.access.scope import can
from sala.collection import policy
from sala.collection.about import tell_names
from sala.collection.flags import sentence
from sala.collection.forms.answers import NarrowForm
from sala.collection.models import Reading, ReadingState
from sala.collection.operations.answers import MOST_AT_ONCE, approve_many
from sala.collection.queries.answers import CLEAR, answers_for, being_read, counts_by_form, counts_by_state
from sala.core.errors import SignInNeeded

PER_PAGE = 50
PRINTED = 2000
NAMED = 50  # answers listed before many are approved


class Counted(Paginator):
    """Of rows that were counted already."""

    def __init__(self, rows: QuerySet[Reading], per_page: int, count: int):
        super().__init__(rows, per_page)
        self.count = count


def narrowed(request: Request, data: Any) -> tuple[QuerySet[Reading], NarrowForm]:
    """The answers that the reader asks for; a place that may mean several comes back to choose from."""
    form = NarrowForm(data, actor=request.actor)
    if not form.is_valid():
        return Reading.objects.none(), form
    return answers_for(request.actor, **form.narrowed()), form


def answers(request: Request) -> HttpResponse:
    """Without anything asked: what waits for the reader's offices, by form. Else the list; ?print=1 puts it on one page."""
    if not request.actor.is_signed_in and not request.actor.holdings:
        raise SignInNeeded(_("Answers are seen by those who send, check and own them. Sign in with your link."))
    rows, form = narrowed(request, request.GET)
    if not any(value for name, value in request.GET.items() if name not in ("lang", "print", "page")):
        context = {
            "form": form, "to_check": counts_by_form(request.actor, checks=True),
            "sent": counts_by_form(request.actor, checks=False), "unread": being_read(request.actor),
        }  # fmt: skip
        return render(request, "collection/answers_home.html", context)
    per_page = PRINTED if request.GET.get("print") else PER_PAGE
    counts = counts_by_state(rows)
    page = Counted(rows, per_page, sum(counts.values())).get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    tell_names(request.actor, page.object_list)
    offices = {reading.office for reading in page if reading.office}
    mine = {office.pk for office in offices if can(request.actor, policy.REVIEW, office)}
    context = {
        "form": form, "page": page, "query": request.GET.urlencode(),
        "rows": [(reading, [sentence(flag) for flag in reading.flags], _may_tick(reading, mine)) for reading in page],
        "counts": [(label, counts[code]) for code, label in ReadingState.choices if code in counts],
        "may_approve": bool(mine) and counts.get(ReadingState.RECEIVED, 0) > 0,
    }  # fmt: skip
    return render(request, "collection/answers.html", context)


def _may_tick(reading: Reading, offices: set[int]) -> bool:
    return reading.state == ReadingState.RECEIVED and reading.office_id in offices


@require_POST
def approve_chosen(request: Request) -> HttpResponse:
    """Approve many. Ticked ones at once unless there is something to look at; all of a list after a page that says which.

    until  newest answer that was on the page, so that one that came in since is not approved unseen
    """
    need_anywhere(request.actor, policy.REVIEW)
    rows, _form = narrowed(request, request.POST)
    back = HttpResponseRedirect(f"{reverse('collection:answers')}?{request.POST.get('query', '')}")
    rows = rows.filter(state=ReadingState.RECEIVED)
    whole = bool(request.POST.get("all"))
    if whole:
        until = request.POST.get("until", "")
        newest = int(until) if until.isdecimal() else rows.aggregate(newest=Max("submission_id"))["newest"] or 0
        rows = rows.filter(submission_id__lte=newest)
        rows = rows.filter(flags=[]) if request.POST.get("flag", "") in ("", CLEAR) else rows
    else:
        newest = 0
        chosen = [int(pk) for pk in request.POST.getlist("answer") if pk.isdecimal()]
        rows = answers_for(request.actor).filter(pk__in=chosen, state=ReadingState.RECEIVED)
    found = list(rows[:MOST_AT_ONCE])
    tell_names(request.actor, found)
    flagged = [reading for reading in found if reading.flags]
    if not found:
        messages.warning(request, _("None was chosen that waits to be checked. Tick some first."))
        return back
    if (whole or flagged) and not request.POST.get("sure"):
        context = {
            "found": found, "count": len(found), "clear": len(found) - len(flagged), "newest": newest, "whole": whole,
            "flagged": [(reading, [sentence(flag) for flag in reading.flags]) for reading in flagged[:NAMED]],
            "named": found[:NAMED], "sent": request.POST, "query": request.POST.get("query", ""),
        }  # fmt: skip
        return render(request, "collection/approve_many.html", context)
    done = approve_many(request.actor, [reading.pk for reading in found], flagged=request.POST.get("sure") == "flagged")
    words = ngettext("%(count)s answer was approved.", "%(count)s answers were approved.", done.approved)
    messages.success(request, words % {"count": done.approved})
    if done.flagged:
        words = ngettext("%(count)s was left because there is something to look at.", "%(count)s were left because there is something to look at.", done.flagged)  # fmt: skip
        messages.warning(request, words % {"count": done.flagged})
    if done.handed_in:
        words = ngettext("%(count)s was left because its office has sent its answer, or the round has ended.", "%(count)s were left because their office has sent its answer, or the round has ended.", done.handed_in)  # fmt: skip
        messages.warning(request, words % {"count": done.handed_in})
    if done.own:
        words = ngettext("%(count)s was left because you gave it yourself. Somebody else must check it.", "%(count)s were left because you gave them yourself. Somebody else must check them.", done.own)  # fmt: skip
        messages.warning(request, words % {"count": done.own})
    return redirect(back.url)
