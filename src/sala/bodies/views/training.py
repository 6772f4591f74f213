"""Training courses, the days they are held, and who came."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from sala.access.form_page import form_page, need_anywhere
from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.bodies import operations, policy
from sala.bodies.forms.fields import initial_of
from sala.bodies.forms.training import CourseForm, NewCourseForm, SessionForm, TrainedForm, course_initial
from sala.bodies.models import Course, Project, Session
from sala.bodies.queries.training import counts
from sala.core.language import sorted_by
from sala.documents.models import Document
from sala.duties.models import DutyKind

PER_PAGE = 50


def find(request: Request, slug: str) -> Course:
    return get_object_or_404(visible(request.actor, Course).select_related("owner__area", "project"), slug=slug)


def courses(request: Request) -> HttpResponse:
    rows = visible(request.actor, Course).select_related("owner").order_by(sorted_by("title"))
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "may_plan": request.actor.has_anywhere(policy.EDIT_TRAINING),
    }
    return render(request, "bodies/courses.html", context)


def course(request: Request, slug: str) -> HttpResponse:
    found = find(request, slug)
    actor = request.actor
    sessions = found.sessions.select_related("area").prefetch_related(
        "attendances__organisation__area__level", "attendances__position__organisation"
    )  # fmt: skip
    names = dict(DutyKind.choices)
    context = {
        "course": found,
        "project": visible(actor, Project).filter(pk=found.project_id or 0).first(),
        "materials": visible(actor, Document).filter(pk__in=found.materials.all()),
        "duties": [names[kind] for kind in found.duties],
        "sessions": [{"session": session, "counts": counts(session)} for session in sessions],
        "may_edit": can(actor, policy.EDIT_TRAINING, found),
    }
    return render(request, "bodies/course.html", context)


def plan(request: Request) -> HttpResponse:
    need_anywhere(request.actor, policy.EDIT_TRAINING)
    form = NewCourseForm(request.POST or None, actor=request.actor)
    return form_page(request, form, lambda data: operations.plan_course(request.actor, **data), heading=_("New course"))


def change(request: Request, slug: str) -> HttpResponse:
    found = find(request, slug)
    require(request.actor, policy.EDIT_TRAINING, found)
    initial = initial_of(found, CourseForm.NAMES) | course_initial(found)
    form = CourseForm(request.POST or None, actor=request.actor, initial=initial)
    return form_page(
        request,
        form,
        lambda data: operations.change_course(request.actor, found, **data),
        heading=_("Edit"),
        back=found,
    )


def add_session(request: Request, slug: str) -> HttpResponse:
    found = find(request, slug)
    require(request.actor, policy.EDIT_TRAINING, found)
    form = SessionForm(request.POST or None)
    return form_page(
        request, form, lambda data: operations.add_session(request.actor, found, **data) and None,
        heading=_("Days of the course"), back=found,
    )  # fmt: skip


def attendance(request: Request, pk: int) -> HttpResponse:
    rows = Session.objects.filter(course__in=visible(request.actor, Course)).select_related("course__owner__area")
    session = get_object_or_404(rows, pk=pk)
    require(request.actor, policy.EDIT_TRAINING, session.course)
    form = TrainedForm(request.POST or None)
    return form_page(
        request, form, lambda data: operations.note_trained(request.actor, session, **data) and None,
        heading=_("Who came"), back=session.course, lead=session,
    )  # fmt: skip
