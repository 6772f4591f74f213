"""Taking in datasets described as data: from the command line, a folder with a sheet, or a pack's demonstration.

A record is a mapping: slug, title, owner, place, tier, licence …, and `parts`, each with the file to read. Loading the
same record again changes nothing; a changed file becomes a new edition with a reason.
"""

from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from sala.access.actor import Actor
from sala.access.scope import Tier
from sala.catalogue import operations
from sala.catalogue.models import JOINING, Chart, Dataset, Distribution, Edition
from sala.catalogue.models.edition import COLUMN_TIERS
from sala.core.errors import Invalid, SalaError
from sala.core.files import store
from sala.core.language import Translated
from sala.core.models import Term
from sala.core.pack import Report
from sala.documents.sheets import read_sheet
from sala.people.models import Organisation
from sala.places.models import Area, Level

TERMS = {"licence": "licence", "restriction": "restriction", "frequency": "frequency"}
PLAIN = ("grace_days", "concept", "is_official", "legal_clause", "is_invented")


def load(actor: Actor, folder: Path, records: list[dict[str, Any]], dry_run: bool = False) -> Report:
    """Take in every record; one that is refused leaves nothing of itself and does not stop the others."""
    report = Report()
    for entry in records:
        try:
            with transaction.atomic():
                mine = Report()
                _load_one(actor, folder, entry, mine, dry_run)
            report.merge(mine)
        except SalaError as error:
            faults = "; ".join(str(text) for texts in error.fields.values() for text in texts)
            report.refuse(f"{entry.get('slug') or entry.get('file')}: {error}" + (f" ({faults})" if faults else ""))
    return report


def _load_one(actor: Actor, folder: Path, entry: dict[str, Any], report: Report, dry_run: bool) -> None:
    dataset = Dataset.objects.filter(slug=entry["slug"]).first()
    fields = _fields(entry)
    if dry_run:
        for part in entry.get("parts", []):
            operations.read_profile(_file(folder, part), _file(folder, part).name)
        report.count("unchanged" if dataset else "new", f"dataset {entry['slug']}")
        return
    if dataset is None:
        topics = Term.objects.filter(scheme="topic", code__in=entry.get("topics", []))
        dataset = operations.create_dataset(actor, slug=entry["slug"], topics=topics, **fields)
        report.count("new", f"dataset {entry['slug']}")
        for origin in entry.get("origins", []):
            operations.name_origin(actor, dataset, outside=origin)
    else:
        report.count("unchanged")
    for part in entry.get("parts", []):
        _part(actor, folder, dataset, part, report)


def _fields(entry: dict[str, Any]) -> dict[str, Any]:
    """Model fields of a record; raises Invalid naming what is not known here."""
    fields: dict[str, Any] = {
        "title": Translated(entry["title"]),
        "description": Translated(entry.get("description")),
        "source_note": Translated(entry.get("source_note")),
        "owner": _known(Organisation, entry.get("owner"), "owner"),
        "place": _known(Area, entry.get("place"), "place"),
        "tier": entry.get("tier") or Tier.PUBLIC,
    }
    if entry.get("publisher"):
        fields["publisher"] = _known(Organisation, entry["publisher"], "publisher")
    if entry.get("level"):
        fields["level"] = _known(Level, entry["level"], "level")
    for name, scheme in TERMS.items():
        if entry.get(name):
            fields[name] = _known(Term, entry[name], name, scheme=scheme)
    fields |= {name: entry[name] for name in PLAIN if entry.get(name) is not None}
    return fields


def _known(model: Any, code: Any, name: str, **more: Any) -> Any:
    found = model.objects.filter(code=str(code or ""), **more).first()
    if found is None:
        raise Invalid(f"{name}: “{code}” is not known here. Load the pack first, or correct the code.")
    return found


def _file(folder: Path, part: dict[str, Any]) -> Path:
    path = (folder / part["file"]).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise Invalid(f"{part['file']} leads outside the folder.")
    if not path.is_file():
        raise Invalid(f"{part['file']} is not there.")
    return path


def _part(actor: Actor, folder: Path, dataset: Dataset, part: dict[str, Any], report: Report) -> None:
    path = _file(folder, part)
    code = part.get("code") or "table"
    distribution = Distribution.objects.filter(dataset=dataset, code=code).first()
    if distribution is None:
        name = Translated(part.get("name") or dict(dataset.title))
        distribution = operations.add_distribution(actor, dataset, code=code, name=name)
    for figure in part.get("key_figures", []):
        if not distribution.key_figures.filter(code=figure["code"]).exists():
            operations.declare_figure(actor, distribution, **{**figure, "name": Translated(figure["name"])})
    for rule in part.get("rules", []):
        if not distribution.rules.filter(column=rule["column"], kind=rule["kind"]).exists():
            operations.declare_rule(actor, distribution, **rule)
    period = str(part.get("period") or "")
    if distribution.editions.filter(sha256=store.digest_of(path)).exclude(state="withdrawn").exists():
        report.count("unchanged")
        return
    earlier = distribution.editions.filter(is_published=True, period=period).exists()
    edition = operations.receive_edition(
        actor, distribution, path, path.name, period=period, reason="new file" if earlier else ""
    )
    level = _known(Level, part["level"], "level") if part.get("level") else None
    recipe = part.get("recipe") or {}
    edition = operations.settle_edition(actor, edition, recipe=recipe, roles=part.get("roles") or {}, level=level)
    _explain(distribution, part.get("columns") or {})
    for chart in part.get("charts", []):
        if not distribution.charts.filter(code=chart["code"]).exists():
            operations.define_chart(actor, distribution, chart=Chart(**{**chart, "title": Translated(chart["title"])}))
    if part.get("publish", True):
        operations.submit_edition(actor, edition)
        operations.publish_edition(actor, Edition.objects.get(pk=edition.pk))
    report.count("new", f"edition {dataset.slug} {code} {period or edition.number}: {edition.rows or 0} rows")


def _explain(distribution: Distribution, columns: dict[str, dict[str, Any]]) -> None:
    for column in distribution.dictionary.filter(name__in=columns):
        given = columns[column.name]
        column.label = Translated(given.get("label")) or column.label
        column.meaning = Translated(given.get("meaning"))
        column.unit = given.get("unit", column.unit)
        column.tier = given.get("tier", column.tier)
        if column.tier not in dict(COLUMN_TIERS) or (column.tier != Tier.PUBLIC and column.role in JOINING):
            raise Invalid(
                f"{column.name}: open to “{column.tier}” cannot be. Write public, government or own; places and periods are public."
            )
        column.save()


def records_of_sheet(folder: Path) -> list[dict[str, Any]]:
    """One record for each line of the folder's sheet (sheet.csv or sheet.xlsx): file, titles, owner, place, date …"""
    records = []
    for line in read_sheet(folder):
        titles = {
            name.removeprefix("title_"): text for name, text in line.items() if name.startswith("title_") and text
        }
        records.append({
            "slug": line.get("slug") or slugify(Path(line["file"]).stem)[:80],
            "title": titles,
            **{name: line.get(name) or None for name in ("owner", "place", "tier", "licence", "restriction", "frequency", "level")},
            "topics": [topic.strip() for topic in (line.get("topics") or "").split(",") if topic.strip()],
            "parts": [{"file": line["file"], "period": line.get("period") or "", "level": line.get("level") or None}],
        })  # fmt: skip
    return records
