"""What may be opened to everybody at all: what an office stands for, of entries that say enough; and how many stay closed.

How much is enough is a rule of law of kind "least number" for the whole country: `concession.public.source` (papers,
written sources, numbers in another register), `.holder` (holders) and `.place` (steps below the country). Without its
rule nothing is asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Length, Replace

from sala.concessions.models import Concession, ConcessionDocument, ConcessionState, FieldClass, Grant, Release
from sala.core import clock
from sala.documents.models import Rule, RuleKind

NEVER = frozenset({ConcessionState.PROPOSED})  # what no office here has confirmed is opened by nothing
PUBLIC = "concession.public"


def least() -> dict[str, int]:
    """What an entry has to say → how often, by the rules of today."""
    rows = Rule.objects.filter(
        kind=RuleKind.MINIMUM, key__startswith=f"{PUBLIC}.", area__isnull=True, valid__contains=clock.today()
    )
    return {row.key.removeprefix(f"{PUBLIC}."): int(row.number) for row in rows if row.number is not None}


def _said() -> dict[str, Any]:
    """What a rule may ask → how often an entry says it."""
    mine = {"concession": OuterRef("pk")}
    holders = (
        Grant.objects.filter(**mine).order_by().values("concession").annotate(found=Count("holder", distinct=True))
    )
    papers = ConcessionDocument.objects.filter(**mine).order_by().values("concession").annotate(found=Count("pk"))
    written = Case(When(source="", then=0), default=1) + Case(When(outside_source="", then=0), default=1)
    steps = Length("area__path") - Length(Replace("area__path", Value("/"), Value(""))) - 2
    return {
        "source": written + Coalesce(Subquery(papers.values("found")), 0),
        "holder": Coalesce(Subquery(holders.values("found")), 0),
        "place": steps,
    }


def complete(rows: QuerySet[Concession]) -> QuerySet[Concession]:
    """Those of these concessions that say enough to be opened."""
    wanted, said = least(), _said()
    asked = {name: said[name] for name in wanted if name in said}
    rows = rows.alias(**{f"said_{name}": counted for name, counted in asked.items()})
    return rows.filter(**{f"said_{name}__gte": wanted[name] for name in asked})


def ready(rows: QuerySet[Concession]) -> QuerySet[Concession]:
    """Those of these concessions whose names an office stands for and that say enough."""
    return complete(rows.filter(confirmed_classes__contains=[FieldClass.BASICS.value]))


@dataclass
class Openness:
    """How many concessions a decision about one class of fields speaks of, and what becomes of them. Each is in one number.

    open         everybody reads the class              unconfirmed  no office stands for its names or for the class
    incomplete   it lacks a source, a holder or a place  confidential
    """

    open: int = 0
    unconfirmed: int = 0
    incomplete: int = 0
    confidential: int = 0

    def add(self, other: "Openness") -> None:
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def openness(releases: Iterable[Release]) -> dict[int, Openness]:
    """Release (id) → what it opens and what stays closed, in two statements however many there are."""
    wanted = list(releases)
    enough = Q(pk__in=complete(Concession.objects.order_by()).values("pk"))
    kept = Q(is_confidential=False)
    classes = {row.field_class for row in wanted}
    counted: dict[str, Any] = {
        "confidential": Count("pk", filter=~kept),
        "incomplete": Count("pk", filter=kept & ~enough & Q(is_public=False)),
        "all": Count("pk"),
        **{
            f"open_{name}": Count("pk", filter=Q(is_public=True, confirmed_classes__contains=[name])) for name in classes
        },
    }  # fmt: skip
    rows: Any = Concession.objects.filter(same_as__isnull=True).order_by().values("sector").annotate(**counted)
    found = {row.pk: Openness() for row in wanted}
    for line in rows:
        for row in wanted:
            if row.sector_id in (None, line["sector"]):
                opened = line[f"open_{row.field_class}"]
                left = line["all"] - opened - line["incomplete"] - line["confidential"]
                found[row.pk].add(Openness(opened, left, line["incomplete"], line["confidential"]))
    return found
