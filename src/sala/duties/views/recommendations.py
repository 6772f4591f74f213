"""The board of recommendations, as a page and as a table to save; one recommendation with all that was said and done."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.access.scope import can, sees, visible
from sala.core import clock
from sala.core.csv_page import csv_response
from sala.documents.models import Document
from sala.documents.working_days import Calendar
from sala.duties import policy
from sala.duties.models import Assignment, AssignmentStep, CallState, Outcome, Recommendation, StanceKind
from sala.duties.operations import missing_for_issue
from sala.duties.operations.speaking import speaks_for
from sala.duties.queries import found_subjects
from sala.duties.queries import recommendations as queries
from sala.duties.states import Step
from sala.people.models import Organisation
from sala.places.models import Level

FILTERS = ("theme", "owner", "level", "state", "outcome")
STATES = [(queries.LATE, None), *((state.value, state.label) for state in CallState)]


def level_names() -> dict[int, str]:
    return {level.rank: str(level.name) for level in Level.objects.all()}


def _filtered(request: Request) -> tuple[dict[str, str], list[queries.BoardRow]]:
    chosen = {name: request.GET.get(name, "").strip() for name in FILTERS}
    rows = queries.recommendations(request.actor, **chosen)
    return chosen, queries.board(rows, late_only=chosen["state"] == queries.LATE)


def board(request: Request) -> HttpResponse:
    """All recommendations the reader may see, as one table; who is late with what stands below it."""
    chosen, rows = _filtered(request)
    seen = visible(request.actor, Recommendation)
    owners = Organisation.objects.filter(positions__assignments__call__recommendation__in=seen).distinct()
    context = {
        "rows": rows,
        "chosen": chosen,
        "themes": queries.themes_of(request.actor),
        "owners": owners.order_by("code"),
        "levels": level_names(),
        "states": [(code, label or _("Overdue")) for code, label in STATES],
        "outcomes": Outcome.choices,
        "stances": StanceKind.choices,
        "addressees": queries.by_addressee(rows),
        "may_issue": request.actor.has_anywhere(policy.ISSUE),
    }
    return render(request, "duties/recommendations.html", context)


def board_csv(request: Request) -> HttpResponse:
    """The board with the same filters, one line for each recommendation."""
    _chosen, rows = _filtered(request)
    levels = level_names()
    heading = [
        _("Number"), _("Reference"), _("Wording"), _("Owner"), _("Level"), _("Due on"), _("State"), _("Answer"),
        *(label for _kind, label in StanceKind.choices), _("Overdue"), _("Budget line"), _("Estimated cost"),
    ]  # fmt: skip
    return csv_response("recommendations.csv", heading, [_line(row, levels) for row in rows])


def _line(row: queries.BoardRow, levels: dict[int, str]) -> list[Any]:
    recommendation = row.recommendation
    return [
        recommendation.number, recommendation.call.reference, str(row.wording),
        "; ".join(str(owner.assignment.position) for owner in row.owners),
        levels.get(recommendation.level, "") if recommendation.level is not None else "",
        row.due.on.isoformat() if row.due else "", recommendation.call.get_state_display(),
        recommendation.get_outcome_display(), *(row.positions.get(kind, 0) for kind in StanceKind.values),
        _("yes") if row.late else _("no"), recommendation.budget_line, recommendation.cost,
    ]  # fmt: skip


def found_recommendation(request: Request, reference: str) -> Recommendation:
    rows = visible(request.actor, Recommendation).select_related(
        "call__issuer__organisation__area", "call__area", "source", "answered_by__area", "answered_in"
    )
    return get_object_or_404(rows, call__reference=reference)


def recommendation(request: Request, reference: str) -> HttpResponse:
    """Its words and how they changed, who thinks what, what was answered, and how far each owner is."""
    found = found_recommendation(request, reference)
    call, calendar = found.call, Calendar()
    wordings = list(found.wordings.select_related("position__organisation", "document"))
    row = queries.board_row(_loaded(found), calendar)
    context = {
        "recommendation": found,
        "call": call,
        "row": row,
        "level": level_names().get(found.level) if found.level is not None else None,
        "wordings": wordings,
        "positions": _positions(found, wordings[0].at if wordings else None),
        "progress": _progress(request, call.assignments.all()),
        "open_assignments": set(visible(request.actor, Assignment).filter(call=call).values_list("pk", flat=True)),
        "source": _shown(request, found.source),
        "decision": _shown(request, found.answered_in),
        "missing": missing_for_issue(call, clock.today()) if call.is_draft else {},
        "may": _may(request, found),
    }
    return render(request, "duties/recommendation.html", context)


def _loaded(found: Recommendation) -> Recommendation:
    owners = Assignment.objects.select_related("position__organisation__area").order_by("id")
    rows: QuerySet[Recommendation] = Recommendation.objects.select_related("call").prefetch_related(
        "wordings", "stances", Prefetch("call__assignments", owners)
    )
    return rows.get(pk=found.pk)


def _positions(found: Recommendation, worded_at: Any) -> list[dict[str, Any]]:
    """The position of each office that counts, with earlier ones, and whether it was about earlier words."""
    stances = list(found.stances.select_related("organisation", "position").order_by("id"))
    counting = queries.latest(stances)
    return [
        {
            "stance": stance,
            "earlier": [one for one in stances if one.organisation_id == organisation and one.pk != stance.pk],
            "on_earlier_words": stance.stance != StanceKind.ASKED and worded_at is not None and stance.at < worded_at,
        }
        for organisation, stance in sorted(counting.items(), key=lambda pair: pair[1].organisation.code)
    ]


def _progress(request: Request, assignments: QuerySet[Assignment]) -> list[dict[str, Any]]:
    """Notes of progress, answers and their verification, the newest first; proofs as far as they are open to the reader.

    The words stand only where the reader sees the assignment itself: on a public call the fact of a step is public.
    """
    shown = (Step.PROGRESS, Step.SUBMIT, Step.DECLARE, Step.RETURN, Step.ACCEPT, Step.WAIVE, Step.LAPSE)
    steps = list(
        AssignmentStep.objects.filter(assignment__in=assignments, step__in=shown)
        .select_related("assignment", "position__organisation")
        .order_by("-id")
    )
    readable = set(visible(request.actor, Assignment).filter(pk__in=assignments).values_list("pk", flat=True))
    named = [(proof["noun"], proof["id"]) for step in steps for proof in step.evidence]
    proofs = found_subjects(request.actor, named)
    return [
        {
            "step": step,
            "note": step.note if step.assignment_id in readable else "",
            "proofs": [proofs.get((proof["noun"], proof["id"])) for proof in step.evidence]
            if step.assignment_id in readable
            else [],
        }
        for step in steps
    ]


def _shown(request: Request, document: Document | None) -> Document | None:
    return document if document is not None and sees(request.actor, document) else None


def _may(request: Request, found: Recommendation) -> dict[str, bool]:
    """Which steps stand as buttons; each operation asks again."""
    actor, call = request.actor, found.call
    issues, runs = (
        speaks_for(actor, call.issuer) and (actor.is_everything or can(actor, policy.ISSUE, call)),
        call.state == CallState.ISSUED,
    )
    answers = found.outcome == Outcome.SUBMITTED and found.answered_by is not None
    return {
        "describe": issues and call.is_draft,
        "reword": issues and not found.is_answered and call.state in (CallState.DRAFT, CallState.ISSUED),
        "put": issues and runs and not found.is_answered,
        "position": bool(queries.offices_to_speak_for(actor, found)),
        "submit": issues and runs and found.outcome == Outcome.PENDING,
        "answer": runs and answers and (issues or can(actor, policy.ANSWER, found.answered_by)),  # type: ignore[arg-type]
    }
