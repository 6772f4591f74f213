"""Numbers without a gap. Whoever takes one holds the series' row until the paper is issued or the attempt is undone."""

from django.db import connection

from sala.documents.models import IssuedKind, NumberSeries
from sala.documents.models.issued import ACCOUNT, BOOKED
from sala.people.models import Organisation

# letter of each kind in the number
LETTERS = {
    IssuedKind.LETTER: "L",
    IssuedKind.REPORT: "R",
    IssuedKind.RECEIPT: "Q",
    IssuedKind.CERTIFICATE: "C",
    BOOKED: "T",
    ACCOUNT: "A",
}


def take(issuer: Organisation, kind: str, year: int, count: int = 1) -> NumberSeries:
    """The series with its next number taken (`last`), its row locked until the transaction ends.

    count  how many numbers are taken at once; `last` is the last of them
    A transaction that is undone gives its numbers back, so none is ever missing. Everybody else who needs a number
    of the series waits from here on.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A number is taken only inside the transaction that issues the paper.")
    with connection.cursor() as cursor:
        cursor.execute("select series, newest from documents_take(%s, %s, %s, %s)", [issuer.pk, kind, year, count])
        pk, last = cursor.fetchone()
    return NumberSeries(pk=pk, issuer=issuer, kind=kind, year=year, last=last)


def likely(issuer: Organisation, kind: str, year: int) -> str:
    """The number that the next paper of the series gets when nobody is faster. Nothing is taken and nothing is held."""
    found = NumberSeries.objects.filter(issuer=issuer, kind=kind, year=year).first()
    last = found.last if found else 0
    return written(NumberSeries(issuer=issuer, kind=kind, year=year, last=last + 1))


def written(series: NumberSeries) -> str:
    """The series' last number as it stands on the paper, such as HEALTH-L-2026-0007."""
    return numbered(series, series.last)


def numbered(series: NumberSeries, sequence: int) -> str:
    """A number of the series as it stands on the paper."""
    return f"{beginning(series.issuer, series.kind, series.year)}{sequence:04d}"


def beginning(issuer: Organisation, kind: str, year: int) -> str:
    """What stands before the sequence in every number of a series."""
    return f"{issuer.code}-{LETTERS[kind]}-{year}-"
