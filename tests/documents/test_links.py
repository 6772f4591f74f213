"""Addresses of documents: asked once a week, told when they fail, and a dated copy kept where the licence permits."""

from datetime import timedelta

import pytest

from sala.core import clock
from sala.core.models import Term
from sala.documents.models import Document, LinkCheck
from sala.documents.operations.links import check_links
from tests.far_side import FarSide

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def running():
    side = FarSide()
    yield side
    side.close()


@pytest.fixture
def far(running, settings):
    running.reset()
    settings.FETCH_INTERNAL = ["127.0.0.1"]
    return running


@pytest.fixture
def linked(far, published):
    def make(licence: str = "CC-BY-4.0", tier: str = "public", path: str = "/decree.pdf") -> Document:
        term = Term.objects.get(scheme="licence", code=licence)
        return published(tier, licence=term, source_url=f"{far.url}{path}")

    return make


def after(days: int) -> int:
    with clock.fixed(clock.now() + timedelta(days=days)):
        return check_links()


def test_an_address_that_answers_is_copied_with_its_day_and_the_copy_is_handed_out(far, linked, visit):
    far.answers["/decree.pdf"] = (200, {"Content-Type": "application/pdf"}, b"%PDF-1.7 the decree")
    document = linked()
    assert check_links() == 1
    page = visit().get(document.get_absolute_url()).content.decode()
    assert "answered on" in page and "Copy of" in page
    answer = visit().get(f"{document.get_absolute_url()}copy/")
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 the decree"
    assert "attachment" in answer["Content-Disposition"] and answer["Content-Type"] == "application/octet-stream"


def test_without_an_open_licence_nothing_is_copied(far, linked, visit):
    far.answers["/decree.pdf"] = b"words"
    document = linked("CC-BY-NC-4.0")
    check_links()
    assert LinkCheck.objects.get().copy_sha256 == "" and LinkCheck.objects.get().answered_at
    assert visit().get(f"{document.get_absolute_url()}copy/").status_code == 404


def test_it_is_asked_once_a_week_and_at_once_when_the_address_changes(far, linked):
    far.answers["/decree.pdf"] = far.answers["/new.pdf"] = b"words"
    document = linked()
    assert [check_links(), check_links(), after(6), after(8)] == [1, 0, 0, 1]
    Document.objects.filter(pk=document.pk).update(source_url=f"{far.url}/new.pdf")
    assert after(9) == 1 and LinkCheck.objects.get().url.endswith("/new.pdf")


def test_one_that_fails_twice_is_told_to_its_office_and_the_copy_stays(far, linked, visit):
    far.answers["/decree.pdf"] = b"words"
    document = linked()
    check_links()
    far.answers.clear()
    after(8)
    assert "Address that does not answer" not in visit("records").get("/desk/").content.decode()
    after(16)
    assert "Address that does not answer" in visit("records").get("/desk/").content.decode()
    assert "Address that does not answer" not in visit("stranger").get("/desk/").content.decode()
    page = visit().get(document.get_absolute_url()).content.decode()
    assert "does not answer" in page and "Copy of" in page
    far.answers["/decree.pdf"] = b"words again"
    after(24)
    assert "does not answer" not in visit().get(document.get_absolute_url()).content.decode()


def test_an_address_in_our_own_network_is_not_asked(far, linked, settings):
    settings.FETCH_INTERNAL = []
    linked()
    check_links()
    assert far.asked == [] and "not open to this service" in LinkCheck.objects.get().words


def test_the_copy_of_a_document_that_is_not_open_is_not_open(far, linked, visit):
    far.answers["/decree.pdf"] = b"words"
    document = linked(tier="own")
    check_links()
    address = f"{document.get_absolute_url()}copy/"
    assert [visit(who).get(address).status_code for who in ("public", "stranger", "records")] == [404, 404, 200]
