"""Answers of a form as streams for programs, from page to page or whole."""

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from sala.access.request import Request
from sala.collection.queries.forms import forms_for
from sala.collection.views.data import answer_with

router = Router(tags=["forms"])


class TakeQuery(Schema):
    """table: name of a repeat's table; state: one of answers', or all; call: reference of a round; place: code; words: 1
    for the words of choices beside their codes; limit (to 10,000) and after: X-Last of the answer before, to go on."""

    table: str = ""
    state: str = ""
    call: str = ""
    place: str = ""
    period: str = ""
    words: str = ""
    after: str = ""
    limit: str = ""


def _take(request: Request, slug: str, kind: str) -> HttpResponseBase:
    return answer_with(request, get_object_or_404(forms_for(request.actor), slug=slug), kind)


@router.get("/forms/{slug}/answers.csv", summary="Answers that the caller sees, as CSV")
def answers_csv(request: Request, slug: str, query: Query[TakeQuery]) -> HttpResponseBase:
    return _take(request, slug, "csv")


@router.get("/forms/{slug}/answers.jsonl", summary="Answers that the caller sees, one JSON object a line")
def answers_json(request: Request, slug: str, query: Query[TakeQuery]) -> HttpResponseBase:
    return _take(request, slug, "jsonl")
