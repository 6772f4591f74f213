"""Pages that are pictures only: noted when a file comes, read by machine afterwards, and marked as what they are."""

from collections import defaultdict

from sala.access.actor import Actor
from sala.core import language
from sala.core.files import child, store
from sala.core.files.child import Limits
from sala.core.files.ocr import SECONDS
from sala.core.operation import lock, operation
from sala.documents import policy
from sala.documents.intake import rejoined
from sala.documents.models import Document, DocumentFile, DocumentPage
from sala.journal.operations import record

# language → the model that reads its letters
MODELS = {"lo": "lao", "en": "eng", "fr": "fra", "th": "tha", "vi": "vie", "km": "khm", "zh": "chi_sim"}
MOST_PAGES = 250  # of a file that are read; the worker has other things to do as well
AT_ONCE = 5  # pages in one child; what was read of a long document is kept though a later page fails
READING = Limits(seconds=AT_ONCE * SECONDS + 60, output=256 * 1024**2)


def note_pictures(actor: Actor, document: Document) -> None:
    """After a file was added: say on record that it has pages without words, so that they are read."""
    count = document.pages.filter(reading=DocumentPage.Reading.PICTURE).count()
    if count:
        record(actor, policy.SCAN, document, change="pages are pictures", pages=count)


def read_scans(actor: Actor, document: Document) -> int:
    """Read the pages that are pictures only, some at a time. Returns how many got words.

    Without the program, or where it finds nothing, they stay what they are. May run twice.
    """
    waiting: dict[DocumentFile, list[int]] = defaultdict(list)
    for page in document.pages.filter(reading=DocumentPage.Reading.PICTURE).select_related("file").order_by("number"):
        waiting[page.file].append(page.number)
    counted = 0
    for file, numbers in waiting.items():
        for start in range(0, min(len(numbers), MOST_PAGES), AT_ONCE):
            found = child.run(
                "sala.core.files.ocr:read", store.path_of(file.sha256), numbers[start : start + AT_ONCE],
                _models(file.language), limits=READING,
            )  # fmt: skip
            if not found["is_there"]:
                break
            words = {int(number): rejoined(text) for number, text in found["pages"].items() if text}
            counted += _keep(actor, file, words) if words else 0
    return counted


def _models(code: str) -> list[str]:
    """That of the file's language first, then English for the numbers and names between."""
    return list(dict.fromkeys([MODELS.get(code, MODELS[language.languages()[0]]), "eng"]))


@operation
def _keep(actor: Actor, file: DocumentFile, words: dict[int, str]) -> int:
    document = lock(file.document)
    pages = list(file.pages.select_for_update().filter(number__in=words, reading=DocumentPage.Reading.PICTURE))
    for page in pages:
        page.text, page.reading = words[page.number], DocumentPage.Reading.MACHINE
    DocumentPage.objects.bulk_update(pages, ["text", "reading"])
    if pages:
        record(actor, policy.EDIT, document, change="pages read by machine", pages=len(pages), file=file.sha256)
    return len(pages)
