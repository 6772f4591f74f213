"""Bodies, meetings, projects and courses for programs. What a reader may see is what the pages show."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from ninja import Query, Router, Schema

from sala.access.request import Request
from sala.access.scope import visible
from sala.bodies.models import Body, Course, Decision, Meeting, Project
from sala.bodies.queries.meetings import decisions_seen, seats_on, standings
from sala.bodies.queries.projects import projects_for
from sala.core.api import PageQuery
from sala.core.errors import Missing

router = Router(tags=["bodies"])


class SeatOut(Schema):
    role: str
    post: str
    organisation: str
    is_held: bool


class ActionOut(Schema):
    """state: of the assignment, empty until it is given out."""

    wording: dict[str, str]
    post: str
    due_on: date
    state: str
    is_open: bool
    call: str | None


class DecisionOut(Schema):
    document: str
    number: str
    title: dict[str, str]
    decided_on: date | None
    meeting: str
    actions: list[ActionOut]


class BodyOut(Schema):
    slug: str
    url: str
    kind: str
    name: dict[str, str]
    area: str
    secretariat: str
    parent: str | None
    tier: str
    set_up_on: date | None
    dissolved_on: date | None
    is_invented: bool


class BodyDetail(BodyOut):
    mandate: dict[str, str]
    topics: list[str]
    seats: list[SeatOut]
    decisions: list[DecisionOut]


class MeetingOut(Schema):
    reference: str
    url: str
    body: str
    title: dict[str, str]
    starts_at: datetime
    ends_at: datetime | None
    state: str
    tier: str
    is_invented: bool


class ItemOut(Schema):
    order: int
    kind: str
    title: dict[str, str]
    outcome: str


class ParticipantOut(Schema):
    organisation: str | None
    post: str | None
    label: str
    is_guest: bool
    women: int
    men: int
    unstated: int


class MeetingDetail(MeetingOut):
    purpose: dict[str, str]
    venue: dict[str, str]
    agenda: list[ItemOut]
    participants: list[ParticipantOut]
    decisions: list[DecisionOut]


class PartnerOut(Schema):
    organisation: str
    role: str


class ProjectOut(Schema):
    slug: str
    url: str
    kind: str
    state: str
    title: dict[str, str]
    starts_on: date
    ends_on: date | None
    areas: list[str]
    topics: list[str]
    owner: str
    partners: list[PartnerOut]
    tier: str
    is_invented: bool


class ProjectDetail(ProjectOut):
    """budget: in whole units of the currency."""

    aim: dict[str, str]
    results: dict[str, str]
    budget: Decimal | None
    currency: str
    question: dict[str, str]
    before: dict[str, str]
    after: dict[str, str]
    verdict: str


class CourseOut(Schema):
    slug: str
    url: str
    title: dict[str, str]
    aim: dict[str, str]
    duties: list[str]
    topics: list[str]
    owner: str
    tier: str
    is_invented: bool


class SessionOut(Schema):
    starts_on: date
    ends_on: date
    area: str
    women: int
    men: int
    unstated: int


class CourseDetail(CourseOut):
    sessions: list[SessionOut]


class BodyPage(Schema):
    count: int
    items: list[BodyOut]


class MeetingPage(Schema):
    count: int
    items: list[MeetingOut]


class ProjectPage(Schema):
    count: int
    items: list[ProjectOut]


class CoursePage(Schema):
    count: int
    items: list[CourseOut]


def _page(rows: QuerySet, query: PageQuery, out: Any) -> dict[str, Any]:
    return {"count": rows.count(), "items": [out(row) for row in rows[query.slice()]]}


def _found(rows: QuerySet, **names: str) -> Any:
    found = rows.filter(**names).first()
    if found is None:
        raise Missing
    return found


def _codes(rows: Any) -> list[str]:
    return [row.code for row in rows.all()]


def _body(row: Body) -> dict[str, Any]:
    return {
        "slug": row.slug, "url": row.get_absolute_url(), "kind": row.kind, "name": row.name, "area": row.area.code,
        "secretariat": row.secretariat.code, "parent": row.parent.slug if row.parent else None, "tier": row.tier,
        "set_up_on": row.set_up_on, "dissolved_on": row.dissolved_on, "is_invented": row.is_invented,
    }  # fmt: skip


def _decisions(request: Request, rows: QuerySet[Decision]) -> list[dict[str, Any]]:
    seen = decisions_seen(request.actor, rows)
    standing = standings(request.actor, [action for decision in seen for action in decision.actions.all()])
    return [
        {
            "document": decision.document.slug, "number": decision.document.number, "title": decision.document.title,
            "decided_on": decision.document.issued_on, "meeting": decision.item.meeting.reference,
            "actions": [_action(standing[action.pk]) for action in decision.actions.all()],
        }
        for decision in seen
    ]  # fmt: skip


def _action(standing: Any) -> dict[str, Any]:
    assignment = standing.assignment
    return {
        "wording": standing.action.wording, "post": standing.action.position.code, "due_on": standing.action.due_on,
        "state": assignment.state if assignment else "", "is_open": standing.is_open,
        "call": assignment.call.reference if assignment else None,
    }  # fmt: skip


def _meeting(row: Meeting) -> dict[str, Any]:
    return {
        "reference": row.reference, "url": row.get_absolute_url(), "body": row.body.slug, "title": row.title,
        "starts_at": row.starts_at, "ends_at": row.ends_at, "state": row.state, "tier": row.tier,
        "is_invented": row.is_invented,
    }  # fmt: skip


def _project(row: Project) -> dict[str, Any]:
    return {
        "slug": row.slug, "url": row.get_absolute_url(), "kind": row.kind, "state": row.state, "title": row.title,
        "starts_on": row.starts_on, "ends_on": row.ends_on, "areas": _codes(row.areas), "topics": _codes(row.topics),
        "owner": row.owner.code, "tier": row.tier, "is_invented": row.is_invented,
        "partners": [{"organisation": partner.organisation.code, "role": partner.role} for partner in row.partners.all()],
    }  # fmt: skip


def _course(row: Course) -> dict[str, Any]:
    return {
        "slug": row.slug, "url": row.get_absolute_url(), "title": row.title, "aim": row.aim, "duties": row.duties,
        "topics": _codes(row.topics), "owner": row.owner.code, "tier": row.tier, "is_invented": row.is_invented,
    }  # fmt: skip


@router.get("/bodies", response=BodyPage)
def bodies(request: Request, query: Query[PageQuery]) -> Any:
    """Committees, working groups, round tables and secretariats."""
    rows = visible(request.actor, Body).select_related("area", "secretariat", "parent")
    return _page(rows.order_by("slug"), query, _body)


@router.get("/bodies/{slug}", response=BodyDetail)
def body(request: Request, slug: str) -> Any:
    """One body with the seats of today, its decisions and how they stand."""
    row = _found(visible(request.actor, Body).select_related("area", "secretariat", "parent"), slug=slug)
    seats = [
        {"role": seat.role, "post": seat.position.code, "organisation": seat.position.organisation.code,
         "is_held": seat.is_held}
        for seat in seats_on(row)
    ]  # fmt: skip
    decisions = _decisions(request, Decision.objects.filter(item__meeting__body=row))
    return {**_body(row), "mandate": row.mandate, "topics": _codes(row.topics), "seats": seats, "decisions": decisions}


@router.get("/meetings", response=MeetingPage)
def meetings(request: Request, query: Query[PageQuery]) -> Any:
    """Meetings, the latest first."""
    return _page(visible(request.actor, Meeting).select_related("body"), query, _meeting)


@router.get("/meetings/{reference}", response=MeetingDetail)
def meeting(request: Request, reference: str) -> Any:
    """One meeting with its agenda, who was invited and came, and its decisions. Minutes are on its page."""
    row = _found(visible(request.actor, Meeting).select_related("body"), reference=reference)
    names = ("label", "is_guest", "women", "men", "unstated")
    return {
        **_meeting(row),
        "purpose": row.purpose,
        "venue": row.venue,
        "agenda": list(row.items.all()),
        "participants": [
            {
                "organisation": one.organisation.code if one.organisation else None,
                "post": one.position.code if one.position else None,
                **{name: getattr(one, name) for name in names},
            }
            for one in row.participants.select_related("organisation", "position")
        ],
        "decisions": _decisions(request, Decision.objects.filter(item__meeting=row)),
    }


class ProjectQuery(PageQuery):
    place: str = ""
    topic: str = ""
    state: str = ""
    kind: str = ""
    partner: str = ""
    q: str = ""


@router.get("/projects", response=ProjectPage)
def projects(request: Request, query: Query[ProjectQuery]) -> Any:
    """Projects, programmes, pilots and agreements; `place` finds those that work in it, in a part of it or around it."""
    filters = query.dict(exclude={"page", "size"})
    return _page(projects_for(request.actor, **filters), query, _project)


@router.get("/projects/{slug}", response=ProjectDetail)
def project(request: Request, slug: str) -> Any:
    row = _found(visible(request.actor, Project).select_related("owner"), slug=slug)
    names = ("aim", "results", "currency", "question", "before", "after", "verdict")
    return {**_project(row), "budget": row.amount, **{name: getattr(row, name) for name in names}}


@router.get("/courses", response=CoursePage)
def courses(request: Request, query: Query[PageQuery]) -> Any:
    """Training courses."""
    return _page(visible(request.actor, Course).select_related("owner").order_by("slug"), query, _course)


@router.get("/courses/{slug}", response=CourseDetail)
def course(request: Request, slug: str) -> Any:
    """One course with the days it was held and how many came."""
    row = _found(visible(request.actor, Course).select_related("owner"), slug=slug)
    sessions = [
        {
            "starts_on": session.starts_on, "ends_on": session.ends_on, "area": session.area.code,
            **{name: sum(getattr(line, name) for line in session.attendances.all()) for name in ("women", "men", "unstated")},
        }
        for session in row.sessions.select_related("area").prefetch_related("attendances")
    ]  # fmt: skip
    return {**_course(row), "sessions": sessions}
