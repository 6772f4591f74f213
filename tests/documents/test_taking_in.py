"""Taking documents in: from a pack, from the command line, from a folder with a sheet; what is refused is told."""

import io
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from config import packs
from sala.access import actor
from sala.core.files import store
from sala.core.pack import Pack
from sala.documents import imports
from sala.documents.models import Document, DocumentFile, Rule
from sala.documents.queries import rule_on
from sala.journal.models import Event
from sala.search.models import SearchRow
from tests.world import PACK, ROOT

pytestmark = pytest.mark.django_db


def add(path, **options):
    """Runs the command. Returns (exit code, what it said, what it said of refusals)."""
    out, refused = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command("documents", "add", str(path), stdout=out, stderr=refused, **options)
    except SystemExit as end:
        code = end.code
    return code, out.getvalue(), refused.getvalue()


def last_line(text):
    return text.strip().splitlines()[-1]


@pytest.fixture
def folder(tmp_path):
    """A folder of three files and a sheet, as an office would hand it over."""
    (tmp_path / "one.txt").write_text("First report of the office", encoding="utf-8")
    (tmp_path / "two.html").write_text("<html><body><p>ບົດລາຍງານທີສອງ</p></body></html>", encoding="utf-8")
    (tmp_path / "three.txt").write_text("Internal minutes", encoding="utf-8")
    (tmp_path / "sheet.csv").write_text(
        "file,title_lo,title_en,kind,number,issuer,owner,issued_on,tier,topics,language\n"
        'one.txt,ບົດລາຍງານ 1,Report one,report,1/X,HEALTH,HEALTH-P01,2026-02-01,public,"health, water",en\n'
        "two.html,ບົດລາຍງານ 2,,ບົດລາຍງານ,2/X,HEALTH,HEALTH-P01,2026-02-02,public,,\n"
        "three.txt,ບົດບັນທຶກ,Minutes three,minutes,,,HEALTH-P01,,government,,en\n",
        encoding="utf-8",
    )
    return tmp_path


def test_the_pack_brings_one_document_of_each_kind_of_file():
    found = Document.objects.filter(source="invented")
    assert found.count() == 4 and all(document.is_invented for document in found)
    assert set(DocumentFile.objects.filter(document__in=found).values_list("media_type", flat=True)) == {
        "application/pdf", "text/html", "text/plain",
    }  # fmt: skip
    decree = found.get(slug="decree-on-health-data")
    assert "ສິບວັນລັດຖະການ" in decree.pages.get(language="lo").text
    assert "ten working days" in decree.pages.get(language="en").text
    assert Rule.objects.filter(certainty="confirmed").count() == 0


def test_loading_the_pack_again_changes_nothing():
    report = packs.load(actor.command(), PACK)
    assert (report.new, report.changed, report.refused) == (0, 0, [])


def test_the_country_pack_names_its_instruments_and_confirms_no_rule():
    pack = Pack(ROOT / "packs" / "laos")
    assert imports.validate(pack) == []
    entries = pack.listed("documents")
    assert len(entries) == 9 and all(entry["source"].startswith("seed-") and not entry.get("file") for entry in entries)
    assert {rule["certainty"] for rule in pack.listed("rules")} == {"example"}


def test_faults_of_a_pack_are_all_told_before_anything_is_written(tmp_path):
    (tmp_path / "pack.yaml").write_text((PACK / "pack.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "documents.yaml").write_text(
        "documents:\n  - {slug: a, kind: song, title: {en: x}, topics: [nothing], file: none.pdf}\n  - {slug: a, kind: law}\n",
        encoding="utf-8",
    )
    (tmp_path / "rules.yaml").write_text(
        "rules:\n  - {kind: tax, key: k, owner: X, start: soon, number: 0.1, certainty: confirmed}\n", encoding="utf-8"
    )
    told = "\n".join(imports.validate(Pack(tmp_path)))
    for part in ("slug a stands twice", "unknown kind song", "text in lo is missing", "unknown topic nothing", "none.pdf",
                 "unknown kind tax", "start is not a day", "0.1 is not a number", "names its source"):  # fmt: skip
        assert part in told, part


def test_a_changed_rule_of_the_pack_is_changed_and_not_doubled(world, tmp_path):
    rule = Rule.objects.filter(kind="notice", key="calls").get()
    entry = {
        "kind": "notice",
        "key": "calls",
        "number": "12",
        "unit": "working_days",
        "start": rule.valid.lower,
        "owner": "GOV",
    }

    class Changed:
        folder, info = tmp_path, {"is_invented": True}

        def listed(self, name, key=None):
            return [entry] if name == "rules" else []

    report = imports.apply(Changed(), world.actor("command"))
    assert (report.new, report.changed) == (0, 1)
    assert rule_on("notice", "calls", rule.valid.lower).number == 12


def test_a_single_file_goes_in_with_its_options(tmp_path):
    path = tmp_path / "annual-report.txt"
    path.write_text("Report of the year\n\nIt was a good year.", encoding="utf-8")
    code, said, _refused = add(path, title=["ບົດລາຍງານປະຈຳປີ", "en=Annual report"], kind="report", owner="HEALTH-P01",
                               number="9/HP", date="2026-03-31", issuer="HEALTH", topics="health")  # fmt: skip
    document = Document.objects.get(number="9/HP")
    assert code == 0 and last_line(said) == "1 new, 0 changed, 0 unchanged, 0 refused"
    assert document.slug == "annual-report" and document.is_published and document.tier == "public"
    assert store.path_of(document.files.get().sha256).read_bytes() == path.read_bytes()
    code, said, _refused = add(path, title=["ບົດລາຍງານປະຈຳປີ", "en=Annual report"], kind="report", owner="HEALTH-P01",
                               number="9/HP", date="2026-03-31", issuer="HEALTH", topics="health")  # fmt: skip
    assert last_line(said) == "0 new, 0 changed, 1 unchanged, 0 refused"


def test_a_file_without_a_title_takes_its_first_line(tmp_path):
    path = tmp_path / "note.txt"
    path.write_text("ບັນທຶກສັ້ນ\n\nຄຳສັບ", encoding="utf-8")
    add(path, owner="HEALTH-P01", tier="own", draft=True)
    document = Document.objects.get(title__lo="ບັນທຶກສັ້ນ")
    assert document.state == "draft" and document.tier == "own" and document.kind.code == "other"


@pytest.mark.parametrize(
    "options",
    [{}, {"owner": "NOBODY"}, {"owner": "HEALTH-P01", "kind": "song"}, {"owner": "HEALTH-P01", "date": "soon"}],
)
def test_a_file_that_cannot_be_placed_is_refused(tmp_path, options):
    path = tmp_path / "note.txt"
    path.write_text("Short note", encoding="utf-8")
    if not options:
        with pytest.raises(CommandError, match="--owner"):
            add(path)
    else:
        code, said, refused = add(path, **options)
        assert code == 1 and last_line(said).endswith("1 refused") and "note.txt" in refused + "note.txt" and refused
    assert not DocumentFile.objects.filter(name="note.txt").exists()


def test_a_folder_goes_in_at_once_and_again_changes_nothing(folder):
    code, said, refused = add(folder)
    assert (code, refused) == (0, "") and last_line(said) == "3 new, 0 changed, 0 unchanged, 0 refused"
    one = Document.objects.get(number="1/X")
    assert {term.code for term in one.topics.all()} == {"health", "water"} and one.issued_on.isoformat() == "2026-02-01"
    assert Document.objects.get(title__en="Minutes three").tier == "government"
    assert Document.objects.get(number="2/X").kind.code == "report"
    assert last_line(add(folder)[1]) == "0 new, 0 changed, 3 unchanged, 0 refused"


def test_a_changed_file_replaces_the_old_one_and_a_changed_cell_changes_the_entry(folder):
    add(folder)
    (folder / "one.txt").write_text("First report, corrected", encoding="utf-8")
    sheet = (folder / "sheet.csv").read_text(encoding="utf-8").replace("Minutes three", "Minutes of three")
    (folder / "sheet.csv").write_text(sheet, encoding="utf-8")
    _code, said, _refused = add(folder)
    assert last_line(said) == "0 new, 2 changed, 1 unchanged, 0 refused"
    one = Document.objects.get(number="1/X")
    assert one.files.count() == 2 and one.pages.get().text == "First report, corrected"


def test_what_is_refused_is_told_by_row_and_the_rest_goes_in(folder):
    (folder / "photo.pdf").write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 50)
    with (folder / "sheet.csv").open("a", encoding="utf-8") as sheet:
        sheet.write("photo.pdf,ຮູບ,Photo,report,,,HEALTH-P01,,public,,\n")
        sheet.write("absent.pdf,ບໍ່ມີ,Absent,report,,,HEALTH-P01,,public,,\n")
        sheet.write("../../etc/hostname,ອອກນອກ,Outside,report,,,HEALTH-P01,,public,,\n")
        sheet.write("one.txt,ຊື່,Wrong tier,report,,,HEALTH-P01,,everybody,,\n")
        sheet.write("one.txt,,No Lao title,report,7/X,,HEALTH-P01,,public,,\n")
    code, said, refused = add(folder)
    assert code == 1 and last_line(said) == "3 new, 0 changed, 0 unchanged, 5 refused"
    for part in (
        "row 5 (photo.pdf)",
        "row 6 (absent.pdf): absent.pdf is not there",
        "leads outside",
        "everybody",
        "row 9",
    ):
        assert part in refused, part


def test_a_dry_run_tells_the_same_and_keeps_nothing(folder):
    kept = {path for path in Path(store.path_of("0" * 64)).parents[1].rglob("*") if path.is_file()}
    before = (Document.objects.count(), Event.objects.count(), SearchRow.objects.count())
    code, said, _refused = add(folder, dry_run=True)
    assert code == 0 and last_line(said) == "3 new, 0 changed, 0 unchanged, 0 refused"
    assert (Document.objects.count(), Event.objects.count(), SearchRow.objects.count()) == before
    assert {path for path in Path(store.path_of("0" * 64)).parents[1].rglob("*") if path.is_file()} == kept


def test_a_workbook_serves_as_sheet(folder):
    (folder / "sheet.csv").unlink()
    book = openpyxl.Workbook()
    book.active.append(["File", "Title lo", "Kind", "Owner", "Issued on", "Number"])
    from datetime import date

    book.active.append(["one.txt", "ບົດລາຍງານ 1", "report", "HEALTH-P01", date(2026, 2, 1), 17])
    book.save(folder / "sheet.xlsx")
    code, _said, refused = add(folder)
    assert (code, refused) == (0, "")
    document = Document.objects.get(title__lo="ບົດລາຍງານ 1")
    assert document.number == "17" and document.issued_on == date(2026, 2, 1)


@pytest.mark.parametrize(("content", "told"), [
    ("name,title_lo\nx,y\n", "file"), ("", "empty"), (b"file\n\xff\xfe\xfa\n", "letters"),
])  # fmt: skip
def test_a_sheet_that_cannot_be_used_says_why(tmp_path, content, told):
    (tmp_path / "sheet.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CommandError, match=told):
        add(tmp_path)


def test_a_folder_without_a_sheet_and_a_path_that_is_not_there_are_refused(tmp_path):
    with pytest.raises(CommandError, match="has no sheet"):
        add(tmp_path)
    with pytest.raises(CommandError, match="not there"):
        add(tmp_path / "nothing")


def test_each_page_is_in_the_search_in_its_language_with_who_may_read_it(world):
    decree = Document.objects.get(slug="decree-on-health-data")
    row = SearchRow.objects.get(noun="document", subject_id=decree.pk)
    assert "public" in row.audiences and row.url == decree.get_absolute_url()
    assert set(row.pages.values_list("number", "language")) == {(1, "lo"), (1, "en")}
    minutes = Document.objects.get(slug="minutes-of-the-statistics-committee-2025-09")
    audiences = SearchRow.objects.get(noun="document", subject_id=minutes.pk).audiences
    assert "public" not in audiences and "gov" in audiences
