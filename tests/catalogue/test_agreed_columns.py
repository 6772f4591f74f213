"""An agreement that names columns: the office gets these and nothing else, on pages, in the API, in tables and in files."""

import io
import json
from datetime import timedelta
from urllib.parse import urlencode

import pyarrow.parquet as parquet
import pytest

from sala.access.scope import visible
from sala.catalogue import operations as catalogue
from sala.catalogue.models import Agreement, Column, Dataset, Edition
from sala.catalogue.operations import agreements as operations
from sala.catalogue.queries import figures_of
from sala.collection import operations as collection
from sala.collection.queries.held import held_of
from sala.core import clock
from sala.core.errors import Invalid
from sala.core.language import Translated
from sala.core.models import Term
from sala.people.models import Sharing
from sala.places.models import Level
from tests.catalogue.conftest import CLINICS
from tests.collection.conftest import SURVEY, write_workbook

pytestmark = pytest.mark.django_db

STAFF, VILLAGE = "970135", "Huaykhao"  # what stands in the columns that are not named
PAGE = "/datasets/clinics-of-phuthong/table/1/"
API = "/api/v1/datasets/clinics-of-phuthong/table/1"
DATASTORE = "/api/3/action/datastore_search?resource_id=clinics-of-phuthong.table"


@pytest.fixture
def closed(dataset, deliver, release, clinics_figure):
    """A published dataset that is open to its own house only."""
    release(deliver(CLINICS.replace(";97", f";{STAFF}")))
    restriction = Term.objects.filter(scheme="restriction").first()
    Dataset.objects.filter(pk=dataset.pk).update(tier="own", restriction=restriction)
    dataset.refresh_from_db()
    return dataset


@pytest.fixture
def agree(world, closed):
    """agree(names) → an agreement in force by which the land office of province 02 gets these columns."""

    def sign(*names: str, part: str = "table") -> Agreement:
        made = operations.draft_agreement(
            world.actor("colleague"), giver=world.organisation("HEALTH-P01"), receiver=world.organisation("LAND-P02"),
            datasets=[closed], title=Translated(lo="ສັນຍາ", en="Clinics"), purpose="Land use plan", starts_on=clock.today(),
            ends_on=clock.today() + timedelta(days=9), columns={closed.pk: {part: list(names)}} if names else None,
        )  # fmt: skip
        operations.propose_agreement(world.actor("colleague"), made)
        operations.sign_agreement(world.actor("head"), made, party=made.giver)
        return operations.sign_agreement(world.actor("member"), made, party=made.receiver)

    return sign


def content(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def asked(visitor, sent) -> object:
    return visitor.get(f"{API}/table?{urlencode({'q': json.dumps(sent)})}")


def test_the_office_reads_the_named_columns_and_nothing_else_by_whatever_door(visit, closed, agree):
    agree("clinics")
    partner = visit("stranger")
    assert [row["name"] for row in partner.get(f"{API}/columns").json()] == ["code", "year", "clinics"]
    assert set(partner.get(f"{API}/rows").json()["rows"][0]) == {"_row", "code", "year", "clinics"}
    pages = [
        partner.get(PAGE).content.decode(),
        partner.get(closed.get_absolute_url()).content.decode(),
        json.dumps(partner.get(f"{API}/rows").json()),
        json.dumps(partner.get("/api/v1/datasets/clinics-of-phuthong").json()),
        json.dumps(partner.get(DATASTORE).json()),
        content(partner.get(f"{PAGE}download/csv/")).decode(),
        content(partner.get(f"{PAGE}download/csv/?sort=-clinics")).decode(),
    ]
    assert all("clinics" in text for text in pages)
    assert [
        text for text in pages if STAFF in text or VILLAGE in text or "district" in text.replace("By district", "")
    ] == []
    taken = parquet.read_table(io.BytesIO(content(partner.get(f"{PAGE}download/parquet/"))))
    assert [name for name in taken.column_names if not name.startswith("_")] == ["code", "year", "clinics"]
    assert partner.get(f"{PAGE}download/original/").status_code == 403


def test_the_office_finds_it_by_its_title_and_not_by_a_heading_that_is_not_named(visit, closed, agree):
    agree("clinics")
    partner, others = visit("stranger"), visit("secretary")
    assert closed.slug in partner.get("/search/?q=Clinics+of+Phuthong").content.decode()
    assert closed.slug not in partner.get("/search/?q=staff").content.decode()
    assert closed.slug not in others.get("/search/?q=Clinics+of+Phuthong").content.decode()


def test_what_is_not_named_cannot_be_asked_about(visit, agree):
    agree("clinics")
    partner = visit("stranger")
    for sent in (
        {"where": {"field": "staff", "op": ">", "value": 90}},
        {"select": ["name"]},
        {"sort": [{"field": "staff"}]},
    ):
        assert asked(partner, sent).status_code == 422
    assert asked(partner, {"where": {"field": "clinics", "op": ">", "value": 10}, "count": True}).json()["total"] == 2
    assert partner.get(f"{DATASTORE}&sort=staff").status_code == 409
    assert partner.get(f"{DATASTORE}&q={STAFF}").json()["result"]["records"] == []


def test_the_owners_house_keeps_all_of_it_and_everybody_else_nothing(visit, agree):
    agree("clinics")
    for who in ("owner", "colleague"):
        assert STAFF in visit(who).get(PAGE).content.decode()
        assert visit(who).get(f"{PAGE}download/original/").status_code == 200
    for who in ("secretary", "citizen", "public"):
        assert visit(who).get(PAGE).status_code == 404
        assert visit(who).get(f"{API}/columns").status_code == 404


def test_figures_are_told_of_named_columns_only(world, dataset, agree):
    part = dataset.distributions.get(code="table")
    catalogue.declare_figure(
        world.actor("owner"),
        part,
        code="staff",
        name=Translated(lo="ພະນັກງານ", en="Staff"),
        value_column="staff",
        unit="",
    )
    agree("clinics")
    told = {
        who: {row.key_figure.code for row in figures_of(world.actor(who), world.area("0101"))}
        for who in ("owner", "stranger")
    }
    assert told["stranger"] == {"clinics"} and "clinics" in told["owner"]
    agreement = Agreement.objects.get()
    operations.end_agreement(world.actor("head"), agreement, reason="Done")
    assert not figures_of(world.actor("stranger"), world.area("0101")).exists()


def test_a_form_is_told_of_named_columns_only_that_they_are_held(world, closed, agree, tmp_path):
    for name, label in (("staff", "People paid by them"), ("district", "Boats that they use")):
        Column.objects.filter(distribution__dataset=closed, name=name).update(label={"en": label})
    asked = [("integer", "paid", "ຄົນ", "People paid by them", "", "", ""), ("integer", "boats", "ເຮືອ", "Boats that they use", "", "", "")]  # fmt: skip
    path = write_workbook(tmp_path / "asked.xlsx", survey=[*SURVEY[:2], *asked], form_id="asked")
    form = collection.make_form(world.actor("stranger"), world.organisation("LAND-P02"), path, path.name)
    district = Level.objects.get(code="district")
    Column.objects.filter(distribution__dataset=closed, name="code").update(level=district, role="area")
    collection.change_form(world.actor("stranger"), form, about="place", level=district, subject_question="village")
    form.refresh_from_db()
    version = form.versions.get()

    def told(who: str) -> list[str]:
        return [str(one.text) for one in held_of(world.actor(who), version)]

    assert told("stranger") == []
    agree("staff")
    assert told("stranger") == ["People paid by them"]
    assert told("owner") == ["People paid by them", "Boats that they use"]


def test_it_ends_with_the_last_day(visit, agree):
    agree("clinics")
    with clock.fixed(clock.now() + timedelta(days=10)):
        assert visit("stranger").get(PAGE).status_code == 404


def test_a_closed_column_of_a_dataset_that_all_read_is_opened_to_the_office_alone(visit, closed, agree):
    Dataset.objects.filter(pk=closed.pk).update(tier="public")
    Column.objects.filter(distribution__dataset=closed, name="staff").update(tier="own")
    assert STAFF not in visit("stranger").get(PAGE).content.decode()
    agree("staff")
    shown = visit("stranger").get(PAGE).content.decode()
    assert STAFF in shown and VILLAGE in shown
    for who in ("secretary", "public"):
        assert STAFF not in visit(who).get(PAGE).content.decode()


def test_a_layer_of_the_dataset_stays_closed(world, visit, closed, release, agree, tmp_path):
    file = tmp_path / "places.geojson"
    point = {
        "type": "Feature",
        "properties": {"secret": STAFF},
        "geometry": {"type": "Point", "coordinates": [100.5, 20.5]},
    }
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [point]}))
    part = catalogue.add_distribution(world.actor("owner"), closed, code="layer", name=Translated(lo="ຊັ້ນ", en="Layer"))
    edition = catalogue.receive_edition(world.actor("owner"), part, file, file.name, period="2024")
    release(catalogue.settle_edition(world.actor("owner"), edition, recipe={}, roles={}))
    agree("clinics")
    partner = visit("stranger")
    assert partner.get("/datasets/clinics-of-phuthong/layer/1/").status_code == 404
    assert partner.get("/ogc/collections/clinics-of-phuthong.layer/items").status_code == 404
    assert visit("owner").get("/ogc/collections/clinics-of-phuthong.layer/items").status_code == 200
    assert visible(world.actor("stranger"), Edition).filter(distribution__dataset=closed).count() == 1
    with pytest.raises(Invalid, match="no table with these columns"):
        agree("secret", part="layer")


def test_without_any_name_the_whole_dataset_is_shared(visit, agree):
    agree()
    assert STAFF in visit("stranger").get(PAGE).content.decode()
    assert Sharing.objects.get().only is None


def test_the_page_of_a_draft_names_them_and_both_offices_read_which(world, visit, closed):
    today = clock.today()
    sent = {
        "title_0": "ສັນຍາ", "title_1": "Clinics", "title_lo": "ສັນຍາ", "title_en": "Clinics", "giver": "HEALTH-P01",
        "receiver": "LAND-P02", "datasets": closed.slug, "purpose": "Plan", "tier": "own", "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=9)).isoformat(),
    }  # fmt: skip
    visit("colleague").post("/agreements/new/", sent)
    page = Agreement.objects.get().get_absolute_url()
    assert "table clinics" in visit("colleague").get(f"{page}columns/").content.decode()
    assert visit("stranger").get(f"{page}columns/").status_code == 404
    assert visit("colleague").post(f"{page}columns/", {f"of_{closed.pk}": ["table salary"]}).status_code != 302
    assert (
        visit("colleague").post(f"{page}columns/", {f"of_{closed.pk}": ["table clinics", "table staff"]}).status_code
        == 302
    )
    visit("colleague").post(f"{page}propose/")
    shown = visit("member").get(page).content.decode()
    assert "only the columns clinics, staff" in shown
    late = visit("colleague").post(f"{page}columns/", {f"of_{closed.pk}": ["table code"]}).content.decode()
    assert "cannot be done to it now" in late
    assert Agreement.objects.get().agreed.get().columns == {"table": ["clinics", "staff"]}


def test_the_api_names_them_in_the_draft_and_refuses_what_there_is_not(client, closed, token_of):
    headers = {"authorization": f"Bearer {token_of('HEALTH-P01-data_publish', ('catalogue.publish',))}"}
    today = clock.today()
    body = {
        "title": {"lo": "ສັນຍາ", "en": "Clinics"}, "giver": "HEALTH-P01", "receiver": "LAND-P02", "datasets": [closed.slug],
        "purpose": "Plan", "starts_on": str(today), "ends_on": str(today + timedelta(days=9)),
    }  # fmt: skip

    def send(columns):
        return client.post(
            "/api/v1/agreements", body | {"columns": columns}, content_type="application/json", headers=headers
        )

    made = send({closed.slug: {"table": ["clinics"]}})
    assert made.status_code == 201 and made.json()["columns"] == {closed.slug: {"table": ["clinics"]}}
    for wrong in (
        {closed.slug: {"table": ["salary"]}},
        {closed.slug: {"other": ["clinics"]}},
        {"rice": {"table": ["code"]}},
    ):
        assert send(wrong).status_code == 422
    assert Agreement.objects.count() == 1
