"""One search over everything."""

from django.http import HttpResponse
from django.shortcuts import render

from sala.access.request import Request


def search(request: Request) -> HttpResponse:
    return render(request, "site/search.html", {"query": request.GET.get("q", "")})
