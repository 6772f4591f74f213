"""Shares of a party entered twice: they go over to the entry that stays, and come back when the merge is undone."""

from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from sala.concessions.models import Party, PartyMerge, Shareholding
from sala.concessions.operations.parties import check_shares
from sala.core.errors import Conflict

Days = list[str | None]


def move_shares(lost: Party, kept: Party) -> dict[str, Any]:
    """Shares go over. Those that stand at both with the same figure stand once afterwards, for the days of both.

    Returns what `give_back_shares` needs; see PartyMerge. Raises Conflict where the figures differ.
    """
    held, holders = [], []
    joined = _Joined()
    # in the order of their days: a row that was made longer is then never itself joined to another one
    for row in lost.holdings.select_related("owned").order_by("valid", "pk"):
        if joined.joins(kept.holdings.filter(owned=row.owned), row) is None:
            row.owner = kept
            row.save(update_fields=["owner"])
            held.append(row.pk)
    for row in lost.holders.select_related("owner").order_by("valid", "pk"):
        stays = joined.joins(kept.holders.filter(owner=row.owner), row)
        if stays is None:
            row.owned = kept
            check_shares(kept, row)
            row.save(update_fields=["owned"])
            holders.append(row.pk)
        else:
            check_shares(kept, stays)
    return {"held": held, "holders": holders, "dropped": joined.dropped, "widened": joined.widened}


class _Joined:
    """Shares that stood twice. dropped: those taken out, as values; widened: those that stay, id → their days before."""

    def __init__(self) -> None:
        self.dropped: list[dict[str, Any]] = []
        self.widened: dict[str, Days] = {}

    def joins(self, same: Any, row: Shareholding) -> Shareholding | None:
        """The row that stays for this one and for all it meets; None where it meets none."""
        others = list(same.filter(role=row.role, valid__overlap=row.valid).order_by("valid"))
        if any(other.share != row.share for other in others):
            raise Conflict(
                _("Both are entered with shares of “%(owned)s” held by “%(owner)s” at the same time, and the figures differ. Correct one of them first.")
                % {"owned": row.owned, "owner": row.owner}
            )  # fmt: skip
        if not others:
            return None
        stays, *more = others
        for gone in (row, *more):
            self.dropped.append(_as_values(gone) | {"stays": stays.pk})
            gone.delete()
        days = _all_days([row, *others])
        if days != stays.valid:
            self.widened.setdefault(str(stays.pk), _as_days(stays.valid))
            stays.valid = days
            stays.save(update_fields=["valid"])
        return stays


def check_nothing_stands_on_them(merge: PartyMerge) -> None:
    """Raises Conflict where shares that would go back stand for those of an entry merged later as well."""
    moved = merge.moved
    going = {*moved["held"], *moved["holders"], *map(int, moved.get("widened", ()))}
    for later in PartyMerge.objects.filter(kept=merge.kept, undone_at__isnull=True, pk__gt=merge.pk):
        met = {value.get(name) for value in later.moved["dropped"] for name in ("id", "stays")}
        if going & met:
            raise Conflict(
                _("“%(party)s” was merged into the same party later, with the same shares. Undo that merge first.")
                % {"party": later.lost}
            )


def give_back_shares(lost: Party, kept: Party, moved: dict[str, Any]) -> None:
    Shareholding.objects.filter(pk__in=moved["held"], owner=kept).update(owner=lost)
    Shareholding.objects.filter(pk__in=moved["holders"], owned=kept).update(owned=lost)
    before = {int(pk): _as_range(days) for pk, days in moved.get("widened", {}).items()}
    for row in Shareholding.objects.filter(pk__in=before):
        row.valid = _shared_days(before[row.pk], row.valid)
        row.save(update_fields=["valid"])
    for values in moved["dropped"]:
        fields = {name: value for name, value in values.items() if name != "stays"}
        Shareholding.objects.create(**fields | {"valid": _as_range(values["valid"])})


# ---- days ----------------------------------------------------------------------------------------------------------


def _all_days(rows: list[Shareholding]) -> DateRange:
    """From the first day of any of them until the last; each meets another one, so there is no gap."""
    starts, ends = [row.valid.lower for row in rows], [row.valid.upper for row in rows]
    return DateRange(None if None in starts else min(starts), None if None in ends else max(ends))


def _shared_days(before: DateRange, now: DateRange) -> DateRange:
    """The days from before the merge, without those on which it was ended since."""
    ended = now.upper is not None and (before.upper is None or now.upper < before.upper)
    if ended and (before.lower is None or before.lower < now.upper):
        return DateRange(before.lower, now.upper)
    return before


def _as_days(valid: Any) -> Days:
    return [day.isoformat() if day else None for day in (valid.lower, valid.upper)]


def _as_range(days: Days) -> DateRange:
    lower, upper = (date.fromisoformat(day) if day else None for day in days)
    return DateRange(lower, upper)


def _as_values(row: Shareholding) -> dict[str, Any]:
    """What makes the row anew, as plain values; under its own number, which other merges may tell."""
    return {
        "id": row.pk, "owner_id": row.owner_id, "owned_id": row.owned_id, "role": row.role, "document_id": row.document_id,
        "source": row.source, "share": None if row.share is None else str(row.share), "valid": _as_days(row.valid),
    }  # fmt: skip
