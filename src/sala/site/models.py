"""Front doors: one installation serves a national, a provincial and a sector platform."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.core.columns import TranslatedField
from sala.core.models import Term
from sala.people.models import Organisation
from sala.places.models import Area
from sala.site.bands import check_band
from sala.site.hosts import check_host, meet
from sala.site.policy import PORTAL_SCOPE


class Portal(models.Model):
    """A front door: host name, name, look, default place and topics; public or for government only.

    logo_sha256  a small PNG of the store; empty: the common mark
    logo_words   what it shows, for those who do not see it
    """

    scope = PORTAL_SCOPE

    code = models.SlugField(unique=True)
    host = models.CharField(
        _("host name (* stands for anything)"), max_length=200, blank=True, validators=[check_host],
        help_text=_("The operator leads this name here before anybody can use it."),
    )  # fmt: skip
    name = TranslatedField(_("name"))
    tagline = TranslatedField(_("one line under the name"), blank=True)
    intro = TranslatedField(_("introduction"), blank=True, long=True)
    place = models.ForeignKey(Area, on_delete=models.PROTECT, verbose_name=_("default place"))
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("run by"))
    topics = ArrayField(models.CharField(max_length=60), verbose_name=_("topics, most important first"), default=list)
    band = models.CharField(_("colour of the band"), max_length=7, default="#0b4f4a", validators=[check_band])
    logo_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    logo_words = TranslatedField(_("words for the logo"), blank=True, editable=False)
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
            ),
            models.UniqueConstraint(
                Lower("host"),
                condition=~models.Q(host=""),
                name="one_portal_a_host",
                violation_error_message=_("Another front door has this host name already. Write another one."),
            ),
        ]
        ordering = ["-is_default", "code"]

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("site:portals")

    @property
    def logo_url(self) -> str:
        """Where the logo stands; another logo has another address."""
        return reverse("site:portal_logo", args=[self.code, self.logo_sha256[:16]]) if self.logo_sha256 else ""

    def clean(self) -> None:
        """Which host it takes away from nobody, and topics that there are."""
        self.host = self.host.lower()
        faults = {"host": self._fault_of_host(), "topics": self._fault_of_topics()}
        if any(faults.values()):
            raise ValidationError({name: fault for name, fault in faults.items() if fault})

    def _fault_of_host(self) -> object:
        if self.is_default:
            return None  # every host that no other one names
        if not self.host:
            return _("Write the host name under which it is reached.")
        if meet(self.host, (urlsplit(settings.BASE_URL).hostname or "").lower()):
            return _("This is the address of the whole service. Write another one.")
        for other in Portal.objects.exclude(pk=self.pk).exclude(host=""):
            if meet(self.host, other.host.lower()):
                return _("Addresses with this name belong to “%(name)s” (%(host)s) already. Write another one.") % {
                    "name": other.name, "host": other.host,
                }  # fmt: skip
        return None

    def _fault_of_topics(self) -> object:
        known = set(Term.objects.filter(scheme="topic").values_list("code", flat=True))
        unknown = [code for code in self.topics if code not in known]
        return _("There is no topic %(codes)s.") % {"codes": ", ".join(unknown)} if unknown else None
