"""Concessions (LADM LA_BAUnit): a lease or a concession of land as one project, whatever becomes of it.

What is dated stands in rows of its own: grants, areas, commodities, jobs. What the list filters by is a column here.
"""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.choosing import Choosing
from sala.concessions import policy
from sala.core.columns import TranslatedField
from sala.core.models import Term
from sala.documents.models import Document
from sala.people.models import Organisation
from sala.places.models import Area


class ConcessionKind(models.TextChoices):
    LEASE = "lease", _("Lease")
    CONCESSION = "concession", _("Concession")


class ConcessionState(models.TextChoices):
    """Where the procedure stands. What the authorities call a situation (ghost, idle …) is reckoned, never a state."""

    PROPOSED = "proposed", _("Named by an outside source, not confirmed")
    REQUEST = "request", _("Requested")
    SCREENED = "screened", _("Screened")
    OPINIONS = "opinions", _("Sectors asked for their opinion")
    MOU = "mou", _("Memorandum for a study signed")
    SURVEY = "survey", _("Survey and assessments")
    NEGOTIATION = "negotiation", _("Negotiated")
    SIGNED = "signed", _("Agreement signed")
    REGISTERED = "registered", _("Registered")
    IMPLEMENTING = "implementing", _("At work")
    SUSPENDED = "suspended", _("Suspended")
    EXPIRED = "expired", _("Expired")
    TERMINATED = "terminated", _("Terminated")
    RETURNED = "returned", _("Land returned")
    TRANSFERRED = "transferred", _("Transferred to another project")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn by who asked")
    LAPSED = "lapsed", _("Lapsed")


@pghistory.track(exclude=["keys", "confirmed_classes"])
class Concession(models.Model):
    """One lease or concession. `reference` is its address and never changes.

    area      the smallest area that holds all of it, as far as known: a district, else a province, else the country
    lead      the office that keeps the entry
    applicant the party that asked for it; who was granted it then stands in the grants
    level     of the administration that grants or granted it: code of a level of places; empty when not known
    keys      search keys of its names, so that duplicates meet
    version   raised by every change, so that two who edit at once are told
    same_as   entered twice: the concession that this one is; in no list and no total
    is_public some class of its fields is open to everybody (kept by operations.releases)
    confirmed_classes  for which an office stands now (kept by the database with each Confirmation)
    is_confidential, confidential_reason   opened by no decision about a class of fields
    open_contracting_id, open_contracting_url   its number in the open contracting standard, and where that is published
    outside_source, outside_id   the register it came from, and its number there
    """

    scope = policy.CONCESSION_SCOPE
    choosing = Choosing("reference", ("name", "reference"), ("area", "sector"), among=Q(same_as__isnull=True))

    reference = models.CharField(_("reference"), max_length=30, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=ConcessionKind)
    name = TranslatedField(_("name"))
    purpose = TranslatedField(_("purpose"), blank=True, long=True)
    sector = models.ForeignKey(
        Term, on_delete=models.PROTECT, related_name="+", verbose_name=_("sector"),
        limit_choices_to={"scheme": "sector"},
    )  # fmt: skip
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="concessions", verbose_name=_("place"))
    lead = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="concessions_kept", verbose_name=_("kept by")
    )
    applicant = models.ForeignKey(
        "concessions.Party", on_delete=models.PROTECT, null=True, blank=True, related_name="requests",
        verbose_name=_("who asked for it"),
    )  # fmt: skip
    level = models.SlugField(_("level that grants it"), max_length=40, blank=True)
    state = models.CharField(
        _("state"), max_length=14, choices=ConcessionState, default=ConcessionState.REQUEST, editable=False
    )
    requested_on = models.DateField(_("requested on"), null=True, blank=True)
    is_confidential = models.BooleanField(_("confidential"), default=False)
    confidential_reason = models.CharField(_("reason and legal basis"), max_length=300, blank=True)
    is_public = models.BooleanField(default=False, editable=False)
    confirmed_classes = ArrayField(models.CharField(max_length=10), default=list, blank=True, editable=False)
    same_as = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="doubles", editable=False
    )
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by",
        verbose_name=_("goes on from"),
    )  # fmt: skip
    outside_source = models.CharField(max_length=60, blank=True, editable=False)
    outside_id = models.CharField(max_length=60, blank=True, editable=False)
    open_contracting_id = models.CharField(_("open contracting number"), max_length=60, blank=True)
    open_contracting_url = models.URLField(_("where it is published as open contracting"), max_length=300, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    keys = ArrayField(models.CharField(max_length=200), default=list, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    entered_at = models.DateTimeField(editable=False)
    changed_at = models.DateTimeField(editable=False)
    is_invented = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_confidential=False) | ~Q(confidential_reason=""),
                name="confidential_concession_says_why",
                violation_error_message=_("Say why it is confidential, and on what legal basis."),
            ),
            models.CheckConstraint(
                condition=Q(is_public=False) | Q(is_confidential=False), name="confidential_concession_is_not_public"
            ),
            models.CheckConstraint(condition=~Q(same_as=models.F("id")), name="concession_is_not_its_own_double"),
            models.UniqueConstraint(
                fields=["outside_source", "outside_id"],
                condition=~Q(outside_source=""),
                name="concession_of_an_outside_register_once",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "sector"], name="concession_state_sector"),
            models.Index(fields=["area"], name="concession_area"),
        ]
        ordering = ["reference"]

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("concessions:concession", args=[self.reference])


class ConcessionPlace(models.Model):
    """A further area that a concession reaches into; the smallest that are known. share: per cent of the granted area."""

    concession = models.ForeignKey(Concession, on_delete=models.CASCADE, related_name="places")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"))
    share = models.DecimalField(_("share in per cent"), max_digits=5, decimal_places=2, null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["concession", "area"], name="concession_reaches_an_area_once")]
        ordering = ["concession", "id"]

    def __str__(self) -> str:
        return f"{self.concession_id}: {self.area}"


@pghistory.track()
class Commodity(models.Model):
    """What is grown, dug or made there, as of a day. Several may be current at once, each once.

    commodity  Term of the scheme "commodity"       hectares  in hectares, two decimals
    """

    concession = models.ForeignKey(Concession, on_delete=models.CASCADE, related_name="commodities")
    commodity = models.ForeignKey(
        Term, on_delete=models.PROTECT, related_name="+", verbose_name=_("commodity"),
        limit_choices_to={"scheme": "commodity"},
    )  # fmt: skip
    hectares = models.DecimalField(_("hectares"), max_digits=12, decimal_places=2, null=True, blank=True)
    as_of = models.DateField(_("as of"), null=True, blank=True)
    is_current = models.BooleanField(_("current"), default=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["concession", "commodity"],
                condition=Q(is_current=True),
                name="current_commodity_once",
                violation_error_message=_("This commodity is entered as current already. End the older entry first."),
            ),
            models.CheckConstraint(condition=Q(hectares__isnull=True) | Q(hectares__gte=0), name="commodity_hectares"),
        ]
        ordering = ["concession", "-is_current", "-as_of", "id"]
        verbose_name_plural = "commodities"

    def __str__(self) -> str:
        return str(self.commodity)
