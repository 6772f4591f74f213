"""Series of meetings, meetings, what stands on the agenda, and who was invited and came."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sala.access.choosing import Choosing
from sala.access.scope import Tier
from sala.bodies import policy
from sala.bodies.models.body import TIER_CHOICES, Body
from sala.bodies.states import AHEAD, PAST, MeetingState
from sala.core.columns import TranslatedField
from sala.documents.models import Document, IssuedDocument
from sala.people.models import Organisation, Position


class Rhythm(models.TextChoices):
    WEEKLY = "weekly", _("Every week")
    MONTHLY = "monthly", _("Every month")
    QUARTERLY = "quarterly", _("Every quarter")
    HALF_YEARLY = "half_yearly", _("Every half year")
    YEARLY = "yearly", _("Every year")
    AS_NEEDED = "as_needed", _("As needed")


class Series(models.Model):
    """Meetings of a body that follow one another: what was left open at one stands on the agenda of the next."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="series")
    name = TranslatedField(_("name"))
    rhythm = models.CharField(_("rhythm"), max_length=12, choices=Rhythm, default=Rhythm.QUARTERLY)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return str(self.name)


class StandingItem(models.Model):
    """What stands on the agenda of every meeting of a series."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="standing_items")
    title = TranslatedField(_("title"))
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return str(self.title)


@pghistory.track()
class Meeting(models.Model):
    """One meeting of a body.

    reference   M-2026-0001, counted within the year
    is_called   it left its preparation: those invited see it, and those whom the tier names
    follows     the meeting whose open points it takes up; the last one of the series unless said otherwise
    invitation  the numbered letter that called it
    """

    scope = policy.MEETING_SCOPE
    choosing = Choosing("reference", ("title",), ("body", "starts_at"))

    reference = models.CharField(max_length=30, unique=True)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="meetings")
    series = models.ForeignKey(
        Series, on_delete=models.PROTECT, null=True, blank=True, related_name="meetings", verbose_name=_("series")
    )
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by", verbose_name=_("follows")
    )
    title = TranslatedField(_("title"))
    purpose = TranslatedField(_("purpose"), blank=True, long=True)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    venue = TranslatedField(_("where"), blank=True)
    tier = models.CharField(_("open to"), max_length=12, choices=TIER_CHOICES, default=Tier.OWN.value)
    state = models.CharField(max_length=10, choices=MeetingState, default=MeetingState.DRAFT, editable=False)
    is_called = models.BooleanField(default=False, editable=False)
    cancelled_reason = models.CharField(max_length=300, blank=True, editable=False)
    invitation = models.ForeignKey(
        IssuedDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    source = models.CharField(_("source of this entry"), max_length=200, blank=True)
    is_invented = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="meeting_ends_after_it_begins",
                violation_error_message=_("The meeting ends before it begins. Correct the times."),
            ),
            models.CheckConstraint(
                condition=Q(state="draft", is_called=False) | Q(state="cancelled") | Q(is_called=True),
                name="meeting_past_its_draft_is_called",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(cancelled_reason=""), name="meeting_is_cancelled_with_a_reason"
            ),
            models.CheckConstraint(condition=~Q(follows=F("id")), name="meeting_does_not_follow_itself"),
        ]
        indexes = [models.Index(fields=["body", "-starts_at"], name="meeting_calendar")]
        ordering = ["-starts_at", "-id"]

    def __str__(self) -> str:
        return f"{self.reference}: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("bodies:meeting", args=[self.reference])

    @property
    def day(self):
        """The date in the country."""
        return timezone.localtime(self.starts_at).date()

    @property
    def is_ahead(self) -> bool:
        return self.state in AHEAD

    @property
    def is_entered_late(self) -> bool:
        """Held and never invited to from here: its agenda is copied from its papers."""
        return self.state == MeetingState.HELD and self.invitation_id is None

    @property
    def is_past(self) -> bool:
        return self.state in PAST


class ItemKind(models.TextChoices):
    FOLLOW_UP = "follow_up", _("Open from last time")
    STANDING = "standing", _("Standing item")
    TOPIC = "topic", _("Topic")


class Outcome(models.TextChoices):
    NOTED = "noted", _("Noted")
    DECIDED = "decided", _("Decided")
    DEFERRED = "deferred", _("Put off to the next meeting")
    SETTLED = "settled", _("Settled")


class AgendaItem(models.Model):
    """One item of an agenda. What was said on it stands in the minutes.

    action         the action of an earlier meeting that is still open
    deferred_from  the item of an earlier meeting that was put off to this one
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items")
    order = models.PositiveSmallIntegerField(_("number"), default=0)
    kind = models.CharField(max_length=10, choices=ItemKind, default=ItemKind.TOPIC)
    title = TranslatedField(_("title"))
    wanted = TranslatedField(_("what the meeting is to do"), blank=True)
    presenter = models.ForeignKey(
        Position, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("presented by")
    )
    standing = models.ForeignKey(StandingItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    action = models.ForeignKey("bodies.Action", on_delete=models.PROTECT, null=True, blank=True, related_name="items")
    deferred_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="deferred_to"
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "action"], condition=Q(action__isnull=False), name="open_action_once_on_an_agenda"
            ),
            models.UniqueConstraint(
                fields=["meeting", "standing"], condition=Q(standing__isnull=False), name="standing_item_once_on_an_agenda"
            ),
            models.UniqueConstraint(
                fields=["meeting", "deferred_from"], condition=Q(deferred_from__isnull=False),
                name="deferred_item_once_on_an_agenda",
            ),
        ]  # fmt: skip
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return f"{self.meeting.get_absolute_url()}#item-{self.pk}"


class AgendaPaper(models.Model):
    """A document put before the meeting under an item. Who may read it, the document itself says."""

    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="papers")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="agenda_papers")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "document"], name="paper_once_under_an_item")]
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.document)


class Participant(models.Model):
    """An office invited to a meeting, by its post where it has a seat, and how many women and men came for it.

    No person is named. label  guests of no organisation kept here, such as "villagers of the site visited"
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="participants")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("organisation")
    )
    position = models.ForeignKey(
        Position, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("post")
    )
    label = models.CharField(_("who else"), max_length=120, blank=True)
    is_guest = models.BooleanField(_("guest"), default=False)
    women = models.PositiveSmallIntegerField(_("women"), default=0)
    men = models.PositiveSmallIntegerField(_("men"), default=0)
    unstated = models.PositiveSmallIntegerField(_("sex not stated"), default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(organisation__isnull=False) & Q(label="")) | (Q(organisation__isnull=True) & ~Q(label="")),
                name="participant_is_an_office_or_described",
            ),
            models.UniqueConstraint(
                fields=["meeting", "organisation", "position"], nulls_distinct=False,
                condition=Q(organisation__isnull=False), name="participant_once_a_meeting",
            ),
        ]  # fmt: skip
        ordering = ["is_guest", "id"]

    def __str__(self) -> str:
        return str(self.position or self.organisation or self.label)

    @property
    def came(self) -> int:
        return self.women + self.men + self.unstated
