"""Documents, their files and pages, and what they say of one another."""

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.choosing import Choosing
from sala.access.scope import TIER_NAMES, Tier
from sala.core import clock
from sala.core.columns import TranslatedField
from sala.core.models import Certainty, Term
from sala.documents import policy
from sala.people.models import Organisation
from sala.places.models import Area

TIER_CHOICES = [(tier.value, TIER_NAMES[tier]) for tier in Tier]


class DocumentState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


@pghistory.track()
class Document(models.Model):
    """A law, decision, plan, report, minutes: whatever is cited. Its words are in files, one per language.

    number       as its issuer wrote it                       issued_on   the day on the paper
    tier         who may read it once it is published         restriction why it is not open, with the law that says so
    in_force_from, in_force_until   first and last day in force; both empty for what is never in force (a report)
    reviewed     languages in which title and summary were read and approved by a person
    """

    scope = policy.DOCUMENT_SCOPE
    choosing = Choosing("slug", ("title", "number"), ("number", "issuer", "issued_on"))

    slug = models.SlugField(_("address"), max_length=100, unique=True)
    kind = models.ForeignKey(
        Term, on_delete=models.PROTECT, related_name="+", verbose_name=_("kind"),
        limit_choices_to={"scheme": "document-kind"},
    )  # fmt: skip
    title = TranslatedField(_("title"))
    summary = TranslatedField(_("summary"), blank=True, long=True)
    number = models.CharField(_("number"), max_length=100, blank=True)
    issuer = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="documents_issued",
        verbose_name=_("issued by"),
    )  # fmt: skip
    issued_on = models.DateField(_("date on the paper"), null=True, blank=True)
    language = models.CharField(_("original language"), max_length=10, blank=True)
    areas = models.ManyToManyField(Area, blank=True, related_name="documents", verbose_name=_("places it is about"))
    topics = models.ManyToManyField(
        Term, blank=True, related_name="+", verbose_name=_("topics"), limit_choices_to={"scheme": "topic"}
    )
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="documents", verbose_name=_("kept by")
    )
    tier = models.CharField(_("who may read it"), max_length=12, choices=TIER_CHOICES, default=Tier.OWN.value)
    restriction = models.ForeignKey(
        Term, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("reason it is not open"), limit_choices_to={"scheme": "restriction"},
    )  # fmt: skip
    restriction_law = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="restricts", verbose_name=_("law behind it")
    )  # fmt: skip
    restriction_clause = models.CharField(_("article or clause"), max_length=200, blank=True)
    state = models.CharField(max_length=12, choices=DocumentState, default=DocumentState.DRAFT, editable=False)
    is_published = models.BooleanField(default=False, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_reason = models.CharField(max_length=300, blank=True, editable=False)
    in_force_from = models.DateField(_("in force from"), null=True, blank=True)
    in_force_until = models.DateField(_("last day in force"), null=True, blank=True)
    supersedes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by", verbose_name=_("replaces")
    )  # fmt: skip
    source_url = models.URLField(_("published at"), max_length=500, blank=True)
    source = models.CharField(_("source of this entry"), max_length=200, blank=True)
    certainty = models.CharField(max_length=12, choices=Certainty, default=Certainty.CONFIRMED, editable=False)
    licence = models.ForeignKey(
        Term, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("licence"),
        limit_choices_to={"scheme": "licence"},
    )  # fmt: skip
    reviewed = ArrayField(
        models.CharField(max_length=10), default=list, blank=True, verbose_name=_("read and approved in")
    )
    is_invented = models.BooleanField(default=False, editable=False)
    added_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="published", is_published=True) | (~Q(state="published") & Q(is_published=False)),
                name="document_is_published_says_the_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="document_is_withdrawn_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(in_force_from__isnull=True)
                | Q(in_force_until__isnull=True)
                | Q(in_force_until__gte=F("in_force_from")),
                name="document_ends_after_it_begins",
                violation_error_message=_("The last day in force lies before the first one. Correct the dates."),
            ),
            models.CheckConstraint(
                condition=~Q(supersedes=F("id")),
                name="document_does_not_replace_itself",
                violation_error_message=_("A document cannot replace itself. Choose the earlier one."),
            ),
            models.UniqueConstraint(
                fields=["issuer", "kind", "number", "issued_on"],
                condition=~Q(number="") & ~Q(state="withdrawn"),
                name="document_number_once",
                violation_error_message=_(
                    "A document of this kind, issuer, number and date is here already. Search for its number."
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["-issued_on", "-id"], name="document_newest"),
            models.Index(fields=["-published_at"], condition=Q(is_published=True), name="document_published"),
        ]
        ordering = ["-issued_on", "-id"]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("documents:document", args=[self.slug])

    @property
    def in_force(self) -> bool | None:
        """Whether it is in force today; None for what has no day of coming into force."""
        if self.in_force_from is None:
            return None
        today = clock.today()
        return self.in_force_from <= today and (self.in_force_until is None or self.in_force_until >= today)


class DocumentFile(models.Model):
    """A file as it was delivered, kept by its SHA-256. The database refuses to alter or remove the row.

    A better copy is a new file that names the one it replaces and says why. A document has one line of files per
    language; an annex is a document of its own.
    """

    scope = policy.FILE_SCOPE

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="files")
    language = models.CharField(max_length=10)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(bytes__gt=0), name="document_file_is_not_empty"),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="document_file_has_its_hash"),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(reason=""), name="document_file_is_replaced_with_a_reason"
            ),
            models.UniqueConstraint(
                fields=["document", "language"],
                condition=Q(replaces__isnull=True),
                name="document_has_one_line_of_files_a_language",
            ),
            models.UniqueConstraint(fields=["document", "sha256"], name="document_file_once"),
        ]
        triggers = [pgtrigger.Protect(name="document_file_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]
        ordering = ["language", "-id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("documents:file", args=[self.document.slug, self.sha256, self.name])

    @property
    def is_current(self) -> bool:
        return not DocumentFile.objects.filter(replaces=self).exists()


class PageReading(models.TextChoices):
    TEXT = "", _("Words of the file")
    PICTURE = "picture", _("Picture only, not searchable")
    MACHINE = "machine", _("Read from a picture by machine")


class DocumentPage(models.Model):
    """The words of one page of a document in one language, for search and for citing. Numbers start at 1.

    reading  where the words come from; a page of a scan has none until a machine has read it
    """

    scope = policy.FILE_SCOPE
    Reading = PageReading

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="pages")
    file = models.ForeignKey(DocumentFile, on_delete=models.PROTECT, related_name="pages")
    language = models.CharField(max_length=10)
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    reading = models.CharField(max_length=10, choices=PageReading, blank=True, default=PageReading.TEXT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "language", "number"], name="document_page_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="document_page_counts_from_one"),
            models.CheckConstraint(condition=~Q(reading="picture") | Q(text=""), name="picture_page_has_no_words"),
        ]
        ordering = ["language", "number"]

    def __str__(self) -> str:
        return f"{self.document} · {self.number}"


class FileDownloads(models.Model):
    """How often a file was downloaded on a day. Nothing is kept of who did."""

    file = models.ForeignKey(DocumentFile, on_delete=models.CASCADE, related_name="downloads")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "day"], name="file_downloads_once_a_day")]


class Relation(models.TextChoices):
    BASIS = "basis", _("Made on the basis of")
    CITES = "cites", _("Refers to")
    AMENDS = "amends", _("Amends")
    REPEALS = "repeals", _("Repeals")
    IMPLEMENTS = "implements", _("Carries out")


class LegalReference(models.Model):
    """What a document says of a clause of a law: `law` when the law is kept here, else `work` with its number and name.

    clause  Akoma Ntoso eId such as art_5__para_2, or the words of the paper ("Article 5")
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="references")
    relation = models.CharField(_("what it does"), max_length=12, choices=Relation, default=Relation.CITES)
    law = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="referred_to_by", verbose_name=_("law")
    )
    work = models.CharField(_("number and name, when it is not kept here"), max_length=200, blank=True)
    clause = models.CharField(_("article or clause"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(law__isnull=False) & Q(work="")) | (Q(law__isnull=True) & ~Q(work="")),
                name="legal_reference_names_one_work",
                violation_error_message=_("Choose the law, or write its number and name: one of the two."),
            ),
            models.CheckConstraint(
                condition=Q(law__isnull=True) | ~Q(law=F("document")), name="legal_reference_is_to_another_document"
            ),
            models.UniqueConstraint(
                fields=["document", "relation", "law", "work", "clause"], nulls_distinct=False, name="legal_reference_once"
            ),
        ]  # fmt: skip
        ordering = ["relation", "id"]

    def __str__(self) -> str:
        return f"{self.law or self.work} {self.clause}".strip()
