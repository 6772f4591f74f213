"""Parties: the register, who stands behind whom, and what a party holds."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Q, QuerySet

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.concessions.calculations.names import name_key
from sala.concessions.models import Concession, Party
from sala.concessions.redaction import readable
from sala.core import lao
from sala.core.language import says

DEEPEST = 25  # owners of owners; a longer chain is cut there

_ULTIMATE = """
with recursive up as (
    select id as root, id as party, 1::numeric as share, array[id] as path
      from concessions_party where id = any(%(parties)s)
    union all
    select up.root, owner.party, up.share * (s.share / 100), up.path || owner.party
      from up
      join concessions_shareholding s on s.owned_id = up.party and s.role <> 'lender' and s.valid @> %(day)s::date
      cross join lateral (
        select coalesce(p.same_as_id, p.id) as party from concessions_party p where p.id = s.owner_id) owner
     where owner.party <> all(up.path) and cardinality(up.path) <= %(deepest)s
)
select root, party, sum(share), bool_or(share is null)
  from up
 where not exists (
    select 1 from concessions_shareholding s join concessions_party p on p.id = s.owner_id
     where s.owned_id = up.party and s.role <> 'lender' and s.valid @> %(day)s::date
       and coalesce(p.same_as_id, p.id) <> all(up.path) and cardinality(up.path) <= %(deepest)s)
 group by root, party
 order by root, sum(share) desc nulls last, party
"""


def ultimate_holders(parties: Iterable[int], on: date) -> dict[int, list[tuple[int, Decimal | None]]]:
    """Who stands at the end of every chain of shares, for each party (ids) on a day, the largest first.

    The share is the product along the chain, 1 for a party nobody holds shares in, added up over all chains; None where
    a share on the way is not known. A circle ends where it would come back to a party it went through.
    """
    ids = list(parties)
    found: dict[int, list[tuple[int, Decimal | None]]] = {pk: [] for pk in ids}
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(_ULTIMATE, {"parties": ids, "day": on, "deepest": DEEPEST})
            for root, party, share, unknown in cursor.fetchall():
                found[root].append((party, None if unknown else share))
    return found


def register_of_parties(actor: Actor, *, q: str = "", kind: str = "", country: str = "") -> QuerySet[Party]:
    """Parties the actor may see, narrowed by words of a name or a registration number, by kind and by country."""
    rows = visible(actor, Party).filter(same_as__isnull=True)
    if kind:
        rows = rows.filter(kind=kind)
    if country:
        rows = rows.filter(country=country.upper())
    text = lao.stored(q).strip()
    if text:
        also = Party.objects.filter(names__text__icontains=text).values("pk")
        wanted = (
            says("name", text)
            | Q(registration__iexact=lao.digits(text))
            | Q(number__iexact=lao.digits(text))
            | Q(pk__in=also)
        )
        key = name_key(text)
        rows = rows.filter(wanted | Q(keys__contains=[key]) if key else wanted)
    return rows.select_related("area", "keeper")


def held_by(actor: Actor, party: Party) -> QuerySet[Concession]:
    """Concessions that a party holds or held, of which the actor reads who holds them."""
    rows = readable(actor, "basics", "holder").filter(same_as__isnull=True)
    return rows.filter(pk__in=party.grants.values("concession")).select_related("sector", "area")
