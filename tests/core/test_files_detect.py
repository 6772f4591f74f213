"""What a file is, is told from its content; the name must only agree."""

import io
import zipfile

import openpyxl
import pytest

from sala.core.files import detect
from sala.core.files.reasons import words_of
from sala.core.files.refusals import WORDS, Refused


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return buffer.getvalue()


def workbook() -> bytes:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["name", "value"])
    book.active.append(["a", 1])
    book.save(buffer)
    return buffer.getvalue()


GEOJSON = b'{"type": "FeatureCollection", "features": []}'
GPKG = b"SQLite format 3\x00" + bytes(52) + b"GPKG" + bytes(100)


@pytest.fixture
def identify(tmp_path):
    def identified(content: bytes, name: str, **options):
        path = tmp_path / "upload"
        path.write_bytes(content)
        return detect.identify(str(path), name, **options)

    return identified


def refusal(identify, content: bytes, name: str, **options) -> Refused:
    with pytest.raises(Refused) as caught:
        identify(content, name, **options)
    assert "%(" not in words_of(caught.value.code, caught.value.values)
    assert caught.value.code in WORDS
    return caught.value


@pytest.mark.parametrize(
    ("content", "name", "format"),
    [
        (b"a,b\n1,2\n", "x.csv", "csv"),
        ("ຊື່;ຈຳນວນ\nກ;1\n".encode(), "ຕາຕະລາງ.CSV", "csv"),
        (b"a\tb\n1\t2\n3\t4\n", "no-extension", "csv"),
        (workbook(), "x.xlsx", "xlsx"),
        (GPKG, "x.gpkg", "gpkg"),
        (GEOJSON, "x.geojson", "geojson"),
        (GEOJSON, "x.json", "geojson"),
        (b'{"features": [' + b" " * 100_000 + b'], "type": "FeatureCollection"}', "late.geojson", "geojson"),
        (zipped(roads_dot_shp=b"x", roads_dot_shx=b"x", roads_dot_dbf=b"x"), "roads.zip", "shapefile"),
        (zipped(folder__roads_dot_shp=b"x"), "roads.zip", "shapefile"),
        (b"%PDF-1.7\n", "x.pdf", "pdf"),
        (b"\n  <!DOCTYPE html><html><p>x", "x.html", "html"),
        ("ຄຳແນະນຳ, ຂໍ້ 1\n".encode(), "x.txt", "text"),
        ("ຄຳແນະນຳ\n".encode("utf-16"), "x.txt", "text"),
    ],
)
def test_a_file_is_known_by_its_content(identify, content, name, format):
    found = identify(content, name)
    assert found["format"] == format
    assert found["media_type"] and found["label"]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "x.csv", "empty"),
        (b" \n\t\r\n", "x.csv", "empty"),
        (b"\xef\xbb\xbf", "x.csv", "empty"),
        (zipped(), "x.zip", "empty"),
        (workbook(), "x.csv", "wrong-extension"),
        (b"%PDF-1.7\n", "x.xlsx", "wrong-extension"),
        (b"a,b\n1,2\n", "x.xlsx", "wrong-extension"),
        (b"<html><table><tr><td>1", "report.xls", "wrong-extension"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "Workbook".encode("utf-16-le"), "x.xls", "old-excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "x.xlsx", "encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "x.doc", "unknown-type"),
        (b"\x89PNG\r\n\x1a\n", "x.png", "unknown-type"),
        (b"\x00\x01\x02\x03", "x.csv", "unknown-type"),
        (b'{"a": [1, 2]}', "x.json", "unknown-type"),
        (b"SQLite format 3\x00" + bytes(100), "x.gpkg", "unknown-type"),
        (b"<?xml version='1.0'?><kml></kml>", "x.kml", "not-accepted-yet"),
        (zipped(word__document_dot_xml=b"<!DOCTYPE w><w/>", **{"[Content_Types]_dot_xml": b"<t/>"}), "x.docx", "entities"),
        (zipped(mimetype=b"x", content_dot_xml=b"<o/>"), "x.ods", "not-accepted-yet"),
        (zipped(a_dot_csv=b"a,b\n1,2\n"), "x.zip", "archive-plain"),
        ((9994).to_bytes(4, "big") + bytes(96), "roads.shp", "shapefile-alone"),
        (b"PK\x03\x04" + bytes(50), "x.xlsx", "damaged"),
    ],
)  # fmt: skip
def test_what_is_not_read_here_is_refused_with_its_reason(identify, content, name, code):
    assert refusal(identify, content, name).code == code


def test_a_workbook_with_macros_is_refused(identify):
    for member in ("xl/vbaProject.bin", "xl/extra.xml"):
        buffer = io.BytesIO(workbook())
        with zipfile.ZipFile(buffer, "a") as archive:
            archive.writestr(member, b"x")
        if member == "xl/extra.xml":
            assert identify(buffer.getvalue(), "x.xlsx")["format"] == "xlsx"
        else:
            assert refusal(identify, buffer.getvalue(), "x.xlsm").code == "macros"


def test_a_large_file_is_refused_by_its_size_and_a_smaller_one_is_not(identify):
    content = b"a,b\n" + b"1,2\n" * 1000
    assert identify(content, "x.csv", limit=len(content))["format"] == "csv"
    assert refusal(identify, content, "x.csv", limit=len(content) - 1).code == "too-large"


def test_the_refusal_says_what_was_found_in_the_readers_words():
    words = words_of("wrong-extension", {"extension": ".csv", "found": "xlsx"})
    assert ".csv" in words and "an Excel workbook" in words
    assert words_of("no-sheet", {"sheet": "csv", "sheets": "a"}).count("csv") == 1
