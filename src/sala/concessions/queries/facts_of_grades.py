"""The facts of the register that assessments are reckoned from, for many concessions in a few statements."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q

from sala.concessions.calculations.facts_of_grades import percent
from sala.concessions.models import (
    UNSETTLED,
    AffectedVillage,
    AreaPurpose,
    ConcessionArea,
    ConcessionDocument,
    Consultation,
    Finding,
    FindingCode,
    Grant,
    Inspection,
    JobCount,
    JobKind,
    Obligation,
    PlannedDevelopment,
)
from sala.ledger.models import Charge
from sala.ledger.queries.open_items import with_open

Facts = dict[str, str | None]

LEGAL = (FindingCode.BEYOND_POWER, FindingCode.SPLIT, FindingCode.MORATORIUM, FindingCode.BEYOND_TERM)
LAND = (FindingCode.AREA_DIFFERENCE, FindingCode.DEVELOPED_MORE, FindingCode.OUTSIDE, FindingCode.OVERLAP, FindingCode.LAYER)  # fmt: skip
CONSULTED = (Consultation.AGREED, Consultation.CONDITIONS)


def facts_of_grades(ids: Iterable[int], today: date) -> dict[int, Facts]:
    """Concession → fact → value (calculations.facts_of_grades.FACTS); None where nobody knows."""
    wanted = sorted(set(ids))
    within = {"concession__in": wanted}
    papers = _grouped(ConcessionDocument.objects.filter(**within).values_list("concession_id", "role__code"))
    holders = set(Grant.objects.filter(**within).values_list("concession_id", flat=True))
    findings = _grouped(
        Finding.objects.filter(**within, state__in=UNSETTLED).values_list("concession_id", "code", "is_grave")
    )
    inspected = set(Inspection.objects.filter(**within, is_current=True).values_list("concession_id", flat=True))
    land, paid = _land(within, today), _paid(wanted, today)
    people, duties = _people(within), _duties(within, today)
    found: dict[int, Facts] = {}
    for pk in wanted:
        mine = {role for (role,) in papers[pk]}
        found[pk] = {
            "agreement": _first(mine, "agreement", "decision"),
            "holder": "yes" if pk in holders else "no",
            "certificate": "yes" if "certificate" in mine else "no",
            "environment": _environment(mine),
            "legal_findings": _findings(findings[pk], LEGAL),
            "land_findings": _findings(findings[pk], LAND),
            "inspection": "yes" if "inspection" in mine or pk in inspected else "no",
            "paid": paid.get(pk),
            "duties_met": duties.get(pk),
            **land[pk],
            **people[pk],
        }
    return found


def _grouped(rows: Any) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for pk, *values in rows:
        found[pk].append(tuple(values))
    return found


def _first(papers: set[str], *roles: str) -> str:
    return next((role for role in roles if role in papers), "none")


def _environment(papers: set[str]) -> str:
    found = _first(papers, "environmental_certificate", "exemption", "assessment")
    return "certificate" if found == "environmental_certificate" else found


def _findings(rows: list[tuple[Any, ...]], codes: Iterable[str]) -> str:
    mine = [is_grave for code, is_grave in rows if code in codes]
    return "grave" if any(mine) else "open" if mine else "none"


def _land(within: dict[str, Any], today: date) -> dict[int, Facts]:
    areas = _grouped(
        ConcessionArea.objects.filter(
            **within, is_current=True, purpose__in=[AreaPurpose.GRANTED, AreaPurpose.IMPLEMENTATION]
        ).values_list("concession_id", "purpose", "accuracy", "stated_ha", "mapped_ha", "shape__point")
    )
    granted = _grouped(
        Grant.objects.filter(**within, replaced_by__isnull=True).values_list("concession_id", "granted_ha")
    )
    plan = dict(
        PlannedDevelopment.objects.filter(**within, year__lte=today.year)
        .order_by("year")
        .values_list("concession_id", "hectares")
    )
    found: dict[int, Facts] = {}
    for pk in within["concession__in"]:
        rows = {purpose: (accuracy, stated if stated is not None else mapped, point)
                for purpose, accuracy, stated, mapped, point in areas[pk]}  # fmt: skip
        of_grant, developed = rows.get(AreaPurpose.GRANTED), rows.get(AreaPurpose.IMPLEMENTATION)
        whole = plan.get(pk) or sum((ha for (ha,) in granted[pk] if ha is not None), Decimal(0))
        done = developed[1] if developed else None
        found[pk] = {
            "boundary": of_grant[0] if of_grant and of_grant[2] is not None else "none",
            "developed": percent(done, whole) if done is not None else None,
        }
    return found


def _paid(ids: list[int], today: date) -> dict[int, str | None]:
    """Of the charges that fell due, the share that is settled, in the currency in which it is least."""
    charges = with_open(
        Charge.objects.filter(account__subject_type="concession", account__subject_id__in=ids, due_on__lte=today)
    )
    sums: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    for pk, currency, amount, left in charges.values_list("account__subject_id", "account__currency", "amount", "open"):
        sums[pk, currency][0] += amount
        sums[pk, currency][1] += amount - left
    found: dict[int, str | None] = {}
    for (pk, _currency), (owed, settled) in sums.items():
        found[pk] = _least([found.get(pk), percent(settled, owed)])
    return found


def _least(shares: Iterable[str | None]) -> str | None:
    return min((share for share in shares if share is not None), key=Decimal, default=None)


def _people(within: dict[str, Any]) -> dict[int, Facts]:
    villages = _grouped(
        AffectedVillage.objects.filter(**within).values_list(
            "concession_id", "consultation", "compensation_promised", "compensation_paid"
        )
    )
    jobs = _grouped(JobCount.objects.filter(**within).order_by("as_of").values_list("concession_id", "kind", "total"))
    found: dict[int, Facts] = {}
    for pk in within["concession__in"]:
        known = [how for how, _promised, _paid in villages[pk] if how != Consultation.UNKNOWN]
        shares = [percent(paid or 0, promised) for _how, promised, paid in villages[pk] if promised]
        counts = dict(jobs[pk])
        present = counts.get(JobKind.PRESENT)
        found[pk] = {
            "consulted": percent(sum(1 for how in known if how in CONSULTED), len(villages[pk])) if known else None,
            "compensated": _least(shares),
            "jobs": percent(present, counts.get(JobKind.PLANNED, 0)) if present is not None else None,
        }
    return found


def _duties(within: dict[str, Any], today: date) -> dict[int, str | None]:
    """Of the duties that fell due, the share that was met; one that was met before its day counts."""
    due = _grouped(
        Obligation.objects.filter(Q(due_on__lte=today) | Q(met_on__isnull=False), **within).values_list(
            "concession_id", "met_on"
        )
    )
    return {pk: percent(sum(1 for (met_on,) in rows if met_on), len(rows)) for pk, rows in due.items()}
