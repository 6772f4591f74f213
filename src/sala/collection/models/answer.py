"""What a round expects of whom, and what was read from the answers that came.

A round is a call of kind "form round"; each office asked has one assignment, and under it stands one row for every
place or facility whose answer is expected. The rows are reckoned from the registers as they were on the day of issue.
"""

from django.contrib.gis.db import models as gis
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sala.collection import policy
from sala.collection.about import AboutOther, Named
from sala.collection.models.form import Form, FormVersion
from sala.collection.models.submission import Submission
from sala.duties.models import Assignment, Call
from sala.people.models import Organisation, Position
from sala.places.models import Area, Facility

# a row of another register has its type and its number, and is no facility
ONE_SUBJECT = Q(subject_type="", subject_id__isnull=True) | (
    ~Q(subject_type="") & Q(subject_id__isnull=False, facility__isnull=True)
)


class RoundForm(models.Model):
    """A form that a round asks. version: in use when the round was issued; later ones are taken as well."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="round_forms")
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("form"))
    version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "form"], name="round_asks_a_form_once")]
        ordering = ["call", "id"]

    def __str__(self) -> str:
        return f"{self.call_id}: {self.form}"


class ExpectedState(models.TextChoices):
    WAITING = "waiting", _("Not yet received")
    RECEIVED = "received", _("Received")
    RETURNED = "returned", _("Returned")
    APPROVED = "approved", _("Approved")
    WAIVED = "waived", _("Will not come, with a reason")


class Expected(AboutOther, models.Model):
    """One answer that a round expects: of a form, about a place, a facility or a row of another register, for a period.

    subject_type, subject_id   that row (collection.about); its area is the smallest place it lies in
    respondent  the post that answers for it (who reports for the facility or place); empty: the office itself
    state       of the answer that stands for it (its Reading); waiting without one
    given_in    the row of another open round that expects the same: one answer serves both
    is_open     its assignment is open
    reason, waived_by, waived_at   why no answer will come, named by the office that gathers
    """

    scope = policy.EXPECTED_SCOPE

    # without an index of its own: expected_counted begins with it
    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, related_name="expected_answers", db_index=False
    )
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="expected")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, null=True, related_name="+")
    subject_type = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    period = models.CharField(max_length=30, blank=True)
    respondent = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="expected_answers")
    state = models.CharField(max_length=10, choices=ExpectedState, default=ExpectedState.WAITING)
    is_open = models.BooleanField(default=True)
    given_in = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="also_expected")
    received_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    waived_by = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    waived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["form", "area", "facility", "subject_type", "subject_id", "period"],
                condition=Q(is_open=True, given_in__isnull=True),
                nulls_distinct=False,
                name="answer_expected_once",
            ),
            models.UniqueConstraint(
                fields=["assignment", "form", "area", "facility", "subject_type", "subject_id"],
                nulls_distinct=False,
                name="answer_expected_once_an_assignment",
            ),
            models.CheckConstraint(condition=ONE_SUBJECT, name="answer_expected_about_one"),
            models.CheckConstraint(condition=~Q(given_in=F("id")), name="answer_not_given_in_itself"),
            models.CheckConstraint(
                condition=~Q(state="waived") | (~Q(reason="") & Q(waived_at__isnull=False)),
                name="waived_answer_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["respondent", "is_open"], name="expected_respondent"),
            models.Index(
                fields=["assignment"],
                include=["form", "area", "state", "received_at", "given_in"],
                name="expected_counted",
            ),
            models.Index(
                fields=["subject_type", "subject_id"], name="expected_about", condition=Q(subject_id__isnull=False)
            ),
        ]
        ordering = ["assignment", "id"]

    def __str__(self) -> str:
        return f"{self.form_id}: {self.facility_id or self.subject_id or self.area_id} {self.period}"

    @property
    def subject(self) -> Area | Facility | Named:
        return self.facility or self.other or self.area

    @property
    def told(self) -> str:
        """Words for the state, of the answer that serves two rounds where it is given in the other."""
        if self.state != ExpectedState.WAIVED and self.given_in is not None:
            return self.given_in.get_state_display()
        return self.get_state_display()


class ReadingState(models.TextChoices):
    RECEIVED = "received", _("Received, to be checked")
    RETURNED = "returned", _("Returned")
    APPROVED = "approved", _("Approved")
    REPLACED = "replaced", _("Replaced by a correction")
    DOUBLE = "double", _("Another answer about the same came before")
    SET_ASIDE = "aside", _("Set aside")


class Reading(AboutOther, models.Model):
    """What was read from a submission; can be made anew from it, but for its state.

    office    the organisation that gathers and checks it
    answering the house of the post that the round asks, whoever sent the answer for it; none where the office enters it
    area, facility, period  what it is about
    subject_type, subject_id   the row of another register that it is about (collection.about)
    values    path of a question → value as JSON: numbers as numbers, dates as ISO text, several choices as a list, a
              point as {"lat", "lon", "altitude", "accuracy"}; rows of a repeat as a list of such dictionaries
    point, accuracy_m   where it was filled in, as the device said
    flags     what a checker should look at: [{"code", "path", "values"}] (collection.flags)
    is_whole  every file that the answer names has come
    """

    scope = policy.READING_SCOPE

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, primary_key=True, related_name="reading")
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="readings")
    expected = models.ForeignKey(Expected, on_delete=models.PROTECT, null=True, related_name="readings")
    office = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    answering = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="+")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, null=True, related_name="+")
    subject_type = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    period = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=10, choices=ReadingState, default=ReadingState.RECEIVED)
    values = models.JSONField(default=dict)
    flags = models.JSONField(default=list)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    point = gis.PointField(null=True)
    accuracy_m = models.FloatField(null=True)
    is_whole = models.BooleanField(default=True)
    read_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["expected"],
                condition=Q(state__in=["received", "returned", "approved"]),
                name="one_answer_stands_for_what_is_expected",
            ),
            models.CheckConstraint(condition=ONE_SUBJECT, name="answer_about_one"),
        ]
        indexes = [
            models.Index(
                fields=["subject_type", "subject_id"], name="reading_about", condition=Q(subject_id__isnull=False)
            ),
            models.Index(fields=["office", "state"], name="reading_office"),
            models.Index(fields=["form", "state"], name="reading_form"),
            models.Index(fields=["form", "area", "facility", "period"], name="reading_subject"),
            models.Index(fields=["form", "period"], name="reading_period"),
            models.Index(fields=["form", "-submission"], name="reading_newest"),
        ]
        ordering = ["-submission_id"]

    def __str__(self) -> str:
        return str(self.submission_id)
