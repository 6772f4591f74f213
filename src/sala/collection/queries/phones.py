"""The phone behind a key, and the forms it gets: asked thousands of times a minute, so each in one statement."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from django.core.cache import cache
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Count, QuerySet

from sala.access.actor import Actor
from sala.access.scope import Tier, visible
from sala.collection import policy
from sala.collection.models import Form, FormVersion, VersionState
from sala.core import clock
from sala.core.language import Translated
from sala.people.models import ApiToken, Position
from sala.people.queries import actor_of_key
from sala.people.sign_in import hash_of

SEEN_AGAIN = timedelta(hours=1)  # after which a phone is noted as used once more
AT_HAND = 5  # seconds for which a process keeps the rights of a phone; whether it was revoked is asked each time
LISTED = 5  # seconds for which it keeps what is in use


# A function of the database (migrations/0014), which a session plans once: planning took longer than answering.
BEHIND = "select id, name, position_id, verbs, last_used_at, asked from collection_phone_behind(%s, %s, %s)"


@dataclass(frozen=True)
class Phone:
    """asked: forms of which open rounds still wait for an answer of its post, or may get a received one corrected."""

    pk: int
    name: str
    position_id: int
    verbs: list[str]
    asked: frozenset[int]


def phone_of(secret: str) -> Phone | None:
    """The phone with this key, while it is neither revoked nor ended and its post stands."""
    now = clock.now()
    row = _row_behind([hash_of(secret), policy.DOOR, now])
    if row is None:
        return None
    pk, name, position_id, verbs, last_used_at, asked = row
    if last_used_at is None or now - last_used_at > SEEN_AGAIN:
        _note_use(pk, now)
    return Phone(pk, name, position_id, verbs, frozenset(asked))


def _row_behind(bound: list[Any]) -> tuple[Any, ...] | None:
    """The question itself shows whether a kept session of the database still lives; another one before it would cost as
    much as this. Where the session is gone, it is asked once more in a new one.
    """
    is_kept = connection.connection is not None and not connection.in_atomic_block
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return _ask(bound)
    except (OperationalError, InterfaceError):
        if not is_kept:
            raise
        connection.close()
        return _ask(bound)


def _ask(bound: list[Any]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(BEHIND, bound)
        return cursor.fetchone()


def _note_use(pk: int, moment: datetime) -> None:
    """Not worth waiting for the disk: after a power cut the phone is noted at its next request."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local synchronous_commit to off")
        ApiToken.objects.filter(pk=pk).update(last_used_at=moment)


def acting_for(phone: Phone) -> tuple[Actor, Position]:
    """The one right that a phone has, and its post."""
    key = f"phone-{phone.pk}"
    found: tuple[Actor, Position] | None = cache.get(key)
    if found is None:
        found = actor_of_key(ApiToken(pk=phone.pk, name=phone.name, position_id=phone.position_id, verbs=phone.verbs))
        cache.set(key, found, AT_HAND)
    return found


@dataclass(frozen=True, eq=False)
class Listed:
    """A version that phones get. md5 of the XForm; has_files: a manifest stands beside it.

    Equal to itself only: what was read anew may say something else.
    """

    form_pk: int
    form_id: str
    slug: str
    title: Translated
    purpose: Translated
    is_standing: bool
    tier: str
    version: str
    number: int
    md5: str
    has_files: bool
    is_current: bool


def listed_for(phone: Phone, *, form_id: str = "", all_versions: bool = False) -> list[Listed]:
    """What the phone gets: forms that open rounds ask of its post, and those that may be sent at any time."""
    listed = _in_use(all_versions)
    standing = {row.form_pk for row in listed if row.is_standing and row.form_pk not in phone.asked}
    if standing - {row.form_pk for row in listed if row.tier == Tier.PUBLIC}:
        actor = acting_for(phone)[0]
        seen = {Tier.PUBLIC, Tier.GOVERNMENT} if actor.is_government else {Tier.PUBLIC}
        if standing - {row.form_pk for row in listed if row.tier in seen}:
            standing = set(visible(actor, Form).filter(pk__in=standing).values_list("pk", flat=True))
    return [
        row
        for row in listed
        if row.form_pk in phone.asked | standing and (row.is_current or all_versions) and form_id in ("", row.form_id)
    ]


_kept: dict[bool, tuple[str, list[Listed]]] = {}


def _in_use(all_versions: bool) -> list[Listed]:
    """The rows stay as they are; the cache, which would copy them at every asking, only says how long they hold."""
    key = f"forms-in-use-{all_versions}"
    mark, found = _kept.get(all_versions, ("", []))
    if not mark or cache.get(key) != mark:
        mark, found = token_hex(8), _read_in_use(all_versions)
        _kept[all_versions] = mark, found
        cache.set(key, mark, LISTED)
    return found


def _read_in_use(all_versions: bool) -> list[Listed]:
    states = [VersionState.CURRENT, *([VersionState.EARLIER] if all_versions else [])]
    versions = FormVersion.objects.filter(form__is_published=True, state__in=states).order_by("form__slug", "-number")
    return [
        Listed(
            row.form_id, row.form.form_id, row.form.slug, Translated(row.form.title), Translated(row.form.purpose),
            row.form.is_standing, row.form.tier, row.version, row.number, row.md5, bool(row.file_count),
            row.state == VersionState.CURRENT,
        )
        for row in versions.select_related("form").defer("xform", "fields", "choices").annotate(file_count=Count("files"))
    ]  # fmt: skip


def version_for(phone: Phone, slug: str, number: int) -> FormVersion | None:
    """A version that was or is in use, of a form that waits for the post of the phone."""
    versions: QuerySet[FormVersion] = FormVersion.objects.filter(form__slug=slug, number=number, is_published=True)
    version = versions.select_related("form").defer("fields", "choices").first()
    if version is None or not version.form.is_published:
        return None
    if version.form_id in phone.asked:
        return version
    seen = visible(acting_for(phone)[0], Form).filter(is_standing=True, pk=version.form_id)
    return version if seen.exists() else None
