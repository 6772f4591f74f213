"""Reading the journal, and proving it."""

from dataclasses import dataclass, field

from django.db import connection

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


def verify(heads: dict[str, str] | None = None) -> Verdict:
    """Recompute the whole chain.

    heads  day (ISO) → digest held outside the system, e.g. in a backup's manifest: each must still be in the chain.
    The texts are joined to their seals inside the database and come in one stream.
    """
    verdict = Verdict()
    digests: set[str] = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "select s.id, s.previous, s.digest, cardinality(s.events), t.texts from journal_seal s"
            " left join lateral (select array_agg(e.text order by e.id) texts from journal_event e"
            " where e.id = any(s.events)) t on true order by s.id"
        )
        while rows := cursor.fetchmany(50):
            for number, previous, digest, count, texts in rows:
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
                digests.add(digest)
        cursor.execute(
            "select count(*) from journal_event e where not exists (select 1 from journal_unsealed u where u.event_id = e.id)"
        )
        sealed = cursor.fetchone()[0]
    if sealed != verdict.events:
        verdict.faults.append(f"{abs(sealed - verdict.events)} events are neither sealed nor waiting for a seal")
    for head in Head.objects.order_by("day"):
        if head.digest not in digests:
            verdict.faults.append(f"the head of {head.day} is not in the chain")
    for day, digest in (heads or {}).items():
        if digest not in digests:
            verdict.faults.append(f"the head of {day} held outside is not in the chain")
    verdict.unsealed = Unsealed.objects.count()
    return verdict
