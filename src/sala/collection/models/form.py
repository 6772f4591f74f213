"""A form, its versions as they were uploaded, and the files and lists a version needs."""

from typing import Any

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.choosing import Choosing
from sala.access.scope import Tier
from sala.collection import policy
from sala.collection.about import nouns
from sala.core.columns import TranslatedField
from sala.core.models import Term
from sala.documents.models.document import TIER_CHOICES
from sala.people.models import Organisation, Position
from sala.places.models import FacilityKind, Level


class About(models.TextChoices):
    """What one answer is about, which is also what a round expects one answer of."""

    NOTHING = "nothing", _("Nothing that is registered: as many answers as come in")
    PLACE = "place", _("A place")
    FACILITY = "facility", _("A facility")
    OTHER = "other", _("A row of another register")


@pghistory.track()
class Form(models.Model):
    """A questionnaire of one organisation. The workbook (XLSForm) of its newest version is the master of its questions.

    form_id           id in the workbook's settings; phones know the form by it
    level             rank of places one answer is about    facility_kind  kind of facilities one answer is about
    about_noun        noun of another part that one answer is about (collection.about), such as "concession"
    subject_question  question whose answer is the code of that place or facility; empty: whoever sends says it
    place_question    of a form about a row of another register: question whose answer is the code of the place that
                      answers. Then one answer is about the row and one of its places (AboutNoun.places), and a round
                      expects one of each
    minutes           how long one answer is expected to take
    asks_of_persons   answers hold facts of single people: nothing leaves without a rule
    impersonal        paths of the questions whose answers say nothing of single people, as its author says: of a form
                      that asks of persons only these leave (operations.releasing)
    is_standing       may be sent at any time, not only when a round asks it
    is_published      a version is in use
    """

    scope = policy.FORM_SCOPE
    choosing = Choosing("slug", ("title", "form_id"), ("owner",), among=Q(is_published=True))

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    form_id = models.CharField(max_length=100, unique=True)
    title = TranslatedField(_("title"))
    purpose = TranslatedField(_("what the answers are for"), blank=True, long=True)
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="survey_forms", verbose_name=_("whose form it is")
    )
    topics = models.ManyToManyField(
        Term, blank=True, related_name="+", verbose_name=_("topics"), limit_choices_to={"scheme": "topic"}
    )
    about = models.CharField(_("one answer is about"), max_length=10, choices=About, default=About.NOTHING)
    level = models.ForeignKey(
        Level, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("level of the place")
    )
    facility_kind = models.ForeignKey(
        FacilityKind, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("kind of facility")
    )  # fmt: skip
    about_noun = models.CharField(_("which register"), max_length=40, blank=True)
    subject_question = models.CharField(_("question that names it"), max_length=100, blank=True)
    place_question = models.CharField(_("question that names the place that answers"), max_length=100, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes one answer takes"), null=True, blank=True)
    asks_of_persons = models.BooleanField(_("It asks about single people"), default=False)
    impersonal = ArrayField(models.CharField(max_length=1000), default=list, blank=True, editable=False)
    is_standing = models.BooleanField(_("It may be sent at any time"), default=False)
    tier = models.CharField(
        _("open to"), max_length=12, choices=TIER_CHOICES, default=Tier.GOVERNMENT.value,
        help_text=_("Who sees the questions. Answers are seen by those who send, gather and own them."),
    )  # fmt: skip
    is_published = models.BooleanField(default=False, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    is_invented = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(about="place", level__isnull=False, facility_kind__isnull=True, about_noun="")
                | Q(about="facility", facility_kind__isnull=False, level__isnull=True, about_noun="")
                | Q(about="nothing", level__isnull=True, facility_kind__isnull=True, about_noun="")
                | (Q(about="other", level__isnull=True, facility_kind__isnull=True) & ~Q(about_noun="")),
                name="form_says_what_it_is_about",
            ),
            models.CheckConstraint(
                condition=Q(place_question="") | Q(about="other"), name="places_answer_about_rows_of_a_register"
            ),
            models.CheckConstraint(
                condition=Q(is_published=False) | Q(withdrawn_at__isnull=True), name="withdrawn_form_is_not_in_use"
            ),
        ]
        ordering = ["slug"]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("collection:form", args=[self.slug])

    @property
    def kind_code(self) -> str:
        """Code of the level, of the kind of facility or of the register that one answer is about; empty for nothing."""
        kind = self.level or self.facility_kind
        return kind.code if kind else self.about_noun

    @property
    def kind_name(self) -> Any:
        """What one answer is about, for people; empty for nothing."""
        kind = self.level or self.facility_kind
        if kind:
            return kind.name
        return nouns()[self.about_noun].name if self.about_noun in nouns() else self.about_noun

    @property
    def each_place(self) -> Any:
        """Which places answer one by one, for people; empty where none do."""
        return nouns()[self.about_noun].each_place if self.place_question and self.about_noun in nouns() else ""

    @property
    def current(self) -> "FormVersion | None":
        """The version in use."""
        return self.versions.filter(state=VersionState.CURRENT).first()


class VersionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    CURRENT = "current", _("In use")
    EARLIER = "earlier", _("Earlier version")


class FormVersion(models.Model):
    """One uploaded workbook, kept as it came, and what it was turned into. Its questions never change.

    version        as its settings say; made of the day and the count where they say nothing
    sha256         of the workbook as uploaded      xform, md5  the XForm that phones and browsers get
    fields         questions and groups in their order, choices: lists (core.files.xlsform says the shape of both)
    languages      as the workbook names them; language_map: the country's language code → one of them
    media          names of files that the form wants
    """

    scope = policy.VERSION_SCOPE

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    version = models.CharField(max_length=100)
    state = models.CharField(max_length=8, choices=VersionState, default=VersionState.DRAFT)
    is_published = models.BooleanField(default=False)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    bytes = models.BigIntegerField()
    title = models.CharField(max_length=300)
    xform = models.TextField()
    md5 = models.CharField(max_length=32)
    fields = models.JSONField(default=list)
    choices = models.JSONField(default=dict)
    languages = models.JSONField(default=list)
    language_map = models.JSONField(default=dict)
    media = models.JSONField(default=list)
    settings = models.JSONField(default=dict)
    warnings = models.JSONField(default=list)
    uploaded_by = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form", "number"], name="form_version_number_once"),
            models.UniqueConstraint(fields=["form", "version"], name="form_version_once"),
            models.UniqueConstraint(fields=["form"], condition=Q(state="current"), name="form_has_one_current_version"),
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True)
                | (~Q(state="draft") & Q(published_at__isnull=False)),
                name="form_version_in_use_has_its_day",
            ),
        ]
        ordering = ["form", "-number"]

    def __str__(self) -> str:
        return f"{self.form} {self.version}"

    def get_absolute_url(self) -> str:
        return reverse("collection:version", args=[self.form.slug, self.number])

    def questions(self) -> list[dict[str, Any]]:
        """The fields that hold an answer: neither groups nor repeats nor notes."""
        return [field for field in self.fields if field["type"] not in ("group", "repeat", "note")]


class FormMedia(models.Model):
    """A file that a version needs beside its XForm: uploaded with it, or a list made of our own nouns.

    source  empty for an uploaded file; else what the list is made of (queries.lists), made anew when they change
    """

    version = models.ForeignKey(FormVersion, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    source = models.CharField(max_length=100, blank=True)
    sha256 = models.CharField(max_length=64)
    md5 = models.CharField(max_length=32)
    bytes = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "name"], name="form_media_once")]
        ordering = ["version", "name"]

    def __str__(self) -> str:
        return self.name
