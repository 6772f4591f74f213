"""All addresses of the site, and /empty/<number>/."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import handler404, handler500
from config.urls import urlpatterns as site


def empty(request: HttpRequest, number: int) -> HttpResponse:
    return HttpResponse(b"", content_type="application/octet-stream")


urlpatterns = [path("empty/<int:number>/", empty), *site]
__all__ = ["handler404", "handler500", "urlpatterns"]
