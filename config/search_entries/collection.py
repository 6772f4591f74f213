"""Forms and visits to the field."""

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from config.search_entries.wording import in_each_language
from sala.collection.models import Form, FormVersion, VersionState, Visit, VisitState
from sala.collection.queries.forms import texts_of
from sala.core.language import Translated, languages
from sala.search.entries import Entry

FORM_READS = (
    "topics", "owner__area",
    Prefetch("versions", FormVersion.objects.filter(state=VersionState.CURRENT).only("form", "state", "fields", "language_map")),
)  # fmt: skip
VISIT_READS = ("areas", "topics", "organisation__area", "taken_in__organisation", "joined__organisation")


def form(instance: Form) -> Entry:
    """Found by its purpose and by the words of the questions in use."""
    current = [version for version in instance.versions.all() if version.state == VersionState.CURRENT]
    asked = [texts_of(version, field["labels"]) for version in current for field in version.questions()]
    words = {
        code: " ; ".join(filter(None, [instance.purpose.get(code, ""), *(label.get(code, "") for label in asked)]))
        for code in languages()
    }
    return Entry(
        title=instance.title,
        body=Translated(words),
        url=instance.get_absolute_url(),
        kind=instance.about,
        kind_name=in_each_language(instance.get_about_display),
        codes=[instance.form_id],
        topics=[topic.code for topic in instance.topics.all()],
        owner_id=instance.owner_id,
        owner=dict(instance.owner.name),
        areas=instance.owner.area.within(),
        place=dict(instance.owner.area.name),
        tier=instance.tier,
    )


def visit(instance: Visit) -> Entry | None:
    """A visit is found by its title, its purpose and its places. One that went into a joint visit is found as that."""
    if instance.state in (VisitState.CALLED_OFF, VisitState.JOINED):
        return None
    places = list(instance.areas.all())
    words = {
        code: " ; ".join(
            filter(None, [instance.purpose.get(code, ""), *(place.name.get(code, "") for place in places)])
        )
        for code in languages()
    }
    return Entry(
        title=instance.title,
        body=Translated(words),
        url=instance.get_absolute_url(),
        kind="visit",
        kind_name=in_each_language(lambda: _("Visit to the field")),
        codes=[instance.slug],
        topics=[topic.code for topic in instance.topics.all()],
        owner_id=instance.organisation_id,
        owner=dict(instance.organisation.name),
        areas=list(dict.fromkeys(pk for place in places for pk in place.within())),
        place=dict(places[0].name) if places else {},
        tier=instance.tier,
        year=instance.starts_on.year,
        dated=instance.starts_on,
    )
