"""The public heads of the chain."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sala.journal.models import Head

PER_PAGE = 50


def heads(request: HttpRequest) -> HttpResponse:
    page = Paginator(Head.objects.order_by("-day"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "journal/heads.html", {"page": page})
