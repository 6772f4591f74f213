"""Writing minutes, sending them out for endorsement, endorsing or returning them, and the outcome report."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import Tier, require
from sala.bodies import policy, states, wording
from sala.bodies.models import Action, ItemMinutes, Minutes, Outcome, Signature, Verdict
from sala.bodies.queries.desk import turn
from sala.bodies.states import MINUTES, MeetingState, MinutesState, Step
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.language import languages, required_language
from sala.core.operation import lock, operation
from sala.documents.models import IssuedDocument, IssuedKind
from sala.documents.operations import issue_document
from sala.duties.standing_in import Reached, reached
from sala.journal.operations import record
from sala.people.models import Position
from sala.people.operations import queue_message

TEXT = "bodies/minutes_text.html"
REPORT = "bodies/pdf/outcome_report.html"


@operation
def write_minutes(actor: Actor, minutes: Minutes, *, summary: Mapping[str, str] | None = None, opens_to: str | None = None,
                  texts: Mapping[int, Mapping[str, str]] | None = None,
                  outcomes: Mapping[int, str] | None = None) -> Minutes:  # fmt: skip
    """Keep what was said: item id → text, item id → outcome. What is not given stays as it is."""
    minutes = lock(minutes)
    require(actor, policy.MINUTE, minutes.meeting)
    need_draft(minutes)
    if opens_to is not None and policy.is_more_open(opens_to, minutes.meeting.tier):
        advice = _("Minutes are not more open than their meeting. Choose fewer readers.")
        raise Invalid(advice, {"opens_to": [advice]})
    minutes.summary = summary if summary is not None else minutes.summary
    minutes.opens_to = opens_to or minutes.opens_to
    minutes.save()
    for item in minutes.meeting.items.select_for_update(of=("self",)):
        if item.pk in (texts or {}):
            ItemMinutes.objects.update_or_create(
                item=item, defaults={"minutes": minutes, "text": (texts or {})[item.pk]}
            )
        if item.pk in (outcomes or {}):
            item.outcome = Outcome((outcomes or {})[item.pk]) if (outcomes or {})[item.pk] else ""
            item.save(update_fields=["outcome"])
    record(actor, policy.MINUTE, minutes.meeting, change="minutes written")
    return minutes


def need_draft(minutes: Minutes) -> None:
    if minutes.state != MinutesState.DRAFT:
        raise Conflict(
            _("The minutes are out for endorsement or approved. They can be changed when they are returned.")
        )


def _move(minutes: Minutes, step: Step) -> None:
    if states.transition(MINUTES, minutes.state, step) is None:
        raise Conflict(
            _("This cannot be done now: the minutes are “%(state)s”.") % {"state": minutes.get_state_display()}
        )


@operation
def circulate_minutes(actor: Actor, minutes: Minutes, *, chain: Sequence[Position]) -> Minutes:
    """Freeze the text and put it before the posts of the chain, one after the other. Those invited may read it now."""
    minutes = lock(minutes)
    require(actor, policy.MINUTE, minutes.meeting)
    _move(minutes, Step.CIRCULATE)
    if not chain:
        raise Invalid(_("Name at least one post that endorses the minutes."), {"chain": [_("Name at least one post.")]})
    if len({position.pk for position in chain}) != len(chain):
        raise Invalid(_("Each post endorses once. Take the second one out."), {"chain": [_("Name each post once.")]})
    if required_language() not in minutes.summary and not minutes.texts.exclude(text={}).exists():
        raise Invalid(_("Nothing is written yet. Write what was said in the country's language first."))
    minutes.frozen = _frozen(minutes)
    minutes.digest = digest_of(minutes.frozen)
    minutes.edition += 1
    minutes.state, minutes.is_circulated = MinutesState.CIRCULATED, True
    minutes.save()
    for order, position in enumerate(chain, 1):
        Signature.objects.create(minutes=minutes, edition=minutes.edition, order=order, position=position)
    record(actor, policy.MINUTE, minutes.meeting, change="minutes circulated", edition=minutes.edition,
           digest=minutes.digest, chain=[position.pk for position in chain])  # fmt: skip
    _tell_turn(minutes)
    return minutes


def _frozen(minutes: Minutes) -> dict[str, str]:
    """Language → the whole text, as our own template writes it."""
    texts: dict[str, str] = {}
    for code in languages():
        with translation.override(code):
            texts[code] = render_to_string(TEXT, content_of(minutes))
    return texts


def content_of(minutes: Minutes) -> dict[str, Any]:
    """What the text of the minutes is made of."""
    meeting = minutes.meeting
    said = {row.item_id: row.text for row in minutes.texts.all()}
    items = meeting.items.select_related("presenter__organisation").prefetch_related(
        "decisions__document", "decisions__actions__position__organisation", "papers__document"
    )  # fmt: skip
    people = list(meeting.participants.select_related("organisation__area__level", "position"))
    return {
        "meeting": meeting,
        "minutes": minutes,
        "rows": [{"item": item, "said": said.get(item.pk)} for item in items],
        "participants": people,
        "came": {name: sum(getattr(row, name) for row in people) for name in ("women", "men", "unstated")},
    }


def digest_of(texts: Mapping[str, str]) -> str:
    """SHA-256 (hex) over the words of all languages, each with its language and length before it."""
    sha = hashlib.sha256()
    for code, text in sorted(texts.items()):
        raw = text.encode()
        sha.update(code.encode() + len(raw).to_bytes(8, "big") + raw)
    return sha.hexdigest()


def require_turn(actor: Actor, minutes: Minutes) -> Signature:
    """The signature whose turn it is, when the actor may give it: by holding that very post."""
    signature = turn(minutes)
    if signature is None:
        raise Conflict(_("No endorsement is awaited now. Open the meeting to see how its minutes stand."))
    require(actor, policy.ENDORSE, signature.position, acting=signature.position_id)
    if not actor.is_everything and actor.position_id != signature.position_id:
        raise NotPermitted(_("It is the turn of %(post)s to endorse.") % {"post": signature.position})
    return signature


@operation
def endorse_minutes(actor: Actor, minutes: Minutes, *, digest: str) -> Minutes:
    """Endorse the text with this digest. With the last post of the chain the minutes are approved and open."""
    minutes = lock(minutes)
    signature = require_turn(actor, minutes)
    if digest != minutes.digest:
        raise Conflict(_("The text was changed in the meantime. Read it again before you endorse it."))
    _sign(actor, signature, Verdict.ENDORSED, minutes.digest)
    record(actor, policy.ENDORSE, minutes.meeting, change="minutes endorsed", edition=minutes.edition,
           position=signature.position_id, digest=minutes.digest)  # fmt: skip
    if turn(minutes) is None:
        _approve(actor, minutes)
    else:
        _tell_turn(minutes)
    return minutes


def _sign(actor: Actor, signature: Signature, verdict: str, digest: str, reason: str = "") -> None:
    signature.verdict, signature.reason, signature.digest = verdict, reason, digest
    signature.at, signature.person_id = clock.now(), actor.person_id
    signature.save()


def _approve(actor: Actor, minutes: Minutes) -> None:
    meeting = lock(minutes.meeting)
    minutes.state, minutes.approved_at, minutes.tier = MinutesState.APPROVED, clock.now(), minutes.opens_to
    minutes.save()
    meeting.state = MeetingState.APPROVED
    meeting.save()
    record(actor, policy.ENDORSE, meeting, change="minutes approved", edition=minutes.edition, digest=minutes.digest)


@operation
def return_minutes(actor: Actor, minutes: Minutes, *, reason: str) -> Minutes:
    """Send the minutes back to their secretary with reasons. Mended, they go through the whole chain again."""
    minutes = lock(minutes)
    signature = require_turn(actor, minutes)
    if not reason.strip():
        raise Invalid(_("Say what must be mended."), {"reason": [_("Say what must be mended.")]})
    _sign(actor, signature, Verdict.RETURNED, minutes.digest, reason.strip())
    minutes.state = MinutesState.DRAFT
    minutes.save()
    record(actor, policy.ENDORSE, minutes.meeting, change="minutes returned", edition=minutes.edition,
           position=signature.position_id)  # fmt: skip
    return minutes


def _tell_turn(minutes: Minutes) -> None:
    signature = turn(minutes)
    people = (reached(signature.position) if signature else Reached()).people
    for person in people:
        with translation.override(person.language or required_language()):
            queue_message(
                person, minutes.meeting, wave=f"endorse-{minutes.edition}", title=_("Minutes to endorse"),
                body=f"{minutes.meeting}\n{minutes.meeting.body}\n{wording.address(minutes.meeting)}",
            )  # fmt: skip


@operation
def issue_report(actor: Actor, minutes: Minutes) -> IssuedDocument:
    """Make the outcome report of a meeting whose minutes are approved: numbered, hashed, in every language."""
    minutes = lock(minutes)
    require(actor, policy.MINUTE, minutes.meeting)
    if minutes.state != MinutesState.APPROVED:
        raise Conflict(_("The outcome report is made when the minutes are approved."))
    if minutes.report is not None and minutes.report.is_valid:
        raise Conflict(_("The outcome report was issued already: %(number)s.") % {"number": minutes.report.number})
    meeting = minutes.meeting
    signed = (
        minutes.signatures.filter(edition=minutes.edition).select_related("position__organisation").order_by("order")
    )
    actions = Action.objects.filter(decision__item__meeting=meeting).select_related("position__organisation")
    minutes.report = issue_document(
        actor, meeting.body.secretariat, kind=IssuedKind.REPORT, title=wording.report_title(meeting), template=REPORT,
        subject=meeting, tier=Tier(minutes.opens_to).value, is_invented=meeting.is_invented,
        context={**content_of(minutes), "frozen": minutes.frozen, "signed": list(signed), "actions": list(actions)},
    )  # fmt: skip
    minutes.save(update_fields=["report"])
    record(actor, policy.MINUTE, meeting, change="report issued", number=minutes.report.number)
    return minutes.report
