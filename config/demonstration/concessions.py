"""Invented leases and concessions to the margins that were published of real inventories; each marked as invented.

The whole set has 2,642 projects, which `./sala concessions_demo` enters. A pack asks for fewer under the key `concessions`
of demonstration.yaml: `count`, `holders` (organisations whose parties hold some of them), `constraints` (layers that
constrain) and `screenings`. Places are those that are installed; shapes and points lie inside the boundaries that were
imported, and where there are none, nothing is located and nothing is screened.
"""

import random
from collections.abc import Iterable
from datetime import date
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.utils.translation import gettext as _

from config.demonstration.concessions_plan import WHOLE, plan
from config.demonstration.concessions_rows import PAPERS, SOURCE, World
from config.demonstration.dues import owe
from sala.access.actor import Actor
from sala.access.scope import Tier
from sala.catalogue.models import Distribution
from sala.concessions.models import AreaShape, Concession, ConstraintLayer, ConstraintPiece, Party, Screening
from sala.concessions.operations import enter_party
from sala.concessions.operations.bulk import load
from sala.concessions.operations.constraints import keep_constraint
from sala.concessions.operations.findings import reckon
from sala.concessions.operations.screening import Asked, screen
from sala.core.language import Translated, in_each_language
from sala.core.models import PackFact, Term
from sala.core.operation import operation
from sala.core.pack import Pack, PackError, Report
from sala.documents.models import Document, Rule, RuleKind
from sala.documents.operations import add_document, publish_document
from sala.people.models import Organisation
from sala.places.queries import latest_boundaries

FILE, KEY = "demonstration", "concessions"
STOPPED_ON = date(2013, 6, 1)  # the invented approvals within a stop lie in this year
STOPPED = "mining"  # where no rule of the pack stopped anything then
# kind of document → roles of papers that are kept as such; any other is a letter
KINDS = {"agreement": "agreement", "order": "order", "decision": "decision"}


@operation
def concessions(actor: Actor, pack: Pack) -> Report:
    report = Report()
    for entry in pack.listed(FILE, KEY):
        for layer in entry.get("constraints", []):
            _constrain(actor, layer, report)
        entered = enter(actor, entry["count"], entry.get("holders", ()))
        report.merge(entered)
        before = report.new
        owe(actor, report)
        if entered.new or report.new > before:
            reckon(actor)
        for asked in entry.get("screenings", []):
            _screen(actor, asked, report)
    return report


@operation
def enter(actor: Actor, count: int = WHOLE, holders: Iterable[str] = ()) -> Report:
    """Enter so many invented projects, or as many as are missing. The same count again changes nothing.

    holders  codes of organisations whose parties hold some of the grants in their sector
    Findings and situations are not reckoned here.
    """
    report = Report()
    present = Concession.objects.filter(outside_source=SOURCE).count()
    report.unchanged += min(present, count)
    if present >= count:
        return report
    keeper = Organisation.objects.get(code=(PackFact.get("concessions") or {})["keeper"])
    sector, commodity = _stopped()
    companies = [_company(actor, _organisation(code), keeper) for code in holders]
    chance = random.Random(WHOLE)  # noqa: S311 — has to be the same each time, not secret
    world = World(keeper, chance, _papers(actor, keeper), companies, commodity)
    rows = world.rows(plan(count, sector)[present:])
    load(actor, keeper, rows, source=SOURCE)
    for row in rows.concessions:
        report.count("new", f"project {row.outside_id}")
    return report


def _organisation(code: str) -> Organisation:
    found = Organisation.objects.filter(code=code).first()
    if found is None:
        raise PackError(f"{FILE}.yaml: {KEY}: there is no organisation {code}")
    return found


def _stopped() -> tuple[str, str]:
    """Sector, and commodity where only that was meant, whose new approvals a rule of the pack stopped then."""
    rules = Rule.objects.filter(
        kind=RuleKind.MORATORIUM, key__startswith="concession.", area__isnull=True, valid__contains=STOPPED_ON
    )
    keys = {key.partition(".")[2] for key in rules.values_list("key", flat=True)}
    if STOPPED in keys:
        return STOPPED, ""
    term = Term.objects.filter(scheme="commodity", code__in=keys, retired=False).order_by("order").first()
    return (term.data["sector"], term.code) if term else (STOPPED, "")


def _company(actor: Actor, organisation: Organisation, keeper: Organisation) -> Party:
    known = Party.objects.filter(organisation=organisation).first()
    return known or enter_party(
        actor, name=organisation.name, kind="company", keeper=keeper, area=keeper.area, organisation=organisation,
        source=SOURCE, is_invented=True,
    )  # fmt: skip


def _papers(actor: Actor, keeper: Organisation) -> dict[str, Document]:
    """One binder for each role of papers: the projects differ by their pages."""
    kinds = {term.code: term for term in Term.objects.filter(scheme="document-kind")}
    names = {term.code: term.name for term in Term.objects.filter(scheme="concession-paper")}
    found = {}
    for role in sorted({"title", *(role for roles in PAPERS.values() for role in roles)} & names.keys()):
        slug = f"invented-concession-papers-{role.replace('_', '-')}"
        document = Document.objects.filter(slug=slug).first()
        if document is None:
            kind = kinds.get(KINDS.get(role, "letter")) or kinds["other"]
            title = _title(names[role])
            document = add_document(actor, keeper, kind=kind, title=title, slug=slug, source=SOURCE, is_invented=True)
            publish_document(actor, document, tier=Tier.GOVERNMENT.value)
        found[role] = document
    return found


def _title(papers: Translated) -> Translated:
    return in_each_language(lambda: _("Invented binder: %(papers)s") % {"papers": papers})


def _constrain(actor: Actor, entry: dict[str, Any], report: Report) -> None:
    if ConstraintLayer.objects.filter(code=entry["code"]).exists():
        report.count("unchanged")
        return
    part = Distribution.objects.filter(dataset__slug=entry["dataset"], code=entry["part"]).first()
    if part is None:
        raise PackError(f"{FILE}.yaml: {KEY}: there is no part {entry['part']} of a dataset {entry['dataset']}")
    keep_constraint(
        actor, code=entry["code"], name=Translated(entry["name"]), distribution=part, effect=entry["effect"],
        owner=_organisation(entry["owner"]), authority=Translated(entry.get("authority", {})), is_invented=True,
    )  # fmt: skip
    report.count("new", f"constraint {entry['code']}")


def _screen(actor: Actor, entry: dict[str, Any], report: Report) -> None:
    """One request, drawn so that it meets a project that was granted, and a layer that constrains where one is near."""
    office = _organisation(entry["office"])
    if Screening.objects.filter(owner=office, title=entry["title"]).exists():
        report.count("unchanged")
        return
    shape = _drawing(office)
    if shape is None:
        return
    company = Party.objects.filter(organisation__code=entry.get("holder", "")).first()
    asked = Asked(
        sector=entry["sector"], commodities=entry.get("commodities", []), level=entry.get("level", ""),
        term_months=entry.get("months"), holder=company.number if company else "",
    )  # fmt: skip
    row = screen(actor, office, shape=shape, title=entry["title"], asked=asked)
    report.count("new", f"screening {row.reference}")


def _drawing(office: Organisation) -> GEOSGeometry | None:
    """A granted shape of the office's place, moved by half its width and kept inside the place; None without any."""
    boundary = latest_boundaries([office.area]).get(office.area_id)
    granted = AreaShape.objects.filter(
        geometry__isnull=False, area__purpose="granted", area__is_current=True, area__concession__area=office.area,
        area__concession__outside_source=SOURCE,
    ).order_by("area_id")  # fmt: skip
    shapes = [shapely.from_wkb(bytes(row.geometry.wkb)) for row in granted if row.geometry is not None]
    if boundary is None or not shapes:
        return None
    pieces = ConstraintPiece.objects.filter(layer__retired=False).values_list("geometry", flat=True)
    layers = shapely.union_all([shapely.from_wkb(bytes(piece.wkb)) for piece in pieces])
    outline = shapely.from_wkb(bytes(boundary.geometry.wkb))
    drawn = [_moved(shape, outline) for shape in shapes]
    return GEOSGeometry(max(drawn, key=lambda shape: shape.intersection(layers).area).wkt, srid=4326)


def _moved(shape: shapely.Geometry, outline: shapely.Geometry) -> shapely.Geometry:
    west, _south, east, _north = shape.bounds
    moved = shapely.affinity.translate(shape, xoff=(west - east) / 2).intersection(outline)
    return max(getattr(moved, "geoms", [moved]), key=lambda part: part.area)
