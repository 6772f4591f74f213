"""What a term of payment may not say, in words: beside itself, beside other terms, beside what stands charged."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from sala.concessions.calculations.dues import last_day
from sala.concessions.models import Due, DueBasis
from sala.concessions.queries.dues import charged, held_of, terms_of
from sala.core import money
from sala.core.checking import check
from sala.core.errors import Conflict, Invalid

FINE, DECISION = "fine", "decision"  # a kind of charge and a kind of document that every pack has
KEPT = ("kind", "basis", "currency", "months", "starts_on", "grant", "books")  # as long as something stands charged


def check_due(row: Due) -> None:
    """Raises Invalid or Conflict with words for what cannot be, before the model has its say."""
    if row.currency not in money.known():
        raise Invalid(
            _("“%(code)s” is not a currency that offices take here. Use one of: %(known)s.")
            % {"code": row.currency, "known": ", ".join(money.known())},
            {"currency": [_("Choose one of the list.")]},
        )
    if row.grant and row.grant.concession_id != row.concession_id:
        raise Invalid(_("That grant belongs to another concession. Choose one of this concession."))
    if row.kind.code == FINE:
        _check_fine(row)
    _check_days(row)
    others = row.concession.dues.exclude(pk=row.pk).exclude(basis=DueBasis.ONCE).filter(kind=row.kind)
    if row.basis != DueBasis.ONCE:
        for other in others.filter(grant__isnull=bool(row.grant)):
            if (other.ends_on is None or other.ends_on >= row.starts_on) and (
                row.ends_on is None or row.ends_on >= other.starts_on
            ):
                raise Conflict(_("The same kind is owed for the whole concession and for one grant on some of these days. End one of the two first."))  # fmt: skip
    check(row)


def _check_fine(row: Due) -> None:
    if row.basis != DueBasis.ONCE:
        words = _("A fine is a sum to be paid once.")
        raise Invalid(words, {"basis": [words]})
    if row.document is None or row.document.kind.code != DECISION or not row.document.number:
        words = _("A fine needs the numbered decision. Enter it among the documents, then among the papers here.")
        raise Invalid(words, {"document": [words]})


def _check_days(row: Due) -> None:
    """Nothing is owed after the last grant has ended; only a fine may be decided later."""
    if row.kind.code == FINE:
        return
    held = held_of(row)
    if not held:
        raise Conflict(_("No grant is entered, so nobody owes anything. Enter the grant first."))
    end = last_day(terms_of(row, without_end=True), held)
    if end is not None and row.starts_on > end:
        words = _("Nothing is owed after the grant has ended on %(day)s. Choose an earlier day.") % {
            "day": f"{end:%d/%m/%Y}"
        }
        raise Invalid(words, {"starts_on": [words]})


def check_kept(row: Due, fields: Mapping[str, Any]) -> None:
    """Raises Conflict where a correction would give other periods, or other books, to what stands charged."""
    other = [name for name in KEPT if name in fields and getattr(row, name) != fields[name]]
    if other and row.raised.filter(charge__transaction__reversed_by__isnull=True).exists():
        names = "; ".join(str(Due._meta.get_field(name).verbose_name) for name in other)  # type: ignore[union-attr]
        raise Conflict(
            _("Something was charged by this term already, so this stays: %(fields)s. End it and enter a new one, or have the charges taken back first.")
            % {"fields": names}
        )  # fmt: skip


def check_charged(row: Due) -> None:
    """Raises Invalid where the days of a term would cut a period that stands charged, or owe a charged day once more."""
    if row.basis == DueBasis.ONCE:
        return
    standing = [one for one in charged([row.concession_id]) if one.due.kind_id == row.kind_id]
    own = max((one.ends_on for one in standing if one.due_id == row.pk), default=None)
    if own and row.ends_on and row.ends_on < own:
        words = _("It is charged until %(day)s already. Choose that day or a later one, or have the charge taken back first.") % {
            "day": _day(own)
        }  # fmt: skip
        raise Invalid(words, {"ends_on": [words]})
    held = {one.grant: one for one in held_of(row)}
    for one in standing:
        if one.due_id == row.pk or one.grant_id not in held:
            continue
        holds = held[one.grant_id]
        first = max(row.starts_on, one.starts_on, holds.start)
        last = min(day for day in (row.ends_on, one.ends_on, holds.end) if day is not None)
        if first <= last:
            words = _("The same kind is charged from %(first)s to %(last)s already, by another term. Choose other days, or have that charge taken back first.") % {
                "first": _day(one.starts_on), "last": _day(one.ends_on),
            }  # fmt: skip
            raise Invalid(words, {"starts_on": [words]})


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
