"""Parties (LADM LA_Party): who holds land, and who holds shares in whom, up to the ultimate holder."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.choosing import Choosing
from sala.concessions import policy
from sala.core.columns import TranslatedField
from sala.documents.models import Document
from sala.people.models import Organisation
from sala.places.models import Area


class PartyKind(models.TextChoices):
    PERSON = "person", _("Person")
    COMPANY = "company", _("Company")
    STATE = "state_body", _("State body or state enterprise")
    VILLAGE = "village", _("Village or community")
    GROUP = "group", _("Group of persons")
    UNKNOWN = "unknown", _("Not known")


@pghistory.track(exclude=["keys"])
class Party(models.Model):
    """Who may hold a grant, or shares in who holds one.

    number        address of the party, lasting
    country       ISO 3166-1 alpha-2 code of the country of registration or origin; empty when not known
    organisation  the organisation whose representatives act for it here; empty for most parties abroad
    area, keeper  where the office is that keeps the entry, and that office
    keys          search keys of its names without the words of legal forms, so that two spellings meet
    same_as       the party that this one turned out to be: in no list, its address leads there
    """

    scope = policy.PARTY_SCOPE
    choosing = Choosing("number", ("name", "names__text", "registration"), (), among=Q(same_as__isnull=True))

    number = models.CharField(_("number"), max_length=30, unique=True)
    name = TranslatedField(_("name"))
    kind = models.CharField(_("kind"), max_length=12, choices=PartyKind)
    country = models.CharField(_("country of registration or origin"), max_length=2, blank=True)
    registration = models.CharField(_("registration number"), max_length=60, blank=True)
    website = models.URLField(_("web address"), blank=True)
    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="party",
        verbose_name=_("represented here as"),
    )  # fmt: skip
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("place of the entry"))
    keeper = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("kept by"))
    keys = ArrayField(models.CharField(max_length=200), default=list, blank=True, editable=False)
    same_as = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="doubles")
    source = models.CharField(_("source"), max_length=200, blank=True)
    note = models.TextField(_("note"), blank=True)
    is_invented = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(same_as=F("id")), name="party_is_not_its_own_double"),
            models.UniqueConstraint(
                fields=["country", "registration"],
                condition=~Q(registration="") & Q(same_as__isnull=True),
                name="party_registration_once",
                violation_error_message=_(
                    "Another party has this registration number. Look at it before you enter one more."
                ),
            ),
        ]
        ordering = ["number"]
        verbose_name_plural = "parties"

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("concessions:party", args=[self.number])


class PartyName(models.Model):
    """Another name a party uses or used, or under which another register knows it."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="names")
    text = models.CharField(max_length=300)
    key = models.CharField(max_length=300, db_index=True)
    language = models.CharField(max_length=10, blank=True)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "text"], name="party_name_once")]
        ordering = ["text"]

    def __str__(self) -> str:
        return self.text


@pghistory.track()
class Shareholding(models.Model):
    """`owner` holds shares in `owned`, from when to when. share: per cent; empty when only the link is known.

    role  of the owner, where it is no shareholder: see `Role`
    """

    class Role(models.TextChoices):
        PARENT = "parent", _("Holds shares")
        LENDER = "lender", _("Lends money")
        CONTROLS = "controls", _("Decides without shares")

    owner = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="holdings", verbose_name=_("who holds"))
    owned = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="holders", verbose_name=_("in whom"))
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.PARENT)
    share = models.DecimalField(
        _("share in per cent"), max_digits=6, decimal_places=3, null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )  # fmt: skip
    valid = DateRangeField(_("holds"), default=(None, None))
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_share_of_a_pair_a_day",
                expressions=[
                    ("owner", RangeOperators.EQUAL),
                    ("owned", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=~Q(owner=F("owned")),
                name="nobody_holds_shares_in_itself",
                violation_error_message=_("A party holds no shares in itself. Choose another one."),
            ),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__gte=0, share__lte=100), name="share_is_a_percentage"
            ),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="shareholding_lasts_a_day"),
        ]
        ordering = ["owned", "-share", "id"]

    def __str__(self) -> str:
        return f"{self.owner} → {self.owned}"
