"""An office asks another for data or a document that it may not read, and what was decided."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sala.duties.models import Call
from sala.people.models import Organisation, Sharing


class Decision(models.TextChoices):
    OPEN = "", _("Not decided yet")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")


class AccessRequest(models.Model):
    """What a call of the asker "access" asks.

    organisation  who asks: access is opened to it      owner  who keeps what is asked
    wanted        as the office that asks calls it; it may know no more than a title
    subject       the row meant, named by who asks where it is seen, else by the owner when it is granted
    until         last day on which it is needed; empty: for as long as the owner lets it
    sharing       by which it was opened                reason  why it was refused
    """

    call = models.OneToOneField(Call, on_delete=models.CASCADE, related_name="access_request")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="access_requests")
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    wanted = models.CharField(_("what is asked for"), max_length=300)
    subject_type = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    until = models.DateField(_("needed until"), null=True, blank=True)
    decision = models.CharField(max_length=8, choices=Decision, blank=True, default=Decision.OPEN)
    sharing = models.ForeignKey(Sharing, on_delete=models.SET_NULL, null=True, related_name="+")
    granted_until = models.DateField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "subject_type", "subject_id"],
                condition=Q(is_open=True, subject_id__isnull=False),
                name="access_asked_once_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(decision="refused") | ~Q(reason=""), name="refusal_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(decision="granted") | Q(subject_id__isnull=False), name="granted_for_a_named_row"
            ),
            models.CheckConstraint(condition=~Q(owner=models.F("organisation")), name="access_asked_of_another"),
        ]

    def __str__(self) -> str:
        return self.wanted
