"""Places and facilities."""

from config.search_entries.boxes import around, box_of
from config.search_entries.wording import also
from sala.places.models import Area, Facility
from sala.search.entries import Entry

AREA_READS = ("names", "codes", "level", "parent", "extent")
FACILITY_READS = ("kind", "area__extent", "names", "codes")


def area(instance: Area) -> Entry:
    others = [name.text for name in instance.names.all()] + [code.value for code in instance.codes.all()]
    return Entry(
        title=instance.name,
        body=also(others),
        url=instance.get_absolute_url(),
        kind=instance.level.code,
        kind_name=instance.level.name,
        codes=[instance.code, *(code.value for code in instance.codes.all())],
        areas=instance.within(),
        place=dict(instance.parent.name) if instance.parent else {},
        tier="public",
        extent=around([box_of(instance)]),
    )


def facility(instance: Facility) -> Entry | None:
    """A facility is found by every name and code it has or had. A duplicate is not found: what it was called is."""
    if instance.is_duplicate:
        return None
    codes = [code.value for code in instance.codes.all()]
    return Entry(
        title=instance.name,
        body=also([*(name.text for name in instance.names.all()), *codes]),
        url=instance.get_absolute_url(),
        kind=instance.kind.code,
        kind_name=instance.kind.name,
        codes=[instance.code, *codes],
        areas=instance.area.within(),
        place=dict(instance.area.name),
        tier="public",
        extent=around([(point.x, point.y, point.x, point.y) if (point := instance.point) else box_of(instance.area)]),
    )
