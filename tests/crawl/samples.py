"""One object per noun × tier × state, and for every address how to fill it.

An address is either about a subject (then page and rule must agree for every actor), or general, or named here as left
out with the reason. A new address that stands in none of the three lists fails the crawl.
"""

from datetime import date

from sala.catalogue.models import Dataset, Distribution, Edition
from sala.core import clock
from sala.core.language import Translated
from sala.core.models import Term
from sala.documents.models import Document
from sala.people.operations import share

TIERS = ["public", "government", "named", "own"]
STATES = ["draft", "published", "withdrawn"]
ACTORS = ["owner", "colleague", "head", "reviewer", "stranger", "admin", "citizen", "public"]
SECRET = "zirkon"  # stands in every title, so that one search asks for all


def make_world(world) -> None:
    """Enter the objects straight, without files: the crawl asks who sees them, not how they came."""
    for tier in TIERS:
        for state in STATES:
            _dataset(world, tier, state)
            _document(world, tier, state)
    for model, who in ((Dataset, "colleague"), (Document, "records")):
        for row in model.objects.filter(slug__startswith=SECRET, tier="named"):
            share(world.actor(who), row, world.organisation("LAND-P02"), purpose="Land use plan")


def _closed(tier: str) -> Term | None:
    return None if tier == "public" else Term.objects.filter(scheme="restriction").first()


def _dataset(world, tier: str, state: str) -> None:
    published = state == "published"
    dataset = Dataset.objects.create(
        slug=f"{SECRET}-{tier}-{state}", title=Translated(lo=f"ຊຸດຂໍ້ມູນ {tier} {state}", en=f"{SECRET} set {tier} {state}"),
        owner=world.organisation("HEALTH-P01"), place=world.area("01"), tier=tier, state=state, is_published=published,
        restriction=_closed(tier), licence=Term.objects.get(scheme="licence", code="CC-BY-4.0"),
    )  # fmt: skip
    part = Distribution.objects.create(dataset=dataset, code="table", name=Translated(lo="ຕາຕະລາງ", en="Table"))
    Edition.objects.create(
        distribution=part, number=1, state="published" if published else state, is_published=published, period="2024",
        file_name="x.csv", media_type="text/csv", format="csv", bytes=1, sha256="0" * 64, received_at=clock.now(),
        published_at=clock.now() if published else None,
    )  # fmt: skip


def _document(world, tier: str, state: str) -> None:
    withdrawn = {"withdrawn_at": clock.now(), "withdrawn_reason": "superseded"} if state == "withdrawn" else {}
    Document.objects.create(
        slug=f"{SECRET}-{tier}-{state}", title=Translated(lo=f"ເອກະສານ {tier} {state}", en=f"{SECRET} paper {tier} {state}"),
        kind=Term.objects.filter(scheme="document-kind").first(), owner=world.organisation("HEALTH-P01"), tier=tier,
        state=state, is_published=state == "published", restriction=_closed(tier), issued_on=date(2024, 1, 1), **withdrawn,
    )  # fmt: skip


def subject_pages(world):
    """(address, subject) pairs: the page must be there exactly for those who see the subject."""
    for dataset in Dataset.objects.filter(slug__startswith=SECRET):
        yield dataset.get_absolute_url(), dataset
        yield f"/api/v1/datasets/{dataset.slug}", dataset
        yield f"/journal/dataset/{dataset.pk}/", dataset
    for edition in Edition.objects.filter(distribution__dataset__slug__startswith=SECRET):
        yield edition.get_absolute_url(), edition
    for document in Document.objects.filter(slug__startswith=SECRET):
        yield document.get_absolute_url(), document
        yield f"/api/v1/documents/{document.slug}", document
        yield f"/journal/document/{document.pk}/", document


# names of addresses that subject_pages covers
COVERED = {
    "catalogue:dataset", "catalogue:edition", "documents:document", "site:history", "api:dataset", "api:document",
}  # fmt: skip
