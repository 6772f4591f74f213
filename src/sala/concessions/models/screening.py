"""Screening: which layers constrain, and what was found of an area that somebody asked about."""

import pghistory
from django.contrib.gis.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.catalogue.models import Distribution, Edition
from sala.concessions import policy
from sala.concessions.models.concession import Concession
from sala.core.columns import TranslatedField
from sala.documents.models import Document, IssuedDocument
from sala.people.models import Organisation, Position
from sala.places.models import Area


class Effect(models.TextChoices):
    """What it means when a requested area lies within a layer."""

    FORBIDDEN = "forbidden", _("Not allowed")
    CONSENT = "consent", _("Needs consent")
    OPINION = "opinion", _("Needs an opinion")
    INFORM = "inform", _("For information")


@pghistory.track()
class ConstraintLayer(models.Model):
    """A layer of the catalogue that constrains: protected areas, production forest, village land, unexploded bombs.

    distribution  whose newest published edition is looked at
    authority     who consents or gives the opinion             legal_basis, clause   where that is laid down
    buffer_m      metres around its features that count as well, such as of a river
    edition       whose pieces are kept (operations.constraints); empty until they were made
    """

    scope = policy.CONSTRAINT_SCOPE

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = TranslatedField(_("name"))
    distribution = models.ForeignKey(
        Distribution, on_delete=models.PROTECT, related_name="+", verbose_name=_("layer of the catalogue")
    )
    effect = models.CharField(_("what it means"), max_length=10, choices=Effect)
    authority = TranslatedField(_("who decides about it"), blank=True)
    legal_basis = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("legal basis")
    )
    clause = models.CharField(_("article or clause"), max_length=200, blank=True)
    buffer_m = models.PositiveIntegerField(_("metres around it that count as well"), default=0)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("kept by"))
    retired = models.BooleanField(_("no longer looked at"), default=False)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    is_invented = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("concessions:constraint", args=[self.code])


class ConstraintPiece(models.Model):
    """A feature of a constraining layer, cut into pieces of few vertices. number: of the feature in its edition."""

    layer = models.ForeignKey(ConstraintLayer, on_delete=models.CASCADE, related_name="pieces")
    number = models.BigIntegerField()
    geometry = models.PolygonField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.layer_id}: {self.number}"


class Verdict(models.TextChoices):
    CLEAR = "clear", _("Nothing stands against it")
    CANNOT_TELL = "cannot_tell", _("Cannot tell")
    ATTENTION = "attention", _("Attention")
    BLOCKED = "blocked", _("Blocked")


# how a verdict is coloured beside its word
TAGS = {Verdict.CLEAR: "ok", Verdict.CANNOT_TELL: "", Verdict.ATTENTION: "warn", Verdict.BLOCKED: "bad"}


class Screening(models.Model):
    """One run over one area: what was asked, of which state of the registers, and what was found. Never altered.

    issued   the numbered paper, once it was issued

    asked    {"kind", "sector", "commodities", "level", "term_months", "holder", "name"}: codes and numbers, or null
    inputs   {"rules": [id …], "layers": [{"code", "edition", "sha256"} …], "as_of": instant}
    result   [{"check", "verdict", "figures", "rule" or "layer"} …]: see calculations.checks
    digest   SHA-256 over geometry, asked, inputs and result      repeats  the run of which this is a later one
    """

    scope = policy.SCREENING_SCOPE

    reference = models.CharField(max_length=24, unique=True)
    title = models.CharField(_("title"), max_length=200)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("office"))
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    concession = models.ForeignKey(Concession, on_delete=models.PROTECT, null=True, related_name="screenings")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"))
    geometry = models.MultiPolygonField()
    hectares = models.DecimalField(max_digits=12, decimal_places=2)
    asked = models.JSONField(default=dict)
    inputs = models.JSONField(default=dict)
    result = models.JSONField(default=list)
    verdict = models.CharField(max_length=12, choices=Verdict)
    digest = models.CharField(max_length=64)
    repeats = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="again")
    issued = models.ForeignKey(IssuedDocument, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(repeats=models.F("id")), name="screening_does_not_repeat_itself")
        ]
        indexes = [models.Index(fields=["-made_at"], name="screening_newest")]
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("concessions:screening", args=[self.reference])

    @property
    def tag(self) -> str:
        return TAGS[Verdict(self.verdict)]
