"""Telling that a file shows the areas of another time, and which change lies between."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sala.core.errors import Invalid
from sala.places.models import Area, Succession

TOLD = 5  # lines in the message itself; all are in `lines`


class AnotherVintage(Invalid):
    """The layer's areas are not those of the register on the day given.

    signs   (row of the shape, id of an area that lies under it and has no shape of its own)
    labels  row → what the file calls it
    `lines` hold one sentence for each sign, `cure` what to do
    """

    code = "another-vintage"
    title = gettext_lazy("The file shows the areas of another time")

    def __init__(self, signs: Sequence[tuple[int, int]], labels: Mapping[int, str]):
        areas = Area.objects.in_bulk({pk for _row, pk in signs})
        self.lines = [_line(row, labels.get(row, ""), areas[pk]) for row, pk in signs]
        self.cure = _("Nothing was taken over. Give the day on which these areas existed, or send a file of that day.")
        super().__init__(f"{' '.join(self.lines[:TOLD])} {self.cure}")


def _line(row: int, label: str, area: Area) -> str:
    values: dict[str, Any] = {"row": row, "label": label, "area": area, "change": _explained(area)}
    return _("Row %(row)s “%(label)s” also covers %(area)s, which has no shape of its own. %(change)s") % values


def _explained(area: Area) -> str:
    """The change on record by which the area came to be, or ended."""
    origins = Succession.objects.filter(successor=area).exclude(predecessor=area).select_related("predecessor")
    came = list(origins.order_by("-on"))
    if came:
        same = [row for row in came if row.on == came[0].on]
        return _("%(area)s was formed on %(day)s out of %(origins)s.") % {
            "area": area,
            "day": formats.date_format(same[0].on, "DATE_FORMAT"),
            "origins": ", ".join(str(row.predecessor) for row in same),
        }
    went = Succession.objects.filter(predecessor=area).exclude(successor=area).select_related("successor").first()
    if went:
        return _("%(area)s became %(successor)s on %(day)s.") % {
            "area": area,
            "day": formats.date_format(went.on, "DATE_FORMAT"),
            "successor": went.successor,
        }
    return _("No change on record explains it.")
