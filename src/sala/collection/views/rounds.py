"""A round of forms: which forms a draft asks, how the answers stand, and what an office does about those that are missing."""

from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sala.access.form_page import button_form, form_page, need_anywhere
from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.collection import operations, policy
from sala.collection.about import tell_names
from sala.collection.asker import FORMS
from sala.collection.forms.rounds import AddForm, GiveToForm, RoundFormsForm, WaiveForm
from sala.collection.models import Form
from sala.collection.queries.foreseen import foreseen
from sala.collection.queries.rounds import offices_seen
from sala.collection.views.round_board import Board
from sala.duties.models import Assignment, Call
from sala.duties.operations.speaking import require_speaking_for
from sala.duties.states import WITH_ASKED

NAMED = 12  # answers named on the page that decides about them
ATTRIBUTES = "position__organisation__area"


def find_round(request: Request, reference: str) -> Call:
    """A call that asks forms and has left its draft."""
    rows = visible(request.actor, Call).select_related("issuer__organisation__area", "area")
    return get_object_or_404(rows, reference=reference, asker=FORMS, is_issued=True)


def round_forms(request: Request, reference: str) -> HttpResponse:
    """Which forms a draft asks, and how many answers each office will owe; of an issued call, which it asked."""
    call = get_object_or_404(visible(request.actor, Call).select_related("issuer__organisation__area"), reference=reference)  # fmt: skip
    asked = list(Form.objects.filter(rounds__call=call).select_related("owner", "level", "facility_kind").order_by("rounds__id"))  # fmt: skip
    if not call.is_draft:
        if not asked:
            raise Http404
        return render(request, "collection/round/forms.html", {"call": call, "asked": asked})
    require_speaking_for(request.actor, call.issuer)
    form = RoundFormsForm(request.POST or None, actor=request.actor, initial={"forms": asked})
    return form_page(
        request, form, lambda data: operations.choose_forms(request.actor, call, data["forms"]), heading=_("Forms of this round"),
        back=call, template="collection/round/choose.html", call=call,
        found=foreseen(request.actor, call, asked),
    )  # fmt: skip


def answers(request: Request, reference: str) -> HttpResponse:
    """How the answers of a round stand: rates, offices or places, the map, and what is still missing with whom to call."""
    board = Board(request, find_round(request, reference))
    return render(request, "collection/round/answers.html", board.context())


def answers_file(request: Request, reference: str, kind: str) -> FileResponse:
    board = Board(request, find_round(request, reference))
    return board.file(kind)


# ---- deciding about answers --------------------------------------------------------------------------------------


def _chosen(request: Request, call: Call) -> Any:
    """The answers that were ticked, or with all=1 every one that the narrowing found; only what the reader sees."""
    board = Board(request, call)
    if request.GET.get("all"):
        return board.found()
    ticked = [int(number) for number in request.GET.getlist("row") if number.isascii() and number.isdigit()]
    return board.seen().filter(pk__in=ticked)


def _decide(request: Request, reference: str, form: Any, work: Any, *, heading: Any, button: Any, done: Any,
            states: tuple[str, ...], danger: bool = False, lead: Any = "") -> HttpResponse:  # fmt: skip
    call = find_round(request, reference)
    need_anywhere(request.actor, policy.REVIEW)
    ticked = _chosen(request, call)
    offices = Assignment.objects.filter(pk__in=ticked.order_by().values("assignment")).select_related(ATTRIBUTES)
    mine = [office.pk for office in offices if can(request.actor, policy.REVIEW, office.position)]
    if offices and not mine:
        require(request.actor, policy.REVIEW, offices[0].position)
    chosen = list(ticked.filter(stands__in=states, assignment__in=mine))
    tell_names(request.actor, chosen[:NAMED], request.actor.position_ids)
    back = _Back(call, request.GET.get("office", ""))
    return form_page(
        request, form, lambda data: work(chosen, data), heading=heading, back=back, button=button, done=done,
        danger=danger, template="collection/round/decide.html", chosen=chosen[:NAMED], count=len(chosen),
        more=max(len(chosen) - NAMED, 0), lead=lead,
    )  # fmt: skip


class _Back:
    """The page of answers that one came from."""

    def __init__(self, call: Call, office: str):
        self.call, self.office = call, office

    def __str__(self) -> str:
        return str(self.call)

    def get_absolute_url(self) -> str:
        address = reverse("collection:round", args=[self.call.reference])
        return f"{address}?{urlencode({'office': self.office})}" if self.office else address


def waive(request: Request, reference: str) -> HttpResponse:
    return _decide(
        request, reference, WaiveForm(request.POST or None),
        lambda rows, data: operations.waive_expected(request.actor, rows, reason=data["reason"]),
        heading=_("Do without these answers"), button=_("Do without them"), danger=True, states=("waiting", "returned"),
        done=_("Recorded. The reason is shown wherever the answers are counted."),
        lead=_("They are named as gaps, with your reason, in every total. You can take it back while the round runs."),
    )  # fmt: skip


def again(request: Request, reference: str) -> HttpResponse:
    return _decide(
        request, reference, button_form(request), lambda rows, data: operations.expect_again(request.actor, rows),
        heading=_("Wait for these answers again"), button=_("Wait for them again"), states=("waived",),
        done=_("They are waited for again."),
    )  # fmt: skip


def give(request: Request, reference: str) -> HttpResponse:
    form = GiveToForm(request.POST if request.method == "POST" else None, actor=request.actor)
    return _decide(
        request, reference, form,
        lambda rows, data: operations.give_to(request.actor, rows, respondent=data["respondent"]),
        heading=_("Ask another post for these answers"), button=_("Ask this post"), states=("waiting", "returned"),
        done=_("Recorded. The answers stand on that post's desk now."),
    )  # fmt: skip


def add(request: Request, reference: str) -> HttpResponse:
    """One more answer that the registers did not give."""
    call = find_round(request, reference)
    mine = [
        row.pk
        for row in offices_seen(request.actor, call)
        if row.call_id == call.pk and row.state in WITH_ASKED and can(request.actor, policy.REVIEW, row.position)
    ]
    offices = (
        Assignment.objects.filter(pk__in=mine).select_related(ATTRIBUTES, "area", "call").order_by("position__code")
    )
    if not mine:
        office = call.assignments.select_related(ATTRIBUTES).first()
        require(request.actor, policy.REVIEW, office.position if office else call.issuer)
    asked = list(Form.objects.filter(rounds__call=call).order_by("rounds__id"))
    initial = {"office": request.GET.get("office") or mine[0] if mine else None}
    form = AddForm(
        request.POST if request.method == "POST" else None, actor=request.actor, asked=asked, offices=offices,
        initial=initial,
    )  # fmt: skip
    return form_page(
        request, form,
        lambda data: operations.add_expected(
            request.actor, data["office"], data["form"], data["subject"], place=data.get("place"),
            respondent=data["respondent"],
        ),
        heading=_("Expect one more answer"), back=_Back(call, ""), button=_("Expect it"), done=_("It is expected now."),
        lead=_("For what the registers did not give when the round was issued, such as a school entered late."),
    )  # fmt: skip
