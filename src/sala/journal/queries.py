"""Reading the journal, and proving it."""

from dataclasses import dataclass, field
from itertools import chain

from django.db import connection, transaction

from sala.journal.models import Event, Head, Unsealed
from sala.journal.operations import GENESIS, digest_of


@dataclass
class Verdict:
    """Outcome of a verification. `faults` is empty when the chain holds."""

    events: int = 0
    seals: int = 0
    unsealed: int = 0
    last_digest: str = GENESIS
    faults: list[str] = field(default_factory=list)


def of_subject(noun: str, pk: int):
    """Events of one subject, newest first."""
    return Event.objects.filter(subject_type=noun, subject_id=pk).order_by("-id")


SEALS_AT_ONCE = 50

CHAIN = """
select s.id, s.previous, s.digest, cardinality(s.events), t.texts
from journal_seal s
left join lateral (select array_agg(e.text order by e.id) texts from journal_event e where e.id = any(s.events)) t on true
order by s.id
"""

# Pages and filters read the columns, the seals cover the text: both must say the same.
DISAGREEING = """
select count(*) from journal_event e cross join lateral (select e.text::jsonb) t(content)
where not exists (select 1 from journal_unsealed u where u.event_id = e.id) and not (
    e.verb = content ->> 'verb' and e.at = (content ->> 'at')::timestamptz
    and e.subject_type = content -> 'subject' ->> 0 and e.subject_id = (content -> 'subject' ->> 1)::bigint
    and e.person_id is not distinct from (content -> 'actor' ->> 'person')::bigint
    and e.position_id is not distinct from (content -> 'actor' ->> 'position')::bigint)
"""


def verify(heads: dict[str, str] | None = None) -> Verdict:
    """Recompute the whole chain, as it was at one instant.

    heads  day (ISO) → digest held outside the system, e.g. in a backup's manifest: each must still be in the chain.
    The events come in one stream, so the size of the journal does not matter to memory.
    """
    verdict = Verdict()
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:  # else a seal made meanwhile would look like a fault
            cursor.execute("set transaction isolation level repeatable read, read only")
        published = {head.day: head.digest for head in Head.objects.order_by("day")}
        wanted = {*published.values(), *(heads or {}).values()}
        found = _walk(verdict, wanted)
        cursor.execute(
            "select count(*) from journal_event e where not exists (select 1 from journal_unsealed u where u.event_id = e.id)"
        )
        sealed = cursor.fetchone()[0]
        verdict.unsealed = Unsealed.objects.count()
        disagreeing = 0
        if not verdict.faults:  # so every text is the one that was written, and can be read
            cursor.execute(DISAGREEING)
            disagreeing = cursor.fetchone()[0]
    if disagreeing:
        verdict.faults.append(f"{disagreeing} events have a column that does not say what their sealed text says")
    if sealed != verdict.events:
        verdict.faults.append(f"{abs(sealed - verdict.events)} events are neither sealed nor waiting for a seal")
    for day, digest in published.items():
        if digest not in found:
            verdict.faults.append(f"the head of {day} is not in the chain")
    for name, digest in (heads or {}).items():
        if digest not in found:
            verdict.faults.append(f"the head of {name} held outside is not in the chain")
    return verdict


def _walk(verdict: Verdict, wanted: set[str]) -> set[str]:
    """Go through all seals in order, adding to the verdict. Returns those of the wanted digests that were met."""
    found = set()
    with connection.chunked_cursor() as cursor:
        cursor.execute(CHAIN)
        for number, previous, digest, count, texts in chain.from_iterable(
            iter(lambda: cursor.fetchmany(SEALS_AT_ONCE), [])
        ):
            texts = texts or []
            verdict.seals += 1
            verdict.events += len(texts)
            if previous != verdict.last_digest:
                verdict.faults.append(f"seal {number} does not follow the one before it")
            if len(texts) != count:
                verdict.faults.append(f"seal {number} covers {count} events but {len(texts)} are there")
            elif digest_of(previous, texts) != digest:
                verdict.faults.append(f"an event under seal {number} was changed")
            verdict.last_digest = digest
            if digest in wanted:
                found.add(digest)
    return found
