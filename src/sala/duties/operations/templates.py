"""Templates of calls: keeping one, starting a call from it, and the rounds that the calendar drafts."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import sees
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted, SalaError
from sala.core.language import Translated
from sala.core.operation import lock, operation
from sala.documents.models import Document
from sala.documents.working_days import Calendar
from sala.duties import due, policy
from sala.duties.asking import asker_of
from sala.duties.models import Call, CallState, CallTemplate
from sala.duties.operations.asked import copied
from sala.duties.operations.calls import draft_call
from sala.duties.operations.issuing import issue_call, missing_for_issue
from sala.duties.operations.notices import write_about
from sala.duties.operations.speaking import require_speaking_for
from sala.duties.rhythm import NoDueDate, Round, next_round
from sala.journal.operations import record
from sala.people.models import Position

CARRIED = (
    "kind", "title", "purpose", "instruction", "legal_basis", "area", "due_days", "minutes", "asker", "self_check",
)  # fmt: skip


@operation
def make_template(actor: Actor, call: Call, *, name: Mapping[str, str], note: Mapping[str, str] | None = None,
                  tier: str = "own", rhythm: str = "", opens_itself: bool = False) -> CallTemplate:  # fmt: skip
    """Keep a call to be used again. With a rhythm, the calendar drafts the next round on its day."""
    require_speaking_for(actor, call.issuer)
    template = CallTemplate(source=call, owner=call.issuer)
    _fill(template, name, note, tier, rhythm, opens_itself)
    template.save()
    record(actor, policy.ISSUE, template, change="made", call=call.pk, rhythm=rhythm, next=template.next_on)
    return template


@operation
def change_template(actor: Actor, template: CallTemplate, *, name: Mapping[str, str], note: Mapping[str, str] | None = None,
                    tier: str = "own", rhythm: str = "", opens_itself: bool = False) -> CallTemplate:  # fmt: skip
    template = lock(template)
    require_speaking_for(actor, template.owner)
    _not_retired(template)
    _fill(template, name, note, tier, rhythm, opens_itself)
    template.save()
    record(actor, policy.ISSUE, template, change="changed", rhythm=rhythm, next=template.next_on)
    return template


@operation
def retire_template(actor: Actor, template: CallTemplate) -> None:
    """Nothing is made of it any more; the calls that were made of it stay."""
    template = lock(template)
    require_speaking_for(actor, template.owner)
    _not_retired(template)
    template.retired, template.next_on, template.trouble = True, None, ""
    template.save()
    record(actor, policy.ISSUE, template, change="retired")


def _not_retired(template: CallTemplate) -> None:
    if template.retired:
        raise Conflict(_("This template is not used any more. Make a new one from a call."))


def _fill(template: CallTemplate, name: Mapping[str, str], note: Mapping[str, str] | None, tier: str, rhythm: str,
          opens_itself: bool) -> None:  # fmt: skip
    template.name, template.note = Translated(name), Translated(note)
    if template.rhythm != rhythm:
        template.rounds = 0
    template.tier, template.rhythm, template.opens_itself = tier, rhythm, opens_itself
    try:
        template.clean_fields(exclude=["source", "last", "owner", "next_on"])
    except ValidationError as error:
        raise Invalid("", error.message_dict) from error
    template.next_on, template.trouble = _next_on(template, clock.today()), ""


def base_of(template: CallTemplate) -> Call:
    """The call whose texts and posts are carried forward: the newest made of the template, unless it was withdrawn."""
    last = template.last
    return last if last is not None and last.state != CallState.WITHDRAWN else template.source


def _next_on(template: CallTemplate, today: date) -> date | None:
    return _round(template, today).drafted_on if template.rhythm else None


def _round(template: CallTemplate, today: date) -> Round:
    notice = due.notice_rule(template.source, today)
    try:
        return next_round(
            template.source, template.rhythm, after=template.rounds, notice=notice.days if notice else None, opens_itself=template.opens_itself,
            today=today, calendar=Calendar(),
        )  # fmt: skip
    except NoDueDate as error:
        advice = _(
            "The call has neither a due date nor a number of working days, so no next round can be reckoned. Give it one of them."
        )
        raise Invalid(advice, {"rhythm": [advice]}) from error


@operation
def start_from_template(actor: Actor, template: CallTemplate, *, issuer: Position, period: str = "",
                        due_on: date | None = None, opens_on: date | None = None) -> Call:  # fmt: skip
    """Draft a call from a template. Another organisation gets the texts and what is asked, and names its own posts."""
    template = lock(template)
    if not sees(actor, template):
        raise NotPermitted(_("This template is not open to your organisation. Ask its owner to share it."))
    _not_retired(template)
    base = base_of(template)
    is_own = issuer.organisation_id == template.owner.organisation_id
    call = _carry(actor, base, issuer, period=period, due_on=due_on, opens_on=opens_on, with_posts=is_own)
    if is_own and not template.rhythm:
        template.last = call
        template.save(update_fields=["last"])
    record(actor, policy.ISSUE, template, change="used", call=call.pk)
    return call


def _carry(actor: Actor, base: Call, issuer: Position, *, with_posts: bool, **dates: Any) -> Call:
    """A draft with the texts of another call, the posts it asked where they are the issuer's own to ask, and the asking
    part's own content."""
    texts = {name: getattr(base, name) for name in CARRIED}
    if base.area and base.area.has_ended:
        texts["area"] = None
    plan = [entry for entry in base.review_plan if with_posts or "post" in entry]
    document: Document | None = base.document if base.document and sees(actor, base.document) else None
    call = draft_call(
        actor, issuer=issuer, asked=copied(base) if with_posts else (), is_public=base.is_public and with_posts,
        is_invented=base.is_invented, document=document, review_plan=plan, **{**texts, **dates},
    )  # fmt: skip
    asker_of(call).carry_forward(base, call, clock.today())
    return call


# ---- what the calendar does --------------------------------------------------------------------------------------


@operation
def draft_round(actor: Actor, template: CallTemplate, today: date) -> Call | None:
    """Draft the round that is due and issue it where that was agreed and nothing is missing. None when none is due.

    actor  the template's own post: a round is made with the rights that the post has on the day
    """
    template = lock(template)
    if template.retired or not template.rhythm or template.next_on is None or template.next_on > today:
        return None
    coming = _round(template, today)
    call = _carry(
        actor, base_of(template), template.owner, with_posts=True, period=coming.period, due_on=coming.due_on,
        opens_on=coming.opens_on,
    )  # fmt: skip
    template.last, template.rounds, template.trouble = call, coming.number, ""
    template.next_on = _round(template, today).drafted_on
    template.save(update_fields=["last", "rounds", "next_on", "trouble"])
    record(actor, policy.ISSUE, template, change="round", call=call.pk, next=template.next_on)
    if not (template.opens_itself and _opens(actor, call, today)):
        write_about(
            call, template.owner, lambda: _("A round of a recurring call is drafted"), "round",
            note=lambda: what_is_missing(call, today) or _("Nothing is missing. Read it once more, then issue it."),
        )  # fmt: skip
    return call


def _opens(actor: Actor, call: Call, today: date) -> bool:
    """Issue the draft. False, with the draft left as it is, when something is missing or refuses."""
    if missing_for_issue(call, today):
        return False
    try:
        with transaction.atomic():
            issue_call(actor, call)
    except SalaError:
        return False
    return True


def what_is_missing(call: Call, today: date) -> str:
    return " ".join(text for texts in missing_for_issue(call, today).values() for text in texts)


@operation
def note_trouble(actor: Actor, template: CallTemplate, trouble: str) -> None:
    """A round could not be drafted: keep why, for the desk. The next day tries again."""
    template = lock(template)
    if template.trouble != trouble:
        template.trouble = trouble
        template.save(update_fields=["trouble"])
        record(actor, policy.ISSUE, template, change="not drafted", why=trouble)
