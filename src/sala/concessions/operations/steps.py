"""Steps of the procedure, each with the paper that it needs."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.concessions import policy
from sala.concessions.field_classes import values_of
from sala.concessions.models import ApprovalStep, Concession, ConcessionDocument, ConcessionState
from sala.concessions.operations import changes
from sala.concessions.operations.changes import Why
from sala.concessions.operations.concessions import keep_in_step
from sala.concessions.operations.grants import end_grants
from sala.concessions.states import MOVES, Step, steps_from
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.models import Term
from sala.core.operation import lock, operation
from sala.documents.models import Document
from sala.journal.operations import record
from sala.people.models import Organisation

ENDS_GRANTS = frozenset({Step.TERMINATE, Step.RETURN, Step.TRANSFER})


@operation
def take_step(actor: Actor, concession: Concession, step: str, *, document: Document | None = None,
              decided_on: date | None = None, body: Organisation | None = None, body_name: str = "", level: str = "",
              hectares: Decimal | None = None, note: str = "", checks: list[dict[str, Any]] | None = None,
              version: int | None = None) -> ApprovalStep:  # fmt: skip
    """Record one step. Raises Conflict when it may not follow, Invalid where the paper or the decision is missing.

    document  one of the concession's papers in the role that the step needs; left out, its newest such paper
    body, body_name  who decided: an organisation here, or its name as the paper writes it
    """
    concession = lock(concession)
    require(actor, policy.DECIDE, concession)
    changes.require_version(concession, version)
    if step not in MOVES:
        raise Invalid(_("There is no such step."))
    move = MOVES[step]
    if concession.state not in move.begins:
        raise Conflict(_not_now(concession))
    paper = _paper(concession, step, document)
    today = clock.today()
    if move.decided and decided_on is None:
        raise Invalid(_("Give the day of the decision."), {"decided_on": [_("Give the day of the decision.")]})
    if move.decided and body is None and not body_name.strip():
        raise Invalid(_("Say who decided."), {"body": [_("Say who decided.")]})
    if decided_on and decided_on > today:
        raise Invalid(_("The day lies ahead. Correct it."), {"decided_on": [_("Choose a day up to today.")]})
    day = decided_on or today
    before = values_of(concession)
    taken = ApprovalStep.objects.create(
        concession=concession, verb=step, from_state=concession.state, to_state=move.ends, body=body, body_name=body_name,
        level=level, decided_on=day, hectares=hectares, document=paper, note=note, checks=checks or [],
        position_id=actor.position_id, recorded_at=clock.now(),
    )  # fmt: skip
    concession.state = move.ends
    keep_in_step(concession)
    concession.save(update_fields=["state", "is_public", "keys"])
    why = Why(note, paper, day)
    changes.changed(actor, concession, concession, before, why)
    if step in ENDS_GRANTS:
        end_grants(actor, concession, day, why)
    changes.touch(concession)
    record(actor, policy.DECIDE, concession, change=f"step {step}", document=paper, reason=note, decided_on=day)
    return taken


def _not_now(concession: Concession) -> str:
    state = ConcessionState(concession.state).label
    steps = ", ".join(str(Step(step).label) for step in steps_from(concession.state))
    if not steps:
        return _("The state is “%(state)s”: no step follows it any more.") % {"state": state}
    return _("The state is “%(state)s”. What may follow: %(steps)s.") % {"state": state, "steps": steps}


def _paper(concession: Concession, step: str, document: Document | None) -> Document | None:
    """The paper on which the step stands. Raises Invalid that names the missing one."""
    needs = MOVES[step].needs
    if not needs:
        return document
    papers = ConcessionDocument.objects.filter(
        concession=concession, role__scheme="concession-paper", role__code__in=needs
    )
    if document is not None:
        papers = papers.filter(document=document)
    newest = papers.select_related("document").order_by("-id").first()
    if newest is None:
        names = {term.code: str(term.name) for term in Term.objects.filter(scheme="concession-paper", code__in=needs)}
        wanted = _(" or ").join(f"“{names.get(code, code)}”" for code in needs)
        words = _("This step needs the paper %(paper)s. Add it under “Papers” first.") % {"paper": wanted}
        raise Invalid(words, {"document": [words]})
    if MOVES[step].numbered and not (newest.document.number.strip() and newest.document.issued_on):
        words = _("This step stands on a decision with its number and its day. Enter both with the document “%(paper)s” first.")  # fmt: skip
        told = words % {"paper": newest.document.title}
        raise Invalid(told, {"document": [told]})
    return newest.document
