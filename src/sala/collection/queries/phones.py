"""The phone behind a key, and the forms it gets: asked thousands of times a minute, so each in one statement."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache
from django.db.models import Count, QuerySet

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.collection import policy
from sala.collection.models import Form, FormVersion, VersionState
from sala.collection.queries.waiting import expected_of, forms_to_fill
from sala.core import clock
from sala.core.language import Translated
from sala.people.models import ApiToken
from sala.people.queries import actor_for_token
from sala.people.sign_in import hash_of

SEEN_AGAIN = timedelta(hours=1)  # after which a phone is noted as used once more
AT_HAND = 5  # seconds for which a process keeps the rights of a phone; whether it was revoked is asked each time
LISTED = 5  # seconds for which it keeps what is in use


def phone_of(secret: str) -> ApiToken | None:
    """The phone with this key, while it is neither revoked nor ended and its post stands."""
    now = clock.now()
    phone = (
        ApiToken.objects.filter(
            secret_hash=hash_of(secret), door=policy.DOOR, revoked_at__isnull=True, expires_at__gt=now,
            position__closed_on__isnull=True,
        )
        .only("name", "position_id", "verbs", "last_used_at")
        .first()
    )  # fmt: skip
    if phone and (phone.last_used_at is None or now - phone.last_used_at > SEEN_AGAIN):
        ApiToken.objects.filter(pk=phone.pk).update(last_used_at=now)
    return phone


def actor_of(phone: ApiToken) -> Actor:
    """The post of the phone, with the one right that a phone has."""
    key = f"phone-{phone.pk}"
    actor = cache.get(key)
    if actor is None:
        actor = actor_for_token(phone)
        cache.set(key, actor, AT_HAND)
    return actor


@dataclass(frozen=True)
class Listed:
    """A version that phones get. md5 of the XForm; has_files: a manifest stands beside it."""

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


def listed_for(phone: ApiToken, *, form_id: str = "", all_versions: bool = False) -> list[Listed]:
    """What the phone gets: forms that open rounds ask of its post, and those that may be sent at any time."""
    listed = _in_use(all_versions)
    asked = set(expected_of([phone.position_id]).values_list("form_id", flat=True).distinct().order_by())
    standing = {row.form_pk for row in listed if row.is_standing and row.form_pk not in asked}
    if standing - {row.form_pk for row in listed if row.tier in ("public", "government")}:
        standing = set(visible(actor_of(phone), Form).filter(pk__in=standing).values_list("pk", flat=True))
    return [
        row
        for row in listed
        if row.form_pk in asked | standing and (row.is_current or all_versions) and form_id in ("", row.form_id)
    ]


def _in_use(all_versions: bool) -> Sequence[Listed]:
    key = f"forms-in-use-{all_versions}"
    found: list[Listed] | None = cache.get(key)
    if found is None:
        states = [VersionState.CURRENT, *([VersionState.EARLIER] if all_versions else [])]
        versions = FormVersion.objects.filter(form__is_published=True, state__in=states).order_by(
            "form__slug", "-number"
        )
        found = [
            Listed(
                row.form_id, row.form.form_id, row.form.slug, Translated(row.form.title), Translated(row.form.purpose),
                row.form.is_standing, row.form.tier, row.version, row.number, row.md5, bool(row.file_count),
                row.state == VersionState.CURRENT,
            )
            for row in versions.select_related("form").defer("xform", "fields", "choices").annotate(file_count=Count("files"))
        ]  # fmt: skip
        cache.set(key, found, LISTED)
    return found


def version_for(phone: ApiToken, slug: str, number: int) -> FormVersion | None:
    """A version that was or is in use, of a form that waits for the post of the phone."""
    versions: QuerySet[FormVersion] = FormVersion.objects.filter(form__slug=slug, number=number, is_published=True)
    version = versions.select_related("form").defer("fields", "choices").first()
    if version is None or not _waits(phone, [version.form_id]):
        return None
    return version


def _waits(phone: ApiToken, forms: Collection[int]) -> bool:
    return forms_to_fill(actor_of(phone), [phone.position_id]).filter(pk__in=forms).exists()
