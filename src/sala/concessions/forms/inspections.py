"""Entering an inspection by hand, narrowing the list, and saying which questions of a form make one."""

import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

import shapely
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from sala.collection.models import Form
from sala.concessions.forms.fields import HectaresField, PaperField, VersionedForm, WholeField
from sala.concessions.models import Activity
from sala.concessions.operations.inspection_forms import FIELDS
from sala.concessions.operations.inspections import MOST_PHOTOS
from sala.core.errors import SalaError
from sala.core.fields import day_field
from sala.core.files import child, gpx, heads
from sala.duties.forms import ActorForm, PlaceField

LIMITS = child.Limits(memory=1024**3, seconds=30, output=64 * 1024**2)
MOST_PHOTO_BYTES = 20 * 1024**2


class ManyFiles(forms.FileField):
    """Several files at once; none where it is not required. Each has the media type of its content, whatever was said.

    most   how many may come at once           kinds  media types that are taken (core.files.heads)
    error_messages  most with %(count)d, kind with %(name)s
    """

    class Widget(forms.ClearableFileInput):
        allow_multiple_selected = True

    widget = Widget

    def __init__(self, *, most: int, kinds: Collection[str], **options: Any):
        super().__init__(**options)
        self.most, self.kinds = most, kinds

    def clean(self, value: Any, initial: Any = None) -> list[UploadedFile]:
        files = value if isinstance(value, (list, tuple)) else [value] if value else []
        if self.required and not files:
            raise forms.ValidationError(self.error_messages["required"])
        if len(files) > self.most:
            raise forms.ValidationError(self.error_messages["most"], params={"count": self.most})
        for file in files:
            if file.size > MOST_PHOTO_BYTES:
                raise forms.ValidationError(_("“%(name)s” is larger than 20 MB. Send a smaller one."), params={"name": file.name})  # fmt: skip
            file.content_type = heads.media_type(file.read(heads.LENGTH))
            file.seek(0)
            if file.content_type not in self.kinds:
                raise forms.ValidationError(self.error_messages["kind"], params={"name": file.name})
        return [super(ManyFiles, self).clean(file, initial) for file in files]


def track_from(file: UploadedFile) -> shapely.Geometry:
    """The lines of a GPX file. Raises Unreadable with what to do."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "track.gpx"
        with path.open("wb") as target:
            for chunk in file.chunks(gpx.MOST_BYTES + 1):
                target.write(chunk)
        found = child.run("sala.core.files.gpx:read", path, limits=LIMITS)
    return shapely.MultiLineString(found["lines"])


class InspectionEntry(VersionedForm):
    """An inspection, with the track of the walk and photos."""

    inspected_on = day_field(_("Day of the inspection"))
    team = forms.CharField(label=_("Who went"), max_length=300, help_text=_("Names and posts, as on the report."))
    activity = forms.ChoiceField(label=_("What was seen"), choices=Activity.choices, widget=forms.RadioSelect)
    developed_ha = HectaresField(label=_("Developed hectares"), help_text=_("As measured or estimated on the ground."))
    track = forms.FileField(
        label=_("Walk along the boundary (GPX)"), required=False,
        help_text=_("The file of a GPS device or of an app for tracks, up to 20 MB."),
    )  # fmt: skip
    photos = ManyFiles(
        label=_("Photos"), required=False, help_text=_("As the camera made them, with the place switched on. Up to 50."),
        most=MOST_PHOTOS, kinds=heads.PICTURES,
        error_messages={
            "most": _("At most %(count)d photos go with one inspection. Send those that show what was found."),
            "kind": _("“%(name)s” is no photo. Send photos as JPEG, PNG or WebP."),
        },
    )  # fmt: skip
    signatures = WholeField(label=_("People who signed the report"))
    note = forms.CharField(label=_("What was found"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    document = PaperField(label=_("Report, of the papers"))

    def clean_track(self) -> shapely.Geometry | None:
        file = self.cleaned_data["track"]
        if not file:
            return None
        try:
            return track_from(file)
        except SalaError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_signatures(self) -> int:
        return self.cleaned_data["signatures"] or 0


class InspectionsForm(ActorForm):
    place = PlaceField(label=_("Place"), required=False)
    activity = forms.ChoiceField(label=_("What was seen"), required=False, choices=[("", _("All")), *Activity.choices])
    odd = forms.BooleanField(label=_("Only those in which something does not fit"), required=False)
    q = forms.CharField(label=_("Reference, or who went"), required=False, max_length=60)


class AsideInspection(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class MappingForm(forms.Form):
    """For each thing that an inspection holds, the question that says it."""

    def __init__(self, *args: Any, form: Form, **options: Any):
        super().__init__(*args, **options)
        version = form.versions.first()
        questions = version.questions() if version else []
        for name, (label, types, several) in FIELDS.items():
            names = [(each["name"], each["name"]) for each in questions if each["type"] in types]
            if several:
                self.fields[name] = forms.MultipleChoiceField(label=label, choices=names, required=False, widget=forms.CheckboxSelectMultiple)  # fmt: skip
            else:
                self.fields[name] = forms.ChoiceField(label=label, choices=[("", "–"), *names], required=False)
