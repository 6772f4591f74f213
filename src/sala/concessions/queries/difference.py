"""The picture of one area before and after: what counts now as an outline, what would count as a fill. SVG without script."""

import shapely
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from sala.places.maps import Frame, frame_around, path_data

WIDTH = 300  # units of the view box
FINEST = 1000  # parts of the larger side; finer details are not drawn
NOW, AFTER, FROM = "#4a5a57", "#8a5a00", "#5b6b8c"


def difference(before: shapely.Geometry | None, after: shapely.Geometry | None, drawn_from: shapely.Geometry | None = None) -> SafeString:  # fmt: skip
    """Figure with a legend. drawn_from: what the file was drawn from, where that is not what counts now."""
    layers = [
        (after, AFTER, "0.35", "", _("As in the file")),
        (drawn_from, FROM, "0", "6 60", _("As it was when it was taken along")),
        (before, NOW, "0", "", _("As it counts now")),
    ]
    drawn = [each for each in layers if each[0] is not None]
    if not drawn:
        return mark_safe("")
    frame = frame_around([each[0] for each in drawn if each[0] is not None])
    frame = Frame(frame.west, frame.south, frame.east, frame.north, size=WIDTH, tallest=0.8)
    pieces = [
        format_html(
            '<path d="{}" fill="{}" fill-opacity="{}" stroke="{}" stroke-width="20" stroke-dasharray="{}"/>',
            _path(shape, frame), colour, opacity, colour, dashes,
        )
        for shape, colour, opacity, dashes, _words in drawn if shape is not None
    ]  # fmt: skip
    legend = format_html_join(
        " ", '<span class="key"><svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><rect x="1" y="1" width="10" height="10" fill="{}" fill-opacity="{}" stroke="{}" stroke-width="2"/></svg> {}</span>',
        [(colour, opacity, colour, words) for _shape, colour, opacity, _dashes, words in drawn],
    )  # fmt: skip
    title = _("The area before and after")
    return format_html(
        '<figure class="map"><svg class="map" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title><g transform="scale(.1)">{}</g></svg>'
        '<figcaption class="small">{}</figcaption></figure>',
        round(frame.width), round(frame.height), title, title, format_html_join("", "{}", [(piece,) for piece in pieces]), legend,
    )  # fmt: skip


def _path(shape: shapely.Geometry, frame: Frame) -> str:
    side = max(frame.east - frame.west, frame.north - frame.south)
    drawn = shapely.simplify(shape, side / FINEST)
    return "".join(path_data(part, frame) for part in shapely.get_parts(drawn) if part.geom_type == "Polygon")
