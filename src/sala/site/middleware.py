"""Which front door a request came through."""

from collections.abc import Callable
from fnmatch import fnmatch

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from sala.access.request import Request
from sala.core.errors import NotPermitted, SalaError, SignInNeeded
from sala.core.middleware import answer
from sala.core.statements import Statement
from sala.site.models import Portal

OPEN_PATHS = ("/sign-in/", "/sign-out/", "/link/", "/static/", "/healthz", "/verify/", "/portal/")
WITHOUT = "/healthz"  # for machines
PORTALS = Statement(lambda: Portal.objects.all())  # asked for every page


class PortalMiddleware:
    """Puts the Portal of the host name on the request; an internal one is closed to the public."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        portal = None if request.path.startswith(WITHOUT) else portal_of(request.get_host())
        request.portal = portal
        if (
            portal
            and portal.tier != "public"
            and not request.actor.is_government
            and not request.path.startswith(OPEN_PATHS)
        ):
            return answer(request, _closed_to(request))
        return self.get_response(request)


def _closed_to(request: Request) -> SalaError:
    """To who holds a post elsewhere, signing in once more is no way in."""
    if request.actor.has_post:
        return NotPermitted(_("This front door is for government staff. Use the public one; your desk is there too."))
    return SignInNeeded(_("This front door is for government staff. Sign in with your link."))


def portal_of(host: str) -> Portal | None:
    name = host.rsplit(":", 1)[0].lower() if not host.endswith("]") else host
    default = None
    for portal in PORTALS.objects():
        if portal.host and fnmatch(name, portal.host.lower()):
            return portal
        if portal.is_default:
            default = portal
    return default
