"""Orders about concessions: one to each of a selection, and what is sent with the answer to one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import shapely
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import permitted
from sala.collection.models import Form, Picture
from sala.collection.operations import choose_forms
from sala.concessions import policy
from sala.concessions.asking import ORDERS
from sala.concessions.calculations.inspections import Limits, Photo, check
from sala.concessions.models import (
    Addressee,
    AreaPurpose,
    AreaShape,
    Concession,
    ConcessionOrder,
    OrderFile,
    OrderKind,
)
from sala.concessions.queries.addressees import finders
from sala.concessions.queries.inspections import limits_of
from sala.concessions.redaction import readable_by_office
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.files import heads
from sala.core.language import Translated
from sala.core.operation import lock, operation
from sala.duties.models import Assignment, Call, CallKind
from sala.duties.operations import acknowledge, draft_call, issue_call, order_for
from sala.duties.operations import submit as submit_answer
from sala.duties.operations.moves import require_step
from sala.duties.states import State, Step
from sala.journal.operations import record
from sala.people.models import Position

MOST_FILES = 30
NAMED = 200  # concessions without anybody to act that are kept by their references
KINDS = (*heads.PICTURES, heads.PDF)


@dataclass(frozen=True)
class Words:
    """What the order says: title, what for, what exactly is to be done, each by language."""

    title: Translated
    purpose: Translated
    instruction: Translated


@operation
def draft_order(actor: Actor, rows: QuerySet[Concession], *, issuer: Position, kind: str, addressee: str, words: Words,
                due_on: date, checker: Position | None = None, form: Form | None = None, selection: str = "",
                legal_basis: str = "", is_invented: bool = False) -> ConcessionOrder:  # fmt: skip
    """Write an order to whoever must act for each of these concessions; it is sent by send_order.

    rows  a selection of the register; those that the actor does not read by office are left out
    form  of an order to inspect: the form in use that is filled in on the ground, about concessions
    Raises Invalid where nothing is left to order, or for none of them anybody is found.
    """
    if not actor.is_everything and not actor.has_anywhere(policy.ORDER):
        raise NotPermitted(_("None of your posts may do this. Ask your administrator for the right."))
    rows = may_be_ordered(actor, rows)
    if not rows.exists():
        raise Invalid(_("No concession is left in this selection. Narrow the list otherwise."))
    if kind == OrderKind.IMPROVE and addressee != Addressee.COMPANY:
        told = _("An improvement notice goes to the company. Choose its representative.")
        raise Invalid(told, {"addressee": [told]})
    if kind == OrderKind.INSPECT:
        _check_form(form)
    call = draft_call(
        actor, issuer=issuer, kind=CallKind.ORDER, title=words.title, purpose=words.purpose, instruction=words.instruction,
        due_on=due_on, legal_basis=legal_basis, asker="" if kind == OrderKind.INSPECT else ORDERS, is_invented=is_invented,
    )  # fmt: skip
    if form is not None and kind == OrderKind.INSPECT:
        choose_forms(actor, call, [form])
    done = order_for(actor, call, rows, finders(addressee), area="area", checker=checker)
    if not done.new:
        told = _("For none of these anybody is found who could act. Choose another addressee, or enter the offices and holders first.")  # fmt: skip
        raise Invalid(told, {"addressee": [told]})
    without = [row.reference for row in done.without[:NAMED] if isinstance(row, Concession)]
    return ConcessionOrder.objects.create(
        call=call, kind=kind, addressee=addressee, selection=selection[:2000], without=without
    )


def may_be_ordered(actor: Actor, rows: QuerySet[Concession]) -> QuerySet[Concession]:
    """Of a selection, the concessions that the actor reads by office and over which the right to order reaches."""
    rows = rows.filter(pk__in=readable_by_office(actor).order_by().values("pk"), same_as__isnull=True)
    return rows.filter(pk__in=permitted(actor, policy.ORDER, Concession).order_by().values("pk"))


def _check_form(form: Form | None) -> None:
    if form is None or not form.is_published or form.about_noun != "concession":
        told = _("Choose the form of the inspection: one that is in use and about concessions.")
        raise Invalid(told, {"form": [told]})


@operation
def send_order(actor: Actor, order: ConcessionOrder) -> Call:
    """Send it: from now on each stands on the desk of who must act, and counts."""
    call = issue_call(actor, order.call)
    change = "improvement ordered" if order.kind == OrderKind.IMPROVE else "ordered"
    ids = call.assignments.filter(subject_type="concession").values("subject_id")
    for concession in Concession.objects.filter(pk__in=ids).order_by("pk"):
        record(actor, policy.ORDER, concession, change=change, call=call.pk, due=call.due_on)
    return call


# ---- the answer ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sent:
    """A file that was kept in the store: hash, name, media type, bytes."""

    sha256: str
    name: str
    media_type: str
    bytes: int


def require_answering(actor: Actor, assignment: Assignment) -> None:
    """Whoever is asked answers for itself: a right that reaches over many offices does not speak for a company."""
    require_step(actor, assignment, Step.ACKNOWLEDGE if assignment.state == State.ISSUED else Step.SUBMIT)
    house = assignment.position.organisation_id
    if not actor.is_everything and house not in {holding.organisation_id for holding in actor.holdings}:
        raise NotPermitted(_("Only those who must act answer this order. You may return or accept what they send."))


@operation
def answer_order(actor: Actor, assignment: Assignment, *, answer: str, files: Iterable[Sent] = ()) -> Assignment:
    """Answer an order in words, with photos and papers; photos are held against the granted area.

    What was sent with an earlier answer stays and counts again.
    """
    assignment = lock(assignment)
    require_answering(actor, assignment)
    if assignment.call.asker != ORDERS or assignment.subject_id is None:
        raise Conflict(_("This is no order about a concession. Answer it on its own page."))
    sent = list(files)
    if len(sent) > MOST_FILES:
        told = _("At most %(count)d files go with one answer. Send those that show what was done.") % {
            "count": MOST_FILES
        }
        raise Invalid(told, {"sent": [told]})
    if wrong := [one.name for one in sent if one.media_type not in KINDS]:
        told = _("“%(name)s” is neither a photo nor a PDF. Send photos (JPEG, PNG, WebP) and papers as PDF.") % {"name": wrong[0]}  # fmt: skip
        raise Invalid(told, {"sent": [told]})
    concession = Concession.objects.select_related("area").get(pk=assignment.subject_id)
    _keep_files(actor, assignment, concession, sent)
    if assignment.state == State.ISSUED:  # who answers has read it
        assignment = acknowledge(actor, assignment)
    return submit_answer(actor, assignment, answer=answer)


def _keep_files(actor: Actor, assignment: Assignment, concession: Concession, sent: list[Sent]) -> None:
    known = set(OrderFile.objects.filter(assignment=assignment).values_list("sha256", flat=True))
    fresh = [one for one in {one.sha256: one for one in sent}.values() if one.sha256 not in known]
    pictures = Picture.objects.in_bulk([one.sha256 for one in fresh])
    photos = [(one, pictures.get(one.sha256)) for one in fresh]
    area = concession.areas.filter(purpose=AreaPurpose.GRANTED, is_current=True).first()
    shape = AreaShape.objects.filter(area=area).first() if area else None
    ground = shapely.from_wkb(bytes(shape.geometry.wkb)) if shape and shape.geometry else None
    limits: Limits = limits_of(concession, area.accuracy if area else "", clock.today())[0]
    found = check(
        None, (), [Photo(one.name, (found.point.x, found.point.y) if found and found.point else None) for one, found in photos],
        ground, clock.today(), limits,
    )  # fmt: skip
    OrderFile.objects.bulk_create(
        OrderFile(
            assignment=assignment, sha256=one.sha256, name=one.name[:200], media_type=one.media_type, bytes=one.bytes,
            point=picture.point if picture else None, taken_at=picture.taken_at if picture else None, place=placed.place,
            metres=placed.metres, position_id=actor.position_id, sent_at=clock.now(),
        )
        for (one, picture), placed in zip(photos, found.photos, strict=True)
    )  # fmt: skip
