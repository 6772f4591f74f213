"""The list of documents, one document, the words of one of its pages."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render

from sala.access.request import Request
from sala.access.scope import can, visible
from sala.core import language
from sala.core.models import Term
from sala.documents import policy, queries
from sala.documents.models import Document, LinkCheck
from sala.people.queries import sharings_of
from sala.places.models import Area

PER_PAGE = 25
PAGES_IN_FULL, LETTERS_IN_FULL = 30, 40_000  # a longer text is shown by the first words of each page, with a link
PAGES_WITH_WORDS = 150  # a still longer one by the numbers of its pages
BEGINNING = 200  # characters
FILTERS = ("kind", "topic", "issuer", "place", "year", "q")


def documents(request: Request) -> HttpResponse:
    """All documents the reader may see, newest first, with simple filters."""
    chosen = {name: request.GET.get(name, "").strip()[:100] for name in FILTERS}
    in_force = request.GET.get("in_force") == "1"
    found = queries.documents_for(request.actor, **chosen, in_force=in_force)
    context = {
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "chosen": {**chosen, "in_force": in_force},
        "place": visible(request.actor, Area).filter(code=queries.typed(chosen["place"])).first()
        if chosen["place"]
        else None,
        "kinds": Term.objects.filter(scheme="document-kind", retired=False),
        "topics": Term.objects.filter(scheme="topic", retired=False),
        "may_add": request.actor.has_anywhere(policy.EDIT),
        "may_issue": request.actor.has_anywhere(policy.ISSUE),
    }
    return render(request, "documents/list.html", context)


def document(request: Request, slug: str) -> HttpResponse:
    """Everything known of one document: legal data, files, words, relations, what uses it."""
    found = queries.find(request.actor, slug, "kind", "issuer", "owner", "restriction", "licence")
    codes = queries.text_languages(found)
    shown = _text_language(request, codes)
    pages = list(queries.pages_in(found, shown)) if shown else []
    seen = visible(request.actor, Document)
    context = {
        "document": found,
        "files": queries.current_files(found),
        "former_files": found.files.filter(replaced_by__isnull=False).order_by("-id"),
        "text_languages": codes,
        "text_language": shown,
        "pages": pages,
        "in_full": len(pages) <= PAGES_IN_FULL and sum(len(page.text) for page in pages) <= LETTERS_IN_FULL,
        "with_words": len(pages) <= PAGES_WITH_WORDS,
        "beginning": BEGINNING,
        "references": found.references.select_related("law"),
        "seen": set(seen.filter(pk__in=_mentioned(found)).values_list("pk", flat=True)),
        "earlier": seen.filter(pk=found.supersedes_id).first() if found.supersedes_id else None,
        "later": seen.filter(supersedes=found),
        "referred_to_by": seen.filter(references__law=found).distinct(),
        "uses": queries.uses_of(request.actor, found),
        "may_edit": can(request.actor, policy.EDIT, found),
        "may_publish": can(request.actor, policy.PUBLISH, found),
        "sharings": sharings_of(found),
        "link": LinkCheck.objects.filter(document=found, url=found.source_url).first() if found.source_url else None,
    }
    return render(request, "documents/document.html", context)


def _mentioned(found: Document) -> list[int]:
    """Ids of documents that the page would link to, if the reader may see them."""
    ids = [reference.law_id for reference in found.references.all() if reference.law_id]
    return [*ids, found.restriction_law_id] if found.restriction_law_id else ids


def _text_language(request: Request, codes: list[str]) -> str:
    asked = request.GET.get("text", "")
    for code in (asked, language.current(), *codes):
        if code in codes:
            return code
    return ""


def page(request: Request, slug: str, code: str, number: int) -> HttpResponse:
    """The words of one page; for documents too long to show at once."""
    found = queries.find(request.actor, slug)
    numbers = list(found.pages.filter(language=code).order_by("number").values_list("number", flat=True))
    if number not in numbers:
        raise Http404
    context = {
        "document": found,
        "page_of": found.pages.select_related("file").get(language=code, number=number),
        "before": number - 1 if number - 1 in numbers else None,
        "after": number + 1 if number + 1 in numbers else None,
        "last": numbers[-1],
    }
    return render(request, "documents/page.html", context)
