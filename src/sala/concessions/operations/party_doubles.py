"""Parties entered twice: one becomes the other, with all that points to it; the merge can be undone. Others are two."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model, Q
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.concessions import policy
from sala.concessions.calculations.names import name_key
from sala.concessions.field_classes import values_of
from sala.concessions.models import Concession, Grant, PartiesApart, Party, PartyMerge, PartyName, Shareholding
from sala.concessions.operations import changes
from sala.concessions.operations.changes import Why
from sala.concessions.operations.parties import keys_of
from sala.concessions.operations.party_double_shares import (
    check_nothing_stands_on_them,
    give_back_shares,
    move_shares,
)
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.operation import lock, operation
from sala.journal.operations import record

FILLED = ("country", "registration", "website")  # that the entry which stays takes over where it says nothing
NAMED = 5  # examples named in a refusal


@operation
def merge_parties(actor: Actor, lost: Party, *, into: Party, reason: str) -> PartyMerge:
    """Tell that a party is another one entered twice. Grants, shares, names, numbers in other registers and the
    organisation that represents it go over; its address leads to the one that stays; accounts in its name count for it.

    Raises Conflict where the two cannot be one yet: both are represented here, hold the same land or shares at once, or one
    holds shares in the other.
    """
    lost, kept = _both(actor, lost, into)
    _need_reason(reason)
    if lost.same_as_id or kept.same_as_id:
        raise Conflict(_("One of these was merged into another party already. Open it to see which entry counts."))
    if lost.organisation_id and kept.organisation_id:
        raise Conflict(
            _("Both are represented here: as %(one)s and as %(other)s. Give those who act for the one a post in the other, take the organisation out of this entry, then merge.")
            % {"one": lost.organisation, "other": kept.organisation}
        )  # fmt: skip
    _check_shares_between(lost, kept)
    moved: dict[str, Any] = {"grants": _move_grants(actor, lost, kept, reason)}
    moved["requests"] = _requests_to(actor, Concession.objects.filter(applicant=lost), kept, reason)
    moved |= move_shares(lost, kept)
    moved |= _move_outside(lost, kept)
    moved |= _move_said(lost, kept)
    merge = PartyMerge.objects.create(
        lost=lost, kept=kept, reason=reason.strip(), moved=moved, position_id=actor.position_id, merged_at=clock.now()
    )
    told: dict[str, Any] = {"reason": reason.strip(), "merge": merge.pk}
    record(actor, policy.PARTY, kept, change="took in a double", of=lost.pk, grants=len(moved["grants"]), **told)
    record(actor, policy.PARTY, lost, change="merged", into=kept.pk, **told)
    return merge


@operation
def undo_merge(actor: Actor, merge: PartyMerge, *, reason: str) -> Party:
    """The two are two after all: what went over comes back, as far as it still stands with the party it went to."""
    merge = lock(merge)
    lost, kept = _both(actor, merge.lost, merge.kept)
    _need_reason(reason)
    if merge.undone_at is not None:
        raise Conflict(_("This was undone already."))
    if kept.same_as_id:
        raise Conflict(_("The party that stayed was merged into another one since. Undo that first."))
    check_nothing_stands_on_them(merge)
    moved = merge.moved
    _give_back_said(lost, kept, moved, _keep_names(merge))
    _grants_to(actor, Grant.objects.filter(pk__in=moved["grants"], holder=kept), lost, reason)
    asked = Concession.objects.filter(pk__in=moved.get("requests", ()), applicant=kept)
    _requests_to(actor, asked, lost, reason)
    with _clear(_("What was entered since does not let this be undone: both would hold the same shares.")):
        give_back_shares(lost, kept, moved)
    lost.outside.model.objects.filter(pk__in=moved["outside"], party=kept).update(party=lost)
    for name in ("outside_deals", "foreign_deals"):
        deals = getattr(kept, name).filter(pk__in=moved[name])
        getattr(lost, name).add(*deals)
        getattr(kept, name).remove(*deals)
    merge.undone_at, merge.undone_by_id, merge.undone_reason = clock.now(), actor.position_id, reason.strip()
    merge.save(update_fields=["undone_at", "undone_by", "undone_reason"])
    told: dict[str, Any] = {"reason": reason.strip(), "merge": merge.pk}
    record(actor, policy.PARTY, kept, change="merge undone", of=lost.pk, **told)
    record(actor, policy.PARTY, lost, change="merge undone", into=kept.pk, **told)
    return lost


@operation
def keep_parties_apart(actor: Actor, one: Party, other: Party, *, reason: str) -> PartiesApart:
    """Tell that two parties which look alike are two; they are not proposed again."""
    first, second = sorted(_both(actor, one, other), key=lambda row: row.pk)
    _need_reason(reason)
    row, _made = PartiesApart.objects.update_or_create(
        one=first, other=second,
        defaults={"reason": reason.strip(), "position_id": actor.position_id, "said_at": clock.now()},
    )  # fmt: skip
    record(actor, policy.PARTY, first, change="kept apart", other=second.pk, reason=reason.strip())
    return row


# ---- what cannot be ------------------------------------------------------------------------------------------------


def _both(actor: Actor, lost: Party, kept: Party) -> tuple[Party, Party]:
    """Both rows, held in one order, when the actor keeps both."""
    if lost.pk == kept.pk:
        words = _("This is the same entry. Choose the other one.")
        raise Invalid(words, {"into": [words]})
    held = {row.pk: lock(row) for row in sorted((lost, kept), key=lambda row: row.pk)}
    for row in held.values():
        require(actor, policy.PARTY, row)
    return held[lost.pk], held[kept.pk]


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid(_("Say why, so that the next reader understands."), {"reason": [_("Say why.")]})


def _check_shares_between(lost: Party, kept: Party) -> None:
    if Shareholding.objects.filter(Q(owner=lost, owned=kept) | Q(owner=kept, owned=lost)).exists():
        raise Conflict(
            _("One of the two holds shares in the other. Take that out first: nobody holds shares in itself.")
        )


@contextmanager
def _clear(words: str) -> Iterator[None]:
    """What a constraint of the database refuses, in words; nothing is half kept."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Conflict(words) from error


# ---- what goes over ------------------------------------------------------------------------------------------------


def _move_grants(actor: Actor, lost: Party, kept: Party, reason: str) -> list[int]:
    rows = Grant.objects.filter(holder=lost).select_related("concession").order_by("concession", "pk")
    twice = Grant.objects.filter(holder=kept)
    clash = [row for row in rows if twice.filter(concession=row.concession_id, valid__overlap=row.valid).exists()]
    if clash:
        names = ", ".join(row.concession.reference for row in clash[:NAMED])
        raise Conflict(
            _("Both hold a grant of the same land on the same days: %(references)s. End one of the two there first.")
            % {"references": names}
        )
    return _grants_to(actor, rows, kept, reason)


def _requests_to(actor: Actor, rows: Any, party: Party, reason: str) -> list[int]:
    """Each request has another applicant from now on, told in its history; it is the same one, so what was confirmed stays."""
    found = [lock(Concession(pk=pk)) for pk in rows.order_by("pk").values_list("pk", flat=True)]
    for concession in found:
        before = values_of(concession)
        concession.applicant = party
        concession.save(update_fields=["applicant"])
        changes.changed(actor, concession, concession, before, Why(reason), unsettles=False)
        changes.touch(concession)
        record(actor, policy.ENTER, concession, change="applicant merged", applicant=party.pk, reason=reason)
    return [concession.pk for concession in found]


def _grants_to(actor: Actor, rows: Any, party: Party, reason: str) -> list[int]:
    """Each grant has another holder from now on, told in the history of its concession. What was confirmed stays
    confirmed: it is the same holder."""
    found = list(rows.select_related("concession").order_by("concession", "pk"))
    concessions = {pk: lock(Concession(pk=pk)) for pk in sorted({row.concession_id for row in found})}
    with _clear(_("Both would hold a grant of the same land on the same days. End one of the two there first.")):
        for row in found:
            before = values_of(row)
            row.holder = party
            row.save(update_fields=["holder"])
            changes.changed(actor, concessions[row.concession_id], row, before, Why(reason), unsettles=False)
    for concession in concessions.values():
        changes.touch(concession)
        record(actor, policy.ENTER, concession, change="holder merged", holder=party.pk, reason=reason)
    return [row.pk for row in found]


def _move_outside(lost: Party, kept: Party) -> dict[str, Any]:
    moved: dict[str, Any] = {"outside": list(lost.outside.values_list("pk", flat=True))}
    lost.outside.update(party=kept)
    for name in ("outside_deals", "foreign_deals"):
        deals: list[Model] = list(getattr(lost, name).all())
        moved[name] = [deal.pk for deal in deals if not getattr(kept, name).filter(pk=deal.pk).exists()]
        getattr(kept, name).add(*deals)
        getattr(lost, name).remove(*deals)
    return moved


def _texts(party: Party) -> list[str]:
    """All names of a party, each once."""
    return list(dict.fromkeys([*party.name.values(), *party.names.values_list("text", flat=True)]))


def _move_said(lost: Party, kept: Party) -> dict[str, Any]:
    """Names by which it is found, what the other entry does not say, who represents it, and entries that lead to it."""
    known = set(_texts(kept))
    names = [text for text in _texts(lost) if text not in known]
    PartyName.objects.bulk_create(PartyName(party=kept, text=text, key=name_key(text)) for text in names)
    organisation, lost.organisation, lost.same_as = lost.organisation, None, kept
    lost.save(update_fields=["organisation", "same_as"])
    doubles = list(lost.doubles.values_list("pk", flat=True))
    lost.doubles.update(same_as=kept)  # an entry leads to the one that counts in one step
    filled = {name: getattr(lost, name) for name in FILLED if getattr(lost, name) and not getattr(kept, name)}
    for name, value in filled.items():
        setattr(kept, name, value)
    if organisation is not None:
        kept.organisation = organisation
    kept.keys = keys_of(kept, kept.names.values_list("text", flat=True))
    with _clear(_("A third party has the registration number that would go over. Merge with that one first.")):
        kept.save()
    represented = organisation.pk if organisation else None
    return {"names": names, "filled": filled, "doubles": doubles, "organisation": represented}


def _keep_names(merge: PartyMerge) -> set[str]:
    """Names that came with a merge and stay when it is undone: another entry that leads to the same party has them too.
    They go when that merge is undone."""
    names = set(merge.moved["names"])
    stay: set[str] = set()
    others = PartyMerge.objects.filter(kept=merge.kept, undone_at__isnull=True).exclude(pk=merge.pk)
    for other in others.select_related("lost"):
        shared = [text for text in _texts(other.lost) if text in names - stay]
        if shared:
            stay |= set(shared)
            other.moved["names"] += shared
            other.save(update_fields=["moved"])
    return stay


def _give_back_said(lost: Party, kept: Party, moved: dict[str, Any], stay: set[str]) -> None:
    kept.names.filter(text__in=set(moved["names"]) - stay).delete()
    kept.doubles.filter(pk__in=moved.get("doubles", ())).update(same_as=lost)
    for name, value in moved["filled"].items():
        if getattr(kept, name) == value:
            setattr(kept, name, "")
    gives_back = moved["organisation"] is not None and kept.organisation_id == moved["organisation"]
    if gives_back:
        kept.organisation = None
    kept.keys = keys_of(kept, kept.names.values_list("text", flat=True))
    kept.save()
    lost.same_as = None
    if gives_back:
        lost.organisation_id = moved["organisation"]
    with _clear(_("Another party has its registration number since. Look at that one first.")):
        lost.save(update_fields=["same_as", "organisation"])
