"""Datasets, data services, and what other catalogues describe."""

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from config.search_entries.boxes import around, box_of
from config.search_entries.wording import in_each_language
from sala.access.scope import Tier
from sala.catalogue.models import AgreedDataset, Column, DataService, Dataset, Distribution, Edition, RemoteDataset
from sala.core import periods
from sala.core.language import Translated, languages
from sala.search.entries import Entry

DATASET_READS = (
    "owner", "place__extent", "topics", Prefetch("distributions", Distribution.objects.only("dataset")),
    Prefetch("distributions__dictionary", Column.objects.only("distribution", "label", "tier")),
    Prefetch("distributions__editions", Edition.objects.filter(is_published=True).only(
        "distribution", "number", "is_published", "period", "area_map", "published_at", "not_before", "bounds")),
    Prefetch("agreed", AgreedDataset.objects.only("dataset", "sharing", "columns")),
)  # fmt: skip
SERVICE_READS = ("owner__area",)
REMOTE_READS = ("source__owner__area",)


def _is_open(instance: Dataset, part: Distribution, column: Column) -> bool:
    """Whether everybody who finds the dataset may read this heading, also offices to which an agreement gives some columns."""
    partly = [row.columns for row in instance.agreed.all() if row.columns and row.sharing_id]
    return column.tier == Tier.PUBLIC and all(column.name in columns.get(part.code, ()) for columns in partly)


def dataset(instance: Dataset) -> Entry | None:
    """A dataset is found by its record, its place, every place its rows name, and the headings of its open columns."""
    if instance.state == "withdrawn":
        return None
    parts = list(instance.distributions.all())
    editions = [edition for part in parts for edition in part.editions.all() if edition.is_published]
    named = {pk for edition in editions for ids in edition.area_map.values() for pk in ids}
    columns = [column.label for part in parts for column in part.dictionary.all() if _is_open(instance, part, column)]
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
        kind_name=in_each_language(lambda: _("dataset")),
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
        extent=around([edition.bounds for edition in editions if edition.bounds] or [box_of(instance.place)]),
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
        kind_name=in_each_language(lambda: _("data service")),
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
        kind_name=in_each_language(lambda: _("dataset elsewhere")),
        owner_id=instance.source.owner_id,
        owner=dict(instance.source.owner.name),
        areas=instance.source.owner.area.within(),
        place=dict(instance.source.owner.area.name),
        tier=instance.source.tier,
    )
