"""Published figures of the pack against the register as the reader reads it, in one statement for all figures."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.concessions import redaction
from sala.concessions.calculations import published
from sala.concessions.calculations.published import Fact, Figure, Held
from sala.concessions.models import (
    ConcessionState,
    Confirmation,
    FieldClass,
    FigureExplanation,
)
from sala.concessions.queries.lacking import lacking
from sala.concessions.queries.register import FEW
from sala.concessions.states import ENDED, GRANTED
from sala.core.models import PackFact, Term
from sala.people.queries import actor_of_post

SCHEME = "published-figure"
REASONS = {
    published.OUTSIDE: _("named by an outside source only"), published.ENDED: _("ended, refused or withdrawn"),
    published.CLOSED: _("in the procedure or in force; whether they are confirmed is closed to you"),
    published.UNCONFIRMED: _("not confirmed by an office"), published.UNLOCATED: _("confirmed, without shape or point"),
    published.REST: _("confirmed and located"),
}  # fmt: skip


@dataclass(frozen=True)
class Published:
    """A figure of the pack and what the register says. held, parts: None and empty where too few entries are open."""

    term: Term
    figure: Figure
    source: str
    as_of: str
    held: Held | None
    parts: list[Held]

    @property
    def unit(self) -> Any:
        return "" if self.figure.of == published.NUMBER else _("ha")

    @property
    def gap(self) -> Decimal | None:
        """What the publisher's own parts lack of the publisher's own whole; None where they add up."""
        return self.figure.own_gap or None


def terms() -> QuerySet[Term]:
    return Term.objects.filter(scheme=SCHEME, retired=False).order_by("order", "code")


def held(actor: Actor, found: list[Term]) -> list[Published]:
    """These figures against what the reader reads of the register today."""
    known = facts(actor)
    tells = actor.has_post or actor.is_everything or sum(fact.number for fact in known) >= FEW
    sources = {row["id"]: f"{row['title']}, {row['publisher']}" for row in PackFact.get("sources") or []}
    told = []
    for term in found:
        figure = published.read(term.data, term.name)
        parts = [_hold(part, known) for part in figure.parts] if tells else []
        held = _hold(figure, known) if tells else None
        told.append(
            Published(
                term, figure, sources.get(term.data.get("source", ""), ""), str(term.data.get("as_of", "")), held, parts
            )
        )
    return told


def _hold(figure: Figure, known: list[Fact]) -> Held:
    return published.hold(figure, known, ENDED, GRANTED, ConcessionState.PROPOSED)


def facts(actor: Actor) -> list[Fact]:
    """What the reader reads of every entry, those that are alike as one, in one statement; hidden hectares are not known."""
    own = {"concession": OuterRef("pk")}
    sized = redaction.condition(actor, FieldClass.BASICS, FieldClass.HECTARES)
    hectares: dict[str, Any] = {"granted": F("figures__granted_ha"), "developed": F("figures__developed_ha")}
    if sized is not None:
        hectares = {name: Case(When(sized, then=value), default=None) for name, value in hectares.items()}
    # said what it is, since a sum of nothing but hidden values has no type of its own
    hectares = {name: Cast(value, DecimalField(max_digits=20, decimal_places=2)) for name, value in hectares.items()}
    standing = Confirmation.objects.filter(**own, field_class=FieldClass.BASICS, withdrawn_at__isnull=True)
    rows = redaction.readable(actor, FieldClass.BASICS).order_by().annotate(
        judged=_flag(actor), confirmed=Exists(standing), nowhere=_told(lacking("shape")), double=_told(Q(same_as__isnull=False)), **hectares
    )  # fmt: skip
    alike = rows.annotate(sized=_told(Q(granted__isnull=False)), grown=_told(Q(developed__isnull=False))).values(
        "kind", "sector__code", "state", "double", "judged", "confirmed", "nowhere", "sized", "grown"
    )
    counted = alike.annotate(number=Count("pk"), granted_ha=Sum("granted"), developed_ha=Sum("developed"))
    return [
        Fact(
            row["kind"], row["sector__code"], row["state"], row["double"], row["confirmed"] if row["judged"] else None,
            not row["nowhere"], row["granted_ha"], row["developed_ha"], row["number"],
        )
        for row in counted
    ]  # fmt: skip


def _told(condition: Any) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())


def _flag(actor: Actor) -> Any:
    """Whether the reader reads what authorities think of an entry."""
    condition = redaction.condition(actor, FieldClass.BASICS, FieldClass.JUDGEMENT)
    if condition is None:
        return Value(True, output_field=BooleanField())
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def explanations(actor: Actor, term: Term) -> list[tuple[FigureExplanation, bool]]:
    """What offices say of a figure, the newest first, each with whether the reader reads all of which its total was made."""
    rows = list(
        FigureExplanation.objects.filter(figure=term).select_related("owner", "position__organisation", "document")
    )
    posts = {row.position_id: row.position for row in rows if row.position} if actor.holdings else {}
    told = {pk for pk, post in posts.items() if redaction.reads_all_of(actor, actor_of_post(post))}
    return [(row, actor.is_everything or row.position_id in told) for row in rows]
