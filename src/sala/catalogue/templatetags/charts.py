"""A drawn chart on a page: the picture that fits the width, its table, its CSV."""

from pathlib import Path
from typing import Any

from django import template

from sala.catalogue.models import ChartDrawing
from sala.catalogue.operations.charts import axes_of
from sala.catalogue.views.charts import as_markup
from sala.core import charts
from sala.core.files import store
from sala.core.language import current, languages

register = template.Library()


@register.inclusion_tag("catalogue/chart.html")
def chart(drawing: ChartDrawing) -> dict[str, Any]:
    code = next((code for code in (current(), *languages()) if f"{code}-{charts.WIDTHS[0]}" in drawing.pictures), "")
    files = [(width, store.path_of(drawing.pictures.get(f"{code}-{width}", "missing"))) for width in charts.WIDTHS]
    drawn = [(width, as_markup(Path(file).read_text(encoding="utf-8"))) for width, file in files if file.is_file()]
    x, y = axes_of(drawing.chart, current())
    series = list(dict.fromkeys(row[1] for row in drawing.rows))
    values = {(row[0], row[1]): row[2] for row in drawing.rows}
    lines = [
        (along, [values.get((along, name)) for name in series])
        for along in dict.fromkeys(row[0] for row in drawing.rows)
    ]
    return {"drawing": drawing, "chart": drawing.chart, "edition": drawing.edition, "drawn": drawn, "x": x, "y": y,
            "series": series, "lines": lines}  # fmt: skip
