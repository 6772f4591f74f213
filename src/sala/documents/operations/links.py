"""Checking the addresses at which documents were published, once a week, and keeping a dated copy where that is allowed."""

import tempfile
from datetime import timedelta
from pathlib import Path

from django.db.models import F, Q

from sala.core import clock, fetching
from sala.core.files import store
from sala.documents.models import Document, LinkCheck

EVERY = 7  # days
AT_ONCE = 200  # addresses in one job; the rest have their turn an hour later
BOUNDS = fetching.Bounds(size=50 * 1024**2, seconds=60)


def check_links(limit: int = AT_ONCE) -> int:
    """Check the addresses whose turn it is, those that waited longest first. Returns how many."""
    since = clock.now() - timedelta(days=EVERY)
    turn = Q(link_check__isnull=True) | ~Q(link_check__url=F("source_url")) | Q(link_check__checked_at__lte=since)
    due = Document.objects.exclude(source_url="").exclude(state="withdrawn").filter(turn)
    rows = list(
        due.select_related("licence", "link_check").order_by(F("link_check__checked_at").asc(nulls_first=True), "pk")[
            :limit
        ]
    )
    for document in rows:
        check_link(document)
    return len(rows)


def check_link(document: Document) -> LinkCheck:
    """Ask the address now. A copy that was kept stays when the address fails; it is what is left."""
    check = LinkCheck.objects.filter(document=document).first() or LinkCheck(document=document)
    if check.url != document.source_url:
        check = LinkCheck(pk=check.pk, document=document, url=document.source_url)
    check.checked_at = clock.now()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answer"
        try:
            with path.open("wb") as handle:
                answer = fetching.fetch(document.source_url, handle, bounds=BOUNDS)
        except fetching.Unfetched as error:
            check.failures, check.words = check.failures + 1, str(error)[:300]
        else:
            check.failures, check.words, check.answered_at = 0, "", check.checked_at
            if may_be_copied(document):
                check.copy_sha256, check.copy_bytes = store.keep(path)
                check.copied_at, check.copy_type = check.checked_at, answer.media_type[:100]
    check.save()
    return check


def may_be_copied(document: Document) -> bool:
    """Whether its licence is one that the pack calls open."""
    return bool(document.licence and document.licence.data.get("open"))
