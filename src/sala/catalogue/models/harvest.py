"""Other catalogues whose descriptions are shown here: the source, each run over it, and what it describes.

What comes from elsewhere is a noun of its own. Nothing here edits it; it follows its source, and its page says so.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.scope import Tier
from sala.catalogue import policy
from sala.catalogue.models.dataset import TIERS
from sala.core import clock
from sala.core.language import Translated
from sala.people.models import Organisation


class SourceKind(models.TextChoices):
    CKAN = "ckan", _("CKAN (its API)")
    DCAT = "dcat", _("DCAT (Turtle or JSON-LD)")


class HarvestSource(models.Model):
    """A catalogue elsewhere, who here answers for taking it over, and how its gaps are read.

    address     of a CKAN its root, of a DCAT catalogue the file
    grace_runs  whole runs in a row in which a description must be missing before it is taken off here
    stop_share  per cent of the descriptions; a run that misses more of them stops and asks
    """

    scope = policy.SOURCE_SCOPE

    slug = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name of the catalogue"), max_length=200)
    kind = models.CharField(_("kind"), max_length=8, choices=SourceKind)
    address = models.URLField(_("address"), max_length=500)
    language = models.CharField(_("language of its texts, where they do not say"), max_length=10)
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="harvest_sources", verbose_name=_("answers for it here")
    )
    tier = models.CharField(
        _("open to"), max_length=12, choices=[entry for entry in TIERS if entry[0] != Tier.NAMED], default=Tier.PUBLIC
    )
    is_active = models.BooleanField(_("read every night"), default=True)
    grace_runs = models.PositiveSmallIntegerField(_("runs until a missing description is taken off"), default=3)
    stop_share = models.PositiveSmallIntegerField(_("per cent missing at which a run stops and asks"), default=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["address"], name="harvest_address_once"),
            models.CheckConstraint(condition=Q(grace_runs__gte=1), name="harvest_waits_at_least_one_run"),
            models.CheckConstraint(condition=Q(stop_share__lte=100), name="harvest_share_is_per_cent"),
        ]
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("catalogue:harvest_source", args=[self.slug])


class RunState(models.TextChoices):
    RUNNING = "running", _("Running")
    DONE = "done", _("Complete")
    PARTIAL = "partial", _("Incomplete: what is missing was not counted")
    STOPPED = "stopped", _("Stopped: too much is missing, somebody must decide")
    FAILED = "failed", _("Failed")


class HarvestRun(models.Model):
    """One reading of a source, with its report.

    missing  ids of descriptions that the source did not name any more, kept while somebody must decide
    words    why it is incomplete, stopped or failed
    """

    scope = policy.RUN_SCOPE

    source = models.ForeignKey(HarvestSource, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(max_length=10, choices=RunState, default=RunState.RUNNING)
    began_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    found = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=list)
    missing = models.JSONField(default=list)
    words = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source"], condition=Q(state="running"), name="one_harvest_at_a_time")
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.source} {self.began_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("catalogue:harvest_decide", args=[self.source.slug, self.pk])


class RemoteDataset(models.Model):
    """A dataset as another catalogue describes it. Known by source and the id it has there, so it is never here twice.

    title, description  texts by language     parts  [{"name", "format", "url"}] as the source names them
    missing_runs  whole runs in a row without it    gone_at  since when it is a tombstone: not shown, not forgotten
    """

    scope = policy.REMOTE_SCOPE

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.ForeignKey(HarvestSource, on_delete=models.CASCADE, related_name="datasets")
    remote_id = models.CharField(max_length=500)
    digest = models.CharField(max_length=64)
    title = models.JSONField(default=dict)
    description = models.JSONField(default=dict)
    publisher = models.CharField(max_length=300, blank=True)
    licence = models.CharField(max_length=300, blank=True)
    page = models.URLField(max_length=1000, blank=True)
    modified = models.CharField(max_length=40, blank=True)
    parts = models.JSONField(default=list)
    is_current = models.BooleanField(default=True)
    missing_runs = models.PositiveSmallIntegerField(default=0)
    first_seen = models.DateTimeField(default=clock.now)
    last_seen = models.DateTimeField(default=clock.now)
    gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "remote_id"], name="remote_dataset_once")]
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.words)

    def get_absolute_url(self) -> str:
        return reverse("catalogue:remote_dataset", args=[self.token])

    @property
    def words(self) -> Translated:
        return Translated(self.title)

    @property
    def about(self) -> Translated:
        return Translated(self.description)
