"""Rates of exchange, open to everybody."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sala.access.form_page import form_page, need_anywhere
from sala.access.request import Request
from sala.access.scope import visible
from sala.ledger import operations, policy
from sala.ledger.forms.accounts import RateForm
from sala.ledger.models import ExchangeRate

PER_PAGE = 100


def rates(request: Request) -> HttpResponse:
    rows = visible(request.actor, ExchangeRate).select_related("owner", "document")
    page = Paginator(rows.order_by("-valid", "from_currency"), PER_PAGE).get_page(request.GET.get("page"))
    may_enter = request.actor.has_anywhere(policy.ENTER)
    return render(request, "ledger/rates.html", {"page": page, "may_enter": may_enter})


def add(request: Request) -> HttpResponse:
    need_anywhere(request.actor, policy.ENTER)
    form = RateForm(request.POST or None, actor=request.actor)

    def work(data: dict[str, Any]) -> ExchangeRate:
        return operations.add_rate(request.actor, data.pop("owner"), **data)

    return form_page(request, form, work, heading=_("Lay down a rate of exchange"))
