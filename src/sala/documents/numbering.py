"""Numbers without a gap. Whoever takes one holds the series' row until the paper is issued or the attempt is undone."""

from django.db import transaction

from sala.documents.models import IssuedKind, NumberSeries
from sala.people.models import Organisation

# letter of each kind in the number
LETTERS = {
    IssuedKind.LETTER: "L",
    IssuedKind.REPORT: "R",
    IssuedKind.RECEIPT: "Q",
    IssuedKind.CERTIFICATE: "C",
}


def take(issuer: Organisation, kind: str, year: int) -> NumberSeries:
    """The series with its next number taken (`last`), its row locked until the transaction ends.

    A transaction that is undone gives its number back, so no number is ever missing.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A number is taken only inside the transaction that issues the paper.")
    NumberSeries.objects.get_or_create(issuer=issuer, kind=kind, year=year)
    series = NumberSeries.objects.select_for_update().get(issuer=issuer, kind=kind, year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return series


def likely(issuer: Organisation, kind: str, year: int) -> str:
    """The number that the next paper of the series gets when nobody is faster. Nothing is taken and nothing is held."""
    found = NumberSeries.objects.filter(issuer=issuer, kind=kind, year=year).first()
    last = found.last if found else 0
    return written(NumberSeries(issuer=issuer, kind=kind, year=year, last=last + 1))


def written(series: NumberSeries) -> str:
    """The series' last number as it stands on the paper, such as HEALTH-L-2026-0007."""
    letter = LETTERS[IssuedKind(series.kind)]
    return f"{series.issuer.code}-{letter}-{series.year}-{series.last:04d}"
