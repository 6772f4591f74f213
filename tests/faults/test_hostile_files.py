"""Files made to do harm, opened as every upload is: in the child. Each ends in a sentence for the sender, none in damage."""

import http.server
import io
import json
import stat
import struct
import threading
import zipfile
from pathlib import Path

import openpyxl
import pytest

from sala.core.errors import Unreadable
from sala.core.files import archive, child, detect
from sala.core.files.child import Limits
from sala.core.files.refusals import WORDS, Refused

SHAPE = (9994).to_bytes(4, "big") + bytes(96)


@pytest.fixture
def refused(tmp_path):
    """Open a file in the child, expect it to be refused with this code, and give the words."""

    def opened(
        code: str, task: str, content: bytes | Path, name: str, *arguments, limits: Limits | None = None, **options
    ) -> str:
        folder = tmp_path / "work"
        folder.mkdir(exist_ok=True)
        path = content if isinstance(content, Path) else tmp_path / "upload"
        if isinstance(content, bytes):
            path.write_bytes(content)
        given = (path, name, folder, *arguments) if task.split(":")[1] in ("profile", "convert") else (path,)
        given = (path, name) if task.endswith("identify") else given
        with pytest.raises(Unreadable) as caught:
            child.run(f"sala.core.files.{task}", *given, limits=limits, **options)
        begin = WORDS[code].split("%(")[0]
        assert str(caught.value).startswith(begin), f"expected {code}: {caught.value}"
        assert list(folder.rglob("*.parquet")) == []
        return str(caught.value)

    return opened


def zipped(members: dict[str, bytes], **options) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(zipfile.ZipInfo(name) if options.get("plain") else name, content)
    return buffer.getvalue()


def workbook(**replaced: bytes) -> bytes:
    """A small workbook, with parts of it replaced."""
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    for row in (["name", "value"], ["a", 1], ["b", 2]):
        book.active.append(row)
    book.save(buffer)
    with zipfile.ZipFile(buffer) as source:
        members = {name: source.read(name) for name in source.namelist()}
    return zipped(members | {name.replace("__", "/") + ".xml": content for name, content in replaced.items()})


def test_the_untouched_workbook_is_read(tmp_path):
    (tmp_path / "x.xlsx").write_bytes(workbook())
    assert child.run("sala.core.files.table:profile", tmp_path / "x.xlsx", "x.xlsx", tmp_path)["rows"] == 2


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">'
for before, entity in zip("abcdefghi", "bcdefghij", strict=True):
    LAUGHS += f'<!ENTITY {entity} "{f"&{before};" * 10}">'
LAUGHS += "]>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
def test_a_billion_laughs_in_a_workbook(refused, encoding):
    sheet = f'<?xml version="1.0" encoding="{encoding[:6]}"?>{LAUGHS}<sst><si><t>&j;</t></si></sst>'.encode(encoding)
    refused("entities", "table:profile", workbook(xl__sharedStrings=sheet), "x.xlsx")


def test_a_billion_laughs_in_a_web_page(refused):
    refused(
        "entities",
        "markup:html_text",
        f"<!doctype html>{LAUGHS}<html><body><p>&j;</p></body></html>".encode(),
        "x.html",
    )


def test_a_web_page_that_asks_for_local_files(refused):
    page = b'<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>&x;</p></body></html>'
    refused("entities", "markup:html_text", page, "x.html")


def test_a_web_page_nested_without_end(tmp_path):
    (tmp_path / "deep.html").write_bytes(b"<html><body>" + b"<div>" * 200_000 + b"x")
    try:
        assert child.run("sala.core.files.markup:html_text", tmp_path / "deep.html")["count"] <= 1
    except Unreadable as refusal:
        assert str(refusal)


def test_zip_bombs_by_ratio_and_by_total(refused, tmp_path):
    refused(
        "archive-ratio",
        "table:profile",
        zipped({"[Content_Types].xml": b"", "xl/workbook.xml": bytes(60 * 1024**2)}),
        "x.xlsx",
    )
    (tmp_path / "many.zip").write_bytes(zipped({f"{number}.shp": bytes(2 * 1024**2) for number in range(4)}))
    with pytest.raises(Refused) as caught:
        archive.entries(tmp_path / "many.zip", archive.Bounds(total=7 * 1024**2))
    assert caught.value.code == "archive-bomb"
    assert len(archive.entries(tmp_path / "many.zip", archive.Bounds(total=8 * 1024**2))) == 4


def test_a_zip_bomb_that_lies_about_its_size(refused):
    content = bytearray(workbook(xl__styles=bytes(5 * 1024**2)))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = 0
        while (place := content.find(signature, place)) >= 0:
            if struct.unpack_from("<I", content, place + offset)[0] == 5 * 1024**2:
                struct.pack_into("<I", content, place + offset, 100)
            place += 4
    refused("archive-bomb", "table:profile", bytes(content), "x.xlsx")


def test_entries_that_lie_over_each_other(refused):
    content = zipped({"a.shp": bytes(range(256)) * 40, "b.shp": b"x"})
    places = [place for place in range(len(content)) if content.startswith(b"PK\x01\x02", place)]
    patched = bytearray(content)
    struct.pack_into("<I", patched, places[1] + 42, struct.unpack_from("<I", content, places[0] + 42)[0])
    refused("damaged", "vector:profile", bytes(patched), "x.zip")


def test_more_entries_than_allowed(refused):
    refused("archive-entries", "vector:profile", zipped({f"{number}.shp": b"" for number in range(2100)}), "x.zip")


def test_an_archive_in_an_archive(refused):
    inner = zipped({"deep.shp": SHAPE})
    parts = {"a.shp": SHAPE, "a.shx": SHAPE, "a.dbf": b"x"}
    refused("archive-nested", "vector:profile", zipped(parts | {"inner.zip": inner}), "x.zip")
    refused("archive-nested", "vector:profile", zipped(parts | {"a.dbf": inner}), "x.zip")


def test_an_archive_behind_a_password(refused):
    content = bytearray(zipped({"a.shp": SHAPE}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(signature) + offset] |= 1
    refused("encrypted", "vector:profile", bytes(content), "x.zip")


@pytest.mark.parametrize(
    "name", ["../out.shp", "a/../../out.shp", "/tmp/out.shp", "C:\\out.shp", "..\\out.shp", "\\\\host\\out.shp"]
)
def test_names_that_lead_outside(refused, tmp_path, name):
    words = refused(
        "unsafe-archive", "vector:profile", zipped({name: SHAPE, "a.shx": SHAPE, "a.dbf": b"x"}, plain=True), "x.zip"
    )
    assert "out.shp" in words
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["upload", "work"]


def test_a_link_in_an_archive(refused):
    link = zipfile.ZipInfo("a.shp")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        target.writestr(link, "/etc/passwd")
    refused("unsafe-archive", "vector:profile", buffer.getvalue(), "x.zip")


def test_two_gigabytes_are_refused_by_size_and_not_read(refused, tmp_path, monkeypatch):
    path = tmp_path / "huge.csv"
    with path.open("wb") as handle:
        handle.truncate(2 * 1024**3)
    words = refused("too-large", "detect:identify", path, "huge.csv")
    assert "2048" in words
    monkeypatch.setattr(Path, "open", lambda *_arguments, **_options: pytest.fail("the file was opened"))
    with pytest.raises(Refused):
        detect.identify(str(path), "huge.csv")


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"%PDF-1.7\n", "x.csv"), (b"<html><body>x", "x.csv"), (b"a,b\n1,2\n", "x.xlsx"), (workbook(), "x.zip")],
)
def test_a_name_that_hides_the_content(refused, content, name):
    refused("wrong-extension", "table:profile", content, name)


def test_letters_cut_in_the_middle(refused):
    lines = "\n".join(["ຊື່;ຈຳນວນ", *[f"ບ້ານ;{number}" for number in range(500)]]).encode()
    assert "502" in refused("broken-encoding", "table:convert", lines + "\nບ້ານ".encode()[:-1] + b";5\n", "x.csv", {})


def test_a_workbook_whose_only_cell_is_the_very_last_one(refused):
    sheet = (b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
             b'<row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData></worksheet>')  # fmt: skip
    refused("too-large-for-memory", "table:profile", workbook(xl__worksheets__sheet1=sheet), "x.xlsx")


def test_a_child_that_outgrows_its_memory(refused):
    limits = Limits(memory=-256 * 1024**2)  # beside the 1 GiB that the libraries take
    page = b"<html><body>" + b"<p>x</p>" * 3_000_000
    refused("too-large-for-memory", "markup:html_text", page, "x.html", limits=limits)


def test_a_child_that_takes_too_long(refused):
    content = b"a,b\n" + b'1,"2"\n' * 3_000_000 + b"1\n"
    refused("took-too-long", "table:profile", content, "x.csv", limits=Limits(seconds=1))


def test_a_child_that_writes_too_much(refused):
    content = b"a,b\n" + b"".join(b"%d,x%d\n" % (number, number * 7919) for number in range(60_000))
    refused("too-much-output", "table:convert", content, "x.csv", {}, limits=Limits(output=10_000))


def polygon(points: int) -> bytes:
    ring = b"[102.1234567,18.1234567]," * (points - 1) + b"[102.1234567,18.1234567]"
    shape = b'{"type":"Polygon","coordinates":[[' + ring + b"]]}"
    return b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":' + shape + b"}]}"


def test_a_polygon_with_more_points_than_wanted(refused):
    refused("too-many-vertices", "vector:convert", polygon(20_000), "x.geojson", most_vertices=10_000)


def test_a_polygon_with_more_points_than_gdal_may_hold(refused):
    assert "1000000" in refused("too-many-vertices", "vector:convert", polygon(1_400_000), "x.geojson")


def test_a_layer_that_names_its_system_by_an_address_fetches_nothing(tmp_path):
    asked = []

    class Recorder(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_arguments):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Recorder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    crs = {"type": "link", "properties": {"href": f"http://127.0.0.1:{server.server_port}/crs", "type": "ogcwkt"}}
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [102, 18]}}
    (tmp_path / "x.geojson").write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]}))
    try:
        child.run("sala.core.files.vector:convert", tmp_path / "x.geojson", "x.geojson", tmp_path)
    except Unreadable as refusal:
        assert str(refusal)
    finally:
        server.shutdown()
    assert asked == []


@pytest.mark.parametrize(
    ("content", "name", "task"),
    [
        (b"SQLite format 3\x00" + bytes(52) + b"GPKG" + b"\xff" * 4000, "x.gpkg", "vector:profile"),
        (b'{"type": "FeatureCollection", "features": [' + b"[" * 100_000, "x.geojson", "vector:profile"),
        (b"%PDF-1.7\n" + b"\xff\x00" * 2000, "x.pdf", "pdf:pages"),
        (zipped({"a.shp": SHAPE, "a.shx": b"\xff" * 200, "a.dbf": b"\xff" * 200}), "x.zip", "vector:convert"),
        (workbook(xl__workbook=b"<workbook><sheets><sheet"), "x.xlsx", "table:profile"),
        (workbook()[:3000], "x.xlsx", "table:profile"),
    ],
)  # fmt: skip
def test_damaged_files_end_in_a_sentence(tmp_path, content, name, task):
    (tmp_path / "upload").write_bytes(content)
    given = (tmp_path / "upload", name, tmp_path) if "vector" in task or "table" in task else (tmp_path / "upload",)
    with pytest.raises(Unreadable) as caught:
        child.run(f"sala.core.files.{task}", *given)
    assert str(caught.value).endswith((".", ")"))


def test_only_functions_of_sala_are_called(tmp_path):
    with pytest.raises(Unreadable):
        child.run("os:getcwd")
