"""The one list of nouns: what exists, what it is called, how the search sees it."""

from django.utils.translation import gettext_lazy as _

from config import search_entries
from sala.core.subjects import Subject

SUBJECTS = [
    Subject("area", "places.Area", _("place"), _("places"), search=search_entries.area),
    Subject("boundary-import", "places.BoundaryImport", _("boundary file"), _("boundary files")),
    Subject(
        "organisation",
        "people.Organisation",
        _("organisation"),
        _("organisations"),
        search=search_entries.organisation,
    ),
    Subject("position", "people.Position", _("post"), _("posts")),
    Subject("person", "people.Person", _("person"), _("people")),
    Subject("portal", "site.Portal", _("front door"), _("front doors")),
]
