"""What every part uses: words of the country pack (topics, licences, kinds …), and errands the worker does."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.core import clock
from sala.core.columns import TranslatedField
from sala.core.language import Translated

_FACTS: ContextVar[dict[str, Any] | None] = ContextVar("facts", default=None)


class Certainty(models.TextChoices):
    """How far a fact of the pack may be relied on."""

    CONFIRMED = "confirmed", _("Confirmed")
    EXAMPLE = "example", _("Example, not confirmed")


class Term(models.Model):
    """One entry of a vocabulary (scheme), such as topic/forest or licence/CC-BY-4.0."""

    scheme = models.CharField(max_length=40)
    code = models.CharField(max_length=60)
    name = TranslatedField()
    order = models.IntegerField(default=0)
    data = models.JSONField(default=dict, blank=True)
    retired = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scheme", "code"], name="term_once")]
        ordering = ["scheme", "order", "code"]

    def __str__(self) -> str:
        return str(self.name)


class PackFact(models.Model):
    """What the loaded country pack says of the country as a whole: name, disclaimer, motto, outline, code systems."""

    key = models.CharField(max_length=60, primary_key=True)
    value = models.JSONField()

    def __str__(self) -> str:
        return self.key

    @classmethod
    def get(cls, key: str, default=None):
        known = _FACTS.get()
        if known is None:
            row = cls.objects.filter(key=key).first()
            return row.value if row else default
        if not known:
            known.update(cls.objects.values_list("key", "value"))
        return known.get(key, default)

    @classmethod
    @contextmanager
    def read_once(cls) -> Iterator[None]:
        """While this runs all facts are read together when the first is asked for, and not again."""
        before = _FACTS.set({})
        try:
            yield
        finally:
            _FACTS.reset(before)

    @classmethod
    def notice(cls) -> str:
        """The boundary disclaimer in every language it is written in, for files that leave the service."""
        return "\n".join(filter(None, cls.words("disclaimer").values()))

    @classmethod
    def words(cls, key: str) -> Translated:
        """A translated fact, such as the boundary disclaimer; empty where the pack is silent."""
        return Translated(cls.get(key) or {})


class ErrandState(models.TextChoices):
    WAITING = "waiting", _("Waiting for its turn")
    READING = "reading", _("Being read")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")


class Errand(models.Model):
    """Something asked on a page that may take long, done by the worker: who asked, what for, what came of it.

    kind     name in settings.SALA_ERRANDS            asked    what its handler needs: ids and plain values
    asker    who asked, as sala.access.Actor.as_asker  sha256   of the file that was sent, empty without one
    found    what was learnt on the way, for the next page    refusal  advice, and faults by field
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    asked = models.JSONField(default=dict)
    asker = models.JSONField(default=dict)
    language = models.CharField(max_length=10)
    sha256 = models.CharField(max_length=64, blank=True)
    bytes = models.BigIntegerField(default=0)
    state = models.CharField(max_length=12, choices=ErrandState, default=ErrandState.WAITING)
    found = models.JSONField(default=dict)
    refusal = models.JSONField(default=dict)
    result = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "asked_at"], name="errand_waiting")]
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Where to look: what came of it once it is done, how far it is until then."""
        return self.result or reverse("site:errand", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in (ErrandState.WAITING, ErrandState.READING)
