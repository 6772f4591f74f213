"""Keeping search rows in step with what they describe, in the transaction of each change."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import connection, models, transaction

from sala.access.scope import audiences_of
from sala.core import language, subjects
from sala.core.subjects import Subject
from sala.search import analysis
from sala.search.entries import Entry
from sala.search.models import SearchRow

BATCH = 500
COLUMNS = (
    "noun, subject_id, part, language, title, body, url, audiences, not_before, topics, kind, owner_id, owner, area_ids,"
    " place, tier, year, dated, extent, analyser, vector, clusters"
)
ROW = (
    "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, st_geomfromwkb(%s, 4326), %s,"
    " setweight(to_tsvector('english', %s), 'A') || %s::tsvector || setweight(to_tsvector('english', %s), 'C')"
    " || %s::tsvector, %s::tsvector)"
)


def refresh(instance: models.Model) -> None:
    """Write the search rows of one object anew, or remove them when it is not to be found any more."""
    try:
        subject = subjects.of(instance)
    except KeyError:
        return
    if subject.search is None:
        return
    SearchRow.objects.filter(noun=subject.noun, subject_id=instance.pk).delete()
    _insert(list(_rows(subject, instance)))


def remove(instance: models.Model) -> None:
    SearchRow.objects.filter(noun=subjects.of(instance).noun, subject_id=instance.pk).delete()


def reindex(nouns: Iterable[str] | None = None) -> int:
    """Write all search rows anew, noun by noun, each batch in its own transaction. Returns the number of rows."""
    written = 0
    for subject in subjects.all_subjects():
        if subject.search is None or (nouns and subject.noun not in nouns):
            continue
        instances = subject.model_class._default_manager.order_by("pk").iterator(chunk_size=BATCH)
        seen_up_to = 0
        while batch := list(islice(instances, BATCH)):
            with transaction.atomic():
                SearchRow.objects.filter(
                    noun=subject.noun, subject_id__gt=seen_up_to, subject_id__lte=batch[-1].pk
                ).delete()
                rows = [row for instance in batch for row in _rows(subject, instance)]
                _insert(rows)
            written += len(rows)
            seen_up_to = batch[-1].pk
        SearchRow.objects.filter(noun=subject.noun, subject_id__gt=seen_up_to).delete()
    return written


def _rows(subject: Subject, instance: models.Model) -> Iterator[tuple]:
    entry: Entry | None = subject.search(instance) if subject.search else None
    if entry is None:
        return
    audiences = audiences_of(instance)
    common = (subject.noun, instance.pk)
    for code in language.languages():
        if code in entry.title or code in entry.body or code == language.required_language():
            title, body = entry.title.get(code, ""), entry.body.get(code, "")
            shown = title or entry.title.text(code).text
            yield _row(common, 0, code, shown, title, body, entry, audiences)
    for page in entry.pages:
        shown = entry.title.text(page.language).text
        yield _row(common, page.number, page.language, shown, "", page.text, entry, audiences)


def _row(
    common: tuple, part: int, code: str, shown: str, title: str, body: str, entry: Entry, audiences: list[str]
) -> tuple:
    marks = " ".join(analysis.quoted(lexeme) for lexeme in analysis.audience_lexemes(audiences))
    heading = analysis.vector(analysis.lao_words(title), "A")
    content = analysis.vector(analysis.lao_words(body), "C")
    pairs = analysis.vector([*analysis.cluster_pairs(title), " ", *analysis.cluster_pairs(body)])
    return (
        *common, part, code, shown, body, entry.url, audiences, entry.not_before, list(entry.topics), entry.kind,
        entry.owner_id, json.dumps(entry.owner, ensure_ascii=False), list(entry.areas),
        json.dumps(entry.place, ensure_ascii=False), entry.tier, entry.year, entry.dated,
        bytes(entry.extent.wkb) if entry.extent else None, analysis.ANALYSER,
        analysis.latin_part(title), heading, analysis.latin_part(body), content, f"{pairs} {marks}".strip(),
    )  # fmt: skip


def _insert(rows: list[tuple]) -> None:
    if not rows:
        return
    marks = [" ".join(map(analysis.quoted, analysis.audience_lexemes(row[7]))) for row in rows]
    with connection.cursor() as cursor:
        for start in range(0, len(rows), 100):
            part = rows[start : start + 100]
            values = [value for row, mark in zip(part, marks[start:], strict=False) for value in _with_marks(row, mark)]
            cursor.execute(
                f"insert into search_searchrow ({COLUMNS}) values {', '.join([ROW] * len(part))}",  # noqa: S608
                values,
            )


def _with_marks(row: tuple, marks: str) -> tuple:
    """The audience words join the body's words, so that one index answers word and permission together."""
    return (*row[:-2], f"{row[-2]} {marks}".strip(), row[-1])
