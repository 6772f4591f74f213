"""A dataset, who answers for it, and the forms in which it is delivered."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.choosing import Choosing
from sala.access.scope import TIER_NAMES, Tier
from sala.catalogue import policy
from sala.core.columns import TranslatedField
from sala.core.models import Term
from sala.documents.models import Document
from sala.people.models import Organisation, Position
from sala.places.models import Area, Level


class State(models.TextChoices):
    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("In review")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


TIERS = [(tier.value, TIER_NAMES[tier]) for tier in Tier]


def of_scheme(scheme: str) -> Q:
    return Q(scheme=scheme)


@pghistory.track()
class Dataset(models.Model):
    """What is known of one body of data. `place` is the area it covers; `owner` answers for it.

    Owner, maintainer, reporter and publisher per level are duties (duties.Duty) of posts; `owner` and `publisher` name
    the organisations. `concept` and `is_official` mark the one source of truth for a concept in a place.
    """

    scope = policy.DATASET_SCOPE
    choosing = Choosing("slug", ("title",), ("owner", "place"))

    slug = models.SlugField(max_length=80, unique=True)
    title = TranslatedField(_("title"))
    description = TranslatedField(_("description"), blank=True, long=True)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="datasets", verbose_name=_("owner"))
    publisher = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("publisher")
    )
    contact = models.ForeignKey(
        Position, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("whom to ask")
    )
    place = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="datasets", verbose_name=_("place it covers")
    )
    level = models.ForeignKey(
        Level,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("finest level of places"),
    )
    topics = models.ManyToManyField(Term, blank=True, related_name="+", verbose_name=_("topics"))
    tier = models.CharField(_("open to"), max_length=12, choices=TIERS, default=Tier.OWN)
    restriction = models.ForeignKey(
        Term, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("why it is not public")
    )
    legal_basis = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("law that says so")
    )
    legal_clause = models.CharField(_("article"), max_length=60, blank=True)
    licence = models.ForeignKey(
        Term, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("licence")
    )
    source_note = TranslatedField(_("source, as it must be named"), blank=True)
    frequency = models.ForeignKey(
        Term, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("updated")
    )
    grace_days = models.PositiveSmallIntegerField(_("days allowed after a period ends"), default=90)
    retired_on = models.DateField(_("no longer kept since"), null=True, blank=True)
    concept = models.SlugField(_("concept it measures"), max_length=80, blank=True)
    is_official = models.BooleanField(_("the official source of this concept for its place"), default=False)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    is_published = models.BooleanField(default=False, editable=False)
    reviewed_languages = ArrayField(
        models.CharField(max_length=10), default=list, blank=True, verbose_name=_("languages read by a second person")
    )
    is_invented = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_published=False) | Q(state="published"), name="dataset_published_means_published"
            ),
            models.CheckConstraint(
                condition=~Q(tier="public", is_published=True) | Q(licence__isnull=False),
                name="public_dataset_has_a_licence",
            ),
            models.CheckConstraint(condition=Q(is_official=False) | ~Q(concept=""), name="official_of_a_concept"),
            models.UniqueConstraint(
                fields=["concept", "place"],
                condition=Q(is_official=True, retired_on__isnull=True),
                name="one_official_source",
            ),
        ]
        indexes = [models.Index(fields=["tier", "is_published", "owner", "id"], name="dataset_open_by_owner")]
        ordering = ["slug"]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("catalogue:dataset", args=[self.slug])


class Lineage(models.Model):
    """This dataset was made from that one, or from a source outside."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="origins")
    source = models.ForeignKey(Dataset, on_delete=models.PROTECT, null=True, blank=True, related_name="derived")
    outside = models.CharField(_("source outside this service"), max_length=300, blank=True)
    note = models.CharField(_("how it was made"), max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(source__isnull=False) | ~Q(outside=""), name="lineage_names_a_source"),
            models.CheckConstraint(condition=~Q(source=models.F("dataset")), name="not_derived_from_itself"),
        ]

    def __str__(self) -> str:
        return str(self.source or self.outside)


class Distribution(models.Model):
    """One form of the data: a table, a layer, a file. Its editions come one after the other, each kept for ever.

    recipe  how the last file was read (sheet, header row, decimal marks), offered again for the next one
    """

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="distributions")
    code = models.SlugField(max_length=40)
    name = TranslatedField(_("name"))
    recipe = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "code"], name="distribution_code_once")]
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return f"{self.dataset.get_absolute_url()}#{self.code}"

    @property
    def latest(self):
        """The newest published edition, or None."""
        return self.editions.filter(is_published=True).order_by("-number").first()
