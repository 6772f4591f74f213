"""The PDF of an official paper: Lao stays on the page, its text can be read out again, and nothing is fetched."""

import pypdfium2
import pytest

from sala.core import lao
from sala.core.language import Translated
from sala.documents import intake, operations, pdf
from sala.documents.models import IssuedFile

pytestmark = pytest.mark.django_db

# one Lao sentence without a space, as official prose has them, repeated to twenty lines
SENTENCE = (
    "ບັນດາຂະແໜງການອ້ອມຂ້າງສູນກາງແລະອົງການປົກຄອງທ້ອງຖິ່ນຕ້ອງສົ່ງຂໍ້ມູນຂ່າວສານກ່ຽວກັບການຈັດຕັ້ງປະຕິບັດວຽກງານຂອງຕົນ"
    "ໃຫ້ທັນຕາມກຳນົດເວລາທີ່ໄດ້ວາງໄວ້ຢ່າງຄົບຖ້ວນແລະຖືກຕ້ອງນຳ"
)


def positions(page):
    """(left, right) in points of each letter that is drawn on a page."""
    text = page.get_textpage()
    boxes = [text.get_charbox(number) for number in range(text.count_chars())]
    return [(left, right) for left, _bottom, right, _top in boxes if right > left]


def issue(world, **more):
    return operations.issue_document(
        world.actor("records"), world.organisation("HEALTH-P01"), kind="letter",
        title=more.pop("title", Translated(lo="ແຈ້ງການ ກ່ຽວກັບການສົ່ງຂໍ້ມູນ", en="Notice on sending data")),
        context={
            "body": more.pop("body", Translated(lo=SENTENCE * 8 + "\n\n" + SENTENCE, en="Please send your data. " * 60)),
            "addressee": Translated(lo="ຫ້ອງການສຸຂະພາບທຸກເມືອງ", en="All health offices"),
        }, **more,
    )  # fmt: skip


def kept(issued: object, language: str) -> bytes:
    from sala.core.files import store

    return store.path_of(IssuedFile.objects.get(issued=issued, language=language).sha256).read_bytes()


def test_a_long_lao_paragraph_stays_on_the_page(world):
    document = pypdfium2.PdfDocument(kept(issue(world), "lo"))
    assert len(document) in (1, 2)
    lines = set()
    for page in document:
        width, _height = page.get_size()
        found = positions(page)
        assert found
        assert min(left for left, _right in found) > 40 and max(right for _left, right in found) < width - 40
        text = page.get_textpage()
        lines |= {round(text.get_charbox(number)[1]) for number in range(text.count_chars())}
    assert len(lines) > 20


def test_without_break_marks_the_same_paragraph_would_run_off(world, monkeypatch):
    monkeypatch.setattr(pdf, "_break_texts", lambda root: None)
    page = pypdfium2.PdfDocument(kept(issue(world), "lo"))[0]
    assert max(right for _left, right in positions(page)) > page.get_size()[0]


def test_the_lao_words_can_be_read_out_of_the_pdf_again(world, tmp_path):
    words = "ກຳນົດ ນ້ຳ ທຳມະຊາດ ສຳນັກງານ ຄຳສັ່ງ ບໍ່ ແມ່ນ"
    path = tmp_path / "letter.pdf"
    path.write_bytes(kept(issue(world, body=Translated(lo=words + "\n\n" + SENTENCE, en="x")), "lo"))
    read = intake.read(path, "letter.pdf")
    assert read.media_type == "application/pdf" and read.language == "lo"
    text = read.pages[0]
    assert lao.BREAK not in text and words in text
    found, wanted = lao.words(text), lao.words(SENTENCE)
    assert sum(word in found for word in wanted) >= 0.9 * len(wanted), set(wanted) - set(found)


def test_text_taken_out_is_stored_as_people_type_it():
    printed = lao.break_lines("ກຳນົດ ນ້ຳ ຄຳສັ່ງ")
    assert intake.rejoined(printed) == "ກຳນົດ ນ້ຳ ຄຳສັ່ງ" and printed != "ກຳນົດ ນ້ຳ ຄຳສັ່ງ"


def test_number_date_and_fingerprint_are_on_the_paper_in_both_languages(world):
    issued = issue(world)
    for language in ("lo", "en"):
        text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(kept(issued, language)))
        flat = text.replace("\r\n", "").replace("\n", "").replace(" ", "")
        assert issued.number in flat and issued.content_hash in flat
        assert f"/verify/{issued.number}/" in flat


@pytest.mark.parametrize("address", ["file:///etc/hostname", "http://127.0.0.1:1/x.png", "data:image/png;base64,AAAA"])
def test_a_paper_fetches_nothing_but_our_fonts(address):
    from weasyprint.urls import FatalURLFetchingError

    with pytest.raises(FatalURLFetchingError):
        pdf.from_html(f'<html lang="en"><title>x</title><body><img src="{address}" alt="">words</body></html>')


def test_text_from_outside_is_shown_as_text(world):
    issued = issue(world, body=Translated(lo="<img src='file:///etc/hostname'> ຄຳ", en="<b>x</b>"))
    assert "<b>x</b>" in pypdfium2.PdfDocument(kept(issued, "en"))[0].get_textpage().get_text_range()


@pytest.mark.parametrize("word", ["ຝົ່ຟ", "ຝັ້ຟ", "ຝຶ້ຟ"])
def test_the_letter_after_a_stacked_vowel_and_tone_is_not_drawn_over_the_one_before(world, word):
    content = pdf.render("documents/pdf/plain.html", {"title": "ຄຳ", "body": word}, "lo")
    text = pypdfium2.PdfDocument(content)[0].get_textpage()
    drawn = [(text.get_text_range(number, 1), text.get_charbox(number)) for number in range(text.count_chars())]
    first = max(box[2] for letter, box in drawn if letter == word[0])
    last = min(box[0] for letter, box in drawn if letter == word[-1] and box[2] > box[0])
    assert last >= first - 1, (first, last)
