"""Screening an area: every check once, kept with all that it was reckoned from."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import Tier, require
from sala.concessions import policy
from sala.concessions.calculations import checks
from sala.concessions.calculations.checks import ATTENTION, BLOCKED, CANNOT_TELL, CLEAR, TOLERANCE, hectares
from sala.concessions.calculations.facts import Facts, Found
from sala.concessions.models import Concession, ConcessionState, Effect, Party, Screening
from sala.concessions.operations.areas import box_of_points, check_country
from sala.concessions.queries import overlaps
from sala.concessions.queries import screening as queries
from sala.concessions.queries.arrears import late_of_parties
from sala.concessions.queries.rules import facts_of, stops_below
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.language import in_each_language
from sala.core.models import Term
from sala.core.operation import lock, operation
from sala.documents.models import IssuedDocument, IssuedKind
from sala.documents.operations import issue_document
from sala.journal.operations import canonical, record
from sala.people.models import Organisation
from sala.places.models import Level

OF_EFFECT = {Effect.FORBIDDEN: BLOCKED, Effect.CONSENT: ATTENTION, Effect.OPINION: ATTENTION, Effect.INFORM: CLEAR}
PAPER = "concessions/pdf/screening_issued.html"
GIVEN_BACK = (ConcessionState.RETURNED, ConcessionState.TRANSFERRED)
LEAST_SHARE_INSIDE = 0.5  # of the drawing: with less inside the country it was drawn somewhere else


@dataclass(frozen=True)
class Asked:
    """What somebody wants to do there; what is not known stays empty, and its check cannot tell."""

    sector: str = ""
    commodities: list[str] = field(default_factory=list)
    level: str = ""
    term_months: int | None = None
    holder: str = ""


@operation
def screen(
    actor: Actor, owner: Organisation, *, shape: GEOSGeometry, title: str, asked: Asked,
    concession: Concession | None = None, repeats: Screening | None = None,
) -> Screening:  # fmt: skip
    """Look at every overlap and rule, and keep verdict, figures and inputs.

    shape  Polygon or MultiPolygon in EPSG:4326, valid. Raises Invalid where it encloses nothing or lies elsewhere.
    """
    shape = MultiPolygon(shape, srid=4326) if shape.geom_type == "Polygon" else shape
    size = overlaps.hectares_of(shape)
    if not isinstance(shape, MultiPolygon) or not size:
        raise Invalid(_("There is no area in the drawing. Draw a polygon that encloses something and send it again."))
    lie = queries.lie_of(shape)
    if lie.inside is not None and lie.inside < LEAST_SHARE_INSIDE:
        raise Invalid(_("Most of the drawing lies outside the country. Check the order of its coordinates and draw it again."))  # fmt: skip
    if lie.inside is None and (box := box_of_points(lie.area)) is not None:  # of the country, which has no outline
        check_country(shape.extent, box)
    row = Screening(
        owner=owner, area=lie.area, title=title.strip()[:200], concession=concession, geometry=shape, hectares=size,
        asked=asdict(asked), repeats=repeats, made_at=clock.now(),
    )  # fmt: skip
    require(actor, policy.SCREEN, row)
    if not row.title:
        words = _("Give it a title, so that it can be found again.")
        raise Invalid(words, {"title": [words]})
    facts = facts_of(lie.area, clock.today(), lie.shares)
    at_hand = queries.layers_at_hand(shape, lie)
    found = [
        *_inside(lie.inside),
        *_of_the_law(facts, size, asked, lie),
        *_layers(facts, shape, size, at_hand),
        *_concessions(facts, shape, size, concession),
        *_holder(facts, shape, size, asked, concession),
    ]
    row.result = [each.as_kept() for each in found]
    row.inputs = {
        "rules": facts.ids,
        "layers": [
            {"code": each.code, "edition": each.edition, "sha256": each.sha256} for each in at_hand
        ],
        "as_of": row.made_at.isoformat(),
    }  # fmt: skip
    row.verdict = checks.worst(each.verdict for each in found)
    row.digest = digest_of(row)
    row.reference = f"{clock.today().year}-{row.digest[:10]}"
    row.position_id = actor.position_id
    row.save()
    record(actor, policy.SCREEN, row, change="screened", verdict=row.verdict, digest=row.digest)
    return row


def digest_of(row: Screening) -> str:
    """SHA-256 (hex) over the shape, what was asked, the inputs and the result."""
    said = {"shape": row.geometry.wkt, "asked": row.asked, "inputs": row.inputs, "result": row.result}
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def _inside(share: float | None) -> list[Found]:
    if share is None:
        return [Found("inside", CANNOT_TELL, {})]
    verdict = CLEAR if share >= queries.WHOLE else ATTENTION
    return [Found("inside", verdict, {"percent": f"{share * 100:.1f}"})]


def _of_the_law(facts: Facts, size: Decimal, asked: Asked, lie: queries.Lie) -> list[Found]:
    known: list[str] = []
    if asked.sector and not asked.commodities:
        terms = Term.objects.filter(scheme="commodity", data__sector=asked.sector).order_by("order")
        known = list(terms.values_list("code", flat=True))
    levels = list(Level.objects.order_by("rank").values_list("code", flat=True))
    stop = Found("moratorium", CANNOT_TELL, {})
    if asked.sector:
        stop = checks.moratorium(facts, asked.sector, asked.commodities, known)
    if stop.verdict == CLEAR and lie.inside is None:
        elsewhere = stops_below(lie.area, clock.today(), lie.shares)
        of_a_part = checks.moratorium(elsewhere, asked.sector, asked.commodities, known)
        if of_a_part.verdict != CLEAR:
            stop = Found("moratorium", CANNOT_TELL, of_a_part.figures | {"part": True}, of_a_part.rule)
    return [
        stop,
        checks.power(facts, size, asked.sector, asked.level, levels),
        checks.term(facts, asked.term_months, asked.sector),
    ]


def _layers(facts: Facts, shape: GEOSGeometry, size: Decimal, at_hand: list[queries.AtHand]) -> list[Found]:
    sliver = facts.number(TOLERANCE, "concession.sliver.hectares") or Decimal(0)
    met = {row.layer: row for row in overlaps.with_layers(shape, [each.layer for each in at_hand], sliver)}
    found = []
    for each in at_hand:
        row = met.get(each.layer)
        figures: dict[str, Any] = {"key": each.code, "uncovered": f"{each.uncovered * 100:.1f}"}
        if row is not None:
            figures |= {
                "hectares": hectares(row.ha), "percent": f"{row.ha * 100 / size:.1f}", "features": row.features,
                "slivers": row.sliver_count, "sliver_hectares": hectares(row.sliver_ha),
            }  # fmt: skip
        if row is not None and row.ha:
            verdict = OF_EFFECT[Effect(each.effect)]
        else:
            verdict = CANNOT_TELL if each.edition is None or each.uncovered else CLEAR
        found.append(Found("layer", verdict, figures))
    return found


def _concessions(facts: Facts, shape: GEOSGeometry, size: Decimal, besides: Concession | None) -> list[Found]:
    met: dict[int, list[overlaps.Met]] = defaultdict(list)
    for part in overlaps.with_concessions(shape, list(checks.OF_PURPOSE), besides.pk if besides else None):
        met[part.concession].append(part)
    found = []
    for parts in met.values():  # the largest overlap first
        row = parts[0]
        shared = [
            checks.Shared(part.purpose, part.ha, checks.overlap_with(facts, size, part.mapped_ha, part.ha))
            for part in parts
        ]
        ended, given_back = row.state in queries.ENDED, row.state in GIVEN_BACK
        found.append(checks.overlap(size, row.reference, row.state, shared, ended=ended, given_back=given_back))
        if alike := max((part.alike for part in parts if part.purpose in queries.PURPOSES), default=0):
            found.append(Found("duplicate", ATTENTION, {"key": row.reference, "percent": f"{alike * 100:.1f}"}))
    return found or [Found("overlap", CLEAR, {})]


def _holder(facts: Facts, shape: GEOSGeometry, size: Decimal, asked: Asked, besides: Concession | None) -> list[Found]:
    named = Party.objects.filter(number=asked.holder).select_related("same_as").first() if asked.holder else None
    party = (named.same_as or named) if named else None
    if party is None:
        return [
            Found("splitting", CANNOT_TELL, {}),
            Found("holder", CANNOT_TELL, {}),
            Found("arrears", CANNOT_TELL, {}),
        ]
    group = queries.related_parties(party)
    neighbours = queries.neighbours_of(shape, group, besides.pk if besides else None)
    ended, grades = queries.ended_badly(group), queries.grades_of(group)
    late = late_of_parties(group, clock.today())
    return [
        checks.splitting(facts, size, asked.sector, asked.level, clock.today(), neighbours),
        Found("holder", ATTENTION if ended else CLEAR, {
            "holder": party.number, "parties": len(group), "concessions": len(neighbours), "terminated": ended,
            "grades": grades,
        }),
        Found("arrears", ATTENTION if late else CLEAR, {"late": late.amounts, "concessions": late.concessions}),
    ]  # fmt: skip


@operation
def issue_report(actor: Actor, screening: Screening, *, context: Mapping[str, Any]) -> IssuedDocument:
    """Give the report the next number of the office's reports; once only."""
    row = lock(screening)
    if row.issued_id:
        raise Conflict(_("This report was issued already. Screen the area again for a new one."))
    title = in_each_language(lambda: f"{_('Screening of an area')}: {row.title}")
    issued = issue_document(
        actor, row.owner, kind=IssuedKind.REPORT, title=title, context=context, template=PAPER, subject=row,
        tier=Tier.GOVERNMENT.value,
    )  # fmt: skip
    Screening.objects.filter(pk=row.pk).update(issued=issued)
    return issued
