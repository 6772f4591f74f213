"""Receiving a file and settling how it is read. The file itself is opened in the child process only."""

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import Tier, require
from sala.catalogue import joining, policy, tables
from sala.catalogue.models import JOINING, Column, ColumnRole, Distribution, Edition, EditionArea
from sala.catalogue.operations.quality import check_rules
from sala.core import clock, language, lao, periods
from sala.core.errors import Conflict, Invalid, Unreadable
from sala.core.files import child, store
from sala.core.files.child import Limits
from sala.core.language import Translated
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.people.models import Organisation
from sala.places.models import Level

TABLES = ("csv", "xlsx")
LAYERS = ("gpkg", "geojson", "shapefile")
RASTER_SECONDS = 900  # to count and rewrite the cells of the largest raster that is read


def read_profile(path: Path, name: str, **options: Any) -> dict[str, Any]:
    """What the child finds in a file: its format and, for tables and layers, columns, preview and open questions."""
    with tempfile.TemporaryDirectory() as folder:
        return child.run("sala.core.files.survey:survey", path, name, folder, options)


def receive_edition(actor: Actor, distribution: Distribution, path: Path, name: str, *, period: str = "", reason: str = "",
                    received_from: Organisation | None = None) -> Edition:  # fmt: skip
    """Take a file in as the next edition, not yet settled. Reading it happens before the transaction opens."""
    return looking_into(actor, distribution, path, name, period=period, reason=reason, received_from=received_from)()


def looking_into(actor: Actor, distribution: Distribution, path: Path, name: str, *, period: str = "", reason: str = "",
                 received_from: Organisation | None = None) -> Callable[[], Edition]:  # fmt: skip
    """The part of receive_edition that reads the file. What it returns keeps the edition, in its caller's transaction."""
    require(actor, policy.SUBMIT, distribution.dataset)
    found = _looked_at(distribution, path, name)
    digest, size = store.keep(path)
    return partial(_receive, actor, distribution, found, name=name, digest=digest, size=size, period=period, reason=reason,
                   received_from=received_from)  # fmt: skip


def _looked_at(distribution: Distribution, path: Path, name: str) -> dict[str, Any]:
    """A first look by the recipe of the last file. Where none of its columns is found so, the file is looked at afresh."""
    recipe = remembered(distribution)
    if not recipe:
        return read_profile(path, name)
    try:
        found = read_profile(path, name, recipe=recipe)
    except Unreadable:
        return read_profile(path, name)  # says what is wrong with the file itself, where that is it
    columns = _columns(found["profile"])
    earlier = distribution.recipe.get("columns", [])
    return found if not columns or columns & set(earlier) else read_profile(path, name)


def remembered(distribution: Distribution) -> dict[str, Any]:
    """How the last file was read."""
    return {key: value for key, value in distribution.recipe.items() if key != "columns"}


def _columns(profile: dict[str, Any]) -> set[str]:
    return {column if isinstance(column, str) else column["name"] for column in profile.get("columns", [])}


@operation
def _receive(actor: Actor, distribution: Distribution, found: dict[str, Any], *, name: str, digest: str, size: int,
             period: str, reason: str, received_from: Organisation | None) -> Edition:  # fmt: skip
    dataset = lock(distribution.dataset)
    require(actor, policy.SUBMIT, dataset)
    if period:
        try:
            periods.parse(period)
        except ValueError as error:
            raise Invalid(str(error), {"period": [str(error)]}) from error
    same = distribution.editions.filter(sha256=digest).exclude(state__in=["withdrawn", "returned"]).first()
    if same:
        raise Conflict(_("This very file is edition %(number)s already. Nothing was added.") % {"number": same.number})
    last = distribution.editions.aggregate(last=Max("number"))["last"] or 0
    published = distribution.editions.filter(is_published=True, period=period).exists()
    if published and not reason:
        words = _("An edition for this period is published. Say why there is a new one.")
        raise Invalid(words, {"reason": [words]})
    edition = Edition.objects.create(
        distribution=distribution, number=last + 1, period=period, reason=reason, received_from=received_from,
        received_by_id=actor.position_id, file_name=name[:200], media_type=found["media_type"], format=found["format"],
        bytes=size, sha256=digest, profile=found["profile"], received_at=clock.now(),
    )  # fmt: skip
    record(
        actor,
        policy.SUBMIT,
        dataset,
        change="edition received",
        edition=edition.pk,
        number=edition.number,
        sha256=digest,
    )
    return edition


def settle_edition(actor: Actor, edition: Edition, *, recipe: dict[str, Any], roles: dict[str, str] | None = None,
                   level: Level | None = None) -> Edition:  # fmt: skip
    """Read the file by the recipe, write the normalised table, join its places, check its rules.

    recipe  sheet, header_row, decimal_mark per column …, as the reader of core.files understands it
    roles   column → ColumnRole; remembered in the distribution's dictionary for the next edition
    """
    return reading(actor, edition, recipe=recipe, roles=roles, level=level)()


def reading(actor: Actor, edition: Edition, *, recipe: dict[str, Any], roles: dict[str, str] | None = None,
            level: Level | None = None) -> Callable[[], Edition]:  # fmt: skip
    """The part of settle_edition that reads the file. What it returns settles, in its caller's transaction."""
    require(actor, policy.SUBMIT, edition.dataset)
    _check_open(edition)
    result: dict[str, Any] = {}
    table_digest = ""
    with tempfile.TemporaryDirectory() as folder:
        source = store.path_of(edition.sha256)
        if edition.format in TABLES:
            result = child.run("sala.core.files.table:convert", source, edition.file_name, folder, recipe)
            table_digest, _size = store.keep(Path(folder) / "data.parquet")
        elif edition.format in LAYERS:
            result = child.run("sala.core.files.vector:convert", source, edition.file_name, folder, **recipe)
            table_digest, _size = store.keep(Path(folder) / "features.parquet")
        elif edition.is_raster:
            result = _read_raster(source, edition.file_name, folder, recipe)
    return partial(_settle, actor, edition, recipe, roles or {}, level, result, table_digest)


def _read_raster(source: Path, name: str, folder: str, recipe: dict[str, Any]) -> dict[str, Any]:
    """What the child says of a raster, and the hashes of its cells as COG and of its picture."""
    found = child.run(
        "sala.core.files.raster:convert", source, name, folder, limits=Limits(seconds=RASTER_SECONDS), **recipe
    )
    found["sha256"], found["bytes"] = store.keep(Path(folder) / "data.tif")
    found["picture_sha256"], _size = store.keep(Path(folder) / "picture.png")
    return {"bounds": found["bounds"], "raster": found}


def _check_open(edition: Edition) -> None:
    if edition.state not in (Edition.State.RECEIVED, Edition.State.DRAFT, Edition.State.RETURNED):
        raise Conflict(_("This edition was submitted already and cannot be read anew. Send a new edition."))


@operation
def _settle(actor: Actor, edition: Edition, recipe: dict[str, Any], roles: dict[str, str], level: Level | None,
            result: dict[str, Any], table_digest: str) -> Edition:  # fmt: skip
    dataset = lock(edition.distribution.dataset)
    require(actor, policy.SUBMIT, dataset)
    edition = lock(edition)
    _check_open(edition)
    edition.table_sha256 = table_digest
    edition.columns = [_column(column) for column in result.get("columns", [])]
    edition.rows = result.get("rows", result.get("count"))
    edition.bounds = result.get("bounds")
    edition.faults = result.get("faults", [])[:200]
    if "raster" in result:
        edition.profile = {**edition.profile, "raster": result["raster"]}
    edition.state = Edition.State.DRAFT
    _remember_columns(edition, roles, level)
    _join_places(edition)
    edition.save()
    edition.distribution.recipe = {**recipe, "columns": [column["name"] for column in edition.columns]}
    edition.distribution.save(update_fields=["recipe"])
    check_rules(edition)
    record(
        actor,
        policy.SUBMIT,
        dataset,
        change="edition settled",
        edition=edition.pk,
        rows=edition.rows,
        faults=len(edition.faults),
    )
    return edition


def _column(column: Any) -> dict[str, Any]:
    if isinstance(column, str):
        return {"name": column, "label": column, "type": "text", "unit": ""}
    distinct = {"distinct": column["distinct"]} if "distinct" in column else {}
    return {"name": column["name"], "label": column.get("label", column["name"]), "type": column.get("type", "text"),
            "unit": column.get("unit", ""), **distinct}  # fmt: skip


def _remember_columns(edition: Edition, roles: dict[str, str], level: Level | None) -> None:
    known = {column.name: column for column in edition.distribution.dictionary.all()}
    for order, column in enumerate(edition.columns):
        row = known.get(column["name"]) or Column(distribution=edition.distribution, name=column["name"])
        row.order = order
        if not row.label:
            row.label = _label(column["label"])
        row.unit = row.unit or column["unit"]
        if column["name"] in roles:
            row.role = roles[column["name"]]
            row.level = level if row.role == ColumnRole.AREA else row.level
        if row.role in JOINING and row.tier != Tier.PUBLIC:
            words = _(
                "“%(name)s” is not open to all who see the dataset, so it cannot be the column of places or periods."
            )
            raise Invalid(words % {"name": row.name}, {f"role_{row.name}": [words % {"name": row.name}]})
        row.save()
    chosen = {row.role: row.name for row in edition.distribution.dictionary.all() if row.name in _names(edition)}
    edition.area_column = chosen.get(ColumnRole.AREA, "")
    edition.country_column = chosen.get(ColumnRole.COUNTRY, "")
    edition.period_column = chosen.get(ColumnRole.PERIOD, "")


def _label(text: str) -> Translated:
    """A column's heading as the file has it, under the language of its script."""
    other = next((code for code in language.languages() if code != language.required_language()), None)
    in_required = lao.has_lao(text) or other is None
    return Translated({language.required_language() if in_required else str(other): text})


def _names(edition: Edition) -> set[str]:
    return {column["name"] for column in edition.columns}


def _join_places(edition: Edition) -> None:
    """Find the areas that each distinct place names; unknown ones stay text, and are told."""
    EditionArea.objects.filter(edition=edition).delete()
    edition.area_map = {}
    edition.profile.pop("places", None)
    if not edition.area_column or not edition.is_table:
        return
    counts = tables.distinct_places(edition)
    row = edition.distribution.dictionary.filter(name=edition.area_column).select_related("level").first()
    edition.area_map = joining.join([key for key, _count in counts], level=row.level if row else None)
    edition.profile = {**edition.profile, "places": joining.told(counts, edition.area_map)}
    totals: dict[int, int] = {}
    for key, count in counts:
        for area_id in edition.area_map.get(key, []):
            totals[area_id] = totals.get(area_id, 0) + count
    EditionArea.objects.bulk_create(
        EditionArea(edition=edition, area_id=area_id, rows=count) for area_id, count in totals.items()
    )
