"""The agenda: what is open from last time, what stands on it always, what somebody puts on it, and its papers."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require, sees
from sala.bodies import policy, wording
from sala.bodies.models import Action, AgendaItem, AgendaPaper, ItemKind, Meeting
from sala.bodies.queries.meetings import deferred_before, next_after, open_before
from sala.core.checking import check
from sala.core.errors import Conflict, Missing
from sala.core.language import Translated
from sala.core.operation import lock, operation
from sala.documents.models import Document
from sala.journal.operations import record

FIRST = [ItemKind.FOLLOW_UP, ItemKind.STANDING, ItemKind.TOPIC]


@operation
def carry_over(actor: Actor, meeting: Meeting) -> int:
    """Put on the agenda what must not be forgotten and is not there yet. Returns how many items are new.

    These are the actions of earlier meetings that nobody has accepted, the items put off last time, and what stands on
    every agenda of the series.
    """
    meeting = lock(meeting)
    require(actor, policy.CONVENE, meeting)
    need_ahead(meeting)
    held: dict[str, set[int | None]] = {
        name: set(meeting.items.values_list(name, flat=True)) for name in ("action", "deferred_from", "standing")
    }
    wanted = [_open_item(meeting, action) for action in open_before(meeting) if action.pk not in held["action"]]
    wanted += [
        _deferred_item(meeting, item) for item in deferred_before(meeting) if item.pk not in held["deferred_from"]
    ]
    standing = meeting.series.standing_items.all() if meeting.series else []
    wanted += [
        AgendaItem(meeting=meeting, kind=ItemKind.STANDING, title=item.title, standing=item, order=item.order)
        for item in standing
        if item.pk not in held["standing"]
    ]
    for item in wanted:
        item.save()
    if wanted:
        _number(meeting)
        record(actor, policy.CONVENE, meeting, change="carried over", items=[item.pk for item in wanted])
    return len(wanted)


def _open_item(meeting: Meeting, action: Action) -> AgendaItem:
    item = AgendaItem(meeting=meeting, kind=ItemKind.FOLLOW_UP, action=action)
    return _told(item, action.meeting.minutes.opens_to, title=action.wording, presenter=action.position)


def _deferred_item(meeting: Meeting, earlier: AgendaItem) -> AgendaItem:
    item = AgendaItem(meeting=meeting, kind=ItemKind.TOPIC, deferred_from=earlier, order=earlier.order)
    told = {"title": earlier.title, "wanted": earlier.wanted, "presenter": earlier.presenter}
    return _told(item, earlier.meeting.tier, **told)


def _told(item: AgendaItem, tier: str, **said: Any) -> AgendaItem:
    """Give an item what an earlier meeting said, unless this meeting is open to more readers than may know of it."""
    if policy.is_more_open(item.meeting.tier, tier):
        said = {"title": wording.closed_point()}
    for name, value in said.items():
        setattr(item, name, value)
    return item


def close_points(meeting: Meeting) -> None:
    """Keep what came from a more closed meeting to its readers, now that this one was opened to more."""
    for item in meeting.items.select_related("action__decision__item__meeting__minutes", "deferred_from__meeting"):
        source = (
            item.action.meeting.minutes.opens_to
            if item.action
            else item.deferred_from and item.deferred_from.meeting.tier
        )
        if source and policy.is_more_open(meeting.tier, source):
            item.title, item.wanted, item.presenter = wording.closed_point(), Translated(), None
            item.save()


def put_on_next(action: Action) -> AgendaItem | None:
    """The action on the agenda of the next meeting that is prepared already; None when there is none yet."""
    meeting = next_after(action.meeting)
    if meeting is None:
        return None
    meeting = lock(meeting)
    item = meeting.items.filter(action=action).first()
    if item is None:
        item = _open_item(meeting, action)
        item.save()
        _number(meeting)
    return item


def _number(meeting: Meeting) -> None:
    """Number the items from 1: open points first, then standing items, then topics, each in the order they had."""
    rows = sorted(meeting.items.all(), key=lambda item: (FIRST.index(ItemKind(item.kind)), item.order or 999, item.pk))
    for number, item in enumerate(rows, 1):
        if item.order != number:
            item.order = number
            item.save(update_fields=["order"])


def need_ahead(meeting: Meeting) -> None:
    if not meeting.is_ahead:
        raise Conflict(_("This meeting is “%(state)s”; its agenda is closed.") % {"state": meeting.get_state_display()})


@operation
def add_item(actor: Actor, meeting: Meeting, *, title: Mapping[str, str], **described: Any) -> AgendaItem:
    """Put a topic on the agenda of a meeting ahead."""
    meeting = lock(meeting)
    require(actor, policy.CONVENE, meeting)
    if not meeting.is_entered_late:
        need_ahead(meeting)
    last = meeting.items.aggregate(last=Max("order"))["last"] or 0
    item = AgendaItem(meeting=meeting, title=title, order=last + 1, **described)
    check(item)
    item.save()
    record(actor, policy.CONVENE, meeting, change="item added", item=item.pk)
    return item


@operation
def change_item(actor: Actor, item: AgendaItem, **described: Any) -> AgendaItem:
    """Change an item of a meeting ahead."""
    item = lock(item)
    meeting = lock(item.meeting)
    require(actor, policy.CONVENE, meeting)
    need_ahead(meeting)
    for name, value in described.items():
        setattr(item, name, value)
    check(item)
    item.save()
    record(actor, policy.CONVENE, meeting, change="item changed", item=item.pk)
    return item


@operation
def remove_item(actor: Actor, item: AgendaItem) -> None:
    """Take a topic off the agenda. What is open from last time stays until it is accepted."""
    item = lock(item)
    meeting = lock(item.meeting)
    require(actor, policy.CONVENE, meeting)
    need_ahead(meeting)
    if item.kind == ItemKind.FOLLOW_UP:
        raise Conflict(
            _("This point is open from an earlier meeting. It leaves the agenda when its answer is accepted.")
        )
    number = item.pk
    item.papers.all().delete()
    item.delete()
    _number(meeting)
    record(actor, policy.CONVENE, meeting, change="item removed", item=number)


@operation
def attach_paper(actor: Actor, item: AgendaItem, document: Document) -> AgendaPaper:
    """Put a document before the meeting under an item. Who may read it, the document's own tier says."""
    meeting = lock(item.meeting)
    require(actor, policy.CONVENE, meeting)
    if not sees(actor, document):
        raise Missing(_("No such document. Copy the address of its page."))
    paper, made = AgendaPaper.objects.get_or_create(item=item, document=document)
    if made:
        record(actor, policy.CONVENE, meeting, change="paper attached", item=item.pk, document=document)
    return paper


@operation
def take_away_paper(actor: Actor, paper: AgendaPaper) -> None:
    """Take a paper off a meeting ahead."""
    meeting = lock(paper.item.meeting)
    require(actor, policy.CONVENE, meeting)
    need_ahead(meeting)
    document = paper.document
    paper.delete()
    record(actor, policy.CONVENE, meeting, change="paper taken away", document=document)
