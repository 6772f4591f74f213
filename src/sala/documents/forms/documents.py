"""Forms of documents, their files and legal references."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.scope import Tier, visible
from sala.documents import policy
from sala.documents.forms.codes import CodeField, CodesField, choose_office, language_choices
from sala.documents.models import Document, LegalReference
from sala.documents.models.document import TIER_CHOICES
from sala.people.models import Organisation
from sala.places.models import Area


class DocumentForm(forms.ModelForm):
    """What is said of a document. Who may read it is asked when it is published."""

    issuer = CodeField(
        Organisation.objects.all(), label=_("Issued by"), required=False,
        help_text=_("Code of the organisation, as in the directory."),
    )  # fmt: skip
    areas = CodesField(
        Area, label=_("Places it is about"), required=False, help_text=_("Codes of places, with commas between them.")
    )
    supersedes = CodeField(
        Document.objects.none(), "slug", label=_("Replaces"), required=False,
        help_text=_("Address of the earlier document: the last part of its web address."),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Original language"), required=False)
    reviewed = forms.MultipleChoiceField(
        label=_("Title and summary were read and approved in"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Document
        fields = [
            "kind", "title", "summary", "number", "issuer", "issued_on", "language", "in_force_from", "in_force_until",
            "topics", "areas", "supersedes", "source_url", "licence", "reviewed",
        ]  # fmt: skip
        widgets = {
            name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            for name in ("issued_on", "in_force_from", "in_force_until")
        }

    def __init__(self, *args, reader: Actor, **options):
        super().__init__(*args, **options)
        fields: Any = self.fields
        codes = language_choices()
        fields["title"].label, fields["summary"].label = _("Title"), _("Summary")
        fields["language"].choices = [("", _("Not stated")), *codes]
        fields["reviewed"].choices = codes
        fields["issuer"].offer(Organisation.objects.filter(area__level__rank=0, closed_on__isnull=True))
        fields["supersedes"].queryset = visible(reader, Document)
        for name in ("kind", "licence"):
            fields[name].queryset = fields[name].queryset.filter(retired=False)
        topics = fields["topics"]
        topics.queryset = topics.queryset.filter(retired=False)
        topics.widget = forms.CheckboxSelectMultiple(choices=topics.choices)
        if self.instance.pk:
            self.initial["areas"] = list(self.instance.areas.all())

    def _get_validation_exclusions(self):
        """The state takes part in the rule that a number stands once, although no form changes it."""
        return super()._get_validation_exclusions() - {"state"}  # type: ignore[misc]


class AddForm(DocumentForm):
    """The same with owner and file, for a new document."""

    owner = forms.ModelChoiceField(Organisation.objects.none(), label=_("Kept by"), to_field_name="code")
    file = forms.FileField(label=_("File"), required=False, help_text=_("PDF, HTML or plain text."))

    field_order = ["owner", "file"]

    def __init__(self, *args, reader: Actor, **options):
        super().__init__(*args, reader=reader, **options)
        choose_office(self.fields["owner"], reader, policy.EDIT)

    def described(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class ClassifyForm(forms.ModelForm):
    """Who may read it; where it is not open, why."""

    restriction_law = CodeField(
        Document.objects.none(), "slug", label=_("Law behind it"), required=False,
        help_text=_("Address of the law: the last part of its web address."),
    )  # fmt: skip
    shared_with = CodesField(
        Organisation, label=_("Also shared with"), required=False,
        help_text=_("Codes of organisations, with commas between them."),
    )  # fmt: skip

    class Meta:
        model = Document
        fields = ["tier", "restriction", "restriction_law", "restriction_clause", "shared_with"]
        widgets = {"tier": forms.RadioSelect(choices=TIER_CHOICES)}

    def __init__(self, *args, reader: Actor, **options):
        super().__init__(*args, **options)
        fields: Any = self.fields
        fields["restriction_law"].queryset = visible(reader, Document)
        self.initial["shared_with"] = list(self.instance.shared_with.all())
        if self.instance.state == "draft":
            self.initial["tier"] = Tier.PUBLIC.value

    def clean(self):
        data = super().clean() or {}
        tier = data.get("tier")
        if tier and tier != Tier.PUBLIC and not data.get("restriction"):
            self.add_error("restriction", _("Say why the document is not open to everyone."))
        if tier == Tier.NAMED and not data.get("shared_with"):
            self.add_error("shared_with", _("Name the organisations that may read it."))
        return data


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class FileForm(forms.Form):
    """A further file of a document."""

    file = forms.FileField(label=_("File"), help_text=_("PDF, HTML or plain text."))
    language = forms.ChoiceField(label=_("Language of the file"), required=False)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        codes = language_choices()
        self.fields["language"].choices = [("", _("Tell it from the text")), *codes]  # type: ignore[attr-defined]


class ReplaceForm(ReasonForm):
    file = forms.FileField(label=_("New file"), help_text=_("PDF, HTML or plain text."))

    field_order = ["file", "reason"]


class ReferenceForm(forms.ModelForm):
    """On which clause of which law the document stands."""

    law = CodeField(
        Document.objects.none(), "slug", label=_("Law or document"), required=False,
        help_text=_("Its address here: the last part of its web address."),
    )  # fmt: skip

    class Meta:
        model = LegalReference
        fields = ["relation", "law", "work", "clause"]

    def __init__(self, *args, reader: Actor, **options):
        super().__init__(*args, **options)
        self.fields["law"].queryset = visible(reader, Document)  # type: ignore[attr-defined]

    def clean(self):
        data = super().clean() or {}
        if bool(data.get("law")) == bool(data.get("work")):
            self.add_error("work", _("Choose the law, or write its number and name: one of the two."))
        return data
