"""Findings and situations in the reader's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from sala.concessions.models import ConcessionState, Effect, Finding, Situation
from sala.core import numbers


def _ha(text: str) -> str:
    return numbers.display(Decimal(text), places=2)


def _day(text: str) -> str:
    found: date | None = parse_date(text) if text else None
    return formats.date_format(found, "DATE_FORMAT") if found else _("nobody knows when")


def told(row: Finding, names: Mapping[str, Any]) -> str:
    """What does not fit, with its figures. names: of papers and layers by their codes (queries.findings.names)."""
    figures = row.figures
    match row.code:
        case "area_difference":
            return _("Granted: %(granted)s ha; drawn: %(mapped)s ha, a difference of %(percent)s %% (up to %(limit)s %% counts as the same).") % {
                "granted": _ha(figures["granted"]), "mapped": _ha(figures["mapped"]),
                "percent": numbers.display(Decimal(figures["percent"])), "limit": numbers.display(Decimal(figures["limit"])),
            }  # fmt: skip
        case "developed_more":
            return _("Granted: %(granted)s ha; developed: %(developed)s ha.") % {
                "granted": _ha(figures["granted"]), "developed": _ha(figures["developed"]),
            }  # fmt: skip
        case "outside":
            return _("%(hectares)s ha of the developed area lie outside the granted one.") % {
                "hectares": _ha(figures["hectares"])
            }
        case "overlap":
            return _("With %(key)s: %(hectares)s ha, %(percent)s %% of its area.") % {
                "key": row.key, "hectares": _ha(figures["hectares"]), "percent": numbers.display(Decimal(figures["percent"])),
            }  # fmt: skip
        case "layer":
            said = _("%(key)s: %(hectares)s ha. %(effect)s.") % {
                "key": names.get(row.key, row.key), "hectares": _ha(figures["hectares"]), "effect": Effect(figures["effect"]).label,
            }  # fmt: skip
            if not figures.get("slivers"):
                return said
            apart = {"count": figures["slivers"], "hectares": _ha(figures["sliver_hectares"])}
            return " ".join([said, _("Slivers told apart: %(count)s, %(hectares)s ha.") % apart])
        case "beyond_power" if figures.get("grants", 1) > 1:
            return _("%(granted)s ha were granted on %(on)s to %(grants)s holders together; the level could grant %(limit)s ha.") % {
                "granted": _ha(figures["granted"]), "limit": _ha(figures["limit"]), "on": _day(figures["on"]),
                "grants": figures["grants"],
            }  # fmt: skip
        case "beyond_power":
            return _("%(granted)s ha were granted on %(on)s; the level could grant %(limit)s ha.") % {
                "granted": _ha(figures["granted"]), "limit": _ha(figures["limit"]), "on": _day(figures["on"]),
            }  # fmt: skip
        case "split":
            return _("Together with %(others)s: %(together)s ha.") % {
                "others": ", ".join(figures["with"]), "together": _ha(figures["together"]),
            }  # fmt: skip
        case "moratorium":
            return _("Approved on %(on)s, while approvals were stopped.") % {"on": _day(figures["on"])}
        case "beyond_term":
            return _("%(months)s months; the longest on %(on)s was %(longest)s.") % {
                "months": figures["months"], "longest": figures["longest"], "on": _day(figures["on"]),
            }  # fmt: skip
        case "duplicate":
            same = {"name": _("the same name"), "holder": _("the same holder and size"), "area": _("the same area")}
            return _("%(key)s has %(same)s.") % {"key": row.key, "same": same.get(figures["reason"], figures["reason"])}
        case _:
            return _("%(paper)s: not entered, although its state is “%(state)s”.") % {
                "paper": names.get(row.key, row.key), "state": ConcessionState(figures["state"]).label,
            }  # fmt: skip


@dataclass(frozen=True)
class Words:
    reasons: str
    next_step: str


def called(row: Situation) -> Words:
    """Why it is called so, and what should be done."""
    return Words(" ".join(_reason(*reason) for reason in row.reasons), _next(row.next_step))


def _reason(code: str, *values: Any) -> str:
    match code:
        case "terminated":
            return _("It was terminated.")
        case "state":
            return f"{ConcessionState(values[0]).label}."
        case "ended_on":
            return _("The last grant ended: %(on)s.") % {"on": _day(values[0])}
        case "title_to_person":
            on = values[0] if values else ""
            return (
                _("A land title was issued to a person: %(on)s.") % {"on": _day(on)}
                if on
                else _("A land title was issued to a person.")
            )
        case "disputed":
            return _("A dispute is open, or an overlap is confirmed.")
        case "worked":
            return _("Work was seen.")
        case "no_grant":
            return _("No grant holds today.")
        case "no_agreement":
            return _("No agreement or decision is entered.")
        case "no_holder":
            return _("No holder is entered.")
        case "never_seen":
            return _("No area, payment or inspection is known.")
        case "seen_on":
            return _("Work was last seen: %(on)s.") % {"on": _day(values[0])}
        case "behind_plan":
            return _("%(done)s ha developed of %(planned)s ha planned.") % {
                "done": _ha(values[0]),
                "planned": _ha(values[1]),
            }
        case "looked_on":
            return _("Somebody last looked: %(on)s.") % {"on": _day(values[0])}
        case "developed_unknown":
            return _("Nobody knows how much is developed.")
        case "no_work_on":
            return _("Who looked last saw no work: %(on)s.") % {"on": _day(values[0])}
        case "nothing_developed":
            return _("Nothing is developed.")
        case "notice_until":
            return _("An improvement notice is to be answered by %(on)s.") % {"on": _day(values[0])}
        case "notice_late":
            return _("An improvement notice was to be answered by %(on)s and was not.") % {"on": _day(values[0])}
        case "not_seen_since":
            return _("Nobody saw work since: %(on)s.") % {"on": _day(values[0])}
        case _:
            return code


def _next(code: str) -> str:
    return {
        "hand_back": _("Have the land handed back and recorded."),
        "renew_or_return": _("Renew it, or have the land returned."),
        "check_title": _("Check the land title."),
        "settle_dispute": _("Settle the dispute."),
        "regularise_or_stop": _("Bring it into the procedure, or stop the work."),
        "inspect": _("Inspect it on the ground."),
        "improvement_notice": _("Send a notice to improve."),
        "await_notice": _("Wait for the answer to the notice."),
        "end_it": _("Give more time, or end it by a numbered decision."),
    }.get(code, "")
