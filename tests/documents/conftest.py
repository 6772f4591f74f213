"""What the tests of documents share: files of each kind, a draft, a published document."""

from pathlib import Path

import pytest

from sala.core.files import store
from sala.core.language import Translated
from sala.core.models import Term
from sala.documents import operations
from sala.documents.intake import Delivered


@pytest.fixture
def kind(db):
    """kind(code) → the term of a kind of document."""
    return lambda code="decision": Term.objects.get(scheme="document-kind", code=code)


@pytest.fixture
def delivered(tmp_path):
    """delivered(words, …) → a file as intake gives it, without the child process; pages apart by form feeds."""

    def make(words: str = "One page of words", name: str = "paper.txt", language: str = "en") -> Delivered:
        path = Path(tmp_path) / f"{abs(hash(words))}-{name}"
        path.write_text(words, encoding="utf-8")
        return Delivered(
            path=path, name=name, media_type="text/plain", bytes=path.stat().st_size, sha256=store.digest_of(path),
            language=language, pages=words.split("\f"),
        )  # fmt: skip

    return make


@pytest.fixture
def draft(world, kind, delivered):
    """draft(…) → a document of the owner's office that is not published."""

    def make(words: str = "One page of words", **described):
        described.setdefault("title", Translated(lo="ຂໍ້ຕົກລົງ ທົດລອງ", en="Trial decision"))
        return operations.add_document(
            world.actor("records"), world.organisation("HEALTH-P01"), kind=described.pop("kind", kind()),
            file=delivered(words) if words else None, **described,
        )  # fmt: skip

    return make


@pytest.fixture
def published(world, draft):
    """published(tier, …) → a document of the owner's office, released to that tier."""

    def make(tier: str = "public", words: str = "One page of words", **described):
        document = draft(words, **described)
        operations.publish_document(world.actor("records"), document, tier=tier)
        document.refresh_from_db()
        return document

    return make
