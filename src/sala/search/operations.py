"""Keeping search rows in step with what they describe, in the transaction of each change."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from typing import Any

from django.db import connection, connections, models, transaction
from django.db.backends.postgresql.psycopg_any import Jsonb
from django.db.models import Q, QuerySet

from sala.core import subjects
from sala.core.subjects import Subject
from sala.search import analysis
from sala.search.english import stems
from sala.search.entries import Entry, Page
from sala.search.gathering import gathered
from sala.search.models import SearchPage, SearchRow
from sala.search.readers import Readers, readers_of

BATCH = 500
AT_ONCE = 500  # rows in one COPY

_ROW = {
    "noun": "text", "subject_id": "int8", "code": "text", "title": "jsonb", "body": "jsonb", "url": "text",
    "audiences": "text[]", "before": "text[]", "not_before": "timestamptz", "kind": "text", "kind_name": "jsonb", "topics": "text[]",
    "owner_id": "int8", "owner": "jsonb", "area_ids": "int8[]", "place": "jsonb", "tier": "text", "year": "int2",
    "dated": "date", "extent": "text", "analyser": "text", "digest": "text", "vector": "text", "pairs": "text",
}  # fmt: skip
_PAGE = {
    "row_id": "int8", "number": "int4", "language": "text", "text": "text", "is_guess": "bool", "vector": "text", "pairs": "text",
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """An object ready to be indexed: its entry, and who may find it."""

    noun: str
    subject_id: int
    entry: Entry
    readers: Readers

    def digest(self) -> str:
        """Changes when anything that would be stored changes."""
        entry = self.entry
        extent = bytes(entry.extent.wkb).hex() if entry.extent else ""
        told = [
            analysis.ANALYSER, dict(entry.title), entry.url, dict(entry.body), entry.kind, dict(entry.kind_name),
            list(entry.codes), list(entry.topics), entry.owner_id, entry.owner, list(entry.areas), entry.place,
            entry.tier, entry.year, entry.dated, extent, list(entry.pages), self.readers,
        ]  # fmt: skip
        return hashlib.md5(repr(told).encode(), usedforsecurity=False).hexdigest()


def refresh(instance: models.Model) -> None:
    """Write the search row of one object anew, or remove it when it is not to be found any more."""
    try:
        subject = subjects.of(instance)
    except KeyError:
        return
    if subject.search is None:
        return
    found = found_of(subject, instance)
    if found is None:
        SearchRow.objects.filter(noun=subject.noun, subject_id=instance.pk).delete()
    else:
        index([found])
    bump()


def refresh_many(instances: Sequence[models.Model]) -> None:
    """The same for many objects of one noun, in few statements."""
    if not instances:
        return
    subject = subjects.of(instances[0])
    found = [one for instance in instances if (one := found_of(subject, instance))]
    lost = {instance.pk for instance in instances} - {one.subject_id for one in found}
    SearchRow.objects.filter(noun=subject.noun, subject_id__in=lost).delete()
    index(found)
    bump()


def remove(instance: models.Model) -> None:
    SearchRow.objects.filter(noun=subjects.of(instance).noun, subject_id=instance.pk).delete()
    bump()


@dataclass(frozen=True)
class _Batch:
    """Objects of a noun to be written anew in one transaction: those numbered above `after`, up to `last` (None: all)."""

    noun: str
    after: int
    last: int | None
    force: bool


def reindex(nouns: Iterable[str] | None = None, force: bool = False, hands: int = 1) -> int:
    """Bring all search rows up to date, noun by noun, each batch in its own transaction.

    Rows that would not change are left alone unless `force`. Rows of objects that are gone are removed.
    hands  processes that share the batches; more than one only outside a transaction and where no thread runs
    Returns the number of objects that can be found.
    """
    wanted = set(nouns or ())
    subjects_wanted = [one for one in subjects.all_subjects() if one.search and (not wanted or one.noun in wanted)]
    batches = [batch for subject in subjects_wanted for batch in _batches(subject, force)]
    with gathered():
        if hands > 1 and len(batches) > hands:
            connections.close_all()  # each process opens its own
            with get_context("fork").Pool(hands) as pool:
                counted = sum(pool.imap_unordered(_reindex_batch, batches))
        else:
            counted = sum(map(_reindex_batch, batches))
    bump()
    return counted


def _batches(subject: Subject, force: bool) -> Iterator[_Batch]:
    after = 0
    numbers = subject.model_class._default_manager.order_by("pk").values_list("pk", flat=True).iterator()
    while batch := list(islice(numbers, BATCH)):
        yield _Batch(subject.noun, after, batch[-1], force)
        after = batch[-1]
    yield _Batch(subject.noun, after, None, force)  # what was made meanwhile, and rows of what is gone


def _reindex_batch(batch: _Batch) -> int:
    subject, numbers, above = subjects.by_noun(batch.noun), Q(pk__gt=batch.after), Q(subject_id__gt=batch.after)
    if batch.last is not None:
        numbers, above = numbers & Q(pk__lte=batch.last), above & Q(subject_id__lte=batch.last)
    # The rows before the objects: one that is made in between must not look as if its object were gone.
    stands = set(SearchRow.objects.filter(above, noun=subject.noun).values_list("subject_id", flat=True))
    there = set(subject.model_class._default_manager.filter(numbers).values_list("pk", flat=True))
    if stands - there:
        _delete(SearchRow.objects.filter(noun=subject.noun, subject_id__in=stands - there))
    return _write_anew(subject, sorted(there), batch.force)


def reindex_some(noun: str, numbers: Iterable[int]) -> int:
    """Bring the search rows of these objects of one noun up to date. Returns how many of them can be found."""
    counted = _write_anew(subjects.by_noun(noun), sorted(set(numbers)))
    bump()
    return counted


def _write_anew(subject: Subject, numbers: Sequence[int], force: bool = False) -> int:
    """Those that somebody changes at this moment come afterwards, one by one: who waits for them holds nothing else."""
    counted = 0
    for start in range(0, len(numbers), BATCH):
        some = numbers[start : start + BATCH]
        read, found = _write_locked(subject, some, force, skip=True)
        counted += found
        for number in sorted(set(some) - read):
            counted += _write_locked(subject, [number], force, skip=False)[1]
    return counted


def _write_locked(subject: Subject, numbers: Sequence[int], force: bool, *, skip: bool) -> tuple[set[int], int]:
    """(numbers read, how many can be found). Read and written under a lock, so that no change falls between the two.

    skip  leave out what another transaction holds; else wait for it, and then see what it has changed
    """
    with transaction.atomic():
        rows = subject.model_class._default_manager.filter(pk__in=numbers).order_by("pk")
        instances = list(rows.select_for_update(of=("self",), no_key=True, skip_locked=skip))
        models.prefetch_related_objects(instances, *subject.reads)
        found = [one for instance in instances if (one := found_of(subject, instance))]
        read = {instance.pk for instance in instances}
        lost = (read if skip else set(numbers)) - {one.subject_id for one in found}
        if lost:
            _delete(SearchRow.objects.filter(noun=subject.noun, subject_id__in=lost))
        index(found, force=force)
    return read, len(found)


def found_of(subject: Subject, instance: models.Model) -> Found | None:
    entry: Entry | None = subject.search(instance) if subject.search else None
    if entry is None:
        return None
    return Found(subject.noun, instance.pk, entry, readers_of(instance, entry.not_before))


def index(all_found: Sequence[Found], force: bool = False) -> None:
    """Store these objects. Those whose row would be the same are skipped unless `force`."""
    for start in range(0, len(all_found), AT_ONCE):
        _index(all_found[start : start + AT_ONCE], force)


def _index(all_found: Sequence[Found], force: bool) -> None:
    known = _known(all_found)
    todo = [
        (one, digest) for one in all_found if known.get((one.noun, one.subject_id)) != (digest := one.digest()) or force
    ]
    if todo:
        _remove([one for one, _digest in todo if (one.noun, one.subject_id) in known])
        _write(todo)


def bump() -> None:
    """Begin a new generation: counts kept from earlier ones are not used any more."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval('search_generation')")


def _ids_by_noun(all_found: Iterable[Found]) -> dict[str, list[int]]:
    ids: dict[str, list[int]] = {}
    for one in all_found:
        ids.setdefault(one.noun, []).append(one.subject_id)
    return ids


def _known(all_found: Sequence[Found]) -> dict[tuple[str, int], str]:
    """(noun, id) → digest of the stored row."""
    known: dict[tuple[str, int], str] = {}
    for noun, ids in _ids_by_noun(all_found).items():
        rows = SearchRow.objects.filter(noun=noun, subject_id__in=ids).values_list("subject_id", "digest")
        known.update({(noun, pk): digest for pk, digest in rows})
    return known


def _remove(all_found: list[Found]) -> None:
    for noun, its in _ids_by_noun(all_found).items():
        _delete(SearchRow.objects.filter(noun=noun, subject_id__in=its))


def _write(todo: list[tuple[Found, str]]) -> None:
    rows = [(one, digest, _prepared(one)) for one, digest in todo]
    roots = stems(word for _one, _digest, prepared in rows for word in prepared.latin())
    _copy("search_searchrow", _ROW, (_row(*row, roots) for row in rows))
    if any(one.entry.pages for one, _digest in todo):
        _write_pages([one for one, _digest in todo])


def _write_pages(all_found: Sequence[Found]) -> None:
    rows = {
        (noun, subject_id): pk
        for noun, its in _ids_by_noun(all_found).items()
        for pk, subject_id in SearchRow.objects.filter(noun=noun, subject_id__in=its).values_list("pk", "subject_id")
    }
    pages = [
        (rows[one.noun, one.subject_id], page, analysis.prepare([], [page.text]))
        for one in all_found
        for page in one.entry.pages
    ]
    roots = stems(word for _row_id, _one, prepared in pages for word in prepared.latin())
    _copy("search_searchpage", _PAGE, (_page(*page, roots) for page in pages))


def _copy(table: str, columns: Mapping[str, str], rows: Iterable[tuple[Any, ...]]) -> None:
    """The server takes in the rows while the next ones are made: nothing else may be asked of it meanwhile."""
    with connection.cursor() as cursor, cursor.copy(f"copy {table} ({', '.join(columns)}) from stdin") as copy:
        copy.set_types(list(columns.values()))
        for row in rows:
            copy.write_row(row)


def _delete(rows: QuerySet[SearchRow]) -> None:
    SearchPage.objects.filter(row__in=rows).delete()
    rows.delete()


def _prepared(one: Found) -> analysis.Ready:
    entry = one.entry
    return analysis.prepare(entry.title.values(), entry.body.values(), entry.codes, one.readers.audiences)


def _row(one: Found, digest: str, prepared: analysis.Ready, roots: Mapping[str, str]) -> tuple[Any, ...]:
    entry, readers = one.entry, one.readers
    lexemes = analysis.lexemes_of(prepared, roots)
    return (
        one.noun, one.subject_id, next(iter(entry.codes), ""), Jsonb(dict(entry.title)), Jsonb(dict(entry.body)), entry.url, readers.audiences,
        readers.before, readers.not_before, entry.kind, Jsonb(dict(entry.kind_name)), list(entry.topics),
        entry.owner_id, Jsonb(dict(entry.owner)), list(entry.areas), Jsonb(dict(entry.place)), entry.tier, entry.year,
        entry.dated, entry.extent.hexewkb.decode() if entry.extent else None, analysis.ANALYSER, digest,
        lexemes.vector(), lexemes.pair_vector(),
    )  # fmt: skip


def _page(row_id: int, page: Page, prepared: analysis.Ready, roots: Mapping[str, str]) -> tuple[Any, ...]:
    lexemes = analysis.lexemes_of(prepared, roots)
    return (row_id, page.number, page.language, page.text, page.is_guess, lexemes.vector(), lexemes.pair_vector())
