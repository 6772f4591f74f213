"""Showcases: what others made of a dataset, as evidence that it is used."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.catalogue import policy
from sala.catalogue.models.dataset import Dataset
from sala.catalogue.models.service import WEB
from sala.people.models import Person, Position


class ShowcaseKind(models.TextChoices):
    REPORT = "report", _("Report or plan")
    RESEARCH = "research", _("Research")
    MAP = "map", _("Map")
    APPLICATION = "application", _("Application")
    TEACHING = "teaching", _("Teaching")
    NEWS = "news", _("News")


class ShowcaseState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")


class Showcase(models.Model):
    """Proposed by anybody with a verified e-mail or by an office; shown once the office of the dataset accepted it.

    made_by      as it shall be read by everybody     reason   why it was declined or taken out
    proposed_by  who proposed it; empties itself when that person is erased
    """

    scope = policy.SHOWCASE_SCOPE
    State = ShowcaseState

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="showcases")
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("what it is, and what the data was used for"), max_length=2000)
    kind = models.CharField(_("kind"), max_length=12, choices=ShowcaseKind)
    url = models.URLField(_("web address"), max_length=500, validators=[WEB])
    made_by = models.CharField(_("made by"), max_length=200)
    year = models.PositiveSmallIntegerField(_("year"))
    proposed_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    post = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=ShowcaseState, default=ShowcaseState.PROPOSED)
    is_accepted = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True)
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "url"], name="showcase_once"),
            models.CheckConstraint(
                condition=Q(is_accepted=False) | Q(state="accepted"), name="accepted_means_accepted"
            ),
            models.CheckConstraint(condition=~Q(state="declined") | ~Q(reason=""), name="showcase_declined_why"),
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("exchange:showcase", args=[self.pk])
