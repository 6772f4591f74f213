"""Recommendations: drafted, put to the ministries, reworded, submitted to a higher office, answered by it.

What its owner then does with it, and how the secretariat verifies that, are the steps of its assignments: progress with
evidence, submit, accept. It is closed with its call.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import can, require, sees
from sala.core import clock
from sala.core.checking import need
from sala.core.errors import Conflict, Invalid, Missing, NotPermitted
from sala.core.language import Translated, required_language
from sala.core.operation import lock, operation
from sala.documents.models import Document
from sala.duties import policy
from sala.duties.models import Call, CallKind, CallState, Outcome, Recommendation, Stance, StanceKind, Wording
from sala.duties.operations.asked import Asked, lock_draft
from sala.duties.operations.calls import draft_call, end_open
from sala.duties.operations.notices import write_about, write_to
from sala.duties.operations.speaking import require_speaking_for
from sala.duties.queries.recommendations import stands_for
from sala.duties.states import OPEN, Step
from sala.journal.operations import record
from sala.people.models import Organisation, Position

DECISION = "decision"  # kind of the document in which a higher office answers
FIELDS = ("number", "theme", "level", "budget_line", "amount", "currency", "indicator", "source")
GIVEN = (StanceKind.AGREE, StanceKind.RESERVATION, StanceKind.OPPOSE)
ENDINGS = (Outcome.ENDORSED, Outcome.CHANGED, Outcome.REFUSED)


@operation
def draft_recommendation(actor: Actor, *, issuer: Position, wording: Translated, owners: Sequence[Asked],
                         details: dict[str, Any], **call: Any) -> Recommendation:  # fmt: skip
    """Begin a recommendation: its words, the posts that own it, and what is in FIELDS (details).

    call  what draft_call takes beside; the instruction is the wording where none is given
    """
    _check_words(wording)
    instruction = call.pop("instruction", None) or wording
    drafted = draft_call(
        actor, issuer=issuer, asked=owners, kind=CallKind.RECOMMENDATION, instruction=instruction, **call
    )
    recommendation = Recommendation(call=drafted)
    _fill(actor, recommendation, details)
    _word(actor, recommendation, wording, "", None)
    return recommendation


@operation
def describe_recommendation(actor: Actor, recommendation: Recommendation, **details: Any) -> Recommendation:
    """Change number, theme, level, cost or measure (FIELDS) while it is a draft. Words change by reword."""
    lock_draft(actor, recommendation.call)
    recommendation = lock(recommendation)
    _fill(actor, recommendation, details)
    record(actor, policy.ISSUE, recommendation.call, change="recommendation described")
    return recommendation


def _fill(actor: Actor, recommendation: Recommendation, details: dict[str, Any]) -> None:
    if unknown := set(details) - set(FIELDS):
        raise TypeError(f"a recommendation has no {', '.join(sorted(unknown))}")
    source = details.get("source")
    if source is not None and not sees(actor, source):
        raise Missing(_("The report it comes from was not found. Check its address."))
    for name, value in details.items():
        setattr(recommendation, name, value)
    try:
        recommendation.full_clean(exclude=["call", "source", "answered_by", "answered_in"])
    except ValidationError as error:
        raise Invalid("", error.message_dict) from error
    recommendation.save()


@operation
def reword(actor: Actor, recommendation: Recommendation, *, wording: Translated, reason: str,
           document: Document | None = None) -> Wording:  # fmt: skip
    """Other words, by the office that recommends, as long as the higher office has not answered. Earlier words stay."""
    recommendation = _locked(recommendation)
    require_speaking_for(actor, recommendation.call.issuer)
    _refuse_ended(recommendation)
    _refuse_answered(recommendation)
    _check_words(wording)
    need(reason, _("Say why the wording is changed."), "reason")
    written = _word(actor, recommendation, wording, reason, document)
    record(actor, policy.ISSUE, recommendation.call, change="reworded", wording=written.number)
    return written


@operation
def put_to_offices(actor: Actor, recommendation: Recommendation, organisations: Iterable[Organisation]) -> int:
    """Ask ministries for their position. Those asked before are left. Returns how many are new."""
    recommendation = _locked(recommendation)
    require_speaking_for(actor, recommendation.call.issuer)
    _refuse_unissued(recommendation)
    _refuse_answered(recommendation)
    known = set(recommendation.stances.values_list("organisation_id", flat=True))
    fresh = [one for one in {one.pk: one for one in organisations}.values() if one.pk not in known]
    Stance.objects.bulk_create(
        [
            Stance(recommendation=recommendation, organisation=one, stance=StanceKind.ASKED, at=clock.now(),
                   position_id=actor.position_id)
            for one in fresh
        ]
    )  # fmt: skip
    record(actor, policy.ISSUE, recommendation.call, change="position asked", organisations=[one.pk for one in fresh])
    for one in fresh:
        _tell(recommendation, one, policy.STATE, lambda: _("Your office's position on a recommendation is asked"),
              f"position-{one.pk}", actor)  # fmt: skip
    return len(fresh)


@operation
def state_position(
    actor: Actor, recommendation: Recommendation, organisation: Organisation, *, stance: str, note: str = ""
) -> Stance:
    """One ministry's position, by a post of its own with that right, such as its head. A later one counts instead; both are kept."""
    recommendation = _locked(recommendation)
    if not sees(actor, recommendation):
        raise Missing()
    require(actor, policy.STATE, organisation)
    if not stands_for(actor, organisation):
        raise NotPermitted(_("An office's position is stated by a post of that office."))
    if not recommendation.stances.filter(organisation=organisation).exists():
        raise Conflict(_("This office was not asked for its position. Ask the issuer to put it to your office."))
    _refuse_unissued(recommendation)
    _refuse_answered(recommendation)
    if stance not in GIVEN:
        raise Invalid(_("Choose one of the positions."), {"stance": [_("Choose one of the positions.")]})
    if stance != StanceKind.AGREE:
        need(note, _("Give the reason, so that the wording can be mended."))
    given = Stance.objects.create(
        recommendation=recommendation, organisation=organisation, stance=stance, note=note.strip(), at=clock.now(),
        position_id=actor.position_id,
    )  # fmt: skip
    record(actor, policy.STATE, recommendation.call, change="position stated", organisation=organisation.pk,
           stance=stance, given=given.pk)  # fmt: skip
    return given


@operation
def submit_to(actor: Actor, recommendation: Recommendation, office: Organisation) -> Recommendation:
    """Submit it to a higher office for guidance. Positions that are still awaited stay open until it answers."""
    recommendation = _locked(recommendation)
    require_speaking_for(actor, recommendation.call.issuer)
    _refuse_unissued(recommendation)
    if recommendation.outcome != Outcome.PENDING:
        raise Conflict(_("This was submitted to a higher office already. Open it to see where it stands."))
    if office.pk == recommendation.call.issuer.organisation_id:
        advice = _("The higher office must be another than the one that recommends.")
        raise Invalid(advice, {"office": [advice]})
    recommendation.outcome, recommendation.answered_by = Outcome.SUBMITTED, office
    recommendation.submitted_on = clock.today()
    recommendation.save(update_fields=["outcome", "answered_by", "submitted_on"])
    record(actor, policy.ISSUE, recommendation.call, change="submitted to a higher office", organisation=office.pk)
    _tell(recommendation, office, policy.ANSWER, lambda: _("A recommendation waits for your office's answer"),
          f"submitted-{office.pk}", actor)  # fmt: skip
    return recommendation


@operation
def answer_recommendation(actor: Actor, recommendation: Recommendation, *, outcome: str, document: Document, on: date,
                          answer: Translated | None = None, wording: Translated | None = None) -> Recommendation:  # fmt: skip
    """What the higher office made of it: endorsed, endorsed with other words, or not endorsed (its open work then ends).

    document  the office's decision; with it in hand the office that recommended may enter the answer too
    on        the day of the answer
    """
    recommendation = _locked(recommendation)
    if recommendation.outcome != Outcome.SUBMITTED or recommendation.answered_by is None:
        raise Conflict(_("Nothing of it waits for a higher office's answer. Open it to see where it stands."))
    _refuse_unissued(recommendation)
    _require_answer(actor, recommendation, recommendation.answered_by)
    _check_answer(actor, recommendation, outcome, document, on, wording)
    recommendation.outcome, recommendation.answered_on, recommendation.answered_in = outcome, on, document
    recommendation.answer = answer or Translated()
    recommendation.save(update_fields=["outcome", "answered_on", "answered_in", "answer"])
    if outcome == Outcome.CHANGED and wording:
        _word(actor, recommendation, wording, _("By the answer of the higher office."), document)
    record(actor, policy.ANSWER, recommendation.call, change="answered", outcome=outcome, on=on, document=document)
    _tell_answered(actor, recommendation)
    if outcome == Outcome.REFUSED:
        _end(actor, recommendation.call)
    return recommendation


def _require_answer(actor: Actor, recommendation: Recommendation, office: Organisation) -> None:
    """By the office itself; or entered by the office that recommended, which holds the decision."""
    if can(actor, policy.ANSWER, office):
        require(actor, policy.ANSWER, office)
    else:
        require_speaking_for(actor, recommendation.call.issuer)


def _check_answer(actor: Actor, recommendation: Recommendation, outcome: str, document: Document, on: date,
                  wording: Translated | None) -> None:  # fmt: skip
    if outcome not in ENDINGS:
        raise Invalid(_("Choose one of the answers."), {"outcome": [_("Choose one of the answers.")]})
    if not sees(actor, document):
        raise Missing(_("The decision was not found. Check the address of its page."))
    if document.kind.code != DECISION:
        advice = _("The answer stands on a decision. Name a document of that kind, or enter the decision first.")
        raise Invalid(advice, {"document": [advice]})
    if on > clock.today() or (recommendation.submitted_on and on < recommendation.submitted_on):
        advice = _("The day of the answer lies between its submission and today. Correct the date.")
        raise Invalid(advice, {"on": [advice]})
    if outcome == Outcome.CHANGED:
        _check_words(wording or Translated())
        if wording == recommendation.wordings.latest("number").text:
            advice = _("These are the present words. Write the changed ones, or choose “endorsed”.")
            raise Invalid(advice, {"wording": [advice]})


def _end(actor: Actor, call: Call) -> None:
    """What a higher office does not endorse is not carried on."""
    reason = _("The higher office did not endorse this recommendation.")
    call.state = CallState.WITHDRAWN
    call.save(update_fields=["state"])
    end_open(actor, call, Step.WITHDRAW, reason, tell=True)
    record(actor, policy.ANSWER, call, change="withdrawn", reason=reason)


# ---- shared -------------------------------------------------------------------------------------------------------


def _locked(recommendation: Recommendation) -> Recommendation:
    """The recommendation and its call as they are now, held; the call first, as in the other operations."""
    call = lock(recommendation.call)
    recommendation = lock(recommendation)
    recommendation.call = call
    return recommendation


def _word(actor: Actor, recommendation: Recommendation, text: Translated, reason: str,
          document: Document | None) -> Wording:  # fmt: skip
    number = recommendation.wordings.count() + 1
    return Wording.objects.create(
        recommendation=recommendation, number=number, text=Translated(text), reason=reason.strip()[:300],
        document=document, position_id=actor.position_id, at=clock.now(),
    )  # fmt: skip


def _check_words(wording: Translated) -> None:
    if required_language() not in wording:
        advice = _("The wording in the country's language is missing. Write it first.")
        raise Invalid(advice, {"wording": [advice]})


def _refuse_ended(recommendation: Recommendation) -> None:
    if recommendation.call.state not in (CallState.DRAFT, CallState.ISSUED):
        raise Conflict(_("This recommendation has ended. Open it to see how."))


def _refuse_unissued(recommendation: Recommendation) -> None:
    _refuse_ended(recommendation)
    if recommendation.call.is_draft:
        raise Conflict(_("This is still a draft, which only its own office sees. Issue it first."))


def _refuse_answered(recommendation: Recommendation) -> None:
    if recommendation.is_answered:
        raise Conflict(_("The higher office has answered already; its words stand. Open it to read the answer."))


def _tell(recommendation: Recommendation, office: Organisation, verb: str, title: Callable[[], str], wave: str,
          actor: Actor) -> None:  # fmt: skip
    """Write to the head of an office and to its posts that hold the right to act here."""
    posts = Position.objects.filter(organisation=office, closed_on__isnull=True)
    posts = posts.filter(Q(is_head=True) | Q(grants__role__verbs__contains=[verb])).distinct()
    words = recommendation.wordings.latest("number").text
    for post in posts.select_related("organisation__area"):
        write_about(
            recommendation.call, post, title, f"{wave}-{recommendation.pk}", note=lambda: str(words),
            leaving_out=actor.person_id,
        )  # fmt: skip


def _tell_answered(actor: Actor, recommendation: Recommendation) -> None:
    rows = recommendation.call.assignments.filter(state__in=OPEN).select_related("call", "position__organisation__area")
    write_to(
        [(row, row.position) for row in rows], lambda: _("The higher office has answered on a recommendation"),
        "recommendation-answered", leaving_out=actor.person_id, note=lambda: str(recommendation.get_outcome_display()),
    )  # fmt: skip
