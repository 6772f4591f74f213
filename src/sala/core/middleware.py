"""The reader's language, and errors in it."""

import sys
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _

from sala.core.errors import Gone, Invalid, Missing, NotPermitted, NotReady, SalaError, TooLarge, TooMany
from sala.core.models import PackFact

Handler = Callable[[HttpRequest], HttpResponse]
YEAR = 31_536_000


class Overloaded(SalaError):
    status = 503
    code = "unavailable"
    title = _("The service cannot be reached at the moment")


def same_for_everybody(response: HttpResponseBase) -> HttpResponseBase:
    """Note that neither who asks nor the language changes this answer, so that a cache in between may give it to all."""
    response.same_for_everybody = True  # type: ignore[attr-defined]
    return response


class SharedMiddleware:
    """Stands outside of sessions and languages: what is the same for everybody does not vary with cookies and sets none."""

    def __init__(self, get_response: Handler):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(response, "same_for_everybody", False):
            kept = [name.strip() for name in response.headers.get("Vary", "").split(",")]
            kept = [name for name in kept if name and name.lower() not in ("cookie", "accept-language")]
            response.headers["Vary"] = ", ".join(kept)
            if not kept:
                del response.headers["Vary"]
            response.cookies.clear()
        return response


class LanguageMiddleware:
    """?lang= beats the cookie, the cookie beats Accept-Language, and the country's language is the last word."""

    def __init__(self, get_response: Handler):
        self.get_response = get_response
        self.known = {code for code, _name in settings.LANGUAGES}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("lang", "")
        chosen = asked if asked in self.known else request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if chosen not in self.known:
            chosen = self._accepted(request)
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", chosen)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        if asked in self.known:
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, asked, max_age=YEAR, samesite="Lax")
        return response

    def _accepted(self, request: HttpRequest) -> str:
        for part in request.headers.get("Accept-Language", "").split(","):
            code = part.split(";")[0].strip().split("-")[0].lower()
            if code in self.known:
                return code
        return settings.LANGUAGE_CODE


class FactsMiddleware:
    """What the country pack says is read once for an answer, whatever asks for it."""

    def __init__(self, get_response: Handler):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with PackFact.read_once():
            return self.get_response(request)


class ErrorMiddleware:
    """One place where an expected error becomes a page or an RFC 9457 problem, with the same words."""

    def __init__(self, get_response: Handler):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.META.get("sala.upload_too_large"):
            return answer(
                request,
                TooLarge(_("The file is larger than this service accepts. Send it in parts, or ask the operator.")),
            )
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, SalaError):
            return answer(request, error)
        if isinstance(error, Http404):
            return answer(request, Missing(_("Check the address, or search for what you need.")))
        if isinstance(error, DataError):
            return answer(request, unstorable())
        if isinstance(error, PermissionDenied):
            return answer(request, NotPermitted())
        return None


def unstorable() -> Invalid:
    """What the database refused to take: a number beyond all bounds, a NUL in a text. Nothing of it was kept."""
    return Invalid(
        _("A number is too large, or a text holds a sign that cannot be kept. Correct it and send it again.")
    )


def wants_json(request: HttpRequest) -> bool:
    return request.path.startswith(("/api/", "/ogc/")) or "application/json" in request.headers.get("Accept", "")


def problem(error: SalaError) -> dict:
    """RFC 9457 problem of an error."""
    body: dict = {
        "type": f"/errors/{error.code}",
        "title": str(error.title),
        "status": error.status,
        "detail": str(error.advice),
    }
    if error.fields:
        body["fields"] = {name: [str(text) for text in texts] for name, texts in error.fields.items()}
    if isinstance(error, Gone) and error.instead:
        body["instead"] = [{"url": url, "title": str(title)} for url, title in error.instead.items()]
    return body


def answer(request: HttpRequest, error: SalaError) -> HttpResponse:
    if wants_json(request):
        response: HttpResponse = JsonResponse(
            problem(error), status=error.status, content_type="application/problem+json"
        )
    else:
        response = render(request, "core/error.html", {"error": error}, status=error.status)
    if isinstance(error, (TooMany, NotReady)) and error.seconds:
        response.headers["Retry-After"] = str(error.seconds)
    return response


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, Missing(_("Check the address, or search for what you need.")))


def server_failed(request: HttpRequest) -> HttpResponse:
    """The last resort, for a fault of ours or an absent database; it touches neither database nor templates."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return _database_away(request)
    return HttpResponse(
        _("Something failed on our side. Nothing was saved. Try again; if it stays, tell the operator."),
        status=500,
        content_type="text/plain; charset=utf-8",
    )


def _database_away(request: HttpRequest) -> HttpResponse:
    error = Overloaded(_("The database does not answer. Nothing was saved; try again in a minute."))
    if wants_json(request):
        response: HttpResponse = JsonResponse(
            problem(error), status=error.status, content_type="application/problem+json"
        )
    else:
        response = HttpResponse(str(error), status=error.status, content_type="text/plain; charset=utf-8")
    response.headers["Retry-After"] = "60"
    return response
