"""Words of Word documents, section by section; words of scanned pages, read by machine and marked as a guess."""

import io
import zipfile

import pypdfium2
import pytest
from django.db import connection

from sala.core.errors import Unreadable
from sala.core.files import child, ocr
from sala.core.language import Translated
from sala.documents import intake, jobs, operations, pdf
from sala.documents.models import DocumentPage

pytestmark = pytest.mark.django_db

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml"'
        ' ContentType="application/xml"/><Override PartName="/word/document.xml"'
        ' ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1"'
        ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
        ' Target="word/document.xml"/></Relationships>'
    ),
    "word/_rels/document.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1"'
        ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>'
        '<Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"'
        ' Target="file:///etc/passwd" TargetMode="External"/></Relationships>'
    ),
    "word/styles.xml": f'<w:styles xmlns:w="{W}"><w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/></w:style></w:styles>',
}  # fmt: skip


def paragraph(words: str, style: str = "") -> str:
    styled = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{styled}<w:r><w:t>{words}</w:t></w:r></w:p>"


def word_file(body: str, before: str = "", **more: str) -> bytes:
    packed = io.BytesIO()
    content = f'{before}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in (PARTS | {"word/document.xml": content} | more).items():
            archive.writestr(name, text)
    return packed.getvalue()


@pytest.fixture
def kept(tmp_path):
    """kept(content, name) → a file with this content."""

    def write(content: bytes, name: str):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


@pytest.fixture
def scan(kept):
    """A PDF of two pictures: a page of Lao words, and a page with nothing on it."""
    paper = (
        '<html lang="lo"><style>@font-face{font-family:"Noto Sans Lao";src:url("sala-font:noto-sans-lao-400.ttf")}'
        'body{font:16pt "Noto Sans Lao"}</style><body><p>ການເກັບກຳຂໍ້ມູນ ໂຮງຮຽນ</p><p>Annual census 2025</p>'
        '<p style="break-before:page">&nbsp;</p></body></html>'
    )
    with pypdfium2.PdfDocument(pdf.from_html(paper)) as document:
        first, second = (page.render(scale=200 / 72, grayscale=True).to_pil() for page in document)
    packed = io.BytesIO()
    first.save(packed, "PDF", resolution=200, save_all=True, append_images=[second])
    return kept(packed.getvalue(), "scan.pdf")


def read_scans() -> int:
    """What the worker does with the queued readings."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select (args->>'event_id')::bigint from procrastinate_jobs where task_name = 'documents.read_scans'"
        )
        return sum(jobs.read_pictures.func(row[0]) for row in cursor.fetchall())


def test_a_word_document_is_read_in_sections_with_tables_and_in_lao(kept):
    table = f"<w:tbl><w:tr><w:tc>{paragraph('ນ້ຳ')}</w:tc><w:tc>{paragraph('12')}</w:tc></w:tr></w:tbl>"
    body = paragraph("ແຈ້ງການ", "H1") + paragraph("ເນື້ອໃນ") + paragraph("Second part", "H1") + table
    read = intake.read(kept(word_file(body), "notice.docx"), "notice.docx")
    assert read.pages == ["ແຈ້ງການ\n\nເນື້ອໃນ", "Second part\n\nນ້ຳ\n\n12"]
    assert (read.title, read.language, read.media_type.rpartition(".")[2]) == ("ແຈ້ງການ", "lo", "document")


def test_a_word_document_never_opens_what_it_points_to(kept):
    drawing = (
        '<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
        '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData><pic:pic'
        ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:blipFill><a:blip r:link="r2"'
        ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/></pic:blipFill></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )
    read = intake.read(kept(word_file(paragraph("Words") + drawing), "x.docx"), "x.docx")
    assert read.pages == ["Words"]


@pytest.mark.parametrize(
    "content",
    [
        word_file(paragraph("x"), before='<!DOCTYPE d [<!ENTITY a "b">]>'),
        word_file(paragraph("x"), **{"word/vbaProject.bin": "x"}),
        word_file("<w:p><w:r>"),
        word_file(paragraph("x"))[:300],
    ],
    ids=["entities", "macros", "broken", "cut"],
)
def test_a_hostile_or_broken_word_document_is_refused(kept, content):
    with pytest.raises(Unreadable):
        intake.read(kept(content, "x.docx"), "x.docx")


def test_a_scanned_page_is_a_picture_until_a_machine_has_read_it(world, kind, scan, visit):
    assert ocr.can_read(["lao", "eng"]), "tesseract with Lao is missing: apt-get install tesseract-ocr-lao"
    document = operations.add_document(
        world.actor("records"), world.organisation("HEALTH-P01"), kind=kind(), file=intake.read(scan, "scan.pdf", "lo"),
        title=Translated(lo="ແຈ້ງການ", en="Notice"),
    )  # fmt: skip
    operations.publish_document(world.actor("records"), document, tier="public")
    page = document.get_absolute_url()
    assert visit().get(page).content.decode().count("picture only, not searchable") == 2
    assert visit().get("/api/v1/search?q=census").json()["count"] == 0

    assert read_scans() == 1
    first, second = document.pages.order_by("number")
    assert "ໂຮງຮຽນ" in first.text and "Annual census 2025" in first.text
    assert (first.reading, second.reading, second.text) == ("machine", "picture", "")
    html = visit().get(page).content.decode()
    assert html.count("read by machine") == 1 and html.count("picture only, not searchable") == 1
    found = visit().get("/api/v1/search?q=census").json()["items"][0]
    assert found["pages"] == [{"number": 1, "url": f"{page}?text=lo#page-1", "is_machine_read": True}]
    assert "read by machine" in visit().get("/search/?q=census").content.decode()
    read = visit().get(f"/api/v1/documents/{document.slug}?text=true").json()["pages"]
    assert [row["reading"] for row in read] == ["machine", "picture"]


def test_without_the_program_pages_stay_pictures(scan):
    assert child.run("sala.core.files.ocr:read", scan, [1], ["xxx"]) == {"pages": {}, "is_there": False}


def test_a_page_with_words_of_its_own_is_never_read_by_machine(draft):
    document = draft(words="words of the file")
    assert read_scans() == 0
    assert [row.reading for row in document.pages.all()] == [DocumentPage.Reading.TEXT]
