"""Documents, page by page."""

from config.search_entries.boxes import around, box_of
from sala.core.language import Translated, languages
from sala.documents.models import Document
from sala.search.entries import Entry, Page

DOCUMENT_READS = ("kind", "issuer", "owner__area", "areas__extent", "topics", "pages")


def document(instance: Document) -> Entry | None:
    """A document is found by title, number, summary and issuer, and by the words of each of its pages."""
    if instance.state == "withdrawn":
        return None
    issuer = instance.issuer.name if instance.issuer else Translated()
    places = list(instance.areas.all())
    return Entry(
        title=instance.title,
        body=Translated({
            code: " ; ".join(filter(None, [instance.number, instance.summary.get(code, ""), issuer.get(code, "")]))
            for code in languages()
        }),
        url=instance.get_absolute_url(),
        kind=instance.kind.code,
        topics=[topic.code for topic in instance.topics.all()],
        owner_id=instance.owner_id,
        owner=dict(instance.owner.name),
        areas=list(dict.fromkeys(pk for place in places for pk in place.within())),
        codes=[instance.number, instance.slug] if instance.number else [instance.slug],
        place=dict(places[0].name) if places else {},
        tier=instance.tier,
        year=instance.issued_on.year if instance.issued_on else None,
        dated=instance.issued_on,
        extent=around(map(box_of, places)),
        pages=[Page(page.number, page.language, page.text, page.reading == "machine") for page in instance.pages.all()],
    )  # fmt: skip
