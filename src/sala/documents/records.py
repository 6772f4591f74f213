"""Taking in documents described as data: from the command line, a folder with a sheet, or a pack.

A record is a mapping: title (per language), kind, number, issuer, owner, issued_on, tier, topics … and `file`, a path in
the folder. Taking the same record in again changes nothing; a changed file replaces the one of its language.
"""

from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from sala.access.actor import Actor
from sala.access.scope import Tier
from sala.core import lao
from sala.core.errors import Invalid, SalaError
from sala.core.files import store
from sala.core.language import Translated, languages
from sala.core.models import Term
from sala.core.pack import Report
from sala.documents import intake, operations, queries
from sala.documents.intake import Delivered
from sala.documents.models import Document, DocumentFile, DocumentState
from sala.people.models import Organisation
from sala.people.operations import share
from sala.people.queries import sharings_of
from sala.places.models import Area

PLAIN = ("number", "language", "source_url", "source", "certainty", "is_invented", "reviewed")
DATES = ("issued_on", "in_force_from", "in_force_until")
TERMS = {"kind": "document-kind", "licence": "licence"}
NEW_DELIVERY = "A newer copy was delivered"


class DryRun(Exception):
    """Rolls everything back after the difference is known."""


def load(actor: Actor, folder: Path, records: list[dict[str, Any]], dry_run: bool = False) -> Report:
    """Take in every record; one that is refused leaves nothing of itself and does not stop the others."""
    report, fresh_files = Report(), set()
    with suppress(DryRun), transaction.atomic():
        for number, record in enumerate(records, 1):
            where = (
                f"row {record['row']} ({record.get('file')})"
                if record.get("row")
                else record.get("slug") or f"entry {number}"
            )
            try:
                with transaction.atomic():
                    files = _deliveries(Path(folder), record)
                    fresh_files |= {file.sha256 for file in files if not store.path_of(file.sha256).exists()}
                    outcome, document = _take_in(actor, record, files)
                report.count(outcome, f"document {document.slug}")
            except SalaError as error:
                report.refuse(f"{where}: {_told(error)}")
        if dry_run:
            raise DryRun
    if dry_run:
        for digest in fresh_files:
            if not DocumentFile.objects.filter(sha256=digest).exists():
                store.path_of(digest).unlink(missing_ok=True)
    return report


def _told(error: SalaError) -> str:
    faults = [f"{name}: {text}" for name, texts in error.fields.items() for text in texts if name != "__all__"]
    return "; ".join(faults) or str(error)


def _deliveries(folder: Path, record: dict[str, Any]) -> list[Delivered]:
    """The files of a record, read in the child."""
    wanted = list(record.get("files") or [])
    if record.get("file"):
        wanted.insert(0, {"file": record["file"], "language": record.get("language") or ""})
    found = []
    for entry in wanted:
        path = (folder / entry["file"]).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise Invalid(f"{entry['file']} leads outside the folder. Put the file into it.")
        if not path.is_file():
            raise Invalid(f"{entry['file']} is not there. Correct the name, or put the file into the folder.")
        found.append(_known_already(path, record) or intake.read(path, path.name, entry.get("language") or ""))
    return found


def _known_already(path: Path, record: dict[str, Any]) -> Delivered | None:
    """What was read of this very file when it came before, so that a folder taken in again is not read again."""
    digest = store.digest_of(path)
    kept = DocumentFile.objects.filter(sha256=digest, document__owner__code=record.get("owner") or "").first()
    pages = list(kept.pages.order_by("number").values_list("text", flat=True)) if kept else []
    if not (kept and pages and record.get("title")):
        return None
    name = intake.safe_name(path.name)
    return Delivered(path, name, kept.media_type, kept.bytes, digest, kept.language, pages=pages)


def _take_in(actor: Actor, record: dict[str, Any], files: list[Delivered]) -> tuple[str, Document]:
    owner = _known(Organisation, record.get("owner"), "owner")
    fields = _fields(record, files)
    document = _existing(record, owner, fields, files)
    if document is None:
        return "new", _enter(actor, owner, record, fields, files)
    changed = operations.describe_document(actor, document, **fields)
    for file in files:
        changed |= _bring_up_to_date(actor, document, file, record.get("reason") or NEW_DELIVERY)
    changed |= _references(actor, document, record)
    document.refresh_from_db()
    wanted = _classification(record)
    if any(getattr(document, name) != value for name, value in wanted.items()):
        operations.classify_document(actor, document, **wanted)
        changed = True
    changed |= _shares(actor, document, record)
    return "changed" if changed else "unchanged", document


def _enter(
    actor: Actor, owner: Organisation, record: dict[str, Any], fields: dict[str, Any], files: list[Delivered]
) -> Document:
    first = files[0] if files else None
    document = operations.add_document(actor, owner, slug=record.get("slug") or "", file=first, **fields)
    for file in files[1:]:
        operations.add_file(actor, document, file=file)
    _references(actor, document, record)
    classification = _classification(record)
    if (record.get("state") or DocumentState.PUBLISHED) == DocumentState.PUBLISHED:
        operations.publish_document(actor, document, **classification)
    else:
        operations.classify_document(actor, document, **classification)
    _shares(actor, document, record)
    return document


def _bring_up_to_date(actor: Actor, document: Document, file: Delivered, reason: str) -> bool:
    if document.files.filter(sha256=file.sha256).exists():
        return False
    current = queries.current_files(document).filter(language=file.language).first()
    if current:
        operations.replace_file(actor, current, file=file, reason=reason)
    else:
        operations.add_file(actor, document, file=file)
    return True


def _references(actor: Actor, document: Document, record: dict[str, Any]) -> bool:
    added = False
    for entry in record.get("references") or []:
        law = _document(entry["law"], "references") if entry.get("law") else None
        wanted: dict[str, Any] = {
            "relation": entry.get("relation") or "cites", "law": law, "work": entry.get("work") or "",
            "clause": entry.get("clause") or "",
        }  # fmt: skip
        if not document.references.filter(**wanted).exists():
            operations.refer_to_law(actor, document, **wanted)
            added = True
    return added


def _existing(
    record: dict[str, Any], owner: Organisation, fields: dict[str, Any], files: list[Delivered]
) -> Document | None:
    """The document a record speaks of: by its address, else by its number, else by owner and file."""
    if record.get("slug"):
        return Document.objects.filter(slug=record["slug"]).first()
    live = Document.objects.exclude(state=DocumentState.WITHDRAWN)
    if fields.get("number"):
        same = {name: fields.get(name) for name in ("kind", "number", "issuer", "issued_on")}
        return live.filter(owner=owner, **same).first()
    for file in files:
        by_file = live.filter(owner=owner, number="")
        found = by_file.filter(files__sha256=file.sha256).first() or by_file.filter(files__name=file.name).first()
        if found:
            return found
    return None


def _fields(record: dict[str, Any], files: list[Delivered]) -> dict[str, Any]:
    """Model fields of a record; raises Invalid naming what is not known here."""
    title = Translated(record.get("title"))
    if not title and files:
        title = Translated(files[0].title)
    fields: dict[str, Any] = {"title": title}
    if record.get("summary") is not None:
        fields["summary"] = Translated(record["summary"])
    for name, scheme in TERMS.items():
        if record.get(name):
            fields[name] = _term(record[name], name, scheme)
    if "kind" not in fields:
        raise Invalid("kind: is missing. Give the code of a kind of document, such as law or report.")
    if record.get("issuer"):
        fields["issuer"] = _known(Organisation, record["issuer"], "issuer")
    for name in DATES:
        if record.get(name):
            fields[name] = _day(record[name], name)
    fields |= {name: record[name] for name in PLAIN if record.get(name) not in (None, "")}
    if record.get("number"):
        fields["number"] = lao.stored(str(record["number"]))
    if fields.get("language") and fields["language"] not in languages():
        raise Invalid(f"language: “{fields['language']}” is not one of {', '.join(languages())}.")
    if files and not fields.get("language"):
        fields["language"] = files[0].language
    if record.get("topics"):
        fields["topics"] = [_term(code, "topics", "topic") for code in record["topics"]]
    if record.get("areas"):
        fields["areas"] = [_known(Area, code, "areas") for code in record["areas"]]
    if record.get("supersedes"):
        fields["supersedes"] = _document(record["supersedes"], "supersedes")
    return fields


def _classification(record: dict[str, Any]) -> dict[str, Any]:
    tier = str(record.get("tier") or Tier.PUBLIC.value).lower()
    if tier not in list(Tier):
        raise Invalid(f"tier: “{tier}” is not one of {', '.join(Tier)}.")
    found: dict[str, Any] = {"tier": tier}
    if tier != Tier.PUBLIC:
        found["restriction"] = (
            _term(record["restriction"], "restriction", "restriction") if record.get("restriction") else None
        )
        found["restriction_law"] = (
            _document(record["restriction_law"], "law") if record.get("restriction_law") else None
        )
        found["restriction_clause"] = record.get("restriction_clause") or ""
    return found


def _shares(actor: Actor, document: Document, record: dict[str, Any]) -> bool:
    """Share with the organisations named in `shared_with`, for the purpose `shared_for`; those named before stay."""
    known = set(sharings_of(document).values_list("organisation__code", flat=True))
    named = [code for code in record.get("shared_with") or [] if code not in known]
    for code in named:
        share(actor, document, _known(Organisation, code, "shared_with"), purpose=record.get("shared_for") or "")
    return bool(named)


def _known(model: Any, code: Any, name: str) -> Any:
    found = model.objects.filter(code=str(code or "")).first()
    if found is None:
        said = f"“{code}” is not known here. Correct the code" if code else "is missing. Give its code"
        raise Invalid(f"{name}: {said}.")
    return found


def _term(word: Any, name: str, scheme: str) -> Term:
    """A term by its code, or by its name in any language as people write it in a sheet."""
    wanted = lao.normalise(str(word))
    for term in Term.objects.filter(scheme=scheme, retired=False):
        if wanted in (term.code.casefold(), *(lao.normalise(text) for text in term.name.values())):
            return term
    raise Invalid(f"{name}: “{word}” is not known here. Use a code of the vocabulary {scheme}.")


def _document(slug: str, name: str) -> Document:
    found = Document.objects.filter(slug=slug).first()
    if found is None:
        raise Invalid(f"{name}: there is no document at the address {slug}. Take that one in first.")
    return found


def _day(value: Any, name: str) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(lao.digits(str(value)).strip())
    except ValueError as error:
        raise Invalid(f"{name}: “{value}” is not a day. Write it as 2026-03-31.") from error
