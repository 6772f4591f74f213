"""Data services: an address from which programs read the data of an office."""

import pghistory
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.choosing import Choosing
from sala.access.scope import Tier
from sala.catalogue import policy
from sala.catalogue.models.dataset import TIERS, Dataset, State
from sala.core.columns import TranslatedField
from sala.core.models import Term
from sala.people.models import Organisation, Position

WEB = URLValidator(schemes=["http", "https"])


class ServiceKind(models.TextChoices):
    API = "api", _("Interface for programs")
    FEATURES = "features", _("Features of maps")
    MAP = "map", _("Map pictures or tiles")
    QUERY = "query", _("Tables to query")
    OTHER = "other", _("Something else")


@pghistory.track()
class DataService(models.Model):
    """An interface or a map service of an office (DCAT: DataService): where it is, how it is used, what it serves.

    endpoint     address that a program calls        contract   address of its description for programs (OpenAPI, WSDL …)
    conditions   how to get in, how often one may ask, hours
    """

    scope = policy.SERVICE_SCOPE
    choosing = Choosing("slug", ("title",), ("owner",))

    slug = models.SlugField(max_length=80, unique=True)
    title = TranslatedField(_("title"))
    description = TranslatedField(_("description"), blank=True, long=True)
    kind = models.CharField(_("kind"), max_length=10, choices=ServiceKind, default=ServiceKind.API)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="services", verbose_name=_("owner"))
    contact = models.ForeignKey(
        Position, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("whom to ask")
    )
    endpoint = models.URLField(_("address of the service"), max_length=500, validators=[WEB])
    contract = models.URLField(_("address of its description"), max_length=500, blank=True, validators=[WEB])
    conditions = TranslatedField(_("conditions of use"), blank=True, long=True)
    datasets = models.ManyToManyField(Dataset, blank=True, related_name="services", verbose_name=_("serves"))
    tier = models.CharField(_("open to"), max_length=12, choices=TIERS, default=Tier.OWN)
    restriction = models.ForeignKey(
        Term, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("why it is not public")
    )
    licence = models.ForeignKey(
        Term, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("licence")
    )
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    is_published = models.BooleanField(default=False, editable=False)
    reason = models.CharField(max_length=300, blank=True)
    is_invented = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_published=False) | Q(state="published"), name="service_published_means_published"
            ),
            models.CheckConstraint(
                condition=~Q(tier="public", is_published=True) | Q(licence__isnull=False),
                name="public_service_has_a_licence",
            ),
            models.CheckConstraint(condition=~Q(state="withdrawn") | ~Q(reason=""), name="service_withdrawn_why"),
        ]
        ordering = ["slug"]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("exchange:service", args=[self.slug])
