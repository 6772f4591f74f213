"""Defining a chart, taking it away, and drawing what was defined: by the worker, never while somebody waits for a page."""

import json
import tempfile
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.catalogue import policy
from sala.catalogue.models import Chart, ChartDrawing, Distribution, Edition
from sala.catalogue.queries.charts import Values, values_of
from sala.core import charts, language
from sala.core.checking import check
from sala.core.errors import Conflict, Invalid
from sala.core.files import child, store
from sala.core.files.child import Limits
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.places.models import Area

VERSION = "1"  # of the drawing; a new one draws everything anew
KEPT = 2  # editions whose drawings are kept: the newest, and the one before while the newest waits for its hour
MOST_PLACES = 400
AT_ONCE = 40  # pictures drawn by one child
# the engine sets aside far more addresses than it uses
DRAWING = Limits(memory=256 * 1024**3, seconds=300, output=64 * 1024**2)


@operation
def define_chart(actor: Actor, distribution: Distribution, *, chart: Chart) -> Chart:
    """Define a chart of a table, or change it. It is drawn in the background for the newest edition and each one after."""
    dataset = lock(distribution.dataset)
    require(actor, policy.EDIT, dataset)
    chart.distribution = distribution
    others = distribution.charts.exclude(pk=chart.pk)
    if others.filter(code=chart.code).exists():
        words = _("The table has a chart with this code already. Choose another code.")
        raise Conflict(words, {"code": [words]})
    _check_columns(chart, distribution)
    check(chart)
    chart.save()
    record(actor, policy.CHART, dataset, change="chart defined", code=chart.code)
    return chart


@operation
def remove_chart(actor: Actor, chart: Chart) -> None:
    dataset = lock(chart.distribution.dataset)
    require(actor, policy.EDIT, dataset)
    record(actor, policy.CHART, dataset, change="chart removed", code=chart.code)
    chart.delete()


def _check_columns(chart: Chart, distribution: Distribution) -> None:
    known = set(distribution.dictionary.values_list("name", flat=True))
    for part, name in (
        ("x", chart.x),
        ("y", chart.y),
        ("series", chart.series),
        *(("filter", name) for name in chart.filter),
    ):
        if name and name not in known:
            words = _("The table has no column “%(name)s”. See its list of columns.") % {"name": name}
            raise Invalid(words, {part: [words]})


def draw_charts(distribution: Distribution) -> int:
    """Draw every chart of the newest published edition that is not drawn as it is defined. Returns how many were.

    May run twice; a chart that cannot be drawn of this edition (a column is gone) has no drawing of it.
    """
    edition = distribution.latest
    if edition is None or not edition.is_table:
        return 0
    wanted = []
    for chart in distribution.charts.all():
        for area, keys in [(None, None), *(_places(edition) if chart.by_place else [])]:
            try:
                found = values_of(chart, edition, keys)
            except Invalid:
                continue
            digest = _digest(chart, edition, found)
            kept = ChartDrawing.objects.filter(chart=chart, edition=edition, area=area).first()
            if found.rows and (kept is None or kept.digest != digest):
                wanted.append((chart, area, found, digest))
    for start in range(0, len(wanted), AT_ONCE):
        _keep(edition, wanted[start : start + AT_ONCE])
    numbers = list(
        distribution.editions.filter(is_published=True).order_by("-number").values_list("pk", flat=True)[:KEPT]
    )
    ChartDrawing.objects.filter(chart__distribution=distribution).exclude(edition__in=numbers).delete()
    return len(wanted)


def _places(edition: Edition) -> list[tuple[Area, list[str]]]:
    """Places that the rows name, each with the keys that mean just it."""
    keys: dict[int, list[str]] = {}
    for key, ids in edition.area_map.items():
        if len(ids) == 1:
            keys.setdefault(ids[0], []).append(key)
    areas = Area.objects.in_bulk(list(keys)[:MOST_PLACES])
    return [(area, keys[pk]) for pk, area in areas.items()]


def _digest(chart: Chart, edition: Edition, found: Values) -> str:
    titles = [(str(axis), code) for code in language.languages() for axis in axes_of(chart, code)]
    content = [VERSION, chart.kind, found.rows, titles, edition.table_sha256]
    return sha256(json.dumps(content, ensure_ascii=False, default=str).encode()).hexdigest()


def axes_of(chart: Chart, code: str) -> tuple[str, str]:
    """What stands at the axes, in a language: the headings of the columns, with the unit of the value."""
    columns = {column.name: column for column in chart.distribution.dictionary.all()}
    with translation.override(code):
        x, y = (str(columns[name].label or name) if name in columns else name for name in (chart.x, chart.y))
        if chart.reckoning == "count":
            return x, _("number of rows")
        unit = columns[chart.y].unit if chart.y in columns else ""
        return x, f"{y} ({unit})" if unit else y


def descriptions(chart: Chart, found: Values) -> list[tuple[str, dict[str, Any]]]:
    """language-width → what the drawing engine needs."""
    return [
        (f"{code}-{width}", {"kind": chart.kind, "width": width, "x": x, "y": y, "language": code, "rows": found.rows})
        for code in language.languages() for x, y in [axes_of(chart, code)] for width in charts.WIDTHS
    ]  # fmt: skip


def pictures(described: Sequence[dict[str, Any]]) -> list[str]:
    """SVG of each description, drawn in the child."""
    fonts = Path(settings.STATICFILES_DIRS[0]) / "ttf"
    return child.run("sala.core.charts:draw", list(described), fonts, limits=DRAWING)["svgs"]


def _keep(edition: Edition, wanted: Sequence[tuple[Chart, Area | None, Values, str]]) -> None:
    named = [descriptions(chart, found) for chart, _area, found, _digest in wanted]
    drawn = iter(pictures([described for names in named for _name, described in names]))
    for (chart, area, found, digest), names in zip(wanted, named, strict=True):
        kept = {name: _stored(next(drawn)) for name, _described in names}
        ChartDrawing.objects.update_or_create(
            chart=chart, edition=edition, area=area,
            defaults={"digest": digest, "rows": found.rows, "left_out": found.left_out, "pictures": kept},
        )  # fmt: skip


def _stored(svg: str) -> str:
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".svg") as file:
        file.write(svg)
        file.flush()
        return store.keep(Path(file.name))[0]
