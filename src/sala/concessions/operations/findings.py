"""Reckoning findings and situations anew, and deciding about findings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.concessions import policy
from sala.concessions.calculations.checks import TOLERANCE
from sala.concessions.calculations.findings import Misfit, misfits
from sala.concessions.calculations.situations import situation
from sala.concessions.models import CONFIRMABLE, Concession, Finding, FindingCode, FindingState, FindingStep, Situation
from sala.concessions.queries.cases import Known, known, rule_book
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.operation import lock, operation
from sala.documents.models import Document
from sala.journal.operations import record

EVIDENCE_MONTHS = 24  # where no rule says how long a sight of work counts
BATCH = 2000
ROUNDING = Decimal("0.01")  # hectares that two rounded parts may differ from their rounded sum
DECIDED = (FindingState.EXPLAINED, FindingState.ACCEPTED)


@dataclass
class Reckoned:
    """How many concessions were looked at, and what changed."""

    concessions: int = 0
    new: int = 0
    changed: int = 0
    gone: int = 0
    situations: int = 0


@operation
def reckon(actor: Actor, concessions: Iterable[int] | None = None) -> Reckoned:
    """Findings and situations of these concessions (ids), or of all. May run twice; the second time nothing changes.

    A finding that holds no longer is closed as corrected; one that was explained or accepted opens again only when its
    figures are other ones than those that were decided about. One that was confirmed stays so as long as it holds.
    """
    today, book = clock.today(), rule_book()
    cases = known(book, concessions, today=today)
    told = Reckoned(concessions=len(cases))
    pks = [each.pk for each in cases]
    rows = Finding.objects.select_for_update().order_by("pk")
    if concessions is not None:
        rows = rows.filter(concession__in=pks)
    kept = {(row.concession_id, row.code, row.key): row for row in rows}
    overlaps: dict[str, set[str]] = {each.case.reference: set() for each in cases}
    fresh: list[Finding] = []
    changed: list[Finding] = []
    steps: list[tuple[Finding, str]] = []
    for each in cases:
        for misfit in misfits(each.case, book, today):
            if misfit.code == FindingCode.OVERLAP:
                overlaps[each.case.reference].add(misfit.key)
            row = kept.pop((each.pk, misfit.code, misfit.key), None)
            if row is None:
                row = _new(each, misfit)
                fresh.append(row)
                steps.append((row, ""))
                told.new += 1
            elif (before := _renewed(row, each, misfit)) is not None:
                changed.append(row)
                steps.append((row, before))
                told.changed += 1
    for row in kept.values():
        if row.state != FindingState.CORRECTED:
            steps.append((row, row.state))
            row.state, row.settled_at, row.computed_at = FindingState.CORRECTED, clock.now(), clock.now()
            changed.append(row)
            told.gone += 1
    Finding.objects.bulk_create(fresh, batch_size=BATCH)
    Finding.objects.bulk_update(
        changed, ["figures", "inputs", "is_grave", "state", "reason", "document", "settled_at", "computed_at"], batch_size=BATCH
    )  # fmt: skip
    FindingStep.objects.bulk_create(
        (FindingStep(finding=row, before=before, after=row.state, figures=row.figures, at=clock.now()) for row, before in steps),
        batch_size=BATCH,
    )  # fmt: skip
    _in_conflict(cases, overlaps)
    told.situations = _situations(cases, book.on(today, "").number(TOLERANCE, "concession.evidence.months"))
    return told


def _in_conflict(cases: list[Known], overlaps: Mapping[str, set[str]]) -> None:
    """Dispute what overlaps by what an office confirmed, on whichever side it did; overlaps: reference → references."""
    confirmed: set[tuple[str, str]] = set()
    rows = Finding.objects.filter(code=FindingCode.OVERLAP, state=FindingState.CONFIRMED)
    for one, other in rows.values_list("concession__reference", "key"):
        confirmed |= {(one, other), (other, one)}
    for each in cases:
        mine = each.case.reference
        if any((mine, other) in confirmed for other in overlaps[mine]):
            each.signs = replace(each.signs, disputed=True)


def beside(concession: int) -> list[int]:
    """Concessions (ids) with which this one has an overlap that is not corrected: what is decided here concerns them too."""
    here = Concession.objects.get(pk=concession)
    rows = Finding.objects.filter(code=FindingCode.OVERLAP).exclude(state=FindingState.CORRECTED)
    named = Concession.objects.filter(reference__in=rows.filter(concession=here).values("key"))
    return [*named.values_list("pk", flat=True), *rows.filter(key=here.reference).values_list("concession", flat=True)]


def _inputs(each: Known, misfit: Misfit) -> dict[str, Any]:
    return {"rule": misfit.rule, "edition": misfit.edition, "version": each.case.version}


def _new(each: Known, misfit: Misfit) -> Finding:
    return Finding(
        concession_id=each.pk, code=misfit.code, key=misfit.key, is_grave=misfit.is_grave, figures=misfit.figures,
        inputs=_inputs(each, misfit), found_at=clock.now(), computed_at=clock.now(),
    )  # fmt: skip


def _renewed(row: Finding, each: Known, misfit: Misfit) -> str | None:
    """Bring a kept finding up to date; its state before where it changed, None where nothing did."""
    same = row.figures == misfit.figures and row.is_grave == misfit.is_grave
    if same and row.state != FindingState.CORRECTED:
        return None
    before = row.state
    stays = row.state == FindingState.CONFIRMED or (row.state in DECIDED and _slivers_told_apart(row, misfit))
    row.figures, row.is_grave, row.inputs = misfit.figures, misfit.is_grave, _inputs(each, misfit)
    if not stays:
        row.state, row.reason, row.document, row.settled_at = FindingState.OPEN, "", None, None
    row.computed_at = clock.now()
    return before


def _slivers_told_apart(row: Finding, misfit: Misfit) -> bool:
    """Whether the figures say what they said when slivers still counted among the hectares of a layer, only in two parts."""
    old, new = row.figures, misfit.figures
    if (
        misfit.code != FindingCode.LAYER
        or "slivers" in old
        or "slivers" not in new
        or old.get("effect") != new["effect"]
    ):
        return False
    together = Decimal(new["hectares"]) + Decimal(new["sliver_hectares"])
    return abs(Decimal(old["hectares"]) - together) <= ROUNDING


def _situations(cases: list[Known], evidence: Any) -> int:
    """Write down what is called otherwise than before. Returns how many."""
    today = clock.today()
    present = {
        row.concession_id: row
        for row in Situation.objects.filter(until__isnull=True, concession__in=[each.pk for each in cases])
    }
    fresh, ended, touched = [], [], []
    for each in cases:
        called = situation(each.signs, today, int(evidence or EVIDENCE_MONTHS))
        row = present.get(each.pk)
        if row is not None and row.code == called.code:
            if (row.reasons, row.next_step) != (called.reasons, called.next_step):
                row.reasons, row.next_step, row.computed_at = called.reasons, called.next_step, clock.now()
                touched.append(row)
            continue
        if row is not None and row.since == today:
            row.code, row.reasons, row.next_step = called.code, called.reasons, called.next_step
            row.computed_at = clock.now()
            touched.append(row)
            continue
        if row is not None:
            row.until = today
            ended.append(row)
        fresh.append(
            Situation(
                concession_id=each.pk, code=called.code, reasons=called.reasons, next_step=called.next_step,
                since=today, computed_at=clock.now(),
            )
        )  # fmt: skip
    Situation.objects.bulk_update(ended, ["until"], batch_size=BATCH)
    Situation.objects.bulk_update(touched, ["code", "reasons", "next_step", "computed_at"], batch_size=BATCH)
    Situation.objects.bulk_create(fresh, batch_size=BATCH)
    return len(fresh)


@operation
def settle(actor: Actor, finding: Finding, *, state: str, reason: str, document: Document | None = None) -> Finding:
    """Explain a finding in words, or accept it as an exception that a document allows; or open it again. An overlap can be
    confirmed: both concessions are in conflict by it.
    """
    row = lock(finding)
    require(actor, policy.JUDGE, row)
    if state not in (*DECIDED, FindingState.CONFIRMED, FindingState.OPEN) or row.state == FindingState.CORRECTED:
        raise Conflict(_("This finding no longer holds, so there is nothing to decide."))
    if state == FindingState.CONFIRMED and row.code not in CONFIRMABLE:
        words = _("Only an overlap is confirmed. Explain this finding, or accept it as an exception.")
        raise Invalid(words, {"state": [words]})
    if row.state == state:
        raise Conflict(_("Somebody else decided the same before you. Look at it again."))
    reason = reason.strip()
    if not reason:
        words = _("Give the reason.")
        raise Invalid(words, {"reason": [words]})
    if state == FindingState.ACCEPTED and document is None:
        words = _("An exception needs the document that allows it.")
        raise Invalid(words, {"document": [words]})
    before = row.state
    row.state, row.reason, row.document = state, reason, document
    row.settled_at = clock.now() if state != FindingState.OPEN else None
    row.save(update_fields=["state", "reason", "document", "settled_at"])
    FindingStep.objects.create(
        finding=row, before=before, after=state, figures=row.figures, reason=reason, document=document,
        position_id=actor.position_id, at=clock.now(),
    )  # fmt: skip
    subject = Concession.objects.get(pk=row.concession_id)
    record(actor, policy.JUDGE, subject, change="finding settled", finding=row.pk, code=row.code, state=[before, state],
           document=document.pk if document else None)  # fmt: skip
    return row
