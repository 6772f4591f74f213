"""Why a file was refused: codes with values, from the child, and the sentence of each (see reasons).

The child has no settings and starts for every file, so nothing of Django is imported here.
"""

from typing import Any

from sala.core.files import form_words
from sala.core.files.form_words import gettext_noop

# code → sentence with what to do next; %(name)s are the refusal's values
WORDS = {
    "took-too-long": gettext_noop("Reading the file took longer than %(seconds)s seconds. Send a smaller part of it."),
    "too-large-for-memory": gettext_noop("The file needs more memory than allowed when it is read. Send it in parts."),
    "too-much-output": gettext_noop("The file unpacks to more than is allowed. Send it in parts."),
    "too-large": gettext_noop("The file has %(size)s MB; up to %(limit)s MB are read. Send it in parts."),
    "broke-the-reader": gettext_noop("The file could not be read; it may be damaged. Open it in its own program, save it anew and send it again. (%(code)s)"),
    "disk-full": gettext_noop("The disk of this service is full. Nothing was kept; tell the operator."),
    "empty": gettext_noop("The file is empty. Choose the right file and send it again."),
    "unknown-type": gettext_noop("This is not a kind of file that is read here (%(found)s). Send one of: %(allowed)s."),
    "not-accepted-yet": gettext_noop("%(found)s cannot be read here yet. Save it as %(instead)s and send that."),
    "wrong-extension": gettext_noop("The name says “%(extension)s” but the content is %(found)s. Rename the file or save it in the right format."),
    "old-excel": gettext_noop("This is a workbook of the old Excel (.xls). Open it, save it as .xlsx and send that."),
    "macros": gettext_noop("The workbook holds macros, which may do harm. Save it as .xlsx, without macros, and send that."),
    "encrypted": gettext_noop("The file is protected by a password. Save it without one and send it again."),
    "damaged": gettext_noop("The file is damaged: %(detail)s. Save it anew in its own program and send it again."),
    "unsafe-archive": gettext_noop("The archive holds a name that leads outside (%(name)s). Pack the files anew without folders."),
    "archive-bomb": gettext_noop("The archive unpacks to %(size)s MB, more than the %(limit)s MB allowed. Send the files singly."),
    "archive-ratio": gettext_noop("“%(name)s” in the archive unpacks to %(ratio)s times its size, which real files do not. Pack the files anew."),
    "archive-entries": gettext_noop("The archive holds %(count)s files; up to %(limit)s are allowed. Send fewer at a time."),
    "archive-nested": gettext_noop("The archive holds another archive (%(name)s). Unpack it and send its files singly."),
    "archive-plain": gettext_noop("The archive holds no shapefile. Send the files in it singly, not packed."),
    "entities": gettext_noop("The file defines abbreviations of its own (entities), which can be used to do harm. Save it anew in its own program and send it again."),
    "no-track": gettext_noop("There is no track in the file: no line of at least two points. Record the walk as a track and send its GPX file."),
    "gpx-broken": gettext_noop("The file is no whole GPX file; it breaks off or is damaged. Export the track anew and send it again."),
    "gpx-outside": gettext_noop("Point %(point)s of the track lies outside the world. Export the track anew, with latitude and longitude in degrees."),
    "gpx-points": gettext_noop("The track has more than %(limit)s points. Send only the track of this walk."),
    "shapefile-part": gettext_noop("The shapefile “%(name)s” lacks its %(part)s file. Pack .shp, .shx, .dbf and .prj together and send that."),
    "shapefile-alone": gettext_noop("A .shp file alone is not enough. Pack .shp, .shx, .dbf and .prj into one .zip and send that."),
    "broken-encoding": gettext_noop("The letters in line %(line)s cannot be read. Save the file as “CSV UTF-8” or “text UTF-8” and send it again."),
    "broken-letters": gettext_noop("The letters in the properties cannot be read. Save the file anew with UTF-8 and send it again."),
    "broken-quotes": gettext_noop("A quotation mark that opens in line %(line)s is never closed. Correct that line and send the file again."),
    "no-table": gettext_noop("No table was found here: a row of headings with rows below it. Check the file or choose another sheet."),
    "no-sheet": gettext_noop("There is no sheet “%(sheet)s”. The file has: %(sheets)s."),
    "too-many-columns": gettext_noop("The table has %(count)s columns; up to %(limit)s are read. Turn columns such as years into rows."),
    "too-many-rows": gettext_noop("The table has %(count)s rows, more than the %(limit)s that a workbook of so many columns is written with. Take CSV or Parquet."),
    "too-many-cells": gettext_noop("The workbook has more than %(limit)s filled cells. Send the workbook that was downloaded here, without anything added."),
    "decimal-mark-unknown": gettext_noop("It is not clear whether the mark in %(columns)s (for example %(example)s) separates decimals or thousands. Answer the question and send it again."),
    "date-order-unknown": gettext_noop("It is not clear whether the day or the month comes first in %(columns)s (for example %(example)s). Answer the question and send it again."),
    "unknown-column": gettext_noop("There is no column “%(column)s”. Look at the columns found in the file and choose again."),
    "no-layer": gettext_noop("The file holds no layer with shapes. Send a file with points, lines or polygons."),
    "unknown-layer": gettext_noop("There is no layer “%(layer)s”. The file has: %(layers)s."),
    "no-crs": gettext_noop("The file does not say which coordinate system it uses (%(found)s). Add the .prj file, or choose the system by its EPSG number."),
    "unknown-epsg": gettext_noop("EPSG:%(epsg)s is not a coordinate system that is known here. Check the number."),
    "too-many-vertices": gettext_noop("A shape has more than %(limit)s points. Simplify it and send the file again."),
    "raster-no-crs": gettext_noop("The picture does not say which coordinate system it uses. In your map program, set its projection, save it as GeoTIFF and send that."),
    "raster-no-place": gettext_noop("The picture does not say where on Earth its cells lie. In your map program, give it its place (georeference it), save it as GeoTIFF and send that."),
    "raster-rotated": gettext_noop("The picture is turned or does not have north at the top. In your map program, warp it to a plain grid, save it as GeoTIFF and send that."),
    "raster-too-large": gettext_noop("The picture has %(width)s × %(height)s cells; up to %(limit)s million are read. Cut it to your area or make its cells larger, and send that."),
    "raster-bands": gettext_noop("The picture has %(count)s bands; one is read. Save the band that is meant as a GeoTIFF of its own and send that."),
    "raster-complex": gettext_noop("The cells of the picture hold complex numbers. Save the part that is meant as plain numbers and send that."),
    "raster-empty": gettext_noop("None of the %(cells)s cells has a value: all are marked as “no data”. Check the file and its mark for no data, and send it again."),
    "not-a-catalogue": gettext_noop("What came from the address is no catalogue of this kind. Check the address and the kind."),
    "context-elsewhere": gettext_noop("The catalogue leans on a list of names at another address (@context), which is not fetched. Use its Turtle file."),
    "no-land-deals": gettext_noop("No table of land deals was found here: one with Deal ID and Target country, or with investors. Send the export of the other register."),
    "too-many-pages": gettext_noop("The document has %(count)s pages; up to %(limit)s are read. Send it in parts."),
}  # fmt: skip
WORDS |= form_words.WORDS

# what a content turned out to be; these appear as values inside the sentences above
KINDS = {
    "csv": gettext_noop("a CSV table"),
    "xlsx": gettext_noop("an Excel workbook"),
    "gpkg": gettext_noop("a GeoPackage"),
    "geojson": gettext_noop("GeoJSON"),
    "shapefile": gettext_noop("a zipped shapefile"),
    "geotiff": gettext_noop("a GeoTIFF"),
    "pdf": gettext_noop("a PDF document"),
    "html": gettext_noop("an HTML page"),
    "text": gettext_noop("plain text"),
    "docx": gettext_noop("a Word document"),
    "opendocument": gettext_noop("an OpenDocument file"),
    "excel-binary": gettext_noop("a binary Excel workbook (.xlsb)"),
    "kml": gettext_noop("KML"),
    "topojson": gettext_noop("TopoJSON"),
    "json": gettext_noop("JSON without shapes"),
    "xml": gettext_noop("XML"),
    "sqlite": gettext_noop("a database"),
    "archive": gettext_noop("an archive"),
    "image": gettext_noop("an image"),
    "rich-text": gettext_noop("a rich text document"),
    "office": gettext_noop("an old Office document"),
    "bytes": gettext_noop("unknown data"),
}


class Refused(Exception):
    """Raised in the child. `code` is a key of WORDS; a value that is a key of KINDS is shown as its words."""

    def __init__(self, code: str, **values: Any):
        super().__init__(code)
        self.code, self.values = code, values
