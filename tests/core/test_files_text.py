"""Words of documents: whole Lao letters from PDF files, blocks of web pages, text in any encoding."""

import pytest
import weasyprint

from sala.core import lao
from sala.core.files import markup, pdf
from sala.core.files.refusals import Refused

TEXT = "ສຳນັກງານກຳນົດຈຳນວນນ້ຳ ແລະ ຄຳສັ່ງຂອງປະຊາຊົນ"


def refusal(function, *arguments, **options) -> Refused:
    with pytest.raises(Refused) as caught:
        function(*arguments, **options)
    return caught.value


@pytest.fixture
def sent(tmp_path):
    def send(content, name: str) -> str:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return send


@pytest.fixture
def paper(tmp_path):
    """A PDF of pages, printed as Sala prints."""

    def print_pages(*pages: str) -> str:
        blocks = "".join(f'<p style="page-break-after: always">{lao.break_lines(page)}</p>' for page in pages)
        weasyprint.HTML(string=f"<html lang='lo'><body>{blocks}</body></html>").write_pdf(tmp_path / "paper.pdf")
        return str(tmp_path / "paper.pdf")

    return print_pages


def test_what_was_printed_is_read_again_letter_by_letter(paper):
    found = pdf.pages(paper(TEXT, "second page"))
    assert found["count"] >= 2 and found["pages"][1] == "second page"
    assert found["pages"][0].replace("\n", "") == TEXT
    assert "\u200b" not in found["pages"][0] and "\u0ecd" not in found["pages"][0]


@pytest.mark.parametrize(
    ("torn", "whole"),
    [
        ("ສ\u0ecd\u0eb2ນັກ", "ສຳນັກ"),
        ("ສ\u0ecd \u0eb2ນັກ", "ສຳນັກ"),
        ("ນ\u0ecd\u0ec9\u0eb2", "ນ້ຳ"),
        ("ນ\u0ec9\u0ecd\u0eb2", "ນ້ຳ"),
        ("ນ \u0ecd\u0ec9 \u0eb2", "ນ້ຳ"),
        ("ຄ\u0657ຳ", "ຄຳ"),
        ("ບ\u0ecd\u0ec8 ໄປ", "ບໍ່ ໄປ"),
        ("ກ\u200bຂ\u00ad\r\nຄ", "ກຂຄ"),
        ("Cafe\u0301", "Café"),
        ("ຕາ ມາ", "ຕາ ມາ"),
    ],
)
def test_torn_letters_are_whole_again_and_whole_ones_stay(torn, whole):
    assert pdf.repaired(torn) == whole


def test_more_pages_than_allowed_are_refused(paper):
    path = paper("one", "two", "three")
    count = pdf.pages(path)["count"]
    assert pdf.pages(path, most_pages=count)["count"] == count
    assert refusal(pdf.pages, path, most_pages=count - 1).code == "too-many-pages"


def test_a_damaged_pdf_and_another_file_are_refused(sent):
    assert refusal(pdf.pages, sent(b"%PDF-1.7\nnothing more", "x.pdf")).code == "damaged"
    assert refusal(pdf.pages, sent("a,b\n1,2\n", "x.csv")).code == "unknown-type"


PROTECTED = (
    b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"3 0 obj<</Filter/Standard/V 1/R 2/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">/P -4>>endobj\n"
    b"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n0000000095 00000 n \n"
    b"trailer<</Size 4/Root 1 0 R/Encrypt 3 0 R/ID[<" + b"43" * 16 + b"><" + b"43" * 16 + b">]>>\nstartxref\n%d\n%%%%EOF\n"
)  # fmt: skip


def test_a_pdf_behind_a_password_is_refused(sent):
    content = PROTECTED % (PROTECTED.index(b"xref") - 1)
    assert refusal(pdf.pages, sent(content, "x.pdf")).code == "encrypted"


PAGE = """<!doctype html><html><head><title> ກົດໝາຍ  ວ່າດ້ວຍ </title><style>p{color:red}</style></head><body>
<nav>Home | Away</nav><h1>Law</h1><p>First <b>bold</b> paragraph.</p><script>alert("no")</script>
<ul><li>one</li><li>two</li></ul><table><tr><td>cell a</td><td>cell b</td></tr></table><!-- hidden --></body></html>"""


def test_blocks_of_a_web_page_are_read_and_its_machinery_is_not(sent):
    found = markup.html_text(sent(PAGE, "law.html"))
    assert found["title"] == "ກົດໝາຍ ວ່າດ້ວຍ" and found["count"] == 1
    assert found["pages"][0].split("\n\n") == ["Law", "First bold paragraph.", "one", "two", "cell a", "cell b"]


def test_long_texts_are_cut_into_pages_at_blocks(sent):
    blocks = [f"{number} " + "word " * 100 for number in range(40)]
    html = "<html><body>" + "".join(f"<p>{block}</p>" for block in blocks) + "</body></html>"
    for found in (markup.html_text(sent(html, "x.html")), markup.plain_text(sent("\n\n".join(blocks), "x.txt"))):
        assert found["count"] == len(found["pages"]) > 5
        assert all(len(page) <= markup.PAGE for page in found["pages"])
        assert [block.strip() for page in found["pages"] for block in page.split("\n\n")] == [
            block.strip() for block in blocks
        ]


def test_a_block_without_spaces_is_cut_too(sent):
    found = markup.plain_text(sent("ກ" * 20_000, "x.txt"))
    assert "".join(found["pages"]) == "ກ" * 20_000 and max(map(len, found["pages"])) <= 2 * markup.PAGE


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_a_web_page_is_read_in_its_own_encoding(sent, encoding):
    html = f'<html><head><meta charset="{encoding}"></head><body><p>Café déjà vu</p></body></html>'
    assert markup.html_text(sent(html.encode(encoding), "x.html"))["pages"] == ["Café déjà vu"]


def test_a_declaration_of_xml_is_no_hindrance(sent):
    html = (
        '<?xml version="1.0" encoding="UTF-8"?><html xmlns="http://www.w3.org/1999/xhtml"><body><p>ກ</p></body></html>'
    )
    assert markup.html_text(sent(html, "x.xhtml"))["pages"] == ["ກ"]


def test_plain_text_begins_with_its_title_and_broken_text_is_refused(sent):
    found = markup.plain_text(sent("ຫົວຂໍ້\r\n\r\nບົດ 1\r\nເນື້ອໃນ\r\n", "x.txt"))
    assert found["title"] == "ຫົວຂໍ້" and found["pages"] == ["ຫົວຂໍ້\n\nບົດ 1\nເນື້ອໃນ"]
    refused = refusal(markup.plain_text, sent("ກ\nຂ\n".encode() * 50 + b"\xe0\xba\n", "x.txt"))
    assert refused.code == "broken-encoding" and refused.values["line"] == 101
