"""How each noun is found: title, words, place, owner, topics; and which relations are read for that."""

from collections.abc import Callable
from dataclasses import replace

from django.db.models import Prefetch
from django.utils import translation
from django.utils.translation import gettext as _

from sala.access.scope import Tier
from sala.bodies.models import Body, Course, Meeting, Project
from sala.catalogue.models import Column, DataService, Dataset, Distribution, Edition, RemoteDataset
from sala.collection.models import Form, FormVersion, VersionState, Visit, VisitState
from sala.collection.queries.forms import texts_of
from sala.concessions.models import Concession, Party
from sala.core import periods
from sala.core.language import Translated, languages
from sala.documents.models import Document
from sala.duties.models import Call
from sala.ledger.models import Account
from sala.maps.models import ThemeMap
from sala.people.models import Organisation
from sala.places.models import Area, Facility
from sala.search.entries import Entry, Page

AREA_READS = ("names", "codes", "level", "parent")
FACILITY_READS = ("kind", "area", "names", "codes")
ORGANISATION_READS = ("area",)
DATASET_READS = (
    "owner", "place", "topics", Prefetch("distributions", Distribution.objects.only("dataset")),
    Prefetch("distributions__dictionary", Column.objects.only("distribution", "label", "tier")),
    Prefetch("distributions__editions", Edition.objects.filter(is_published=True).only(
        "distribution", "number", "is_published", "period", "area_map", "published_at", "not_before")),
)  # fmt: skip
DOCUMENT_READS = ("kind", "issuer", "owner__area", "areas", "topics", "pages")
SERVICE_READS = ("owner__area",)
REMOTE_READS = ("source__owner__area",)
BODY_READS = ("topics", "secretariat__area", "area", "seats__position__organisation")
MEETING_READS = ("items", "body__topics", "body__secretariat__area", "body__area", "participants__organisation")
PROJECT_READS = ("areas", "topics", "owner__area", "partners__organisation")
FORM_READS = (
    "topics", "owner__area",
    Prefetch("versions", FormVersion.objects.filter(state=VersionState.CURRENT).only("form", "state", "fields", "language_map")),
)  # fmt: skip
ACCOUNT_READS = ("owner__area", "payer")
CONCESSION_READS = (
    "sector", "area", "lead", "commodities__commodity", "grants__holder__organisation",
)  # fmt: skip
PARTY_READS = ("names", "area", "keeper", "organisation")
COURSE_READS = ("topics", "owner__area")
VISIT_READS = ("areas", "topics", "organisation__area", "taken_in__organisation", "joined__organisation")
THEME_MAP_READS = ("topic", "owner__area")
CALL_READS = (
    "area", "issuer__organisation__area", "assignments__position__organisation",
    "assignments__validating_position__organisation", "assignments__reviews__position__organisation",
    "attachments__assignment__position__organisation", "recommendation__stances__organisation",
    "recommendation__answered_by",
)  # fmt: skip


def _also(texts: list[str]) -> Translated:
    """Other names are findable in every language."""
    joined = " ; ".join(texts)
    return Translated({code: joined for code in languages()})


def _in_each_language(say: Callable[[], str]) -> Translated:
    """What the program itself calls something, in every language it speaks."""
    texts = {}
    for code in languages():
        with translation.override(code):
            texts[code] = str(say())
    return Translated(texts)


def area(instance: Area) -> Entry:
    others = [name.text for name in instance.names.all()] + [code.value for code in instance.codes.all()]
    return Entry(
        title=instance.name,
        body=_also(others),
        url=instance.get_absolute_url(),
        kind=instance.level.code,
        kind_name=instance.level.name,
        codes=[instance.code, *(code.value for code in instance.codes.all())],
        areas=instance.within(),
        place=dict(instance.parent.name) if instance.parent else {},
        tier="public",
    )


def facility(instance: Facility) -> Entry | None:
    """A facility is found by every name and code it has or had. A duplicate is not found: what it was called is."""
    if instance.is_duplicate:
        return None
    codes = [code.value for code in instance.codes.all()]
    return Entry(
        title=instance.name,
        body=_also([*(name.text for name in instance.names.all()), *codes]),
        url=instance.get_absolute_url(),
        kind=instance.kind.code,
        kind_name=instance.kind.name,
        codes=[instance.code, *codes],
        areas=instance.area.within(),
        place=dict(instance.area.name),
        tier="public",
    )


def organisation(instance: Organisation) -> Entry | None:
    if instance.closed_on:
        return None
    return Entry(
        title=instance.name,
        body=_also([instance.code]),
        url=instance.get_absolute_url(),
        kind=instance.kind,
        kind_name=_in_each_language(instance.get_kind_display),
        codes=[instance.code],
        owner_id=instance.pk,
        owner=dict(instance.name),
        areas=instance.area.within(),
        place=dict(instance.area.name),
        tier="public",
    )


def dataset(instance: Dataset) -> Entry | None:
    """A dataset is found by its record, its place, every place its rows name, and the headings of its open columns."""
    if instance.state == "withdrawn":
        return None
    parts = list(instance.distributions.all())
    editions = [edition for part in parts for edition in part.editions.all() if edition.is_published]
    named = {pk for edition in editions for ids in edition.area_map.values() for pk in ids}
    columns = [column.label for part in parts for column in part.dictionary.all() if column.tier == Tier.PUBLIC]
    texts = {
        code: " ; ".join(filter(None, [
            instance.description.get(code, ""), instance.source_note.get(code, ""), instance.slug,
            *(column.get(code, "") for column in columns),
        ]))
        for code in languages()
    }  # fmt: skip
    ends = [periods.parse(edition.period).end for edition in editions if edition.period]
    embargo = (
        None
        if any(edition.not_before is None for edition in editions)
        else min((edition.not_before for edition in editions if edition.not_before), default=None)
    )
    return Entry(
        title=instance.title,
        body=Translated(texts),
        url=instance.get_absolute_url(),
        kind="dataset",
        kind_name=_in_each_language(lambda: _("dataset")),
        codes=[instance.slug],
        topics=[topic.code for topic in instance.topics.all()],
        owner_id=instance.owner_id,
        owner=dict(instance.owner.name),
        areas=sorted({*instance.place.within(), *named}),
        place=dict(instance.place.name),
        tier=instance.tier,
        year=max(ends).year if ends else None,
        dated=max((edition.published_at.date() for edition in editions if edition.published_at), default=None),
        not_before=embargo,
    )


def account(instance: Account) -> Entry | None:
    """An account of a payer is found by its number, its name and its payer; never by what stands in it."""
    if not instance.is_receivable or instance.closed_on:
        return None
    payer = instance.payer
    return Entry(
        title=instance.name,
        body=_also([instance.code, *(payer.name.values() if payer else ()), payer.code if payer else ""]),
        url=instance.get_absolute_url(),
        kind="account",
        kind_name=_in_each_language(lambda: _("account")),
        codes=[instance.code],
        owner_id=instance.owner_id,
        owner=dict(instance.owner.name),
        areas=instance.owner.area.within(),
        place=dict(instance.owner.area.name),
        tier=Tier.OWN,
    )


def data_service(instance: DataService) -> Entry | None:
    """A data service is found by its title, what is said of it and its address."""
    if instance.state == "withdrawn":
        return None
    texts = {
        code: " ; ".join(filter(None, [
            instance.description.get(code, ""), instance.conditions.get(code, ""), instance.endpoint, instance.slug,
        ]))
        for code in languages()
    }  # fmt: skip
    return Entry(
        title=instance.title,
        body=Translated(texts),
        url=instance.get_absolute_url(),
        kind="data-service",
        kind_name=_in_each_language(lambda: _("data service")),
        codes=[instance.slug],
        owner_id=instance.owner_id,
        owner=dict(instance.owner.name),
        areas=instance.owner.area.within(),
        place=dict(instance.owner.area.name),
        tier=instance.tier,
    )


def remote_dataset(instance: RemoteDataset) -> Entry | None:
    """What another catalogue describes is found like a dataset, under the name of that catalogue."""
    if not instance.is_current:
        return None
    about = " ; ".join(filter(None, [instance.publisher, instance.source.name]))
    texts = {code: " ; ".join(filter(None, [instance.about.get(code, ""), about])) for code in languages()}
    return Entry(
        title=instance.words,
        body=Translated(texts),
        url=instance.get_absolute_url(),
        kind="dataset-elsewhere",
        kind_name=_in_each_language(lambda: _("dataset elsewhere")),
        owner_id=instance.source.owner_id,
        owner=dict(instance.source.owner.name),
        areas=instance.source.owner.area.within(),
        place=dict(instance.source.owner.area.name),
        tier=instance.source.tier,
    )


def call(instance: Call) -> Entry | None:
    """A call is found by whoever may see it: everybody when it is public, else the offices that take part."""
    if instance.state == "withdrawn":
        return None
    words = {
        code: " ; ".join(filter(None, [
            instance.reference, instance.purpose.get(code, ""), instance.instruction.get(code, ""), instance.legal_basis,
        ]))
        for code in languages()
    }  # fmt: skip
    place = instance.area or instance.issuer.organisation.area
    return Entry(
        title=instance.title,
        body=Translated(words),
        url=instance.get_absolute_url(),
        kind="call",
        kind_name=_in_each_language(lambda: _("call")),
        codes=[instance.reference],
        owner_id=instance.issuer.organisation_id,
        owner=dict(instance.issuer.organisation.name),
        areas=place.within(),
        place=dict(place.name),
        tier=instance.tier,
        year=periods.parse(instance.period).end.year if instance.period else None,
        dated=instance.opens_on,
    )


def document(instance: Document) -> Entry | None:
    """A document is found by title, number, summary and issuer, and by the words of each of its pages."""
    if instance.state == "withdrawn":
        return None
    issuer = instance.issuer.name if instance.issuer else Translated()
    places = list(instance.areas.all())
    return Entry(
        title=instance.title,
        body=Translated({
            code: " ; ".join(filter(None, [instance.number, instance.summary.get(code, ""), issuer.get(code, "")]))
            for code in languages()
        }),
        url=instance.get_absolute_url(),
        kind=instance.kind.code,
        topics=[topic.code for topic in instance.topics.all()],
        owner_id=instance.owner_id,
        owner=dict(instance.owner.name),
        areas=list(dict.fromkeys(pk for place in places for pk in place.within())),
        codes=[instance.number, instance.slug] if instance.number else [instance.slug],
        place=dict(places[0].name) if places else {},
        tier=instance.tier,
        year=instance.issued_on.year if instance.issued_on else None,
        dated=instance.issued_on,
        pages=[Page(page.number, page.language, page.text, page.reading == "machine") for page in instance.pages.all()],
    )  # fmt: skip


def body(instance: Body) -> Entry:
    return Entry(
        title=instance.name,
        body=instance.mandate,
        url=instance.get_absolute_url(),
        kind=instance.kind,
        kind_name=_in_each_language(instance.get_kind_display),
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
        kind_name=_in_each_language(lambda: _("Meeting")),
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
        kind_name=_in_each_language(instance.get_about_display),
        codes=[instance.form_id],
        topics=[topic.code for topic in instance.topics.all()],
        owner_id=instance.owner_id,
        owner=dict(instance.owner.name),
        areas=instance.owner.area.within(),
        place=dict(instance.owner.area.name),
        tier=instance.tier,
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
        kind_name=_in_each_language(instance.get_kind_display),
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
        kind_name=_in_each_language(lambda: _("Training course")),
        codes=[instance.slug],
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
        kind_name=_in_each_language(lambda: _("Visit to the field")),
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


def theme_map(instance: ThemeMap) -> Entry:
    """Found by its own words. Not by those of its layers: they may be open to fewer people than the map is."""
    return Entry(
        title=instance.title,
        body=instance.description,
        url=instance.get_absolute_url(),
        kind="theme-map",
        kind_name=_in_each_language(lambda: _("theme map")),
        codes=[instance.code],
        topics=[instance.topic.code] if instance.topic else [],
        owner_id=instance.owner_id,
        owner=dict(instance.owner.name),
        areas=instance.owner.area.within(),
        place=dict(instance.owner.area.name),
        tier=instance.tier,
    )


def concession(instance: Concession) -> Entry | None:
    """A concession is found by its names and reference, what it is for and what is grown there.

    Where everybody finds it, its row says nothing of classes that may be closed: no place, no office, no holder.
    """
    if instance.same_as_id:
        return None
    grown = [row.commodity.name for row in instance.commodities.all() if row.is_current]
    holders = [] if instance.is_public else [row.holder.name for row in instance.grants.all()]
    words = {
        code: " ; ".join(filter(None, [
            instance.purpose.get(code, ""), instance.sector.name.get(code, ""),
            *(name.get(code, "") for name in (*grown, *holders)),
        ]))
        for code in languages()
    }  # fmt: skip
    entry = Entry(
        title=instance.name,
        body=Translated(words),
        url=instance.get_absolute_url(),
        kind=instance.kind,
        kind_name=_in_each_language(instance.get_kind_display),
        codes=[instance.reference],
    )
    if instance.is_public:
        return entry
    return replace(
        entry, owner_id=instance.lead_id, owner=dict(instance.lead.name), areas=instance.area.within(),
        place=dict(instance.area.name),
    )  # fmt: skip


def party(instance: Party) -> Entry | None:
    """A party is found by each of its names, its number and its registration number."""
    if instance.same_as_id:
        return None
    return Entry(
        title=instance.name,
        body=_also([name.text for name in instance.names.all()]),
        url=instance.get_absolute_url(),
        kind=instance.kind,
        kind_name=_in_each_language(instance.get_kind_display),
        codes=[instance.number, *filter(None, [instance.registration])],
        owner_id=instance.keeper_id,
        owner=dict(instance.keeper.name),
        areas=instance.area.within(),
        place=dict(instance.area.name),
    )
