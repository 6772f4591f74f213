"""Writing events and sealing them."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from sala.core import clock, subjects
from sala.journal.models import Event, Head, Seal

GENESIS = "0" * 64
SEALER_LOCK = 7_301_977
BATCH = 1000
AT_ONCE = 2000  # events written by one statement


def canonical(content: dict[str, Any]) -> str:
    """The one text form of an event's content that digests are computed over."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return {"type": value._meta.label_lower, "id": value.pk}
    if isinstance(value, Promise):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def record(
    actor: Any, verb: str, subject: models.Model, *, reason: str = "", document: Any = None, **details: Any
) -> Event:
    """Write one event in the running transaction, bring the search up to date and queue the subscribed jobs.

    actor    access.Actor (its deciding position is recorded)
    subject  a row whose model is in the list of nouns
    details  ids and plain values only; no names of people
    """
    if reason:
        details["reason"] = reason
    if document is not None:
        details["document"] = document
    event = _event(actor, verb, subject, details)
    with connection.cursor() as cursor:
        cursor.execute(
            "select journal_record(%s, %s, %s, %s, %s, %s, %s)",
            [event.at, verb, event.subject_type, event.subject_id, event.person_id, event.position_id, event.text],
        )
        (event.pk,) = cursor.fetchone()
    subscriptions = import_string(settings.SALA_SUBSCRIPTIONS)
    subscriptions(event, subject)
    return event


def record_many(actor: Any, verb: str, subjects_with_details: Sequence[tuple[models.Model, dict[str, Any]]]) -> None:
    """Write one event for each subject in few statements, for a change that does the same to many rows at once."""
    events = [_event(actor, verb, subject, details) for subject, details in subjects_with_details]
    Event.objects.bulk_create(events, batch_size=AT_ONCE)
    subscriptions = import_string(settings.SALA_SUBSCRIPTIONS)
    for event, (subject, _details) in zip(events, subjects_with_details, strict=True):
        subscriptions(event, subject)


def _event(actor: Any, verb: str, subject: models.Model, details: dict[str, Any]) -> Event:
    noun = subjects.of(subject).noun
    moment = clock.now()
    content = {"at": moment, "verb": verb, "subject": [noun, subject.pk], "actor": actor.as_recorded(), **details}
    return Event(
        at=moment, verb=verb, subject_type=noun, subject_id=subject.pk, text=canonical(content),
        person_id=actor.person_id, position_id=actor.position_id,
    )  # fmt: skip


def changed_fields(before: models.Model, after: models.Model) -> dict[str, list[Any]]:
    """Field name → [old, new] for an edit's event; values as plain text."""
    difference = {}
    for field in after._meta.concrete_fields:
        old, new = getattr(before, field.attname), getattr(after, field.attname)
        if old != new:
            difference[field.name] = [_short(old), _short(new)]
    return difference


def _short(value: Any) -> Any:
    return value if isinstance(value, (int, bool, dict, list, type(None))) else str(value)[:300]


def digest_of(previous: str, texts: Iterable[str]) -> str:
    """SHA-256 (hex) of a seal: previous digest, then each text with its length in bytes before it."""
    sha = hashlib.sha256(previous.encode())
    for text in texts:
        raw = text.encode()
        sha.update(len(raw).to_bytes(8, "big"))
        sha.update(raw)
    return sha.hexdigest()


def seal_batch(limit: int = BATCH) -> int:
    """Chain the oldest unsealed events into one seal. Returns how many; 0 when none wait or another sealer works."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [SEALER_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(
            "delete from journal_unsealed where event_id in"
            " (select event_id from journal_unsealed order by event_id limit %s) returning event_id",
            [limit],
        )
        ids = sorted(row[0] for row in cursor.fetchall())
        if not ids:
            return 0
        last = Seal.objects.order_by("-id").first()
        previous = last.digest if last else GENESIS
        texts = list(Event.objects.filter(pk__in=ids).order_by("id").values_list("text", flat=True))
        Seal.objects.create(at=clock.now(), previous=previous, events=ids, digest=digest_of(previous, texts))
        return len(ids)


def seal_all() -> int:
    """Seal until nothing waits. Returns how many events were sealed."""
    total = 0
    while count := seal_batch():
        total += count
    return total


def publish_head() -> Head | None:
    """Fix the chain's last digest as the head of today; the first one of a day stays."""
    seal_all()
    last = Seal.objects.order_by("-id").first()
    if last is None:
        return None
    head, _made = Head.objects.get_or_create(day=clock.today(), defaults={"seal": last, "digest": last.digest})
    return head
