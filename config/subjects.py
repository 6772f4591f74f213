"""The one list of nouns: what exists, what it is called, how the search sees it."""

from django.utils.translation import gettext_lazy as _

from config import search_entries
from sala.core.subjects import Subject

SUBJECTS = [
    Subject(
        "area",
        "places.Area",
        _("place"),
        _("places"),
        search=search_entries.area,
        reads=search_entries.AREA_READS,
    ),
    Subject("boundary-import", "places.BoundaryImport", _("boundary file"), _("boundary files")),
    Subject(
        "organisation",
        "people.Organisation",
        _("organisation"),
        _("organisations"),
        search=search_entries.organisation,
        reads=search_entries.ORGANISATION_READS,
    ),
    Subject("position", "people.Position", _("post"), _("posts")),
    Subject("person", "people.Person", _("person"), _("people")),
    Subject(
        "document",
        "documents.Document",
        _("document"),
        _("documents"),
        search=search_entries.document,
        reads=search_entries.DOCUMENT_READS,
    ),
    Subject("rule", "documents.Rule", _("rule of law"), _("rules of law")),
    Subject("non-working-day", "documents.NonWorkingDay", _("day off"), _("days off")),
    Subject("issued-document", "documents.IssuedDocument", _("issued paper"), _("issued papers")),
    Subject(
        "dataset",
        "catalogue.Dataset",
        _("dataset"),
        _("datasets"),
        search=search_entries.dataset,
        reads=search_entries.DATASET_READS,
        owned=True,
    ),
    Subject("person-request", "catalogue.PersonRequest", _("request of a person"), _("requests of people")),
    Subject("edition", "catalogue.Edition", _("edition"), _("editions")),
    Subject("body", "bodies.Body", _("body"), _("bodies"), search=search_entries.body, reads=search_entries.BODY_READS),
    Subject(
        "meeting",
        "bodies.Meeting",
        _("meeting"),
        _("meetings"),
        search=search_entries.meeting,
        reads=search_entries.MEETING_READS,
    ),
    Subject(
        "project",
        "bodies.Project",
        _("project"),
        _("projects"),
        search=search_entries.project,
        reads=search_entries.PROJECT_READS,
    ),
    Subject(
        "course",
        "bodies.Course",
        _("course"),
        _("courses"),
        search=search_entries.course,
        reads=search_entries.COURSE_READS,
    ),
    Subject("analysis", "maps.Analysis", _("analysis"), _("analyses")),
    Subject("duty", "duties.Duty", _("duty"), _("duties")),
    Subject(
        "call",
        "duties.Call",
        _("call"),
        _("calls"),
        search=search_entries.call,
        reads=search_entries.CALL_READS,
    ),
    Subject("assignment", "duties.Assignment", _("assignment"), _("assignments")),
    Subject("call-template", "duties.CallTemplate", _("call template"), _("call templates")),
    Subject("portal", "site.Portal", _("front door"), _("front doors"), owned=True),
]
