"""What does not fit in an inspection, in the reader's words."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sala.core import numbers


def told(flag: list[Any]) -> str:
    """A sentence for one flag: its code and values as calculations.inspections gives them."""
    code, *values = flag
    match code:
        case "no-area":
            return _("No granted area is drawn, so the walk and the photos cannot be compared with it. Draw the area first.")  # fmt: skip
        case "no-track":
            return _("There is no walk with GPS. Ask for the track of the boundary.")
        case "track-odd":
            return _("The walk is longer, or its accuracy worse, than any device can measure; these numbers are left out. Ask for the walk again.")  # fmt: skip
        case "track-outside":
            return _("%(percent)s %% of the walk lie outside the granted area (more than %(metres)s m from it).") % {
                "percent": numbers.display(values[0]), "metres": numbers.display(values[1]),
            }  # fmt: skip
        case "accuracy-poor":
            return _("The device was sure to %(metres)s m only (up to %(limit)s m is good enough). Wait longer for the signal next time.") % {
                "metres": numbers.display(values[0]), "limit": numbers.display(values[1]),
            }  # fmt: skip
        case "photos-elsewhere":
            words = ngettext(
                "%(count)d of %(all)d photos was taken somewhere else, %(metres)s m from the area.",
                "%(count)d of %(all)d photos were taken somewhere else, up to %(metres)s m from the area.",
                values[0],
            )
            return words % {"count": values[0], "all": values[1], "metres": numbers.display(values[2])}
        case "photos-without-place":
            words = ngettext(
                "%(count)d of %(all)d photos does not say where it was taken. Switch on the place in the camera.",
                "%(count)d of %(all)d photos do not say where they were taken. Switch on the place in the camera.",
                values[0],
            )
            return words % {"count": values[0], "all": values[1]}
        case "photo-time":
            words = ngettext(
                "%(count)d photo was taken on another day, up to %(days)d days from the inspection.",
                "%(count)d photos were taken on other days, up to %(days)d days from the inspection.",
                values[0],
            )
            return words % {"count": values[0], "days": values[1]}
        case _:
            return str(code)
