"""Charts: defined once on a page, drawn by the worker for each edition, never shown to whoever may not see their columns."""

import csv
import xml.etree.ElementTree as ElementTree

import pytest
from django.db import connection

from sala.catalogue import jobs
from sala.catalogue.models import Chart, ChartDrawing, Column, Edition
from sala.catalogue.operations.charts import define_chart
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.files import store
from sala.core.language import Translated
from sala.journal.models import Event

from .conftest import CLINICS

pytestmark = pytest.mark.django_db

NEW = "/datasets/clinics-of-phuthong/table/charts/new/"
HOSTILE = CLINICS.replace("0101;Nongsai;Nongsai", '0101;"<script>alert(1)</script>";Nongsai')


def work() -> int:
    """What the worker does: run the queued drawing jobs. Returns how many charts were drawn."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select (args->>'event_id')::bigint from procrastinate_jobs where task_name = 'catalogue.draw_charts' order by id"
        )
        events = [row[0] for row in cursor.fetchall()]
        cursor.execute("delete from procrastinate_jobs where task_name = 'catalogue.draw_charts'")
    return sum(jobs.draw.func(event) for event in events)


@pytest.fixture
def edition(deliver, release) -> Edition:
    return release(deliver(HOSTILE, period="2024"))


@pytest.fixture
def defined(world, edition):
    """defined(**changes) → a chart of clinics by year, one series for each name."""

    def make(**changes) -> Chart:
        fields = {
            "code": "clinics", "title": Translated(lo="ສຸກສາລາ ແຕ່ລະປີ", en="Clinics by year"), "kind": "line", "x": "year",
            "y": "clinics", "series": "name", "by_place": True, **changes,
        }  # fmt: skip
        return define_chart(world.actor("owner"), edition.distribution, chart=Chart(**fields))

    return make


def test_a_defined_chart_is_drawn_by_the_worker_and_stands_on_the_pages(visit, defined):
    defined()
    assert "<figure" not in visit().get("/datasets/clinics-of-phuthong/").content.decode()
    assert work() == 3  # the whole table and its two places
    drawing = ChartDrawing.objects.get(area=None)
    assert drawing.rows[-2:] == [["2023", "Huaykhao", 7], ["2024", "Huaykhao", 7]]
    assert sorted(drawing.pictures) == ["en-360", "en-720", "lo-360", "lo-720"]
    html = visit().get("/datasets/clinics-of-phuthong/").content.decode()
    assert html.count("<svg xmlns") >= 2 and "Clinics by year" in html and '<td class="n">14</td>' in html
    place = visit().get("/places/0102/").content.decode()
    assert "Clinics by year" in place and "charts/clinics/values.csv?place=0102" in place
    assert "Clinics by year" not in visit().get("/places/0301/").content.decode()


def test_the_pictures_keep_lao_as_text_at_two_widths_and_run_nothing(defined):
    defined(title=Translated(lo="ສຸກສາລາ", en="Clinics"))
    Column.objects.filter(name="clinics").update(label=Translated(lo="ຈຳນວນສຸກສາລາ ນ້ຳ", en="Clinics"))
    work()
    pictures = ChartDrawing.objects.get(area=None).pictures
    for name, width in (("lo-360", "360"), ("lo-720", "720")):
        svg = store.path_of(pictures[name]).read_text(encoding="utf-8")
        root = ElementTree.fromstring(svg)
        texts = ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]
        assert root.get("width") == width and "ຈຳນວນສຸກສາລາ ນ້ຳ" in texts
        assert [tag for tag in root.iter() if tag.tag.endswith(("script", "image", "foreignObject"))] == []
        assert "<script>" in "".join(texts) and "<script" not in svg


def test_it_is_drawn_anew_for_the_next_edition_and_not_twice_for_the_same(world, defined, deliver, release):
    chart = defined()
    assert work() == 3
    event = Event.objects.filter(verb="catalogue.chart").latest("pk")
    assert jobs.draw.func(event.pk) == 0
    release(deliver(HOSTILE.replace(";14;", ";15;"), "next.csv", period="2025"))
    assert work() == 3
    assert chart.drawings.filter(area=None).order_by("-edition__number")[0].rows[1] == [
        "2024",
        "<script>alert(1)</script>",
        15,
    ]


def test_the_values_come_as_csv_without_formulas(visit, defined):
    defined(series="", y="", reckoning="count", x="name")
    work()
    answer = visit().get("/datasets/clinics-of-phuthong/table/charts/clinics/values.csv")
    rows = list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))
    assert rows[0][2] == "number of rows" and sorted(row[2] for row in rows[1:]) == ["2", "2"]
    assert visit().get("/datasets/clinics-of-phuthong/table/charts/none/values.csv").status_code == 404


def test_a_chart_of_a_closed_column_is_seen_by_those_only_who_see_the_column(visit, defined):
    defined()
    work()
    Column.objects.filter(name="clinics").update(tier="own")
    address = "/datasets/clinics-of-phuthong/"
    assert "Clinics by year" in visit("owner").get(address).content.decode()
    for who in ("public", "stranger"):
        assert "Clinics by year" not in visit(who).get(address).content.decode()
        assert visit(who).get(f"{address}table/charts/clinics/values.csv").status_code == 404
        assert "Clinics by year" not in visit(who).get("/places/0102/").content.decode()


def test_it_is_defined_on_a_page_after_a_look_at_it(visit, edition):
    sent = {"title_0": "ສຸກສາລາ", "title_1": "Clinics", "title_lo": "ສຸກສາລາ", "title_en": "Clinics", "code": "clinics", "kind": "bar",
            "x": "name", "y": "clinics", "reckoning": "sum", "filter_column": "year", "filter_value": "2024"}  # fmt: skip
    looked = visit("owner").post(NEW, sent | {"look": "1"}).content.decode()
    assert looked.count("<svg xmlns") >= 2 and not Chart.objects.exists()
    assert visit("owner").post(NEW, sent | {"keep": "1"}).status_code == 302
    chart = Chart.objects.get()
    assert (chart.filter, chart.kind) == ({"year": "2024"}, "bar")
    change = f"/datasets/clinics-of-phuthong/table/charts/{chart.code}/"
    assert "2024" in visit("owner").get(change).content.decode()
    assert visit("owner").post(change, sent | {"remove": "1"}).status_code == 302 and not Chart.objects.exists()


def test_what_cannot_be_drawn_is_told_and_others_define_nothing(world, visit, edition, defined):
    assert visit("stranger").get(NEW).status_code == 403 and visit().get(NEW).status_code in (401, 403)
    with pytest.raises(Invalid):
        defined(y="beds")
    with pytest.raises(NotPermitted):
        define_chart(
            world.actor("stranger"),
            edition.distribution,
            chart=Chart(code="x", title=Translated(lo="x"), x="year", y="clinics"),
        )
    defined()
    with pytest.raises(Conflict):
        defined()
    sent = {
        "title_0": "ສຸກສາລາ",
        "title_lo": "ສຸກສາລາ",
        "code": "none",
        "kind": "bar",
        "x": "name",
        "y": "name",
        "reckoning": "sum",
        "look": "1",
    }
    assert "needs a column of numbers" in visit("owner").post(NEW, sent).content.decode()
