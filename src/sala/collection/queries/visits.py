"""Visits as a reader sees them: narrowed, by place, those alike, and what is odd about one."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sala.access.actor import Actor, path_ids
from sala.access.scope import visible
from sala.bodies.calculations import Undertaking, common_days, similar
from sala.collection.models import Form, JointAnswer, JointProposal, Verdict, Visit, VisitState
from sala.core import clock, lao
from sala.core.language import says
from sala.core.models import Term
from sala.documents.models import RuleKind
from sala.documents.queries import rule_on
from sala.duties.models import Call
from sala.people.models import Organisation
from sala.places.models import Area

APART_KEY = "visits.apart"  # rule of law: days that lie at least between two visits to the same place
ANY = "*"  # stands among the topics of every visit: whatever it is about, it takes the time of the same people
WITH = ("organisation__area", "position", "form", "call", "joined")


def within(area: Area) -> Q:
    """Visits to a place: to a part of it, or to a larger one around it."""
    return Q(areas__path__startswith=area.path) | Q(areas__in=path_ids(area.path))


def visits_for(actor: Actor, *, place: Area | None = None, topic: str = "", office: Organisation | None = None,
               state: str = "", first: date | None = None, last: date | None = None, q: str = "") -> QuerySet[Visit]:  # fmt: skip
    """Visits that the reader sees, the earliest first. Without a state, those planned and done.

    office  with all offices below it      first, last  some day of the visit lies in this span
    """
    rows = visible(actor, Visit)
    rows = rows.filter(state=state) if state else rows.filter(state__in=(VisitState.PLANNED, VisitState.DONE))
    if first:
        rows = rows.filter(ends_on__gte=first)
    if last:
        rows = rows.filter(starts_on__lte=last)
    if office is not None:
        rows = rows.filter(organisation__path__startswith=office.path)
    if topic:
        rows = rows.filter(topics__code=topic)
    if place is not None:
        rows = rows.filter(within(place))
    for word in lao.stored(q).split():
        rows = rows.filter(says("title", word))
    found = visible(actor, Visit).filter(pk__in=rows.order_by().values("pk"))
    return found.select_related(*WITH).prefetch_related("areas", "topics").order_by("starts_on", "slug")


@dataclass(frozen=True)
class Links:
    """Of what visits lead to (form, call, joint visit), the numbers of those rows that the reader sees."""

    forms: frozenset[int]
    calls: frozenset[int]
    visits: frozenset[int]

    def form(self, visit: Visit) -> Form | None:
        return visit.form if visit.form_id in self.forms else None

    def call(self, visit: Visit) -> Call | None:
        return visit.call if visit.call_id in self.calls else None

    def joined(self, visit: Visit) -> Visit | None:
        return visit.joined if visit.joined_id in self.visits else None


def links_of(actor: Actor, rows: Iterable[Visit]) -> Links:
    rows = list(rows)
    wanted = ((Form, "form_id"), (Call, "call_id"), (Visit, "joined_id"))
    found = []
    for model, name in wanted:
        ids = {pk for row in rows if (pk := getattr(row, name))}
        seen = visible(actor, model).filter(pk__in=ids).values_list("pk", flat=True) if ids else ()
        found.append(frozenset(seen))
    return Links(*found)


# ---- places ------------------------------------------------------------------------------------------------------


def smallest_in(areas: Iterable[Area]) -> QuerySet[Area]:
    """The places without smaller ones that lie in these areas, or are they: villages, where villages are entered."""
    areas = list(areas)
    below = Q(pk__in=[area.pk for area in areas])
    for path in {area.path for area in areas}:
        below |= Q(path__startswith=path)
    smaller = Area.objects.filter(parent=OuterRef("pk"), ended_on__isnull=True)
    return Area.objects.filter(below, ~Exists(smaller), ended_on__isnull=True)


# ---- visits alike ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Clash:
    """Another visit to the same places at about the same time.

    areas   the smaller area of each pair that overlaps    count  smallest places in them
    topics  that both are about; none: it is about something else, in the same places
    days    that both are there; apart: days between the two where there is none
    saved   minutes that the places would be spared, taken together, if both came at once
    """

    visit: Visit
    areas: list[Area]
    count: int
    topics: list[Term]
    days: int
    apart: int
    saved: int


def least_apart(area: Area | None, day: date) -> int:
    """Days that two visits to the same place lie apart, by the rule that holds there; 0 where there is none."""
    rule = rule_on(RuleKind.DEADLINE, APART_KEY, day, area)
    return int(rule.number) if rule and rule.number is not None else 0


def clashes(actor: Actor, *, areas: Iterable[Area], topics: Iterable[Term], start: date, end: date, minutes: int,
            leaving_out: Collection[int] = ()) -> list[Clash]:  # fmt: skip
    """Planned visits that the reader sees to the same places, fewer days away than the rule says; most in common first."""
    wanted = Plan(list(areas), list(topics), start, end, minutes)
    if not wanted.areas:
        return []
    buffer = timedelta(days=least_apart(wanted.areas[0], start))
    around = {pk for area in wanted.areas for pk in path_ids(area.path)}
    near = Q(areas__in=around)
    for path in {area.path for area in wanted.areas if not _is_smallest(area)}:
        near |= Q(areas__path__startswith=path)
    rows = _planned(actor, start - buffer, end + buffer).filter(near).exclude(pk__in=leaving_out)
    return _compared(wanted, buffer, _loaded(rows), _smallest_by_area(wanted.areas))


@dataclass(frozen=True)
class Plan:
    """What is compared of a visit, which need not be saved yet."""

    areas: list[Area]
    topics: list[Term]
    start: date
    end: date
    minutes: int


def plan_of(visit: Visit) -> Plan:
    return Plan(list(visit.areas.all()), list(visit.topics.all()), visit.starts_on, visit.ends_on, visit.minutes)


def clashes_of(actor: Actor, visit: Visit) -> list[Clash]:
    if visit.state != VisitState.PLANNED:
        return []
    plan = plan_of(visit)
    return clashes(
        actor, areas=plan.areas, topics=plan.topics, start=plan.start, end=plan.end, minutes=plan.minutes,
        leaving_out=[visit.pk],
    )  # fmt: skip


def pairs(actor: Actor, rows: Sequence[Visit]) -> list[tuple[Visit, Clash]]:
    """Each pair of clashing visits once, of which at least one is among these; most minutes first.

    rows  planned, with their areas and topics loaded; however many they are, few questions are asked
    """
    plans = {row.pk: plan_of(row) for row in rows}
    if not plans:
        return []
    buffers = {pk: timedelta(days=least_apart(plan.areas[0], plan.start)) for pk, plan in plans.items() if plan.areas}
    widest = max(buffers.values(), default=timedelta())
    first, last = min(plan.start for plan in plans.values()), max(plan.end for plan in plans.values())
    others = _loaded(_planned(actor, first - widest, last + widest))
    smallest = _smallest_by_area(area for plan in plans.values() for area in plan.areas)
    found: dict[frozenset[int], tuple[Visit, Clash]] = {}
    for row in rows:
        if row.pk in buffers:
            without = {pk: other for pk, other in others.items() if pk != row.pk}
            for clash in _compared(plans[row.pk], buffers[row.pk], without, smallest):
                found.setdefault(frozenset((row.pk, clash.visit.pk)), (row, clash))
    return sorted(found.values(), key=lambda pair: (-pair[1].saved, pair[0].starts_on, pair[0].pk, pair[1].visit.pk))


def _planned(actor: Actor, first: date, last: date) -> QuerySet[Visit]:
    return visible(actor, Visit).filter(state=VisitState.PLANNED, starts_on__lte=last, ends_on__gte=first)


def _loaded(rows: QuerySet[Visit]) -> dict[int, Visit]:
    found = Visit.objects.filter(pk__in=rows.order_by().values("pk")).select_related(*WITH)
    return {row.pk: row for row in found.prefetch_related("areas", "topics")}


def _compared(plan: Plan, buffer: timedelta, others: Mapping[int, Visit], smallest: Mapping[int, set[int]]) -> list[Clash]:  # fmt: skip
    """smallest: area of the plan → the smallest places in it"""
    wanted = Undertaking(
        "", frozenset(area.path for area in plan.areas), plan.start - buffer, plan.end + buffer,
        frozenset([ANY, *(term.code for term in plan.topics)]),
    )  # fmt: skip
    by_path = {
        area.path: area for area in [*plan.areas, *(area for row in others.values() for area in row.areas.all())]
    }
    by_code = {term.code: term for term in plan.topics}
    in_plan = set().union(*(smallest.get(area.pk, set()) for area in plan.areas))
    found = []
    for like in similar(wanted, map(as_undertaking, others.values())):
        visit, shared = others[like.key], [by_path[path] for path in sorted(like.areas)]  # type: ignore[index]
        count = len(in_plan & set().union(*(smallest.get(area.pk, {area.pk}) for area in shared)))
        found.append(
            Clash(
                visit, shared, count, [by_code[code] for code in sorted(like.topics - {ANY})],
                common_days(plan.start, plan.end, visit.starts_on, visit.ends_on) or 0,
                _days_between(plan.start, plan.end, visit), count * min(plan.minutes, visit.minutes),
            )
        )  # fmt: skip
    return found


def _smallest_by_area(areas: Iterable[Area]) -> dict[int, set[int]]:
    """Number of each area on the way → the smallest places in it, for all that lies in these areas."""
    found: dict[int, set[int]] = {}
    for pk, path in smallest_in(areas).values_list("pk", "path"):
        for around in path_ids(path):
            found.setdefault(around, set()).add(pk)
    return found


def as_undertaking(visit: Visit) -> Undertaking:
    return Undertaking(
        visit.pk,
        frozenset(area.path for area in visit.areas.all()),
        visit.starts_on,
        visit.ends_on,
        frozenset([ANY, *(term.code for term in visit.topics.all())]),
    )


def _is_smallest(area: Area) -> bool:
    return not area.children.filter(ended_on__isnull=True).exists()


def _days_between(start: date, end: date, visit: Visit) -> int:
    """Days that lie between two visits; 0 where they meet or follow each other."""
    return max((visit.starts_on - end).days - 1, (start - visit.ends_on).days - 1, 0)


# ---- what is odd about one, and what waits -----------------------------------------------------------------------


def warnings(call: Call | None, ends_on: date) -> list[str]:
    """What whoever plans should know."""
    if call is None or call.due_on is None or ends_on <= call.due_on:
        return []
    words = _("The visit ends on %(end)s, after the answers to %(call)s are due (%(due)s). Come earlier, or ask for more time.")  # fmt: skip
    day = {"end": date_format(ends_on, "DATE_FORMAT"), "due": date_format(call.due_on, "DATE_FORMAT")}
    return [words % {"call": call.reference, **day}]


def is_waiting(answer: JointAnswer) -> bool:
    """Whether an answer can still be given."""
    proposal = answer.proposal
    lead = proposal.joint or proposal.visit
    return (
        answer.verdict == Verdict.WAITING
        and proposal.withdrawn_at is None
        and answer.visit.state == VisitState.PLANNED
        and lead.state == VisitState.PLANNED
    )


def waiting_answers(positions: Collection[int]) -> list[JointAnswer]:
    """Proposals to go together that wait for an answer of these posts."""
    rows = JointAnswer.objects.filter(
        visit__position__in=list(positions), verdict=Verdict.WAITING, proposal__withdrawn_at__isnull=True,
        visit__state=VisitState.PLANNED,
    )  # fmt: skip
    related = rows.select_related("visit__position", "proposal__visit__organisation", "proposal__joint")
    return [row for row in related if is_waiting(row)]


def proposals_about(actor: Actor, visit: Visit) -> list[JointProposal]:
    """Proposals made for a visit or to it, the newest first, as far as the reader sees them."""
    about = Q(visit=visit) | Q(answers__visit=visit) | Q(joint=visit)
    rows = JointProposal.objects.filter(about).order_by().values("pk")
    return list(visible(actor, JointProposal).filter(pk__in=rows).select_related("visit__organisation", "joint"))


def to_be_noted(actor: Actor) -> QuerySet[Visit]:
    """Visits of the reader's posts whose last day is over and of which nobody has said that they took place."""
    return Visit.objects.filter(
        position__in=actor.position_ids, state=VisitState.PLANNED, ends_on__lt=clock.today()
    ).select_related("position", "organisation")
