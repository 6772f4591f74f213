"""Committees, working groups, round tables, secretariats, and the posts that sit in them."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.scope import TIER_NAMES, Tier
from sala.bodies import policy
from sala.core import clock
from sala.core.columns import TranslatedField
from sala.core.models import Term
from sala.documents.models import Document
from sala.people.models import Organisation, Position
from sala.places.models import Area

TIER_CHOICES = [
    (Tier.PUBLIC.value, TIER_NAMES[Tier.PUBLIC]),
    (Tier.GOVERNMENT.value, TIER_NAMES[Tier.GOVERNMENT]),
    (Tier.OWN.value, _("Those who take part")),
]


class BodyKind(models.TextChoices):
    COMMITTEE = "committee", _("Committee")
    WORKING_GROUP = "working_group", _("Working group")
    ROUND_TABLE = "round_table", _("Round table")
    SECRETARIAT = "secretariat", _("Secretariat")
    WORKSHOP = "workshop", _("Workshop")


@pghistory.track()
class Body(models.Model):
    """Several posts that meet and decide on a mandate, in an area, with an organisation that keeps its papers.

    secretariat  the organisation that convenes it and writes its minutes; whose rights reach it
    source       where a real body is named, when it was not entered by its own secretariat
    """

    scope = policy.BODY_SCOPE

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=BodyKind)
    name = TranslatedField(_("name"))
    mandate = TranslatedField(_("mandate"), blank=True, long=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("set up by")
    )
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="bodies", verbose_name=_("place"))
    sector = models.ForeignKey(
        Term, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sector"),
        limit_choices_to={"scheme": "sector"},
    )  # fmt: skip
    topics = models.ManyToManyField(
        Term, blank=True, related_name="+", verbose_name=_("topics"), limit_choices_to={"scheme": "topic"}
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("reports to")
    )
    secretariat = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="bodies_served", verbose_name=_("secretariat")
    )
    tier = models.CharField(_("open to"), max_length=12, choices=TIER_CHOICES, default=Tier.PUBLIC.value)
    set_up_on = models.DateField(_("set up on"), null=True, blank=True)
    dissolved_on = models.DateField(_("dissolved on"), null=True, blank=True)
    source = models.CharField(_("source of this entry"), max_length=200, blank=True)
    is_invented = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("id")), name="body_is_not_its_own_parent"),
            models.CheckConstraint(
                condition=Q(set_up_on__isnull=True)
                | Q(dissolved_on__isnull=True)
                | Q(dissolved_on__gte=F("set_up_on")),
                name="body_ends_after_it_begins",
                violation_error_message=_("The body ends before it begins. Correct the dates."),
            ),
        ]
        ordering = ["slug"]
        verbose_name_plural = "bodies"

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("bodies:body", args=[self.slug])

    @property
    def is_open_for_work(self) -> bool:
        return self.dissolved_on is None or self.dissolved_on > clock.today()


class SeatRole(models.TextChoices):
    CHAIR = "chair", _("Chair")
    CO_CHAIR = "co_chair", _("Co-chair")
    SECRETARY = "secretary", _("Secretary")
    MEMBER = "member", _("Member")
    OBSERVER = "observer", _("Observer")


class Seat(models.Model):
    """A post that sits in a body from a day to a day; whoever holds the post that day is the member."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="seats")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="seats", verbose_name=_("post"))
    role = models.CharField(_("seat"), max_length=10, choices=SeatRole, default=SeatRole.MEMBER)
    valid = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="post_has_one_seat_a_day",
                expressions=[
                    ("body", RangeOperators.EQUAL),
                    ("position", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="body_has_one_chair_a_day",
                expressions=[("body", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                condition=Q(role="chair"),
            ),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.position}"
