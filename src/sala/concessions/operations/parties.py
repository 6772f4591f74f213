"""Keeping the register of parties, and who holds shares in whom. What was is never overwritten: a holding ends."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.concessions import policy
from sala.concessions.calculations.names import name_key, name_keys
from sala.concessions.calculations.spans import most_at_once
from sala.concessions.models import Party, PartyName, Shareholding
from sala.concessions.operations.numbering import next_party_numbers
from sala.core.checking import check
from sala.core.errors import Conflict, Invalid
from sala.core.language import Translated
from sala.core.operation import lock, operation
from sala.documents.models import Document
from sala.journal.operations import changed_fields, record
from sala.people.models import Organisation
from sala.places.models import Area

WHOLE = Decimal(100)


@operation
def enter_party(actor: Actor, *, name: Mapping[str, str], kind: str, keeper: Organisation, area: Area | None = None,
                names: Iterable[str] = (), **fields: Any) -> Party:  # fmt: skip
    """Enter a party. It gets the next number.

    keeper  the office that keeps the entry; its place is that of the entry, unless `area` is another one
    names   other spellings                                     fields  further fields of Party
    """
    party = Party(
        name=Translated(name),
        kind=kind,
        keeper=keeper,
        area=area or keeper.area,
        number=next_party_numbers()[0],
        **fields,
    )
    require(actor, policy.PARTY, party)
    party.keys = keys_of(party, names)
    check(party)
    party.save()
    _set_names(party, names)
    record(actor, policy.PARTY, party, change="registered")
    return party


@operation
def change_party(actor: Actor, party: Party, *, reason: str = "", names: Iterable[str] | None = None,
                 **fields: Any) -> Party:  # fmt: skip
    """Correct what is said of a party. names: all its other spellings, where they are given."""
    party = lock(party)
    require(actor, policy.PARTY, party)
    before = Party.objects.get(pk=party.pk)
    for field, value in fields.items():
        setattr(party, field, value)
    if names is not None:
        _set_names(party, names)
    party.keys = keys_of(party, party.names.values_list("text", flat=True))
    check(party)
    party.save()
    record(actor, policy.PARTY, party, change="changed", reason=reason, fields=changed_fields(before, party))
    return party


def keys_of(party: Party, names: Iterable[str]) -> list[str]:
    return name_keys([*party.name.values(), *names])


def _set_names(party: Party, names: Iterable[str]) -> None:
    texts = list(dict.fromkeys(text.strip() for text in names if text.strip()))
    party.names.exclude(text__in=texts).delete()
    known = set(party.names.values_list("text", flat=True))
    PartyName.objects.bulk_create(
        PartyName(party=party, text=text, key=name_key(text)) for text in texts if text not in known
    )


@operation
def hold(actor: Actor, owner: Party, owned: Party, share: Decimal | None, *, role: str = Shareholding.Role.PARENT,
         start: date | None = None, end: date | None = None, document: Document | None = None, source: str = "",
         ) -> Shareholding:  # fmt: skip
    """Say that one party holds shares in another one, from a day until before another.

    share  per cent; None where only the link is known. All shares of a day together are 100 at most.
    """
    owned = lock(owned)
    require(actor, policy.PARTY, owned)
    holding = Shareholding(
        owner=owner, owned=owned, share=share, role=role, valid=DateRange(start, end), document=document, source=source
    )
    check_shares(owned, holding)
    check(holding)
    try:
        with transaction.atomic():
            holding.save()
    except IntegrityError as error:
        raise Conflict(_("This party holds shares here in that time already. End the older entry first.")) from error
    record(actor, policy.PARTY, owned, change="shares entered", owner=owner.pk, document=document)
    return holding


@operation
def end_holding(actor: Actor, holding: Shareholding, *, on: date) -> None:
    """Let a holding end; `on` is the first day without it."""
    holding = lock(holding)
    owned = lock(holding.owned)
    require(actor, policy.PARTY, owned)
    if holding.valid.lower and on <= holding.valid.lower:
        raise Invalid(
            _("The end lies before the beginning. Correct the date."), {"on": [_("Choose a day after the beginning.")]}
        )
    if holding.valid.upper and holding.valid.upper <= on:
        raise Conflict(_("This holding has ended already."))
    holding.valid = DateRange(holding.valid.lower, on)
    holding.save(update_fields=["valid"])
    record(actor, policy.PARTY, owned, change="shares ended", owner=holding.owner_id, on=on)


def check_shares(owned: Party, new: Shareholding) -> None:
    """Raises Invalid when on some day more than all of a party would be held. Lenders hold no shares."""
    if new.share is None or new.role == Shareholding.Role.LENDER:
        return
    others = owned.holders.exclude(role=Shareholding.Role.LENDER).exclude(pk=new.pk).exclude(owner=new.owner)
    rows = [(row.valid, row.share) for row in others.filter(share__isnull=False, valid__overlap=new.valid)]
    most = most_at_once([*rows, (new.valid, new.share)])
    if most > WHOLE:
        raise Invalid(
            _("All shares of a day together would be %(sum)s %%. Correct this share or end another one first.")
            % {"sum": format(most.normalize(), "f")},
            {"share": [_("More than what is left.")]},
        )
