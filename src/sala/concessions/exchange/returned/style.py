"""The style that goes with the file (QML): each purpose in its look, and which columns may be written. No database."""

from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

# purpose → colour of the outline, and of the fill with its opacity (0 to 255); the same looks as on our own map
Look = tuple[str, str, int]
EDITABLE = ("purpose", "reference", "stated_ha", "accuracy", "measured_on")


def qml(looks: Sequence[tuple[str, str, Look]], columns: Sequence[str]) -> str:
    """looks  (code of the purpose, its words, look)        columns  all columns of the layer, in order"""
    categories = "".join(
        f'<category value={quoteattr(code)} symbol="{place}" label={quoteattr(words)} render="true" type="string"/>'
        for place, (code, words, _look) in enumerate(looks)
    )
    symbols = "".join(_symbol(place, look) for place, (_code, _words, look) in enumerate(looks))
    fields = "".join(
        f'<field name={quoteattr(name)} editable="{int(name in EDITABLE)}"/>' for name in ("fid", *columns)
    )
    return (
        '<!DOCTYPE qgis PUBLIC "http://mrcc.com/qgis.dtd" "SYSTEM">'
        '<qgis version="3.22" styleCategories="Symbology|Fields">'
        '<renderer-v2 type="categorizedSymbol" attr="purpose" symbollevels="0" forceraster="0" enableorderby="0">'
        f"<categories>{categories}</categories><symbols>{symbols}</symbols></renderer-v2>"
        f"<editable>{fields}</editable></qgis>"
    )


def _symbol(place: int, look: Look) -> str:
    line, fill, opacity = look
    style = "solid" if opacity else "no"
    return (
        f'<symbol type="fill" name="{place}" alpha="1" clip_to_extent="1" force_rhr="0"><layer class="SimpleFill" enabled="1" locked="0" pass="0">'
        f'<Option type="Map"><Option type="QString" name="color" value="{_rgb(fill)},{opacity}"/>'
        f'<Option type="QString" name="outline_color" value="{_rgb(line)},255"/><Option type="QString" name="outline_width" value="0.5"/>'
        f'<Option type="QString" name="style" value="{style}"/></Option></layer></symbol>'
    )


def _rgb(colour: str) -> str:
    return ",".join(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5))
