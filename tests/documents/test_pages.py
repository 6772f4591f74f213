"""The pages of documents, as owner, colleague, records officer, stranger and public; downloads; hostile files."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sala.core.language import Translated
from sala.core.models import Term
from sala.documents import operations
from sala.documents.models import Document, FileDownloads
from sala.journal.models import Event

pytestmark = pytest.mark.django_db

HOUSE = ["owner", "colleague", "records", "head"]
EVERYONE = [*HOUSE, "stranger", "citizen", "public"]
HOSTILE = (
    "<!doctype html><html lang='en'><head><title>Harmless</title><script>document.cookie</script></head>"
    "<body onload='steal()'><p>Visible words</p><form action='http://127.0.0.1/steal'><input name='password'></form>"
    "<script>alert('boo')</script></body></html>"
)


def sent(browser, **more):
    data = {
        "owner": "HEALTH-P01", "kind": Term.objects.get(scheme="document-kind", code="report").pk,
        "title_lo": "ບົດລາຍງານ", "title_en": "Form report", "number": "", "language": "", **more,
    }  # fmt: skip
    return browser.post("/documents/add/", data)


@pytest.mark.parametrize("who", EVERYONE)
def test_the_list_and_the_page_of_an_open_document_are_read_by_everyone(visit, published, who):
    document = published(title=Translated(lo="ບົດລາຍງານ", en="Open report"), words="Words on page one\fand on two")
    browser = visit(who)
    assert "Open report" in browser.get("/documents/?q=open+rep").content.decode()
    text = browser.get(document.get_absolute_url()).content.decode()
    assert "Words on page one" in text and 'id="page-2"' in text
    assert document.files.get().sha256 in text
    assert ("Edit" in text) == (who == "records")


@pytest.mark.parametrize("tier", ["government", "own"])
@pytest.mark.parametrize("who", EVERYONE)
def test_a_closed_document_is_not_found_by_those_it_is_closed_to(visit, published, who, tier):
    document = published(tier, title=Translated(lo="ລັບ", en="Closed report"))
    file = document.files.get()
    allowed = who in HOUSE or (tier == "government" and who == "stranger")
    browser, status = visit(who), 200 if allowed else 404
    assert browser.get(document.get_absolute_url()).status_code == status
    assert browser.get(file.get_absolute_url()).status_code == status
    assert browser.get(f"/documents/{document.slug}/pages/en/1/").status_code == status
    assert browser.get(f"/api/v1/documents/{document.slug}").status_code == status
    assert ("Closed report" in browser.get("/documents/").content.decode()) == allowed
    listed = browser.get("/api/v1/documents?q=closed").json()
    assert (document.slug in [item["slug"] for item in listed["items"]]) == allowed


@pytest.mark.parametrize(("who", "status"), [
    ("records", 200), ("owner", 403), ("colleague", 403), ("stranger", 403), ("citizen", 403), ("public", 401),
])  # fmt: skip
def test_keeping_pages_are_for_records_officers(visit, published, who, status):
    document = published()
    file = document.files.get()
    browser = visit(who)
    for path in ("edit", "readers", "withdraw", "references/add", "files/add", f"files/{file.sha256}/replace"):
        assert browser.get(f"/documents/{document.slug}/{path}/").status_code == status, path
    assert browser.get("/documents/add/").status_code == status


def test_a_document_is_entered_published_and_found_by_a_citizen(visit):
    browser = visit("records")
    answer = sent(browser, file=SimpleUploadedFile("report.txt", "ຄຳສັບ ໃນບົດລາຍງານ".encode()), number="8/HP")
    document = Document.objects.get(number="8/HP")
    assert answer.status_code == 302 and answer["Location"] == document.get_absolute_url()
    assert document.state == "draft" and document.language == "lo"
    assert visit("citizen").get(document.get_absolute_url()).status_code == 404
    assert browser.post(f"/documents/{document.slug}/publish/", {"tier": "public"}).status_code == 302
    text = visit("citizen").get(document.get_absolute_url()).content.decode()
    assert "ຄຳສັບ ໃນບົດລາຍງານ" in text


def test_a_closed_document_asks_why_it_is_closed(visit, draft):
    document = draft()
    browser = visit("records")
    answer = browser.post(f"/documents/{document.slug}/publish/", {"tier": "own"})
    assert answer.status_code == 200 and "Say why the document is not open" in answer.content.decode()
    reason = Term.objects.get(scheme="restriction", code="privacy").pk
    sent_again = {"tier": "named", "restriction": reason}
    answer = browser.post(f"/documents/{document.slug}/publish/", sent_again)
    assert answer["Location"] == f"/sharing/document/{document.pk}/", "the next step names the organisations"
    assert visit("stranger").get(document.get_absolute_url()).status_code == 404
    browser.post(answer["Location"], {"organisation": "LAND-P02", "purpose": "Land use planning"})
    assert visit("stranger").get(document.get_absolute_url()).status_code == 200


def test_nothing_is_entered_with_a_file_of_the_wrong_kind(visit):
    answer = sent(visit("records"), file=SimpleUploadedFile("photo.pdf", b"\x89PNG\r\n\x1a\n" + b"0" * 100))
    assert answer.status_code == 200 and "Error" in answer.content.decode()
    assert not Document.objects.filter(title__en="Form report").exists()


def test_a_form_without_the_countrys_language_comes_back_with_what_was_typed(visit):
    answer = sent(visit("records"), title_lo="")
    text = answer.content.decode()
    assert answer.status_code == 200 and "Write it first" in text and "Form report" in text


def test_an_office_cannot_be_chosen_that_is_not_ones_own(visit):
    answer = sent(visit("records"), owner="LAND-P02")
    assert answer.status_code == 200 and not Document.objects.filter(title__en="Form report").exists()


def test_a_hostile_page_is_only_handed_out_to_be_saved_and_shown_as_words(world, visit):
    browser = visit("records")
    sent(browser, file=SimpleUploadedFile("page.html", HOSTILE.encode(), content_type="text/html"))
    document = Document.objects.get(title__en="Form report")
    operations.publish_document(world.actor("records"), document, tier="public")
    text = visit().get(document.get_absolute_url()).content.decode()
    assert "Visible words" in text and "alert(" not in text and "steal" not in text
    answer = visit().get(document.files.get().get_absolute_url())
    assert answer["Content-Disposition"].startswith("attachment") and answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert b"".join(answer.streaming_content) == HOSTILE.encode()


def test_words_that_look_like_markup_are_shown_as_words(visit, published):
    document = published(words="<script>alert(1)</script>", title=Translated(lo="<b>ຄຳ</b>", en="<img src=x>"))
    text = visit().get(document.get_absolute_url()).content.decode()
    assert "<script>alert" not in text and "<img src=x>" not in text


def test_each_download_is_counted_once_and_tells_nothing_of_the_reader(visit, published):
    file = published().files.get()
    for _time in range(3):
        visit().get(file.get_absolute_url())
    visit().head(file.get_absolute_url())
    assert FileDownloads.objects.get(file=file).count == 3


@pytest.mark.parametrize(("who", "status"), [("records", 200), ("owner", 404), ("stranger", 404), ("public", 404)])
def test_a_replaced_file_is_handed_out_only_to_those_who_keep_the_document(
    world, visit, published, delivered, who, status
):
    document = published()
    old = document.files.get()
    operations.replace_file(world.actor("records"), old, file=delivered("better"), reason="It named a person")
    assert visit(who).get(old.get_absolute_url()).status_code == status
    assert ("paper.txt" in visit(who).get(document.get_absolute_url()).content.decode()) is True


def test_a_file_is_replaced_on_its_page(visit, published):
    document = published()
    old = document.files.get()
    browser = visit("records")
    path = f"/documents/{document.slug}/files/{old.sha256}/replace/"
    assert browser.post(path, {"file": SimpleUploadedFile("new.txt", b"Corrected words")}).status_code == 200
    answer = browser.post(path, {"file": SimpleUploadedFile("new.txt", b"Corrected words"), "reason": "A wrong figure"})
    assert answer.status_code == 302
    text = visit().get(document.get_absolute_url()).content.decode()
    assert "Corrected words" in text and "A wrong figure" in text


def test_editing_changes_the_words_and_leaves_the_readers_as_they_are(visit, published):
    document = published()
    browser = visit("records")
    form = {
        "kind": document.kind_id, "title_lo": "ຊື່ໃໝ່", "title_en": "New name", "summary_lo": "", "summary_en": "", "number": "44",
        "issuer": "HEALTH", "areas": "01, 0101", "topics": [], "tier": "own", "language": "en", "reviewed": ["lo"],
    }  # fmt: skip
    assert browser.post(f"/documents/{document.slug}/edit/", form).status_code == 302
    document.refresh_from_db()
    assert document.title["en"] == "New name" and document.issuer.code == "HEALTH" and document.tier == "public"
    assert {area.code for area in document.areas.all()} == {"01", "0101"} and document.reviewed == ["lo"]
    assert Event.objects.filter(subject_type="document", subject_id=document.pk, text__contains="edited").exists()
    shown = browser.get(f"/documents/{document.slug}/edit/").content.decode()
    picked = re.findall(r'name="(?:issuer|areas)-pick" value="(\d+)" checked', shown)
    assert picked == [str(row.pk) for row in (document.issuer, *document.areas.all())]
    wrong = browser.post(f"/documents/{document.slug}/edit/", {**form, "areas": "01, 9999", "issuer": "NOBODY"})
    assert wrong.status_code == 200 and "9999" in wrong.content.decode()


def test_a_number_that_stands_already_is_told_on_the_form(visit, draft, world):
    draft("first", number="5", issuer=world.organisation("HEALTH"), issued_on="2026-01-05")
    answer = sent(
        visit("records"), number="5", issuer="HEALTH", issued_on="2026-01-05",
        kind=Term.objects.get(scheme="document-kind", code="decision").pk,
    )  # fmt: skip
    assert answer.status_code == 200 and "here already" in answer.content.decode()


def test_withdrawing_on_its_page_takes_the_document_from_its_readers(visit, published):
    document = published()
    assert visit("head").post(f"/documents/{document.slug}/withdraw/", {"reason": "Wrong file"}).status_code == 302
    assert visit().get(document.get_absolute_url()).status_code == 410
    assert "Wrong file" in visit("owner").get(document.get_absolute_url()).content.decode()


def test_a_reference_is_added_and_taken_out_on_the_page(visit, published, kind):
    law, document = published(kind=kind("law"), title=Translated(lo="ກົດໝາຍ", en="Health law")), published(words="x")
    browser = visit("records")
    path = f"/documents/{document.slug}/references/"
    assert browser.post(path + "add/", {"relation": "basis", "law": "", "work": "", "clause": ""}).status_code == 200
    answer = browser.post(path + "add/", {"relation": "basis", "law": law.slug, "work": "", "clause": "art_5"})
    assert answer.status_code == 302
    assert "art_5" in visit().get(document.get_absolute_url()).content.decode()
    assert "Named in" in visit().get(law.get_absolute_url()).content.decode()
    assert visit("stranger").post(f"{path}{document.references.get().pk}/remove/").status_code == 403
    assert browser.post(f"{path}{document.references.get().pk}/remove/").status_code == 302
    assert not document.references.exists()


def test_a_closed_law_is_not_named_to_those_who_may_not_see_it(world, visit, published, kind):
    law = published("own", kind=kind("law"), title=Translated(lo="ລັບ", en="Secret law"))
    document = published(words="x")
    operations.refer_to_law(world.actor("records"), document, relation="basis", law=law)
    assert "Secret law" in visit("owner").get(document.get_absolute_url()).content.decode()
    shown = visit().get(document.get_absolute_url()).content.decode()
    assert "Secret law" not in shown and law.slug not in shown and "not open to you" in shown
    assert law.slug not in visit().get(f"/api/v1/documents/{document.slug}").content.decode()


def test_what_stands_on_a_document_is_listed_on_it(world, visit, published):
    law = published(title=Translated(lo="ດຳລັດ", en="Decree"))
    later = published(words="x", title=Translated(lo="ດຳລັດໃໝ່", en="Newer decree"), supersedes=law)
    operations.add_rule(
        world.actor("records"), world.organisation("HEALTH-P01"), kind="notice", key="trial", area=world.area("01"),
        value={"number": "3", "unit": "days"}, start=later.added_at.date(), source=law,
    )  # fmt: skip
    text = visit().get(law.get_absolute_url()).content.decode()
    assert "Replaced by" in text and "Newer decree" in text and "trial" in text


def test_a_long_document_shows_beginnings_and_each_page_on_its_own(visit, published):
    document = published(words="\f".join(f"Page number {number} " + "words " * 100 for number in range(1, 41)))
    text = visit().get(document.get_absolute_url()).content.decode()
    assert 'id="page-40"' in text and f"/documents/{document.slug}/pages/en/40/" in text and len(text) < 60_000
    page = visit().get(f"/documents/{document.slug}/pages/en/40/").content.decode()
    assert "Page number 40" in page and "pages/en/39/" in page and "pages/en/41/" not in page
    assert visit().get(f"/documents/{document.slug}/pages/en/41/").status_code == 404


def test_the_words_in_the_other_language_are_one_click_away(world, visit, published, delivered):
    document = published()
    operations.add_file(world.actor("records"), document, file=delivered("ຄຳສັບພາສາລາວ", language="lo"))
    assert "One page of words" in visit(language="en").get(document.get_absolute_url()).content.decode()
    assert "ຄຳສັບພາສາລາວ" in visit(language="lo").get(document.get_absolute_url()).content.decode()
    assert "ຄຳສັບພາສາລາວ" in visit(language="en").get(document.get_absolute_url() + "?text=lo").content.decode()


def test_the_filters_narrow_the_list(visit, published, kind):
    law = published(kind=kind("law"), title=Translated(lo="ກົດໝາຍ", en="A law"), issued_on="2019-01-02")
    old = published(
        words="x", title=Translated(lo="ແຜນ", en="Old plan"), in_force_from="2001-01-01", in_force_until="2002-01-01"
    )

    def found(query):
        return [item["slug"] for item in visit().get("/api/v1/documents?" + query).json()["items"]]

    assert law.slug in found("kind=law") and old.slug not in found("kind=law")
    assert found("year=2019") == [law.slug]
    assert old.slug not in found("in_force=true") and "decree-on-health-data" in found("in_force=true")
    assert law.slug in found("q=ກົດໝາຍ")
    assert visit().get("/documents/?kind=law&year=2019&in_force=1&topic=x&page=99").status_code == 200


@pytest.mark.parametrize(
    "query",
    ["year=0000", "year=²²²²", "q=%00", "kind=%00x", "place=%00", "place=nowhere", "page=-5", "topic=" + "x" * 5000],
)
def test_odd_filters_find_nothing_and_break_nothing(visit, query):
    assert visit().get("/documents/?" + query).status_code == 200
    assert visit().get("/api/v1/documents?" + query).status_code in (200, 422)


@pytest.mark.parametrize("path", [
    "/verify/%00/", "/verify/?number=%00", "/documents/decree-on-health-data/file/xyz/name.pdf",
    "/documents/decree-on-health-data/file/" + "0" * 64 + "/%00", "/documents/decree-on-health-data/pages/lo/99999999999999999999/",
    "/issued/nothing/", "/issued/nothing/lo.pdf", "/working-days/99999999999/",
])  # fmt: skip
def test_odd_addresses_are_not_found_and_break_nothing(visit, path):
    assert visit().get(path).status_code in (200, 404)


def test_documents_about_a_part_of_a_place_are_found_with_the_place(world, visit, published):
    document = published(areas=[world.area("0101")])
    for code, found in (("01", True), ("0101", True), ("02", False), ("DM", True)):
        text = visit().get(f"/documents/?place={code}").content.decode()
        assert (document.get_absolute_url() in text) == found, code


def test_few_but_heavy_pages_are_shown_by_their_beginnings_too(visit, published):
    document = published(words="\f".join("word " * 4000 for _page in range(3)))
    text = visit().get(document.get_absolute_url()).content.decode()
    assert 'id="page-3"' in text and len(text) < 20_000


def test_a_very_long_document_shows_the_numbers_of_its_pages(visit, published):
    document = published(words="\f".join(f"Page {number}" for number in range(1, 201)))
    text = visit().get(document.get_absolute_url()).content.decode()
    assert text.count('id="page-') == 200 and len(text) < 60_000


def test_those_who_keep_a_document_see_how_often_it_was_downloaded(visit, published):
    document = published()
    visit().get(document.files.get().get_absolute_url())
    assert "downloaded 1 time" in visit("records").get(document.get_absolute_url()).content.decode()
    assert "downloaded" not in visit("stranger").get(document.get_absolute_url()).content.decode()


def test_the_api_gives_the_words_only_when_asked(visit, published):
    document = published()
    path = f"/api/v1/documents/{document.slug}"
    assert visit().get(path).json()["pages"] == []
    assert visit().get(path + "?text=true").json()["pages"] == [
        {"number": 1, "language": "en", "text": "One page of words", "reading": ""}
    ]
    assert visit().get(path).json()["files"][0]["sha256"] == document.files.get().sha256


def test_the_api_lists_rules_and_refuses_an_unknown_kind(visit):
    found = visit().get("/api/v1/rules?kind=power_limit&on=2024-05-01").json()
    assert [(rule["key"], rule["value"]["number"]) for rule in found["items"]] == [("concession.province", "100")]
    assert visit().get("/api/v1/rules?kind=notice").json()["items"][0]["source"] == "decree-on-health-data"
    answer = visit().get("/api/v1/rules?kind=tax")
    assert answer.status_code == 422 and "notice" in answer.json()["detail"]


def test_a_withdrawn_document_says_why_and_what_replaced_it(world, visit, published, draft):
    old, closed = published(), published("own")
    newer = published()
    Document.objects.filter(pk=newer.pk).update(supersedes=old)
    file = old.files.first()
    for document in (old, closed):
        operations.withdraw_document(world.actor("records"), document, reason="A better text was issued")
    addresses = [old.get_absolute_url(), f"/api/v1/documents/{old.slug}", *([file.get_absolute_url()] if file else [])]
    for address in addresses:
        gone = visit().get(address)
        assert gone.status_code == 410, address
        assert "A better text was issued" in gone.content.decode() and newer.get_absolute_url() in gone.content.decode()
    assert visit("records").get(old.get_absolute_url()).status_code == 200
    assert visit().get(closed.get_absolute_url()).status_code == 404
    assert visit().get(draft().get_absolute_url()).status_code == 404
