"""Rounds of forms for programs: how the answers stand, and the answers that are expected, one by one."""

from datetime import date, datetime
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from sala.access.request import Request
from sala.access.scope import visible
from sala.collection import operations
from sala.collection.about import tell_names
from sala.collection.asker import FORMS
from sala.collection.models import Form
from sala.collection.progress import Progress, grouped, total
from sala.collection.queries.counting import count
from sala.collection.queries.foreseen import foreseen
from sala.collection.queries.rounds import (
    OPEN,
    answers_of,
    counted_for,
    expected_seen,
    narrowed,
    offices_seen,
    places_closed,
)
from sala.collection.queries.subjects import subject_of
from sala.core import lao
from sala.core.errors import Invalid, Missing
from sala.duties.models import Assignment, Call
from sala.duties.operations.speaking import require_speaking_for
from sala.people.models import Position
from sala.places.models import Area

router = Router(tags=["rounds"])
NAMED = 10  # unknown numbers named in a refusal


class Counts(Schema):
    """in_time: came by the last day in time; missing: neither come nor waived; rates from 0 to 1, null of nothing."""

    expected: int
    received: int
    in_time: int
    returned: int
    approved: int
    waived: int
    missing: int
    rate: float | None
    on_time_rate: float | None


class OfficeCounts(Counts):
    office: str
    assignment: int
    period: str


class FormCounts(Counts):
    form: str


class RoundOut(Counts):
    """frozen: the figures at the close, which no later answer changes; null while the round runs."""

    reference: str
    url: str
    state: str
    due_on: date | None
    forms: list[FormCounts]
    offices: list[OfficeCounts]
    frozen: dict[str, Any] | None


class ExpectedQuery(Schema):
    """state: open (missing or returned), waiting, received, returned, approved, waived; empty: all."""

    state: str = OPEN
    form: str = ""
    office: int | None = None
    place: str = ""
    period: str = ""
    q: str = ""
    page: int = 1
    size: int = 100


class ExpectedOut(Schema):
    """kind: place, facility or the register; subject, place: codes of what the answer is about and of where it lies, empty where they are not open to the caller; respondent: code of the post that answers, empty for the office itself."""

    id: int
    form: str
    kind: str
    subject: str
    name: dict[str, str]
    place: str
    period: str
    state: str
    received_at: datetime | None
    due_on: date | None
    office: str
    respondent: str
    reason: str


class ExpectedPage(Schema):
    count: int
    items: list[ExpectedOut]


class WaiveIn(Schema):
    """ids: numbers of expected answers of this round."""

    ids: list[int]
    reason: str


class WaivedOut(Schema):
    waived: int


class IdsIn(Schema):
    """ids: numbers of expected answers of this round."""

    ids: list[int]


class AgainOut(Schema):
    expected_again: int


class GiveIn(Schema):
    """respondent: code of the post that is asked now; empty: the office enters them itself."""

    ids: list[int]
    respondent: str = ""


class GivenOut(Schema):
    given: int


class AddIn(Schema):
    """assignment: number of the office's part, as the counts of the round give it; subject: code of the place, facility or
    row; place: code of the place that answers, of a form that asks about each place of a row."""

    assignment: int
    form: str
    subject: str
    place: str = ""
    respondent: str = ""


class ForeseenQuery(Schema):
    """places: so many places, the most asked first."""

    places: int = 100


class ForeseenOffice(Schema):
    """expected: answers by form; elsewhere: of them, those that another open round expects already; minutes: of the others."""

    office: str
    assignment: int
    period: str
    expected: dict[str, int]
    elsewhere: int
    minutes: int


class ForeseenRound(Schema):
    """expected: answers that this other open round expects as well; reference is empty for those that are not open to the
    caller."""

    reference: str
    expected: int


class ForeseenPlace(Schema):
    """this_year: minutes that visits and rounds ask of the place this year without this round."""

    place: str
    name: dict[str, str]
    expected: int
    elsewhere: int
    minutes: int
    this_year: int


class ForeseenOut(Schema):
    """place_count: places of which something is asked; those of forms about rows of a register count in the sums only."""

    reference: str
    expected: int
    elsewhere: int
    minutes: int
    offices: list[ForeseenOffice]
    rounds: list[ForeseenRound]
    places: list[ForeseenPlace]
    place_count: int


def _counts(found: Progress) -> dict[str, Any]:
    return {**found.plain(), "rate": found.rate, "on_time_rate": found.on_time_rate}


def _call(request: Request, reference: str) -> Call:
    return get_object_or_404(visible(request.actor, Call), reference=reference, asker=FORMS, is_issued=True)


@router.get("/calls/{reference}/answers", response=RoundOut, summary="How the answers of a round stand")
def progress(request: Request, reference: str) -> dict[str, Any]:
    """Of a public round everybody gets the counts; otherwise those of the offices that the caller sees."""
    call = _call(request, reference)
    offices = counted_for(request.actor, call)
    if not offices:
        raise Http404
    found = count(offices).parts
    by_office, by_form = grouped(found, lambda one: one.office), grouped(found, lambda one: one.form)
    slugs = dict(call.round_forms.values_list("form_id", "form__slug"))
    return {
        **_counts(total(found)), "reference": call.reference, "url": call.get_absolute_url(), "state": call.state,
        "due_on": call.due_on, "frozen": (call.statistics or {}).get("answers"),
        "forms": [{"form": slugs[pk], **_counts(counts)} for pk, counts in by_form.items() if pk in slugs],
        "offices": [
            {"office": row.position.organisation.code, "assignment": row.pk, "period": row.period,
             **_counts(by_office[row.pk])}
            for row in offices if row.pk in by_office
        ],
    }  # fmt: skip


@router.get("/calls/{reference}/foreseen", response=ForeseenOut, summary="What a draft round would ask today")
def foreseen_of_draft(request: Request, reference: str, query: Query[ForeseenQuery]) -> dict[str, Any]:
    """Open to those who speak for the issuer, while the round is a draft."""
    rows = visible(request.actor, Call).select_related("issuer__organisation__area")
    call = get_object_or_404(rows, reference=reference, asker=FORMS, is_issued=False)
    require_speaking_for(request.actor, call.issuer)
    forms = list(Form.objects.filter(rounds__call=call).order_by("rounds__id"))
    found = foreseen(request.actor, call, forms, min(max(0, query.places), 1000))
    rounds = [{"reference": other.reference, "expected": count} for other, count in found.rounds]
    if found.unnamed:
        rounds.append({"reference": "", "expected": found.unnamed})
    return {
        "reference": call.reference, "expected": sum(found.totals), "elsewhere": found.elsewhere, "minutes": found.minutes,
        "offices": [
            {"office": row.office.position.organisation.code, "assignment": row.office.pk, "period": row.office.period,
             "expected": {form.slug: count for form, count in zip(forms, row.counts, strict=True)},
             "elsewhere": row.elsewhere, "minutes": row.minutes}
            for row in found.offices
        ],
        "rounds": rounds,
        "places": [
            {"place": row.area.code, "name": dict(row.area.name), "expected": row.expected, "elsewhere": row.elsewhere,
             "minutes": row.minutes, "this_year": row.this_year}
            for row in found.places
        ],
        "place_count": found.count,
    }  # fmt: skip


@router.get("/calls/{reference}/expected", response=ExpectedPage, summary="Answers that a round expects")
def expected(request: Request, reference: str, query: Query[ExpectedQuery]) -> dict[str, Any]:
    call = _call(request, reference)
    offices = offices_seen(request.actor, call)
    rows = answers_of(expected_seen(request.actor, call, offices))
    if not offices and not rows.exists():
        raise Http404
    place = None
    if query.place:
        place = visible(request.actor, Area).filter(code=query.place).first()
        if place is None:
            raise Missing(f"There is no place {query.place}.")
    form = (
        call.round_forms.filter(form__slug=query.form).values_list("form_id", flat=True).first() if query.form else None
    )
    if query.form and form is None:
        raise Missing(f"This round does not ask the form {query.form}.")
    rows = narrowed(
        rows,
        form=form,
        office=query.office,
        place=place,
        state=query.state,
        period=query.period,
        q=query.q,
        actor=request.actor,
        closed=places_closed(request.actor, call, rows) if place or query.q else (),
    )
    page, size = max(1, query.page), min(max(1, query.size), 1000)
    listed = list(rows.order_by("assignment_id", "id")[(page - 1) * size : page * size])
    tell_names(request.actor, listed, request.actor.position_ids)
    return {"count": rows.count(), "items": [_row(row) for row in listed]}


def _row(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk, "form": row.form.slug, "kind": row.subject_type or ("facility" if row.facility else "place"), "subject": row.subject.code,
        "name": dict(row.subject.name), "place": row.told_area.code if row.told_area else "", "period": row.period, "state": row.stands,
        "received_at": row.came_at, "due_on": row.assignment.due_on, "office": row.assignment.position.organisation.code,
        "respondent": row.respondent.code if row.respondent else "", "reason": row.reason,
    }  # fmt: skip


def _rows(request: Request, call: Call, ids: list[int]) -> Any:
    """The expected answers of these numbers. Nothing is done to some of them only: an unknown number is named."""
    rows = expected_seen(request.actor, call).filter(pk__in=ids)
    if unknown := sorted(set(ids) - set(rows.values_list("pk", flat=True))):
        raise Missing(
            _("This round expects no answers of the numbers %(numbers)s.")
            % {"numbers": ", ".join(map(str, unknown[:NAMED]))}
        )
    return rows


def _post(code: str) -> Position | None:
    """The post of a code; None for an empty one, which means the office itself."""
    if not code.strip():
        return None
    found = Position.objects.filter(code=code.strip()).first()
    if found is None:
        raise Invalid("", {"respondent": [_("There is no post %(code)s.") % {"code": code.strip()[:60]}]})
    return found


def _place(request: Request, code: str) -> Area | None:
    """The place of a code, for whoever may see it; None for an empty one."""
    code = lao.digits(code).strip()
    if not code:
        return None
    found = visible(request.actor, Area).filter(code__iexact=code).first()
    if found is None:
        raise Invalid("", {"place": [_("There is no place with the code %(code)s.") % {"code": code[:60]}]})
    return found


@router.post("/calls/{reference}/expected/waive", response=WaivedOut, summary="Do without answers, with a reason")
def waive(request: Request, reference: str, body: WaiveIn) -> dict[str, Any]:
    rows = _rows(request, _call(request, reference), body.ids)
    return {"waived": operations.waive_expected(request.actor, rows, reason=body.reason)}


@router.post("/calls/{reference}/expected/again", response=AgainOut, summary="Wait for waived answers again")
def again(request: Request, reference: str, body: IdsIn) -> dict[str, Any]:
    rows = _rows(request, _call(request, reference), body.ids)
    return {"expected_again": operations.expect_again(request.actor, rows)}


@router.post("/calls/{reference}/expected/give", response=GivenOut, summary="Ask another post for answers")
def give(request: Request, reference: str, body: GiveIn) -> dict[str, Any]:
    rows = _rows(request, _call(request, reference), body.ids)
    return {"given": operations.give_to(request.actor, rows, respondent=_post(body.respondent))}


@router.post("/calls/{reference}/expected", response={201: ExpectedOut}, summary="Expect one more answer")
def add(request: Request, reference: str, body: AddIn) -> tuple[int, dict[str, Any]]:
    call = _call(request, reference)
    if body.assignment not in {row.pk for row in offices_seen(request.actor, call)}:
        raise Missing(_("This round has no such office. `assignment` is the number that the counts of the round give."))
    form = call.round_forms.filter(form__slug=body.form).select_related("form").first()
    if form is None:
        raise Invalid("", {"form": [_("This round does not ask that form. Choose one of its forms.")]})
    subject = subject_of(request.actor, form.form, body.subject)
    if subject is None:
        raise Invalid("", {"subject": [_("The register has no such code. Look it up there.")]})
    made = operations.add_expected(
        request.actor,
        Assignment.objects.get(pk=body.assignment),
        form.form,
        subject,
        place=_place(request, body.place),
        respondent=_post(body.respondent),
    )
    shown = list(answers_of(expected_seen(request.actor, call).filter(pk=made.pk)))
    tell_names(request.actor, shown, request.actor.position_ids)
    return 201, _row(shown[0])
