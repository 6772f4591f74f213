"""Bodies and their meetings, projects, courses."""

from django.utils.translation import gettext as _

from config.search_entries.wording import in_each_language
from sala.bodies.models import Body, Course, Meeting, Project
from sala.core.language import Translated, languages
from sala.search.entries import Entry

BODY_READS = ("topics", "secretariat__area", "area", "seats__position__organisation")
MEETING_READS = ("items", "body__topics", "body__secretariat__area", "body__area", "participants__organisation")
PROJECT_READS = ("areas", "topics", "owner__area", "partners__organisation")
COURSE_READS = ("topics", "owner__area")


def body(instance: Body) -> Entry:
    return Entry(
        title=instance.name,
        body=instance.mandate,
        url=instance.get_absolute_url(),
        kind=instance.kind,
        kind_name=in_each_language(instance.get_kind_display),
        codes=[instance.slug],
        topics=[topic.code for topic in instance.topics.all()],
        owner_id=instance.secretariat_id,
        owner=dict(instance.secretariat.name),
        areas=instance.area.within(),
        place=dict(instance.area.name),
        tier=instance.tier,
        dated=instance.set_up_on,
    )


def meeting(instance: Meeting) -> Entry | None:
    """A meeting is found by its title and its agenda. What was said is in the minutes, which have readers of their own."""
    if instance.state == "cancelled":
        return None
    items = list(instance.items.all())
    words = {
        code: " ; ".join(filter(None, [
            instance.reference, instance.purpose.get(code, ""), instance.body.name.get(code, ""),
            *(item.title.get(code, "") for item in items),
        ]))
        for code in languages()
    }  # fmt: skip
    return Entry(
        title=instance.title,
        body=Translated(words),
        url=instance.get_absolute_url(),
        kind="meeting",
        kind_name=in_each_language(lambda: _("Meeting")),
        codes=[instance.reference],
        topics=[topic.code for topic in instance.body.topics.all()],
        owner_id=instance.body.secretariat_id,
        owner=dict(instance.body.secretariat.name),
        areas=instance.body.area.within(),
        place=dict(instance.body.area.name),
        tier=instance.tier,
        year=instance.day.year,
        dated=instance.day,
    )


def project(instance: Project) -> Entry:
    places = list(instance.areas.all())
    partners = [row.organisation.name for row in instance.partners.all()]
    words = {
        code: " ; ".join(filter(None, [
            instance.aim.get(code, ""), instance.results.get(code, ""), *(name.get(code, "") for name in partners),
        ]))
        for code in languages()
    }  # fmt: skip
    return Entry(
        title=instance.title,
        body=Translated(words),
        url=instance.get_absolute_url(),
        kind=instance.kind,
        kind_name=in_each_language(instance.get_kind_display),
        codes=[instance.slug],
        topics=[topic.code for topic in instance.topics.all()],
        owner_id=instance.owner_id,
        owner=dict(instance.owner.name),
        areas=list(dict.fromkeys(pk for place in places for pk in place.within())),
        place=dict(places[0].name) if places else {},
        tier=instance.tier,
        year=instance.starts_on.year,
        dated=instance.starts_on,
    )


def course(instance: Course) -> Entry:
    return Entry(
        title=instance.title,
        body=instance.aim,
        url=instance.get_absolute_url(),
        kind="course",
        kind_name=in_each_language(lambda: _("Training course")),
        codes=[instance.slug],
        topics=[topic.code for topic in instance.topics.all()],
        owner_id=instance.owner_id,
        owner=dict(instance.owner.name),
        areas=instance.owner.area.within(),
        place=dict(instance.owner.area.name),
        tier=instance.tier,
    )
