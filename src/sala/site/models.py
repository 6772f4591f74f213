"""Front doors: one installation serves a national, a provincial and a sector platform."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.core.columns import TranslatedField
from sala.people.models import Organisation
from sala.places.models import Area
from sala.site.policy import PORTAL_SCOPE


class Portal(models.Model):
    """A front door: host name, name, look, default place and topics; public or for government only."""

    scope = PORTAL_SCOPE

    code = models.SlugField(unique=True)
    host = models.CharField(_("host name (* stands for anything)"), max_length=200, blank=True)
    name = TranslatedField(_("name"))
    tagline = TranslatedField(_("one line under the name"), blank=True)
    intro = TranslatedField(_("introduction"), blank=True)
    place = models.ForeignKey(Area, on_delete=models.PROTECT, verbose_name=_("default place"))
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("run by"))
    topics = ArrayField(models.CharField(max_length=60), verbose_name=_("topics, most important first"), default=list)
    band = models.CharField(_("colour of the band"), max_length=7, default="#0b4f4a")
    tier = models.CharField(
        _("open to"),
        max_length=12,
        choices=[("public", _("Public")), ("government", _("Government"))],
        default="public",
    )
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_portal"
            )
        ]
        ordering = ["-is_default", "code"]

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("site:about")
