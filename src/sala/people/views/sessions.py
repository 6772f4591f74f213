"""Where a person is signed in, and ending it there."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sala.access.request import Request
from sala.people.devices import device_of
from sala.people.sign_in import end_sessions, sessions_of
from sala.people.views.me import signed_in_person


def sessions(request: Request) -> HttpResponse:
    person = signed_in_person(request)
    listed = sessions_of(person)
    for session in listed:
        session.device = device_of(session.user_agent)
    context = {"sessions": listed, "here": request.session.session_key}
    return render(request, "people/sessions.html", context)


@require_POST
def end_session(request: Request, pk: int) -> HttpResponse:
    """End one of one's own sessions; the present one signs out here."""
    person = signed_in_person(request)
    session = get_object_or_404(UserSession, user=person, pk=pk)
    is_here = session.session_key == request.session.session_key
    session.end()
    if is_here:
        request.session.flush()
        return redirect("site:home")
    messages.success(request, _("That session was ended."))
    return redirect("people:sessions")


@require_POST
def end_other_sessions(request: Request) -> HttpResponse:
    person = signed_in_person(request)
    count = end_sessions(person, but=request.session.session_key)
    messages.success(request, _("Other sessions that were ended: %(count)s.") % {"count": count})
    return redirect("people:sessions")
