"""What the authorities call a concession, with reasons and the next step. Plain reckoning; the first class that fits.

The order decides where several fit: what has ended before what is disputed, what is disputed before what is on paper
only. Each answer names its reasons, so that an office can say what is wrong with it.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sala.concessions.calculations.spans import within_months

BEFORE_SIGNING = ("proposed", "request", "screened", "opinions", "mou", "survey", "negotiation")
CLOSED = ("returned", "transferred", "refused", "withdrawn", "lapsed")
AT_WORK = ("implementing", "suspended")


@dataclass(frozen=True)
class Signs:
    """What is known of one concession on a day.

    ends_on          last day of the newest grant           has_grant     a grant holds today
    has_agreement    agreement or decision among the papers  has_holder    a holder is entered
    has_area         any area with hectares or a shape       disputed      a dispute is open, or an overlap is confirmed
    title_to_person  a land title was issued to a person     title_on      day of that title
    planned_ha       to be developed by now by the agreement developed_ha  None where nobody measured
    seen_on          last day on which work was seen         worked_on     last inspection that saw work
    idle_on          last day on which somebody looked and saw none
    paid_on          last payment                            inspected_on  last day on which somebody looked
    notice_due       day by which its company must answer an improvement notice that it has not answered
    """

    state: str
    ends_on: date | None = None
    has_grant: bool = False
    has_agreement: bool = False
    has_holder: bool = False
    has_area: bool = False
    disputed: bool = False
    title_to_person: bool = False
    title_on: date | None = None
    developed_ha: Decimal | None = None
    planned_ha: Decimal | None = None
    seen_on: date | None = None
    worked_on: date | None = None
    idle_on: date | None = None
    paid_on: date | None = None
    inspected_on: date | None = None
    notice_due: date | None = None

    @property
    def saw_work(self) -> bool:
        """Whether an inspection saw work, and nobody looked later and saw none."""
        return self.worked_on is not None and (self.idle_on is None or self.worked_on >= self.idle_on)

    @property
    def saw_none(self) -> bool:
        """Whether who looked last saw no work."""
        return self.idle_on is not None and (self.seen_on is None or self.seen_on < self.idle_on)


@dataclass(frozen=True)
class Called:
    """code: of models.SituationCode; reasons: [code, value …] each; next_step: code of what should be done."""

    code: str
    reasons: list[list[Any]]
    next_step: str


def situation(signs: Signs, today: date, evidence_months: int) -> Called:
    """The class that fits first. evidence_months: how long a sight of work counts."""
    if signs.state == "terminated":
        return Called("cancelled", [["terminated"]], "hand_back" if signs.has_area else "")
    if signs.state in CLOSED:
        return Called("closed", [["state", signs.state]], "")
    if signs.state == "expired" or (signs.ends_on is not None and signs.ends_on < today):
        ended = signs.ends_on.isoformat() if signs.ends_on else ""
        return Called("expired", [["ended_on", ended]], "renew_or_return")
    if signs.title_to_person:
        on = signs.title_on.isoformat() if signs.title_on else ""
        return Called("private", [["title_to_person", on]], "check_title")
    if signs.disputed:
        return Called("conflict", [["disputed"]], "settle_dispute")
    worked = bool(signs.developed_ha) or signs.saw_work or signs.state in AT_WORK
    if worked and not signs.has_grant:
        return Called("no_grant", [["worked"], ["no_grant"]], "regularise_or_stop")
    if signs.state in BEFORE_SIGNING:
        return Called("procedure", [["state", signs.state]], "")
    return _granted(signs, today, evidence_months)


def _granted(signs: Signs, today: date, evidence_months: int) -> Called:
    on_paper = [["no_agreement"]] if not signs.has_agreement else []
    on_paper += [["no_holder"]] if not signs.has_holder else []
    unseen = not signs.has_area and signs.paid_on is None and signs.inspected_on is None
    if len(on_paper) == 2 or unseen:
        return Called("ghost", on_paper + ([["never_seen"]] if unseen else []), "inspect")
    last = max((day for day in (signs.seen_on, signs.inspected_on) if day is not None), default=None)
    recent = last is not None and within_months(last, today, evidence_months)
    behind = signs.planned_ha is not None and signs.developed_ha is not None and signs.developed_ha < signs.planned_ha
    working = bool(signs.developed_ha) or signs.saw_work
    if working and recent and not behind and not signs.saw_none:
        return Called("implementing", _sights(signs, last), "")
    reasons: list[list[Any]] = []
    if behind:
        reasons.append(["behind_plan", f"{signs.developed_ha:.2f}", f"{signs.planned_ha:.2f}"])
    unknown = signs.developed_ha is None and not working and not signs.saw_none
    if unknown:
        reasons.append(["developed_unknown"])
    elif signs.developed_ha == 0 and not working:
        reasons.append(["nothing_developed"])
    if signs.saw_none and signs.idle_on is not None:
        reasons.append(["no_work_on", signs.idle_on.isoformat()])
    if not recent:
        reasons.append(["not_seen_since", signs.seen_on.isoformat() if signs.seen_on else ""])
    if signs.notice_due is not None:
        late = signs.notice_due < today
        reasons.append(["notice_late" if late else "notice_until", signs.notice_due.isoformat()])
        return Called("idle", reasons, "end_it" if late else "await_notice")
    return Called("idle", reasons, "inspect" if unknown or not recent else "improvement_notice")


def _sights(signs: Signs, last: date | None) -> list[list[Any]]:
    """When work was seen, and when somebody looked last where that was later."""
    told: list[list[Any]] = [["seen_on", signs.seen_on.isoformat()]] if signs.seen_on else []
    if last is not None and last != signs.seen_on:
        told.append(["looked_on", last.isoformat()])
    return told
