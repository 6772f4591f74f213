"""Theme maps."""

from django.utils.translation import gettext as _

from config.search_entries.wording import in_each_language
from sala.maps.models import ThemeMap
from sala.search.entries import Entry

THEME_MAP_READS = ("topic", "owner__area")


def theme_map(instance: ThemeMap) -> Entry:
    """Found by its own words. Not by those of its layers: they may be open to fewer people than the map is."""
    return Entry(
        title=instance.title,
        body=instance.description,
        url=instance.get_absolute_url(),
        kind="theme-map",
        kind_name=in_each_language(lambda: _("theme map")),
        codes=[instance.code],
        topics=[instance.topic.code] if instance.topic else [],
        owner_id=instance.owner_id,
        owner=dict(instance.owner.name),
        areas=instance.owner.area.within(),
        place=dict(instance.owner.area.name),
        tier=instance.tier,
    )
