"""How often something may be tried, per account and per address of the caller. Counted in the database, so that all
web processes count together and a restart forgets nothing.

The account is counted by what was written in the form, whether or not anybody has it: a refusal tells a stranger
nothing about who is known here.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from sala.core import clock
from sala.core.errors import TooMany
from sala.people.models import AttemptCount


@dataclass(frozen=True)
class Limit:
    """Tries let through within the window. An address is a whole office behind one line, so it has more."""

    account: int
    address: int
    window: timedelta


LINK = "link"  # asking for a sign-in link, or registering
OPENING = "opening"  # opening a link that does not work
CODE = "code"  # codes of the second factor
PROVIDER = "provider"  # coming back from the identity provider

LIMITS = {
    LINK: Limit(5, 40, timedelta(minutes=15)),
    OPENING: Limit(20, 40, timedelta(minutes=15)),
    CODE: Limit(5, 40, timedelta(minutes=30)),
    PROVIDER: Limit(20, 40, timedelta(minutes=15)),
}

COUNT_ONE = """
insert into people_attemptcount as old (key, count, until) values (%s, 1, %s)
on conflict (key) do update set
  count = case when old.until <= %s then 1 else least(old.count + 1, 1000000) end,
  until = case when old.until <= %s then excluded.until else old.until end
returning count, until
"""


def _key(kind: str, who: str) -> str:
    return hashlib.sha256(f"{kind}\n{who}".encode()).hexdigest()


def count(kind: str, *, account: str = "", address: str = "") -> None:
    """Count one try. Raises TooMany, which says when to try again, once either of the two has used up its tries.

    Call it outside a transaction that is rolled back on refusal, else the try is not counted.
    """
    limit = LIMITS[kind]
    locked = [
        until
        for who, most in ((f"account {account.lower()}", limit.account), (f"address {address}", limit.address))
        if who.split(" ", 1)[1] and (until := _over(kind, who, most, limit.window))
    ]
    if locked:
        raise _too_many(max(locked))


def _over(kind: str, who: str, most: int, window: timedelta) -> datetime | None:
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(COUNT_ONE, [_key(kind, who), now + window, now, now])
        tries, until = cursor.fetchone()
    return until if tries > most else None


def forget(kind: str, *, account: str) -> None:
    """A success: this account's tries begin anew. Those of the address go on, or a guesser would pay with one success."""
    AttemptCount.objects.filter(key=_key(kind, f"account {account.lower()}")).delete()


def forget_ended() -> int:
    """Remove the counts whose window has ended."""
    return AttemptCount.objects.filter(until__lte=clock.now()).delete()[0]


def _too_many(until: datetime) -> TooMany:
    seconds = max(1, int((until - clock.now()).total_seconds()))
    words = _("That was tried too often. Wait until %(time)s (%(minutes)s minutes), then try again.")
    local = timezone.localtime(until + timedelta(minutes=1))
    return TooMany(words % {"time": time_format(local, "H:i"), "minutes": seconds // 60 + 1}, seconds=seconds)
