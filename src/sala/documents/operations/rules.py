"""Laying down and ending rules of law; entering days off that were announced."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core.errors import Conflict, Invalid
from sala.core.language import Translated
from sala.core.models import Certainty
from sala.core.operation import lock, operation
from sala.documents import policy
from sala.documents.models import Document, NonWorkingDay, Rule
from sala.documents.models.rules import known_units
from sala.journal.operations import record
from sala.people.models import Organisation
from sala.places.models import Area


def rule_value(number: Decimal | None = None, unit: str = "", text: Mapping[str, str] | None = None,
               currencies: Sequence[str] | None = None) -> dict[str, Any]:  # fmt: skip
    """The value of a rule as it is kept: an exact number with its unit, or a text per language.

    currencies  codes that a rate may be in, where they are not those of this installation: a pack brings its own
    """
    if number is None and not text:
        raise Invalid(_("Give the rule a number with its unit, or a text."))
    if number is None:
        return {"text": dict(Translated(text))}
    known = known_units(currencies)
    if unit not in known:
        raise Invalid(
            _("“%(unit)s” is not a unit that rules have. Use one of: %(known)s.")
            % {"unit": unit, "known": ", ".join(known)}
        )
    return {"number": f"{number:f}", "unit": unit}


@operation
def add_rule(actor: Actor, owner: Organisation, *, kind: str, key: str, value: dict[str, Any], start: date,
             end: date | None = None, area: Area | None = None, source: Document | None = None, clause: str = "",
             certainty: str = Certainty.EXAMPLE, note: Mapping[str, str] | None = None,
             is_invented: bool = False) -> Rule:  # fmt: skip
    """Lay down a rule from a day on. `end` is the first day it no longer holds. No two rules say different things a day."""
    if end and end <= start:
        raise Invalid(_("The rule ends before it begins. Correct the dates."), {"end": [_("Correct the dates.")]})
    if certainty == Certainty.CONFIRMED and source is None:
        raise Invalid(
            _("A confirmed rule names the document that lays it down. Choose it, or mark the rule as an example.")
        )
    rule = Rule(
        owner=owner, kind=kind, key=key.strip(), value=value, valid=DateRange(start, end), area=area, source=source,
        clause=clause, certainty=certainty, note=Translated(note), is_invented=is_invented,
    )  # fmt: skip
    require(actor, policy.PUBLISH, rule)
    _save(rule)
    record(actor, policy.PUBLISH, rule, change="rule laid down", document=source, key=rule.key, start=start, end=end)
    return rule


@operation
def end_rule(actor: Actor, rule: Rule, *, on: date, reason: str) -> None:
    """Let a rule hold no longer from a day on. What it said before stays."""
    rule = lock(rule)
    require(actor, policy.PUBLISH, rule)
    if not reason.strip():
        raise Invalid(_("Say why the rule ends."), {"reason": [_("Say why the rule ends.")]})
    if rule.valid.upper and rule.valid.upper <= on:
        raise Conflict(_("This rule has ended already."))
    if on <= rule.valid.lower:
        raise Invalid(_("The rule would end before it begins. Choose a later day."), {"on": [_("Choose a later day.")]})
    rule.valid = DateRange(rule.valid.lower, on)
    rule.save(update_fields=["valid"])
    record(actor, policy.PUBLISH, rule, change="rule ended", on=on, reason=reason)


def _save(rule: Rule) -> None:
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError as error:
        if "rule_says_one_thing_a_day" not in str(error):
            raise
        raise Conflict(
            _("Another rule says something on this in the same time. End that one first, then lay this one down.")
        ) from error


@operation
def add_non_working_day(actor: Actor, owner: Organisation, *, day: date, name: Mapping[str, str], source: str,
                        is_invented: bool = False) -> NonWorkingDay:  # fmt: skip
    """Enter a day off that was announced beside the standing holidays."""
    row = NonWorkingDay(owner=owner, date=day, name=Translated(name), source=source.strip(), is_invented=is_invented)
    require(actor, policy.PUBLISH, row)
    if not row.source:
        raise Invalid(_("Give the number and date of the notice."), {"source": [_("Give number and date.")]})
    if NonWorkingDay.objects.filter(date=day).exists():
        raise Conflict(_("This day is entered already."))
    row.save()
    record(actor, policy.PUBLISH, row, change="day off added", day=day)
    return row


@operation
def remove_non_working_day(actor: Actor, row: NonWorkingDay, *, reason: str) -> None:
    """Take back a day off that was entered by mistake or called off."""
    row = lock(row)
    require(actor, policy.PUBLISH, row)
    if not reason.strip():
        raise Invalid(_("Say why the day is taken back."), {"reason": [_("Say why the day is taken back.")]})
    record(actor, policy.PUBLISH, row, change="day off removed", day=row.date, reason=reason)
    row.delete()
