"""Documents and rules of law in the API."""

from datetime import date
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from sala.access.request import Request
from sala.access.scope import visible
from sala.core.errors import Invalid
from sala.documents import queries
from sala.documents.models import Document, DocumentFile, Rule, RuleKind
from sala.people.api import sharing
from sala.people.api.sharing import SharingIn, SharingOut

router = Router(tags=["documents"])


class FileOut(Schema):
    name: str
    language: str
    media_type: str
    bytes: int
    sha256: str
    url: str


class DocumentOut(Schema):
    slug: str
    url: str
    kind: str
    title: dict[str, str]
    number: str
    issuer: str | None
    owner: str
    issued_on: date | None
    in_force_from: date | None
    in_force_until: date | None
    in_force: bool | None
    tier: str
    state: str
    certainty: str
    is_invented: bool


class ReferenceOut(Schema):
    relation: str
    document: str | None
    work: str
    clause: str


class PageOut(Schema):
    """reading: "" for words of the file, "machine" where they were read from a picture, "picture" where there are none."""

    number: int
    language: str
    text: str
    reading: str


class DocumentDetail(DocumentOut):
    summary: dict[str, str]
    language: str
    topics: list[str]
    areas: list[str]
    supersedes: str | None
    references: list[ReferenceOut]
    source: str
    source_url: str
    licence: str | None
    reviewed: list[str]
    files: list[FileOut]
    pages: list[PageOut]


class DocumentPageOut(Schema):
    count: int
    items: list[DocumentOut]


class RuleOut(Schema):
    kind: str
    key: str
    area: str | None
    value: dict[str, Any]
    start: date
    end: date | None
    source: str | None
    clause: str
    certainty: str
    owner: str
    url: str
    is_invented: bool


class RulePage(Schema):
    count: int
    items: list[RuleOut]


def summary(document: Document) -> dict[str, Any]:
    return {
        "slug": document.slug, "url": document.get_absolute_url(), "kind": document.kind.code, "title": document.title,
        "number": document.number, "issuer": document.issuer.code if document.issuer else None,
        "owner": document.owner.code, "issued_on": document.issued_on, "in_force_from": document.in_force_from,
        "in_force_until": document.in_force_until, "in_force": document.in_force, "tier": document.tier,
        "state": document.state, "certainty": document.certainty, "is_invented": document.is_invented,
    }  # fmt: skip


@router.get("/documents", response=DocumentPageOut, summary="Documents, newest first")
def documents(request: Request, kind: str = "", topic: str = "", issuer: str = "", place: str = "", year: str = "", q: str = "",
              in_force: bool = False, page: int = Query(1, ge=1), size: int = Query(100, ge=1, le=500)):  # fmt: skip
    rows = queries.documents_for(
        request.actor, kind=kind, topic=topic, issuer=issuer, place=place, year=year, q=q, in_force=in_force
    )  # fmt: skip
    return {"count": rows.count(), "items": [summary(row) for row in rows[(page - 1) * size : page * size]]}


@router.get(
    "/documents/{slug}", response=DocumentDetail, summary="One document with its files and the words of its pages"
)
def document(request: Request, slug: str, text: bool = False):
    """With `text=true` the words of each page come along."""
    seen = visible(request.actor, Document)
    found = queries.find(request.actor, slug, "kind", "issuer", "owner", "licence")
    prefetch_related_objects([found], Prefetch("files", DocumentFile.objects.filter(replaced_by__isnull=True)))
    open_ones = dict(seen.filter(referred_to_by__document=found).values_list("pk", "slug"))
    earlier = seen.filter(pk=found.supersedes_id).first() if found.supersedes_id else None
    return summary(found) | {
        "summary": found.summary,
        "language": found.language,
        "topics": [term.code for term in found.topics.all()],
        "areas": [area.code for area in found.areas.all()],
        "supersedes": earlier.slug if earlier else None,
        "references": [
            {"relation": row.relation, "document": open_ones.get(row.law_id or 0), "work": row.work, "clause": row.clause}
            for row in found.references.all()
        ],
        "source": found.source,
        "source_url": found.source_url,
        "licence": found.licence.code if found.licence else None,
        "reviewed": found.reviewed,
        "files": [
            {"name": file.name, "language": file.language, "media_type": file.media_type, "bytes": file.bytes,
             "sha256": file.sha256, "url": file.get_absolute_url()}
            for file in found.files.all()
        ],
        "pages": [{"number": row.number, "language": row.language, "text": row.text, "reading": row.reading} for row in (found.pages.all() if text else [])],
    }  # fmt: skip


@router.get("/documents/{slug}/sharings", response=list[SharingOut], summary="Organisations it is shared with")
def sharings(request: Request, slug: str):
    return sharing.listed(request, get_object_or_404(visible(request.actor, Document), slug=slug))


@router.post("/documents/{slug}/sharings", response={201: SharingOut}, summary="Share it with one more organisation")
def share(request: Request, slug: str, sent: SharingIn):
    return 201, sharing.add(request, get_object_or_404(visible(request.actor, Document), slug=slug), sent)


@router.delete("/documents/{slug}/sharings/{int:pk}", response={204: None}, summary="End a sharing")
def end_sharing(request: Request, slug: str, pk: int):
    sharing.end(request, get_object_or_404(visible(request.actor, Document), slug=slug), pk)
    return 204, None


@router.get("/rules", response=RulePage, summary="Rules of law; with `on`, those that hold on that day")
def rules(request: Request, kind: str = "", key: str = "", on: date | None = None, page: int = Query(1, ge=1),
          size: int = Query(100, ge=1, le=500)):  # fmt: skip
    if kind and kind not in RuleKind.values:
        raise Invalid(f"“{kind}” is not a kind of rule. Use one of: {', '.join(RuleKind.values)}.")
    rows = visible(request.actor, Rule).select_related("area", "owner").order_by("kind", "key", "pk")
    if kind:
        rows = rows.filter(kind=kind)
    if key:
        rows = rows.filter(key=key)
    if on:
        rows = rows.filter(valid__contains=on)
    chosen = rows[(page - 1) * size : page * size]
    ids = [rule.source_id for rule in chosen if rule.source_id]
    sources = dict(visible(request.actor, Document).filter(pk__in=ids).values_list("pk", "slug"))
    return {"count": rows.count(), "items": [_rule(rule, sources) for rule in chosen]}


def _rule(rule: Rule, sources: dict[int, str]) -> dict[str, Any]:
    return {
        "kind": rule.kind, "key": rule.key, "area": rule.area.code if rule.area else None, "value": rule.value,
        "start": rule.valid.lower, "end": rule.valid.upper, "source": sources.get(rule.source_id or 0),
        "clause": rule.clause, "certainty": rule.certainty, "owner": rule.owner.code, "url": rule.get_absolute_url(),
        "is_invented": rule.is_invented,
    }  # fmt: skip
